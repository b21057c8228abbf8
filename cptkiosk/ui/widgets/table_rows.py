"""What a table is made of: columns, rows, and how they are laid out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rich.cells import cell_len

from cptkiosk.ui.terminal.glyphs import Glyphs
from cptkiosk.ui.widgets.drawing import fit_text

_GROWING_MIN = 6


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its title, how wide it is, and on which screens it is shown."""

    title: str
    width: int
    grow: bool = False
    right: bool = False
    min_screen: int = 0
    keeps: str = ""
    """From the last of this sign on nothing is cut; what stands before it is."""


class Row(NamedTuple):
    """A row: what it is known by, what its cells say, in which tone, and whose it is."""

    key: str
    cells: tuple[str, ...]
    tone: str = ""
    id_: str = ""
    """The ID of the person it is about: found by a search, also where it is not shown."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns that are shown, and how wide each one is now."""

    places: tuple[int, ...] = ()
    widths: tuple[int, ...] = ()
    rights: tuple[bool, ...] = ()
    keeps: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    """Of all columns, in the order in which rows have their cells."""

    def join_cells(self, cells: Sequence[str], glyphs: Glyphs) -> str:
        """Return `cells` in their columns, one blank apart."""
        return " ".join(
            _cell(cells[place] if place < len(cells) else "", width, glyphs, end, keeps)
            for place, width, end, keeps in zip(
                self.places, self.widths, self.rights, self.keeps, strict=True
            )
        )


def _cell(text: str, width: int, glyphs: Glyphs, right: bool, keeps: str) -> str:
    """Return the text of a cell in its width, its end kept if that is wanted."""
    head, sign, tail = text.rpartition(keeps) if keeps else ("", "", text)
    kept = cell_len(sign + tail)
    if not sign or cell_len(text) <= width or kept >= width:
        return fit_text(text, width, glyphs, right=right)
    return fit_text(head, width - kept, glyphs) + fit_text(sign + tail, kept, glyphs)


def lay_out(columns: Sequence[Column], width: int, screen_width: int) -> Layout:
    """Return how `columns` share `width` cells; growing ones take or give the rest."""
    shown = [
        (place, column)
        for place, column in enumerate(columns)
        if column.min_screen <= screen_width
    ]
    widths = [column.width for _, column in shown]
    growing = [at for at, (_, column) in enumerate(shown) if column.grow]
    spare = width - sum(widths) - max(0, len(shown) - 1)
    for left, at in zip(range(len(growing), 0, -1), growing, strict=True):
        least = min(_GROWING_MIN, widths[at])
        share = max(spare // left, least - widths[at])
        widths[at] += share
        spare -= share
    return Layout(
        tuple(place for place, _ in shown),
        tuple(widths),
        tuple(column.right for _, column in shown),
        tuple(column.keeps for _, column in shown),
        tuple(column.title for column in columns),
    )
