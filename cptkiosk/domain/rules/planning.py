"""Rules of the plan: a session is put on the calendar, or called off."""

from cptkiosk.domain.commands import planning as c
from cptkiosk.domain.events import planning as e
from cptkiosk.domain.rules.checks import reason_given
from cptkiosk.domain.rules.odd_dates import odd_dates
from cptkiosk.domain.rules.rule import Context, Events, rule
from cptkiosk.domain.state.session import Session, Stage
from cptkiosk.domain.values import DAY_MS, Refused

ROWS_MAX, COLUMNS_MAX = 26, 40
PLAN_MAX_MS = 2 * 366 * DAY_MS


def _plan_session(session: Session, command: c.PlanSession, context: Context) -> Events:
    if session.session_id:
        raise Refused(
            f"There is a session {session.session_id} already.", "Choose another ID."
        )
    if abs(command.starts_at_utc_ms - context.now.utc_ms) > PLAN_MAX_MS:
        raise Refused(
            "That start is more than two years from now.",
            "Look at the year, and at this machine's clock.",
        )
    if not command.module_ids:
        raise Refused("A session needs a module.", "Choose at least one.")
    if not command.rooms:
        raise Refused("A session needs a room.", "Name one, with its seats.")
    for room in command.rooms:
        if not (1 <= room.rows <= ROWS_MAX and 1 <= room.columns <= COLUMNS_MAX):
            raise Refused(
                f"Room {room.name} cannot have {room.rows} rows of {room.columns}.",
                f"Use 1 to {ROWS_MAX} rows of 1 to {COLUMNS_MAX} seats.",
            )
    names = [room.name for room in command.rooms]
    if len(set(names)) < len(names) or not all(names):
        raise Refused("Each room needs a name of its own.", "Give it one.")
    return (
        e.SessionPlanned(
            session_id=command.session_id,
            title=command.title,
            starts_at_utc_ms=command.starts_at_utc_ms,
            module_ids=command.module_ids,
            rooms=command.rooms,
            odd=odd_dates(session, command, context),
        ),
    )


def _cancel(session: Session, command: c.CancelSession, context: Context) -> Events:
    reason = reason_given(command.reason, session.session_id)
    return (e.SessionCancelled(reason=reason, outcomes_kept=True),)


RULES = (
    rule(c.PlanSession, _plan_session, Stage.PLANNED),
    rule(c.CancelSession, _cancel, Stage.PLANNED, Stage.CHECK_IN),
)
