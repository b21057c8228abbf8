"""What lies over a screen: locked, redrawn and asked for more room like the screen."""

from typing import ClassVar, TypeVar, cast

from textual import on
from textual.binding import Binding, BindingType
from textual.events import Compose, Resize, ScreenResume
from textual.geometry import Size
from textual.screen import ModalScreen
from textual.widget import Widget

from cptkiosk.ui.ports import Kiosk
from cptkiosk.ui.sized import add_size_classes, too_small

Answer = TypeVar("Answer")


class KioskModal(ModalScreen[Answer]):
    """A dialog over a screen, with the keys that are the same everywhere."""

    DEFAULT_CSS = """
    KioskModal.-small {
        background: $background 0%;
        & > * { display: none; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+l", "lock", "lock", priority=True),
        Binding("ctrl+r", "repaint", "redraw", priority=True),
        Binding("f8", "halt", "HALT", priority=True),
    ]

    @property
    def kiosk(self) -> Kiosk:
        """The app, by its own type."""
        return cast(Kiosk, self.app)

    _is_new = True
    _left_at: Widget | None = None

    @on(Compose)
    def _take_size(self) -> None:
        add_size_classes(self)

    def on_resize(self, event: Resize) -> None:
        """Give way to the screen behind where that asks for more room."""
        self._fit_into(event.size)

    @on(ScreenResume)
    def _keep_styles(self, event: ScreenResume) -> None:
        if self._is_new:  # it has just been styled
            event.refresh_styles = self._is_new = False

    def on_screen_resume(self) -> None:
        """Come back, if there is room again since something was in front."""
        self._fit_into(self.app.size)

    def _fit_into(self, size: Size) -> None:
        small = too_small(size)
        if small and not self.has_class("-small"):
            self._left_at = self.focused
        self.set_class(small, "-small")
        if not small and self._left_at is not None:
            # What is not shown has lost the focus.
            self.call_after_refresh(self.set_focus, self._left_at)
            self._left_at = None

    def close_with(self, answer: Answer | None) -> None:
        """Close with an answer; a second key may arrive while this is on its way out."""
        if self.is_active:
            self.dismiss(answer)

    def redraw_time(self) -> None:
        """Draw what depends on the time, if anything here does."""

    def say_ignored(self, words: str) -> None:
        """Say why what came from no hand did nothing here."""
        self.kiosk.status.say(words, "warning")

    def action_lock(self) -> None:
        """Lock the terminal; this stays open behind the lock, as it was filled in."""
        self.kiosk.lock()

    def action_halt(self) -> None:
        """Stop every clock; this stays open behind it, as it was filled in."""
        self.kiosk.press_halt(self.kiosk.navigator.session_id)

    def action_repaint(self) -> None:
        """Draw everything again."""
        self.kiosk.repaint()
