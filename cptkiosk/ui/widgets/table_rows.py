"""What a table is made of: columns, rows, how they are laid out and searched."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from rich.cells import cell_len

from cptkiosk.domain.text import fold
from cptkiosk.ui.terminal.glyphs import Glyphs
from cptkiosk.ui.widgets.drawing import fitted

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

    def line(self, cells: Sequence[str], glyphs: Glyphs) -> str:
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
        return fitted(text, width, glyphs, right=right)
    return fitted(head, width - kept, glyphs) + fitted(sign + tail, kept, glyphs)


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
    )


class Sieve:
    """Finds rows by parts of what they say, remembering how each one reads folded."""

    def __init__(self) -> None:
        self._folded: dict[str, tuple[tuple[str, ...], str]] = {}

    def keep(self, rows: Iterable[Row], wanted: str) -> list[Row]:
        """Return the rows in which every word of `wanted` occurs somewhere."""
        terms = fold(wanted).split()
        if not terms:
            return list(rows)
        return [row for row in rows if self._has(row, terms)]

    def forget_all_but(self, keys: Iterable[str]) -> None:
        """Drop what is remembered of rows that are no more."""
        kept = set(keys)
        self._folded = {key: it for key, it in self._folded.items() if key in kept}

    def _has(self, row: Row, terms: list[str]) -> bool:
        """Tell whether all `terms` occur in `row`."""
        known = self._folded.get(row.key)
        said = (*row.cells, row.id_)
        if known is None or known[0] != said:
            known = (said, fold(" ".join(said)))
            self._folded[row.key] = known
        return all(term in known[1] for term in terms)
