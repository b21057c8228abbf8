"""The one door: a command goes in, and what was recorded comes out.

Code above the desk never writes to the ledger itself. The desk holds parts, each with
one job. Only `pipeline` records, so several terminals can work on one session
without losing or doubling a step.
"""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from cptkiosk.desk.boot_watch import BootWatch
from cptkiosk.desk.bundles import Bundles
from cptkiosk.desk.candidates import CandidateCommands
from cptkiosk.desk.center_log import CenterLog
from cptkiosk.desk.clock_check import ClockCheck
from cptkiosk.desk.key_ring import KeyRing
from cptkiosk.desk.lookups import Lookups
from cptkiosk.desk.needs import Needs
from cptkiosk.desk.pins import Pins
from cptkiosk.desk.pipeline import Pipeline, Recorded, UnitOfWork
from cptkiosk.desk.preview import Preview
from cptkiosk.desk.record import Record
from cptkiosk.desk.registrar import Registrar
from cptkiosk.desk.sessions import SessionCommands
from cptkiosk.desk.staff import StaffList
from cptkiosk.domain.commands.base import SessionCommand
from cptkiosk.domain.commands.checkin import HandOver
from cptkiosk.domain.commands.closing import SealSession
from cptkiosk.domain.guidance.step import Step
from cptkiosk.domain.modules import Definitions
from cptkiosk.domain.rules.candidate_rules import CandidateCommand, ForgetPerson
from cptkiosk.domain.rules.receipts import Uploads
from cptkiosk.domain.state.candidate import Candidate
from cptkiosk.domain.state.center import Center
from cptkiosk.domain.state.session import Session
from cptkiosk.domain.time.instants import Instant
from cptkiosk.domain.values import Actor, Refused
from cptkiosk.host.clock import Clock
from cptkiosk.ledger.ledger import Ledger
from cptkiosk.ledger.signatures import notice_before_seal
from cptkiosk.times.format import TimeFormat

__all__ = ["Desk", "Recorded"]


class Desk:
    """State of the streams at hand, and the only way to change them."""

    def __init__(self, ledger: Ledger, clock: Clock, definitions: Definitions) -> None:
        self.ledger = ledger
        self.clock = clock
        self.record = record = Record(ledger, clock, definitions)
        self._pipeline = pipeline = Pipeline(record)
        self.lookups = lookups = Lookups(record)
        self.key_ring = KeyRing(record, pipeline)
        self._sessions = SessionCommands(record, lookups, self.key_ring)
        self.candidates = CandidateCommands(record, pipeline, lookups)
        self.registrar = Registrar(record, pipeline)
        self.preview = Preview(record, lookups, self._sessions, self.candidates)
        self.needs = Needs(record, lookups)
        self.clock_check = ClockCheck(record, pipeline)
        self.pins = Pins(record, pipeline, self.clock_check)
        self.staff = StaffList(record, pipeline, self.pins)
        self.center_log = CenterLog(record, pipeline, self.clock_check)
        self.bundles = Bundles(record, pipeline)
        self.boots = BootWatch(record, pipeline, self._sessions)

    # State

    @property
    def definitions(self) -> Definitions:
        """The modules and policies that the center works by."""
        return self.record.definitions

    @property
    def center(self) -> Center:
        """The center and its staff."""
        return self.record.center

    @property
    def uploads(self) -> Uploads:
        """Bundles on their way."""
        return self.record.uploads

    @property
    def sessions(self) -> dict[str, Session]:
        """The sessions read so far, by ID."""
        return self.record.sessions

    @property
    def version(self) -> int:
        """The number of the last entry taken in; until it grows, nothing changes."""
        return self.record.version

    def now(self) -> Instant:
        """Return this moment."""
        return self.record.now()

    @property
    def times(self) -> TimeFormat:
        """How the center writes times."""
        return self.record.times

    @property
    def zone(self) -> ZoneInfo:
        """The center's time zone."""
        return self.record.zone

    def today(self) -> str:
        """Return today's ISO date at the center."""
        return self.record.today()

    def local_date(self, utc_ms: int) -> str:
        """Return the ISO date at the center."""
        return self.record.local_date(utc_ms)

    def session(self, session_id: str) -> Session:
        """Return a session as of the last catch-up.

        Raises:
            Refused: if there is none of that id.
        """
        return self.record.session(session_id)

    def candidate(self, participant_id: str) -> Candidate:
        """Return a candidate; an empty one if no one has that ID."""
        return self.record.candidate(participant_id)

    def next_step(self, session: Session, actor: Actor | None = None) -> Step:
        """Return the next thing to do for a session; see `Needs`."""
        return self.needs.next_step(session, actor)

    def seal_notice(self) -> str:
        """Return what the person who seals must know first, or an empty string."""
        return notice_before_seal(self.ledger)

    def catch_up(self) -> bool:
        """Take in what other terminals wrote; return whether there was anything."""
        return self.record.catch_up()

    # Commands

    def perform(
        self, command: SessionCommand | CandidateCommand, actor: Actor
    ) -> Recorded:
        """Carry out a command about a session or about a candidate's own record.

        A plan without an ID gets the next free one of its day.

        Raises:
            Refused: if the rules do not allow it now; nothing is written.
            StorageError: if it could not be written; nothing is recorded.
        """
        match command:
            case SealSession():
                raise Refused("seal-needs-pin")
            case HandOver():
                raise Refused("hand-over-needs-pins")
            case ForgetPerson():
                raise Refused("forget-takes-texts")
            case CandidateCommand():
                command = self.candidates.find_notice(command)
        return self._carry_out(command, actor)

    def perform_together(
        self, commands: Sequence[SessionCommand], actor: Actor
    ) -> Recorded:
        """Carry out commands about several sessions, all of them or none.

        Raises:
            Refused: if the rules do not allow one of them now; nothing is written.
            StorageError: if it could not be written; nothing is recorded.
        """

        def work(unit: UnitOfWork) -> None:
            for command in commands:
                self._sessions.carry_out(unit, command)

        return self._pipeline.perform(actor, work)

    def _carry_out(
        self, command: SessionCommand | CandidateCommand, actor: Actor
    ) -> Recorded:
        def work(unit: UnitOfWork) -> None:
            match command:
                case SessionCommand():
                    self._sessions.carry_out(unit, command)
                case CandidateCommand():
                    self.candidates.carry_out(unit, command)

        return self._pipeline.perform(actor, work)

    def seal(
        self,
        session_id: str,
        actor: Actor,
        pin: str,
        saw: tuple[str, ...] | None = None,
    ) -> Recorded:
        """Check the PIN and seal a session with it.

        Args:
            session_id: the session.
            actor: who signs.
            pin: theirs.
            saw: the reports the signer was shown; all of them if not given.

        Raises:
            Refused: if the PIN is wrong or something still keeps the session open.
            StorageError: if it could not be written; nothing is sealed.
        """
        self.pins.check_pin(actor.staff_id, pin)
        return self._carry_out(SealSession(session_id=session_id, saw=saw), actor)

    def hand_over(
        self, session_id: str, actor: Actor, pin: str, to: str, to_pin: str
    ) -> Recorded:
        """Hand a session to another person, signed by both.

        Raises:
            Refused: if a PIN is wrong, or the new lead is linked with a candidate.
            StorageError: if it could not be written; nothing is handed over.
        """
        command = HandOver(session_id=session_id, to=to)
        if (found := self.preview.refusal(command, actor)) is not None:
            raise found
        self.pins.check_pin(actor.staff_id, pin)
        self.pins.check_pin(to, to_pin)
        return self._carry_out(command, actor)
