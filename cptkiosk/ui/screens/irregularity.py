"""Irregularity: what happened, to whom, and what was done."""

from collections.abc import Iterator
from functools import partial
from typing import ClassVar

from textual import events, on
from textual.widget import Widget

from cptkiosk.desk import Recorded
from cptkiosk.domain.events.irregularity import IrregularityRecorded
from cptkiosk.domain.guidance.step import Step
from cptkiosk.domain.modules import IrregularityCode
from cptkiosk.domain.rules.irregularities import BREACH, names_somebody
from cptkiosk.domain.state.attempt import NEVER_STARTED
from cptkiosk.domain.state.blockers import missing_words
from cptkiosk.times.parse import read_instant
from cptkiosk.ui import enter_guard
from cptkiosk.ui.actions import Action
from cptkiosk.ui.dialogs import irregularity_fields as asked
from cptkiosk.ui.dialogs.approval import attempt_as
from cptkiosk.ui.dialogs.credit import offer_after
from cptkiosk.ui.drafts import draft_names
from cptkiosk.ui.frame.kept_form import KeptForm
from cptkiosk.ui.frame.session_screen import PRINT, SessionScreen
from cptkiosk.ui.naming import end_sentence
from cptkiosk.ui.navigator import Route
from cptkiosk.ui.widgets.fields import ChoiceField, Field, Values
from cptkiosk.ui.widgets.form import Form
from cptkiosk.ui.widgets.plain_text import PlainText
from cptkiosk.ui.workers import begin

CALL = "CALL {} NOW (coordinator). The score is withheld until a coordinator decides."
FLAGGED = "A coordinator reviews this, at the latest when signing the close-out."


def _asked(field: Field) -> tuple[str, object]:
    """Return what a field asks for: its name and, in a list, what can be chosen."""
    return field.name, field.options if isinstance(field, ChoiceField) else ()


