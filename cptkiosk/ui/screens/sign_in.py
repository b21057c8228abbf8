"""Sign-in, and the lock: a locked terminal still keeps time."""

from collections.abc import Iterator
from functools import partial
from typing import ClassVar

from textual import on
from textual.widget import Widget

from cptkiosk.domain.guidance.step import Step
from cptkiosk.ui.actions import Action, Actions
from cptkiosk.ui.dialogs import odd_clock
from cptkiosk.ui.frame.kiosk_screen import HELP, REPAINT, KioskScreen
from cptkiosk.ui.navigator import Route
from cptkiosk.ui.session_clock_text import running, running_clocks
from cptkiosk.ui.widgets.fields import ChoiceField, TextField, Values
from cptkiosk.ui.widgets.form import Form
from cptkiosk.ui.widgets.plain_text import PlainText
from cptkiosk.words import describe_step

HALT: Action[KioskScreen] = Action(
    "halt", "f8", lambda screen: screen.halt(), words="halt_signed_out"
)
"""Says what comes first: a halt is recorded with the name of who pressed it."""


class SignInScreen(KioskScreen):
    """Asks who is here; running clocks stay in sight."""

    TYPING = True
    DRAWS_EACH_SECOND = True

    ROUTE: ClassVar[Route] = Route.SIGN_IN

    @property
    def _locks(self) -> bool:
        """Whether someone's open screens are behind this one."""
        return self.ROUTE is Route.LOCK

    def compose_body(self) -> Iterator[Widget]:
        """Lay out the clocks and the form."""
        yield PlainText("", id="clocks")
        yield from odd_clock.notice(self)
        if self.kiosk.options.notice:
            yield PlainText(self.kiosk.options.notice, classes="intro")
        staff = self.kiosk.desk.center.active_members
        options = tuple((one.staff_id, f"{one.name} ({one.role})") for one in staff)
        current = (
            self.actor.staff_id if self._locks or len(options) != 1 else options[0][0]
        )
        yield Form(
            ChoiceField("who", "Name", options, value=current),
            TextField("pin", "PIN", secret=True, digits=True),
        )

    def next_step(self) -> Step:
        """Ask for the sign-in."""
        if self._locks:
            member = self.kiosk.desk.center.staff.get(self.actor.staff_id)
            who = f" by {member.name}" if member else ""
            return Step(f"this terminal is LOCKED{who} - enter your PIN", "none")
        return Step("choose your name and enter your PIN", "none")

    def draw_body(self) -> None:
        """Show the clocks of running sessions."""
        desk = self.kiosk.desk
        lines = running_clocks(desk)
        steps = (desk.next_step(one, self.actor) for one in running(desk))
        lines += [
            f"{self.kiosk.glyphs.attention} Due: {describe_step(step)}."
            for step in steps
            if step.action == "announce"
        ]
        self.show_text("clocks", "\n".join(lines))

    @on(Form.Submitted)
    async def take_submission(self, message: Form.Submitted) -> None:
        """Let someone in, or say why not."""
        sign_in = partial(self._sign_in, message.values)
        await odd_clock.ask_clock(self, message.form, sign_in)

    async def _sign_in(self, values: Values, clock_is_right: bool) -> None:
        who, pin = values.text("who"), values.text("pin")
        desk = self.kiosk.desk
        actor = await self.kiosk.worker.attempt(
            lambda: desk.pins.sign_in(who, pin, clock_is_right=clock_is_right)
        )
        if actor is None:
            form = self.form
            form.set_values({"pin": ""})
            form.reopen()
            return
        self.kiosk.sign_in(actor)
        if self._locks:
            self.dismiss_to_previous()
            self.kiosk.redraw_front()
        else:
            self.kiosk.navigator.replace(Route.TODAY)

    def finish_opening(self) -> None:
        """Ask for the PIN at once where the name is known."""
        form = self.form
        if form.values()["who"]:
            form.focus_field("pin")

    COMMON: ClassVar[Actions] = (HELP, REPAINT, HALT)

    ACTIONS: ClassVar[tuple[Action["SignInScreen"], ...]] = (
        Action("quit", "ctrl+q", lambda screen: screen.kiosk.leave_kiosk()),
        Action("back", "escape",
               lambda screen: screen.say("Sign in to continue.", "warning")),
        Action("lock", "ctrl+l", lambda _: None),
    )  # fmt: skip


class LockScreen(SignInScreen):
    """The sign-in in front of what someone left open: no key leads out of it."""

    ROUTE = Route.LOCK

    COMMON: ClassVar[Actions] = (REPAINT, HALT)

    ACTIONS: ClassVar[tuple[Action["SignInScreen"], ...]] = ()
