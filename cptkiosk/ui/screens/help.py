"""Every key of a screen or a question, and why one is not possible now."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from cptkiosk.domain.text import fit

KEY_WIDTH = 10


class PageScreen(ModalScreen[None]):
    """Something to read over a screen; any of the usual keys leaves it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(key, "leave", "back")
        for key in ("escape", "enter", "question_mark", "f1", "q")
    ]

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title

    def compose(self) -> ComposeResult:
        """Put what is to be read between the title and the key that leaves."""
        with VerticalScroll(id="dialog"):
            yield Static(self._title, id="title", markup=False)
            yield from self.lines()
            yield Static("Esc goes back", id="keys", markup=False)

    def lines(self) -> Iterator[Static]:
        """Yield what is to be read."""
        yield from ()

    def action_leave(self) -> None:
        """Go back."""
        if self.is_active:
            self.dismiss(None)


class HelpScreen(PageScreen):
    """The keys of what is behind it, made from its bindings."""

    def __init__(
        self,
        rows: Sequence[tuple[str, str, str]],
        title: str = "Keys of this screen",
    ) -> None:
        super().__init__(title)
        self._rows = rows

    def lines(self) -> Iterator[Static]:
        """List key, meaning and, where it is not possible now, the reason."""
        for key, meaning, reason in self._rows:
            yield Static(f"{fit(key, KEY_WIDTH)}{meaning}", markup=False)
            if reason:
                blank = " " * KEY_WIDTH
                yield Static(f"{blank}not now: {reason}", markup=False, classes="no")
