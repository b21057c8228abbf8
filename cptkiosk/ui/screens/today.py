"""Today: the sessions of the day and those that still need somebody."""

from collections.abc import Iterator
from typing import ClassVar

from textual.widget import Widget

from cptkiosk.domain.guide import Step
from cptkiosk.domain.session import Stage
from cptkiosk.domain.values import DAY_MS, plural
from cptkiosk.lists import SessionLine, open_sessions, people
from cptkiosk.ui import times
from cptkiosk.ui.screens.base import Key, KioskScreen
from cptkiosk.ui.walk import screen_for
from cptkiosk.ui.widgets.roll import Column, Roll, Row
from cptkiosk.ui.work import begin

PLACE_OF = {
    Stage.PLANNED: "people",
    Stage.CHECK_IN: "check-in",
    Stage.RUNNING: "testing",
    Stage.HALTED: "testing",
    Stage.ENDED: "scores",
    Stage.ABANDONED: "scores",
    Stage.SEALED: "close-out",
    Stage.CANCELLED: "people",
}
NEED = (
    Stage.HALTED,
    Stage.RUNNING,
    Stage.CHECK_IN,
    Stage.PLANNED,
    Stage.ENDED,
    Stage.ABANDONED,
    Stage.SEALED,
    Stage.CANCELLED,
)


