"""Dates that are possible and odd: pointed out before a step, and recorded with it.

What cannot be is refused where it is typed. What is only unlikely, such as a start
that is past, must be confirmed: the step is taken, and its entry says so.
"""

from cptkiosk.domain.commands.base import SessionCommand
from cptkiosk.domain.commands.checkin import HandOver, OpenCheckIn
from cptkiosk.domain.commands.planning import PlanSession
from cptkiosk.domain.commands.testing import StartSession
from cptkiosk.domain.events.planning import OddDate
from cptkiosk.domain.rules.rule import Booking, Context
from cptkiosk.domain.state.session import Session
from cptkiosk.domain.text import fold_text
from cptkiosk.domain.time.timing import UNTIMED, planned_ms
from cptkiosk.domain.values import MINUTE_MS, Refused

START_PAST = "start-past"
ROOM_TAKEN = "room-taken"
OFF_PLAN = "off-plan"
UNTRAINED = "untrained"
TRAINING_TO_COME = "training-to-come"

PAST_MS = 10 * MINUTE_MS
"""How long ago a start may be planned without a word: a plan is made in a hurry too."""


def odd_dates(
    session: Session, command: SessionCommand, context: Context
) -> tuple[OddDate, ...]:
    """Return what is odd about the dates of a command, as it would be recorded."""
    match command:
        case PlanSession():
            return (*_start_past(command, context), *_rooms_taken(command, context))
        case OpenCheckIn():
            return _find_untrained(context.actor.staff_id, context)
        case HandOver():
            return _find_untrained(command.to, context)
        case StartSession():
            return _off_plan(session, context)
        case _:
            return ()


def _start_past(command: PlanSession, context: Context) -> tuple[OddDate, ...]:
    ago_ms = context.now.utc_ms - command.starts_at_utc_ms
    if ago_ms <= PAST_MS:
        return ()
    return (_make_odd_date(START_PAST, minutes=ago_ms // MINUTE_MS),)


def _rooms_taken(command: PlanSession, context: Context) -> tuple[OddDate, ...]:
    wanted = Booking(
        command.session_id,
        tuple(room.name for room in command.rooms),
        command.module_ids,
        command.starts_at_utc_ms,
    )
    begins_ms, ends_ms = _booked_span(wanted, context)
    return tuple(
        _make_odd_date(ROOM_TAKEN, session=other.session_id, room=room)
        for other in context.booked()
        if other.session_id != command.session_id
        for room in wanted.rooms
        if _has_room(other, room)
        and _booked_span(other, context)[0] < ends_ms
        and begins_ms < _booked_span(other, context)[1]
    )


def _has_room(booking: Booking, room: str) -> bool:
    """Return whether a session takes a room, however its name is written.

    Lists of sessions part names at commas, and a name may have one: 'Shop, East'.
    """
    return f",{fold_text(room)}," in f",{fold_text(','.join(booking.rooms))},"


def _booked_span(booking: Booking, context: Context) -> tuple[int, int]:
    """Return from when to when a session takes its rooms, without anyone's extra time."""
    minutes = [
        one.minutes
        for one in context.definitions.modules
        if one.id in booking.module_ids
    ]
    lasts_ms = planned_ms(max(minutes, default=0), UNTIMED)
    return booking.starts_at_utc_ms, booking.starts_at_utc_ms + lasts_ms


def _off_plan(session: Session, context: Context) -> tuple[OddDate, ...]:
    off_ms = context.now.utc_ms - session.starts_at_utc_ms
    if abs(off_ms) <= context.policies.start_off_plan_minutes * MINUTE_MS:
        return ()
    minutes = abs(off_ms) // MINUTE_MS
    return (
        _make_odd_date(
            OFF_PLAN, minutes=minutes, side="after" if off_ms > 0 else "before"
        ),
    )


def _find_untrained(staff_id: str, context: Context) -> tuple[OddDate, ...]:
    trained_on = context.trained_on(staff_id)
    if trained_on is None:
        return ()
    if not trained_on:
        return (_make_odd_date(UNTRAINED, staff=staff_id),)
    if trained_on > context.day_of(context.now.utc_ms):
        return (_make_odd_date(TRAINING_TO_COME, staff=staff_id, date=trained_on),)
    return ()


def trained_enough(found: tuple[OddDate, ...], context: Context) -> None:
    """Check that the policy lets a staff member with these papers run a session.

    Raises:
        Refused: if it does not.
    """
    if found and context.policies.untrained_staff == "block":
        raise Refused(f"lead-{found[0].code}", **dict(found[0].params))


def _make_odd_date(code: str, **params: object) -> OddDate:
    return OddDate(
        code=code, params=tuple((name, f"{value}") for name, value in params.items())
    )
