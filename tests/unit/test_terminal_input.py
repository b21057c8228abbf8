"""What a terminal sends becomes keys, pastes, or nothing; cut anywhere, too."""

import pytest
from textual import _parser, events, messages
from textual.message import Message

from cptkiosk.ui.terminal.parser import (
    LONGEST_PASTE,
    TerminalParser,
    burst_of,
    mark_bursts,
)

REPLIES = {
    "device attributes": "\x1b[?64;1;2;6;9;15;18;21;22c",
    "device attributes of a console": "\x1b[?6c",
    "secondary device attributes": "\x1b[>41;354;0c",
    "tertiary device attributes": "\x1bP!|00000000\x1b\\",
    "status": "\x1b[0n",
    "cursor position": "\x1b[24;80R",
    "cursor position of DEC": "\x1b[?24;80;1R",
    "color of the background": "\x1b]11;rgb:ffff/ffff/ffff\x1b\\",
    "color ended by a bell": "\x1b]11;rgb:ffff/ffff/ffff\x07",
    "palette": "\x1b]4;1;rgb:cccc/0000/0000\x1b\\",
    "clipboard": "\x1b]52;c;ZmZmZg==\x07",
    "name of xterm": "\x1bP>|XTerm(370)\x1b\\",
    "name of PuTTY": "\x1bP>|PuTTY\x1b\\",
    "setting": "\x1bP1$r0m\x1b\\",
    "capability": "\x1bP1+r544e=787465726d\x1b\\",
    "graphics": "\x1b_Gi=31;OK\x1b\\",
    "privacy message": "\x1b^fff\x1b\\",
    "start of string": "\x1bXfff\x1b\\",
    "keyboard flags": "\x1b[?1u",
    "color scheme": "\x1b[?997;1n",
    "window size in cells": "\x1b[8;24;80t",
    "window size in pixels": "\x1b[4;480;800t",
    "window title": "\x1b]lfinish all\x1b\\",
    "mouse": "\x1b[<0;33;12M",
    "mouse let go": "\x1b[<0;33;12m",
    "old mouse": "\x1b[M fA",
    "mouse of rxvt": "\x1b[32;33;12M",
    "a mode that nobody asked for": "\x1b[4;1$y",
    "unknown with a letter's number": "\x1b[102A",
    "unknown with a tilde": "\x1b[102~",
    "no character": "\x1b[99999999999999u",
    "one-character device attributes": "\x9b?64;1;2c",
    "one-character name": "\x90>|PuTTY\x9c",
}