class TodayScreen(KioskScreen):
    """Lists sessions, the one that needs somebody first."""

    KEYS: ClassVar[tuple[Key, ...]] = (
        Key("enter", "next", "open", "Open the session under the cursor"),
        Key("n", "plan", "new session", "Plan a session"),
        Key("r", "roster", "roster", "Import a roster file"),
        Key("o", "upload", "upload", "Write bundles of sealed sessions to a folder"),
        Key("slash", "find", "find", "Find a person or a session by typing"),
        Key("g", "records", "records", "Charts, tables as CSV, verify and back up"),
        Key("s", "staff", "staff", "Who works here; add somebody, set a new PIN"),
        Key("T", "look", "colours", "Dark, bright, high contrast or no colour"),
        Key("S", "sign_out", "sign out", "Sign out; running sessions run on"),
    )

    def __init__(self) -> None:
        super().__init__()
        # Before the list takes it: here it finds more than is listed.
        self._bindings.bind("slash", "press('find')", show=False, priority=True)
        self._lines: tuple[SessionLine, ...] = ()
        self._anybody = False

    def body(self) -> Iterator[Widget]:
        """Lay out the list."""
        yield Roll(
            empty="No session yet. Press r to import a roster, then n to plan a session."
        )

    def prepare(self) -> None:
        """Name the columns, then read the list."""
        roll = self.query_one(Roll)
        roll.set_columns(
            [
                Column("Time", 9),
                Column("Session", 24, grow=True),
                Column("Rooms", 8),
                Column("People", 6, right=True),
                Column("State", 10),
                Column("To do", 17),
            ]
        )

    def redraw(self) -> None:
        """Read the list again; drawing follows."""
        begin(self, self._read, "today")

    async def _read(self) -> None:
        desk = self.kiosk.desk
        since_ms = desk.now().utc_ms - DAY_MS
        found = await self.kiosk.quietly(
            lambda: (open_sessions(desk.ledger, since_ms), bool(people(desk.ledger)))
        )
        if found is None:
            return
        lines, self._anybody = found
        self._lines = tuple(
            sorted(lines, key=lambda one: (NEED.index(one.stage), one.starts_at_utc_ms))
        )
        super().redraw()

    def opened(self) -> None:
        """Say what a rehearsal has to say."""
        if self.kiosk.notice:
            self.kiosk.say(self.kiosk.notice, "ok")

    def draw(self) -> None:
        """Draw the list."""
        desk = self.kiosk.desk
        now_ms, zone = desk.now().utc_ms, desk.zone
        self.query_one(Roll).set_rows(
            [
                Row(
                    one.session_id,
                    (
                        times.day_text(one.starts_at_utc_ms, now_ms, zone),
                        one.title,
                        ", ".join(one.rooms),
                        str(one.people),
                        _state(one),
                        _to_do(one),
                    ),
                    tone="good" if one.stage is Stage.SEALED else "",
                )
                for one in self._lines
            ]
        )

    def next_step(self) -> Step:
        """Point at the session that needs somebody most."""
        if not self._lines and self._anybody:
            return Step("people are registered - plan a session", "plan", "n")
        if not self._lines:
            return Step("import a roster, then plan a session", "roster", "r")
        first = self._lines[0]
        if first.stage in {Stage.SEALED, Stage.CANCELLED} and first.bundles:
            return Step("everything is done - plan the next session", "plan", "n")
        return Step(f"{_to_do(first)} for {first.title}", "next")

    async def do_next(self) -> None:
        """Open a session where it stands."""
        key = self.query_one(Roll).cursor_key
        if not key:
            self.say("There is no session yet. Press n to plan one.", "warning")
            return
        await self.open_session(key)

    async def open_session(self, session_id: str) -> None:
        """Open a session on the screen of its stage."""
        desk = self.kiosk.desk
        session = await self.kiosk.quietly(lambda: desk.session(session_id))
        if session is None:
            return
        self.app.push_screen(screen_for(PLACE_OF[session.stage], session_id))

    def do_plan(self) -> None:
        """Plan a session."""
        from cptkiosk.ui.screens.plan import PlanScreen

        self.app.push_screen(PlanScreen())

    def do_roster(self) -> None:
        """Import a roster."""
        from cptkiosk.ui.screens.roster import RosterScreen

        self.app.push_screen(RosterScreen())

    def do_upload(self) -> None:
        """Show what waits to be written out, and what was."""
        from cptkiosk.ui.screens.upload import UploadScreen

        self.app.push_screen(UploadScreen())

    def do_staff(self) -> None:
        """Show who works here."""
        from cptkiosk.ui.screens.staff import StaffScreen

        self.app.push_screen(StaffScreen())

    def do_find(self) -> None:
        """Find a person or a session."""
        from cptkiosk.ui.screens.find import FindScreen

        self.app.push_screen(FindScreen())

    def do_records(self) -> None:
        """Show charts of everything on record."""
        from cptkiosk.ui.screens.records import RecordsScreen

        self.app.push_screen(RecordsScreen())

    def why_not(self, action: str) -> str:
        """Return why an action is not possible now, or nothing if it is."""
        if action == "look" and not self.kiosk.coloured:
            return "This terminal shows no colours (TERM or NO_COLOR says so)."
        return super().why_not(action)

    def do_look(self) -> None:
        """Put on the next look; it is kept for whoever sits here."""
        self.kiosk.next_look()

    async def do_sign_out(self) -> None:
        """Record the sign-out and ask for the next sign-in."""
        from cptkiosk.ui.screens.sign_in import SignInScreen

        actor = self.kiosk.actor
        if actor is None:
            return
        desk = self.kiosk.desk
        await self.kiosk.attempt(lambda: desk.sign_out(actor))
        self.kiosk.actor = None
        self.app.switch_screen(SignInScreen())

    def do_back(self) -> None:
        """There is nothing behind Today."""
        self.say("This is the first screen. S signs out.", "warning")


def _state(line: SessionLine) -> str:
    return (
        f"sealed r{line.revision}" if line.stage is Stage.SEALED else line.stage.value
    )


def _to_do(line: SessionLine) -> str:
    match line.stage:
        case Stage.PLANNED:
            return "open check-in" if line.people else "put people on the roll"
        case Stage.CHECK_IN:
            return "check in"
        case Stage.RUNNING:
            return "testing"
        case Stage.HALTED:
            return "halted: resume"
        case Stage.ENDED | Stage.ABANDONED:
            due = line.scores_open
            return f"{plural(due, 'score')} due" if due else "seal"
        case Stage.SEALED:
            return "-" if line.bundles else "write the bundle"
        case Stage.CANCELLED:
            return "-"
