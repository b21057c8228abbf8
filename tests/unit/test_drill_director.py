"""Scenes together: when they come, what is said of them, and how the day ended."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from cptkiosk.definitions.load import load_definitions
from cptkiosk.desk import Desk
from cptkiosk.domain.commands.closing import ReconcileScratch
from cptkiosk.domain.commands.halt import HaltSession, ResumeSession
from cptkiosk.domain.commands.irregularity import TakeNote
from cptkiosk.domain.commands.testing import (
    Announce,
    BeginBreak,
    EndBreak,
    FinishAttempt,
)
from cptkiosk.domain.commands.vendor import ReleaseCode
from cptkiosk.domain.events.fact import Entry
from cptkiosk.domain.rules.announcing import next_call
from cptkiosk.domain.text import cells
from cptkiosk.domain.values import MINUTE_MS, Actor
from cptkiosk.drill import scenario_catalog
from cptkiosk.drill.debrief import INDENT, write_verdict
from cptkiosk.drill.director import REAL_SPEED, SHOWN_MAX, TIME_UP, Director
from cptkiosk.drill.run import run_drill
from cptkiosk.drill.sample_center import PIN
from cptkiosk.drill.scenario_catalog import ALWAYS, SOMETIMES, choose_scenes
from cptkiosk.drill.scenario_run import Outcome
from cptkiosk.drill.scenario_steps import Scene
from cptkiosk.drill.simulated_proctor import HandClock
from cptkiosk.errors import StorageError
from cptkiosk.host.data_directory import Paths
from cptkiosk.ledger.ledger import Ledger
from cptkiosk.ui.options import KioskOptions
from cptkiosk.upload.folder import write_bundle
from support.rehearsal import PEOPLE, SECOND_MS, Rehearsal

EVERY = scenario_catalog.ORDER


Aside = Callable[[], Sequence[str]]
Act = Callable[[Desk, Actor, Aside], int]
Rehearse = Callable[..., Rehearsal]
"""Stages a day with these scenes; people and speed are its options."""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with closing(Ledger(tmp_path / "data" / "ledger.db", "test")) as ledger:
        yield Desk(ledger, HandClock(1_800_000_000_000), load_definitions())


@pytest.fixture
def rehearse(desk: Desk) -> Rehearse:
    def made(*scenes: Scene, people: int = PEOPLE, speed: int = 1) -> Rehearsal:
        return Rehearsal(desk, scenes, people=people, speed=speed)

    return made


# What holds for all of them


def test_a_late_answer_is_handled_late(rehearse: Rehearse) -> None:
    day = rehearse(scenario_catalog.ALARM)
    day.start()
    day.until_said()
    day.wait(61 * SECOND_MS)
    day.do(HaltSession(session_id=day.session_id, reason="fire alarm"))
    day.until_said()
    day.do(ResumeSession(session_id=day.session_id, back=tuple(day.session.attempts)))

    assert day.play.outcome is Outcome.LATE


def test_a_faster_clock_leaves_hands_the_time_they_need(
    rehearse: Rehearse,
) -> None:
    day = rehearse(scenario_catalog.ALARM, speed=20)
    day.start()
    day.until_said()
    day.wait(20 * 15 * SECOND_MS)
    day.do(HaltSession(session_id=day.session_id, reason="fire alarm"))
    day.director.close()

    assert day.play.outcome is Outcome.HANDLED


def test_a_halt_takes_no_time_from_what_waits_for_an_answer(
    rehearse: Rehearse,
) -> None:
    day = rehearse(scenario_catalog.PHONE)
    day.start()
    day.until_said()
    day.do(HaltSession(session_id=day.session_id, reason="power failure"))
    day.wait(30 * MINUTE_MS)

    assert day.play.in_sight


def test_no_person_is_in_two_scenes_at_once(rehearse: Rehearse) -> None:
    day = rehearse(*EVERY, people=24)
    day.open_doors()
    day.start(minutes=75)
    parts = [one.part.attempt_id for one in day.director.plays if one.who]

    assert len(parts) > 5
    assert len(set(parts)) == len(parts)


@pytest.mark.parametrize("people", [2, 3])
def test_a_scene_without_a_suitable_person_does_not_start(
    rehearse: Rehearse, people: int
) -> None:
    day = rehearse(*EVERY, people=people)
    day.start(minutes=80)
    day.end()
    day.director.close()

    assert all(one.outcome for one in day.director.plays)
    assert "not reached" in write_verdict(day.director)[-1]


def test_not_more_than_two_are_in_sight_and_the_newest_is_first(
    rehearse: Rehearse,
) -> None:
    day = rehearse(*EVERY, speed=60, people=24)
    day.start(minutes=55)
    said = day.director.due_words()

    assert len(said) == SHOWN_MAX
    assert said[0] == "The fire alarm sounds."
    assert said[1].endswith("earlier)")


@pytest.mark.parametrize("seed", range(12))
def test_a_seed_puts_on_five_to_seven_scenes_and_always_the_same(seed: int) -> None:
    keys = [one.key for one in choose_scenes(seed)]

    assert {*ALWAYS} <= {*choose_scenes(seed)} <= {*ALWAYS, *SOMETIMES}
    assert 5 <= len(keys) <= 7
    assert len(set(keys)) == len(keys)
    assert keys == [one.key for one in choose_scenes(seed)]


def test_seeds_differ() -> None:
    assert (
        len({tuple(one.key for one in choose_scenes(seed)) for seed in range(20)}) > 5
    )


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
def test_a_message_fits_two_lines(scene: Scene) -> None:
    for beat in scene.beats:
        longest = beat.words.format(who="W" * 32, seat="A12", right=63, wrong=36)

        assert cells(longest) <= 2 * 60
    assert cells(scene.asked) <= 80 - len(INDENT)


def test_between_ticks_nothing_is_read(
    rehearse: Rehearse, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = rehearse(*EVERY)
    day.start(minutes=1)
    reads: list[int] = []
    read = day.desk.ledger.read_stream

    def counted(stream: str, after: int = 0) -> tuple[Entry, ...]:
        reads.append(after)
        return read(stream, after)

    monkeypatch.setattr(day.desk.ledger, "read_stream", counted)
    for _ in range(30):
        day.director.due_words()
        day.clock.advance(SECOND_MS)
    assert reads == []

    before = day.session.version
    day.do(TakeNote(session_id=day.session_id, text="All quiet."))

    assert reads == [before]


def test_a_ledger_that_cannot_be_read_stops_nothing(
    rehearse: Rehearse, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = rehearse(scenario_catalog.ALARM)
    day.start()
    said = day.until_said()

    def gone(*_args: object) -> None:
        raise StorageError("The disk is gone.")

    with monkeypatch.context() as patched:
        patched.setattr(day.desk.ledger, "read_stream", gone)
        day.do(HaltSession(session_id=day.session_id, reason="fire alarm"))
        assert day.said == said

    assert day.said == ""


# Beginning and end


def test_before_the_doors_open_the_line_says_how_fast_the_clock_runs(
    rehearse: Rehearse,
) -> None:
    day = rehearse(*EVERY, speed=20)

    assert "20 times as fast" in day.said
    assert "--speed" in day.said

    day.open_doors()

    assert day.said == ""


def test_a_quiet_day_says_nothing_more(rehearse: Rehearse) -> None:
    day = rehearse(speed=60)

    assert "quiet day" in day.said

    day.start(minutes=20)
    day.director.close()

    assert day.said == ""
    assert write_verdict(day.director) == []


def test_the_clock_runs_at_real_speed_while_words_are_to_be_read(
    rehearse: Rehearse,
) -> None:
    day = rehearse(speed=60)
    paces: list[float] = []
    day.director = Director(day.desk, day.session_id, (), 1, 60, paces.append)
    day.start()
    until = next_call(day.session, day.hands.timeline_ms, day.desk.definitions.policies)
    assert until is not None
    day.wait(until.due_line_ms - day.hands.timeline_ms - 3 * MINUTE_MS)
    assert paces[-1] == 60
    day.wait(3 * MINUTE_MS - SECOND_MS)
    assert day.said == ""

    day.wait(2 * SECOND_MS)
    assert paces[-1] == 1
    assert "real speed" in day.said

    read = Announce(
        session_id=day.session_id,
        minutes=until.minutes,
        attempt_ids=until.attempt_ids,
    )
    day.do(read)
    assert paces[-1] == 60


@pytest.mark.parametrize("speed", [20, 60, 1000])
def test_no_tick_of_a_fast_clock_goes_past_an_announcement(
    rehearse: Rehearse, speed: int
) -> None:
    day = rehearse(speed=speed)
    paces: list[float] = [speed]
    day.director = Director(day.desk, day.session_id, (), 1, speed, paces.append)
    day.start()
    until = next_call(day.session, day.hands.timeline_ms, day.desk.definitions.policies)
    assert until is not None
    while day.said != REAL_SPEED:
        day.clock.advance(round(paces[-1] * SECOND_MS))

    assert 0 <= day.hands.timeline_ms - until.due_line_ms <= 2 * SECOND_MS


def test_the_verdict_counts_what_was_handled_and_how_fast(
    rehearse: Rehearse,
) -> None:
    day = rehearse(
        scenario_catalog.ALARM, scenario_catalog.RESTROOM, scenario_catalog.WRONG_SCORE
    )
    day.start(minutes=24)
    day.wait(8 * MINUTE_MS)
    day.until_said()
    day.wait(15 * SECOND_MS)
    day.do(HaltSession(session_id=day.session_id, reason="fire alarm"))
    day.director.close()
    lines = write_verdict(day.director)
    words = "\n".join(lines)

    assert "  handled      0:15    Fire alarm\n" in words
    assert "An alarm halts all clocks as of the alarm (h)" in words
    assert "Not reported: ENV-ALARM (i)." in words
    assert "  missed       -       Restroom: " in words
    assert "  not reached  -       Wrong score entered\n" in words
    assert lines[-1] == "handled 1 of 2; 1 not reached"


def test_a_report_on_record_is_not_asked_for(rehearse: Rehearse) -> None:
    day = rehearse(scenario_catalog.ALARM)
    day.start()
    day.until_said()
    day.do(HaltSession(session_id=day.session_id, reason="fire alarm"))
    day.report("ENV-ALARM", *day.session.attempts)
    day.director.close()

    assert "Not reported" not in "\n".join(write_verdict(day.director))
    assert write_verdict(day.director)[-1] == "handled 1 of 1"


def sealed(day: Rehearsal) -> None:
    for attempt_id in day.session.attempts:
        day.key(attempt_id, 70)
        day.key(attempt_id, 70)
    sheets = len(day.session.attempts)
    day.do(ReconcileScratch(session_id=day.session_id, returned=sheets))
    day.desk.seal(day.session_id, day.actor, PIN)


def test_the_day_is_over_once_nothing_is_left_after_the_seal(
    rehearse: Rehearse, tmp_path: Path
) -> None:
    day = rehearse(scenario_catalog.RESTROOM)
    day.start()
    day.until_said()
    day.do(BeginBreak(**day.about))
    day.until_said()
    day.do(EndBreak(**day.about))
    day.end()
    sealed(day)

    assert "over" not in day.said
    assert "Next line says what is left" in day.said

    write_bundle(day.desk, day.session_id, tmp_path, day.actor, report=lambda _: "")
    coordinator = day.desk.pins.sign_in("s1", PIN)
    for attempt_id in day.session.attempts:
        release = ReleaseCode(session_id=day.session_id, attempt_id=attempt_id)
        day.do(release, coordinator)

    assert day.desk.needs.next_step(day.session).action == "today"
    assert "The day is over. You handled 1 of 1" in day.said
    assert "Ctrl+Q" in day.said


def test_a_score_is_shown_as_soon_as_its_candidate_has_finished(
    rehearse: Rehearse,
) -> None:
    day = rehearse()
    day.start(minutes=20)
    one = next(iter(day.session.attempts.values()))
    assert day.said == ""
    day.do(FinishAttempt(session_id=day.session_id, attempt_id=one.attempt_id))

    assert day.said.startswith("You read on the test screens (correct answers):")
    assert day.session.label(one) in day.said


def test_scores_are_shown_in_the_order_in_which_they_are_entered(
    rehearse: Rehearse,
) -> None:
    day = rehearse()
    day.start(minutes=20)
    day.end()
    first = day.said.split(": ")[1].split(";")[0]
    one = next(
        one for one in day.session.attempts.values()
        if first.startswith(day.session.label(one))
    )  # fmt: skip
    day.key(one.attempt_id, 70)

    assert first not in day.said


def test_a_scene_about_someone_who_has_finished_is_over(rehearse: Rehearse) -> None:
    day = rehearse(scenario_catalog.FROZEN)
    day.start()
    day.until_said()
    day.do(FinishAttempt(**day.about))

    assert "freezes" not in day.said


def test_time_that_is_up_says_what_the_test_screens_show(rehearse: Rehearse) -> None:
    day = rehearse()
    day.start(minutes=91)

    assert day.said == TIME_UP


def test_the_clock_runs_at_real_speed_while_what_has_just_happened_is_read(
    rehearse: Rehearse,
) -> None:
    day = rehearse()
    paces: list[float] = []
    day.director = Director(
        day.desk, day.session_id, (scenario_catalog.ALARM,), 1, 20, paces.append
    )
    day.start()
    day.until_said()
    day.wait(40 * SECOND_MS)
    assert paces[-1] == 1
    day.wait(20 * SECOND_MS)

    assert day.play.in_sight
    assert paces[-1] == 20


def attend(
    monkeypatch: pytest.MonkeyPatch, folder: Path, act: Act, *, scenes: bool = True
) -> tuple[int, list[str]]:
    """Rehearse with `act` in the place of the kiosk; return the lines."""
    lines: list[str] = []

    def opened(desk: Desk, _paths: Paths, options: KioskOptions) -> int:
        assert options.signed_in is not None
        assert options.rehearsal_lines is not None
        return act(desk, options.signed_in, options.rehearsal_lines)

    monkeypatch.setattr("cptkiosk.ui.startup.open_kiosk", opened)
    code = run_drill(
        unattended=False,
        people=12,
        seed=1,
        keep=folder,
        speed=20,
        say=lines.append,
        scenes=scenes,
    )
    return code, lines


def test_the_verdict_is_shown_at_the_end_and_kept(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "kept"

    def leaves(_desk: Desk, _actor: Actor, aside: Aside) -> int:
        assert aside()
        return 7

    code, lines = attend(monkeypatch, folder, leaves)
    kept = (folder / "rehearsal.txt").read_text(encoding="utf-8")

    assert code == 7
    assert any("1:00 = 3 seconds of real time" in line for line in lines)
    assert lines[-2].startswith("handled 0 of 0; ")
    assert kept.splitlines()[-1] == lines[-2]


def test_without_scenes_nothing_is_announced(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    code, lines = attend(monkeypatch, tmp_path / "kept", lambda *_: 0, scenes=False)

    assert code == 0
    assert not (tmp_path / "kept" / "rehearsal.txt").exists()
    assert not any("handled" in line for line in lines)


def test_leaving_begins_nothing_new(rehearse: Rehearse) -> None:
    day = rehearse(scenario_catalog.ALARM)
    day.start(minutes=40)
    day.clock.advance(20 * MINUTE_MS)
    day.director.close()

    assert day.play.outcome is Outcome.NOT_REACHED
