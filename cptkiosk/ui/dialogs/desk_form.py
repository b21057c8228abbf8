"""A question whose answer takes more than one wish: worked on at the desk."""

from collections.abc import Callable, Sequence
from functools import partial

from cptkiosk.desk import Recorded
from cptkiosk.domain.values import Refused
from cptkiosk.ui.dialogs.dialog import AskDialog
from cptkiosk.ui.dialogs.draft_dialog import KeptDialog, forget
from cptkiosk.ui.ports import SessionPort
from cptkiosk.ui.widgets.fields import filled
from cptkiosk.ui.widgets.form import Field, Values
from cptkiosk.ui.work import begin


class DeskForm:
    """A form whose answer is worked on at the desk, and comes back if it is refused."""

    def __init__(
        self,
        screen: SessionPort,
        title: str,
        lines: Sequence[str],
        fields: Sequence[Field],
        work: Callable[[Values], Recorded],
        done: Callable[[Recorded, Values], None],
        check: Callable[[Values], dict[str, str]] | None = None,
        draft: str = "",
    ) -> None:
        """Ask in a form.

        Args:
            screen: who asks.
            title: what it is about.
            lines: consequences.
            fields: what is asked for.
            work: what is done at the desk with the answer.
            done: what is said once it is recorded.
            check: says what is wrong, by the names of the fields.
            draft: under which name a half-filled form is kept; none if it is empty.
        """
        self._screen, self._title, self._lines = screen, title, tuple(lines)
        self._fields, self._work, self._done = tuple(fields), work, done
        self._check, self._draft = check, draft
        self._filled: Values | None = None

    def ask(self, refused: str = "") -> None:
        """Show the form, with why it was refused if it was."""

        def answered(values: Values | None) -> None:
            if values is not None:
                begin(self._screen, partial(self._carry, values), "desk-form")

        lines = (*self._lines, f"! {refused}") if refused else self._lines
        dialog = self._dialog(lines)
        dialog.refused = bool(refused)
        self._screen.kiosk.navigator.ask(dialog, answered)

    def _dialog(self, lines: Sequence[str]) -> AskDialog:
        if self._draft:
            return KeptDialog(
                self._draft, self._title, lines, self._fields, self._check,
                filled=self._filled,
            )  # fmt: skip
        known = self._filled or Values()
        fields = [filled(one, known) for one in self._fields]
        return AskDialog(self._title, lines, fields, self._check)

    async def _carry(self, values: Values) -> None:
        refused: list[str] = []

        def work() -> Recorded:
            try:
                return self._work(values)
            except Refused as refusal:
                refused.append(str(refusal))
                raise

        recorded = await self._screen.kiosk.attempt(work)
        if recorded is not None:
            forget(self._screen.kiosk, self._draft)
            self._done(recorded, values)
        elif refused and self._screen.is_active:
            self._filled = values
            self.ask(refused[0])
