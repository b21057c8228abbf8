"""Every key on every screen: doubled, held, pasted, and what a terminal says by itself.

A key that slips records at most what one press of it records, and text that nobody
typed records nothing.
"""

import string
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from textual import events
from textual.screen import Screen

from cptkiosk.desk import Desk
from cptkiosk.domain.state.session import Stage
from cptkiosk.ui.enter_guard import EnterGuard
from cptkiosk.ui.screens.bundle_queue import BundleQueueScreen
from cptkiosk.ui.screens.find import FindScreen
from cptkiosk.ui.screens.irregularities import IrregularitiesScreen
from cptkiosk.ui.screens.irregularity import IrregularityScreen
from cptkiosk.ui.screens.muster import MusterScreen
from cptkiosk.ui.screens.person import PersonScreen
from cptkiosk.ui.screens.plan import PlanScreen
from cptkiosk.ui.screens.records import RecordsScreen
from cptkiosk.ui.screens.roll_call import RollCallScreen
from cptkiosk.ui.screens.roster.check import RosterCheckScreen
from cptkiosk.ui.screens.roster.screen import RosterScreen
from cptkiosk.ui.screens.seat_map import SeatMapScreen
from cptkiosk.ui.screens.sign_in import LockScreen, SignInScreen
from cptkiosk.ui.screens.staff import StaffScreen
from cptkiosk.ui.screens.today import TodayScreen
from cptkiosk.ui.screens.vendor.check import VendorCheckScreen
from cptkiosk.ui.screens.wall import WallScreen
from cptkiosk.ui.terminal.parser import TerminalParser, mark_bursts
from support.center import DANA, staffed
from support.clock import HandClock
from support.crowds import in_stage
from support.samples import Samples
from support.screens import screen_for
from support.sessions import a_session, seated
from support.sitting import Sitting, sit_down

ROSTER = Path(__file__).parents[1] / "data" / "rosters" / "vendor-user-codes.csv"

Prepare = Callable[[Desk], object]
Open = Callable[[], Screen[None]]


def ready(desk: Desk) -> None:
    """Leave everybody seated, to be started."""
    for one in a_session(desk, 3, Stage.CHECK_IN).attempts:
        seated(desk, "a", one)


def staged(stage: Stage) -> Prepare:
    return lambda desk: in_stage(desk, stage)


def place(name: str) -> Open:
    return lambda: screen_for(name, "a")


SCREENS: dict[str, tuple[Prepare, Open]] = {
    "today": (staged(Stage.RUNNING), TodayScreen),
    "people": (staged(Stage.PLANNED), place("people")),
    "check-in": (staged(Stage.CHECK_IN), place("check-in")),
    "start": (ready, place("start")),
    "testing": (staged(Stage.RUNNING), place("testing")),
    "late arrivals": (staged(Stage.RUNNING), place("check-in")),
    "halted": (staged(Stage.HALTED), place("testing")),
    "muster": (staged(Stage.HALTED), lambda: MusterScreen("a")),
    "roll call": (staged(Stage.HALTED), lambda: RollCallScreen("a")),
    "scores": (staged(Stage.ENDED), place("scores")),
    "close-out": (staged(Stage.ENDED), place("close-out")),
    "sealed": (staged(Stage.SEALED), place("close-out")),
    "irregularities": (staged(Stage.RUNNING), lambda: IrregularitiesScreen("a")),
    "records": (staged(Stage.SEALED), RecordsScreen),
    "upload": (staged(Stage.SEALED), BundleQueueScreen),
    "staff": (staged(Stage.PLANNED), StaffScreen),
    "person": (staged(Stage.RUNNING), lambda: PersonScreen("testing")),
    "find": (staged(Stage.RUNNING), FindScreen),
    "sign-in": (staged(Stage.RUNNING), SignInScreen),
    "lock": (staged(Stage.RUNNING), LockScreen),
    "seats": (
        staged(Stage.CHECK_IN),
        lambda: SeatMapScreen("a", None, lambda attempt_id: None),
    ),
    "wall": (staged(Stage.RUNNING), lambda: WallScreen("a")),
    "plan": (staged(Stage.PLANNED), PlanScreen),
    "irregularity": (staged(Stage.RUNNING), lambda: IrregularityScreen("a", ())),
    "roster file": (staged(Stage.PLANNED), RosterScreen),
    "roster": (staged(Stage.PLANNED), lambda: RosterCheckScreen(ROSTER)),
    "vendor's report": (staged(Stage.SEALED), lambda: VendorCheckScreen(ROSTER)),
}

NAMED = (
    "enter", "space", "tab", "shift+tab", "backspace", "delete", "insert", "home",
    "end", "pageup", "pagedown", "up", "down", "left", "right",
    *(f"f{n}" for n in range(1, 13)),
    *(f"ctrl+{letter}" for letter in string.ascii_lowercase if letter not in "lq"),
)  # fmt: skip
"""Keys with a name, but those that lock or leave."""

KEYS = (*NAMED, *string.digits, *string.punctuation, *string.ascii_letters)
"""Capitals last: some of them act on everybody."""

