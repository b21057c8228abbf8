"""Irregularity: what happened, to whom, and what was done."""

from collections.abc import Iterator

from textual import on
from textual.widget import Widget
from textual.widgets import Static

from cptkiosk.domain.attempt import NEVER_STARTED
from cptkiosk.domain.commands import RecordIrregularity
from cptkiosk.domain.guide import Step
from cptkiosk.domain.text import BadText, clean
from cptkiosk.ui import times
from cptkiosk.ui.drafts import Drafts
from cptkiosk.ui.rolls import sorted_roll
from cptkiosk.ui.screens.session import SessionScreen
from cptkiosk.ui.widgets.form import (
    ChoiceField,
    Form,
    MultiChoiceField,
    TextField,
    Values,
)

NARRATIVE_CELLS = 600


class IrregularityScreen(Drafts, SessionScreen):
    """One form; a half-filled one is kept."""

    PLACE = "irregularity"
    FORM = "irregularity"

    def __init__(self, session_id: str, affected: tuple[str, ...]) -> None:
        super().__init__(session_id)
        self._affected = affected

    @property
    def draft_name(self) -> str:
        """One draft for each session and those affected."""
        return f"irregularity {self.session_id} {','.join(self._affected)}"

    def body(self) -> Iterator[Widget]:
        """Lay out the form."""
        desk = self.kiosk.desk
        codes = tuple(
            (one.id, f"{one.id}  {one.title}, severity {one.severity}")
            for one in self.definitions.irregularities
        )
        people = tuple(
            (one.attempt_id, f"{one.seat or '--':4} {one.person}")
            for one in sorted_roll(self.session)
            if one.standing not in NEVER_STARTED or one.attempt_id in self._affected
        )
        now = times.local(desk.now().utc_ms, desk.zone)
        yield Form(
            ChoiceField("code", "What", codes, value=codes[0][0]),
            MultiChoiceField("people", "Affected", people, value=self._affected),
            TextField("when", "When", value=f"{now:%H:%M}", help="HH:MM"),
            TextField(
                "observed",
                "Seen or heard",
                max_cells=NARRATIVE_CELLS,
                help="facts only",
            ),
            TextField(
                "action", "Action taken", max_cells=NARRATIVE_CELLS, required=False
            ),
            TextField("minutes", "Minutes lost", value="0", digits=True),
        )
        yield Static("", id="effect", markup=False)

    def next_step(self) -> Step:
        """Ask for the form."""
        return Step("fill in what happened - Enter on the last line records it", "none")

    @on(Form.Changed)
    def show_effect(self, message: Form.Changed) -> None:
        """Say what the chosen code does to the score."""
        code = self.definitions.irregularity(str(message.values["code"]))
        effect = {
            "withhold": "Severity 3: the score is withheld until the coordinator settles"
            " it. Call the coordinator.",
            "flag": "The coordinator sees this before the session is sealed.",
        }.get(code.validity, "")
        self.query_one("#effect", Static).update(effect)

    @on(Form.Submitted)
    async def submitted(self, message: Form.Submitted) -> None:
        """Record it and go back."""
        command = self._command(message.values)
        if command is None:
            return
        recorded = await self.kiosk.perform(command)
        if recorded is None:
            message.form.reopen()
            return
        await self.forget_draft()
        self.dismiss_to_previous()
        self.kiosk.say_recorded(recorded, f"irregularity {command.code}")

    def _command(self, values: Values) -> RecordIrregularity | None:
        desk, errors = self.kiosk.desk, dict[str, str]()
        texts = {"observed": "", "action": ""}
        for name in texts:
            try:
                texts[name] = clean(str(values[name]), cells_max=NARRATIVE_CELLS)
            except BadText as bad:
                errors[name] = str(bad)
        when_ms = times.parse_start(str(values["when"]), desk.now().utc_ms, desk.zone)
        if when_ms is None:
            errors["when"] = "not a time; for example 14:05"
        people = values["people"] if isinstance(values["people"], tuple) else ()
        code = self.definitions.irregularity(str(values["code"]))
        if code.scope == "attempt" and not people:
            errors["people"] = "choose who is affected with Space"
        if errors or when_ms is None:
            self.query_one(Form).show_errors(errors)
            return None
        return RecordIrregularity(
            session_id=self.session_id,
            code=code.id,
            severity=code.severity,
            scope=code.scope,
            validity=code.validity,
            attempt_ids=people,
            observed=texts["observed"],
            action_taken=texts["action"],
            minutes_lost=int(str(values["minutes"]) or 0),
            happened_at_utc_ms=when_ms,
            estimated=True,
        )
