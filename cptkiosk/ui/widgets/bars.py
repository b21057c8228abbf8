"""One-line bars: who and when, the walk, the next step, what was recorded, the keys."""

from collections.abc import Sequence
from functools import lru_cache
from typing import ClassVar, Literal, NamedTuple

from textual.geometry import Size

from cptkiosk.ui.terminal.glyphs import Glyphs
from cptkiosk.ui.widgets.drawing import (
    Piece,
    broken,
    cut_inside,
    glyphs_of,
    two_ends,
    width_of,
)
from cptkiosk.ui.widgets.line_widget import LineWidget, looks

Tone = Literal["ok", "pending", "warning", "error"]


class KeyHint(NamedTuple):
    """A key, what it does, and whether it would do it now."""

    key: str
    label: str
    enabled: bool = True


class Bar(LineWidget):
    """A line of text with two ends, redrawn only when it says something else.

    A bar of automatic height wraps its sentence, so that it is never cut short.
    """

    DEFAULT_CSS = """
    Bar {
        height: 1;
        padding: 0 1;
        background: $panel;
        .look--here { text-style: bold reverse; color: $primary; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = looks(
        "strong", "muted", "key", "good", "warning", "alert", "quiet", "here"
    )
    _said: object = None
    _text = ""
    _height = 1

    def _say(self, content: object) -> None:
        """Remember `content`, and redraw if it is new."""
        if content != self._said:
            self._said = content
            self.refresh()

    # A sentence that takes as many lines as it needs

    def _beside(self, glyphs: Glyphs) -> Piece:
        """Return what stands beside each line of a sentence that wraps."""
        return ("", "")

    def _say_wrapped(self, content: object) -> None:
        """Redraw if `content` is new, with another height if it needs one."""
        if content == self._said:
            return
        self._say(content)
        if len(self._wrap_text(self.content_size.width)) != self._height:
            self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return how many lines the sentence takes."""
        self._height = len(self._wrap_text(width))
        return self._height

    def _wrap_text(self, width: int) -> list[str]:
        """Return the sentence broken into lines between words."""
        room = max(10, width - width_of([self._beside(glyphs_of(self))]))
        return broken(self._text, room)


class HeaderBar(Bar):
    """What runs, what is wrong here, where this is, who sits here, and the time."""

    _clocks: tuple[str, ...] = ()
    _mark, _left, _code, _who, _role, _time = "", "", "", "", "", ""

    def show_text(
        self,
        left: str,
        time: str = "",
        *,
        clocks: Sequence[str] = (),
        mark: str = "",
        code: str = "",
        who: str = "",
        role: str = "",
    ) -> None:
        """Say where this is, who sits here, and the time.

        Args:
            left: the name of the center.
            time: the wall clock, which is never cut.
            clocks: what runs, never cut either.
            mark: what is wrong here.
            code: the center's code, the first thing to go where there is no room.
            who: who sits here.
            role: their role, the next thing to go.
        """
        self._clocks, self._mark = tuple(clocks), mark
        self._left, self._code, self._time = left, code, time
        self._who, self._role = who, role
        self._say((self._clocks, mark, left, code, who, role, time))

    def draw_line(self, y: int, width: int, glyphs: Glyphs) -> Sequence[Piece]:
        """Leave out the code, then the role; cut the name in its middle at last."""
        role = f", {self._role}" if self._role else ""
        code = f" · {self._code}" if self._code else ""
        for code_shown, role_shown in ((code, role), ("", role), ("", "")):
            right = "  ".join(filter(None, (f"{self._who}{role_shown}", self._time)))
            left = self._around(f"{self._left}{code_shown}", glyphs)
            room = width - width_of(left) - width_of([(right, "")]) - 1
            if room >= 0:
                break
        else:
            name_width = width_of([(self._left, "")])
            name = cut_inside(self._left, max(0, name_width + room), glyphs)
            left = self._around(name, glyphs)
        return two_ends(left, [(right, "")], width, glyphs)

    def _around(self, name: str, glyphs: Glyphs) -> list[Piece]:
        """Return the left end with the name of the center as far as it is shown."""
        before = "".join(f"{text} · " for text in self._clocks)
        if not self._mark:
            return [(f"{before}{name}", "strong")]
        mark = (f"{glyphs.attention} {self._mark}", "warning")
        return [(before, "strong"), mark, (f" · {name}", "strong")]


class StageBar(Bar):
    """The walk: what is done, where we are, what is to come."""

    DEFAULT_CSS = """
    StageBar { background: $surface; }
    """
    _stages: tuple[str, ...] = ()
    _current, _right = 0, ""

    def show_stages(self, stages: Sequence[str], current: int, right: str = "") -> None:
        """Say that `stages[current]` is where we are; before it, all is done."""
        self._stages, self._current, self._right = tuple(stages), current, right
        self._say((self._stages, current, right))

    def draw_line(self, y: int, width: int, glyphs: Glyphs) -> Sequence[Piece]:
        """Keep all stages in sight; the right end gets what room is left."""
        for gap in ("  ", " "):
            walk = self._walk(gap, glyphs)
            if width_of(walk) + width_of([(self._right, "")]) + 2 <= width:
                return two_ends(walk, [(self._right, "muted")], width, glyphs)
        if width_of(walk) > width and self._stages:
            count = f"{self._current + 1} of {len(self._stages)} "
            walk = [(count, "muted"), (self._mark_current(), "here")]
        room = width - width_of(walk) - 2
        if room < 4 or not self._right:
            return two_ends(walk, [], width, glyphs)
        return two_ends([*walk, ("  ", ""), (self._right, "muted")], [], width, glyphs)

    def _mark_current(self) -> str:
        """Return the current stage so that it stands out without color."""
        inside = 0 <= self._current < len(self._stages)
        return f" {self._stages[self._current].upper()} " if inside else ""

    def _walk(self, gap: str, glyphs: Glyphs) -> list[Piece]:
        """Return all stages, `gap` apart."""
        walk: list[Piece] = []
        for at, stage in enumerate(self._stages):
            if at:
                walk.append((gap, ""))
            if at < self._current:
                walk.append((f"{glyphs.done} {stage}", "good"))
            elif at == self._current:
                walk.append((self._mark_current(), "here"))
            else:
                walk.append((stage, "muted"))
        return walk


