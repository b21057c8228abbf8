"""The wall: the clock in the largest digits that fit, read-only, for a whole room."""

from collections.abc import Iterator
from typing import ClassVar

from textual.events import Resize
from textual.widget import Widget

from cptkiosk.domain.guidance.step import Step
from cptkiosk.domain.state.session import Session, Stage
from cptkiosk.domain.time import timing
from cptkiosk.domain.values import plural
from cptkiosk.ui.actions import Action
from cptkiosk.ui.frame.kiosk_screen import REPAINT, KioskScreen
from cptkiosk.ui.navigator import Route
from cptkiosk.ui.session_clock_text import NOTHING_RUNS, begins_in_ms, running
from cptkiosk.ui.view import SessionView, SessionViews
from cptkiosk.ui.widgets.big_clock import BigClock
from cptkiosk.ui.widgets.plain_text import PlainText

SCALE_MAX = 6
TURN_MS = 10_000
"""How long each of several running sessions is shown."""


class WallScreen(KioskScreen):
    """Shows one running session after the other, or only the one that was named.

    Nothing can be recorded here.
    """

    ROUTE = Route.WALL
    DRAWS_EACH_SECOND = True

    def __init__(self, session_id: str = "") -> None:
        super().__init__()
        self._session_id = session_id
        self._views = SessionViews()

    def compose_body(self) -> Iterator[Widget]:
        """Lay out what the room reads."""
        yield PlainText("", id="what")
        yield BigClock("", scale_max=SCALE_MAX)
        yield PlainText("", id="until")

    def next_step(self) -> Step:
        """Nothing is done here."""
        return Step("display only", "none", by="quit")

    @property
    def running(self) -> list[Session]:
        """The sessions to show in turn: all that run, or the one that was named."""
        named, found = self._session_id, running(self.kiosk.desk)
        return [
            one
            for one in sorted(found, key=lambda one: one.session_id)
            if named in {"", one.session_id}
        ]

    def draw_body(self) -> None:
        """Draw the clock of a session that runs, of several in turn."""
        desk, shown = self.kiosk.desk, self.running
        if not shown:
            self._draw_idle()
            return
        at = desk.now().utc_ms // TURN_MS % len(shown)
        session = shown[at]
        view = self._views.of(session, desk, self.actor)
        what = self._about(session)
        if len(shown) > 1:
            what += f"\n{session.title}   clock {at + 1} of {len(shown)}"
        self.set_class(session.stage is Stage.HALTED, "-halted")
        self.show_text("what", what)
        self.query_one(BigClock).text = view.face
        below = self._below(view, self._lines_below(what))
        self.show_text("until", "\n".join(below))

    def on_resize(self, event: Resize) -> None:
        """Draw as much as there is room for now, once that is laid out."""
        super().on_resize(event)
        if self.drawable:
            self.call_after_refresh(self.draw_body)

    def _lines_below(self, what: str) -> int:
        """Return how many lines there are below the clock, with `what` above it."""
        clock = self.query_one(BigClock)
        body = self.query_one("#body").size.height
        return body - clock.outer_size.height - len(what.splitlines())

    def _draw_idle(self) -> None:
        desk = self.kiosk.desk
        named = desk.sessions.get(self._session_id)
        idle = NOTHING_RUNS
        if named is not None:
            idle = f"{self._about(named)}\n{named.title} is not running."
        self.set_class(False, "-halted")
        self.show_text("what", idle)
        # Digits stay as large as they are on a 24-hour clock.
        time, _, half = desk.times.format_seconds(desk.now().utc_ms).partition(" ")
        self.query_one(BigClock).text = time
        self.show_text("until", half)

    def _about(self, session: Session) -> str:
        titles = {one.id: one.name for one in self.definitions.modules}
        names = " + ".join(titles.get(one, one) for one in session.module_ids)
        rooms = ", ".join(room.name for room in session.rooms)
        return f"{names}   room {rooms}"

    def _below(self, view: SessionView, room: int) -> Iterator[str]:
        """Return what is said below the clock, in at most `room` lines."""
        times, session, line_ms = self.kiosk.desk.times, view.session, view.line_ms
        if session.stage is Stage.HALTED:
            yield "ALL CLOCKS ARE STOPPED"
            return
        if begins_in_ms(session, line_ms):
            room -= 1
            yield f"starts at {times.format_seconds(session.start_line_ms or 0)}"
        after = list(self._after_ends(view))
        yield from self._ends(view, room - len(after))
        yield from after

    def _ends(self, view: SessionView, room: int) -> list[str]:
        """Return who ends when, the last of `room` lines saying what does not fit."""
        counts: dict[str, int] = {}
        for end_ms, count in sorted(view.ends.items()):
            if end_ms > view.line_ms:
                text = self.kiosk.desk.times.format_seconds(end_ms)
                counts[text] = counts.get(text, 0) + count
        lines = [
            f"ends {text}   {plural(count, 'person', 'people')}"
            for text, count in counts.items()
        ]
        if len(lines) <= room:
            return lines
        shown = max(0, room - 1)
        more = len(lines) - shown
        return [*lines[:shown], f"+ {more} more, latest {list(counts)[-1]}"]

    def _after_ends(self, view: SessionView) -> Iterator[str]:
        """Yield whose time is up, and what is announced next."""
        session, line_ms = view.session, view.line_ms
        if up := sum(
            session.left_ms(one, line_ms) <= 0 for one in session.timed_attempts
        ):
            yield f"time is up for {plural(up, 'person', 'people')}"
        call = view.next_call
        if call is not None and call.due_line_ms > line_ms:
            span = timing.span_text(call.due_line_ms - line_ms)
            yield f"next announcement ({call.minutes} minutes left) in {span}"

    COMMON: ClassVar[tuple[Action["WallScreen"], ...]] = (
        REPAINT,
        Action("quit", "ctrl+q", lambda screen: screen.kiosk.leave_kiosk()),
    )  # fmt: skip
