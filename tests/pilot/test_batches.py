"""What is done to several people at once: asked first, by name, and one step to undo."""

from typing import cast

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.base import AttemptCommand, Batch
from cptkiosk.domain.commands.mistake import UndoStep
from cptkiosk.domain.commands.testing import (
    BeginBreak,
    EndBreak,
    FinishAttempt,
    GiveCredit,
)
from cptkiosk.domain.state.attempt import AttemptProgress
from cptkiosk.domain.state.session import Session, Stage
from cptkiosk.domain.values import MINUTE_MS
from cptkiosk.ui.action_line import read_line
from cptkiosk.ui.dialogs import action_bar
from cptkiosk.ui.dialogs.form_dialog import FormDialog
from cptkiosk.ui.dialogs.question import CommandQuestion, line_text
from cptkiosk.ui.naming import fit_names
from cptkiosk.ui.ports import SessionPort
from cptkiosk.ui.widgets.filterable_table import FilterableTable
from support.center import DANA, LEE
from support.sessions import (
    a_session,
    advance,
    attempt,
    attempt_id,
    line,
    progress,
    register,
)
from support.sitting import SitDown
from support.verdicts import keys, refusal

MANY = 8


def standing(desk: Desk) -> set[AttemptProgress]:
    return {one.standing for one in desk.session("a").attempts.values()}


def both(kind: type[AttemptCommand], *people: str) -> Batch:
    commands = tuple(kind(**keys(one)) for one in people)
    return Batch(session_id="a", commands=commands)


# The record


def test_a_step_for_several_people_is_undone_for_all(desk: Desk) -> None:
    a_session(desk)
    before = attempt(desk, "P1"), attempt(desk, "P2")
    desk.perform(both(BeginBreak, "P1", "P2"), LEE)
    desk.perform(UndoStep(session_id="a"), LEE)

    assert (attempt(desk, "P1"), attempt(desk, "P2")) == before


def test_a_candidate_with_a_later_step_is_left_out_of_the_undo(desk: Desk) -> None:
    a_session(desk)
    desk.perform(both(BeginBreak, "P1", "P2", "P3"), LEE)
    desk.perform(EndBreak(**keys("P2")), DANA)
    desk.perform(UndoStep(session_id="a"), LEE)

    assert not attempt(desk, "P1").on_break
    assert not attempt(desk, "P3").on_break
    assert attempt(desk, "P2").breaks


def test_the_next_undo_takes_back_what_came_before_the_batch(desk: Desk) -> None:
    a_session(desk)
    before = attempt(desk, "P1")
    desk.perform(GiveCredit(**keys("P1"), credit_ms=1000, reason="noise"), LEE)
    desk.perform(both(FinishAttempt, "P1", "P2"), LEE)
    desk.perform(UndoStep(session_id="a"), LEE)
    assert progress(desk, "P1") is progress(desk, "P2") is AttemptProgress.TESTING
    desk.perform(UndoStep(session_id="a"), LEE)

    assert attempt(desk, "P1") == before


def test_one_who_is_refused_keeps_the_whole_batch_from_being_recorded(
    desk: Desk,
) -> None:
    a_session(desk)
    desk.perform(FinishAttempt(**keys("P2")), LEE)
    head = desk.ledger.head()
    said = refusal(desk, both(BeginBreak, "P1", "P2"), LEE)

    assert "Nothing was done. FamilyP2, Kim: " in said
    assert desk.ledger.head() == head


def test_a_batch_is_the_same_after_the_ledger_is_read_again(desk: Desk) -> None:
    a_session(desk)
    desk.perform(both(BeginBreak, "P1", "P2"), LEE)
    known = desk.session("a")
    desk.sessions.clear()

    assert desk.session("a") == known


# The screens


async def test_everyone_is_named_before_all_are_marked_absent(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, MANY, Stage.CHECK_IN)
    before = standing(desk)
    async with at("check-in") as sitting:
        await sitting.press("A")
        assert isinstance(sitting.screen, FormDialog)
        assert standing(desk) == before
        assert f"Mark {MANY} people absent" in sitting.words
        for number in range(1, MANY + 1):
            assert f"FamilyP{number}, Kim" in sitting.words

        await sitting.press("enter")
        assert standing(desk) == {AttemptProgress.ABSENT}
        await sitting.press("u")
        assert standing(desk) == before


async def test_leaving_the_question_marks_no_candidate_absent(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, MANY, Stage.CHECK_IN)
    head = desk.ledger.head()
    async with at("check-in") as sitting:
        await sitting.press("A", "escape")
    assert desk.ledger.head() == head


async def test_people_with_time_left_are_named_before_all_are_finished(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 3)
    credit = GiveCredit(**keys("P2"), credit_ms=MINUTE_MS, reason="noise")
    desk.perform(credit, LEE)
    advance(desk, 90 * MINUTE_MS + 25_000)
    async with at("testing") as sitting:
        await sitting.type(":all finish")
        await sitting.press("enter")
        assert "1 still testing: FamilyP2, Kim 0:00:35 left" in sitting.words
        assert AttemptProgress.FINISHED not in standing(desk)

        await sitting.press("enter")
        assert standing(desk) == {AttemptProgress.FINISHED}
        await sitting.press("u")
        assert standing(desk) == {AttemptProgress.TESTING}


