"""A list of people or things to go through, mark and search by keyboard."""

from collections.abc import Iterable, Iterator, Set
from contextlib import contextmanager
from dataclasses import dataclass

from textual import events
from textual.message import Message

from cptkiosk.ui.widgets.row_selection import RowOf
from cptkiosk.ui.widgets.row_table import RowTable
from cptkiosk.ui.widgets.table_rows import Column, Row

__all__ = ["Column", "FilterableTable", "Row"]


class FilterableTable(RowTable):
    """A table with a cursor, marks, and a filter typed in place."""

    @dataclass
    class Moved(Message):
        """The cursor is on another row, or on none."""

        table: "FilterableTable"
        key: str

    @dataclass
    class Marked(Message):
        """Other rows are marked than before."""

        table: "FilterableTable"

    _told_key = ""
    steps = 0
    """How often the cursor was moved, or rows were searched for, so far."""

    slipped_s = float("-inf")
    """When the cursor last came to another row, or marks went, without a key; in the
    seconds of events."""

    @property
    def cursor_key(self) -> str:
        """The key of the row under the cursor, or an empty string."""
        return self._rows.key

    @property
    def marked_keys(self) -> tuple[str, ...]:
        """The keys of the marked rows in sight, in their order: hidden ones never act."""
        return tuple(key for key in self._rows.shown if key in self._rows.marks)

    @property
    def marks(self) -> frozenset[str]:
        """The keys of all marked rows, also of those that a filter hides."""
        return self._rows.marks

    @property
    def filtering(self) -> bool:
        """Whether letters go to the filter just now."""
        return self._rows.filter.typing

    @property
    def shown_keys(self) -> tuple[str, ...]:
        """The keys of the rows that the filter leaves."""
        return tuple(self._rows.shown)

    def set_rows(self, rows: Iterable[Row]) -> None:
        """Show `rows`, keeping the cursor and the marks on the same ones."""
        found = {row.key: row for row in rows}
        self.set_listing(tuple(found), found.__getitem__)

    def set_listing(self, keys: tuple[str, ...], row_of: RowOf) -> None:
        """Show a row for each of `keys`, made only for those in sight.

        The cursor and the marks stay on the same ones.
        """
        self._row_of = row_of
        if keys != self._rows.keys:
            self._rows.set_keys(keys)
        elif not self._rows.filter.text:
            self._settle()
            return
        with self.by_itself():
            self._apply_filter(nearest=True)

    @contextmanager
    def by_itself(self) -> Iterator[None]:
        """Note when the cursor is moved, but by no key."""
        before = self._rows.key
        yield
        if before not in {"", self._rows.key}:
            self.slipped_s = events.Event().time

    def move_to(self, key: str) -> bool:
        """Put the cursor on the row `key`; tell whether there is such a row.

        A filter that hides the row is taken off.
        """
        if key not in self._rows.keys:
            return False
        if key not in self._rows.shown:
            self.clear_filter()
        self._go(self._rows.shown.index(key))
        return True

    def move_to_id(self, id_: str) -> bool:
        """Put the cursor on the row of someone by their ID; tell whether there is one."""
        rows = map(self._row_of, self._rows.keys)
        whose = (row.key for row in rows if id_ == row.id_)
        return self.move_to(next(whose, ""))

    def move_by(self, steps: int) -> None:
        """Move the cursor down, or up if `steps` is negative, as far as it goes."""
        self._go(self._rows.at + steps)

    def toggle_mark(self) -> None:
        """Mark the row under the cursor, or take its mark off."""
        if self._rows.key:
            self._mark(self._rows.marks ^ {self._rows.key})

    def unmark(self, keys: Set[str]) -> None:
        """Take the marks off these rows: what they were marked for is done."""
        if keys & self._rows.marks:
            self.slipped_s = events.Event().time
            self._mark(self._rows.marks - keys)

    def clear_marks(self) -> None:
        """Unmark all rows."""
        if self._rows.marks:
            self._mark(frozenset())

    def _mark(self, marks: frozenset[str]) -> None:
        self._rows.marks = marks
        self._settle()
        self.post_message(self.Marked(self))

    def start_filter(self) -> None:
        """Let letters narrow the rows from now on."""
        self._rows.start_search()
        self._settle()

    def clear_filter(self) -> None:
        """Show all rows again."""
        self._rows.filter.clear()
        self._search()

    def on_blur(self) -> None:
        """Stop typing, as letters now go elsewhere."""
        self._rows.filter.typing = False
        self._rows.keep_found()
        self._settle()

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Say that letters are text while a filter is typed."""
        typing = self._rows.filter.typing
        return typing and character is not None and character.isprintable()

    def on_key(self, event: events.Key) -> None:
        """Move, mark or filter; leave all other keys to the screen."""
        used = (
            self._edit_filter(event)
            if self._rows.filter.typing
            else self._press_key(event)
        )
        if used or self._step_cursor(event.key):
            event.stop()
            event.prevent_default()

    def on_paste(self, event: events.Paste) -> None:
        """Search for what is pasted while a search is typed."""
        if self.filtering:
            event.stop()
            self._rows.filter.add((event.text.strip().splitlines() or [""])[0])
            self._search()

    def _step_cursor(self, key: str) -> bool:
        """Move the cursor if `key` is one that does."""
        page, last = max(1, self.size.height - 2), len(self._rows.shown) - 1
        steps = {"up": -1, "down": 1, "pageup": -page, "pagedown": page}
        ends = {"home": 0, "end": last}
        if key in steps:
            self.move_by(steps[key])
        elif key in ends:
            self._go(ends[key])
        return key in steps or key in ends

    def _press_key(self, event: events.Key) -> bool:
        """Do what a key does outside of typing; tell whether it does anything."""
        if event.character == "/":
            self.start_filter()
        elif event.key == "space" and self.markable and self._rows.key:
            self.toggle_mark()
        elif event.key == "escape" and self._rows.filter.text:
            self.clear_filter()
        else:
            return False
        return True

    def _edit_filter(self, event: events.Key) -> bool:
        """Edit the filter; tell whether the key does."""
        letter = event.character if event.is_printable else None
        if not self._rows.filter.edit(event.key, letter):
            return False
        if event.key == "enter":
            self._rows.keep_found()
            self._settle()
        else:
            self._search()
        return True

    def _search(self) -> None:
        """Narrow the rows to what the filter says now."""
        self.steps += 1
        self._apply_filter(nearest=False)

    def _apply_filter(self, *, nearest: bool) -> None:
        """Filter again, and find the cursor's row among what is left."""
        before = len(self._rows.shown)
        self._rows.apply_filter(self._row_of, nearest=nearest)
        if self.styles.is_auto_height and len(self._rows.shown) != before:
            self.refresh(layout=True)
        self._settle()

    def _go(self, at: int) -> None:
        """Put the cursor on the row `at`, or the nearest there is."""
        self.steps += 1
        self._rows.move_to(at)
        self._settle()

    def _settle(self) -> None:
        """Tell where the cursor is now, too."""
        if self.is_attached and self._rows.key != self._told_key:
            self._told_key = self._rows.key
            self.post_message(self.Moved(self, self._told_key))
        super()._settle()
