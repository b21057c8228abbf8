"""The list of irregularities: what each lacks, who has seen it, what replaced it."""

from cptkiosk.desk import Desk
from cptkiosk.domain.state import blockers
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import MINUTE_MS
from cptkiosk.ui.dialogs.key_help import PageScreen
from cptkiosk.ui.screens.irregularities import IrregularitiesScreen
from cptkiosk.ui.screens.irregularity import IrregularityScreen
from cptkiosk.ui.widgets.filterable_table import FilterableTable
from support.center import DANA
from support.irregularities import PEOPLE, go_to, record, recorded
from support.sessions import a_session, advance
from support.sitting import SitDown, why_not


async def test_the_list_shows_each_entry_and_what_it_lacks(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, people=2)
    record(desk)
    record(desk, "TEC-FREEZE", attempt_ids=PEOPLE)
    async with at("testing") as sitting:
        await sitting.press("I")
        sitting.showing(IrregularitiesScreen)
        first = next(one for one in sitting.frame.split("\n") if "TEC-STATION" in one)
        assert "missing: old seat" in first
        second = next(one for one in sitting.frame.split("\n") if "TEC-FREEZE" in one)
        assert "+1" in second
        assert "complete" in second


async def test_reports_are_marked_as_seen_only_after_they_were_named(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 2)
    said = (("noise-source", "a drill"), ("minutes", "2"))
    for _ in range(2):
        record(desk, "ENV-NOISE", severity=2, scope="session", details=said)
    async with at("testing", DANA) as sitting:
        await sitting.press("I", "v")
        assert "Mark 2 irregularities as reviewed" in sitting.words
        assert "ENV-NOISE; " in sitting.words
        assert not desk.session("a").seen
        await sitting.press("enter")
        assert len(desk.session("a").seen) == 2
        assert "2 irregularities marked as reviewed" in sitting.words


async def test_a_report_of_any_length_is_listed_and_corrected(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 1)
    long = "The end was recorded 3:54 after time was up. " * 24
    record(desk, observed=long.strip(), details=())
    async with at("testing") as sitting:
        await sitting.press("I")
        sitting.showing(IrregularitiesScreen)
        await sitting.press("c")
        sitting.showing(IrregularityScreen)
        await go_to(sitting, "detail old-seat")
        await sitting.press("A", "1", "ctrl+s")
        assert recorded(desk)[-1].observed.text == long.strip()


async def test_enter_shows_an_entry_whole(desk: Desk, at: SitDown) -> None:
    a_session(desk, people=1)
    record(desk, witnesses="Ana B.", details=(("old-seat", "A1"),))
    async with at("testing") as sitting:
        await sitting.press("I", "enter")
        sitting.showing(PageScreen)
        for said in ("the screen is black", "Ana B.", "Old seat", "steps tried"):
            assert said in sitting.words
        await sitting.press("escape")
        sitting.showing(IrregularitiesScreen)


async def test_a_correction_takes_the_place_of_the_entry_and_keeps_the_rest(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, people=2)
    advance(desk, 5 * MINUTE_MS)
    old = record(
        desk, details=(("old-seat", "A1"),), attempt_ids=PEOPLE, estimated=True
    )
    advance(desk, 3 * MINUTE_MS)
    async with at("testing") as sitting:
        await sitting.press("I", "c")
        await go_to(sitting, "detail steps-tried")
        await sitting.type("rebooted")
        await sitting.press("ctrl+s")
        first, second = recorded(desk)
        assert (second.supersedes, second.missing) == (old, ())
        assert second.attempt_ids == first.attempt_ids
        assert second.happened_at_utc_ms == first.happened_at_utc_ms
        assert second.observed == first.observed
        sitting.showing(IrregularitiesScreen)
        assert "superseded by i2" in sitting.words
        table = sitting.screen.query_one(FilterableTable)
        assert table.cursor_key == second.irregularity_id
        assert sitting.words.index("i2 ") < sitting.words.index("superseded by i2")
        table.move_to(old)
        await sitting.settle()
        await sitting.press("c")
        assert "i1 was replaced by i2. Press c to correct i2." in sitting.words
        assert table.cursor_key == second.irregularity_id
        await sitting.press("c")
        sitting.showing(IrregularityScreen)
        assert len(recorded(desk)) == 2


async def test_the_close_out_leads_to_the_entry_that_lacks_something(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, people=1, stage=Stage.ENDED)
    record(desk, "OTH", observed="x" * 25)
    lacking = record(desk)
    assert [one.place for one in blockers.to_seal(desk.session("a"))] == [
        "irregularities"
    ]
    async with at("close-out", DANA) as sitting:
        await sitting.press("enter")
        sitting.showing(IrregularitiesScreen)
        assert sitting.screen.query_one(FilterableTable).cursor_key == lacking
        await sitting.press("c")
        await go_to(sitting, "detail old-seat")
        await sitting.type("A1")
        await sitting.press("enter")
        await sitting.type("rebooted")
        await sitting.press("ctrl+s", "escape")
        assert blockers.to_seal(desk.session("a")) == ()
        assert "sign and seal" in sitting.words


async def test_an_empty_list_says_so_and_its_keys_say_why_not(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, people=1)
    async with at("testing") as sitting:
        await sitting.press("I")
        assert "No irregularities on record" in sitting.words
        for action in ("show", "correct"):
            assert why_not(sitting, action)
        await sitting.press("enter")
        sitting.showing(IrregularitiesScreen)
