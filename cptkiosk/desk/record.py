"""The record at hand: what was read of it so far, and how it is written to."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from cptkiosk.domain import candidate_changes, center_changes, receipts, session_changes
from cptkiosk.domain import center as centers
from cptkiosk.domain.calendar import LocalTime
from cptkiosk.domain.candidate import Candidate
from cptkiosk.domain.center import Center
from cptkiosk.domain.events import Entry, Fact
from cptkiosk.domain.instants import Instant
from cptkiosk.domain.modules import Definitions
from cptkiosk.domain.session import Session
from cptkiosk.domain.session_events import StepAuthorized, StepsGrouped
from cptkiosk.domain.values import Actor, Refused, Role
from cptkiosk.host.clock import Clock
from cptkiosk.ledger.failures import DiskFull
from cptkiosk.ledger.ledger import Ledger, Transaction

CENTER = "center"
UPLOAD = "upload"
NOBODY = Actor("", Role.PROCTOR)
T = TypeVar("T")


def local_time(utc_ms: int, zone: ZoneInfo) -> LocalTime:
    """Return an instant as date and time in a zone."""
    whole_s, ms = divmod(utc_ms, 1000)
    moment = datetime.fromtimestamp(whole_s, UTC).astimezone(zone)
    of_day_s = moment.hour * 3600 + moment.minute * 60 + moment.second
    return LocalTime(moment.date().isoformat(), moment.weekday(), of_day_s * 1000 + ms)


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a command became; committed and synced."""

    entries: tuple[Entry, ...]

    @property
    def seq(self) -> int:
        """Number of the last entry, 0 if nothing new had to be recorded."""
        return self.entries[-1].seq if self.entries else 0


def authorized(events: tuple[Fact, ...], actor: Actor) -> tuple[Fact, ...]:
    """Return events with who approved them ahead, if somebody else asked for them."""
    if not events or not actor.asked_by:
        return events
    asked = [one for one in events if not _follows_from_others(one)] or events
    approved = StepAuthorized(
        by=actor.staff_id, asked_by=actor.asked_by, step=asked[-1].kind
    )
    return (approved, *events)


def _follows_from_others(event: Fact) -> bool:
    """Return whether nobody asked for this: a draft, or that steps belong together."""
    return isinstance(event, StepsGrouped) or getattr(event, "drafted", False)


class Record:
    """State of the streams at hand, and the one transaction that adds to them."""

    def __init__(self, ledger: Ledger, clock: Clock, definitions: Definitions) -> None:
        self.ledger = ledger
        self.clock = clock
        self.definitions = definitions
        self.center = Center()
        self.sessions: dict[str, Session] = {}
        self._seq = ledger.head().seq
        self._candidates_seq = 0
        """The last entry about a candidate: what was read of them before may be old."""
        self.center = center_changes.replay(ledger.read(CENTER))
        self.uploads = receipts.replay(ledger.read(UPLOAD))

    @property
    def version(self) -> int:
        """The number of the last entry taken in; until it changes, so does nothing here."""
        return self._seq

    def now(self) -> Instant:
        """Return this moment."""
        return self.clock.now()

    @property
    def zone(self) -> ZoneInfo:
        """The center's time zone."""
        return ZoneInfo(self.center.time_zone or "UTC")

    def local_date(self, utc_ms: int) -> str:
        """Return the ISO date at the center."""
        return self.local(utc_ms).date

    def local(self, utc_ms: int) -> LocalTime:
        """Return an instant as date and time at the center."""
        return local_time(utc_ms, self.zone)

    def session(self, session_id: str) -> Session:
        """Return a session as of the last catch-up.

        Raises:
            Refused: if there is none of that id.
        """
        if session_id not in self.sessions:
            session = session_changes.replay(self.ledger.read(f"session/{session_id}"))
            if not session.session_id:
                raise Refused(
                    f"There is no session {session_id}.",
                    "See 'cptkiosk session list' or today's sessions.",
                )
            self._know(session_id, session)
            # The stream may have been read further than everything else in memory.
            if session.last_seq > self._seq:
                self.catch_up()
        return self.sessions[session_id]

    def _know(self, session_id: str, session: Session) -> None:
        # Never changed in place: the screen reads while the desk's thread writes.
        self.sessions = {**self.sessions, session_id: session}

    def candidate(self, participant_id: str) -> Candidate:
        """Return a candidate; an empty one if nobody has that id."""
        return candidate_changes.replay(self.ledger.read(f"candidate/{participant_id}"))

    def catch_up(self) -> bool:
        """Take in what other terminals wrote; return whether there was anything."""
        entries = self.ledger.read_after(self._seq)
        for entry in entries:
            self._take_in(entry)
        return bool(entries)

    def _take_in(self, entry: Entry) -> None:
        kind, _, key = entry.stream.partition("/")
        if kind == CENTER and entry.version > self.center.version:
            self.center = center_changes.evolve(self.center, entry)
        elif kind == UPLOAD and entry.version > self.uploads.version:
            self.uploads = receipts.evolve(self.uploads, (entry,))
        elif kind == "candidate":
            self._candidates_seq = max(self._candidates_seq, entry.seq)
        elif kind == "session":
            known = self.sessions.get(key)
            if known is not None and entry.version > known.version:
                self._know(key, session_changes.evolve(known, entry))
        self._seq = max(self._seq, entry.seq)

    def _keep(self, entries: Iterable[Entry]) -> None:
        for entry in entries:
            if entry.version == 1 and entry.stream.startswith("session/"):
                self._know(entry.stream.partition("/")[2], Session())
            self._take_in(entry)

    def _written(
        self, actor: Actor, write: Callable[[Transaction], T], *, again: bool = True
    ) -> T:
        """Write in one transaction; once more if the reserve made room for it.

        It is caught up with what other terminals wrote: they may have deactivated the
        actor a moment ago.

        Raises:
            Refused: if the actor was deactivated since signing in, or lost the role; or
                if whoever asked for a step that the actor approved was deactivated.
        """
        try:
            with self.ledger.writing(actor.staff_id) as transaction:
                self.catch_up()
                centers.may_act(self.center, actor.staff_id, actor.role)
                centers.may_act(self.center, actor.asker, Role.PROCTOR)
                written = write(transaction)
        except DiskFull:
            if not again:
                raise
            self.ledger.give_reserve_up()
            return self._written(actor, write, again=False)
        if again:
            self.ledger.keep_reserve()
        return written
