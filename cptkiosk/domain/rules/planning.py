"""Rules of planning: a session is planned or canceled."""

from cptkiosk.domain.commands import planning as c
from cptkiosk.domain.events import planning as e
from cptkiosk.domain.rules.checks import reason_given
from cptkiosk.domain.rules.odd_dates import odd_dates
from cptkiosk.domain.rules.rule import UNDER_WAY, Context, Events, rule
from cptkiosk.domain.state.session import Session, Stage
from cptkiosk.domain.values import DAY_MS, Refused

ROWS_MAX, COLUMNS_MAX = 26, 40
PLAN_MAX_MS = 2 * 366 * DAY_MS


def _plan_session(session: Session, command: c.PlanSession, context: Context) -> Events:
    if session.session_id:
        raise Refused("session-exists", session_id=session.session_id)
    if abs(command.starts_at_utc_ms - context.now.utc_ms) > PLAN_MAX_MS:
        raise Refused("start-far")
    if not command.module_ids:
        raise Refused("no-module-chosen")
    if not command.rooms:
        raise Refused("no-room")
    for room in command.rooms:
        if not (1 <= room.rows <= ROWS_MAX and 1 <= room.columns <= COLUMNS_MAX):
            raise Refused(
                "room-size",
                room=room.name,
                rows=room.rows,
                columns=room.columns,
                rows_max=ROWS_MAX,
                columns_max=COLUMNS_MAX,
            )
    names = [room.name for room in command.rooms]
    if len(set(names)) < len(names) or not all(names):
        raise Refused("room-name-twice")
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


def _cancel_session(
    session: Session, command: c.CancelSession, context: Context
) -> Events:
    reason = reason_given(command.reason, session.session_id)
    return (e.SessionCancelled(reason=reason, outcomes_kept=True),)


RULES = (
    rule(c.PlanSession, _plan_session, Stage.PLANNED),
    rule(
        c.CancelSession,
        _cancel_session,
        Stage.PLANNED,
        Stage.CHECK_IN,
        otherwise=dict.fromkeys(UNDER_WAY, "abandon-instead"),
    ),
)
