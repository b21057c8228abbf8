"""The economical app on a real terminal: same picture, fewer and harmless bytes."""

import re
import sys
from collections.abc import Callable
from pathlib import Path

import pyte
import pytest
from rich.color import ColorSystem
from rich.segment import Segment
from textual._compositor import ChopsUpdate
from textual.strip import Strip

from cptkiosk.ui.terminal.delta_output import _put_spans
from cptkiosk.ui.terminal.screen_buffer import ScreenBuffer, cells_of, harmless
from support.terminal import FRAME_ENDS, Terminal
from support.walk import DRAWN_AFRESH

DEMO = Path(__file__).with_name("delta_output_demo.py")
ROOT = DEMO.parents[2]


def demo(*arguments: str) -> Terminal:
    """Start the demonstration."""
    program = (sys.executable, DEMO, *arguments)
    return Terminal(program=program, environ={"PYTHONPATH": str(ROOT)})


def close(terminal: Terminal) -> None:
    terminal.press("x")
    terminal.wait_gone("a dialogue")


Step = tuple[str, Callable[[Terminal], None], tuple[str, ...]]
STEPS: tuple[Step, ...] = (
    ("start", lambda _: None, ("row 0", "A18")),
    ("scrolled", lambda one: one.send(b"\x1b[6~" * 3), ("row 57",)),
    ("dialogue", lambda one: one.press("d"), ("a dialogue over the list",)),
    ("closed", close, ("row 57",)),
    ("larger", lambda one: one.resize(100, 30), ("row 57", "A62")),
    ("smaller", lambda one: one.resize(80, 24), ("row 57",)),
    ("filtered", lambda one: one.press("/mar"), ("/mar_",)),
)
"""Scroll, open and close a dialogue, resize: a moment, how it comes, what it shows."""


@pytest.mark.slow
def test_the_terminal_shows_the_same_with_and_without_it() -> None:
    with demo() as economical, demo("stock") as stock:
        for moment, do, shows in STEPS:
            for terminal in (economical, stock):
                do(terminal)
            for terminal in (economical, stock):
                terminal.wait_for(*shows)
            wait_same(economical, stock, moment)
        assert len(economical.raw) * 2 < len(stock.raw)


def test_a_resize_is_drawn_on_an_empty_screen() -> None:
    with demo() as terminal:
        terminal.wait_for("row 0", "A19")
        before = len(terminal.raw)
        terminal.resize(100, 30)
        terminal.wait_until(
            lambda: FRAME_ENDS in terminal.raw[before:].partition(DRAWN_AFRESH)[2],
            "a frame on an empty screen",
        )
        terminal.wait_for("row 0", "A19")


def wait_same(ours: Terminal, theirs: Terminal, moment: str) -> None:
    """Wait until two terminals show the same, in the same colors."""

    def are_same() -> bool:
        theirs.settled()
        return ours.picture() == theirs.picture()

    ours.wait_until(are_same, f"the same picture, {moment}, as\n{theirs.text}\n")


@pytest.mark.slow
def test_a_redraw_repairs_the_terminal() -> None:
    with demo() as terminal:
        before = terminal.wait_for("row 0", "A18")
        terminal.wipe()
        assert terminal.text != before
        terminal.press("r")
        terminal.wait_until(lambda: terminal.text == before, "the screen as it was")


@pytest.mark.slow
def test_no_name_can_steer_the_terminal() -> None:
    with demo() as terminal:
        terminal.wait_for("row 0", "A18")
        before = len(terminal.raw)
        terminal.press("h")
        terminal.wait_for("hostile", "[red]x[/foo]", "raw ?]52;c;x", "?]52;c;x?")
        sent = terminal.raw[before:].decode()
        plain = re.sub(r"\x1b\[(?:\?2026[hl]|[0-9;]*[Hm])", "", sent)
        assert plain == harmless(plain)
        assert "]52;c;x" in plain


@pytest.mark.slow
def test_the_same_names_do_reach_the_terminal_without_it() -> None:
    with demo("stock") as terminal:
        terminal.wait_for("row 0", "A18")
        terminal.press("h")
        steering = ("\x9b2J".encode(), b"\x1b]52")
        terminal.wait_until(
            lambda: any(one in terminal.raw for one in steering), "what steers"
        )


def put(buffer: ScreenBuffer, x: int, text: str) -> str:
    buffer.draw_cells(x, 0, cells_of(Strip([Segment(text)]), ColorSystem.TRUECOLOR))
    return buffer.take_output()


def test_only_the_cells_that_differ_are_sent() -> None:
    buffer = ScreenBuffer(40, 1)
    assert "0:42:41" in put(buffer, 0, "Left 0:42:41 of an hour")
    assert put(buffer, 0, "Left 0:42:41 of an hour") == ""
    assert put(buffer, 0, "Left 0:42:40 of an hour") == "\x1b[1;12H\x1b[0m0\x1b[0m"


def test_only_the_changed_part_of_a_line_is_sent() -> None:
    buffer, strip = ScreenBuffer(6, 1), Strip([Segment("abcdef")])
    update = ChopsUpdate([{0: strip}], [(0, 2, 4)], [[6]])
    _put_spans(buffer, update, lambda part: cells_of(part, ColorSystem.TRUECOLOR))
    assert buffer.take_output() == "\x1b[1;3H\x1b[0mcd\x1b[0m"


@pytest.mark.parametrize("at", range(6))
def test_covering_half_of_a_wide_character_leaves_no_ghost(at: int) -> None:
    screen = pyte.Screen(12, 1)
    stream, buffer = pyte.Stream(screen), ScreenBuffer(12, 1)
    for x, text in [(0, "a陽子b陽c"), (at, "xy"), (0, "a陽子b陽c")]:
        stream.feed(put(buffer, x, text))
    assert screen.display[0].rstrip() == "a陽子b陽c"


def test_a_wide_character_does_not_wrap_at_the_edge() -> None:
    assert "陽" not in put(ScreenBuffer(3, 1), 2, "陽")
