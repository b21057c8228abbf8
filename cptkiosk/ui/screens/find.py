"""Find people and sessions as you type; Enter opens the card or the session."""

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

from cptkiosk.desk import Desk
from cptkiosk.domain.guidance.step import Step
from cptkiosk.domain.state.candidate import roll_name
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.terms import display_term
from cptkiosk.domain.time.calendar import format_date
from cptkiosk.domain.values import plural
from cptkiosk.services.listings import (
    PersonLine,
    SessionLine,
    list_people,
    list_sessions,
)
from cptkiosk.ui.actions import Action
from cptkiosk.ui.frame.body import ListBody
from cptkiosk.ui.frame.kiosk_screen import BACK, open_session
from cptkiosk.ui.frame.reading_screen import ReadingScreen
from cptkiosk.ui.navigator import Route
from cptkiosk.ui.widgets.filterable_table import Column, Row

SESSION, PERSON = "session ", "person "

Lists = tuple[Sequence[PersonLine], Sequence[SessionLine]]


class FindScreen(ReadingScreen[Lists]):
    """Every letter narrows the list; accents and capitals do not matter."""

    ROUTE = Route.FIND
    BODY = ListBody(
        Column("", 8),
        Column("Name", 22, grow=True),
        Column("ID", 14),
        Column("", 26),
        empty="Reading the record ...",
    )
    TYPING = True

    def __init__(self, *, sessions: bool = True) -> None:
        """Find people, and sessions unless told otherwise."""
        super().__init__()
        self._sessions = sessions

    def read_record(self, desk: Desk) -> Lists:
        """Return everyone who is registered, and all sessions if they are searched."""
        return list_people(desk), list_sessions(desk) if self._sessions else ()

    def draw_body(self) -> None:
        """List everyone and everything that is found, and let letters narrow that."""
        if self.found is None:
            return
        people, sessions = self.found
        table = self.table
        table.empty = "No one is registered yet."
        if self._sessions:
            table.empty = "No one is registered and no session is planned yet."
        table.set_rows([*map(_person, people), *map(self._session, sessions)])
        table.start_filter()

    def on_screen_resume(self) -> None:
        """Go on typing where the card or the session was left."""
        self.table.focus()

    def _session(self, one: SessionLine) -> Row:
        desk = self.kiosk.desk
        starts = desk.times.format_near(one.starts_at_utc_ms, desk.now().utc_ms)
        state = display_term(one.stage)
        if one.stage is Stage.SEALED:
            state = f"sealed r{one.revision}"
        cells = ("session", one.title, one.session_id, f"{starts} {state}")
        return Row(SESSION + one.session_id, cells)

    def next_step(self) -> Step:
        """Ask for part of a name or number."""
        people, sessions = map(len, self.found or ((), ()))
        known, what = plural(people, "person", "people"), "name or ID"
        if self._sessions:
            known, what = (
                f"{known}, {plural(sessions, 'session')}",
                "name, ID, or session",
            )
        return Step(f"type part of a {what} ({known})", "next")

    async def take_next_step(self) -> None:
        """Open what is under the cursor."""
        key = self.table.cursor_key
        if key.startswith(PERSON):
            self.kiosk.navigator.open(Route.PERSON, key.removeprefix(PERSON))
        elif key:
            await open_session(self, key.removeprefix(SESSION))
        else:
            self.say("No matches. Press Backspace to change the search.", "warning")

    ACTIONS: ClassVar[tuple[Action["FindScreen"], ...]] = (
        # Before the list takes them for the end of typing.
        Action("next", "enter", take_next_step, priority=True),
        replace(BACK, priority=True),
    )  # fmt: skip


def _person(one: PersonLine) -> Row:
    name = roll_name(one.family_name, one.given_name)
    born = f"born {format_date(one.birth_date)}" if one.birth_date else ""
    cells = ("person", name, one.participant_id, born)
    return Row(PERSON + one.participant_id, cells, id_=one.participant_id)
