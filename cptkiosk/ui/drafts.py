"""What is half done survives Esc, a lock, a dropped line and a restart."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from textual.screen import Screen

from cptkiosk.ui.ports import Kiosk
from cptkiosk.ui.widgets.fields import (
    ChoiceField,
    Field,
    MultiChoiceField,
    TextField,
    Values,
)
from cptkiosk.ui.widgets.form import Form
from cptkiosk.ui.workers import begin

KEEP_AFTER_S = 0.3
"""How long after the last key a draft is written: a write a key would be too many."""


class Draft:
    """Something half done, kept under a name for one person: who is signed in now."""

    def __init__(self, kiosk: Kiosk, name: str, owner: str | None = None) -> None:
        self.kiosk = kiosk
        signed_in = kiosk.actor.staff_id if kiosk.actor else ""
        self._owner = signed_in if owner is None else owner
        self._name = name

    def read_draft(self) -> Any:
        """Return what is kept, or `None`; called at the desk."""
        body = self.kiosk.desk.ledger.read_draft(self._owner, self._name)
        return json.loads(body) if body else None

    def write(self, kept: Any) -> None:
        """Keep something; nothing is kept of what is empty. Called at the desk."""
        body = json.dumps(kept) if kept else ""
        self.kiosk.desk.ledger.keep_draft(self._owner, self._name, body)


def draft_names(kiosk: Kiosk, owner: str, prefix: str) -> tuple[str, ...]:
    """Return the names of the drafts of one person; called at the desk."""
    return tuple(kiosk.desk.ledger.draft_names(owner, prefix))


def forget_draft(kiosk: Kiosk, name: str) -> None:
    """Forget a draft: what it held is recorded."""
    if not name or kiosk.actor is None:
        return
    draft = Draft(kiosk, name)

    async def delete_draft() -> None:
        await kiosk.worker.quietly(lambda: draft.write(None))

    begin(kiosk, delete_draft, f"forget {name}")


class FormDraft(Draft):
    """What is typed into a form, but for PINs.

    A form as it was proposed is no draft.
    """

    def __init__(
        self, kiosk: Kiosk, name: str, screen: Screen[Any], form: Form
    ) -> None:
        """Keep under `name` what is typed into `form`, which shows what is proposed."""
        super().__init__(kiosk, name)
        self._screen, self._form = screen, form
        self._proposed = typed_into(form)
        self._kept = Values()

    async def bring_back(
        self, prepare: Callable[[Values], object] = lambda _: None
    ) -> bool:
        """Fill in what was kept, but for what has been typed meanwhile.

        Args:
            prepare: lets the form ask for what the kept values need.

        Returns:
            Whether the form holds anything else now.
        """
        kept = await self.kiosk.worker.quietly(self.read_draft)
        if not kept or not self._form.is_attached:
            return False
        typed, form = typed_into(self._form), self._form
        self._kept = Values(
            (name, tuple(value) if isinstance(value, list) else value)
            for name, value in kept.items()
        )
        prepare(Values(typed | readable(form.fields, self._kept)))
        found = readable(form.fields, self._kept)
        left = {one for one in found if typed.get(one) == self._proposed.get(one)}
        form.set_values({one: found[one] for one in left})
        return typed_into(form) != typed

    def keep_soon(self) -> None:
        """Keep what is typed, a moment after the last key."""
        begin(self._screen, self._keep_later, "draft")

    async def _keep_later(self) -> None:
        await self.kiosk.sleep(KEEP_AFTER_S)
        await self._keep()

    async def keep(self) -> None:
        """Keep what is typed now."""
        self._screen.workers.cancel_group(self._screen, "draft")
        await self._keep()

    async def _keep(self) -> None:
        typed = typed_into(self._form)
        kept = Values() if typed == self._proposed else typed
        if kept != self._kept:
            await self.kiosk.worker.quietly(lambda: self.write(kept))
            # Only now: the person who waits may be dropped, and the write with them.
            self._kept = kept

    async def empty(self) -> None:
        """Begin again, as the form was proposed."""
        self._form.set_values(self._proposed)
        await self.keep()

    async def forget_kept(self) -> None:
        """Forget what was kept: it is recorded."""
        self._screen.workers.cancel_group(self._screen, "draft")
        await self.kiosk.worker.quietly(lambda: self.write(None))


def typed_into(form: Form) -> Values:
    """Return what a form holds, but for PINs."""
    secret = {
        one.name for one in form.fields if isinstance(one, TextField) and one.secret
    }
    held = form.values().items()
    return Values((name, value) for name, value in held if name not in secret)


def holds_text(form: Form) -> bool:
    """Return whether text was typed into a form, but for PINs, that was not proposed."""
    held = form.values()
    return any(
        held.text(one.name, "").strip() not in {"", one.value}
        for one in form.fields
        if isinstance(one, TextField) and not one.secret
    )


def readable(fields: Sequence[Field], kept: Mapping[str, object]) -> Values:
    """Return what can still be chosen or typed of what was kept."""
    found = Values()
    for field in fields:
        value = kept.get(field.name)
        match field:
            case ChoiceField() if value in dict(field.options):
                found[field.name] = str(value)
            case MultiChoiceField() if isinstance(value, tuple):
                known = dict(field.options)
                found[field.name] = tuple(one for one in value if one in known)
            case TextField() if isinstance(value, str):
                found[field.name] = value
            case _ if isinstance(value, bool):
                found[field.name] = value
    return found
