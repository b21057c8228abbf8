"""The next step of a session, where the whole record is needed to tell."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from cptkiosk.desk.lookups import Lookups
from cptkiosk.desk.record import NOBODY, Record
from cptkiosk.domain.destinations import DestinationSettings, choose_destinations
from cptkiosk.domain.guidance.next_step import next_step
from cptkiosk.domain.guidance.step import Reader, Step
from cptkiosk.domain.guidance.vendor_step import find_vendor_step
from cptkiosk.domain.people.eligibility_findings import Finding
from cptkiosk.domain.rules.checkin import find_barrier
from cptkiosk.domain.rules.checks import linked_on_roll
from cptkiosk.domain.rules.receipts import Upload
from cptkiosk.domain.rules.time_credits import Owed
from cptkiosk.domain.state.attempt import Attempt
from cptkiosk.domain.state.session import Session, Stage
from cptkiosk.domain.time import timing
from cptkiosk.domain.values import MINUTE_MS, Actor, Reason, Role
from cptkiosk.ledger import queries

AsOf = tuple[str, int, int]
"""A session, its version, and the last entry taken in."""


NOT_TAKEN_UP = Step(Reason("restart-not-recorded"), "blocked")
"""Before a restart is bridged, a session has no time but the wall clock's, which may be
hours off; the kiosk tries again each second."""


@dataclass(frozen=True, slots=True)
class UnchangedClock:
    """A clock that runs on with less time than was approved since."""

    session_id: str
    owed: Owed


class Needs:
    """Tells what to do next, whose extra time is not on the clock, and who is kept out."""

    def __init__(self, record: Record, lookups: Lookups) -> None:
        self._record = record
        self._lookups = lookups
        self._owed: tuple[AsOf, Owed | None] | None = None
        self._bars_as_of: tuple[AsOf, int] | None = None
        self._bars: Mapping[str, Finding | None] = {}

    def _as_of(self, session: Session) -> AsOf:
        return session.session_id, session.version, self._record.version

    def find_lead_link(self, session: Session) -> str:
        """Return with whom on the roll a session's lead is linked, or nothing."""
        if not session.lead:
            return ""
        one = linked_on_roll(session, self._lookups.linked_to(session.lead))
        return session.label(one) if one else ""

    def find_owed(self, session: Session) -> Owed | None:
        """Return whose approved extra time is not on the clock, if there is anyone."""
        key = self._as_of(session)
        if self._owed is None or self._owed[0] != key:
            found = self._find_unchanged(session, None) if session.running else ()
            self._owed = (key, next(iter(found), None))
        return self._owed[1]

    def find_unchanged_clocks(
        self, participant_ids: Collection[str]
    ) -> tuple[UnchangedClock, ...]:
        """Return the running clocks of these people that have too little time."""
        return tuple(
            UnchangedClock(line.session_id, one)
            for line in queries.open_sessions(
                self._record.ledger, self._record.now().utc_ms
            )
            if line.stage in {Stage.RUNNING, Stage.HALTED}
            for one in self._find_unchanged(
                self._record.session(line.session_id), participant_ids
            )
        )

    def _find_unchanged(
        self, session: Session, participant_ids: Collection[str] | None
    ) -> tuple[Owed, ...]:
        found = []
        for one in session.live_attempts:
            if participant_ids is None or one.participant_id in participant_ids:
                owed = self._find_owed_to(session, one)
                if owed is not None:
                    found.append(owed)
        return tuple(found)

    def _find_owed_to(self, session: Session, attempt: Attempt) -> Owed | None:
        if attempt.is_untimed or attempt.carried_ms is not None:
            return None
        module_id = attempt.module.module_id
        wanted = self._lookups.registered_for(attempt.participant_id, module_id)
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

    def name_reader(self, session: Session, actor: Actor) -> Reader:
        """Return who reads the Next line, with the names of who else may act."""
        staff = self._record.center.staff
        lead = staff.get(session.lead)
        ids = self._record.center.coordinators
        return Reader(
            actor,
            lead.name.text if lead else "",
            tuple(f"{staff[one].name} (coordinator)" for one in sorted(ids)),
            self._record.center.was_coordinator,
        )

    def next_step(self, session: Session, actor: Actor | None = None) -> Step:
        """Return the next thing to do for a session; there is always one.

        Args:
            session: as it is recorded.
            actor: who reads it, if it is to name who must act instead of them.
        """
        if session.running and self._record.now().boot_id not in session.offsets:
            return NOT_TAKEN_UP
        timeline_ms, policies = (
            session.timeline_ms(self._record.now()),
            self._record.definitions.policies,
        )
        linked, owed = self.find_lead_link(session), self.find_owed(session)
        nobody = Actor("", Role.COORDINATOR)
        reader = self.name_reader(session, actor or nobody)
        lead = self._record.center.staff.get(session.lead)
        gone = lead.name.text if lead is not None and not lead.active else ""
        step = next_step(
            session, timeline_ms, policies, linked, owed, reader, gone,
            lambda attempt: self.find_bar(session, attempt),
            vendor := self.find_vendor_step(session, reader),
        )  # fmt: skip
        if step.action != "bundle":
            return step
        upload = self._find_upload_step(session)
        return step if upload is None else vendor or upload

    def _find_upload_step(self, session: Session) -> Step | None:
        """Return what is left of a sealed session that goes to destinations."""
        destinations = self.find_destinations(session.starts_at_utc_ms)
        if not destinations:
            return None
        about = (session.session_id, session.revision)
        names = [one.name for one in destinations]
        match self._record.uploads.upload_of(session.stage, about, 0, names):
            case Upload.QUEUED:
                return Step(Reason("upload-waits"), "today")
            case _:
                return Step(Reason("uploaded"), "today")

    def list_destinations(self) -> tuple[DestinationSettings, ...]:
        """Return the destinations that sessions of this center are sent to."""
        return choose_destinations(
            self._record.definitions.destinations,
            rehearsal=self._record.center.rehearsal,
        )

    def find_destinations(
        self, starts_at_utc_ms: int
    ) -> tuple[DestinationSettings, ...]:
        """Return where a session that is planned for an instant is sent to."""
        starts_on = self._record.local_date(starts_at_utc_ms)
        return tuple(
            one for one in self.list_destinations() if one.takes_sessions_of(starts_on)
        )

    def find_vendor_step(self, session: Session, reader: Reader) -> Step | None:
        """Return what the vendor's results ask for after the seal, or `None`."""
        record = self._record
        policies = record.definitions.policies
        return find_vendor_step(
            session, policies, reader, record.today(), record.local_date
        )

    def find_bar(self, session: Session, attempt: Attempt) -> Finding | None:
        """Return what bars a candidate from entry or start; looked up once a minute."""
        key = (self._as_of(session), self._record.now().utc_ms // MINUTE_MS)
        if self._bars_as_of != key:
            self._bars_as_of, self._bars = key, {}
        if attempt.attempt_id not in self._bars:
            context = self._lookups.session_context(NOBODY, session.session_id)
            found = find_barrier(session, attempt, context)
            self._bars = {**self._bars, attempt.attempt_id: found}
        return self._bars[attempt.attempt_id]
