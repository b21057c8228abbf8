"""A question whose half-filled form survives Esc, a lock, a dropped line, a restart."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget

from cptkiosk.ui.dialogs.dialog import AskDialog, Checked, Line, Refusal
from cptkiosk.ui.ports import Kiosk
from cptkiosk.ui.widgets.form import (
    ChoiceField,
    Field,
    Form,
    MultiChoiceField,
    TextField,
    Value,
    Values,
)
from cptkiosk.ui.widgets.plain_text import PlainText
from cptkiosk.ui.work import begin

KEEP_AFTER_S = 0.3
"""How long after the last key a draft is written: a write a key would be too many."""

BACK = "Your half-filled form is back; ^N empties it."


class KeptDialog(AskDialog):
    """Keeps under a name what is typed into it, but for PINs, and brings it back.

    Whoever asks forgets it once the answer is recorded.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+n", "empty", "empty", priority=True)
    ]
    LEAVES: ClassVar[tuple[tuple[str, str], ...]] = (
        ("Esc", "Go back; nothing is done, what is typed is kept"),
        ("^N", "Empty the form"),
    )

    def __init__(
        self,
        draft: str,
        title: str,
        lines: Sequence[Line] = (),
        fields: Sequence[Field] = (),
        check: Checked | None = None,
        refusal: Refusal | None = None,
        filled: Values | None = None,
    ) -> None:
        """Ask, and keep under the name `draft` what is typed.

        Args:
            draft: the name, which tells apart what this is about.
            title: see `AskDialog`, as for the others.
            lines: consequences.
            fields: what is asked for.
            check: says what is wrong, by the names of the fields.
            refusal: says why it would be refused.
            filled: what was typed before, if it was refused; no draft is looked for.
        """
        super().__init__(title, lines, fields, check, refusal)
        self._draft, self._owner, self._filled = draft, "", filled
        self._proposed = Values()
        self._kept = ""

    def more(self) -> Iterator[Widget]:
        """Say that a form is back, once it is."""
        back = PlainText(BACK, id="back")
        back.display = False
        yield back

    def on_mount(self) -> None:
        """Look for what was typed before."""
        self._owner = self.kiosk.actor.staff_id if self.kiosk.actor else ""
        self._proposed = self._typed()
        if self._filled is None:
            begin(self, self._bring_back, "bring-back")
        else:
            typed = {name: self._filled[name] for name in self._proposed}
            self.query_one(Form).set_values(typed)
            self.keep_soon()

    def _typed(self) -> Values:
        """Return what the form holds, but for PINs."""
        form = self.query_one(Form)
        secret = {
            one.name for one in form.fields if isinstance(one, TextField) and one.secret
        }
        held = form.values().items()
        return Values((name, value) for name, value in held if name not in secret)

    async def _bring_back(self) -> None:
        ledger = self.kiosk.desk.ledger
        body = await self.kiosk.quietly(lambda: ledger.draft(self._owner, self._draft))
        if not body or not self.is_attached:
            return
        self._kept = body
        form, typed = self.query_one(Form), self._typed()
        # What has been typed meanwhile stays.
        left = {name for name, value in self._proposed.items() if typed[name] == value}
        found = {
            name: value
            for name, value in _readable(form.fields, json.loads(body)).items()
            if name in left
        }
        form.set_values(found)
        if self._typed() != typed:
            self._say_back(True)

    def _say_back(self, is_back: bool) -> None:
        self.query_one("#back").display = is_back
        self.call_after_refresh(self._fit)

    @on(Form.Changed)
    def keep_soon(self) -> None:
        """Keep what is typed, a moment after the last key."""
        begin(self, self._keep_later, "draft")

    async def _keep_later(self) -> None:
        await self.kiosk.sleep(KEEP_AFTER_S)
        await self._keep()

    async def _keep(self) -> None:
        """Keep what was typed; a form as it was proposed is no draft."""
        typed = self._typed()
        body = "" if typed == self._proposed else json.dumps(typed)
        if body != self._kept:
            ledger, owner, name = self.kiosk.desk.ledger, self._owner, self._draft
            await self.kiosk.quietly(lambda: ledger.keep_draft(owner, name, body))
            # Only now: whoever waits may be dropped, and the write with them.
            self._kept = body

    async def action_leave(self) -> None:
        """Go back; what is typed is kept first."""
        self.workers.cancel_group(self, "draft")
        await self._keep()
        self._answer(None)

    async def action_empty(self) -> None:
        """Begin anew, as the form was proposed."""
        form = self.query_one(Form)
        form.set_values(self._proposed)
        form.focus_first()
        self._say_back(False)
        await self._keep()


def _readable(
    fields: Sequence[Field], kept: Mapping[str, object]
) -> Mapping[str, Value]:
    """Return what can still be chosen or typed of what was kept."""
    found: dict[str, Value] = {}
    for field in fields:
        value = kept.get(field.name)
        match field:
            case ChoiceField() if value in dict(field.options):
                found[field.name] = str(value)
            case MultiChoiceField() if isinstance(value, list):
                known = dict(field.options)
                found[field.name] = tuple(one for one in value if one in known)
            case TextField() if isinstance(value, str):
                found[field.name] = value
            case _ if isinstance(value, bool):
                found[field.name] = value
    return found


def question(
    draft: str,
    title: str,
    lines: Sequence[Line],
    fields: Sequence[Field],
    check: Checked | None,
    refusal: Refusal | None,
) -> AskDialog:
    """Return a question; with a name for its draft it keeps what is typed."""
    if draft:
        return KeptDialog(draft, title, lines, fields, check, refusal)
    return AskDialog(title, lines, fields, check, refusal)


def forget(kiosk: Kiosk, draft: str) -> None:
    """Forget a draft: what it held is recorded."""
    if not draft or kiosk.actor is None:
        return
    ledger, owner = kiosk.desk.ledger, kiosk.actor.staff_id

    async def work() -> None:
        await kiosk.quietly(lambda: ledger.keep_draft(owner, draft, ""))

    begin(kiosk, work, f"forget {draft}")
