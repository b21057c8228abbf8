"""Who runs the check-in, and what they write for somebody turned away."""

from cptkiosk.desk import Recorded
from cptkiosk.domain.commands import HandOver
from cptkiosk.domain.text import visible
from cptkiosk.reports.slip import write_slip
from cptkiosk.ui import times
from cptkiosk.ui.screens.desk_form import DeskForm
from cptkiosk.ui.screens.session import SessionScreen
from cptkiosk.ui.widgets.form import ChoiceField, TextField, Values


def ask_hand_over(screen: SessionScreen) -> None:
    """Ask who takes the session over; both sign with their PIN."""
    desk, actor, session_id = screen.kiosk.desk, screen.actor, screen.session_id
    staff = desk.center.staff
    others = tuple((one, staff[one].name.text) for one in may_take_over(screen))
    fields = (
        ChoiceField("to", "To", others, value=others[0][0]),
        TextField("pin", "Your PIN", secret=True, digits=True),
        TextField("to_pin", "Their PIN", secret=True, digits=True),
    )

    def work(values: Values) -> Recorded:
        to, pin, to_pin = (str(values[name]) for name in ("to", "pin", "to_pin"))
        return desk.hand_over(session_id, actor, pin, to, to_pin)

    def done(recorded: Recorded, values: Values) -> None:
        name = dict(others)[str(values["to"])]
        screen.kiosk.say_recorded(recorded, f"{name} runs the session now")

    def check(values: Values) -> dict[str, str]:
        wish = HandOver(session_id=session_id, to=str(values["to"]))
        refusal = desk.why_not(wish, actor)
        return {"to": refusal} if refusal else {}

    lines = (
        "Whoever takes over runs the session from then on, and signs its close-out.",
        "They sign in at this terminal by ^L.",
    )
    DeskForm(screen, "Hand over", lines, fields, work, done, check).ask()


def may_take_over(screen: SessionScreen) -> tuple[str, ...]:
    """Return who of the staff does not run the session yet."""
    lead = screen.session.lead
    return tuple(one for one in screen.kiosk.desk.center.staff if one != lead)


def lead_words(screen: SessionScreen) -> str:
    """Return who runs the session, in few cells: 'lead L. Wong'."""
    member = screen.kiosk.desk.center.staff.get(screen.session.lead)
    if member is None:
        return ""
    *given, family = member.name.text.split()
    return f"lead {' '.join((*(f'{one[0]}.' for one in given), family))}"


async def write_denial_slip(screen: SessionScreen, attempt_id: str) -> None:
    """Write the slip of somebody denied, and say where it is."""
    desk, session_id = screen.kiosk.desk, screen.session_id
    folder = screen.kiosk.paths.reports
    written = await screen.kiosk.quietly(
        lambda: write_slip(desk, session_id, attempt_id, folder)
    )
    if written is None:
        return
    path, denied = written
    at = times.time_text(denied.at.utc_ms, desk.zone)
    person = screen.person(screen.session.attempts[attempt_id])
    words = f"{at}  #{denied.seq}  {person}: denied. Slip {path.name} in"
    words += f" {visible(str(path.parent), 160)}"
    screen.kiosk.say(words, "ok", synced=True)
