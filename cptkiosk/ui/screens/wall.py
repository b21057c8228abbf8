"""The wall: the clock in the largest digits that fit, read-only, for a whole room."""

from collections.abc import Iterator
from typing import ClassVar

from textual.widget import Widget
from textual.widgets import Static

from cptkiosk.domain import timing
from cptkiosk.domain.guide import Step, next_call
from cptkiosk.domain.session import Session, Stage
from cptkiosk.domain.values import plural
from cptkiosk.ui import times
from cptkiosk.ui.screens.base import Key, KioskScreen
from cptkiosk.ui.widgets.face import Face

SCALE_MAX = 6


class WallScreen(KioskScreen):
    """Shows one running session after the other; nothing can be recorded here."""

    COMMON: ClassVar[tuple[Key, ...]] = (
        Key("ctrl+r", "repaint", "redraw", "Draw the whole screen again"),
        Key("ctrl+q", "quit", "leave", "Leave the wall clock"),
    )

    def body(self) -> Iterator[Widget]:
        """Lay out what the room reads."""
        yield Static("", id="what", markup=False)
        yield Face("", scale_max=SCALE_MAX)
        yield Static("", id="until", markup=False)

    def next_step(self) -> Step:
        """Nothing is done here."""
        return Step("this screen only shows the time", "none", "^q")

    def draw(self) -> None:
        """Draw the time."""
        self._draw_time()

    def tick(self) -> None:
        """Let the time pass."""
        super().tick()
        if self.drawable:
            self._draw_time()

    @property
    def shown(self) -> Session | None:
        """The running session that ends last, if one runs."""
        running = [one for one in self.kiosk.desk.sessions.values() if one.running]
        return max(running, key=self._last_end_ms, default=None)

    def _last_end_ms(self, session: Session) -> int:
        line_ms = session.line_ms(self.kiosk.desk.now())
        ends = (session.end_ms(one, line_ms) for one in session.attempts.values())
        return max((one for one in ends if one is not None), default=0)

    def _draw_time(self) -> None:
        session = self.shown
        desk = self.kiosk.desk
        face = self.query_one(Face)
        what, until = self.query_one("#what", Static), self.query_one("#until", Static)
        if session is None:
            now = times.local(desk.now().utc_ms, desk.zone)
            what.update("No session is running.")
            face.show(f"{now:%H:%M:%S}")
            until.update("")
            return
        titles = {one.id: one.name for one in self.definitions.modules}
        names = " + ".join(titles.get(one, one) for one in session.module_ids)
        rooms = ", ".join(room.name for room in session.rooms)
        what.update(f"{names}   room {rooms}")
        self.set_class(session.stage is Stage.HALTED, "-halted")
        line_ms = session.line_ms(desk.now())
        face.show(self._face(session, line_ms))
        until.update("\n".join(self._below(session, line_ms)))

    def _face(self, session: Session, line_ms: int) -> str:
        starts_in = (session.start_line_ms or 0) - line_ms
        if starts_in > 0:
            return f"-{timing.clock_text(starts_in)}"
        timed = session.timed(line_ms)
        # The room's clock: whoever came late or goes on has one of their own.
        with_the_room = [
            one for one in timed if not one.late and one.carried_ms is None
        ]
        lefts = [session.left_ms(one, line_ms) for one in with_the_room or timed]
        return timing.clock_text(max(0, min(lefts))) if lefts else "0:00:00"

    def _below(self, session: Session, line_ms: int) -> Iterator[str]:
        zone = self.kiosk.desk.zone
        if session.stage is Stage.HALTED:
            yield "ALL CLOCKS ARE STOPPED"
            return
        ends: dict[str, int] = {}
        for one in session.timed(line_ms):
            end_ms = session.end_ms(one, line_ms)
            if end_ms is not None:
                text = times.time_text(end_ms, zone)
                ends[text] = ends.get(text, 0) + 1
        for text, count in sorted(ends.items())[:4]:
            yield f"ends {text}   {plural(count, 'person', 'people')}"
        call = next_call(session, line_ms, self.definitions.policies)
        if call is not None and call.due_line_ms > line_ms:
            span = timing.span_text(call.due_line_ms - line_ms)
            yield f"next announcement: {call.minutes} minutes left, in {span}"

    def do_quit(self) -> None:
        """Leave the wall clock; a locked-down one only with the coordinator's PIN."""
        self.kiosk.leave()
