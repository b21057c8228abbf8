"""Someone else runs the session: who gives it away and who takes it both sign."""

from cptkiosk.desk import Recorded
from cptkiosk.domain.commands.checkin import HandOver
from cptkiosk.domain.state.blockers import Who, may_take_step
from cptkiosk.domain.values import Actor
from cptkiosk.ui.dialogs.asking import ask_at_desk
from cptkiosk.ui.dialogs.question import DeskQuestion, name_staff
from cptkiosk.ui.ports import SessionPort
from cptkiosk.ui.widgets.fields import Values
from cptkiosk.words import explain

NOBODY_SIGNS = "No one on the staff list may sign this. A coordinator can add someone."


def ask_hand_over(screen: SessionPort) -> None:
    """Ask who takes the session over, and who gives it away; both sign here."""
    desk, here, session_id = screen.kiosk.desk, screen.actor, screen.session_id
    takers, givers = screen.may_take_over(), _may_give(screen)
    if not takers or not givers:
        screen.say(NOBODY_SIGNS, "warning")
        return
    to = here.staff_id if here.staff_id in takers else takers[0]
    by = here.staff_id if here.staff_id in givers else givers[0]
    given = here.staff_id not in givers
    fields = {
        "to": {"options": name_staff(desk.center, takers), "value": to},
        "by": {"options": name_staff(desk.center, givers), "value": by}
        if given
        else None,
        "pin": {"label": "Current lead's PIN"} if given else {},
    }

    def giver(values: Values) -> Actor:
        staff_id = values.text("by", by)
        role = desk.center.staff[staff_id].role
        asked_by = "" if staff_id == here.staff_id else here.staff_id
        return Actor(staff_id, role, asked_by)

    def record_hand_over(values: Values, _: Actor) -> Recorded:
        to, pin, to_pin = map(values.text, ("to", "pin", "to_pin"))
        return desk.hand_over(session_id, giver(values), pin, to, to_pin)

    def check_receiver(values: Values) -> dict[str, str]:
        command = HandOver(session_id=session_id, to=values.text("to"))
        refusal = explain(desk.preview.refusal(command, giver(values)))
        return {"to": refusal} if refusal else {}

    question = DeskQuestion.from_catalog(
        "hand-over",
        fields=fields,
        check=check_receiver,
        work=record_hand_over,
        names_signers=True,
        words=lambda values: (
            f"{desk.center.staff[values.text('to')].name} now runs the session"
        ),
    )
    ask_at_desk(screen, question)


def _may_give(screen: SessionPort) -> tuple[str, ...]:
    """Return who may give the session away: its lead first, then the coordinators."""
    lead = screen.session.lead
    staff = sorted(
        screen.kiosk.desk.center.active_members, key=lambda one: one.staff_id != lead
    )
    return tuple(
        one.staff_id
        for one in staff
        if may_take_step(Actor(one.staff_id, one.role), Who.LEAD, lead)
    )


def lead_words(screen: SessionPort) -> str:
    """Return who runs the session, in few cells: 'lead L. Wong'."""
    member = screen.kiosk.desk.center.staff.get(screen.session.lead)
    if member is None:
        return ""
    *given, family = member.name.text.split()
    return f"lead {' '.join((*(f'{one[0]}.' for one in given), family))}"
