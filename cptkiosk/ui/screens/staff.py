"""Staff: who works here, who is locked out, and new PINs."""

from collections.abc import Callable
from typing import ClassVar

from cptkiosk.desk import Desk
from cptkiosk.domain.guidance.step import Step
from cptkiosk.domain.state.center import Member
from cptkiosk.domain.text import fold_text
from cptkiosk.domain.time.calendar import format_date
from cptkiosk.domain.values import Role, plural
from cptkiosk.services.listings import last_sign_ins
from cptkiosk.ui.actions import Action
from cptkiosk.ui.dialogs.asking import ask_at_desk
from cptkiosk.ui.dialogs.question import DeskQuestion
from cptkiosk.ui.dialogs.staff import (
    add_member,
    change_active,
    change_role,
    reset_pin,
    set_training,
)
from cptkiosk.ui.frame.body import ListBody
from cptkiosk.ui.frame.kiosk_screen import FIND, NEXT, KioskScreen
from cptkiosk.ui.navigator import Route
from cptkiosk.ui.widgets.filterable_table import Column, Row
from cptkiosk.ui.workers import begin

APPROVED = (
    "A coordinator can approve changes here with a PIN. Your own PIN needs no approval."
)

NOBODY = "No one is selected."


def _member_action(
    id_: str, key: str, question: Callable[[Desk, Member], DeskQuestion]
) -> Action["StaffScreen"]:
    """Return the action that asks what changes about the member under the cursor."""

    def open_question(screen: "StaffScreen") -> None:
        if (chosen := screen.selected_member) is not None:
            ask_at_desk(screen, question(screen.kiosk.desk, chosen))

    return Action(id_, key, open_question, lacks=_lacks_member)


def _lacks_member(screen: "StaffScreen") -> str:
    """Return that a key for someone has no one to act on, if so."""
    return NOBODY if screen.selected_member is None else ""


class StaffScreen(KioskScreen):
    """A coordinator keeps the list, or approves what is changed; everyone may read it."""

    ROUTE = Route.STAFF
    BODY = ListBody(
        Column("Name", 22, grow=True),
        Column("Role", 11),
        Column("Trained", 12),
        Column("PIN", 12),
        Column("Last sign-in", 12),
        empty="The staff list is empty.",
        below=("why",),
    )

    def __init__(self) -> None:
        super().__init__()
        self._last: dict[str, int] = {}
        self._version = 0

    def redraw_record(self) -> None:
        """Read who signed in last; drawing follows."""
        begin(self, self._read_sign_ins, "staff")

    async def _read_sign_ins(self) -> None:
        desk, after = self.kiosk.desk, self._version
        found = await self.kiosk.worker.quietly(lambda: last_sign_ins(desk, after))
        if found is not None:
            last, self._version = found
            self._last |= last
        super().redraw_record()

    def draw_body(self) -> None:
        """Draw the list by name."""
        members = sorted(
            self.kiosk.desk.center.staff.values(),
            key=lambda one: (fold_text(one.name.text), one.staff_id),
        )
        self.table.set_rows(self._make_row(one) for one in members)
        alone = self.actor.role is Role.COORDINATOR
        self.show_text("why", "" if alone else APPROVED)

    def _make_row(self, one: Member) -> Row:
        desk, at_ms = self.kiosk.desk, self._last.get(one.staff_id)
        last = "never"
        if at_ms is not None:
            last = desk.times.format_near(at_ms, desk.now().utc_ms)
        state = f"{one.failed} wrong" if one.failed else "OK"
        if not one.active:
            state = "deactivated"
        elif one.locked:
            state = f"{self.kiosk.glyphs.attention} locked"
        cells = (
            one.name.text,
            one.role.value,
            format_date(one.trained_on) or "-",
            state,
            last,
        )
        return Row(
            one.staff_id,
            cells,
            "alert" if one.locked and one.active else "",
            one.staff_id,
        )

    @property
    def selected_member(self) -> Member | None:
        """The member under the cursor; `None` if nothing matches, or was read yet."""
        return self.kiosk.desk.center.staff.get(self.table.cursor_key)

    def _locked_members(self) -> list[Member]:
        return [one for one in self.kiosk.desk.center.active_members if one.locked]

    def next_step(self) -> Step:
        """Point at who is locked out."""
        locked = self._locked_members()
        if locked:
            alone = self.actor.role is Role.COORDINATOR
            by = "" if alone else "with a coordinator: "
            return Step(f"{locked[0].name} is locked - {by}set a new PIN", "reset")
        return Step(
            f"{plural(len(self.kiosk.desk.center.staff), 'person', 'people')} on the"
            " staff list, no one locked - go back",
            "leave",
        )

    async def follow(self, step: Step) -> None:
        """Unlock who is locked; if no one is, go back."""
        if step.action == "reset":
            if self.table.move_to(self._locked_members()[0].staff_id):
                self.reset_pin()
        else:
            self.dismiss_to_previous()

    # Asking

    def reset_pin(self) -> None:
        """Ask for a new PIN of the one under the cursor."""
        desk, whose = self.kiosk.desk, self.selected_member
        if whose is None:
            return
        own = whose.staff_id == self.actor.staff_id
        ask_at_desk(self, reset_pin(desk, whose, self._pin_digits_min, own=own))

    @property
    def _pin_digits_min(self) -> int:
        return self.definitions.policies.pin_digits_min

    ACTIONS: ClassVar[tuple[Action["StaffScreen"], ...]] = (
        NEXT,
        Action("add", "a",
               lambda screen: ask_at_desk(
                   screen, add_member(screen.kiosk.desk, screen._pin_digits_min))),
        Action("reset", "r", reset_pin, lacks=_lacks_member),
        _member_action("training", "t", set_training),
        _member_action("role", "o", change_role),
        _member_action("deactivate", "d", change_active),
        FIND,
    )  # fmt: skip
