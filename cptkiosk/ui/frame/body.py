"""What a screen with a list lays out between the Next line and the status line."""

from collections.abc import Iterator

from textual.widget import Widget

from cptkiosk.ui.widgets.filterable_table import Column, FilterableTable
from cptkiosk.ui.widgets.plain_text import PlainText


class ListBody:
    """A list, and lines of text around it; each text is drawn by its name."""

    def __init__(
        self,
        *columns: Column,
        empty: str = "",
        markable: bool = False,
        above: tuple[str, ...] = (),
        below: tuple[str, ...] = (),
    ) -> None:
        """Declare a list of `columns`; `empty` is said while there are no rows."""
        self._columns, self._empty, self._markable = columns, empty, markable
        self._above, self._below = above, below

    def lay_out(self) -> Iterator[Widget]:
        """Yield the list and the texts, from top to bottom."""
        for name in self._above:
            yield PlainText(id=name)
        yield FilterableTable(
            *self._columns, empty=self._empty, markable=self._markable
        )
        for name in self._below:
            yield PlainText(id=name)
