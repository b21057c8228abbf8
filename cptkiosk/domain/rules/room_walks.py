"""Room walks: due every so many minutes during testing.

The interval runs on the session's clock, from the start and from each walk, so it stands
during a halt. It ends with the last candidate. A walk that comes a little late is
not missed: a proctor does not leave a candidate because a walk is due. How often, and
how late, are policies of the session's start; a session without them asks for none.
"""

from itertools import pairwise

from cptkiosk.domain.commands.base import SessionCommand
from cptkiosk.domain.events.fact import LogFact, fact
from cptkiosk.domain.rules.duty import Duty, DutyRecord, Stretch
from cptkiosk.domain.rules.rule import Context, Events, rule
from cptkiosk.domain.state.session import Session, Stage
from cptkiosk.domain.values import MINUTE_MS, Reason, Refused

TITLE = "Room walks"
"""Its name in reports and refusals."""

EVERY, LATE = "room_walk_minutes", "room_walk_missed_minutes"
"""The policies: how often a walk is due, and when it counts as missed."""

AGAIN_MS = MINUTE_MS
"""Within this time after a walk, another one counts as the same."""


class LogRoomWalk(SessionCommand):
    """Log a room walk."""


@fact("room-walked.v1", step="the room walk")
class RoomWalked(LogFact):
    """A proctor walked the room."""


def _is_asked_for(session: Session, _: LogRoomWalk, context: Context) -> bool:
    # Called for every frame to dim the key, so it must be cheap.
    return session.start_policies.get(EVERY, 0) > 0


def _log_walk(session: Session, command: LogRoomWalk, context: Context) -> Events:
    now_ms = session.timeline_ms(context.now)
    if not session.start_policies.get(EVERY, 0):
        raise Refused("duty-not-asked", duty=TITLE)
    if now_ms < (session.start_line_ms or 0):
        raise Refused("duty-before-start")
    if not session.live_attempts:
        raise Refused("none-testing")
    ago_ms = min((now_ms - one for one in _walks_ms(session)), default=AGAIN_MS)
    if ago_ms < AGAIN_MS:
        raise Refused("duty-just-logged", ago_ms=ago_ms)
    return (RoomWalked(),)


def _walks_ms(session: Session) -> tuple[int, ...]:
    """Return the instants of room walks on the timeline, in the order recorded."""
    return tuple(
        session.timeline_ms(one.at)
        for one in session.log
        if isinstance(one.event, RoomWalked)
    )


def _find_due(session: Session, timeline_ms: int) -> Reason | None:
    every_minutes = session.start_policies.get(EVERY, 0)
    if not every_minutes or session.stage is not Stage.RUNNING:
        return None
    walks_ms = _walks_ms(session)
    ran_ms = session.since_start_ms(timeline_ms)
    if walks_ms:
        ran_ms -= session.since_start_ms(walks_ms[-1])
    minutes = ran_ms // MINUTE_MS
    if minutes < every_minutes or not session.live_attempts:
        return None
    return Reason(
        "duty-due-again" if walks_ms else "duty-due",
        duty=RoomWalked().step_name,
        minutes=minutes,
    )


def _find_record(session: Session, timeline_ms: int) -> DutyRecord | None:
    every_minutes, start_ms = (
        session.start_policies.get(EVERY, 0),
        session.start_line_ms,
    )
    if not every_minutes or start_ms is None:
        return None
    end_ms = max(start_ms, _end_ms(session, timeline_ms))
    walks_ms = _walks_ms(session)
    marks = (start_ms, *sorted(one for one in walks_ms if one < end_ms), end_ms)
    stretches = [_stretch(session, *both) for both in pairwise(marks)]
    missed_ms = (every_minutes + session.start_policies.get(LATE, 0)) * MINUTE_MS
    return DutyRecord(
        every_minutes,
        count=len(walks_ms),
        longest=max(stretches, key=lambda one: one.ran_ms),
        missed=tuple(one for one in stretches if one.ran_ms > missed_ms),
    )


def _stretch(session: Session, from_ms: int, to_ms: int) -> Stretch:
    ran_ms = session.since_start_ms(to_ms) - session.since_start_ms(from_ms)
    return Stretch(from_ms, to_ms, ran_ms)


def _end_ms(session: Session, timeline_ms: int) -> int:
    """Return when the last candidate ended, or `timeline_ms` during testing."""
    if session.live_attempts:
        return timeline_ms
    ends = (one.end_line_ms for one in session.attempts.values())
    return max((one for one in ends if one is not None), default=0)


DUTY = Duty(
    name="room_walks",
    title=TITLE,
    action="room_walk",
    verb="walk",
    rule=rule(LogRoomWalk, _log_walk, Stage.RUNNING, when=_is_asked_for),
    find_due=_find_due,
    find_record=_find_record,
)
