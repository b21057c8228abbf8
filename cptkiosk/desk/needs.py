"""What a session needs next that only the whole record tells."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import partial

from cptkiosk.desk.forgetting import ForgettingDesk
from cptkiosk.desk.memo import Memo
from cptkiosk.domain import timing
from cptkiosk.domain.attempt import Attempt
from cptkiosk.domain.candidate import Registration
from cptkiosk.domain.eligibility import CandidateHistory, Finding
from cptkiosk.domain.modules import Definitions
from cptkiosk.domain.next_step import Owed, Reader, Step, next_step
from cptkiosk.domain.rules import linked_on_roll
from cptkiosk.domain.session import Session, Stage
from cptkiosk.domain.values import Actor, Role
from cptkiosk.host.clock import Clock
from cptkiosk.ledger import queries
from cptkiosk.ledger.ledger import Ledger

AsOf = tuple[str, int, int]
"""A session, its version, and the last entry taken in."""


NOT_TAKEN_UP = Step("restart not recorded yet - use the room clock", "none", "")
"""Before a restart is bridged, a session has no time but the wall clock's, which may be
hours off; the kiosk tries again each second."""


@dataclass(frozen=True, slots=True)
class UnchangedClock:
    """A clock that runs on with less time than was approved since."""

    session_id: str
    owed: Owed


class NeedsDesk(ForgettingDesk):
    """Looks up beside a session who is linked, and whose approved time does not run."""

    _owed: tuple[AsOf, Owed | None] | None = None

    def __init__(self, ledger: Ledger, clock: Clock, definitions: Definitions) -> None:
        super().__init__(ledger, clock, definitions)
        self._links = Memo[str, Mapping[str, str]]()
        self._registered = Memo[str, Mapping[str, Registration]]()
        self._dossiers = Memo[tuple[str, str], CandidateHistory]()

    def _as_of(self, session: Session) -> AsOf:
        return session.session_id, session.version, self._seq

    def lead_linked(self, session: Session) -> str:
        """Return with whom on the roll a session's lead is linked, or nothing."""
        if not session.lead:
            return ""
        one = linked_on_roll(session, self.linked_to(session.lead))
        return session.label(one) if one else ""

    def linked_to(self, staff_id: str) -> Mapping[str, str]:
        """Return the participants a member of staff is linked with, and how."""
        return self._links.recall(
            self._candidates_seq, staff_id, partial(queries.linked_to, self.ledger)
        )

    def _registered_for(
        self, participant_id: str, module_id: str
    ) -> Registration | None:
        """Return what somebody is registered for, of one module."""
        registered = self._registered.recall(
            self._candidates_seq,
            participant_id,
            lambda about: self.candidate(about).registrations,
        )
        return registered.get(module_id)

    def owed(self, session: Session) -> Owed | None:
        """Return whose approved time does not run, if there is anybody."""
        key = self._as_of(session)
        if self._owed is None or self._owed[0] != key:
            found = self._unchanged(session, None) if session.running else ()
            self._owed = (key, next(iter(found), None))
        return self._owed[1]

    def unchanged_clocks(
        self, participant_ids: Collection[str]
    ) -> tuple[UnchangedClock, ...]:
        """Return the running clocks of these people that have too little time."""
        return tuple(
            UnchangedClock(line.session_id, one)
            for line in queries.open_sessions(self.ledger, self.now().utc_ms)
            if line.stage in {Stage.RUNNING, Stage.HALTED}
            for one in self._unchanged(self.session(line.session_id), participant_ids)
        )

    def _unchanged(
        self, session: Session, participant_ids: Collection[str] | None
    ) -> tuple[Owed, ...]:
        found = []
        for one in session.live:
            if participant_ids is None or one.participant_id in participant_ids:
                owed = self._owed_to(session, one)
                if owed is not None:
                    found.append(owed)
        return tuple(found)

    def _owed_to(self, session: Session, attempt: Attempt) -> Owed | None:
        if attempt.untimed or attempt.carried_ms is not None:
            return None
        module_id = attempt.module.module_id
        wanted = self._registered_for(attempt.participant_id, module_id)
        if wanted is None:
            return None
        approved = wanted.time_permille
        minutes = attempt.module.minutes
        more_ms = timing.allowed_ms(minutes, approved) - timing.allowed_ms(
            minutes, attempt.factor_permille
        )
        if more_ms <= max(0, attempt.credit_ms):
            return None
        return Owed(attempt.attempt_id, session.label(attempt), approved, more_ms)

    def reader(self, session: Session, actor: Actor) -> Reader:
        """Return who reads the Next line, with the names of who else may act."""
        staff = self.center.staff
        lead = staff.get(session.lead)
        ids = self.center.coordinators
        return Reader(
            actor,
            lead.name.text if lead else "",
            tuple(staff[one].name.text for one in sorted(ids)),
            self.center.was_coordinator,
        )

    def next_step(self, session: Session, actor: Actor | None = None) -> Step:
        """Return the next thing to do for a session; there is always one.

        Args:
            session: as it is recorded.
            actor: who reads it, if it is to name who must act instead of them.
        """
        if session.running and self.now().boot_id not in session.offsets:
            return NOT_TAKEN_UP
        line_ms, policies = session.line_ms(self.now()), self.definitions.policies
        linked, owed = self.lead_linked(session), self.owed(session)
        nobody = Actor("", Role.COORDINATOR)
        reader = self.reader(session, actor or nobody)
        lead = self.center.staff.get(session.lead)
        gone = lead.name.text if lead is not None and not lead.active else ""
        return next_step(
            session, line_ms, policies, linked, owed, reader, gone,
            lambda attempt: self.barred(session, attempt),
        )  # fmt: skip

    def barred(self, session: Session, attempt: Attempt) -> Finding | None:
        """Return the rule that keeps somebody at the door out, if one does."""
        raise NotImplementedError