TEXTS = (
    "Note: all finish\rYes\r", "Yes\r", "fbpx", "aAlLuU\r", "20003\r", "sEe\r",
    ":all finish\r", "hHxX\ry", string.ascii_letters, string.printable[:95],
)  # fmt: skip
REPLIES = (
    "\x1b[?64;1;2c", "\x1b[>41;354;0c", "\x1b]11;rgb:ffff/ffff/ffff\x1b\\",
    "\x1bP>|PuTTY\x1b\\", "\x1b[24;80R", "\x1b[8;24;80t", "\x1b[?1u", "\x1b[<0;9;9M",
    "\x1b[M fA", "\x1b[102~", "\x1b[65A", "\x1b_Gi=1;OK\x1b\\", "\x1b[I", "\x1b[O",
)  # fmt: skip

Check = Callable[[Sitting, Screen[None], Desk], Awaitable[None]]


def key_event(key: str, at_s: float) -> events.Key:
    """Return a key as a keyboard sends it at a time."""
    if len(key) == 1:
        ((event,),) = [[*TerminalParser().feed(key)]]
        assert isinstance(event, events.Key)
    else:
        event = events.Key(key, {"enter": "\r", "space": " ", "tab": "\t"}.get(key))
    event.time = at_s
    return event


async def back(sitting: Sitting, screen: Screen[None]) -> None:
    """Come back to a screen from what a key has opened; one that was left stays left."""
    while sitting.screen is not screen and screen in sitting.app.screen_stack:
        await sitting.app.pop_screen()
    await sitting.settle()


async def pressed(sitting: Sitting, key: str, times: list[float]) -> None:
    for at_s in times:
        sitting.app.post_message(key_event(key, at_s))
        if key == "enter":
            await sitting.settle()
    await sitting.settle()


ONCE = [0.0]
SLIPS = {
    "doubled": [0.0, 0.2],
    "held": [0.0, *(0.3 + n / 30 for n in range(10))],
}


class Sittings:
    """A sitting at one screen, restarted on a copy once a key has changed anything."""

    def __init__(self, name: str, samples: Samples, folder: Path) -> None:
        self._prepare, self._make = SCREENS[name]
        self._name, self._samples, self._folder = name, samples, folder
        self._stack, self._number = AsyncExitStack(), 0
        self._open: tuple[Sitting, Screen[None], Desk] | None = None

    async def at_screen(self) -> tuple[Sitting, Screen[None], Desk]:
        """Return a sitting with nothing but the screen open, and its desk."""
        if self._open is None:
            self._number += 1
            folder = self._folder / str(self._number)
            desk = self._samples.center(
                f"keys at {self._name}", self._build, folder, HandClock()
            )
            desk.session("a")
            self._stack.callback(desk.ledger.close)
            sitting = await self._stack.enter_async_context(
                sit_down(desk, folder, DANA)
            )
            screen = self._make()
            await sitting.show(screen)
            self._open = sitting, screen, desk
        return self._open

    def _build(self, desk: Desk) -> None:
        self._prepare(staffed(desk))

    async def recorded(self, key: str, times: list[float]) -> int:
        """Return how many entries a key records that goes down at these times."""
        sitting, screen, desk = await self.at_screen()
        sitting.app.enter_guard = EnterGuard()
        before, begins_s = desk.ledger.head().seq, events.Event().time + 5
        await pressed(sitting, key, [begins_s + one for one in times])
        count = desk.ledger.head().seq - before
        if count or screen not in sitting.app.screen_stack:
            await self.close()
        else:
            await back(sitting, screen)
        return count

    async def close(self) -> None:
        """Leave the kiosk; what is asked for next begins a new one."""
        self._open = None
        await self._stack.aclose()
        self._stack = AsyncExitStack()


@pytest.mark.parametrize("name", SCREENS)
async def test_a_key_that_slips_records_no_more_than_one_press(
    samples: Samples, tmp_path: Path, name: str
) -> None:
    sittings, found = Sittings(name, samples, tmp_path / "keys"), []
    for key in KEYS:
        slips = {way: await sittings.recorded(key, at) for way, at in SLIPS.items()}
        if any(slips.values()):
            once = await sittings.recorded(key, ONCE)
            if max(slips.values()) > once:
                found.append(f"{key}: {slips}, pressed once {once}")
    await sittings.close()
    assert not found


async def send(sitting: Sitting, text: str) -> None:
    for one in mark_bursts(TerminalParser().feed(text)):
        sitting.app.post_message(one)
    await sitting.settle()


@pytest.mark.parametrize("name", SCREENS)
async def test_untyped_text_records_nothing(
    desk: Desk, folder: Path, name: str
) -> None:
    prepare, make = SCREENS[name]
    prepare(desk)
    async with sit_down(desk, folder, DANA) as sitting:
        screen = make()
        await sitting.show(screen)
        before = desk.ledger.head()
        for reply in REPLIES:
            await send(sitting, reply)
            assert sitting.screen is screen, repr(reply)
        for text in TEXTS:
            sitting.app.post_message(events.Paste(text))
            await sitting.settle()
            await send(sitting, text)
            assert desk.ledger.head() == before, text
            await back(sitting, screen)
