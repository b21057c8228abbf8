"""Which rows of a table are shown, where its cursor is, and which rows are marked."""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

from cptkiosk.domain.text import fold_text
from cptkiosk.ui.widgets.table_rows import Row

FILTER_MAX = 40
"""How many letters a filter takes."""

ROWS_KNOWN_MAX = 20_000
"""Of so many rows it is remembered what they say."""

RowOf = Callable[[str], Row]
"""Makes the row of a key."""


class RowFilter:
    """The text that narrows rows."""

    def __init__(self) -> None:
        self.text = ""
        self.typing = False
        """Whether letters go to the filter just now."""

    def edit(self, key: str, letter: str | None) -> bool:
        """Do what a key does while the filter is typed; tell whether it does anything.

        Args:
            key: its name.
            letter: what it prints, if anything.
        """
        if key == "enter":
            self.typing = False
        elif key == "escape":
            self.clear()
        elif key == "backspace":
            self.typing = bool(self.text)
            self.text = self.text[:-1]
        elif letter is not None:
            self.add(letter)
        else:
            return False
        return True

    def add(self, text: str) -> None:
        """Type `text`, as much of it as there is room for."""
        self.text = (self.text + text)[:FILTER_MAX]

    def clear(self) -> None:
        """Let all rows through again."""
        self.typing, self.text = False, ""

    def keys_of(self, rows: Iterable[Row]) -> list[str]:
        """Return which of `rows` have every word of the text somewhere."""
        terms = fold_text(self.text).split()
        return [
            row.key
            for row in rows
            if all(term in _fold_cells(*row.cells, row.id_) for term in terms)
        ]


@lru_cache(maxsize=ROWS_KNOWN_MAX)
def _fold_cells(*cells: str) -> str:
    """Return what a row says, folded; remembered, as each letter asks it of every row."""
    return fold_text(" ".join(cells))


class RowSelection:
    """The cursor and the marks, which stay on the same rows while rows come and go."""

    def __init__(self) -> None:
        self.keys: tuple[str, ...] = ()
        """All rows there are."""

        self.shown: Sequence[str] = ()
        """The rows that the filter leaves."""

        self.at = 0
        """The place of the cursor among them."""

        self.key = ""
        """The row under the cursor, or an empty string."""

        self.marks: frozenset[str] = frozenset()
        """All marked rows, also those that the filter hides."""

        self.filter = RowFilter()
        self._last_key = ""
        self._came_from = ""
        """Where the cursor was before the search that is typed, or found no one."""

    def set_keys(self, keys: tuple[str, ...]) -> None:
        """Take other rows; marks are for those that are still there."""
        self.keys = keys
        self.marks &= frozenset(keys)

    def start_search(self) -> None:
        """Let letters narrow the rows; the cursor comes back unless it finds a row."""
        self.filter.typing = True
        self._came_from = self.key or self._last_key

    def keep_found(self) -> None:
        """Let the cursor stay on the row that the search found, if it found any."""
        if self.key:
            self._came_from = ""

    def apply_filter(self, row_of: RowOf, *, nearest: bool) -> None:
        """Show what the filter leaves, the cursor on the row it was on.

        If that is gone it goes to the nearest, or else to the first. It comes back to
        its row after a search that was left, or found no one.
        """
        key, at = self.key or self._last_key, self.at if nearest else 0
        if not self.filter.typing and not self.filter.text:
            key, self._came_from = self._came_from or key, ""
        self.shown = self.keys
        if self.filter.text:
            self.shown = self.filter.keys_of(map(row_of, self.keys))
        self.move_to(self.shown.index(key) if key in self.shown else at)

    def move_to(self, at: int) -> None:
        """Put the cursor on the row at this place, or the nearest there is."""
        self.at = max(0, min(at, len(self.shown) - 1))
        self._last_key = self.key or self._last_key
        self.key = self.shown[self.at] if self.shown else ""