class Line:
    """A terminal's line into a parser, and the clock beside it."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.now_s = 100.0
        patch.setattr(_parser, "get_time", lambda: self.now_s)
        self.parser = TerminalParser()

    def send(self, *parts: str, gap_s: float = 0.0) -> list[Message]:
        """Send parts, and return what they mean."""
        told: list[Message] = []
        for part in parts:
            told += self.parser.feed(part)
            told += self.wait(gap_s)
        return told

    def wait(self, seconds: float) -> list[Message]:
        """Let time pass as the input thread does."""
        self.now_s += seconds
        return list(self.parser.tick())


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch) -> Line:
    return Line(monkeypatch)


def keys(told: list[Message]) -> list[str]:
    """Return the names of the keys; nothing else may be among them."""
    for one in told:
        assert isinstance(one, events.Key), one
    return [one.key for one in told if isinstance(one, events.Key)]


def splits(text: str) -> list[tuple[str, str]]:
    return [(text[:at], text[at:]) for at in range(1, len(text))]


@pytest.mark.parametrize("reply", REPLIES.values(), ids=REPLIES)
def test_an_answer_of_a_terminal_is_swallowed_whole(line: Line, reply: str) -> None:
    assert line.send(reply) == []
    assert keys(line.send("f")) == ["f"]


@pytest.mark.parametrize("reply", REPLIES.values(), ids=REPLIES)
def test_an_answer_cut_at_any_byte_is_swallowed(line: Line, reply: str) -> None:
    for first, rest in splits(reply):
        assert line.send(first, rest, gap_s=0.05) == [], (first, rest)
        assert keys(line.send("f")) == ["f"]
        line.wait(5)


@pytest.mark.parametrize("reply", REPLIES.values(), ids=REPLIES)
def test_an_answer_without_its_end_takes_no_key_with_it(line: Line, reply: str) -> None:
    for first, _ in splits(reply):
        told = keys(line.send(first) + line.wait(5))
        # An Esc alone is the key; with one more character it is nobody's key.
        assert told in ([], ["escape"], ["alt+shift+p"]), first
        assert keys(line.send("f")) == ["f"]


@pytest.mark.parametrize("reply", ["\x1b[?64;1c", "\x1b]11;rgb:ff/ff/ff\x07"])
def test_an_answer_whose_start_was_taken_for_esc_is_swallowed_all_the_same(
    line: Line, reply: str
) -> None:
    assert keys(line.send(reply[0], gap_s=0.3)) == ["escape"]
    assert line.send(reply[1:]) == []


@pytest.mark.parametrize(
    ("sent", "key"),
    [
        ("f", "f"), ("\r", "enter"), (" ", "space"), ("\x7f", "backspace"),
        ("\x1b[A", "up"), ("\x1bOB", "down"), ("\x1b[5~", "pageup"), ("\x1b[Z", "shift+tab"),
        ("\x1bOP", "f1"), ("\x1b[[A", "f1"), ("\x1b[11~", "f1"), ("\x1b[1;5C", "ctrl+right"),
        ("\x1b[7$", "shift+home"), ("\x1b[97u", "a"), ("\x1b[13u", "enter"), ("\x1b[1;1A", "up"),
        ("\x0c", "ctrl+l"), ("é", "é"),
    ],
)  # fmt: skip
def test_a_key_is_a_key_however_it_is_cut(line: Line, sent: str, key: str) -> None:
    assert keys(line.send(sent)) == [key]
    for first, rest in splits(sent):
        assert keys(line.send(first, rest, gap_s=0.05)) == [key], (first, rest)


def test_esc_is_a_key_once_nothing_follows(line: Line) -> None:
    assert line.send("\x1b") == []
    assert keys(line.wait(0.2)) == ["escape"]
    assert keys(line.send("\x1b\x1b") + line.wait(0.2)) == ["escape", "escape"]
    assert keys(line.send("f")) == ["f"]


def test_answers_the_driver_asks_for_reach_it(line: Line) -> None:
    (mode,) = line.send("\x1b[?2026;2$y")
    assert isinstance(mode, messages.TerminalSupportsSynchronizedOutput)
    (resize,) = line.send("\x1b[48;24;80;480;800t")
    assert isinstance(resize, events.Resize)
    (focus,) = line.send("\x1b[I")
    assert isinstance(focus, events.AppFocus)


# Pastes


@pytest.mark.parametrize("text", ["Yes\nall finish", "", "\x1b[A", "é\x1b[200~x"])
def test_a_paste_is_one_text_however_it_is_cut(line: Line, text: str) -> None:
    marked = f"\x1b[200~{text}\x1b[201~"
    for first, rest in splits(marked):
        (paste,) = line.send(first, rest, gap_s=0.05)
        assert isinstance(paste, events.Paste)
        assert paste.text == text
    assert keys(line.send("f")) == ["f"]


def test_a_paste_that_is_never_closed_ends_and_takes_no_later_key(line: Line) -> None:
    assert line.send("\x1b[200~all finish") == []
    (paste,) = line.wait(1.5)
    assert isinstance(paste, events.Paste)
    assert paste.text == "all finish"
    assert keys(line.send("f")) == ["f"]


def test_a_paste_without_end_takes_no_more_memory_than_it_may(line: Line) -> None:
    line.send("\x1b[200~" + "x" * (3 * LONGEST_PASTE))
    (paste,) = line.send("\x1b[201~")
    assert isinstance(paste, events.Paste)
    assert len(paste.text) <= LONGEST_PASTE + 10


# Bursts


@pytest.mark.parametrize(
    "sent", ["Yes\r", "all finish", "\x1b[Afbpx", "sEe\r", "20003\r"]
)
def test_different_letters_at_once_are_a_burst(line: Line, sent: str) -> None:
    told = mark_bursts(line.send(sent))
    marked = [burst_of(one) for one in told if isinstance(one, events.Key)]
    assert len(set(marked) - {None}) == 1
    assert marked[-1] is not None


@pytest.mark.parametrize(
    "sent",
    [
        "f",
        "ff" * 20,
        "\r\r \r",
        "h\r\r",
        "fb",
        "fb\r",
        "nmo",
        "\x1b[B\x1b[B\x1b[B\x1b[B ",
        "    ",
    ],
)
def test_keys_a_person_can_press_over_a_slow_line_are_no_paste(
    line: Line, sent: str
) -> None:
    told = mark_bursts(line.send(sent))
    assert told
    assert not any(burst_of(one) for one in told if isinstance(one, events.Key))


def test_an_enter_before_the_text_was_pressed_before_it(line: Line) -> None:
    told = mark_bursts(line.send("\r482913\r"))
    marked = [burst_of(one) for one in told if isinstance(one, events.Key)]
    assert marked[0] is None
    assert None not in marked[1:]
