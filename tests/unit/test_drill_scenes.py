"""Scenes of a rehearsal: each is answered or missed by what is on record, no keys."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

import pytest

from cptkiosk.definitions import load_definitions
from cptkiosk.desk import Desk
from cptkiosk.domain import commands as c
from cptkiosk.domain.attempt import WAITING, Progress
from cptkiosk.domain.planning import ROOM_CHECKS
from cptkiosk.domain.session import Stage
from cptkiosk.domain.text import cells
from cptkiosk.domain.values import MINUTE_MS, Actor
from cptkiosk.drill import repertoire
from cptkiosk.drill.beats import Scene
from cptkiosk.drill.checkin import check_in_one
from cptkiosk.drill.director import SHOWN_MAX, Director
from cptkiosk.drill.hand import HandClock, Hands
from cptkiosk.drill.playing import Outcome
from cptkiosk.drill.repertoire import ALWAYS, SOMETIMES, choose
from cptkiosk.drill.run import run_drill
from cptkiosk.drill.stage import PIN, make_center
from cptkiosk.drill.verdict import INDENT, verdict
from cptkiosk.errors import StorageError
from cptkiosk.ledger.ledger import Ledger

EVERY = repertoire.ORDER
PEOPLE, SEED = 12, 3
SECOND_MS = 1000


class Rehearsal:
    """A staged day, somebody at the desk, and a director who watches the record."""

    def __init__(self, desk: Desk, scenes, *, people=PEOPLE, speed: int = 1) -> None:
        self.desk, self.clock = desk, desk.clock
        self.actor, self.session_id = make_center(desk, SEED, people)
        self.hands = Hands(desk, desk.clock, self.session_id, self.actor, print)
        self.director = Director(desk, self.session_id, scenes, SEED, speed)
        self.play = self.director.plays[0] if scenes else None

    @property
    def session(self):
        return self.desk.session(self.session_id)

    @property
    def said(self):
        return "\n".join(self.director.words())

    @property
    def about(self):
        """The wish's part that names whom the first scene is about."""
        return {
            "session_id": self.session_id,
            "attempt_id": self.play.part.attempt_id,
        }

    def do(self, wish, actor: Actor = None):
        self.desk.perform(wish, actor or self.actor)
        return self.said

    def wait(self, ms: int) -> None:
        """Let time pass, looked at once a second, as the kiosk does."""
        for _ in range(ms // SECOND_MS):
            self.clock.advance(SECOND_MS)
            self.director.words()

    def open_doors(self) -> None:
        self.do(
            c.OpenCheckIn(
                session_id=self.session_id,
                room_checks=ROOM_CHECKS,
                no_conflicts_declared=True,
            )
        )

    def seat(self, attempt_id: str) -> None:
        check_in_one(self.hands, attempt_id, 0, Random(1))
        self.director.words()

    def until_the_doors_say(self) -> None:
        """Seat one after the other until something happens at the doors."""
        self.open_doors()
        for one in self.session.attempts:
            if self.play.in_sight:
                return
            self.seat(one)
        pytest.fail("nothing happened at the doors")

    def start(self, minutes: int = 0) -> None:
        """Seat whoever is not, start, and let minutes pass."""
        if self.session.stage is Stage.PLANNED:
            self.open_doors()
        for one in tuple(self.session.attempts.values()):
            if one.standing in {Progress.EXPECTED, Progress.CHECKED_IN}:
                self.seat(one.attempt_id)
        self.do(c.StartSession(session_id=self.session_id))
        self.wait(10 * SECOND_MS + minutes * MINUTE_MS)

    def until_said(self, minutes: int = 90):
        for _ in range(minutes * 60):
            if self.play.in_sight:
                return self.said
            self.wait(SECOND_MS)
        pytest.fail("it was never said")

    def report(self, code_id, *attempt_ids):
        code = self.desk.definitions.irregularity(code_id)
        return self.do(
            c.RecordIrregularity(
                session_id=self.session_id,
                code=code.id,
                severity=code.severity,
                scope=code.scope,
                validity=code.validity,
                attempt_ids=attempt_ids,
                observed="Seen by the proctor.",
                action_taken="Told them.",
            )
        )

    def end(self) -> None:
        for one in self.session.live(self.session.line_ms(self.desk.now())):
            self.do(
                c.FinishAttempt(session_id=self.session_id, attempt_id=one.attempt_id)
            )
        self.do(c.EndSession(session_id=self.session_id))

    def key(self, attempt_id: str, raw):
        wish = c.KeyScore(
            session_id=self.session_id, attempt_id=attempt_id, shown=f"{raw}"
        )
        return self.do(wish)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with closing(Ledger(tmp_path / "data" / "ledger.db", "test")) as ledger:
        yield Desk(ledger, HandClock(1_800_000_000_000), load_definitions())


@pytest.fixture
def rehearse(desk: Desk) -> Callable[..., Any]:
    def made(*scenes, **options):
        return Rehearsal(desk, scenes, **options)

    return made


# At the doors


def test_somebody_without_a_photo_is_stopped_at_the_gate(
    rehearse: Callable[..., Any],
) -> None:
    day = rehearse(repertoire.NO_PHOTO)
    day.until_the_doors_say()
    name = day.session.label(day.session.attempts[day.play.part.attempt_id])

    assert day.said == f"{name} hands you a library card without a photo."

    day.wait(40 * SECOND_MS)
    said = day.do(c.FailGate(**day.about, gate="photo-id", reason="a library card"))

    assert said == ""
    assert (day.play.outcome, day.play.took_ms) == (Outcome.HANDLED, 40 * SECOND_MS)


def test_a_denial_stops_them_too(rehearse: Callable[..., Any]) -> None:
    day = rehearse(repertoire.NO_PHOTO)
    day.until_the_doors_say()
    day.do(c.DenyAttempt(**day.about, reason="no photo ID", coordinator_called=True))

    assert day.play.outcome is Outcome.HANDLED


def test_letting_them_in_without_a_photo_misses_it(
    rehearse: Callable[..., Any],
) -> None:
    day = rehearse(repertoire.NO_PHOTO)
    day.until_the_doors_say()
    day.seat(day.play.part.attempt_id)

    assert "library card" in day.said

    day.start()

    assert day.play.outcome is Outcome.MISSED
    assert day.said == ""


def test_stopping_somebody_else_answers_nothing(rehearse: Callable[..., Any]) -> None:
    day = rehearse(repertoire.NO_PHOTO)
    day.until_the_doors_say()
    other = next(
        one.attempt_id
        for one in day.session.attempts.values()
        if one.standing in WAITING and one.attempt_id != day.play.part.attempt_id
    )
    day.do(
        c.FailGate(
            session_id=day.session_id, attempt_id=other, gate="photo-id", reason="none"
        )
    )

    assert "library card" in day.said


def test_a_name_that_differs_is_passed_with_what_was_shown(
    rehearse: Callable[..., Any],
) -> None:
    day = rehearse(repertoire.OTHER_NAME, people=24)
    day.until_the_doors_say()
    day.do(c.PassGates(**day.about, gates=("photo-id",), note="passport"))

    assert day.play.in_sight

    day.do(c.PassGates(**day.about, gates=("name",), note="married since"))

    assert day.play.outcome is Outcome.HANDLED


def test_a_name_that_differs_is_missed_without_a_word_about_it(
    rehearse: Callable[..., Any],
) -> None:
    day = rehearse(repertoire.OTHER_NAME, people=24)
    day.until_the_doors_say()
    day.seat(day.play.part.attempt_id)
    day.start()

    assert day.play.outcome is Outcome.MISSED


def test_who_phones_comes_late_and_is_started_on_their_own_clock(
    rehearse: Callable[..., Any],
) -> None:
    day = rehearse(repertoire.LATE)
    day.until_the_doors_say()
    assert "phones: stuck in traffic" in day.said
    day.do(c.ExpectLate(**day.about))
    day.start()
    said = day.until_said(minutes=9)

    assert "comes in late" in said

    day.do(c.ArriveLate(**day.about))
    day.wait(30 * SECOND_MS)
    day.seat(day.play.part.attempt_id)
    assert day.play.in_sight
    day.do(c.StartLate(**day.about))

    assert (day.play.outcome, day.play.took_ms) == (Outcome.HANDLED, 30 * SECOND_MS)


def test_a_late_arrival_nobody_sees_is_missed(rehearse: Callable[..., Any]) -> None:
    day = rehearse(repertoire.LATE)
    day.until_the_doors_say()
    day.do(c.ExpectLate(**day.about))
    day.start(minutes=9)
    day.wait(21 * MINUTE_MS)

    assert day.play.outcome is Outcome.MISSED
    assert day.said == ""


def test_who_comes_late_is_who_phoned(rehearse: Callable[..., Any]) -> None:
    day = rehearse(repertoire.LATE)
    day.until_the_doors_say()
    who = day.play.part.attempt_id
    awaited = [
        one.attempt_id
        for one in day.session.attempts.values()
        if one.standing is Progress.EXPECTED
    ]
    for one in awaited:
        day.do(c.ExpectLate(session_id=day.session_id, attempt_id=one))
    day.start()
    day.until_said(minutes=9)

    assert awaited[0] != who
    assert day.play.part.attempt_id == who


def test_who_phoned_and_came_in_time_does_not_come_late(
    rehearse: Callable[..., Any],
) -> None:
    day = rehearse(repertoire.LATE)
    day.until_the_doors_say()
    day.do(c.ExpectLate(**day.about))
    day.seat(day.play.part.attempt_id)
    day.start(minutes=9)

    assert day.said == ""


def test_seating_who_is_not_there_misses_the_call(rehearse: Callable[..., Any]) -> None:
    day = rehearse(repertoire.LATE)
    day.until_the_doors_say()
    day.start()

    assert day.play.outcome is Outcome.MISSED


# In the hour


def test_a_restroom_break_is_logged_both_ways(rehearse: Callable[..., Any]) -> None:
    day = rehearse(repertoire.RESTROOM)
    day.start()
    assert "asks for the restroom" in day.until_said()
    assert day.do(c.BeginBreak(**day.about)) == ""
    assert "is back from the restroom" in day.until_said(minutes=6)
    day.do(c.EndBreak(**day.about))

    assert day.play.outcome is Outcome.HANDLED


def test_a_break_that_is_never_ended_is_missed(rehearse: Callable[..., Any]) -> None:
    day = rehearse(repertoire.RESTROOM)
    day.start()
    day.until_said()
    day.do(c.BeginBreak(**day.about))
    day.until_said()
    day.wait(7 * MINUTE_MS)

    assert day.play.outcome is Outcome.MISSED


def test_a_frozen_screen_stops_that_one_clock_until_it_works(
    rehearse: Callable[..., Any],
) -> None:
    day = rehearse(repertoire.FROZEN)
    day.start()
    said = day.until_said()
    seat = day.session.attempts[day.play.part.attempt_id].seat
    assert f"The screen at {seat} freezes" in said
    day.do(c.BeginPause(**day.about, reason="workstation fault"))
    assert "works again" in day.until_said(minutes=5)
    day.wait(2 * MINUTE_MS)
    day.do(c.EndPause(**day.about))

    assert day.play.outcome is Outcome.LATE


def test_a_frozen_screen_nobody_sees_is_missed(rehearse: Callable[..., Any]) -> None:
    day = rehearse(repertoire.FROZEN)
    day.start()
    day.until_said()
    day.wait(5 * MINUTE_MS)

    assert day.play.outcome is Outcome.MISSED


def test_an_alarm_halts_and_the_all_clear_resumes(rehearse: Callable[..., Any]) -> None:
    day = rehearse(repertoire.ALARM)
    day.start()
    assert day.until_said() == "The fire alarm sounds."
    day.wait(15 * SECOND_MS)
    day.do(c.HaltSession(session_id=day.session_id, reason="fire alarm", ago_ms=10_000))
    assert day.said == ""
    assert "All clear" in day.until_said(minutes=10)
    day.wait(30 * SECOND_MS)
    back = tuple(day.session.attempts)
    day.do(c.ResumeSession(session_id=day.session_id, back=back))

    assert (day.play.outcome, day.play.took_ms) == (Outcome.HANDLED, 45 * SECOND_MS)


def test_an_alarm_nobody_hears_is_missed_and_nothing_clears(
    rehearse: Callable[..., Any],
) -> None:
    day = rehearse(repertoire.ALARM)
    day.start()
    day.until_said()
    day.wait(15 * MINUTE_MS)

    assert day.play.outcome is Outcome.MISSED
    assert day.said == ""


def test_resuming_before_the_all_clear_is_no_trap(rehearse: Callable[..., Any]) -> None:
    day = rehearse(repertoire.ALARM)
    day.start()
    day.until_said()
    day.do(c.HaltSession(session_id=day.session_id, reason="fire alarm"))
    day.wait(MINUTE_MS)
    back = tuple(day.session.attempts)
    day.do(c.ResumeSession(session_id=day.session_id, back=back))

    assert day.play.outcome is Outcome.HANDLED


def test_a_phone_that_rings_is_reported_by_name(rehearse: Callable[..., Any]) -> None:
    day = rehearse(repertoire.PHONE)
    day.start()
    assert "A phone rings at" in day.until_said()
    who = day.play.part.attempt_id
    day.report("MIS-DEVICE1", next(one for one in day.session.attempts if one != who))
    assert day.play.in_sight
    day.report("MIS-DEVICE1", who)

    assert day.play.outcome is Outcome.HANDLED


def test_a_phone_nobody_reports_is_missed_when_the_session_ends(
    rehearse: Callable[..., Any],
) -> None:
    day = rehearse(repertoire.PHONE)
    day.start()
    day.until_said()
    day.end()

    assert day.play.outcome is Outcome.MISSED


def test_who_feels_ill_is_ended_early(rehearse: Callable[..., Any]) -> None:
    day = rehearse(repertoire.ILL)
    day.start()
    assert "feels ill" in day.until_said()
    day.do(c.EndEarly(**day.about, outcome="withdrawn", reason="ill"))

    assert day.play.outcome is Outcome.HANDLED


def test_who_feels_ill_and_is_left_alone_is_missed(
    rehearse: Callable[..., Any],
) -> None:
    day = rehearse(repertoire.ILL)
    day.start()
    day.until_said()
    day.wait(10 * MINUTE_MS)

    assert day.play.outcome is Outcome.MISSED


# Over the papers


def test_a_wrong_score_is_put_right_when_both_keyings_agree(
    rehearse: Callable[..., Any],
) -> None:
    day = rehearse(repertoire.WRONG_SCORE)
    day.start()
    day.end()
    who = next(iter(day.session.attempts))
    said = day.key(who, 36)
    assert "shows 63. You keyed 36." in said
    day.key(who, 63)
    assert day.play.in_sight
    day.key(who, 63)
    day.key(who, 63)

    assert day.session.attempts[who].score.raw_min == 63
    assert day.play.outcome is Outcome.HANDLED


def test_a_wrong_score_keyed_twice_is_not_put_right(
    rehearse: Callable[..., Any],
) -> None:
    day = rehearse(repertoire.WRONG_SCORE)
    day.start()
    day.end()
    who = next(iter(day.session.attempts))
    day.key(who, 36)
    day.key(who, 36)
    assert day.play.in_sight
    day.director.close()

    assert day.play.outcome is Outcome.MISSED


# What holds for all of them


def test_a_late_answer_is_handled_late(rehearse: Callable[..., Any]) -> None:
    day = rehearse(repertoire.ALARM)
    day.start()
    day.until_said()
    day.wait(61 * SECOND_MS)
    day.do(c.HaltSession(session_id=day.session_id, reason="fire alarm"))
    day.until_said()
    day.do(c.ResumeSession(session_id=day.session_id, back=tuple(day.session.attempts)))

    assert day.play.outcome is Outcome.LATE


def test_a_faster_clock_leaves_hands_the_time_they_need(
    rehearse: Callable[..., Any],
) -> None:
    day = rehearse(repertoire.ALARM, speed=20)
    day.start()
    day.until_said()
    day.wait(20 * 15 * SECOND_MS)
    day.do(c.HaltSession(session_id=day.session_id, reason="fire alarm"))
    day.director.close()

    assert day.play.outcome is Outcome.HANDLED


def test_a_halt_takes_no_time_from_what_waits_for_an_answer(
    rehearse: Callable[..., Any],
) -> None:
    day = rehearse(repertoire.PHONE)
    day.start()
    day.until_said()
    day.do(c.HaltSession(session_id=day.session_id, reason="power failure"))
    day.wait(30 * MINUTE_MS)

    assert day.play.in_sight


def test_nobody_is_in_two_scenes_at_once(rehearse: Callable[..., Any]) -> None:
    day = rehearse(*EVERY, people=24)
    day.open_doors()
    day.start(minutes=75)
    parts = [one.part.attempt_id for one in day.director.plays if one.who]

    assert len(parts) > 5
    assert len(set(parts)) == len(parts)


@pytest.mark.parametrize("people", [2, 3])
def test_a_scene_without_anybody_for_it_does_not_come(
    rehearse: Callable[..., Any], people: int
) -> None:
    day = rehearse(*EVERY, people=people)
    day.start(minutes=80)
    day.end()
    day.director.close()

    assert all(one.outcome for one in day.director.plays)
    assert "not reached" in verdict(day.director)[-1]


def test_not_more_than_two_are_in_sight_and_the_newest_is_first(
    rehearse: Callable[..., Any],
) -> None:
    day = rehearse(*EVERY, speed=60, people=24)
    day.start(minutes=55)
    said = day.director.words()

    assert len(said) == SHOWN_MAX
    assert said[0] == "The fire alarm sounds."
    assert said[1].endswith("earlier)")


@pytest.mark.parametrize("seed", range(12))
def test_a_seed_puts_on_five_to_seven_scenes_and_always_the_same(seed: int) -> None:
    keys = [one.key for one in choose(seed)]

    assert {*ALWAYS} <= {*choose(seed)} <= {*ALWAYS, *SOMETIMES}
    assert 5 <= len(keys) <= 7
    assert len(set(keys)) == len(keys)
    assert keys == [one.key for one in choose(seed)]


def test_seeds_differ() -> None:
    assert len({tuple(one.key for one in choose(seed)) for seed in range(20)}) > 5


def test_the_same_seed_and_acts_make_the_same_day(tmp_path: Path) -> None:
    told = []
    for turn in ("one", "two"):
        with closing(Ledger(tmp_path / turn / "ledger.db", "test")) as ledger:
            clock = HandClock(1_800_000_000_000)
            day = Rehearsal(Desk(ledger, clock, load_definitions()), EVERY, people=24)
            day.start(minutes=75)
            told.append([one.words for one in day.director.plays])

    assert told[0] == told[1]


def test_every_code_asked_for_is_one_there_is() -> None:
    definitions = load_definitions()

    for scene in EVERY:
        for code in scene.codes:
            assert definitions.irregularity(code).id == code


@pytest.mark.parametrize("scene", EVERY, ids=lambda one: one.key)
def test_what_is_said_fits_two_lines(scene: Scene) -> None:
    for beat in scene.beats:
        longest = beat.words.format(who="W" * 32, seat="A12", right=63, wrong=36)

        assert cells(longest) <= 2 * 60
    assert cells(scene.asked) <= 80 - len(INDENT)


def test_between_ticks_nothing_is_read(
    rehearse: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    day = rehearse(*EVERY)
    day.start(minutes=1)
    reads = []
    read = day.desk.ledger.read
    monkeypatch.setattr(
        day.desk.ledger,
        "read",
        lambda stream, after=0: reads.append(after) or read(stream, after),
    )
    for _ in range(30):
        day.director.words()
        day.clock.advance(SECOND_MS)
    assert reads == []

    before = day.session.version
    day.do(c.TakeNote(session_id=day.session_id, text="All quiet."))

    assert reads == [before]


def test_a_ledger_that_cannot_be_read_stops_nothing(
    rehearse: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    day = rehearse(repertoire.ALARM)
    day.start()
    said = day.until_said()

    def gone(*_args) -> None:
        raise StorageError("The disk is gone.")

    with monkeypatch.context() as patched:
        patched.setattr(day.desk.ledger, "read", gone)
        day.do(c.HaltSession(session_id=day.session_id, reason="fire alarm"))
        assert day.said == said

    assert day.said == ""


# Beginning and end


def test_before_the_doors_open_the_line_says_how_fast_the_clock_runs(
    rehearse: Callable[..., Any],
) -> None:
    day = rehearse(*EVERY, speed=20)

    assert "20 times as fast" in day.said
    assert "--speed" in day.said

    day.open_doors()

    assert day.said == ""


def test_a_quiet_day_says_nothing_more(rehearse: Callable[..., Any]) -> None:
    day = rehearse(speed=60)

    assert "quiet day" in day.said

    day.start(minutes=80)
    day.director.close()

    assert day.said == ""
    assert verdict(day.director) == []


def test_the_verdict_counts_what_was_handled_and_how_fast(
    rehearse: Callable[..., Any],
) -> None:
    day = rehearse(repertoire.ALARM, repertoire.RESTROOM, repertoire.WRONG_SCORE)
    day.start(minutes=24)
    day.wait(8 * MINUTE_MS)
    day.until_said()
    day.wait(15 * SECOND_MS)
    day.do(c.HaltSession(session_id=day.session_id, reason="fire alarm"))
    day.director.close()
    lines = verdict(day.director)
    words = "\n".join(lines)

    assert "  handled      0:15    Fire alarm\n" in words
    assert "An alarm halts all clocks (h)" in words
    assert "Not reported: ENV-ALARM (i)." in words
    assert "  missed       -       Restroom: " in words
    assert "  not reached  -       Wrong score keyed\n" in words
    assert lines[-1] == "handled 1 of 2; 1 not reached"


def test_a_report_on_record_is_not_asked_for(rehearse: Callable[..., Any]) -> None:
    day = rehearse(repertoire.ALARM)
    day.start()
    day.until_said()
    day.do(c.HaltSession(session_id=day.session_id, reason="fire alarm"))
    day.report("ENV-ALARM", *day.session.attempts)
    day.director.close()

    assert "Not reported" not in "\n".join(verdict(day.director))
    assert verdict(day.director)[-1] == "handled 1 of 1"


def sealed(day) -> None:
    for attempt_id in day.session.attempts:
        day.key(attempt_id, 70)
        day.key(attempt_id, 70)
    sheets = len(day.session.attempts)
    day.do(c.ReconcileScratch(session_id=day.session_id, returned=sheets))
    day.desk.seal(day.session_id, day.actor, PIN)


def test_after_the_seal_the_line_says_the_figure_and_the_way_out(
    rehearse: Callable[..., Any],
) -> None:
    day = rehearse(repertoire.RESTROOM)
    day.start()
    day.until_said()
    day.do(c.BeginBreak(**day.about))
    day.until_said()
    day.do(c.EndBreak(**day.about))
    day.end()
    sealed(day)

    assert "You handled 1 of 1" in day.said
    assert "Ctrl+Q" in day.said


def attend(monkeypatch: pytest.MonkeyPatch, folder: Path, act, **options):
    """Rehearse with `act` in the place of the kiosk; return the lines."""
    lines = []

    def opened(desk: Desk, _paths, *, signed_in, aside, **_options):
        return act(desk, signed_in, aside)

    monkeypatch.setattr("cptkiosk.ui.launch.open_kiosk", opened)
    code = run_drill(
        unattended=False,
        people=12,
        seed=1,
        keep=folder,
        speed=20,
        say=lines.append,
        **options,
    )
    return code, lines


def test_the_verdict_is_told_at_the_end_and_kept(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "kept"

    def leaves(_desk, _actor, aside):
        assert aside()
        return 7

    code, lines = attend(monkeypatch, folder, leaves)
    kept = (folder / "rehearsal.txt").read_text(encoding="utf-8")

    assert code == 7
    assert any("1:00 was 3 seconds of yours" in line for line in lines)
    assert lines[-2].startswith("handled 0 of 0; ")
    assert kept.splitlines()[-1] == lines[-2]


def test_without_scenes_nothing_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    code, lines = attend(monkeypatch, tmp_path / "kept", lambda *_: 0, scenes=False)

    assert code == 0
    assert not (tmp_path / "kept" / "rehearsal.txt").exists()
    assert not any("handled" in line for line in lines)


def test_leaving_begins_nothing_new(rehearse: Callable[..., Any]) -> None:
    day = rehearse(repertoire.ALARM)
    day.start(minutes=40)
    day.clock.advance(20 * MINUTE_MS)
    day.director.close()

    assert day.play.outcome is Outcome.NOT_REACHED
