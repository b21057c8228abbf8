"""Plan a session: modules, start, rooms."""

import re
from collections.abc import Iterator
from functools import partial

from textual import on
from textual.widget import Widget

from cptkiosk.domain.commands import PlanSession
from cptkiosk.domain.guide import Step
from cptkiosk.domain.session_events import Room
from cptkiosk.domain.text import BadText, clean
from cptkiosk.domain.values import HOUR_MS
from cptkiosk.typed_times import UnreadableTime, instant_typed
from cptkiosk.ui import times
from cptkiosk.ui.dialogs.form_dialog import ask
from cptkiosk.ui.dialogs.question import Question
from cptkiosk.ui.frame.draft_screen import Drafts
from cptkiosk.ui.frame.kiosk_screen import KioskScreen
from cptkiosk.ui.navigator import Route
from cptkiosk.ui.widgets.form import Form, MultiChoiceField, TextField, Values
from cptkiosk.ui.work import begin

ROOM = re.compile(r"(?P<name>[^:,]+):(?P<rows>\d{1,2})x(?P<columns>\d{1,2})")


def parse_rooms(text: str) -> tuple[Room, ...] | None:
    """Return rooms from '204:4x6, 206:3x5' (rows x seats), if readable."""
    rooms = []
    for part in text.split(","):
        match = ROOM.fullmatch(part.strip())
        if match is None:
            return None
        rooms.append(
            Room(
                name=clean(match["name"], cells_max=12),
                rows=int(match["rows"]),
                columns=int(match["columns"]),
            )
        )
    return tuple(rooms)


class PlanScreen(Drafts, KioskScreen):
    """One form; people follow on the next screen."""

    ROUTE = Route.PLAN
    FORM = "plan"

    def body(self) -> Iterator[Widget]:
        """Lay out the form."""
        desk = self.kiosk.desk
        soon = times.local(desk.now().utc_ms + HOUR_MS // 2, desk.zone)
        yield Form(
            MultiChoiceField(
                "modules",
                "Modules",
                tuple((one.id, one.name) for one in self.definitions.modules),
            ),
            TextField(
                "start",
                "Starts",
                value=f"{soon:%H:%M}",
                help="2:00 PM, or 11/1/2026 2:00 PM",
            ),
            TextField(
                "rooms",
                "Rooms and seats",
                value="204:4x6",
                help="name:rows x seats, more after a comma",
            ),
            TextField("title", "Title", required=False, help="empty: the modules"),
        )

    def next_step(self) -> Step:
        """Ask for the form."""
        return Step(
            "choose modules, start and rooms, then Enter on the last line", "none"
        )

    @on(Form.Submitted)
    async def submitted(self, message: Form.Submitted) -> None:
        """Plan the session and go on to its people."""
        command = self._command(message.values)
        if command is None:
            return
        odd = self.kiosk.desk.odd_dates(command, self.actor)
        if not odd:
            await self._plan(command, message.form)
            return

        def answered(_: Values) -> None:
            begin(self, partial(self._plan, command, message.form), "plan")

        lines = (*odd, "Enter: plan it anyway; this is recorded. Esc: change it.")
        question = Question("Is that right?", lines)
        ask(self.kiosk, question, answered, message.form.reopen)

    async def _plan(self, command: PlanSession, form: Form) -> None:
        desk = self.kiosk.desk
        session_id = await self.kiosk.attempt(lambda: desk.plan(command, self.actor))
        if session_id is None:
            form.reopen()
        else:
            await self.draft.forget()
            navigator = self.kiosk.navigator
            self.leave_by(lambda: navigator.replace(Route.PEOPLE, session_id))

    def _command(self, values: Values) -> PlanSession | None:
        desk, errors = self.kiosk.desk, dict[str, str]()
        chosen = values.several("modules")
        modules = [one for one in self.definitions.modules if one.id in chosen]
        if not modules:
            errors["modules"] = "choose at least one with Space"
        starts_ms = None
        today = desk.local_date(desk.now().utc_ms)
        try:
            starts_ms = instant_typed(values.text("start"), today, desk.zone)
        except UnreadableTime as bad:
            errors["start"] = str(bad)
        rooms, title = None, ""
        try:
            rooms = parse_rooms(values.text("rooms"))
        except BadText as bad:
            errors["rooms"] = str(bad)
        try:
            title = clean(values.text("title"))
        except BadText as bad:
            errors["title"] = str(bad)
        if rooms is None:
            errors.setdefault("rooms", "not understood; for example 204:4x6, 206:3x5")
        if errors or starts_ms is None or rooms is None:
            self.query_one(Form).show_errors(errors)
            return None
        return PlanSession(
            session_id="",
            title=title,
            starts_at_utc_ms=starts_ms,
            module_ids=tuple(one.id for one in modules),
            rooms=rooms,
        )
