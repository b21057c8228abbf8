"""A step: what to do next, by a code, and for whom it is said."""

from dataclasses import KW_ONLY, dataclass

from cptkiosk.domain.state import blockers
from cptkiosk.domain.state.blockers import Who
from cptkiosk.domain.values import Actor, Reason, Role


@dataclass(frozen=True, slots=True)
class Step:
    """The next thing to do; a screen knows the key for it."""

    what: Reason | str
    """What to do, by a code; a screen says in its own words what it alone knows."""

    action: str
    """A screen to go to, or an action on this one. With 'wait' there is nothing to do
    yet; with 'blocked', not until something else has happened."""

    _: KW_ONLY
    attempt_id: str = ""
    who: Who = Who.ANYBODY
    """Who can take it; another person who is signed in can ask for their PIN here."""

    by: str = ""
    """The ID of the action that does it, such as finish, if it is not the usual one; a
    screen with that action knows its key."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads the Next line, and the names of others who can be asked to act."""

    actor: Actor
    lead: str = ""
    coordinators: tuple[str, ...] = ()
    was_coordinator: blockers.WasCoordinator = blockers.no_coordinator

    def must_ask(self, who: Who, lead_id: str) -> tuple[str | Reason, ...]:
        """Return whom to ask, at most two; no one if the reader may act."""
        if blockers.may_take_step(self.actor, who, lead_id):
            return ()
        if who is Who.LEAD and self.lead:
            return (self.lead,)
        return self.coordinators[:2] or (Reason("any-coordinator"),)

    def address(self, what: Reason, who: Who, lead_id: str) -> Reason:
        """Return what to do, or whom the reader asks to do it."""
        others = self.must_ask(who, lead_id)
        return Reason("ask-other", others=others, what=what) if others else what


NO_READER = Reader(Actor("", Role.COORDINATOR))
"""A reader who may do everything, so that no one else is named."""
