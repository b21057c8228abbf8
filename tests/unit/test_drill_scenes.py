"""Scenes of a rehearsal: each is answered or missed by what is on record, no keys."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from cptkiosk.definitions.load import load_definitions
from cptkiosk.desk import Desk
from cptkiosk.domain.commands.checkin import (
    ArriveLate,
    DenyAttempt,
    ExpectLate,
    FailGate,
    PassGates,
)
from cptkiosk.domain.commands.halt import HaltSession, ResumeSession
from cptkiosk.domain.commands.testing import (
    BeginBreak,
    BeginPause,
    EndBreak,
    EndEarly,
    EndPause,
    StartLate,
)
from cptkiosk.domain.rules.photo_id import pass_photo_id
from cptkiosk.domain.state.attempt import WAITING, AttemptProgress
from cptkiosk.domain.values import MINUTE_MS
from cptkiosk.drill import scenario_catalog
from cptkiosk.drill.scenario_run import Outcome
from cptkiosk.drill.scenario_steps import Scene
from cptkiosk.drill.simulated_proctor import HandClock
from cptkiosk.ledger.ledger import Ledger
from support.rehearsal import PEOPLE, SECOND_MS, Rehearsal

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


# At the doors


def test_a_candidate_without_a_photo_is_stopped_at_the_gate(
    rehearse: Rehearse,
) -> None:
    day = rehearse(scenario_catalog.NO_PHOTO)
    day.until_the_doors_say()
    name = day.session.label(day.session.attempts[day.play.part.attempt_id])

    assert day.said == f"{name} hands you a library card without a photo."

    day.wait(40 * SECOND_MS)
    said = day.do(FailGate(**day.about, gate="photo-id", reason="a library card"))

    assert said == ""
    assert (day.play.outcome, day.play.took_ms) == (Outcome.HANDLED, 40 * SECOND_MS)


def test_a_denial_stops_them_too(rehearse: Rehearse) -> None:
    day = rehearse(scenario_catalog.NO_PHOTO)
    day.until_the_doors_say()
    day.do(DenyAttempt(**day.about, reason="no photo ID", coordinator_called=True))

    assert day.play.outcome is Outcome.HANDLED


def test_letting_them_in_without_a_photo_misses_it(
    rehearse: Rehearse,
) -> None:
    day = rehearse(scenario_catalog.NO_PHOTO)
    day.until_the_doors_say()
    day.seat(day.play.part.attempt_id)

    assert "library card" in day.said

    day.start()

    assert day.play.outcome is Outcome.MISSED
    assert day.said == ""


def test_stopping_another_candidate_answers_nothing(rehearse: Rehearse) -> None:
    day = rehearse(scenario_catalog.NO_PHOTO)
    day.until_the_doors_say()
    other = next(
        one.attempt_id
        for one in day.session.attempts.values()
        if one.standing in WAITING and one.attempt_id != day.play.part.attempt_id
    )
    day.do(
        FailGate(
            session_id=day.session_id, attempt_id=other, gate="photo-id", reason="none"
        )
    )

    assert "library card" in day.said


def test_a_name_that_differs_is_passed_with_what_was_shown(
    rehearse: Rehearse,
) -> None:
    day = rehearse(scenario_catalog.OTHER_NAME, people=24)
    day.until_the_doors_say()
    day.do(pass_photo_id(day.about, "passport"))

    assert day.play.in_sight

    day.do(PassGates(**day.about, gates=("name",), note="married since"))

    assert day.play.outcome is Outcome.HANDLED


def test_a_name_that_differs_is_missed_without_a_word_about_it(
    rehearse: Rehearse,
) -> None:
    day = rehearse(scenario_catalog.OTHER_NAME, people=24)
    day.until_the_doors_say()
    day.seat(day.play.part.attempt_id)
    day.start()

    assert day.play.outcome is Outcome.MISSED


def test_a_candidate_who_phones_comes_late_and_starts_on_their_own_clock(
    rehearse: Rehearse,
) -> None:
    day = rehearse(scenario_catalog.LATE)
    day.until_the_doors_say()
    assert "calls: stuck in traffic" in day.said
    day.do(ExpectLate(**day.about))
    day.start()
    said = day.until_said(minutes=9)

    assert "arrives late" in said

    day.do(ArriveLate(**day.about))
    day.wait(30 * SECOND_MS)
    day.seat(day.play.part.attempt_id)
    assert day.play.in_sight
    day.do(StartLate(**day.about))

    assert (day.play.outcome, day.play.took_ms) == (Outcome.HANDLED, 30 * SECOND_MS)


def test_an_unnoticed_late_arrival_is_missed(rehearse: Rehearse) -> None:
    day = rehearse(scenario_catalog.LATE)
    day.until_the_doors_say()
    day.do(ExpectLate(**day.about))
    day.start(minutes=9)
    day.wait(21 * MINUTE_MS)

    assert day.play.outcome is Outcome.MISSED
    assert day.said == ""


def test_the_late_arrival_is_the_candidate_who_phoned(rehearse: Rehearse) -> None:
    day = rehearse(scenario_catalog.LATE)
    day.until_the_doors_say()
    who = day.play.part.attempt_id
    awaited = [
        one.attempt_id
        for one in day.session.attempts.values()
        if one.standing is AttemptProgress.EXPECTED
    ]
    for one in awaited:
        day.do(ExpectLate(session_id=day.session_id, attempt_id=one))
    day.start()
    day.until_said(minutes=9)

    assert awaited[0] != who
    assert day.play.part.attempt_id == who


def test_a_call_that_is_recorded_after_its_time_still_brings_the_arrival(
    rehearse: Rehearse,
) -> None:
    day = rehearse(scenario_catalog.LATE)
    day.until_the_doors_say()
    day.wait(16 * MINUTE_MS)
    assert not day.play.in_sight
    day.do(ExpectLate(**day.about))
    day.start()

    assert "arrives late" in day.until_said(minutes=9)

    day.do(ArriveLate(**day.about))
    day.seat(day.play.part.attempt_id)
    day.do(StartLate(**day.about))

    assert day.play.outcome is Outcome.LATE


def test_everyone_whom_the_record_expects_late_arrives(rehearse: Rehearse) -> None:
    day = rehearse()
    day.open_doors()
    first, second = list(day.session.attempts)[:2]
    for one in (first, second):
        day.do(ExpectLate(session_id=day.session_id, attempt_id=one))
    day.start(minutes=9)

    assert len(day.director.plays) == 2
    assert {one.part.attempt_id for one in day.director.plays} == {first, second}
    assert day.said.count("arrives late") == 2


def test_a_candidate_who_phoned_and_came_in_time_does_not_come_late(
    rehearse: Rehearse,
) -> None:
    day = rehearse(scenario_catalog.LATE)
    day.until_the_doors_say()
    day.do(ExpectLate(**day.about))
    day.seat(day.play.part.attempt_id)
    day.start(minutes=9)

    assert day.said == ""


def test_seating_who_is_not_there_misses_the_call(rehearse: Rehearse) -> None:
    day = rehearse(scenario_catalog.LATE)
    day.until_the_doors_say()
    day.start()

    assert day.play.outcome is Outcome.MISSED


# In the hour


def test_a_restroom_break_is_logged_both_ways(rehearse: Rehearse) -> None:
    day = rehearse(scenario_catalog.RESTROOM)
    day.start()
    assert "asks to use the restroom" in day.until_said()
    assert day.do(BeginBreak(**day.about)) == ""
    assert "is back from the restroom" in day.until_said(minutes=6)
    day.do(EndBreak(**day.about))

    assert day.play.outcome is Outcome.HANDLED


def test_a_break_that_is_never_ended_is_missed(rehearse: Rehearse) -> None:
    day = rehearse(scenario_catalog.RESTROOM)
    day.start()
    day.until_said()
    day.do(BeginBreak(**day.about))
    day.until_said()
    day.wait(7 * MINUTE_MS)

    assert day.play.outcome is Outcome.MISSED


def test_a_frozen_screen_stops_that_one_clock_until_it_works(
    rehearse: Rehearse,
) -> None:
    day = rehearse(scenario_catalog.FROZEN)
    day.start()
    said = day.until_said()
    seat = day.session.attempts[day.play.part.attempt_id].seat
    assert f"The assessment at {seat} freezes" in said
    day.do(BeginPause(**day.about, reason="workstation fault"))
    assert "works again" in day.until_said(minutes=5)
    day.wait(2 * MINUTE_MS)
    day.do(EndPause(**day.about))

    assert day.play.outcome is Outcome.LATE


def test_a_frozen_screen_without_an_answer_is_missed(rehearse: Rehearse) -> None:
    day = rehearse(scenario_catalog.FROZEN)
    day.start()
    day.until_said()
    day.wait(5 * MINUTE_MS)

    assert day.play.outcome is Outcome.MISSED


def test_an_alarm_halts_and_the_all_clear_resumes(rehearse: Rehearse) -> None:
    day = rehearse(scenario_catalog.ALARM)
    day.start()
    assert day.until_said() == "The fire alarm sounds."
    day.wait(15 * SECOND_MS)
    day.do(HaltSession(session_id=day.session_id, reason="fire alarm", ago_ms=10_000))
    assert day.said == ""
    assert "All clear" in day.until_said(minutes=10)
    day.wait(30 * SECOND_MS)
    back = tuple(day.session.attempts)
    day.do(ResumeSession(session_id=day.session_id, back=back))

    assert (day.play.outcome, day.play.took_ms) == (Outcome.HANDLED, 45 * SECOND_MS)


def test_an_unanswered_alarm_is_missed_and_nothing_clears(
    rehearse: Rehearse,
) -> None:
    day = rehearse(scenario_catalog.ALARM)
    day.start()
    day.until_said()
    day.wait(15 * MINUTE_MS)

    assert day.play.outcome is Outcome.MISSED
    assert day.said == ""


def test_resuming_before_the_all_clear_is_no_trap(rehearse: Rehearse) -> None:
    day = rehearse(scenario_catalog.ALARM)
    day.start()
    day.until_said()
    day.do(HaltSession(session_id=day.session_id, reason="fire alarm"))
    day.wait(MINUTE_MS)
    back = tuple(day.session.attempts)
    day.do(ResumeSession(session_id=day.session_id, back=back))

    assert day.play.outcome is Outcome.HANDLED


def test_a_phone_that_rings_is_reported_by_name(rehearse: Rehearse) -> None:
    day = rehearse(scenario_catalog.PHONE)
    day.start()
    assert "A phone rings at" in day.until_said()
    who = day.play.part.attempt_id
    day.report("MIS-DEVICE1", next(one for one in day.session.attempts if one != who))
    assert day.play.in_sight
    day.report("MIS-DEVICE1", who)

    assert day.play.outcome is Outcome.HANDLED


def test_an_unreported_phone_is_missed_when_the_session_ends(
    rehearse: Rehearse,
) -> None:
    day = rehearse(scenario_catalog.PHONE)
    day.start()
    day.until_said()
    day.end()

    assert day.play.outcome is Outcome.MISSED


def test_an_ill_candidate_is_ended_early(rehearse: Rehearse) -> None:
    day = rehearse(scenario_catalog.ILL)
    day.start()
    assert "feels ill" in day.until_said()
    day.do(EndEarly(**day.about, outcome="withdrawn", reason="ill"))

    assert day.play.outcome is Outcome.HANDLED


def test_an_ignored_ill_candidate_is_missed(
    rehearse: Rehearse,
) -> None:
    day = rehearse(scenario_catalog.ILL)
    day.start()
    day.until_said()
    day.wait(10 * MINUTE_MS)

    assert day.play.outcome is Outcome.MISSED


# Over the papers


def test_a_wrong_score_is_put_right_once_the_right_one_is_entered(
    rehearse: Rehearse,
) -> None:
    day = rehearse(scenario_catalog.WRONG_SCORE)
    day.start()
    day.end()
    who = next(iter(day.session.attempts))
    said = day.key(who, 36)
    assert "shows 63, not 36." in said
    day.key(who, 63)

    assert not day.play.in_sight
    assert day.play.outcome is Outcome.HANDLED


def test_a_wrong_score_keyed_twice_is_not_put_right(
    rehearse: Rehearse,
) -> None:
    day = rehearse(scenario_catalog.WRONG_SCORE)
    day.start()
    day.end()
    who = next(iter(day.session.attempts))
    day.key(who, 36)
    day.key(who, 36)
    assert day.play.in_sight
    day.director.close()

    assert day.play.outcome is Outcome.MISSED
