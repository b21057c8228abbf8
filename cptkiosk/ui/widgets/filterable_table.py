"""A list of people or things: drawn line by line, so that ten thousand cost no more."""

from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from cptkiosk.ui.widgets.drawing import glyphs_of, looks_of
from cptkiosk.ui.widgets.table_lines import Body, Brush, Head, Line, draw, head_text
from cptkiosk.ui.widgets.table_rows import Column, Layout, Row, Sieve, lay_out

__all__ = ["Column", "FilterableTable", "Row"]

_FILTER_MAX = 40

RowOf = Callable[[str], Row]
"""Makes the row of a key."""


def _no_row(key: str) -> Row:
    return Row(key, ())


class FilterableTable(Widget, can_focus=True):
    """Rows under a fixed head, with a cursor, marks, and a filter typed in place."""

    DEFAULT_CSS = """
    FilterableTable {
        height: 1fr;
        color: $foreground;
        .table--head { color: $text-muted; }
        .table--note { color: $primary; text-style: bold; }
        .table--quiet { color: $text-disabled; }
        .table--attention { color: $warning; }
        .table--alert { color: $error; text-style: bold; }
        .table--good { color: $success; }
        .table--empty { color: $text-muted; }
        .table--here { background: $primary 10%; }
        &:focus .table--here { background: $primary 20%; text-style: bold; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "table--head",
        "table--note",
        "table--quiet",
        "table--attention",
        "table--alert",
        "table--good",
        "table--empty",
        "table--here",
    }

    @dataclass
    class Moved(Message):
        """The cursor is on another row, or on none."""

        table: "FilterableTable"
        key: str

        @property
        def control(self) -> "FilterableTable":
            """The table itself, for `@on` selectors."""
            return self.table

    @dataclass
    class Marked(Message):
        """Other rows are marked than before."""

        table: "FilterableTable"

        @property
        def control(self) -> "FilterableTable":
            """The table itself, for `@on` selectors."""
            return self.table

    def __init__(
        self,
        *columns: Column,
        empty: str = "",
        markable: bool = False,
        id: str | None = None,  # noqa: A002 - Textual's name
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._style_of = looks_of(self, "table")
        self.empty = empty
        self.markable = markable
        self._columns = tuple(columns)
        self._keys: tuple[str, ...] = ()
        self._row_of: RowOf = _no_row
        self._shown: Sequence[str] = ()
        self._cursor = 0
        self._top = 0
        self._key = ""
        self._before = ""
        self._told = ""
        self._marks: set[str] = set()
        self.steps = 0
        """How often the cursor was moved, or rows were searched for, so far."""

        self.slipped_s = float("-inf")
        """When the cursor last came to another row, or marks went, without a key; in the
        seconds of events."""

        self._wanted = ""
        self._typing = False
        self._sieve = Sieve()
        self._layout = Layout()
        self._lines: list[Line] = []

    @property
    def cursor_key(self) -> str:
        """The key of the row under the cursor, or nothing."""
        return self._key

    @property
    def marked(self) -> tuple[str, ...]:
        """The keys of the marked rows in sight, in their order: hidden ones never act."""
        return tuple(key for key in self._shown if key in self._marks)

    @property
    def marks(self) -> frozenset[str]:
        """The keys of all marked rows, also of those that a filter hides."""
        return frozenset(self._marks)

    @property
    def filtering(self) -> bool:
        """Whether letters go to the filter just now."""
        return self._typing

    @property
    def shown_keys(self) -> tuple[str, ...]:
        """The keys of the rows that the filter leaves."""
        return tuple(self._shown)

    def set_columns(self, columns: Sequence[Column]) -> None:
        """Show `columns` from now on."""
        if tuple(columns) != self._columns:
            self._columns = tuple(columns)
            self._arrange()

    def set_rows(self, rows: Iterable[Row]) -> None:
        """Show `rows`, keeping the cursor and the marks on the same ones."""
        found = {row.key: row for row in rows}
        self.set_listing(tuple(found), found.__getitem__)

    def set_listing(self, keys: tuple[str, ...], row_of: RowOf) -> None:
        """Show a row for each of `keys`, made only for those in sight.

        The cursor and the marks stay on the same ones.
        """
        self._row_of = row_of
        if keys != self._keys:
            self._keys = keys
            known = set(keys)
            self._marks &= known
            self._sieve.forget_all_but(known)
        elif not self._wanted:
            self._settle()
            return
        with self.by_itself():
            self._sift(nearest=True)

    @contextmanager
    def by_itself(self) -> Iterator[None]:
        """Note when the cursor is moved, but by no key."""
        before = self._key
        yield
        if before not in {"", self._key}:
            self.slipped_s = events.Event().time

    def move_to(self, key: str) -> bool:
        """Put the cursor on the row `key`; tell whether there is such a row.

        A filter that hides the row is taken off.
        """
        if key not in self._keys:
            return False
        if key not in self._shown:
            self.clear_filter()
        self._go(self._shown.index(key))
        return True

    def move_to_id(self, id_: str) -> bool:
        """Put the cursor on the row of somebody by their ID; tell whether there is one."""
        rows = map(self._row_of, self._keys)
        whose = (row.key for row in rows if id_ == row.id_)
        return self.move_to(next(whose, ""))

    def move_by(self, steps: int) -> None:
        """Move the cursor down, or up if `steps` is negative, as far as it goes."""
        self._go(self._cursor + steps)

    def toggle_mark(self) -> None:
        """Mark the row under the cursor, or take its mark off."""
        if self._key:
            self._marks ^= {self._key}
            self._settle()
            self.post_message(self.Marked(self))

    def unmark(self, keys: Set[str]) -> None:
        """Take the marks off these rows: what they were marked for is done."""
        if keys & self._marks:
            self._marks -= keys
            self.slipped_s = events.Event().time
            self._settle()
            self.post_message(self.Marked(self))

    def clear_marks(self) -> None:
        """Unmark all rows."""
        if self._marks:
            self._marks.clear()
            self._settle()
            self.post_message(self.Marked(self))

    def start_filter(self) -> None:
        """Let letters narrow the rows from now on."""
        self._typing = True
        self._settle()

    def clear_filter(self) -> None:
        """Show all rows again."""
        self._typing = False
        self._want("")

    def on_mount(self) -> None:
        """Lay out what was set before."""
        self._arrange()

    def on_resize(self) -> None:
        """Share out the new width."""
        self._arrange()

    def on_blur(self) -> None:
        """Stop typing, as letters now go elsewhere."""
        self._typing = False
        self._settle()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the lines that all rows and the head take."""
        return 1 + max(1, len(self._shown))

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Say that letters are text while a filter is typed."""
        return self._typing and character is not None and character.isprintable()

    def on_key(self, event: events.Key) -> None:
        """Move, mark or filter; leave all other keys to the screen."""
        used = self._typed(event) if self._typing else self._pressed(event)
        if used or self._stepped(event.key):
            event.stop()
            event.prevent_default()

    def on_paste(self, event: events.Paste) -> None:
        """Search for what is pasted while a search is typed."""
        if self._typing:
            event.stop()
            line = (event.text.strip().splitlines() or [""])[0]
            self._want((self._wanted + line)[:_FILTER_MAX])

    def _stepped(self, key: str) -> bool:
        """Move the cursor if `key` is one that does."""
        page = max(1, self.size.height - 2)
        steps = {"up": -1, "down": 1, "pageup": -page, "pagedown": page}
        if key in steps:
            self.move_by(steps[key])
        elif key == "home":
            self._go(0)
        elif key == "end":
            self._go(len(self._shown) - 1)
        else:
            return False
        return True

    def _pressed(self, event: events.Key) -> bool:
        """Do what a key does outside of typing; tell whether it does anything."""
        if event.character == "/":
            self.start_filter()
        elif event.key == "space" and self.markable and self._key:
            self.toggle_mark()
        elif event.key == "escape" and self._wanted:
            self.clear_filter()
        else:
            return False
        return True

    def _typed(self, event: events.Key) -> bool:
        """Edit the filter; tell whether the key does."""
        if event.key == "enter":
            self._typing = False
            self._settle()
        elif event.key == "escape":
            self.clear_filter()
        elif event.key == "backspace":
            self._typing = bool(self._wanted)
            self._want(self._wanted[:-1])
        elif event.character is not None and event.is_printable:
            self._want((self._wanted + event.character)[:_FILTER_MAX])
        else:
            return False
        return True

    def _want(self, wanted: str) -> None:
        """Narrow the rows to those with `wanted`."""
        self.steps += 1
        self._wanted = wanted
        self._sift(nearest=False)

    def _sift(self, *, nearest: bool) -> None:
        """Filter again, and find the cursor's row among what is left."""
        before = len(self._shown)
        self._shown = self._keys
        if self._wanted:
            rows = map(self._row_of, self._keys)
            self._shown = [row.key for row in self._sieve.keep(rows, self._wanted)]
        key, at = self._key or self._before, self._cursor if nearest else 0
        if key in self._shown:
            at = self._shown.index(key)
        self._cursor = max(0, min(at, len(self._shown) - 1))
        if self.styles.is_auto_height and len(self._shown) != before:
            self.refresh(layout=True)
        self._settle()

    def _go(self, at: int) -> None:
        """Put the cursor on the row `at`, or the nearest there is."""
        self.steps += 1
        self._cursor = max(0, min(at, len(self._shown) - 1))
        self._settle()

    def _arrange(self) -> None:
        """Share out the width, and draw anew if that changed anything."""
        width = self.size.width - self._margin
        layout = lay_out(self._columns, width, self.app.size.width)
        if layout != self._layout:
            self._layout = layout
            self.refresh()
        self._settle()

    @property
    def _margin(self) -> int:
        """The cells before the first column: cursor, mark, blank."""
        return 3 if self.markable else 2

    def _settle(self) -> None:
        """Bring lines, cursor and messages in line; redraw the lines that changed."""
        if self._key:
            # Where the cursor comes back to if a search finds nobody.
            self._before = self._key
        self._key = self._shown[self._cursor] if self._shown else ""
        if not self.is_attached:
            return
        if self._key != self._told:
            self._told = self._key
            self.post_message(self.Moved(self, self._key))
        lines = self._wanted_lines()
        for y, line in enumerate(lines):
            if y >= len(self._lines) or self._lines[y] != line:
                self.refresh(Region(0, y, self.size.width, 1))
        self._lines = lines

    def _wanted_lines(self) -> list[Line]:
        """Return what each line of the widget should show now."""
        room = max(0, self.size.height - 1)
        count = len(self._shown)
        first = max(self._top, self._cursor - room + 1) if room else 0
        self._top = max(0, min(first, self._cursor, count - room))
        seen = self._shown[self._top : self._top + room]
        lines: list[Line] = [Head(self._note(count - self._top - len(seen)))]
        for at, key in enumerate(seen, self._top):
            lines.append(
                Body(self._row_of(key), at == self._cursor, key in self._marks)
            )
        blanks: list[Line] = [""] * (room - len(seen))
        if not seen and room:
            nothing = f"nothing matches /{self._wanted}"
            blanks[(room - 1) // 2] = nothing if self._wanted else self.empty
        return lines + blanks

    def _note(self, below: int) -> str:
        """Return what the head says at its end: in full if that covers no title."""
        glyphs = glyphs_of(self)
        found = []
        if self._typing or self._wanted:
            found.append(f"/{self._wanted}{'_' if self._typing else ''}")
            found.append(f"{len(self._shown)} of {len(self._keys)}")
        signs = [(glyphs.up, self._top), (glyphs.down, max(0, below))]
        beyond = [f"{sign} {count}" for sign, count in signs if count]
        if not self._marks:
            return "  ".join([*found, *beyond])
        count = f"{glyphs.mark} {len(self._marks)}"
        whole = "  ".join([f"{count} marked", *found, *beyond])
        titles = head_text(self._layout, self._titles, self._brush)
        if cell_len(titles) + 1 + cell_len(whole) <= self.size.width:
            return whole
        count, *beyond = (one.replace(" ", "") for one in (count, *beyond))
        return " ".join([count, *found, *beyond])

    def render_line(self, y: int) -> Strip:
        """Draw one line."""
        line = self._lines[y] if y < len(self._lines) else ""
        return draw(line, self._layout, self._titles, self._brush)

    @property
    def _titles(self) -> list[str]:
        return [one.title for one in self._columns]

    @property
    def _brush(self) -> Brush:
        return Brush(self.size.width, glyphs_of(self), self._style_of, self.markable)
