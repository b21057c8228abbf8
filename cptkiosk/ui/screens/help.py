"""Every key of a screen, and why one is not possible now."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from cptkiosk.domain.text import fit


class HelpScreen(ModalScreen[None]):
    """The keys of the screen behind it, made from its bindings."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(key, "leave", "back")
        for key in ("escape", "enter", "question_mark", "q")
    ]

    def __init__(self, rows: Sequence[tuple[str, str, str]]) -> None:
        super().__init__()
        self._rows = rows

    def compose(self) -> ComposeResult:
        """List key, meaning and, where it is not possible now, the reason."""
        with VerticalScroll(id="dialog"):
            yield Static("Keys of this screen", id="title", markup=False)
            for key, meaning, reason in self._rows:
                yield Static(f"{fit(key, 8)}{meaning}", markup=False)
                if reason:
                    yield Static(
                        f"        not now: {reason}", markup=False, classes="no"
                    )
            yield Static("Esc goes back", id="keys", markup=False)

    def action_leave(self) -> None:
        """Go back."""
        self.dismiss(None)