class IrregularityScreen(SessionScreen):
    """One form, which asks for what the code needs; a half-filled one is kept."""

    ROUTE = Route.IRREGULARITY
    COMMON = tuple(one for one in SessionScreen.COMMON if one.id != PRINT.id)
    TYPING = True
    ENTER_RULE = enter_guard.FORM

    draft: KeptForm

    def __init__(
        self,
        session_id: str,
        affected: tuple[str, ...],
        given: asked.Given | None = None,
    ) -> None:
        """Ask about an irregularity.

        Args:
            session_id: the session.
            affected: who is checked to begin with.
            given: what else is known to begin with.
        """
        super().__init__(session_id)
        given = given or asked.Given(Values())
        self._affected = affected
        self._start = Values(given.values)
        self._corrects = given.corrects
        self._given = given.corrects is None and bool(given.values)
        self._ago_ms = given.ago_ms
        self._about = ",".join(affected)
        if given.corrects is not None:
            self._about = given.corrects.irregularity_id
        elif given.values:
            code = given.values.text("code", "")
            self._about = f"{code} {given.values['observed']}"
        self._happened_ms = 0
        self._when = ""
        self._others: list[tuple[str, ...]] = []

    @property
    def _drafts(self) -> str:
        """How the names of drafts begin: one for each session and those affected."""
        return f"irregularity {self.session_id} "

    def compose_body(self) -> Iterator[Widget]:
        """Lay out the form."""
        desk = self.kiosk.desk
        now_ms = desk.now().utc_ms
        self._happened_ms = now_ms - self._ago_ms
        if self._corrects is not None:
            self._happened_ms = self._corrects.happened_at_utc_ms
        times, happened_ms = desk.times, self._happened_ms
        self._when = times.format_day_time(happened_ms)
        if times.find_date(happened_ms) == times.find_date(now_ms):
            self._when = times.format_time(happened_ms)
        codes = self.definitions.irregularities
        given = self._start
        self._start = Values(
            code=codes[0].id, people=self._affected, when=self._when, minutes="0"
        )
        self._start.update(given)
        form = self._form(self._start)
        yield Form(*form.fields, save_at=form.save_at, check=self._check)
        yield PlainText("", id="effect")

    def _code(self, values: Values) -> IrregularityCode:
        return self.definitions.irregularity(values.text("code"))

    def _check(self, values: Values) -> dict[str, str]:
        weight = asked.weight_of(self._code(values), self._corrects, values)
        named = names_somebody(self.session, weight.severity)
        return asked.check_people(weight.scope, values, names_somebody=named)

    def _form(self, values: Values) -> asked.Form:
        code = self._code(values)
        people = tuple(
            (one.attempt_id, f"{one.seat or '--':4} {self.person(one)}")
            for one in self.view.by_name
            if one.standing not in NEVER_STARTED or one.attempt_id in self._affected
        )
        severity = asked.weight_of(code, self._corrects, values).severity
        return asked.form_for(
            code,
            severity,
            self.definitions,
            people,
            self._start,
            self._read_instant,
            lambda typed: self.kiosk.desk.times.format_whole(self._read_instant(typed)),
            started=self.session.start_line_ms is not None,
        )

    def finish_opening(self) -> None:
        """Say what the code means, and bring a draft back."""
        # A correction is kept apart, by what it corrects.
        self.draft = KeptForm(self, f"{self._drafts}{self._about}")
        begin(self, self._bring_back, "bring-back")
        self._explain(self._start)
        if self._given:
            # What it is about is known; what was seen is not.
            self.form.focus_field("observed")

    async def _bring_back(self) -> None:
        """Bring a draft back, and say who another one is about."""
        await self.draft.restore(self._ask_for)
        if self.drawable:
            self._explain(self.form.values())
        kiosk, owner = self.kiosk, self.actor.staff_id
        found = await kiosk.worker.quietly(
            lambda: draft_names(kiosk, owner, self._drafts)
        )
        if not self.drawable or not found or self._corrects is not None:
            return
        abouts = [one.removeprefix(self._drafts) for one in found]
        # What is kept about a missed call or a correction is offered where it arose.
        people = [tuple(filter(None, one.split(","))) for one in abouts]
        self._others = [
            affected
            for affected, about in zip(people, abouts, strict=True)
            if about != self._about and self.session.attempts.keys() >= set(affected)
        ]
        if self._others:
            who = self.name_affected(self._others[0])
            said = f"You have an unfinished irregularity about {who}"
            self.say(
                f"{end_sentence(said)} Press Ctrl+O to continue it.",
                "warning",
            )
            self.draw_keys()

    def name_affected(self, affected: tuple[str, ...]) -> str:
        """Return who a report is about, in a few words."""
        if not affected:
            return "no one in particular"
        first = self.person(self.session.attempts[affected[0]])
        more = len(affected) - 1
        return f"{first} and {more} more" if more else first

    async def open_other_report(self) -> None:
        """Go on with another half-filled report; this one is kept."""
        await self.draft.keep()
        self.kiosk.navigator.replace(self.ROUTE, self.session_id, self._others[0])

    def next_step(self) -> Step:
        """Ask for the form."""
        what = "say what happened"
        if self._corrects is not None:
            what = f"correct {self._corrects.code}; the original stays on record"
        return Step(f"{what} - Enter: next field, then record", "none")

    @on(Form.Changed)
    def explain(self, message: Form.Changed) -> None:
        """Say what the chosen code means; keep what is typed."""
        self._explain(message.values)
        self.draft.keep_soon()

    async def go_back(self) -> None:
        """Go back; what is typed is kept first."""
        await self.draft.leave_form()

    def on_screen_resume(self) -> None:
        """Leave now if it was recorded while something was in front."""
        self.draft.leave_late()

    def _explain(self, values: Values) -> None:
        code = self._code(values)
        weight = asked.weight_of(code, self._corrects, values)
        names = self.kiosk.desk.center.coordinator_names
        lines = [CALL.format(names)] if weight.severity >= BREACH else []
        if weight.validity == "flag":
            lines.append(FLAGGED)
        if missing := asked.missing_in(code, values):
            labels = ", ".join(map(asked.detail_label, missing))
            lines.append(f"Required (*), still empty: {labels}.")
        self.show_text("effect", "\n".join(lines))

    @on(events.DescendantBlur)
    def ask_code_fields(self) -> None:
        """Ask for what the code needs once it has been chosen."""
        form = self.form
        wanted = self._form(form.values())
        if list(map(_asked, wanted.fields)) != list(map(_asked, form.fields)):
            form.ask_for(wanted.fields, wanted.save_at)

    def _ask_for(self, values: Values) -> None:
        """Ask for what the code of these values needs."""
        wanted = self._form(values)
        self.form.ask_for(wanted.fields, wanted.save_at)

    def submit_form(self) -> None:
        """Record it as it is."""
        self.form.submit()

    @on(Form.Submitted)
    async def take_submission(self, message: Form.Submitted) -> None:
        """Record it, go back, and say what is still missing."""
        code, form = self._code(message.values), message.form
        happened_ms = self._read_instant(message.values.text("when"))
        command = asked.build_command(
            self.session_id, code, message.values, happened_ms, self._corrects
        )

        def take_recorded(recorded: Recorded) -> None:
            begin(self, partial(self._leave_recorded, recorded, code), "recorded")

        work = partial(self.kiosk.desk.perform, command)
        await attempt_as(
            self.kiosk, self.actor, work, take_recorded, lambda _: form.reopen()
        )

    async def _leave_recorded(self, recorded: Recorded, code: IrregularityCode) -> None:
        """Leave the form, and say what is on record now."""
        await self.draft.leave_recorded(self.dismiss_to_previous)
        self._tell(recorded, code)

    def _read_instant(self, when: str) -> int:
        """Return the instant meant: untouched, the one the form was opened at.

        Raises:
            UnreadableTime: if it is none.
        """
        if when == self._when:
            return self._happened_ms
        desk = self.kiosk.desk
        return read_instant(when, desk.today(), desk.times, past=True)

    def _tell(self, recorded: Recorded, code: IrregularityCode) -> None:
        event = recorded.entries[-1].event
        assert isinstance(event, IrregularityRecorded), "that was the command"
        words = f"irregularity {code.id} recorded"
        if event.missing:
            words += f". Still required (press I, then c): {missing_words(event)}"
        self.kiosk.status.say_recorded(recorded, words)
        behind = self.kiosk.navigator.front
        if self._corrects is None and isinstance(behind, SessionScreen):
            # The answer comes back to whoever asks, and this screen is on its way out.
            behind.call_later(offer_after, behind, event.irregularity_id, code)
        elif isinstance(behind, SessionScreen):
            behind.call_later(behind.stand_on, event.irregularity_id)

    ACTIONS: ClassVar[tuple[Action["IrregularityScreen"], ...]] = (
        Action("save", "ctrl+s", submit_form),
        Action("other", "ctrl+o", open_other_report,
               needs=lambda screen: screen._others),
    )  # fmt: skip
