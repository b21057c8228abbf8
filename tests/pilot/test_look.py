"""Looks, signs and help: everything readable, in color or without, on any terminal."""

import importlib
import pkgutil
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import fields
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rich.cells import cell_len
from rich.color import Color, ColorSystem
from rich.color_triplet import ColorTriplet
from rich.segment import Segment
from rich.style import Style
from textual.screen import Screen
from textual.strip import Strip
from textual.theme import Theme

from cptkiosk.desk import Desk
from cptkiosk.domain.state.attempt import AttemptProgress
from cptkiosk.domain.state.session import Stage
from cptkiosk.host.data_directory import Paths, keep_look, looks_in
from cptkiosk.ui import attempt_rows, screens
from cptkiosk.ui.app import KioskApp
from cptkiosk.ui.dialogs.form_dialog import FormDialog
from cptkiosk.ui.dialogs.key_help import IN_PARENTHESES, PageScreen
from cptkiosk.ui.frame.kiosk_screen import HELP, KioskScreen
from cptkiosk.ui.screens.irregularities import IrregularitiesScreen
from cptkiosk.ui.screens.irregularity import IrregularityScreen
from cptkiosk.ui.screens.person import PersonScreen
from cptkiosk.ui.screens.plan import PlanScreen
from cptkiosk.ui.screens.records import RecordsScreen
from cptkiosk.ui.screens.roll_call import RollCallScreen
from cptkiosk.ui.screens.roster.screen import RosterScreen
from cptkiosk.ui.screens.sign_in import SignInScreen
from cptkiosk.ui.screens.today import TodayScreen
from cptkiosk.ui.screens.wall import WallScreen
from cptkiosk.ui.terminal.glyphs import (
    ASCII,
    UNICODE,
    Glyphs,
    encoding_for,
    glyphs_for,
    spelling,
)
from cptkiosk.ui.terminal.screen_buffer import cells_of
from cptkiosk.ui.theme import BRIGHT, CONTRAST, DARK, MONO, THEMES, first_look
from cptkiosk.ui.widgets.bars import KeyHint, _hint
from cptkiosk.ui.widgets.key_list import KeyList
from support.center import DANA, LEE
from support.screens import screen_for
from support.sessions import a_session
from support.sitting import Sitting, sit_down

READABLE, VERY_READABLE = 4.5, 7.0
"""Contrasts of text that WCAG 2 asks for at its levels AA and AAA."""

PLACES = ("people", "check-in", "start", "testing", "scores", "close-out")
SCREENS: dict[str, Callable[[], Screen[Any]]] = {
    **{place: partial(screen_for, place, "a") for place in PLACES},
    "today": TodayScreen,
    "plan": PlanScreen,
    "roster": RosterScreen,
    "records": RecordsScreen,
    "wall": WallScreen,
    "sign-in": SignInScreen,
    "person": lambda: PersonScreen("P1"),
    "roll call": lambda: RollCallScreen("a"),
    "irregularity": lambda: IrregularityScreen("a", ()),
    "irregularities": lambda: IrregularitiesScreen("a"),
}


