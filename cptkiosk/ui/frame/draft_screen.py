"""Half-filled forms survive Esc, a lock, a dropped line and a restart."""

import json
from functools import partial
from typing import ClassVar

from textual import on

from cptkiosk.ui import enter_guard
from cptkiosk.ui.dialogs.draft_dialog import KEEP_AFTER_S
from cptkiosk.ui.frame.kiosk_screen import KioskScreen
from cptkiosk.ui.widgets.form import Form, Values
from cptkiosk.ui.work import begin


class Drafts(KioskScreen):
    """A screen with one form that keeps what is typed, and brings it back."""

    FORM: ClassVar[str]
    TYPING = True
    ENTER_RULE = enter_guard.FORM

    _untouched: Values | None = None

    @property
    def draft_name(self) -> str:
        """The name under which the draft is kept."""
        return self.FORM

    def opened(self) -> None:
        """Bring a draft back once the form is there."""
        self._untouched = self.query_one(Form).values()
        begin(self, self._bring_back, "bring-back")

    async def _bring_back(self) -> None:
        desk, owner = self.kiosk.desk, self.actor.staff_id
        name = self.draft_name
        body = await self.kiosk.quietly(lambda: desk.ledger.draft(owner, name))
        if body:
            self.fill(
                Values(
                    (name, tuple(value) if isinstance(value, list) else value)
                    for name, value in json.loads(body).items()
                )
            )
            self.say("Your half-filled form is back.", "ok")

    def fill(self, values: Values) -> None:
        """Put what a draft holds into the form."""
        self.query_one(Form).set_values(values)

    @on(Form.Changed)
    def keep_soon(self, message: Form.Changed) -> None:
        """Keep what is typed, a moment after the last key."""
        values = Values(message.values)
        begin(self, partial(self._keep, values), "draft")

    async def _keep(self, values: Values) -> None:
        await self.kiosk.sleep(KEEP_AFTER_S)
        await self._write(values)

    async def _write(self, values: Values) -> None:
        """Keep what was typed; a form nobody touched is no draft."""
        if values == self._untouched:
            return
        desk, owner, name = self.kiosk.desk, self.actor.staff_id, self.draft_name
        body = json.dumps(values)
        await self.kiosk.quietly(lambda: desk.ledger.keep_draft(owner, name, body))

    async def do_back(self) -> None:
        """Go back; what is typed is kept first."""
        self.workers.cancel_group(self, "draft")
        await self._write(self.query_one(Form).values())
        self.dismiss_to_previous()

    async def forget_draft(self) -> None:
        """Forget the draft: what it held is recorded."""
        self.workers.cancel_group(self, "draft")
        desk, owner, name = self.kiosk.desk, self.actor.staff_id, self.draft_name
        await self.kiosk.quietly(lambda: desk.ledger.keep_draft(owner, name, ""))