async def test_people_with_time_left_are_named_once(desk: Desk, at: SitDown) -> None:
    a_session(desk, 7)
    desk.perform(FinishAttempt(session_id="a", attempt_id=attempt_id("P7")), LEE)
    async with at("testing") as sitting:
        await sitting.type(":all finish")
        await sitting.press("enter")
        read = " ".join(str(one.render()) for one in sitting.screen.query(".line"))
        assert "6 still testing" in read
        for number in range(1, 7):
            assert read.count(f"FamilyP{number}, Kim") == 1
        assert "To undo this for all of them, press u" in read


async def test_one_person_with_time_left_is_finished_only_after_a_question(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 2)
    async with at("testing") as sitting:
        await sitting.press("f")
        assert "Finish: FamilyP1, Kim 1:30:00 left" in sitting.words
        assert standing(desk) == {AttemptProgress.TESTING}
        await sitting.press("enter")
        assert "finished: FamilyP1, Kim 1:30:00 left" in sitting.words
        assert attempt(desk, "P1").standing is AttemptProgress.FINISHED


async def test_one_person_whose_time_is_up_is_finished_by_one_key(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 2)
    advance(desk, 90 * MINUTE_MS + 25_000)
    async with at("testing") as sitting:
        await sitting.press("f")
        assert attempt(desk, "P1").standing is AttemptProgress.FINISHED


async def test_everyone_is_named_before_all_are_marked_as_seen_outside(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 3, Stage.HALTED)
    async with at("testing") as sitting:
        await sitting.press("h", "space", "A")
        assert "Mark 2 people as seen outside" in sitting.words
        assert "FamilyP2, Kim; FamilyP3, Kim" in sitting.words
        await sitting.press("escape")
        assert "1 of 3 outside" in sitting.words
        await sitting.press("A", "enter")
        assert "3 of 3 outside" in sitting.words
        await sitting.press("A")
        assert "Unmark 3 people" in sitting.words
        await sitting.press("enter")
        assert "0 of 3 outside" in sitting.words


async def test_everyone_is_named_before_all_are_put_on_the_roll(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 1, Stage.PLANNED)
    register(desk, ("N1", "N2"), "safety")
    async with at("people") as sitting:
        await sitting.press("A")
        assert "Add 2 people to the attendance list" in sitting.words
        assert set(desk.session("a").attempts) == {attempt_id("P1")}
        await sitting.press("enter")
        await sitting.settle()
        assert len(desk.session("a").attempts) == 3


async def test_marks_that_a_filter_hides_do_not_act(desk: Desk, at: SitDown) -> None:
    a_session(desk, 3)
    async with at("testing") as sitting:
        table = sitting.screen.query_one(FilterableTable)
        for one in ("P2", "P3"):
            table.move_to(attempt_id(one))
            await sitting.press("space")
        await sitting.type("/FamilyP1")
        await sitting.press("enter", "b")

        out = [one for one in ("P1", "P2", "P3") if attempt(desk, one).on_break]
        assert out == ["P1"]
        assert "FamilyP1, Kim" in sitting.words


async def test_marks_end_with_the_report_they_were_for(desk: Desk, at: SitDown) -> None:
    a_session(desk, 3)
    async with at("testing") as sitting:
        table = sitting.screen.query_one(FilterableTable)
        for one in ("P1", "P2"):
            table.move_to(attempt_id(one))
            await sitting.press("space")
        await sitting.press("i")
        await sitting.type("talk")
        await sitting.press("ctrl+s")
        if not isinstance(sitting.screen, type(table.screen)):
            await sitting.fill("", "", "they talked")
            await sitting.press("ctrl+s", "escape")
        assert desk.session("a").in_force
        assert table.marks == frozenset()


def test_names_are_cut_only_where_they_do_not_fit() -> None:
    names = [f"Family{number}, Kim" for number in range(10)]

    assert " ".join(fit_names(names, 40, 9)).count("Family") == 10
    assert fit_names(names, 40, 2)[-1].endswith("+ 6 more")
    assert all(len(line) <= 40 for line in fit_names(names, 40, 2))


class _LateClock:
    """A screen on which time is up for everybody from the second look on."""

    def __init__(self, session: Session, up_ms: int) -> None:
        self.session, self._up_ms, self._looks = session, up_ms, 0

    @property
    def line_ms(self) -> int:
        self._looks += 1
        return self._up_ms - MINUTE_MS if self._looks == 1 else self._up_ms


def test_the_clock_is_read_once_for_the_people_with_time_left(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = a_session(desk, 2)
    one = session.attempts["P1-safety"]
    up_ms = session.end_ms(one, line(desk))
    assert up_ms is not None
    asked: list[CommandQuestion] = []
    monkeypatch.setattr(action_bar, "ask_command", lambda _, made: asked.append(made))

    for words in ("A1 finish", "A1,A2 finish"):
        screen = cast(SessionPort, _LateClock(session, up_ms))
        monkeypatch.setattr(action_bar, "why_beyond", lambda *_: "")
        action_bar.carry_out(screen, read_line(words, session))

    assert "1:00 left" in line_text(asked[0].title)
    assert "2 still testing: FamilyP1, Kim 0:01:00 left" in asked[1].consequences