@pytest.fixture(autouse=True)
def a_good_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing depend on the terminal that the tests run on."""
    monkeypatch.setenv("TERM", "xterm-256color")
    for name in ("NO_COLOR", "COLORTERM", "LC_ALL", "LC_CTYPE"):
        monkeypatch.delenv(name, raising=False)


def every_screen_class() -> list[Any]:
    for module in pkgutil.iter_modules(screens.__path__):
        importlib.import_module(f"{screens.__name__}.{module.name}")
    found, waiting = [], [KioskScreen]
    while waiting:
        kind = waiting.pop()
        found.append(kind)
        waiting += kind.__subclasses__()
    return sorted({one for one in found if one.ACTIONS}, key=lambda one: one.__name__)


def shine(color: ColorTriplet) -> float:
    """Return the relative luminance of a color."""
    parts = [one / 255 for one in color]
    linear: list[float] = [
        one / 12.92 if one <= 0.03928 else ((one + 0.055) / 1.055) ** 2.4
        for one in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: ColorTriplet, other: ColorTriplet) -> float:
    dark, light = sorted((shine(one), shine(other)))
    return (light + 0.05) / (dark + 0.05)


def written(
    sitting: Sitting, colors: ColorSystem | None = None
) -> Iterator[tuple[str, float]]:
    """Yield text and contrast of all that can be read; not what a question dims."""
    front = sitting.screen.query("#dialog")
    region = front.first().region if front else sitting.screen.region
    for strip in sitting.screen._compositor.render_strips()[region.y : region.bottom]:
        for text, style, _ in strip.crop(region.x, region.right):
            if text.strip() and style and style.color and style.bgcolor:
                pair: tuple[Color, ...] = style.color, style.bgcolor
                if colors is not None:
                    pair = tuple(one.downgrade(colors) for one in pair)
                ratio = contrast(*(one.get_truecolor() for one in pair))
                yield text.strip(), 1.0 if style.dim else round(ratio, 2)


async def pages(sitting: Sitting) -> AsyncIterator[str]:
    """Open one page after the other."""
    yield "today"
    for place in ("check-in", "testing", "scores", "close-out"):
        await sitting.show(screen_for(place, "a"))
        yield place
    for key in ("question_mark", "i"):
        await sitting.show(screen_for("testing", "a"))
        await sitting.press(key)
        yield key
    await sitting.show(screen_for("testing", "a"))
    await sitting.press("h")
    yield "halt"


# Looks


@pytest.mark.parametrize("look", THEMES, ids=lambda one: one.name)
async def test_all_text_can_be_read_in_every_look(
    desk: Desk, folder: Path, look: Theme
) -> None:
    least = VERY_READABLE if look.name in {CONTRAST.name, MONO.name} else READABLE
    a_session(desk, 3)
    async with sit_down(desk, folder, LEE) as sitting:
        sitting.app.theme = look.name
        await sitting.settle()
        async for name in pages(sitting):
            poor = {(one, ratio) for one, ratio in written(sitting) if ratio < least}
            assert not poor, name


async def test_the_look_of_terminals_with_few_colors_can_be_read_on_them(
    desk: Desk, folder: Path
) -> None:
    a_session(desk, 3)
    async with sit_down(desk, folder, LEE) as sitting:
        sitting.app.theme = first_look({"TERM": "linux"})
        await sitting.settle()
        async for name in pages(sitting):
            shown = written(sitting, ColorSystem.STANDARD)
            poor = {(one, ratio) for one, ratio in shown if ratio < READABLE}
            assert not poor, name


async def test_a_key_on_today_changes_the_look_and_it_is_kept_for_that_person(
    desk: Desk, folder: Path
) -> None:
    async with sit_down(desk, folder, LEE) as sitting:
        assert sitting.app.theme == DARK.name
        await sitting.press("T")
        assert sitting.app.theme == BRIGHT.name
        assert "bright" in sitting.frame
    async with sit_down(desk, folder, LEE) as sitting:
        assert sitting.app.theme == BRIGHT.name
    async with sit_down(desk, folder, DANA) as sitting:
        assert sitting.app.theme == DARK.name


async def test_four_times_the_key_comes_back_to_the_first_look(
    desk: Desk, folder: Path
) -> None:
    async with sit_down(desk, folder, LEE) as sitting:
        worn = [sitting.app.theme]
        for _ in THEMES:
            await sitting.press("T")
            worn.append(sitting.app.theme)
        assert len(set(worn)) == len(THEMES)
        assert worn[0] == worn[-1]


async def test_no_color_overrides_the_chosen_look(
    desk: Desk, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_look(Paths(folder).looks, LEE.staff_id, BRIGHT.name)
    monkeypatch.setenv("NO_COLOR", "1")
    async with sit_down(desk, folder, LEE) as sitting:
        assert sitting.app.theme == MONO.name
        assert sitting.app.sent_colors is None
        await sitting.press("T")
        assert sitting.app.theme == MONO.name
        assert "shows no colors" in sitting.words


def test_a_file_of_looks_that_is_broken_is_no_reason_to_stop(folder: Path) -> None:
    path = Paths(folder).looks
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("{", encoding="utf-8")
    assert looks_in(path) == {}
    keep_look(path, "s1", "cpt-dark")
    keep_look(path, "s2", "cpt-bright")
    assert looks_in(path) == {"s1": "cpt-dark", "s2": "cpt-bright"}
    assert list(path.parent.iterdir()) == [path]
    assert path.stat().st_mode & 0o077 == 0


async def test_a_look_that_cannot_be_kept_is_worn_all_the_same(
    desk: Desk, folder: Path
) -> None:
    Paths(folder).looks.mkdir()
    async with sit_down(desk, folder, LEE) as sitting:
        await sitting.press("T")
        assert sitting.app.theme == BRIGHT.name
        assert "not saved" in sitting.words


@pytest.mark.parametrize(
    ("environ", "look"),
    [
        ({"TERM": "xterm-256color"}, DARK),
        ({"TERM": "xterm", "COLORTERM": "truecolor"}, DARK),
        ({"TERM": "linux"}, CONTRAST),
        ({"TERM": "xterm-16color"}, CONTRAST),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, MONO),
        ({"TERM": "xterm-256color", "NO_COLOR": ""}, DARK),
        ({"TERM": "vt100"}, MONO),
        ({"TERM": "xterm-mono"}, MONO),
    ],
    ids=str,
)
def test_the_first_look_is_one_the_terminal_can_show(
    environ: dict[str, str], look: Theme
) -> None:
    assert first_look(environ) == look.name


# Nothing by color alone


@pytest.mark.parametrize("glyphs", [UNICODE, ASCII], ids=["unicode", "ascii"])
def test_every_state_has_a_word_and_a_sign_of_its_own(glyphs: Glyphs) -> None:
    def words_of(one: AttemptProgress, *, on_break: bool) -> str:
        attempt: Any = SimpleNamespace(on_break=on_break, late=False)
        return attempt_rows.state_words(attempt, one, glyphs)

    said = [words_of(one, on_break=False) for one in AttemptProgress]
    said.append(words_of(AttemptProgress.TESTING, on_break=True))
    signs, words = zip(*(one.split(" ", 1) for one in said), strict=True)

    assert len(set(signs)) == len(said)
    assert len(set(words)) == len(said)
    assert {cell_len(sign) for sign in signs} == {1}
    assert "".join(signs).isascii() == glyphs.plain


@pytest.mark.parametrize("glyphs", [UNICODE, ASCII], ids=["unicode", "ascii"])
def test_every_sign_is_one_cell_wide(glyphs: Glyphs) -> None:
    for field in fields(Glyphs):
        sign = getattr(glyphs, field.name)
        if field.name != "plain":
            assert cell_len(sign) == 1, field.name
            assert sign.isascii() or not glyphs.plain


def test_a_key_that_does_nothing_now_shows_it_without_color() -> None:
    on, off = (
        "".join(text for text, _ in _hint(KeyHint("b", "break", enabled)))
        for enabled in (True, False)
    )
    assert (on, off) == ("b break", "(b break)")


async def test_a_halt_is_visible_without_color(desk: Desk, folder: Path) -> None:
    a_session(desk, 2, stage=Stage.HALTED)
    async with sit_down(desk, folder, LEE) as sitting:
        await sitting.show(screen_for("testing", "a"))
        assert "HALTED since" in sitting.frame
        assert sitting.frame.count("■ halted") == 2


# Poor terminals


@pytest.mark.parametrize(
    ("locale", "encoding"),
    [
        ("", "utf-8"),
        ("C", "utf-8"),
        ("C.UTF-8", "utf-8"),
        ("de_DE.UTF-8@euro", "utf-8"),
        ("en_US.ISO-8859-1", "iso8859-1"),
        ("en_US", "ascii"),
        ("xx_XX.nonsense", "ascii"),
    ],
)
def test_letters_are_sent_as_the_locale_says(locale: str, encoding: str) -> None:
    environ = {"TERM": "xterm", "LANG": locale}

    assert encoding_for(environ) == encoding
    assert glyphs_for(environ).plain == (encoding != "utf-8")


@pytest.mark.parametrize(
    ("encoding", "text", "shown"),
    [
        ("iso8859-1", "Marí\u0301a Nguyễn", None),
        ("iso8859-1", "│ Ana ╭──╮", "| Ana +--+"),
        ("iso8859-1", "Aïssatou", "Aïssatou"),
        ("iso8859-1", "佐藤, 陽子", "????, ????"),
        ("ascii", "García …", "Garc?a ."),
    ],
)
def test_text_a_terminal_cannot_show_keeps_its_width(
    encoding: str, text: str, shown: str | None
) -> None:
    spell = spelling(encoding, ASCII)
    assert spell is not None
    spelled = spell(text)

    assert cell_len(spelled) == cell_len(text)
    assert spelled.encode(encoding)
    assert shown in {None, spelled}


def test_without_colors_no_color_code_is_sent() -> None:
    style = Style(color="#ff0000", bgcolor="#00ff00", bold=True, reverse=True)
    cells = cells_of(Strip([Segment("a", style)]), None)

    assert cells == [("a", "1;7")]


# Help


@pytest.mark.parametrize("kind", every_screen_class(), ids=lambda one: one.__name__)
def test_every_key_of_every_screen_does_something_and_says_what(kind: Any) -> None:
    keys = kind.action_table.all
    for key in keys:
        assert len(key.help) > 3
        assert not key.help.endswith(".")
    assert len({one.key for one in keys}) == len(keys), "one key, one meaning"
    assert {"help", "repaint"} & {one.id for one in keys}


@pytest.mark.parametrize("name", SCREENS)
async def test_the_help_of_a_screen_has_all_its_keys_and_reasons(
    desk: Desk, folder: Path, name: str
) -> None:
    a_session(desk, 2, stage=Stage.HALTED)
    async with sit_down(desk, folder, LEE) as sitting:
        await sitting.show(SCREENS[name]())
        screen = sitting.screen
        assert isinstance(screen, KioskScreen)
        keys = screen.action_table.all
        reasons = {one: screen.why_not(one) for one in keys}
        HELP.run(screen)
        await sitting.settle()
        sitting.showing(PageScreen)
        shown = sitting.screen.query_one(KeyList).rows
        listed = [(one.shown_key, one.help, why) for one, why in reasons.items()]
        dimmed = [IN_PARENTHESES] if any(reasons.values()) else []
        listed = dimmed + listed
        assert list(shown)[: len(listed)] == listed
        assert {one.key for one in keys} <= set(screen._bindings.key_to_bindings)


async def test_the_help_of_a_question_lists_its_keys(desk: Desk, folder: Path) -> None:
    a_session(desk, 2)
    async with sit_down(desk, folder, LEE) as sitting:
        for key in ("h", "c", "p", "x", "z", "v", "n"):
            await sitting.show(screen_for("testing", "a"))
            await sitting.press(key)
            sitting.showing(FormDialog)
            await sitting.press("f1")
            sitting.showing(PageScreen)
            assert "Esc" in sitting.frame
            assert "Enter" in sitting.frame


async def test_help_longer_than_the_screen_says_so_and_scrolls(
    desk: Desk, folder: Path
) -> None:
    a_session(desk, 2)
    async with sit_down(desk, folder, LEE) as sitting:
        await sitting.show(screen_for("testing", "a"))
        await sitting.press("question_mark")
        assert "Down, PgDn: more" in sitting.frame
        assert "Redraw the screen" not in sitting.frame
        await sitting.press("end")
        assert "Redraw the screen" in sitting.frame


async def test_help_that_fits_does_not_speak_of_scrolling(
    desk: Desk, folder: Path
) -> None:
    async with sit_down(desk, folder, LEE) as sitting:
        await sitting.press("question_mark")
        assert isinstance(sitting.app, KioskApp)
        assert "Down, PgDn: more" not in sitting.frame
