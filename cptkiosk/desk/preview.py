"""Ask the rules about a command before it is sent; nothing is written."""

from collections.abc import Callable
from contextlib import suppress

from cptkiosk.desk.candidates import CandidateCommands
from cptkiosk.desk.lookups import Lookups
from cptkiosk.desk.record import NOBODY, Record
from cptkiosk.desk.sessions import SessionCommands
from cptkiosk.domain.commands.base import SessionCommand
from cptkiosk.domain.commands.planning import AssignAttempt
from cptkiosk.domain.people.eligibility import collect_findings
from cptkiosk.domain.people.eligibility_findings import Finding
from cptkiosk.domain.rules import decide as rules
from cptkiosk.domain.rules import odd_dates
from cptkiosk.domain.rules.assigning import assignment_case
from cptkiosk.domain.rules.candidate_rules import CandidateCommand
from cptkiosk.domain.rules.checkin import door_case
from cptkiosk.domain.state.attempt import Attempt
from cptkiosk.domain.state.session import Session
from cptkiosk.domain.values import Actor, NeedsCoordinator, Refused
from cptkiosk.words import describe_odd_date


class Preview:
    """Asks the rules ahead of a command."""

    def __init__(
        self,
        record: Record,
        lookups: Lookups,
        sessions: SessionCommands,
        candidates: CandidateCommands,
    ) -> None:
        self._record = record
        self._lookups = lookups
        self._sessions = sessions
        self._candidates = candidates

    def refusal(
        self,
        command: SessionCommand | CandidateCommand,
        actor: Actor,
        *,
        approvable: bool = False,
    ) -> Refused | None:
        """Return the refusal that a command would meet now, or `None`.

        Args:
            command: what would be asked for.
            actor: who would ask.
            approvable: whether a coordinator could approve it on the spot; then it is
                no reason that one is still lacking.
        """
        if isinstance(command, CandidateCommand):
            return self._candidate_refusal(command, actor, approvable=approvable)
        session = self._find_session(command.session_id)
        context = self._lookups.session_context(actor, command.session_id)
        session = self._sessions.bridge_session(session, command, context)
        return rules.find_refusal(session, command, context, approvable=approvable)

    def _candidate_refusal(
        self, command: CandidateCommand, actor: Actor, *, approvable: bool
    ) -> Refused | None:
        command = self._candidates.find_notice(command)
        try:
            self._candidates.check(command, actor)
        except NeedsCoordinator as found:
            if not approvable:
                return found
            return self._candidate_refusal(command, actor.as_approved, approvable=False)
        except Refused as found:
            return found
        return None

    def foresee_session(self, command: SessionCommand, actor: Actor) -> Session:
        """Return a session as a command would leave it; nothing is written.

        A step that needs a coordinator is foreseen as if one had approved it.

        Raises:
            Refused: if the rules do not allow it.
        """
        session = self._find_session(command.session_id)
        context = self._lookups.session_context(actor.as_approved, command.session_id)
        session = self._sessions.bridge_session(session, command, context)
        events = rules.decide(session, command, context)
        return rules.session_after(session, events, context)

    def possible_now(
        self, session: Session, actor: Actor
    ) -> Callable[[SessionCommand], bool]:
        """Return a quick check that rules commands out without reading the record.

        For many commands at once, as for a line of keys: nothing else is read. What it
        denies is refused, also where a coordinator could approve it; the rest may be.
        """
        context = self._lookups.session_context(actor, session.session_id)
        first = SessionCommand(session_id=session.session_id)
        session = self._sessions.bridge_session(session, first, context)
        return lambda command: rules.is_possible(session, command, context)

    def odd_dates(self, command: SessionCommand, actor: Actor) -> tuple[str, ...]:
        """Return what is odd about the dates of a command, to be confirmed first."""
        session = self._find_session(command.session_id)
        context = self._lookups.session_context(actor, command.session_id)
        return tuple(
            describe_odd_date(one, self._record.center.name_of)
            for one in odd_dates.odd_dates(session, command, context)
        )

    def against(self, session_id: str, attempt: Attempt) -> tuple[Finding, ...]:
        """Return what speaks against admitting a candidate now."""
        context = self._lookups.session_context(NOBODY, session_id)
        session = self._record.session(session_id)
        return collect_findings(door_case(session, attempt, context))

    def against_assigning(self, command: AssignAttempt) -> tuple[Finding, ...]:
        """Return what speaks against assigning a candidate to a session."""
        context = self._lookups.session_context(NOBODY, command.session_id)
        session = self._record.session(command.session_id)
        return collect_findings(assignment_case(session, command, context))

    def _find_session(self, session_id: str) -> Session:
        """Return a session, an empty one if there is none."""
        with suppress(Refused):
            return self._record.session(session_id)
        return Session()
