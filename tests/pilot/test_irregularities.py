"""Irregularities from the form to the seal, through the screen, judged by the ledger."""

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands import testing as c
from cptkiosk.domain.rules.announcing import MISSED_CALL
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import MINUTE_MS
from cptkiosk.ui.dialogs.form_dialog import FormDialog
from cptkiosk.ui.screens.irregularity import IrregularityScreen
from cptkiosk.ui.screens.testing.screen import TestingScreen
from cptkiosk.ui.widgets.form import Form
from support.center import LEE
from support.irregularities import FIRST, PEOPLE, go_to, record, recorded
from support.sessions import a_session, advance, attempt, left_ms
from support.sitting import SitDown, Sitting


def fields_of(sitting: Sitting) -> list[str]:
    return [field.name for field in sitting.screen.query_one(Form).fields]


def form_value(sitting: Sitting, name: str) -> str:
    return str(sitting.screen.query_one(Form).values()[name])


async def test_only_the_fields_of_the_chosen_code_are_asked(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, people=2)
    async with at("testing") as sitting:
        await sitting.press("i")
        assert "detail alarm-time" in fields_of(sitting)
        await sitting.type("tec-station")
        await sitting.press("enter")
        details = [one for one in fields_of(sitting) if one.startswith("detail ")]
        assert details == [
            "detail old-seat", "detail steps-tried", "detail new-seat", "detail minutes",
        ]  # fmt: skip
        assert "Old seat *" in sitting.frame


async def test_code_and_narrative_are_enough_and_what_lacks_is_said(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, people=2)
    async with at("testing") as sitting:
        await sitting.press("i")
        await sitting.type("tec-station")
        await sitting.press("enter", "enter", "enter")
        await sitting.type("black screen")
        await sitting.press("enter", "enter", "enter")
        sitting.showing(TestingScreen)
        (event,) = recorded(desk)
        assert (event.code, event.attempt_ids) == ("TEC-STATION", (FIRST,))
        assert event.observed.text == "black screen"
        assert event.missing == ("old-seat", "steps-tried")
        assert "Still required" in sitting.words
        assert "old seat, steps tried" in sitting.words


async def test_everything_the_form_asks_is_on_record(desk: Desk, at: SitDown) -> None:
    a_session(desk, people=2)
    async with at("testing") as sitting:
        await sitting.press("i")
        await sitting.type("tec-station")
        await sitting.press("enter")
        answers = {
            "observed": "black screen", "detail old-seat": "A1",
            "detail steps-tried": "rebooted", "told": "Dana 9:10", "action": "moved",
            "minutes": "4", "observer": "Kim", "witnesses": "Ana", "vendor_case": "77",
            "detail new-seat": "B2",
        }  # fmt: skip
        for name, text in answers.items():
            await go_to(sitting, name)
            await sitting.press("ctrl+u")
            await sitting.type(text)
        for name, key in (("exact", "y"), ("void", "y"), ("completed", "right")):
            await go_to(sitting, name)
            await sitting.press(key)
        await sitting.press("ctrl+s")
        (event,) = recorded(desk)
        assert {name: text.text for name, text in event.details} == {
            "old-seat": "A1", "steps-tried": "rebooted", "new-seat": "B2",
        }  # fmt: skip
        said = (event.told, event.observer, event.witnesses, event.action_taken)
        assert [one.text for one in said] == ["Dana 9:10", "Kim", "Ana", "moved"]
        assert (event.minutes_lost, event.vendor_case) == (4, "77")
        assert (event.estimated, event.void_recommended) == (False, True)
        assert event.completed == "yes"
        assert event.missing == ()


async def test_an_unlisted_matter_of_the_session_is_recorded_without_a_name(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, people=2)
    async with at("testing") as sitting:
        await sitting.press("i")
        await sitting.type("oth")
        await sitting.press("enter", "space", "enter", "enter")
        await sitting.type("the projector of the room fell down")
        await sitting.press("ctrl+s")
        assert "change Scope" in sitting.words
        await go_to(sitting, "scope")
        await sitting.type("session")
        await go_to(sitting, "severity")
        await sitting.type("2")
        await sitting.press("ctrl+s")
        (event,) = recorded(desk)
        assert (event.scope, event.severity, event.validity) == ("session", 2, "flag")
        assert event.attempt_ids == ()


async def test_a_breach_names_the_contact_and_asks_for_the_person_informed(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, people=1)
    async with at("testing") as sitting:
        await sitting.press("i")
        await sitting.type("mis-copy")
        assert (
            "CALL Dana Ortiz NOW (coordinator). The score is withheld" in sitting.words
        )
        await sitting.press("enter")
        assert "Reported to *" in sitting.frame
        await go_to(sitting, "observed")
        await sitting.type("photos")
        await sitting.press("ctrl+s")
        (event,) = recorded(desk)
        assert event.missing == ("recovered", "who-was-told")


