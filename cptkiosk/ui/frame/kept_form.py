"""The form of a screen, whose half-filled draft outlives the screen."""

from collections.abc import Callable

from cptkiosk.ui.drafts import FormDraft
from cptkiosk.ui.frame.kiosk_screen import KioskScreen
from cptkiosk.ui.widgets.fields import Values


class KeptForm(FormDraft):
    """Keeps what is typed into the form of a screen, and brings it back."""

    def __init__(self, screen: KioskScreen, name: str) -> None:
        """Keep the form of a screen under a name."""
        super().__init__(screen.kiosk, name, screen, screen.form)
        self._of, self.name = screen, name
        self._leaves_by: Callable[[], object] | None = None

    async def restore(
        self, prepare: Callable[[Values], object] = lambda _: None
    ) -> None:
        """Fill in what was kept, and say so; see `bring_back`."""
        if await self.bring_back(prepare):
            self._of.say("Your unfinished form is back.", "ok")

    async def leave_form(self) -> None:
        """Close the screen; what is typed is kept first."""
        await self.keep()
        self._of.dismiss_to_previous()

    async def leave_recorded(self, leave: Callable[[], object]) -> None:
        """Forget what is recorded now, and leave the screen.

        If a lock, or HALT, has come in front, it is left as soon as that is gone.
        """
        await self.forget_kept()
        self._leaves_by = leave
        self.leave_late()

    def leave_late(self) -> None:
        """Leave the screen once it is in front, if that is still to be done."""
        leave = self._leaves_by
        if leave is not None and self._of.is_active:
            self._leaves_by = None
            leave()
