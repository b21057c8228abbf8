"""First run: one form, then Today."""

from collections.abc import Iterator
from functools import partial
from typing import ClassVar

from textual import on
from textual.widget import Widget

from cptkiosk.clock import system_zone
from cptkiosk.domain.guide import Step
from cptkiosk.domain.text import BadText, clean
from cptkiosk.domain.values import Actor, Refused, Role
from cptkiosk.pins import check_new_pin, pin_rule
from cptkiosk.time_zones import UTC, UnknownZone, zone_meant
from cptkiosk.ui.actions import Action, Actions
from cptkiosk.ui.dialogs import odd_clock
from cptkiosk.ui.frame.kiosk_screen import REPAINT, KioskScreen
from cptkiosk.ui.navigator import Route
from cptkiosk.ui.widgets.form import Form, TextField, Values
from cptkiosk.ui.widgets.plain_text import PlainText


class FirstRunScreen(KioskScreen):
    """Asks for the center and its coordinator."""

    ROUTE = Route.FIRST_RUN
    TYPING = True

    def body(self) -> Iterator[Widget]:
        """Lay out the form."""
        digits = self.definitions.policies.pin_digits_min
        yield PlainText(
            "Welcome. This terminal has no record yet. Fill this in once; the"
            " coordinator is the one who may change people, scores and sealed records.",
            classes="intro",
        )
        yield from odd_clock.notice(self)
        yield Form(
            TextField("name", "Center"),
            TextField("site_code", "Site code", help="as MSSC knows it, e.g. TN-0417"),
            TextField(
                "time_zone",
                "Time zone",
                value=_zone_offered(),
                help="a city, for example New York",
            ),
            TextField("coordinator", "Coordinator", help="first and last name"),
            TextField(
                "pin",
                "PIN",
                help=pin_rule(digits),
                secret=True,
                digits=True,
            ),
            TextField("again", "PIN again", secret=True, digits=True),
        )

    def next_step(self) -> Step:
        """Ask for the form."""
        return Step("fill in the center and its coordinator", "none")

    def _lacks_coordinator(self) -> str:
        """Return why nobody leaves a locked-down kiosk that has no coordinator yet."""
        if not self.kiosk.locked:
            return ""
        return (
            "This terminal is locked down, and only a coordinator ends the program."
            " Fill the form in first."
        )

    @on(Form.Submitted)
    async def submitted(self, message: Form.Submitted) -> None:
        """Open the ledger for this center and sign the coordinator in."""
        values = {name: str(value) for name, value in message.values.items()}
        errors = self._errors(message.values)
        if errors:
            self.query_one(Form).show_errors(errors)
            return
        await odd_clock.ask_clock(self, message.form, partial(self._open, values))

    async def _open(self, values: dict[str, str], clock_is_right: bool) -> None:
        name, site_code = clean(values["name"]), clean(values["site_code"])
        coordinator, pin = clean(values["coordinator"]), values["pin"]
        desk = self.kiosk.desk

        def open_center() -> Actor:
            desk.init_center(
                name, site_code, zone_meant(values["time_zone"]), coordinator, pin,
                clock_is_right=clock_is_right,
            )  # fmt: skip
            return desk.sign_in("s1", pin)

        actor = await self.kiosk.attempt(open_center)
        if actor is None:
            self.query_one(Form).reopen()
        else:
            self.kiosk.actor = Actor(actor.staff_id, Role.COORDINATOR)
            self.kiosk.wear_look()
            self.kiosk.navigator.replace(Route.TODAY)

    def _errors(self, values: Values) -> dict[str, str]:
        errors: dict[str, str] = {}
        for name in ("name", "site_code", "coordinator"):
            try:
                clean(values.text(name))
            except BadText as bad:
                errors[name] = str(bad)
        try:
            zone_meant(values.text("time_zone"))
        except UnknownZone as bad:
            errors["time_zone"] = str(bad)
        try:
            check_new_pin(values.text("pin"), self.definitions.policies.pin_digits_min)
        except Refused as refusal:
            errors["pin"] = str(refusal)
        if values["pin"] != values["again"]:
            errors["again"] = "the two PINs differ"
        return errors

    COMMON: ClassVar[Actions] = (REPAINT,)

    ACTIONS: ClassVar[tuple[Action["FirstRunScreen"], ...]] = (
        Action("quit", "ctrl+q", "leave", "Leave the kiosk; nothing has been written",
               lambda screen: screen.kiosk.leave(), lacks=_lacks_coordinator),
    )  # fmt: skip


def _zone_offered() -> str:
    """Return this machine's time zone, if it names a place.

    A machine that nobody set says UTC: where the center is has to be typed then.
    """
    try:
        zone = zone_meant(system_zone())
    except UnknownZone:
        return ""
    return "" if zone == UTC else zone
