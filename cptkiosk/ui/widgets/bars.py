"""One-line bars: who and when, the walk, the next step, what was recorded, the keys."""

from collections.abc import Sequence
from functools import lru_cache
from typing import ClassVar, Literal, NamedTuple

from textual.geometry import Size
from textual.reactive import reactive

from cptkiosk.ui.terminal.glyphs import Glyphs
from cptkiosk.ui.widgets.drawing import (
    Piece,
    broken,
    cut_inside,
    cut_pieces,
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
    _height = 1

    # A sentence that takes as many lines as it needs

    def _sentence(self, glyphs: Glyphs) -> tuple[str, Piece]:
        """Return a sentence that wraps, and what stands beside each line of it."""
        return "", ("", "")

    def _fit_height(self) -> None:
        """Take another height if the sentence needs one."""
        if len(self._wrap_text(self.content_size.width)) != self._height:
            self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return how many lines the sentence takes."""
        self._height = len(self._wrap_text(width))
        return self._height

    def _wrap_text(self, width: int) -> list[str]:
        """Return the sentence broken into lines between words."""
        text, beside = self._sentence(glyphs_of(self))
        return broken(text, max(10, width - width_of([beside])))


class HeaderText(NamedTuple):
    """What the header says."""

    name: str = ""
    """The name of the center, cut if need be."""

    time: str = ""
    """The wall clock, which is never cut."""

    clocks: tuple[str, ...] = ()
    """What runs, never cut either."""

    mark: str = ""
    """What is wrong here."""

    code: str = ""
    """The center's code, the first thing to go where there is no room."""

    who: str = ""
    role: str = ""
    """The role of who sits here, the next thing to go."""


class HeaderBar(Bar):
    """What runs, what is wrong here, where this is, who sits here, and the time."""

    COMPONENT_CLASSES: ClassVar[set[str]] = looks("strong", "warning")
    said = reactive(HeaderText())

    def draw_line(self, y: int, width: int, glyphs: Glyphs) -> Sequence[Piece]:
        """Leave out the code, then the role; cut the name in its middle at last."""
        said = self.said
        role = f", {said.role}" if said.role else ""
        code = f" · {said.code}" if said.code else ""
        for code_shown, role_shown in ((code, role), ("", role), ("", "")):
            right = "  ".join(filter(None, (f"{said.who}{role_shown}", said.time)))
            left = self._around(f"{said.name}{code_shown}", glyphs)
            room = width - width_of(left) - width_of([(right, "")]) - 1
            if room >= 0:
                break
        else:
            name_width = width_of([(said.name, "")])
            name = cut_inside(said.name, max(0, name_width + room), glyphs)
            left = self._around(name, glyphs)
        return two_ends(left, [(right, "")], width, glyphs)

    def _around(self, name: str, glyphs: Glyphs) -> list[Piece]:
        """Return the left end with the name of the center as far as it is shown."""
        before = "".join(f"{text} · " for text in self.said.clocks)
        if not self.said.mark:
            return [(f"{before}{name}", "strong")]
        mark = (f"{glyphs.attention} {self.said.mark}", "warning")
        return [(before, "strong"), mark, (f" · {name}", "strong")]


class Stages(NamedTuple):
    """A walk, and the place where we are on it: before that, all is done."""

    names: tuple[str, ...] = ()
    at: int = 0
    right: str = ""
    """What stands at the other end."""


class StageBar(Bar):
    """The walk: what is done, where we are, what is to come."""

    DEFAULT_CSS = """
    StageBar { background: $surface; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = looks("good", "here", "muted")
    said = reactive(Stages())

    def draw_line(self, y: int, width: int, glyphs: Glyphs) -> Sequence[Piece]:
        """Keep all stages in sight; the right end gets what room is left."""
        names, at, right = self.said
        for gap in ("  ", " "):
            walk = self._walk(gap, glyphs)
            if width_of(walk) + width_of([(right, "")]) + 2 <= width:
                return two_ends(walk, [(right, "muted")], width, glyphs)
        if width_of(walk) > width and names:
            count = f"{at + 1} of {len(names)} "
            walk = [(count, "muted"), (self._mark_current(), "here")]
        room = width - width_of(walk) - 2
        if room < 4 or not right:
            return two_ends(walk, [], width, glyphs)
        return two_ends([*walk, ("  ", ""), (right, "muted")], [], width, glyphs)

    def _mark_current(self) -> str:
        """Return the current stage so that it stands out without color."""
        names, here, _ = self.said
        return f" {names[here].upper()} " if 0 <= here < len(names) else ""

    def _walk(self, gap: str, glyphs: Glyphs) -> list[Piece]:
        """Return all stages, `gap` apart."""
        walk: list[Piece] = []
        for at, stage in enumerate(self.said.names):
            if at:
                walk.append((gap, ""))
            if at < self.said.at:
                walk.append((f"{glyphs.done} {stage}", "good"))
            elif at == self.said.at:
                walk.append((self._mark_current(), "here"))
            else:
                walk.append((stage, "muted"))
        return walk


class NextBar(Bar):
    """The next thing to do, and the key that does it."""

    DEFAULT_CSS = """
    NextBar { background: $primary 20%; height: auto; max-height: 3; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = looks("strong", "key")
    said = reactive(("", ""))
    """The step, which begins with `Next: `, and the key that does it."""

    def watch_said(self) -> None:
        """Take as many lines as the step needs."""
        self._fit_height()

    def _sentence(self, glyphs: Glyphs) -> tuple[str, Piece]:
        text, key = self.said
        return text, (f" {key}", "")

    def draw_line(self, y: int, width: int, glyphs: Glyphs) -> Sequence[Piece]:
        """Return one line of the sentence; the key is beside the first."""
        lines = self._wrap_text(width)
        if y >= len(lines):
            return ()
        right = [(self.said[1], "key")] if y == 0 else []
        return two_ends([(lines[y], "strong")], right, width, glyphs)


class Status(NamedTuple):
    """A sentence in its tone, and what is said at the other end if there is room."""

    text: str = ""
    tone: Tone = "ok"
    right: str = ""


class StatusBar(Bar):
    """What was recorded last, or what went wrong, in words."""

    DEFAULT_CSS = """
    StatusBar { background: $surface; height: auto; max-height: 6; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = looks("good", "muted", "warning", "alert")
    said = reactive(Status())

    def watch_said(self) -> None:
        """Take as many lines as the sentence needs."""
        self._fit_height()

    def _sentence(self, glyphs: Glyphs) -> tuple[str, Piece]:
        signs = {
            "ok": (f"{glyphs.done} ", "good"),
            "pending": (f"{glyphs.on_break} pending  ", "muted"),
            "warning": (f"{glyphs.attention} ", "warning"),
            "error": (f"{glyphs.attention} ERROR  ", "alert"),
        }
        return self.said.text, signs[self.said.tone]

    def draw_line(self, y: int, width: int, glyphs: Glyphs) -> Sequence[Piece]:
        """Return one line of the sentence."""
        text, tone, note = self.said
        lines = self._wrap_text(width)
        if not text or y >= len(lines):
            return ()
        sign = self._sentence(glyphs)[1]
        look = sign[1] if tone in {"warning", "error"} else ""
        start = sign if y == 0 else (" " * width_of([sign]), "")
        right: list[Piece] = []
        if len(lines) == 1 and note:
            right = [(note, "muted")]
            if width_of([sign, (lines[0], "")]) + width_of(right) + 2 > width:
                right = []
        return two_ends([start, (lines[y], look)], right, width, glyphs)


BACK, HELP = ("Esc",), ("?", "^G")
"""Keys that the key line names at every width, the last ones on it."""


class KeyBar(Bar):
    """What each key does here, as much of it as fits."""

    COMPONENT_CLASSES: ClassVar[set[str]] = looks("key", "quiet")
    said: reactive[tuple[KeyHint, ...]] = reactive(())
    """The keys; those that would be refused are put in brackets."""

    def draw_line(self, y: int, width: int, glyphs: Glyphs) -> Sequence[Piece]:
        """Fit as many as possible; the way back and the help for the others stay."""
        for gap in ("   ", "  "):
            line = _join_hints(self.said, gap)
            if width_of(line) <= width:
                return two_ends(line, [], width, glyphs)
        kept = [hint for hint in self.said if hint.key not in (*BACK, *HELP)]
        last = [hint for hint in self.said if hint.key in BACK]
        last += [KeyHint(hint.key, "more") for hint in self.said if hint.key in HELP]
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


BAR_MIN = 10


class ProgressBar(Bar):
    """So many of so many, as a bar and in numbers; redrawn only when that changes."""

    DEFAULT_CSS = """
    ProgressBar { background: $surface; padding: 0; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = looks("strong", "good", "muted")
    said = reactive((0, 0, 0))
    """How many are done, of how many, after how many seconds; of none, only these."""

    def draw_line(self, y: int, width: int, glyphs: Glyphs) -> Sequence[Piece]:
        """Keep the numbers whole; the bar gets the rest."""
        done, of, seconds = self.said
        text = f"  {seconds} s"
        if not of:
            return cut_pieces([(f"working{text}", "strong")], width, glyphs)
        done = min(done, of)
        text = f"  {done:,} of {of:,}  {done * 100 // of:>3}%{text}"
        room = max(BAR_MIN, width - len(text) - 2)
        full = done * room // of
        pieces = [
            ("[", ""),
            (glyphs.full * full, "good"),
            (glyphs.dot * (room - full), "muted"),
            ("]", ""),
            (text, "strong"),
        ]
        return cut_pieces(pieces, width, glyphs)
