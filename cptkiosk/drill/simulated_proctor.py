"""A clock turned by hand, a second count of everyone's time, and hands at the desk."""

from collections import Counter
from collections.abc import Callable, Iterable

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.base import SessionCommand
from cptkiosk.domain.state.attempt import Attempt
from cptkiosk.domain.state.session import Session
from cptkiosk.domain.text import visible
from cptkiosk.domain.time.instants import Instant
from cptkiosk.domain.values import MINUTE_MS, Actor
from cptkiosk.errors import VerificationError

LINE_CELLS = 240
Say = Callable[[str], None]


class DrillFailed(VerificationError):
    """The rehearsal found something that does not fit; the message says what."""


class HandClock:
    """A clock that moves only when it is told to."""

    def __init__(self, start_utc_ms: int) -> None:
        self._now = Instant(utc_ms=start_utc_ms, boot_ms=MINUTE_MS, boot_id="drill")

    @classmethod
    def at(cls, start: Instant) -> "HandClock":
        """Return a clock that begins at a moment of this machine's own clocks."""
        made = cls(start.utc_ms)
        made._now = start
        return made

    def now(self) -> Instant:
        """Return the moment it was last moved to."""
        return self._now

    def asleep_ms(self) -> int:
        """Return how long it slept: never."""
        return 0

    def advance(self, ms: int) -> None:
        """Move on; never back."""
        assert ms >= 0, "time does not run backwards"
        self._now = self._now.plus(ms)


class Stopwatches:
    """One stopwatch a person, counted up tick by tick.

    The kiosk computes remaining time from the record. This counts the same time in the
    way a person with a box of stopwatches would, so that each checks the other.
    """

    def __init__(self) -> None:
        self.used_ms: dict[str, int] = {}
        self.given_ms: dict[str, int] = {}
        self._running: set[str] = set()
        self._halted = False

    def start(self, attempt_ids: Iterable[str]) -> None:
        """Start stopwatches, the first time or after a stop."""
        for attempt_id in attempt_ids:
            self.used_ms.setdefault(attempt_id, 0)
            self._running.add(attempt_id)

    def stop(self, attempt_id: str) -> None:
        """Stop one of them."""
        self._running.discard(attempt_id)

    def halt(self, ago_ms: int) -> None:
        """Stop all of them, as if it had been done a while ago."""
        for attempt_id in self._running:
            self.used_ms[attempt_id] -= ago_ms
        self._halted = True

    def resume(self) -> None:
        """Let those run on that ran at the halt."""
        self._halted = False

    def give(self, attempt_id: str, ms: int) -> None:
        """Allow someone more time."""
        self.given_ms[attempt_id] = self.given_ms.get(attempt_id, 0) + ms

    def pass_time(self, ms: int) -> None:
        """Let time pass."""
        if not self._halted:
            for attempt_id in self._running:
                self.used_ms[attempt_id] += ms

    def check_record(self, session: Session, timeline_ms: int) -> None:
        """Compare every stopwatch with the record, to the millisecond.

        Raises:
            DrillFailed: naming the first who lost or gained time.
        """
        for attempt_id, used_ms in self.used_ms.items():
            one = session.attempts[attempt_id]
            allowed_ms = one.module.minutes * 60 * one.factor_permille
            allowed_ms += self.given_ms.get(attempt_id, 0)
            elapsed_ms = session.elapsed_ms(one, timeline_ms)
            left_ms = session.left_ms(one, timeline_ms)
            wrong_ms = (elapsed_ms - used_ms) or (elapsed_ms + left_ms - allowed_ms)
            if wrong_ms or allowed_ms != one.allowed_ms:
                raise DrillFailed(
                    f"{one.person} lost or gained time: {used_ms} ms used by the"
                    f" stopwatch and {elapsed_ms} by the record, {left_ms} left,"
                    f" {allowed_ms} allowed."
                )


class SimulatedProctor:
    """Someone at the desk who says what they do, line by line."""

    def __init__(
        self, desk: Desk, clock: HandClock, session_id: str, actor: Actor, say: Say
    ) -> None:
        self.desk = desk
        self.clock = clock
        self.session_id = session_id
        self.actor = actor
        self.say = say
        self.watches = Stopwatches()
        self._sharing = Counter(
            one.person.text for one in self.session.attempts.values()
        )

    @property
    def session(self) -> Session:
        """The session as it stands."""
        return self.desk.session(self.session_id)

    @property
    def timeline_ms(self) -> int:
        """This moment on the session's timeline."""
        return self.session.timeline_ms(self.desk.now())

    def attempt(self, attempt_id: str) -> Attempt:
        """Return an attempt as it stands."""
        return self.session.attempts[attempt_id]

    def name(self, attempt_id: str) -> str:
        """Return a name for a line; with the participant id where two share it."""
        one = self.attempt(attempt_id)
        shared = self._sharing[one.person.text] > 1
        return f"{one.person} ({one.participant_id})" if shared else f"{one.person}"

    def do(
        self, command: SessionCommand, sentence: str, actor: Actor | None = None
    ) -> None:
        """Carry out a command and say so.

        Raises:
            Refused: if the rules do not allow it.
        """
        recorded = self.desk.perform(command, actor or self.actor)
        self.tell_sentence(sentence, recorded.seq)

    def tell_sentence(self, sentence: str, seq: int = 0) -> None:
        """Say something: local time, number of its entry if it has one, sentence."""
        times = self.desk.times
        at = times.format_seconds(self.desk.now().utc_ms)
        # Sentences stand below each other, before noon and after.
        at = at.rjust(len("12:00:00 PM") if times.twelve_hour else 0)
        number = f"#{seq}" if seq else ""
        self.say(f"{at}  {number:<6} {visible(sentence, LINE_CELLS)}")

    def pass_time(self, ms: int) -> None:
        """Let time pass, and see that no one lost or gained any.

        Raises:
            DrillFailed: if someone did.
        """
        self.clock.advance(ms)
        self.watches.pass_time(ms)
        self.watches.check_record(self.session, self.timeline_ms)
