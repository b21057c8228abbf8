"""Scratch paper has numbers: who has which sheet, and which did not come back."""

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.base import AboutAttempt, Batch
from cptkiosk.domain.commands.closing import ReconcileScratch
from cptkiosk.domain.commands.mistake import UndoStep
from cptkiosk.domain.commands.planning import CancelAttempt
from cptkiosk.domain.commands.testing import IssueSheets
from cptkiosk.domain.events import irregularity as e
from cptkiosk.domain.state import blockers
from cptkiosk.domain.state.score_state import Validity
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import MINUTE_MS, Refused
from cptkiosk.words import explain
from support.center import DANA, DANA_PIN, LEE
from support.exams import rolled
from support.reports import session_report
from support.sessions import (
    a_session,
    advance,
    at_the_desk,
    attempt_id,
    ended,
    explained,
    scored,
)
from support.verdicts import refuses

A = "a"
ONE: AboutAttempt = {"session_id": A, "attempt_id": attempt_id("P1")}
TWO: AboutAttempt = {"session_id": A, "attempt_id": attempt_id("P2")}


def sheets(desk: Desk, who: str) -> tuple[int, ...]:
    return desk.session(A).attempts[attempt_id(who)].sheets


def drafts(desk: Desk) -> list[e.IrregularityRecorded]:
    found = [one.event for one in desk.session(A).in_force]
    return [one for one in found if one.code == "MAT-SCRATCH"]


def count(desk: Desk, returned: int, *missing: int, note: str = "not found") -> None:
    command = ReconcileScratch(
        session_id=A, returned=returned, missing=missing, note=note
    )
    desk.perform(command, LEE)


@pytest.fixture
def running(desk: Desk) -> Desk:
    a_session(desk, 2)
    return desk


def test_each_person_gets_one_sheet_with_the_next_number(desk: Desk) -> None:
    a_session(desk, 3, Stage.CHECK_IN)
    for who in ("P2", "P1", "P3"):
        at_the_desk(desk, A, attempt_id(who))

    assert [sheets(desk, who) for who in ("P2", "P1", "P3")] == [(1,), (2,), (3,)]
    assert blockers.scratch_issued(desk.session(A)) == 3


def test_more_sheets_go_on_from_the_highest_number(running: Desk) -> None:
    running.perform(IssueSheets(**ONE, count=2), LEE)
    running.perform(IssueSheets(**TWO), LEE)

    assert sorted(sheets(running, "P1") + sheets(running, "P2")) == [1, 2, 3, 4, 5]
    assert sheets(running, "P1")[1:] == (3, 4)
    assert blockers.scratch_issued(running.session(A)) == 5


def test_sheets_given_to_several_at_once_have_different_numbers(running: Desk) -> None:
    both = (IssueSheets(**ONE), IssueSheets(**TWO))
    running.perform(Batch(session_id=A, commands=both), LEE)

    assert sheets(running, "P1")[1:] + sheets(running, "P2")[1:] == (3, 4)


def test_undone_sheets_were_not_issued(running: Desk) -> None:
    running.perform(IssueSheets(**ONE, count=2), LEE)
    running.perform(UndoStep(session_id=A), LEE)

    assert blockers.scratch_issued(running.session(A)) == 2
    running.perform(IssueSheets(**TWO), LEE)
    assert sheets(running, "P2")[-1] == 3


@pytest.mark.parametrize("number", [-1, 0, 21])
def test_a_slip_gives_out_no_sheets(running: Desk, number: int) -> None:
    with pytest.raises(Refused):
        running.perform(IssueSheets(**ONE, count=number), LEE)


def test_sheets_given_later_are_counted_again(running: Desk) -> None:
    count(running, 2, note="")
    assert not blockers.scratch_open(running.session(A))
    running.perform(IssueSheets(**ONE), LEE)

    assert blockers.scratch_open(running.session(A))


def test_a_candidate_taken_off_and_put_back_keeps_the_sheet(desk: Desk) -> None:
    a_session(desk, 1, Stage.CHECK_IN)
    at_the_desk(desk, A, attempt_id("P1"))
    desk.perform(CancelAttempt(**ONE, reason="went home"), LEE)
    rolled(desk, A)

    assert sheets(desk, "P1") == (1,)


def test_a_missing_sheet_drafts_a_report_about_who_had_it(running: Desk) -> None:
    advance(running, MINUTE_MS)
    ended(running, A)
    count(running, 1, sheets(running, "P2")[0])

    (draft,) = drafts(running)
    assert draft.drafted
    assert draft.attempt_ids == (attempt_id("P2"),)
    assert "1 of 2 sheets were returned. Missing: 2." in draft.observed.text
    assert running.session(A).attempts[attempt_id("P2")].validity is Validity.CLEAN


def test_a_missing_sheet_is_explained_before_the_seal(running: Desk) -> None:
    ended(running, A)
    scored(running, A)
    count(running, 1)

    with refuses("MAT-SCRATCH"):
        running.seal(A, DANA, DANA_PIN)
    explained(running, A)
    running.seal(A, DANA, DANA_PIN)
    assert running.session(A).stage is Stage.SEALED


def test_a_second_count_replaces_the_draft_of_the_first(running: Desk) -> None:
    count(running, 0)
    count(running, 0)
    assert len(drafts(running)) == 1
    count(running, 1, 2)

    (draft,) = drafts(running)
    assert dict(draft.details)["returned"].text == "1"


def test_the_report_says_who_had_which_sheet_and_what_is_missing(running: Desk) -> None:
    running.perform(IssueSheets(**ONE, count=2), LEE)
    count(running, 3, 4)
    text = session_report(running, running.session(A))

    words = " ".join(text.split())
    name = running.session(A).attempts[attempt_id("P1")].person
    assert f"4 handed out, 3 returned, missing 4 ({name}): not found" in words
    assert "scratch paper 1, 3, 4" in text
    assert "scratch paper 2" in text


def test_a_missing_sheet_is_named_with_who_had_it_before_the_seal(
    running: Desk,
) -> None:
    ended(running, A)
    count(running, 1, 2)
    looks = [
        explain(one.reason)
        for one in blockers.to_look_at(running.session(A), blockers.no_coordinator)
    ]
    name = running.session(A).attempts[attempt_id("P2")].person
    assert f"scratch paper: 1 sheet missing: 2 ({name}): not found" in looks


def test_all_sheets_back_drafts_nothing(running: Desk) -> None:
    count(running, 2, note="")

    assert not drafts(running)


@pytest.mark.parametrize(
    ("returned", "missing"), [(2, (1,)), (1, (1, 2)), (1, (7,)), (0, (1, 1)), (1, (0,))]
)
def test_missing_sheets_are_some_that_were_given_out(
    running: Desk, returned: int, missing: tuple[int, ...]
) -> None:
    with pytest.raises(Refused):
        count(running, returned, *missing)
