"""Half-filled forms survive Esc, a lock, a dropped line and a restart."""

import asyncio
import json
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on

from cptkiosk.ui.widgets.form import Form, Values
from cptkiosk.ui.work import begin

if TYPE_CHECKING:
    from cptkiosk.ui.screens.base import KioskScreen

    Base = KioskScreen
else:
    Base = object


KEEP_AFTER_S = 0.3
"""How long after the last key a draft is written: a write a key would be too many."""


class Drafts(Base):
    """Mixed into a screen with one form: keeps what is typed, and brings it back."""

    FORM: ClassVar[str]

    @property
    def draft_name(self) -> str:
        """The name under which the draft is kept."""
        return self.FORM

    async def _on_mount_draft(self) -> None:
        desk, owner = self.kiosk.desk, self.actor.staff_id
        body = await self.kiosk.on_desk(
            lambda: desk.ledger.draft(owner, self.draft_name)
        )
        if body:
            values = {
                name: tuple(value) if isinstance(value, list) else value
                for name, value in json.loads(body).items()
            }
            self.query_one(Form).set_values(values)
            self.say("Your half-filled form is back.", "ok")

    def opened(self) -> None:
        """Go on once everything is drawn."""
        self.call_after_refresh(self._on_mount_draft)

    @on(Form.Changed)
    def keep_soon(self, message: Form.Changed) -> None:
        """Keep what is typed, a moment after the last key."""
        values = dict(message.values)
        begin(self, partial(self._keep, values), "draft")

    async def _keep(self, values: Values) -> None:
        await asyncio.sleep(KEEP_AFTER_S)
        await self._write(values)

    async def _write(self, values: Values) -> None:
        desk, owner, body = self.kiosk.desk, self.actor.staff_id, json.dumps(values)
        await self.kiosk.on_desk(
            lambda: desk.ledger.keep_draft(owner, self.draft_name, body)
        )

    async def do_back(self) -> None:
        """Go back; what is typed is kept first."""
        values = self.query_one(Form).values()
        await self._write(values)
        self.dismiss_to_previous()

    async def forget_draft(self) -> None:
        """Forget the draft: what it held is recorded."""
        self.workers.cancel_group(self, "draft")
        desk, owner = self.kiosk.desk, self.actor.staff_id
        await self.kiosk.on_desk(
            lambda: desk.ledger.keep_draft(owner, self.draft_name, "")
        )
