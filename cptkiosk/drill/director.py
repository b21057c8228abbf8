"""Lets scenes happen at their moments, and hears on the record what was done."""

from collections.abc import Callable, Sequence
from random import Random

from cptkiosk.desk import Desk
from cptkiosk.domain.rules.announcing import next_call
from cptkiosk.domain.state.attempt import Attempt, AttemptProgress
from cptkiosk.domain.state.blockers import score_lacks, to_start
from cptkiosk.domain.state.score_state import KEYED_ONCE
from cptkiosk.domain.state.session import Session, Stage
from cptkiosk.domain.text import fold_text
from cptkiosk.drill.expected_events import Part
from cptkiosk.drill.scenario_catalog import ARRIVES, EXPECTED_LATE
from cptkiosk.drill.scenario_run import ANSWERED, Outcome, ScenarioRun
from cptkiosk.drill.scenario_steps import PAPERS, Scene
from cptkiosk.errors import KioskError

SPEEDS = (1, 20, 60)
"""How many times as fast the clock can be asked to run."""

REAL_SPEED = "The clock runs at real speed while you read to the room."
TIME_UP = 'The test screens of those whose time is up show "submitted".'

APPROACH_S = 2
"""So many seconds of real time are left, at least, before an announcement is due; the
clock is looked at every second."""

SCORES_MAX = 3
"""So many scores are shown at once, in the order in which they are entered."""

SHOWN_MAX = 2
"""So many scenes are in sight at once, the newest first."""


