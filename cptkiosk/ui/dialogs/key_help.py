"""Every key of a screen or a question, and why one is not possible now."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.events import Resize
from textual.widget import Widget

from cptkiosk.ui.dialogs.modal import KioskModal
from cptkiosk.ui.widgets.key_list import KeyList
from cptkiosk.ui.widgets.plain_text import PlainText
from cptkiosk.ui.workers import is_open

AROUND = 9
"""Lines around what is to be read: frame, title, and the keys that scroll and leave."""

LEAVES = "Esc: back"
IN_PARENTHESES = ("( )", "In parentheses on the bottom line: not possible now", "")
SCROLLS = "Down, PgDn: more    "


class PageScreen(KioskModal[None]):
    """Something to read over a screen; any of the usual keys leaves it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(key, "leave", "back")
        for key in ("escape", "enter", "question_mark", "ctrl+g", "f1", "q")
    ]

    def __init__(self, title: str, lines: Sequence[Widget]) -> None:
        super().__init__()
        self._title, self._page = title, lines

    def compose(self) -> ComposeResult:
        """Put what is to be read between the title and the key that leaves."""
        with Vertical(id="dialog"):
            yield PlainText(self._title, id="title")
            yield VerticalScroll(*self._page, id="page")
            yield PlainText(LEAVES, id="keys")

    def on_mount(self) -> None:
        """Let arrows scroll what is to be read."""
        self.query_one("#page").focus()

    def on_resize(self, event: Resize) -> None:
        """Say that there is more where not all of it fits."""
        self.query_one("#page").styles.max_height = max(3, self.size.height - AROUND)
        self.call_after_refresh(self._say_keys)

    def _say_keys(self) -> None:
        if not is_open(self):
            return
        more = self.query_one("#page").max_scroll_y > 0
        self.query_one("#keys", PlainText).update(
            f"{SCROLLS}{LEAVES}" if more else LEAVES
        )

    def action_leave(self) -> None:
        """Go back."""
        self.close_with(None)


def key_page(
    rows: Sequence[tuple[str, str, str]], title: str = "Keys on this screen"
) -> PageScreen:
    """Return the page that lists keys: meaning and, where it is not possible, why.

    A key that has a row of its own is not listed again with its usual meaning.
    """
    listed: dict[str, tuple[str, str, str]] = {}
    for row in rows:
        listed.setdefault(row[0], row)
    rows = tuple(listed.values())
    if any(reason for _, _, reason in rows):
        rows = (IN_PARENTHESES, *rows)
    return PageScreen(title, (KeyList(rows),))