async def test_a_breach_without_names_leads_to_the_people_it_concerns(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, people=2)
    async with at("testing") as sitting:
        await sitting.press("i")
        await sitting.type("stf-absent")
        await sitting.press("enter", "space")
        await go_to(sitting, "observed")
        await sitting.type("nobody watched the room")
        await sitting.press("ctrl+s")
        assert "a checks everyone" in sitting.words
        assert recorded(desk) == []

        await sitting.press("a", "ctrl+s")
        (event,) = recorded(desk)
        assert event.attempt_ids == PEOPLE


async def test_the_field_for_the_person_informed_is_asked_once(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, people=1)
    async with at("testing") as sitting:
        await sitting.press("i")
        await sitting.type("acc-late")
        await sitting.press("enter")
        assert "detail told" not in fields_of(sitting)
        await go_to(sitting, "observed")
        await sitting.type("asked for time")
        await sitting.press("enter")
        await sitting.type("Dana")
        await sitting.press("enter")
        (event,) = recorded(desk)
        assert event.missing == ()
        assert event.told.text == "Dana"


async def test_the_fields_of_a_code_survive_in_a_draft(desk: Desk, at: SitDown) -> None:
    a_session(desk, people=1)
    async with at("testing") as sitting:
        await sitting.press("i")
        await sitting.type("tec-station")
        await sitting.press("enter")
        await go_to(sitting, "detail steps-tried")
        await sitting.type("rebooted twice")
        await sitting.press("escape", "i")
        await go_to(sitting, "detail steps-tried")
        assert "rebooted twice" in sitting.frame
        assert "TEC-STATION" in str(sitting.screen.query_one(Form).values())


async def test_typed_fields_come_back_with_the_code(desk: Desk, at: SitDown) -> None:
    a_session(desk, people=1)
    async with at("testing") as sitting:
        await sitting.press("i")
        await go_to(sitting, "detail alarm-time")
        await sitting.type("9:03")
        for code in ("tec-print", "env-alarm"):
            await go_to(sitting, "code")
            await sitting.type(code)
            await sitting.press("enter")
        assert sitting.screen.query_one(Form).values()["detail alarm-time"] == "9:03"


async def test_every_field_can_be_brought_into_sight(desk: Desk, at: SitDown) -> None:
    a_session(desk, people=12)
    async with at("testing") as sitting:
        await sitting.press("i")
        form = sitting.screen.query_one(Form)
        for field in form.fields:
            await go_to(sitting, field.name)
            assert f"› {field.label}" in sitting.frame  # noqa: RUF001 - the sign itself


async def test_a_missed_announcement_is_explained_in_a_form_filled_in(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, people=2)
    advance(desk, 62 * MINUTE_MS)
    async with at("testing") as sitting:
        assert '"30 minutes left" was not announced to 2 people' in sitting.words
        await sitting.press("enter")
        sitting.showing(IrregularityScreen)
        assert "30-minute announcement to 2 people was missed" in sitting.words
        due_ms = desk.now().utc_ms - 2 * MINUTE_MS
        assert desk.times.format_time(due_ms) in form_value(sitting, "when")
        # Why is typed at once: the code is known already.
        await sitting.type(": writing a report")
        await sitting.press("ctrl+s")
        (event,) = recorded(desk)
        assert event.observed.text.endswith("writing a report")
        assert (event.code, event.missing) == (MISSED_CALL, ())
        assert set(event.attempt_ids) == set(PEOPLE)
        assert [(name, text.text) for name, text in event.details] == [
            ("minutes", "30")
        ]
        assert event.happened_at_utc_ms == due_ms
        assert "was not announced" not in sitting.words


async def test_the_draft_about_a_missed_announcement_survives(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, people=2)
    advance(desk, 62 * MINUTE_MS)
    async with at("testing") as sitting:
        await sitting.press("enter")
        await go_to(sitting, "action")
        await sitting.type("told them at 27")
        await sitting.press("escape", "enter")
        await go_to(sitting, "action")
        assert "told them at 27" in sitting.words


async def test_minutes_lost_are_offered_as_credit_to_everybody_named(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, people=2)
    advance(desk, 20 * MINUTE_MS)
    before = left_ms(desk, "P1")
    async with at("testing") as sitting:
        await sitting.press("space", "down", "space", "i")
        await sitting.type("env-noise")
        await sitting.press("enter")
        await go_to(sitting, "observed")
        await sitting.type("a mower")
        await go_to(sitting, "minutes")
        await sitting.press("ctrl+u", "6", "ctrl+s")
        sitting.showing(FormDialog)
        assert "Credit for 2 people" in sitting.words
        assert "ENV-NOISE, time lost 6:00" in sitting.words
        await sitting.press("enter", "enter", "enter")
        assert left_ms(desk, "P1") == before + 6 * MINUTE_MS
        assert attempt(desk, "P2").credit_ms == 6 * MINUTE_MS


