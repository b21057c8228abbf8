"""The header of every screen: the center, the time, what runs, and who sits here."""

from collections.abc import Sequence

from cptkiosk.ui.ports import Kiosk
from cptkiosk.ui.widgets.bars import HeaderBar, HeaderText
from cptkiosk.ui.widgets.rehearsal_bar import RehearsalBar


def draw_header(bar: HeaderBar, kiosk: Kiosk, clocks: Sequence[str]) -> None:
    """Draw the header, with the clocks that a screen shows in it."""
    desk = kiosk.desk
    center = desk.center
    member = center.staff.get(kiosk.actor.staff_id) if kiosk.actor else None
    rehearsal = ("REHEARSAL",) if center.rehearsal else ()
    bar.said = HeaderText(
        center.name if center.is_set_up else "cptkiosk",
        desk.times.format_clock(desk.now().utc_ms),
        clocks=(*clocks, *rehearsal),
        mark=kiosk.options.mark,
        code=center.site_code if center.is_set_up else "",
        who=member.name.text if member else "not signed in",
        role=member.role.value if member else "",
    )


def draw_rehearsal(bar: RehearsalBar, kiosk: Kiosk) -> None:
    """Draw what is said beside the kiosk, as in a rehearsal."""
    due_lines = kiosk.options.rehearsal_lines
    if due_lines is not None:
        bar.show_lines(due_lines())
