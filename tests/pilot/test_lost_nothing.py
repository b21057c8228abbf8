"""Whatever was typed or ticked is there again."""

import json
from dataclasses import replace
from pathlib import Path

from cptkiosk.desk import Desk
from cptkiosk.domain.commands import testing as c
from cptkiosk.domain.state.session import Stage
from cptkiosk.ui.dialogs.form_dialog import FormDialog
from cptkiosk.ui.screens.muster import MusterScreen
from cptkiosk.ui.screens.roll_call import RollCallScreen
from cptkiosk.ui.widgets.form import Form
from support.center import LEE
from support.sessions import a_session, halted
from support.sitting import SitDown, Sitting, sit_down

# The rolls after an alarm


async def muster(sitting: Sitting) -> None:
    await sitting.press("h")
    sitting.showing(MusterScreen)


async def test_muster_checks_are_back_after_esc(desk: Desk, at: SitDown) -> None:
    a_session(desk, 3, Stage.HALTED)
    async with at("testing") as sitting:
        await muster(sitting)
        await sitting.press("space", "space")
        assert "2 of 3 outside" in sitting.words
        await sitting.press("escape")
        await muster(sitting)
        assert "2 of 3 outside" in sitting.words
        await sitting.press("space")
        assert "1 of 3 outside" in sitting.words


async def test_two_terminals_of_a_proctor_tick_off_one_list(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 3, Stage.HALTED)
    async with at("testing") as sitting:
        await muster(sitting)
        await sitting.press("space")
        name = f"muster a {desk.session('a').halts[-1][0]}"
        others = {*json.loads(desk.ledger.read_draft(LEE.staff_id, name)), "P3-safety"}
        desk.ledger.keep_draft(LEE.staff_id, name, json.dumps(sorted(others)))
        sitting.screen.redraw_time()
        await sitting.settle()
        assert "2 of 3 outside" in sitting.words
        await sitting.press("space")
        assert "3 of 3 outside" in sitting.words


async def test_the_ticks_of_a_halt_are_forgotten_when_the_clocks_run_on(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 2, Stage.HALTED)
    async with at("testing") as sitting:
        await muster(sitting)
        await sitting.press("A", "enter", "enter", "space", "escape")
        await sitting.press("enter")
        sitting.showing(RollCallScreen)
        assert "back at a seat: 1 left" in sitting.words
        await sitting.press("A", "enter", "enter", "enter")
        assert desk.session("a").stage is Stage.RUNNING
        halt = desk.session("a").halts[-1][0]
        for roll in ("muster", "roll-call"):
            assert desk.ledger.read_draft(LEE.staff_id, f"{roll} a {halt}") == ""
        await sitting.press("h", "enter")
        assert "0 of 2 outside" in sitting.words


# Half-filled questions


async def test_a_half_filled_question_survives_esc_and_another_sitting(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 2, Stage.CHECK_IN)
    async with at("check-in") as sitting:
        await sitting.press("n")
        await sitting.fill("900123", "Ngo")
        await sitting.type("Th")
        await sitting.press("escape")
    async with at("check-in") as sitting:
        await sitting.press("n")
        values = sitting.screen.query_one(Form).values()
        assert (values["id"], values["family"], values["given"]) == (
            "900123",
            "Ngo",
            "Th",
        )
        assert (
            "Your unfinished form is back. Press Ctrl+N to clear it." in sitting.words
        )


async def test_a_kept_question_can_be_emptied(desk: Desk, at: SitDown) -> None:
    a_session(desk, 2, Stage.CHECK_IN)
    async with at("check-in") as sitting:
        await sitting.press("n")
        await sitting.fill("900123")
        await sitting.press("escape", "n", "ctrl+n")
        assert sitting.screen.query_one(Form).values()["id"] == ""
        assert "is back" not in sitting.words
        await sitting.press("escape", "n")
        assert sitting.screen.query_one(Form).values()["id"] == ""


async def test_a_question_is_forgotten_once_it_is_recorded(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 2)
    async with at("testing") as sitting:
        await sitting.press("n")
        await sitting.type("calm")
        await sitting.press("escape", "n")
        assert sitting.screen.query_one(Form).values()["text"] == "calm"
        await sitting.press("enter")
        assert desk.session("a").notes[-1][2].text.text == "calm"
        await sitting.press("n")
        assert sitting.screen.query_one(Form).values()["text"] == ""


async def test_a_draft_about_one_person_does_not_come_back_for_another(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 2)
    async with at("testing") as sitting:
        await sitting.press("n")
        await sitting.type("calm")
        await sitting.press("escape", "down", "n")
        assert sitting.screen.query_one(Form).values()["text"] == ""


async def test_a_refused_answer_is_still_there_after_esc(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 2, Stage.CHECK_IN)
    async with at("check-in") as sitting:
        await sitting.press("n")
        await sitting.type("900123")
        await sitting.press("ctrl+s")
        sitting.showing(FormDialog)
        await sitting.press("escape", "n")
        assert sitting.screen.query_one(Form).values()["id"] == "900123"


# Irregularities


async def write_about_the_first(sitting: Sitting) -> None:
    await sitting.press("i", "tab", "tab", "tab")
    await sitting.type("a phone rang")


async def test_another_half_filled_report_is_offered(desk: Desk, at: SitDown) -> None:
    a_session(desk, 3)
    async with at("testing") as sitting:
        await write_about_the_first(sitting)
        await sitting.press("escape", "down", "i")
        assert sitting.screen.query_one(Form).values()["observed"] == ""
        assert (
            "unfinished irregularity about FamilyP1, Kim. Press Ctrl+O" in sitting.words
        )
        await sitting.press("ctrl+o")
        values = sitting.screen.query_one(Form).values()
        assert values["observed"] == "a phone rang"
        assert values["people"] == ("P1-safety",)
        assert f"{sitting.app.glyphs.cursor} What" in sitting.frame


async def test_a_report_that_is_all_there_is_offers_no_other(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 3)
    async with at("testing") as sitting:
        await write_about_the_first(sitting)
        assert "(^O unfinished)" in sitting.frame
        await sitting.press("ctrl+o")
        assert "This session has no other unfinished irregularity." in sitting.words


async def test_two_people_of_one_name_are_distinguished_in_the_report(
    desk: Desk, at: SitDown
) -> None:
    first, second = a_session(desk, 2).attempts.values()
    twin = replace(second, person=first.person)
    people = {first.attempt_id: first, second.attempt_id: twin}
    desk.sessions["a"] = replace(desk.session("a"), attempts=people)
    async with at("testing") as sitting:
        await sitting.press("i", "tab")
        assert "FamilyP1, Kim (ID P1)" in sitting.words
        assert "FamilyP1, Kim (ID P2)" in sitting.words


async def test_a_clock_stopped_before_the_halt_does_not_run_on_with_the_others(
    desk: Desk, folder: Path
) -> None:
    a_session(desk, 3)
    pause = c.BeginPause(session_id="a", attempt_id="P1-safety", reason="frozen")
    desk.perform(pause, LEE)
    halted(desk, "a")
    async with sit_down(desk, folder, LEE) as sitting:
        await sitting.show(RollCallScreen("a"))
        await sitting.press("A", "enter", "enter")
        assert "2 clocks resume. 1 stays paused." in sitting.words
        await sitting.press("enter")
        assert "2 clocks resumed" in sitting.words
    assert desk.session("a").attempts["P1-safety"].is_paused
