"""Today: the sessions of the day and those that still need someone."""

from collections.abc import Sequence
from typing import ClassVar

from cptkiosk.desk import Desk
from cptkiosk.domain.guidance import session_order
from cptkiosk.domain.guidance.session_order import Item
from cptkiosk.domain.guidance.step import Step
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.terms import display_term
from cptkiosk.domain.text import cells
from cptkiosk.services.listings import DayList, SessionLine, list_day
from cptkiosk.ui.actions import Action
from cptkiosk.ui.frame.body import ListBody
from cptkiosk.ui.frame.kiosk_screen import open_session
from cptkiosk.ui.frame.reading_screen import ReadingScreen
from cptkiosk.ui.frame.session_screen import OPENS
from cptkiosk.ui.navigator import Route
from cptkiosk.ui.return_codes import REHEARSE
from cptkiosk.ui.session_clock_text import running
from cptkiosk.ui.widgets.filterable_table import Column, Row
from cptkiosk.words import explain_brief

STILL_SIGNED_IN = "You are still signed in. Answer the open question, then sign out."

COLUMNS = (
    ("Time", 12), ("Session", 14), ("Rooms", 8), ("People", 6), ("State", 10),
    ("Upload", 10), ("To do", 13),
)  # fmt: skip
"""Each column and how wide it gets at most; titles take what is left."""


def _leads(route: Route, key: str, *, priority: bool = False) -> Action["TodayScreen"]:
    """Return the action that opens another screen."""
    return Action(
        route.value,
        key,
        lambda screen: screen.kiosk.navigator.open(route),
        priority=priority,
    )


class TodayScreen(ReadingScreen[DayList]):
    """Lists sessions, the one that needs someone first."""

    ROUTE = Route.TODAY
    BODY = ListBody(
        empty="No session yet. Press r to import a roster, then n to plan a session."
    )

    _led = ""
    """The session that the cursor was led to, if no one has moved it since."""

    def read_record(self, desk: Desk) -> DayList:
        """Return the sessions of the day and those that still need someone."""
        return list_day(desk)

    @property
    def _items(self) -> tuple[Item, ...]:
        return sort_sessions(self.found) if self.found else ()

    def on_screen_resume(self) -> None:
        """Lead to what needs someone now, wherever the cursor was left."""
        self._led = ""

    def finish_opening(self) -> None:
        """Say what a rehearsal has to say, or what is wrong with this record's place."""
        if self.kiosk.options.notice:
            rehearsal = self.kiosk.desk.center.rehearsal
            self.kiosk.status.say(
                self.kiosk.options.notice, "ok" if rehearsal else "warning"
            )

    def draw_body(self) -> None:
        """Draw the list, the cursor on the first unless someone moved it."""
        if self.found is None:
            return
        table = self.table
        led = table.cursor_key if self._led else ""
        items = self._items
        lines = {one.session_id: one for one, _ in self.found.sessions}
        rows = [self._make_row(one, lines[one.session_id]) for one in items]
        table.set_columns(_columns(rows))
        table.set_rows(rows)
        if led == self._led and items:
            self._led = items[0].session_id
            table.move_to(self._led)
        self.show_step(self.next_step())

    def _make_row(self, item: Item, line: SessionLine) -> Row:
        desk = self.kiosk.desk
        when = desk.times.format_near(item.starts_at_utc_ms, desk.now().utc_ms)
        sealed = item.stage is Stage.SEALED
        said = (
            when,
            item.title,
            ", ".join(line.rooms),
            f"{item.people}",
            f"sealed r{line.revision}" if sealed else display_term(item.stage),
            item.upload.value,
            explain_brief(session_order.find_task(item)),
        )
        tone = "good" if sealed and not item.needs_somebody else ""
        return Row(item.session_id, said, tone)

    def next_step(self) -> Step:
        """Say what Enter does to the session under the cursor, or what comes first."""
        here = self.table.cursor_key
        anybody = self.found is not None and self.found.anybody
        return session_order.next_step(self._items, here, anybody=anybody)

    async def take_next_step(self) -> None:
        """Open a session where it stands; a planned one with the question to open it."""
        key = self.table.cursor_key
        if not key:
            self.say("No session yet. Press n to plan one.", "warning")
            return
        item = next(one for one in self._items if one.session_id == key)
        opens = item.stage is Stage.PLANNED and item.people
        await open_session(self, key, starts_on=OPENS if opens else "")

    def _lacks_peace(self) -> str:
        """Return why no one rehearses now, or an empty string."""
        if self.kiosk.desk.center.rehearsal:
            return "This is already a rehearsal."
        if running(self.kiosk.desk):
            return (
                "A session is running and its clock must stay in sight. Rehearse later."
            )
        return ""

    async def start_drill(self) -> None:
        """Sign out and open a rehearsal; at its end this kiosk opens again."""
        if await self._record_sign_out():
            self.kiosk.exit(return_code=REHEARSE)

    async def sign_out(self) -> None:
        """Record the sign-out and ask for the next sign-in."""
        if await self._record_sign_out():
            self.kiosk.actor = None
            self.kiosk.navigator.replace(Route.SIGN_IN)

    async def _record_sign_out(self) -> bool:
        """Record that whoever works here leaves, after everything that they asked for.

        Returns:
            Whether they leave: they stay where one of their steps asks for an answer.
        """
        desk, actor = self.kiosk.desk, self.actor
        await self.kiosk.finish_commands()
        if not self.is_active:
            self.say(STILL_SIGNED_IN, "warning")
            return False
        await self.kiosk.worker.attempt(lambda: desk.pins.sign_out(actor))
        return True

    def go_back(self) -> None:
        """There is nothing behind Today."""
        self.say("This is the first screen. S signs out.", "warning")

    ACTIONS: ClassVar[tuple[Action["TodayScreen"], ...]] = (
        Action("next", "enter", take_next_step),
        _leads(Route.PLAN, "n"),
        _leads(Route.ROSTER, "r"),
        Action("people", "p",
               lambda screen: screen.kiosk.navigator.open(Route.FIND, sessions=False)),
        _leads(Route.UPLOAD, "o"),
        # Before the list takes it: here it finds more than is listed.
        _leads(Route.FIND, "slash", priority=True),
        _leads(Route.RECORDS, "g"),
        _leads(Route.STAFF, "s"),
        Action("drill", "d", start_drill, lacks=_lacks_peace),
        Action("look", "T", lambda screen: screen.kiosk.looks.wear_next(screen.actor),
               needs=lambda screen: screen.kiosk.looks.colored),
        Action("sign_out", "S", sign_out),
        Action("back", "escape", go_back),
    )  # fmt: skip


def sort_sessions(found: DayList) -> tuple[Item, ...]:
    """Return the sessions in the order in which they need someone."""
    return session_order.sort_items(
        Item(
            session_id=one.session_id,
            title=one.title,
            stage=one.stage,
            starts_at_utc_ms=one.starts_at_utc_ms,
            people=one.people,
            scores_open=one.scores_open,
            upload=upload,
            vendor=found.vendor.get(one.session_id, ""),
        )
        for one, upload in found.sessions
    )


def _columns(rows: Sequence[Row]) -> list[Column]:
    """Return the columns, each as wide as its words, so that titles get the rest."""
    columns = []
    for place, (title, most) in enumerate(COLUMNS):
        words = max((cells(row.cells[place]) for row in rows), default=0)
        width = min(most, max(words, cells(title)))
        grow, right = title == "Session", title in {"Time", "People"}
        columns.append(Column(title, width, grow=grow, right=right))
    return columns
