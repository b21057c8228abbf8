"""Pictures of a screen that every viewer draws alike."""

import html
import re
from typing import Any

from rich.cells import cell_len
from textual.app import App

CELL, LINE, BASE = 12.2, 24.65, 18.5
"""Width of a cell, height of a line, and how far its foot is below its top."""

FONT = "Menlo, Consolas, 'DejaVu Sans Mono', 'Noto Sans Mono CJK JP'"
_IDS = re.compile(r"terminal-\d+-")
_FONTS = re.compile(r"@font-face \{.*?\}\s*", re.DOTALL)
_TEXT = re.compile(
    r'<text class="([\w-]+)" x="([\d.]+)" y="([\d.]+)" textLength="[\d.]+"'
    r' clip-path="(url\(#[\w-]+\))">(.*?)</text>'
)
_BLOCKS = {"█": (0.0, 1.0), "▀": (0.0, 0.5), "▄": (0.5, 0.5)}
"""Blocks, drawn as such: where they begin, and how much of the line they take."""

_WORD = re.compile(r"█+|▀+|▄+|[^\s█▀▄]+")


def picture(app: App[Any]) -> str:
    """Return the screen as SVG, without what Textual makes up each time."""
    svg = app.export_screenshot(title="cptkiosk")
    svg = _FONTS.sub("", _IDS.sub("terminal-", svg)).replace("Fira Code", FONT)
    return _TEXT.sub(_word_by_word, svg)


def _word_by_word(found: re.Match[str]) -> str:
    """Put every word where its cell is, as viewers disagree about blanks and widths."""
    look, left, foot, clip, written = found.groups()
    text = html.unescape(written).replace("\xa0", " ")
    parts = []
    for word in _WORD.finditer(text):
        x = float(left) + CELL * cell_len(text[: word.start()])
        said = word.group()
        if said[0] in _BLOCKS:
            above, part = _BLOCKS[said[0]]
            y = float(foot) - BASE + above * LINE
            parts.append(
                f'<rect class="{look}" x="{x:.1f}" y="{y:.2f}"'
                f' width="{CELL * len(said):.1f}" height="{part * LINE:.2f}"'
                ' shape-rendering="crispEdges"/>'
            )
        else:
            parts.append(
                f'<text class="{look}" x="{x:.1f}" y="{foot}"'
                f' textLength="{CELL * cell_len(said):.1f}" clip-path="{clip}">'
                f"{html.escape(said)}</text>"
            )
    return "".join(parts)
