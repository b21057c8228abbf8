"""What the Next line says, from a record in every situation."""

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.closing import RecordBundle
from cptkiosk.domain.commands.testing import (
    Announce,
    BeginPause,
    EndSession,
    FinishAttempt,
)
from cptkiosk.domain.guidance.next_step import STAGES, next_step, stage_index
from cptkiosk.domain.guidance.step import Step
from cptkiosk.domain.rules.announcing import DueAnnouncement, next_call
from cptkiosk.domain.rules.photo_id import pass_photo_id
from cptkiosk.domain.state.session import Session, Stage
from cptkiosk.domain.values import MINUTE_MS, Actor, Role
from cptkiosk.ledger.queries import list_sessions
from cptkiosk.words import describe_step
from support.center import DANA, LEE, definitions
from support.crowds import bridged, in_stage, just_started
from support.sessions import a_session, advance, attempt_id, line, planned, roll

POLICIES = definitions().policies


def step(desk: Desk, session_id: str = "a") -> Step:
    return next_step(desk.session(session_id), line(desk, session_id), POLICIES)


def test_a_session_without_people_asks_for_them(desk: Desk) -> None:
    planned(desk, (), "a", "safety")
    assert step(desk).action == "plan"


@pytest.mark.parametrize(
    ("stage", "action", "place"),
    [
        (Stage.PLANNED, "open", "Roster"),
        (Stage.CHECK_IN, "gate", "Check-in"),
        (Stage.RUNNING, "none", "Testing"),
        (Stage.HALTED, "resume", "Testing"),
        (Stage.ENDED, "scores", "Scores"),
        (Stage.ABANDONED, "scores", "Scores"),
        (Stage.SEALED, "bundle", "Upload"),
        (Stage.CANCELLED, "today", "Upload"),
    ],
)
def test_each_stage_points_at_its_own_next_step(
    desk: Desk, stage: Stage, action: str, place: str
) -> None:
    session = a_session(desk, stage=stage)
    if stage is Stage.ENDED:
        session = _unscored(desk)
    assert STAGES[stage_index(session)] == place
    found = next_step(session, line(desk, session.session_id), POLICIES)
    if stage is Stage.RUNNING:
        assert describe_step(found).startswith("announce 30 minutes left to 4 people")
    else:
        assert found.action == action


def next_due(desk: Desk) -> DueAnnouncement:
    """Return the next announcement, which there must be."""
    call = next_call(desk.session("a"), line(desk), POLICIES)
    assert call is not None
    return call


def _unscored(desk: Desk) -> Session:
    session = a_session(desk, people=2, stage=Stage.RUNNING, session_id="b")
    for one in session.attempts.values():
        desk.perform(FinishAttempt(session_id="b", attempt_id=one.attempt_id), LEE)
    desk.perform(EndSession(session_id="b"), LEE)
    return desk.session("b")


@pytest.mark.parametrize("stage", list(Stage))
def test_the_next_line_is_never_empty_in_a_crowd(desk: Desk, stage: Stage) -> None:
    in_stage(desk, stage)
    found = step(desk)
    assert describe_step(found)


def test_a_reboot_comes_before_everything_else(desk: Desk) -> None:
    just_started(desk)
    bridged(desk)
    assert step(desk).action == "confirm"


def test_the_announcement_is_for_those_who_end_together(desk: Desk) -> None:
    a_session(desk, people=3)
    call = next_due(desk)
    assert (call.minutes, len(call.attempt_ids)) == (30, 3)
    assert call.due_line_ms - line(desk) > 55 * MINUTE_MS


def test_an_announcement_that_was_made_gives_way_to_the_next(desk: Desk) -> None:
    a_session(desk, people=2)
    advance(desk, 61 * MINUTE_MS)
    call = next_due(desk)
    desk.perform(
        Announce(session_id="a", minutes=30, attempt_ids=call.attempt_ids), LEE
    )
    assert next_due(desk).minutes == 10


def test_a_missed_announcement_gives_way_to_the_one_that_is_due_now(desk: Desk) -> None:
    a_session(desk, people=2)
    advance(desk, 86 * MINUTE_MS)
    assert next_due(desk).minutes == 5


def test_time_up_asks_what_the_screen_shows(desk: Desk) -> None:
    a_session(desk, people=2)
    advance(desk, 91 * MINUTE_MS)
    found = step(desk)
    assert found.action == "finish"
    assert "time is up" in describe_step(found)


def test_the_first_unresolved_person_is_named_with_their_gate(desk: Desk) -> None:
    a_session(desk, people=2, stage=Stage.CHECK_IN)
    first = attempt_id(roll(2)[0])
    assert step(desk).attempt_id == first
    desk.perform(
        pass_photo_id({"session_id": "a", "attempt_id": first}, "passport"),
        DANA,
    )
    assert describe_step(step(desk)).endswith("name on ID")


def test_a_sealed_session_whose_bundle_is_written_needs_nothing(desk: Desk) -> None:
    a_session(desk, stage=Stage.SEALED)
    desk.perform(
        RecordBundle(session_id="a", destination="/d", file_name="f", sha256="0"),
        DANA,
    )
    assert step(desk).action == "today"


def test_an_announcement_that_is_far_off_offers_no_enter(desk: Desk) -> None:
    a_session(desk, people=2)
    assert step(desk).action == "wait"
    advance(desk, 58 * MINUTE_MS + 30_000)
    assert step(desk).action == "announce"


def test_a_session_in_which_everybody_left_is_paused_says_so(desk: Desk) -> None:
    a_session(desk, people=1)
    one = attempt_id(roll(1)[0])
    desk.perform(BeginPause(session_id="a", attempt_id=one, reason="froze"), LEE)

    assert (step(desk).by, step(desk).attempt_id) == ("pause", one)


def test_the_last_step_names_who_signs(desk: Desk) -> None:
    session = a_session(desk, stage=Stage.ENDED)
    assert (
        describe_step(desk.next_step(session, LEE))
        == "sign and seal: everything is settled"
    )
    assert (
        describe_step(desk.next_step(session, DANA))
        == "sign and seal: everything is settled"
    )

    kim = Actor("s3", Role.PROCTOR)
    text = describe_step(desk.next_step(session, kim))
    assert text == "ask Lee Wong to sign, or take over the session"


def test_next_counts_down_the_entries_that_the_scores_need(
    desk: Desk,
) -> None:
    _unscored(desk)
    (listed,) = (one for one in list_sessions(desk.ledger) if one.session_id == "b")

    assert listed.scores_open == 2
    assert describe_step(step(desk, "b")).endswith("enter the score (4 entries left)")
