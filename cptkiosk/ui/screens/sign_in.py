"""Sign-in, and the lock: a locked terminal still keeps time."""

from collections.abc import Iterator
from typing import ClassVar

from textual import on
from textual.widget import Widget
from textual.widgets import Static

from cptkiosk.domain import timing
from cptkiosk.domain.attempt import LIVE
from cptkiosk.domain.guide import Step
from cptkiosk.domain.session import Session
from cptkiosk.ui import times
from cptkiosk.ui.screens.base import Key, KioskScreen
from cptkiosk.ui.widgets.form import ChoiceField, Form, TextField


class SignInScreen(KioskScreen):
    """Asks who is here; running clocks stay in sight."""

    KEYS: ClassVar[tuple[Key, ...]] = (
        Key("ctrl+q", "quit", "leave", "Leave the kiosk; a running session runs on"),
    )

    def __init__(self, *, lock: bool = False) -> None:
        super().__init__()
        self._lock = lock

    def body(self) -> Iterator[Widget]:
        """Lay out the clocks and the form."""
        yield Static("", id="clocks", markup=False)
        staff = self.kiosk.desk.center.staff.values()
        options = tuple((one.staff_id, f"{one.name} ({one.role})") for one in staff)
        current = (
            self.actor.staff_id if self._lock or len(options) != 1 else options[0][0]
        )
        yield Form(
            ChoiceField("who", "Name", options, value=current),
            TextField("pin", "PIN", secret=True, digits=True),
        )

    def next_step(self) -> Step:
        """Ask for the sign-in."""
        return Step("choose your name and give your PIN", "none")

    def tick(self) -> None:
        """Show the clocks of running sessions."""
        super().tick()
        if not self.drawable:
            return
        running = [one for one in self.kiosk.desk.sessions.values() if one.running]
        lines = [self._clock_line(one) for one in running]
        self.query_one("#clocks", Static).update("\n".join(lines))

    def _clock_line(self, session: Session) -> str:
        line_ms = session.line_ms(self.kiosk.desk.now())
        live = [
            one
            for one in session.attempts.values()
            if session.progress(one, line_ms) in LIVE
        ]
        if not live:
            return f"{session.title}: nobody is testing"
        left_ms = min(session.left_ms(one, line_ms) for one in live)
        if session.stage == "halted":
            return f"{session.title}: HALTED with {timing.clock_text(left_ms)} left"
        zone = self.kiosk.desk.zone
        ends = [end for one in live if (end := session.end_ms(one, line_ms))]
        until = f", first end {times.time_text(min(ends), zone)}" if ends else ""
        return f"{session.title}: {timing.clock_text(left_ms)} left{until}"

    @on(Form.Submitted)
    async def submitted(self, message: Form.Submitted) -> None:
        """Let somebody in, or say why not."""
        who, pin = str(message.values["who"]), str(message.values["pin"])
        desk = self.kiosk.desk
        actor = await self.kiosk.attempt(lambda: desk.sign_in(who, pin))
        if actor is None:
            self.query_one(Form).set_values({"pin": ""})
            return
        self.kiosk.actor = actor
        if self._lock:
            self.app.pop_screen()
            self.kiosk.redraw()
        else:
            from cptkiosk.ui.screens.today import TodayScreen

            self.app.switch_screen(TodayScreen())

    def do_quit(self) -> None:
        """Leave the kiosk."""
        self.app.exit(return_code=0)

    def do_back(self) -> None:
        """There is nothing behind the sign-in."""
        self.say("Sign in to go on, or leave with ^q.", "warning")

    async def do_lock(self) -> None:
        """It is locked already."""