class Director:
    """Says beside the kiosk what is seen and heard in the room.

    It reads the ledger's new entries and nothing else: what was pressed, it never knows.
    """

    def __init__(
        self,
        desk: Desk,
        session_id: str,
        scenes: Sequence[Scene],
        seed: int,
        speed: int,
        set_pace: Callable[[float], None] = lambda _: None,
    ) -> None:
        """Put scenes on in a session.

        Args:
            desk: where the rehearsal is recorded.
            session_id: which session.
            scenes: what happens in the room.
            seed: what makes one rehearsal differ from another.
            speed: how many times as fast the clock runs.
            set_pace: makes the clock run at another speed from now on.
        """
        self._set_pace = set_pace
        self._reads = self._is_time_up = False
        self.desk = desk
        self.session_id = session_id
        self.speed, self._seed = speed, seed
        self.plays = [ScenarioRun(one, seed, speed) for one in scenes]
        self._version = self.session.version
        self._seen = (-1, -1)
        self._words: tuple[str, ...] = ()

    @property
    def session(self) -> Session:
        """The session as it stands."""
        return self.desk.session(self.session_id)

    def due_words(self) -> tuple[str, ...]:
        """Return what is to be said now; asked on every tick, so mostly known already."""
        session = self.session
        timeline_ms = session.timeline_ms(self.desk.now())
        seen = (session.version, timeline_ms // 1000)
        if seen == self._seen:
            return self._words
        try:
            self._advance_scenes(session, timeline_ms)
        except KioskError:
            # The desk meets it too, and says so; what was not read is read later.
            return self._words
        finally:
            self._leave_time_to_read(session, timeline_ms)
        self._seen, self._words = seen, self._find_words(session)
        return self._words

    def _leave_time_to_read(self, session: Session, timeline_ms: int) -> None:
        """Let the clock run at real speed while words are to be read, or time is up.

        Words are to be read before the start, when an announcement is due, and here
        when something has just happened. Before an announcement is due the clock slows
        down, so that no tick goes past it.
        """
        policies = self.desk.definitions.policies
        call = next_call(session, timeline_ms, policies) if session.running else None
        self._reads = (session.stage is Stage.CHECK_IN and not to_start(session)) or (
            call is not None and call.due_line_ms <= timeline_ms
        )
        self._is_time_up = any(
            session.progress(one, timeline_ms) is AttemptProgress.TIME_UP
            for one in session.live_attempts
        )
        slows = any(one.slows_clock(session, timeline_ms) for one in self.plays)
        pace: float = self.speed
        if self._reads or self._is_time_up or slows:
            pace = 1
        elif call is not None:
            wait_s = (call.due_line_ms - timeline_ms) / 1000
            pace = max(1, min(pace, wait_s / APPROACH_S))
        self._set_pace(pace)

    def _advance_scenes(self, session: Session, timeline_ms: int) -> None:
        self._take_in_answers(session, timeline_ms)
        self._cast_latecomers(session)
        for one in self.plays:
            others = [two for two in self.plays if two is not one and two.who]
            one.open_beat(session, timeline_ms, others)

    def _cast_latecomers(self, session: Session) -> None:
        """Let everyone arrive whom the record expects late: no one waits in vain."""
        late = (one for one in self.plays if ARRIVES in one.scene.beats)
        cast = {one.part.attempt_id for one in late}
        for one in session.attempts.values() if session.running else ():
            expected = one.standing is AttemptProgress.LATE_EXPECTED and not one.late
            if expected and one.attempt_id not in cast:
                part = Part(one.attempt_id)
                self.plays.append(
                    ScenarioRun(EXPECTED_LATE, self._seed, self.speed, part)
                )

    def _take_in_answers(self, session: Session, timeline_ms: int) -> None:
        if session.version > self._version:
            stream = f"session/{self.session_id}"
            for entry in self.desk.ledger.read_stream(stream, self._version):
                for one in self.plays:
                    one.hear_entry(entry.event, session, session.timeline_ms(entry.at))
                self._version = entry.version
        for one in self.plays:
            one.expire_beat(session, timeline_ms)

    def _find_words(self, session: Session) -> tuple[str, ...]:
        if session.stage is Stage.PLANNED:
            return (self._prologue_text(),)
        if session.stage is Stage.SEALED:
            return (self._epilogue_text(session),)
        shown = [one for one in self.plays if one.in_sight]
        shown.sort(key=lambda one: one.shown_ms or 0, reverse=True)
        words = [one.words for one in shown[:SHOWN_MAX]]
        if len(shown) > SHOWN_MAX:
            words[-1] += f" (+{len(shown) - SHOWN_MAX} earlier)"
        if self._is_time_up:
            beside = TIME_UP
        elif self._reads and self.speed > 1:
            beside = REAL_SPEED
        else:
            beside = self._score_text(session)
        said = (beside, *words) if session.stage in PAPERS else (*words, beside)
        return tuple(filter(None, said))[:SHOWN_MAX]

    def _score_text(self, session: Session) -> str:
        """Return what the test screens show, of the first whose score is to be entered.

        A score can be entered as soon as its candidate has finished.
        """
        due = sorted(
            (
                one
                for one in session.attempts.values()
                if one.owes_score and score_lacks(one)
            ),
            key=lambda one: (
                one.score.state in KEYED_ONCE,
                fold_text(one.person.text),
            ),
        )
        told = [
            f"{session.label(one)} {self._shown_score(one)}" for one in due[:SCORES_MAX]
        ]
        more = f"; then {len(due) - SCORES_MAX} more" if len(due) > SCORES_MAX else ""
        return (
            f"You read on the test screens (correct answers): {'; '.join(told)}{more}."
            if told
            else ""
        )

    def _shown_score(self, attempt: Attempt) -> int:
        """Return the correct answers on a candidate's test screen, always the same."""
        for one in self.plays:
            if one.part.attempt_id == attempt.attempt_id and one.part.right:
                return one.part.right
        items = attempt.module.items
        rng = Random(f"{self._seed} {attempt.attempt_id}")
        return rng.randint(items * 6 // 10, items)

    def _prologue_text(self) -> str:
        pace = f"{self.speed} times as fast" if self.speed > 1 else "at real speed"
        others = " or ".join(f"{one}" for one in SPEEDS if one != self.speed)
        words = f"The clock runs {pace} (to change: drill --speed {others})."
        if self.speed > 1:
            words += " While you read to the room, it runs at real speed."
        if not self.plays:
            return f"{words} It is a quiet day."
        return f"{words} Events in the room appear on this line, and come before Next."

    def _epilogue_text(self, session: Session) -> str:
        if self.desk.needs.next_step(session).action != "today":
            return "Sealed. The Next line says what is left of the day."
        handled = sum(one.outcome in ANSWERED for one in self.plays)
        begun = sum(
            one.has_begun or one.outcome in {*ANSWERED, Outcome.MISSED}
            for one in self.plays
        )
        score = (
            f" You handled {handled} of {begun}; details when you leave."
            if begun
            else ""
        )
        return f"The day is over.{score} To leave: Esc to the first screen, S, then Ctrl+Q."

    def close(self) -> None:
        """Take in the last entries, and settle what is still open.

        Raises:
            StorageError: if they cannot be read.
        """
        session = self.session
        self._take_in_answers(session, session.timeline_ms(self.desk.now()))
        for one in self.plays:
            one.settle_open()