class NextBar(Bar):
    """The next thing to do, and the key that does it."""

    DEFAULT_CSS = """
    NextBar { background: $primary 20%; height: auto; max-height: 3; }
    """
    _key = ""

    def show_step(self, text: str, key: str = "") -> None:
        """Say `text`, which begins with `Next: `, and that `key` does it."""
        self._text, self._key = text, key
        self._say_wrapped((text, key))

    def _beside(self, glyphs: Glyphs) -> Piece:
        return (f" {self._key}", "")

    def draw_line(self, y: int, width: int, glyphs: Glyphs) -> Sequence[Piece]:
        """Return one line of the sentence; the key is beside the first."""
        lines = self._wrap_text(width)
        if y >= len(lines):
            return ()
        right = [(self._key, "key")] if y == 0 else []
        return two_ends([(lines[y], "strong")], right, width, glyphs)


class StatusBar(Bar):
    """What was recorded last, or what went wrong, in words."""

    DEFAULT_CSS = """
    StatusBar { background: $surface; height: auto; max-height: 6; }
    """
    _right = ""
    _tone: Tone = "ok"

    def show_status(self, text: str, tone: Tone = "ok", right: str = "") -> None:
        """Say `text` in `tone`, and `right` at the other end if there is room."""
        self._text, self._tone, self._right = text, tone, right
        self._say_wrapped((text, tone, right))

    def _beside(self, glyphs: Glyphs) -> Piece:
        return {
            "ok": (f"{glyphs.done} ", "good"),
            "pending": (f"{glyphs.on_break} pending  ", "muted"),
            "warning": (f"{glyphs.attention} ", "warning"),
            "error": (f"{glyphs.attention} ERROR  ", "alert"),
        }[self._tone]

    def draw_line(self, y: int, width: int, glyphs: Glyphs) -> Sequence[Piece]:
        """Return one line of the sentence."""
        lines = self._wrap_text(width)
        if not self._text or y >= len(lines):
            return ()
        sign = self._beside(glyphs)
        look = sign[1] if self._tone in {"warning", "error"} else ""
        start = sign if y == 0 else (" " * width_of([sign]), "")
        right: list[Piece] = []
        if len(lines) == 1 and self._right:
            right = [(self._right, "muted")]
            if width_of([sign, (lines[0], "")]) + width_of(right) + 2 > width:
                right = []
        return two_ends([start, (lines[y], look)], right, width, glyphs)


BACK, HELP = ("Esc",), ("?", "^G")
"""Keys that the key line names at every width, the last ones on it."""


class KeyBar(Bar):
    """What each key does here, as much of it as fits."""

    _hints: tuple[KeyHint, ...] = ()

    def show_keys(self, hints: Sequence[KeyHint | tuple[str, str, bool]]) -> None:
        """Say what `hints` do; those that would be refused are put in brackets."""
        self._hints = tuple(KeyHint(*hint) for hint in hints)
        self._say(self._hints)

    def draw_line(self, y: int, width: int, glyphs: Glyphs) -> Sequence[Piece]:
        """Fit as many as possible; the way back and the help for the others stay."""
        for gap in ("   ", "  "):
            line = _join_hints(self._hints, gap)
            if width_of(line) <= width:
                return two_ends(line, [], width, glyphs)
        kept = [hint for hint in self._hints if hint.key not in (*BACK, *HELP)]
        last = [hint for hint in self._hints if hint.key in BACK]
        last += [KeyHint(hint.key, "more") for hint in self._hints if hint.key in HELP]
        while kept and width_of(_join_hints([*kept, *last], "  ")) > width:
            kept.pop()
        return two_ends(_join_hints([*kept, *last], "  "), [], width, glyphs)


def _join_hints(hints: Sequence[KeyHint], gap: str) -> list[Piece]:
    """Return `hints` in a row, `gap` apart."""
    row: list[Piece] = []
    for at, hint in enumerate(hints):
        row += [(gap, ""), *_hint(hint)] if at else [*_hint(hint)]
    return row


@lru_cache(maxsize=512)
def _hint(hint: KeyHint) -> tuple[Piece, ...]:
    """Return one hint; brackets say without color that it is not for now.

    A line is joined again for each hint that does not fit, so they are kept.
    """
    if not hint.enabled:
        return ((f"({hint.key} {hint.label})", "quiet"),)
    return ((hint.key, "key"), (f" {hint.label}", ""))