async def test_no_credit_is_offered_where_nothing_was_lost(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, people=1)
    advance(desk, 20 * MINUTE_MS)
    async with at("testing") as sitting:
        await sitting.press("i")
        await sitting.type("env-noise")
        await sitting.press("enter")
        await go_to(sitting, "observed")
        await sitting.type("a mower")
        advance(desk, 8 * MINUTE_MS)
        await sitting.press("ctrl+s")
        assert len(recorded(desk)) == 1
        sitting.showing(TestingScreen)


async def test_no_credit_is_offered_to_who_has_finished(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, people=1)
    desk.perform(c.FinishAttempt(session_id="a", attempt_id=FIRST), LEE)
    async with at("testing") as sitting:
        await sitting.press("i")
        await sitting.type("env-noise")
        await sitting.press("enter")
        await go_to(sitting, "observed")
        await sitting.type("a mower")
        await go_to(sitting, "minutes")
        await sitting.press("ctrl+u", "6", "ctrl+s")
        assert len(recorded(desk)) == 1
        sitting.showing(TestingScreen)


async def test_time_since_an_irregularity_is_offered_as_credit(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, people=1)
    advance(desk, MINUTE_MS)
    record(desk, "TEC-FREEZE")
    advance(desk, 245_000)
    async with at("testing") as sitting:
        await sitting.press("c")
        assert "since irregularity TEC-FREEZE 4:05" in sitting.words


async def test_the_whole_room_is_ticked_with_one_key(desk: Desk, at: SitDown) -> None:
    a_session(desk, people=2)
    async with at("testing") as sitting:
        await sitting.press("i", "enter", "a")
        assert set(sitting.screen.query_one(Form).values()["people"]) == set(PEOPLE)


async def test_the_keys_of_the_form_are_in_its_help(desk: Desk, at: SitDown) -> None:
    a_session(desk, people=1)
    async with at("testing") as sitting:
        await sitting.press("i", "f1")
        assert "Record it now" in sitting.words
        assert "a: all or none" in sitting.words


async def test_the_form_says_what_its_code_requires_until_that_is_typed(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, people=1)
    async with at("testing") as sitting:
        await sitting.press("i", "enter")
        needed = [one for one in fields_of(sitting) if one.startswith("detail ")]
        assert "Required (*), still empty: " in sitting.words
        for name in needed[:3]:
            await go_to(sitting, name)
            await sitting.type("x")
        assert "Required" not in sitting.words


async def test_minutes_are_a_number_or_a_sentence_says_so(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, people=1)
    async with at("testing") as sitting:
        await sitting.press("i")
        form = sitting.screen.query_one(Form)
        form.set_values({"code": "ENV-NOISE"})
        await sitting.type("env-noise")
        await sitting.press("enter")
        form.set_values(
            {"observed": "a mower", "people": (FIRST,), "detail minutes": "ten"}
        )
        await sitting.press("ctrl+s")
        said = " ".join(sitting.words.split())
        assert '"ten" is not a number. Type the minutes as a number' in said
        assert not recorded(desk)
        form.set_values({"detail minutes": "10"})
        await sitting.press("ctrl+s")
    assert dict(recorded(desk)[0].details)["minutes"].text == "10"


@pytest.mark.parametrize(
    ("stage", "code"),
    [(Stage.CHECK_IN, "MIS-DEVICE0"), (Stage.RUNNING, "MIS-DEVICE1")],
)
async def test_a_phone_is_offered_as_what_fits_the_stage(
    desk: Desk, at: SitDown, stage: Stage, code: str
) -> None:
    a_session(desk, 1, stage)
    async with at("check-in" if stage is Stage.CHECK_IN else "testing") as sitting:
        await sitting.show(IrregularityScreen("a", (FIRST,)))
        await go_to(sitting, "code")
        await sitting.type("phone")
        assert sitting.screen.query_one(Form).values()["code"] == code


async def test_the_next_step_names_the_people_in_a_drafted_report(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, people=1)
    ours_ms = left_ms(desk, "P1")
    noted = c.NoteVendorClock(
        session_id="a", attempt_id=FIRST, vendor_left_ms=ours_ms - 20 * MINUTE_MS,
        asked_line_ms=desk.session("a").timeline_ms(desk.now()),
    )  # fmt: skip
    desk.perform(noted, LEE)
    who = desk.session("a").label(attempt(desk, "P1"))
    async with at("testing") as sitting:
        said = " ".join(sitting.words.split())
        assert f"{who}: the vendor's clock showed 20:00 less than" in said


async def test_undo_after_a_report_leaves_the_step_before_it(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, people=1)
    async with at("testing") as sitting:
        await sitting.press("b")
        advance(desk, MINUTE_MS)
        await sitting.press("b")
        advance(desk, MINUTE_MS)
        record(desk, "TEC-FREEZE")
        head = desk.ledger.head()
        advance(desk, MINUTE_MS)
        await sitting.press("u")
        assert "irregularity TEC-FREEZE, cannot be undone" in sitting.words
        assert desk.ledger.head() == head
        assert not attempt(desk, "P1").on_break
