"""No state is a dead end: from each one *Next* leads on to the end.

The state is followed on a copy in memory. A person is signed in, does what the Next
line says, and lets those it names enter their PIN. A step that is refused, or a session
that does not come to its end, fails the day.
"""

from dataclasses import replace
from functools import reduce
from itertools import product
from random import Random

from cptkiosk.desk import Desk
from cptkiosk.desk.lookups import Lookups
from cptkiosk.domain.commands import irregularity as c
from cptkiosk.domain.commands.base import SessionCommand
from cptkiosk.domain.events.fact import Entry, Fact
from cptkiosk.domain.guidance import next_step
from cptkiosk.domain.guidance.step import Step
from cptkiosk.domain.rules.checkin import find_barrier
from cptkiosk.domain.rules.checks import linked_on_roll
from cptkiosk.domain.rules.decide import decide
from cptkiosk.domain.rules.rule import Context
from cptkiosk.domain.state import session_changes
from cptkiosk.domain.state.blockers import Who
from cptkiosk.domain.state.session import Session, Stage
from cptkiosk.domain.time.instants import Instant
from cptkiosk.domain.values import Actor, NeedsCoordinator, Refused
from cptkiosk.ledger.queries import linked_to
from cptkiosk.words import describe_step, explain
from simulation.world.plausible_commands import STAFF
from simulation.world.step_commands import turn_of
from simulation.world.terminals import must
from support.center import DANA

STEPS_FOR_EACH = 60
STEPS = 120
"""How many steps a walk may take, for each attempt and beside."""


class Walk:
    """A session on its way to its end, by what the Next line says."""

    def __init__(self, desk: Desk, session: Session, random: Random) -> None:
        self.desk = desk
        self.session = session
        self.random = random
        self.now: Instant = desk.now()
        self.told: list[str] = []
        # As a kiosk does before it shows a step; the disk may have kept this one from it.
        look = c.TakeNote(session_id=session.session_id, text="?")
        carried = desk._sessions.decide_bridge(session, look, self._context(DANA))
        self.session = self._after(carried, DANA)

    @property
    def over(self) -> bool:
        """Whether nothing is left to be done."""
        sealed = self.session.stage is Stage.SEALED
        done = sealed and not self.session.changed_since_seal
        return done or self.session.stage is Stage.CANCELLED

    def to_the_end(self) -> None:
        """Follow the Next line until the session is sealed or cancelled.

        Raises:
            DayFailed: if a step is refused to whom it names, or nothing comes to an end.
        """
        steps = STEPS + STEPS_FOR_EACH * len(self.session.attempts)
        for _ in range(steps):
            if self.over:
                return
            self._take(self.random.choice(STAFF))
        must(False, f"Next goes in a circle: {'; '.join(self.told[-8:])}")

    def _take(self, here: Actor) -> None:
        reader = self.desk.needs.name_reader(self.session, here)
        policies = self.desk.definitions.policies
        line_ms = self.session.timeline_ms(self.now)
        context = self._context(here)
        step = next_step.next_step(
            self.session, line_ms, policies, self._linked_with(self.session.lead), reader=reader,
            bars=lambda one: find_barrier(self.session, one, context),
        )  # fmt: skip
        turn = turn_of(self.session, step, line_ms, self.desk.definitions)
        self.told.append(f"{here.staff_id}: {describe_step(step)}")
        if turn.wait_ms:
            self.now = self.now.plus(turn.wait_ms)
            return
        refusals = []
        for command, actor in product(turn.commands, self._who(step, here)):
            try:
                self._do(command, actor)
            except Refused as refused:
                refusals.append(explain(refused))
            else:
                self.now = self.now.plus(1000)
                return
        must(False, f"Next says '{describe_step(step)}' to {here.staff_id}: {refusals}")

    def _who(self, step: Step, here: Actor) -> tuple[Actor, ...]:
        """Return who takes a step: who is here if they may, else who enters a PIN.

        Instead of somebody who is linked with a candidate, another of the staff does.
        """
        if step.who is Who.COORDINATOR and here != DANA:
            return (replace(DANA, asked_by=here.staff_id),)
        if step.who is Who.LEAD and here != DANA:
            here = next(one for one in STAFF if one.staff_id == self.session.lead)
        linked = self._linked_with(here.staff_id)
        return (here, *(one for one in STAFF if linked and one != here))

    def _linked_with(self, staff_id: str) -> str:
        links = linked_to(self.desk.ledger, staff_id) if staff_id else ()
        one = linked_on_roll(self.session, links)
        return self.session.label(one) if one else ""

    def _do(self, command: SessionCommand, actor: Actor) -> None:
        try:
            self._decide(command, actor)
        except NeedsCoordinator:
            # The screen asks for the PIN of a coordinator, whoever is signed in.
            self._decide(command, replace(DANA, asked_by=actor.staff_id))

    def _decide(self, command: SessionCommand, actor: Actor) -> None:
        context = self._context(actor)
        made = decide(self.session, command, context)
        must(made, f"{command} does nothing")
        self.session = self._after(made, actor)

    def _context(self, actor: Actor) -> Context:
        context = Lookups(self.desk.record).session_context(
            actor, self.session.session_id
        )
        return replace(context, now=self.now)

    def _after(self, events: tuple[Fact, ...], actor: Actor) -> Session:
        def evolved(session: Session, event: Fact) -> Session:
            return session_changes.evolve(session, Entry(
                session.last_seq + 1, f"session/{session.session_id}",
                session.version + 1, self.now, "", actor.staff_id, event,
            ))  # fmt: skip

        return reduce(evolved, events, self.session)
