"""Plan a session: modules, start, rooms."""

import re
from collections.abc import Iterator
from functools import partial

from textual import on
from textual.widget import Widget

from cptkiosk.domain.commands.planning import PlanSession
from cptkiosk.domain.events.planning import Room
from cptkiosk.domain.guidance.step import Step
from cptkiosk.domain.text import clean_text
from cptkiosk.domain.values import HOUR_MS
from cptkiosk.services.planning import plan_session
from cptkiosk.times.parse import read_instant
from cptkiosk.ui import enter_guard
from cptkiosk.ui.dialogs.form_dialog import ask_question
from cptkiosk.ui.dialogs.question import Question, build_fields
from cptkiosk.ui.frame.kept_form import KeptForm
from cptkiosk.ui.frame.kiosk_screen import KioskScreen
from cptkiosk.ui.navigator import Route
from cptkiosk.ui.widgets.fields import Values
from cptkiosk.ui.widgets.form import Form
from cptkiosk.ui.workers import begin

ROOM = re.compile(r"(?P<name>[^:,]+):(?P<rows>\d{1,2})x(?P<columns>\d{1,2})")


ROOMS_FORM = "not a room list; for example 204:4x6, 206:3x5"


def parse_rooms(text: str) -> tuple[Room, ...]:
    """Return rooms from '204:4x6, 206:3x5' (rows x seats).

    Raises:
        ValueError: if it is something else.
    """
    rooms = []
    for part in text.split(","):
        match = ROOM.fullmatch(part.strip())
        if match is None:
            raise ValueError(ROOMS_FORM)
        rooms.append(
            Room(
                name=clean_text(match["name"], cells_max=12),
                rows=int(match["rows"]),
                columns=int(match["columns"]),
            )
        )
    return tuple(rooms)


def check_modules(values: Values) -> dict[str, str]:
    """Say that a session needs a module, if none is chosen."""
    chosen = values.several("modules")
    return {} if chosen else {"modules": "choose at least one (Space)"}


class PlanScreen(KioskScreen):
    """One form; people follow on the next screen."""

    ROUTE = Route.PLAN
    TYPING = True
    ENTER_RULE = enter_guard.FORM

    draft: KeptForm

    def compose_body(self) -> Iterator[Widget]:
        """Lay out the form."""
        desk = self.kiosk.desk
        soon_ms = desk.now().utc_ms + HOUR_MS // 2
        known = {
            "modules": {
                "options": [(one.id, one.name) for one in self.definitions.modules]
            },
            "start": {
                "value": desk.times.format_time(soon_ms),
                "reads": self._starts_ms,
                "read_back": self._read_back,
            },
            "rooms": {"reads": parse_rooms},
            "title": {"reads": clean_text},
        }
        yield Form(*build_fields("plan", known), check=check_modules)

    def _starts_ms(self, typed: str) -> int:
        desk = self.kiosk.desk
        return read_instant(typed, desk.today(), desk.times)

    def _read_back(self, typed: str) -> str:
        return self.kiosk.desk.times.format_whole(self._starts_ms(typed))

    def finish_opening(self) -> None:
        """Bring a draft back once the form is there."""
        self.draft = KeptForm(self, "plan")
        begin(self, self.draft.restore, "bring-back")

    @on(Form.Changed)
    def keep_soon(self) -> None:
        """Keep what is typed, a moment after the last key."""
        self.draft.keep_soon()

    async def go_back(self) -> None:
        """Go back; what is typed is kept first."""
        await self.draft.leave_form()

    def on_screen_resume(self) -> None:
        """Leave now if the session was planned while something was in front."""
        self.draft.leave_late()

    def next_step(self) -> Step:
        """Ask for the form."""
        return Step(
            "choose modules, start, and rooms - Enter: next field, then plan",
            "none",
        )

    @on(Form.Submitted)
    async def take_submission(self, message: Form.Submitted) -> None:
        """Plan the session and go on to its people."""
        command = self._command(message.values)
        odd = self.kiosk.desk.preview.odd_dates(command, self.actor)
        if not odd:
            await self._plan(command, message.form)
            return

        def take_answer(_: Values) -> None:
            begin(self, partial(self._plan, command, message.form), "plan")

        question = Question.from_catalog("plan-odd", {"odd": odd})
        ask_question(self.kiosk, question, take_answer, message.form.reopen)

    async def _plan(self, command: PlanSession, form: Form) -> None:
        desk = self.kiosk.desk
        session_id = await self.kiosk.worker.attempt(
            lambda: plan_session(desk, command, self.actor)
        )
        if session_id is None:
            form.reopen()
        else:
            navigator = self.kiosk.navigator
            await self.draft.leave_recorded(
                lambda: navigator.replace(Route.PEOPLE, session_id)
            )

    def _command(self, values: Values) -> PlanSession:
        return PlanSession(
            session_id="",
            title=clean_text(values.text("title")),
            starts_at_utc_ms=self._starts_ms(values.text("start")),
            module_ids=values.several("modules"),
            rooms=parse_rooms(values.text("rooms")),
        )
