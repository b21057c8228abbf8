"""Records, the wall, the lock on idle, and the way out of a locked-down kiosk."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cptkiosk.desk import Desk
from cptkiosk.desk.preview import Preview
from cptkiosk.domain.commands import irregularity as c
from cptkiosk.domain.commands.testing import GiveCredit
from cptkiosk.domain.modules import Window
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import MINUTE_MS, Refused
from cptkiosk.ui.screens.records import RecordsScreen
from cptkiosk.ui.screens.sign_in import LockScreen, SignInScreen
from cptkiosk.ui.screens.start import StartScreen
from cptkiosk.ui.screens.today import TodayScreen
from cptkiosk.ui.screens.wall import WallScreen
from cptkiosk.ui.view import SessionViews
from cptkiosk.ui.widgets.big_clock import BigClock
from cptkiosk.ui.widgets.fields import MultiChoiceField, keys_of
from support.center import DANA, DANA_PIN, LEE, LEE_PIN
from support.sessions import (
    a_session,
    advance,
    attempt_id,
    halted,
    opened,
    planned,
    seated,
)
from support.sitting import Sitting, events_of, sit_down


@asynccontextmanager
async def on_the_wall(desk: Desk, folder: Path) -> AsyncIterator[Sitting]:
    """Stand before the wall."""
    async with sit_down(desk, folder, None, (100, 30), wall=True) as at:
        yield at


async def test_records_say_what_to_do_while_there_are_none(
    desk: Desk, folder: Path
) -> None:
    async with sit_down(desk, folder, LEE) as at:
        await at.press("g")

        at.showing(RecordsScreen)
        assert "No verified scores yet" in at.frame


async def test_records_show_rates_cuts_and_codes_with_their_numbers(
    desk: Desk, folder: Path
) -> None:
    a_session(desk, 3, stage=Stage.SEALED)
    a_session(desk, 1, session_id="b", module="quality")
    command = c.RecordIrregularity(
        session_id="b", code="MIS-TALK", severity=2, scope="attempt", validity="flag",
        attempt_ids=("bP1-quality",), observed="whispering", action_taken="moved",
    )  # fmt: skip
    desk.perform(command, LEE)
    async with sit_down(desk, folder, LEE, (100, 50)) as at:
        await at.press("g")

        assert "3 of 3 passed, 100%" in at.words
        assert "passing 64" in at.frame
        assert "MIS-TALK" in at.frame
        await at.press("m", "m")
        assert "Quality Practices and Measurement" in at.frame
        assert "3 of 3 passed" not in at.words


async def test_the_wall_shows_the_time_that_the_session_has(
    desk: Desk, folder: Path
) -> None:
    a_session(desk, 2)
    async with on_the_wall(desk, folder) as at:
        advance(desk, 47 * MINUTE_MS)
        at.app.redraw_time()
        await at.settle()

        at.showing(WallScreen)
        assert at.screen.query_one(BigClock).text == "0:43:00"
        assert "2 people" in at.frame
        assert "(30 minutes left) in 13:00" in at.words


async def test_the_wall_shows_as_many_ends_as_fit_and_always_the_latest(
    desk: Desk, folder: Path
) -> None:
    a_session(desk, 8)
    for at_ in range(1, 9):
        credit = GiveCredit(
            session_id="a",
            attempt_id=attempt_id(f"P{at_}"),
            credit_ms=at_ * MINUTE_MS,
            reason="noise",
        )
        desk.perform(credit, LEE)
    ends = SessionViews().of(desk.session("a"), desk, LEE).ends
    texts = [desk.times.format_seconds(one) for one in sorted(ends)]
    for size, shown, more in [((100, 30), 8, ""), ((80, 24), 5, "+ 3 more, latest ")]:
        async with sit_down(desk, folder, None, size, wall=True) as at:
            assert at.frame.count("   1 person") == shown
            assert more in at.frame
            assert texts[-1] in at.frame
            assert "next announcement" in at.frame


async def test_the_wall_says_when_all_clocks_stand(desk: Desk, folder: Path) -> None:
    a_session(desk, 2)
    halted(desk, "a")
    async with on_the_wall(desk, folder) as at:
        assert "ALL CLOCKS ARE STOPPED" in at.frame


async def test_the_wall_records_nothing(desk: Desk, folder: Path) -> None:
    a_session(desk, 2)
    async with on_the_wall(desk, folder) as at:
        before = desk.ledger.head()
        await at.press(*"bphcfxzavn", "enter", "space", "escape")
        advance(desk, 60_000)
        at.app.redraw_time()
        await at.settle()

        assert desk.ledger.head() == before
        at.showing(WallScreen)


async def test_a_start_beyond_the_window_needs_a_reason(
    desk: Desk, folder: Path
) -> None:
    now = desk.record.local(desk.now().utc_ms)
    closes = now.of_day_ms // MINUTE_MS + 60
    policies = desk.definitions.policies
    closing_soon = replace(
        desk.definitions,
        policies=replace(
            policies, testing_windows=(Window(frozenset({now.weekday}), 0, closes),)
        ),
    )
    planned(desk, ("P1",), "a", "safety")
    opened(desk, "a")
    seated(desk, "a", "P1-safety")
    desk.record.definitions = closing_soon
    async with sit_down(desk, folder, LEE) as at:
        await at.show(StartScreen("a"))
        await at.press("enter")
        assert "testing window" in at.words
        await at.type("longer window agreed, case 12")
        await at.press("enter")

        assert desk.session("a").stage is Stage.RUNNING
    event = next(one for one in events_of(desk) if one.kind == "session-started.v1")
    assert event.beyond_window.text == "longer window agreed, case 12"


async def test_a_terminal_left_alone_locks_itself(desk: Desk, folder: Path) -> None:
    a_session(desk, 1)
    async with sit_down(desk, folder, LEE) as at:
        await at.pass_time(desk.definitions.policies.idle_lock_minutes * 60 - 1)
        at.app.redraw_time()
        await at.settle()
        at.showing(TodayScreen)
        await at.pass_time(1)
        at.app.redraw_time()
        await at.settle()
        at.showing(LockScreen)
        assert "left" in at.frame, "running clocks stay in sight"
        await at.press("enter")
        await at.type(LEE_PIN)
        await at.press("enter")

        at.showing(TodayScreen)


async def test_only_the_coordinators_pin_leads_out_of_a_locked_down_kiosk(
    desk: Desk, folder: Path
) -> None:
    async with sit_down(desk, folder, None, locked=True) as at:
        app = at.app
        at.showing(SignInScreen)
        await at.press("ctrl+q")
        await at.press("enter")
        await at.type(LEE_PIN)
        await at.press("enter")
        assert app._running
        assert app.return_code is None
        assert desk.center.staff["s1"].failed == 1, "the wrong try is on record"
        await at.press("ctrl+q", "enter")
        await at.type(DANA_PIN)
        await at.press("enter")

        assert app.return_code == 0


@pytest.mark.parametrize("locked", [False, True])
async def test_no_key_but_the_sign_ins_own_leads_out(
    desk: Desk, folder: Path, locked: bool
) -> None:
    async with sit_down(desk, folder, DANA, locked=locked) as at:
        await at.press("ctrl+q", "ctrl+c", "ctrl+z", "ctrl+p", "ctrl+d", "f10")

        assert at.app.return_code is None
        at.showing(TodayScreen)


async def test_a_command_after_the_kiosk_has_closed_is_no_fault(
    desk: Desk, folder: Path
) -> None:
    async with sit_down(desk, folder, LEE) as sitting:
        app = sitting.app
    with pytest.raises(asyncio.CancelledError):
        await app.worker.run_work(desk.catch_up)


def test_the_help_of_checks_made_one_by_one_offers_no_key_for_all() -> None:
    field = MultiChoiceField("room", "Room", (("a", "A"),), one_by_one=True)
    several = MultiChoiceField("who", "Who", (("a", "A"),))
    assert ("Space", "Check or uncheck") in keys_of((field,))
    assert ("Space", "Check or uncheck (a: all or none)") in keys_of((several,))


async def test_the_start_is_judged_once_for_all_that_is_drawn_in_a_second(
    desk: Desk, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_session(desk, 2, Stage.CHECK_IN)
    async with sit_down(desk, folder, LEE) as at:
        await at.show(StartScreen("a"))
        asked: list[object] = []
        judge = Preview.refusal

        def counted(
            preview: Preview, command: Any, *about: Any, **options: Any
        ) -> Refused | None:
            asked.append(command)
            return judge(preview, command, *about, **options)

        monkeypatch.setattr(Preview, "refusal", counted)
        for seconds in (1, 2):
            advance(desk, 1000)
            at.screen.redraw_record()
            at.screen.redraw_time()
            assert len(asked) == seconds
