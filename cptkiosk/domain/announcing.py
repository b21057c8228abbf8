"""Rules of reading aloud how many minutes are left."""

from cptkiosk.domain import timing
from cptkiosk.domain.attempt import Attempt, AttemptProgress
from cptkiosk.domain.next_step import ANNOUNCE_SOON_MS
from cptkiosk.domain.rule import Context, Events, rule
from cptkiosk.domain.session import Session, Stage
from cptkiosk.domain.testing_commands import Announce
from cptkiosk.domain.testing_events import AnnouncementMade
from cptkiosk.domain.values import MINUTE_MS, Refused, plural


def _is_due(session: Session, command: Announce, context: Context) -> bool:
    told = _not_told(session, command)
    soonest_ms, latest_ms = _when_called(command.minutes, context)
    now_ms = session.timeline_ms(context.now)
    return bool(told) and all(
        latest_ms <= session.left_ms(one, now_ms) <= soonest_ms for one in told
    )


def _not_told(session: Session, command: Announce) -> tuple[Attempt, ...]:
    """Return who of those that are meant has not heard this announcement."""
    return tuple(
        one
        for attempt_id in command.attempt_ids
        if (one := session.attempts.get(attempt_id)) is not None
        and command.minutes not in one.announced
        and one.standing is AttemptProgress.TESTING
    )


def _when_called(minutes: int, context: Context) -> tuple[int, int]:
    """Return with how much time left a call is made, at most and at least, in ms."""
    # Calls are made by the whole second.
    soonest_ms = minutes * MINUTE_MS + ANNOUNCE_SOON_MS + 1000
    missed_ms = context.policies.announce_missed_seconds * 1000
    return soonest_ms, minutes * MINUTE_MS - missed_ms


def _announce_time(session: Session, command: Announce, context: Context) -> Events:
    if command.minutes not in context.policies.announce_minutes:
        announced = ", ".join(map(str, context.policies.announce_minutes))
        raise Refused(
            f"{plural(command.minutes, 'minute')} left is not an announcement here.",
            f"The announcements are at {announced} minutes.",
        )
    told = _not_told(session, command)
    if not told:
        raise Refused(
            "There is nothing to announce to anybody now.",
            "Wait until the line above names the next call.",
        )
    soonest_ms, latest_ms = _when_called(command.minutes, context)
    for one in told:
        left_ms = session.left_ms(one, session.timeline_ms(context.now))
        if left_ms > soonest_ms:
            raise Refused(
                f"It is too early: {session.label(one)} has"
                f" {timing.clock_text(left_ms)} left.",
                "Wait until the line above names it.",
            )
        if left_ms < latest_ms:
            raise Refused(
                f"It is too late: {session.label(one)} has"
                f" {timing.clock_text(left_ms)} left.",
                "Record why it was not announced.",
            )
    ids = tuple(one.attempt_id for one in told)
    return (AnnouncementMade(minutes=command.minutes, attempt_ids=ids),)


RULES = (rule(Announce, _announce_time, Stage.RUNNING, when=_is_due),)
