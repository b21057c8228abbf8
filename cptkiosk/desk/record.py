"""The record at hand: what was read of the ledger so far."""

from collections.abc import Iterable
from datetime import UTC, datetime
from threading import RLock
from typing import cast
from zoneinfo import ZoneInfo

from cptkiosk.domain.events.candidate import PersonForgotten
from cptkiosk.domain.events.fact import Entry
from cptkiosk.domain.modules import Definitions
from cptkiosk.domain.rules.receipts import Uploads
from cptkiosk.domain.state.candidate import Candidate
from cptkiosk.domain.state.center import Center
from cptkiosk.domain.state.session import Session
from cptkiosk.domain.time.calendar import LocalTime
from cptkiosk.domain.time.instants import Instant
from cptkiosk.domain.values import Actor, Refused, Role
from cptkiosk.host.clock import Clock
from cptkiosk.ledger.ledger import Ledger
from cptkiosk.ledger.streams import (
    S,
    State,
    Stream,
    candidate_stream,
    center_stream,
    find_stream,
    session_stream,
    upload_stream,
)
from cptkiosk.times.format import TimeFormat, choose_format

NOBODY = Actor("", Role.PROCTOR)
"""Acts where the kiosk records something by itself."""


def local_time(utc_ms: int, zone: ZoneInfo) -> LocalTime:
    """Return an instant as date and time in a zone."""
    whole_s, ms = divmod(utc_ms, 1000)
    moment = datetime.fromtimestamp(whole_s, UTC).astimezone(zone)
    of_day_s = moment.hour * 3600 + moment.minute * 60 + moment.second
    return LocalTime(moment.date().isoformat(), moment.weekday(), of_day_s * 1000 + ms)


class Record:
    """State of the streams at hand, of everything that is recorded so far.

    A screen reads it while the desk's thread takes entries in, and reads the ledger for
    what is not at hand, so both threads put states here. Three rules keep that right:

    - A state is never changed in place: a new one is put in its place, and so is the
      mapping of sessions. Who reads needs no lock.
    - Who puts one there holds `_lock`, and an older one never takes the place of a newer.
    - What was replayed is put there only if nothing was taken in meanwhile. An entry for
      a stream that is not at hand is passed over, so an older replay would lack it for
      good, and every further step of that stream would fail.

    The ledger is read without the lock: a screen must not wait for the disk.
    """

    def __init__(self, ledger: Ledger, clock: Clock, definitions: Definitions) -> None:
        self.ledger = ledger
        self.clock = clock
        self.definitions = definitions
        self._lock = RLock()
        self.sessions: dict[str, Session] = {}
        self._seq = ledger.head().seq
        self.candidates_seq = 0
        """The last entry about a candidate: what was read of them before may be old."""
        self.center = self._replay(center_stream())
        self.uploads = self._replay(upload_stream())

    @property
    def version(self) -> int:
        """The number of the last entry taken in; until it grows, nothing here changes."""
        return self._seq

    def now(self) -> Instant:
        """Return this moment."""
        return self.clock.now()

    @property
    def times(self) -> TimeFormat:
        """How the center writes times."""
        return choose_format(self.center.time_zone, self.definitions.policies.clock)

    @property
    def zone(self) -> ZoneInfo:
        """The center's time zone."""
        return self.times.zone

    def local(self, utc_ms: int) -> LocalTime:
        """Return an instant as date and time at the center."""
        return local_time(utc_ms, self.zone)

    def local_date(self, utc_ms: int) -> str:
        """Return the ISO date at the center."""
        return self.local(utc_ms).date

    def today(self) -> str:
        """Return today's ISO date at the center."""
        return self.local_date(self.now().utc_ms)

    def state(self, stream: Stream[S]) -> S:
        """Return the state of a stream, read from the ledger if it is not at hand."""
        while (held := self._find_held(stream.name)) is None:
            as_of_seq = self._seq
            state = self._replay(stream)
            with self._lock:
                if self._seq == as_of_seq:
                    if state.version:
                        self._hold(stream.name, state)
                    return state
        return cast(S, held)

    def session(self, session_id: str) -> Session:
        """Return a session as of the last catch-up.

        Raises:
            Refused: if there is none of that id.
        """
        if session_id not in self.sessions:
            session = self.state(session_stream(session_id))
            if not session.session_id:
                raise Refused("no-such-session", session_id=session_id)
            # The stream may have been read further than everything else in memory.
            if session.last_seq > self._seq:
                self.catch_up()
        return self.sessions[session_id]

    def candidate(self, participant_id: str) -> Candidate:
        """Return a candidate; an empty one if no one has that ID."""
        return self.state(candidate_stream(participant_id))

    def catch_up(self) -> bool:
        """Take in what other terminals wrote; return whether there was anything."""
        entries = self.ledger.read_after(self._seq)
        for entry in entries:
            self.take_in(entry)
        return bool(entries)

    def keep(self, entries: Iterable[Entry]) -> None:
        """Take in what this terminal has just committed; a new session is held."""
        for entry in entries:
            with self._lock:
                if entry.version == 1 and self._find_held(entry.stream) is None:
                    self._hold(entry.stream, find_stream(entry.stream).replay(()))
            self.take_in(entry)

    def take_in(self, entry: Entry) -> None:
        """Bring what is at hand up to date with one entry; twice changes nothing."""
        with self._lock:
            held = self._find_held(entry.stream)
            if held is not None and entry.version > held.version:
                stream = find_stream(entry.stream)
                self._hold(entry.stream, stream.evolve(held, entry))
            if entry.stream.startswith("candidate/"):
                self.candidates_seq = max(self.candidates_seq, entry.seq)
            self._seq = max(self._seq, entry.seq)
        if isinstance(entry.event, PersonForgotten):
            # What is in memory still has the names.
            for session_id in self.sessions:
                stream = session_stream(session_id)
                while not self._hold(stream.name, self._replay(stream)):
                    pass

    def _replay(self, stream: Stream[S]) -> S:
        return stream.replay(self.ledger.read_stream(stream.name))

    def _find_held(self, name: str) -> State | None:
        match name.partition("/"):
            case ("center", _, _):
                return self.center
            case ("upload", _, _):
                return self.uploads
            case ("session", _, session_id):
                return self.sessions.get(session_id)
        return None

    def _hold(self, name: str, state: State) -> bool:
        """Put a state in the place of the one before, unless that is newer.

        One of the same version takes its place: it may lack texts that were forgotten.
        Candidates are not held.

        Returns:
            Whether the one before was no newer.
        """
        with self._lock:
            held = self._find_held(name)
            if held is not None and held.version > state.version:
                return False
            match state:
                case Center():
                    self.center = state
                case Uploads():
                    self.uploads = state
                case Session():
                    session_id = name.partition("/")[2]
                    self.sessions = {**self.sessions, session_id: state}
            return True
