"""A screen with one form, whose half-filled draft survives it."""

from typing import ClassVar

from textual import on

from cptkiosk.ui import enter_guard
from cptkiosk.ui.drafts import FormDraft
from cptkiosk.ui.frame.kiosk_screen import KioskScreen
from cptkiosk.ui.widgets.fields import Values
from cptkiosk.ui.widgets.form import Form
from cptkiosk.ui.workers import begin


class Drafts(KioskScreen):
    """A screen with one form that keeps what is typed, and brings it back."""

    FORM: ClassVar[str]
    TYPING = True
    ENTER_RULE = enter_guard.FORM

    draft: FormDraft

    @property
    def draft_name(self) -> str:
        """The name under which the draft is kept."""
        return self.FORM

    def opened(self) -> None:
        """Bring a draft back once the form is there."""
        form = self.query_one(Form)
        self.draft = FormDraft(self.kiosk, self.draft_name, self, form)
        begin(self, self._bring_back, "bring-back")

    async def _bring_back(self) -> None:
        if await self.draft.bring_back(self.ask_for):
            self.say("Your half-filled form is back.", "ok")

    def ask_for(self, values: Values) -> None:
        """Let the form ask for what a draft with these values needs."""

    @on(Form.Changed)
    def keep_soon(self) -> None:
        """Keep what is typed, a moment after the last key."""
        self.draft.keep_soon()

    async def go_back(self) -> None:
        """Go back; what is typed is kept first."""
        await self.draft.keep()
        self.dismiss_to_previous()
