"""First run: one form, then Today."""

from collections.abc import Iterator
from functools import partial
from typing import ClassVar

from textual import on
from textual.widget import Widget

from cptkiosk.domain.guidance.step import Step
from cptkiosk.domain.text import clean_text
from cptkiosk.domain.values import Actor, Role
from cptkiosk.host.clock import system_zone
from cptkiosk.times.zones import UTC, UnknownZone, describe_zone, zone_meant
from cptkiosk.ui.actions import Action, Actions
from cptkiosk.ui.dialogs import odd_clock
from cptkiosk.ui.dialogs.question import build_fields
from cptkiosk.ui.dialogs.staff import check_both_pins, new_pin
from cptkiosk.ui.frame.kiosk_screen import REPAINT, KioskScreen
from cptkiosk.ui.navigator import Route
from cptkiosk.ui.widgets.fields import Values
from cptkiosk.ui.widgets.form import Form
from cptkiosk.ui.widgets.plain_text import PlainText


class FirstRunScreen(KioskScreen):
    """Asks for the center and its coordinator."""

    ROUTE = Route.FIRST_RUN
    TYPING = True

    def compose_body(self) -> Iterator[Widget]:
        """Lay out the form."""
        yield PlainText(
            "Welcome. This terminal has no record yet. Fill this in once. Only the"
            " coordinator can change staff, scores, and sealed records.",
            classes="intro",
        )
        yield from odd_clock.notice(self)
        cleaned = {"reads": clean_text}
        known = {
            "name": cleaned,
            "site_code": cleaned,
            "time_zone": {
                "value": _zone_offered(),
                "reads": zone_meant,
                "read_back": lambda typed: describe_zone(zone_meant(typed)),
            },
            "coordinator": cleaned,
            "pin": new_pin(self.definitions.policies.pin_digits_min),
        }
        yield Form(*build_fields("first-run", known), check=check_both_pins)

    def next_step(self) -> Step:
        """Ask for the form."""
        return Step("enter the center and its coordinator", "none")

    @on(Form.Submitted)
    async def take_submission(self, message: Form.Submitted) -> None:
        """Open the ledger for this center and sign the coordinator in."""
        go_on = partial(self._open, message.values)
        await odd_clock.ask_clock(self, message.form, go_on)

    async def _open(self, values: Values, clock_is_right: bool) -> None:
        named = ("name", "site_code", "coordinator")
        name, site_code, coordinator = (clean_text(values.text(one)) for one in named)
        desk, pin = self.kiosk.desk, values.text("pin")

        def open_center() -> Actor:
            desk.center_log.init_center(
                name, site_code, zone_meant(values.text("time_zone")), coordinator, pin,
                clock_is_right=clock_is_right,
            )  # fmt: skip
            return desk.pins.sign_in("s1", pin)

        actor = await self.kiosk.worker.attempt(open_center)
        if actor is None:
            self.form.reopen()
        else:
            self.kiosk.sign_in(Actor(actor.staff_id, Role.COORDINATOR))
            self.kiosk.navigator.replace(Route.TODAY)

    COMMON: ClassVar[Actions] = (REPAINT,)

    ACTIONS: ClassVar[tuple[Action["FirstRunScreen"], ...]] = (
        Action("quit", "ctrl+q", lambda screen: screen.kiosk.leave_kiosk(),
               needs=lambda screen: not screen.kiosk.options.locked),
    )  # fmt: skip


def _zone_offered() -> str:
    """Return this machine's time zone, if it names a place.

    A machine that no one set says UTC: where the center is has to be typed then.
    """
    try:
        zone = zone_meant(system_zone())
    except UnknownZone:
        return ""
    return "" if zone == UTC else zone
