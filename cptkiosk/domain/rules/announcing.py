"""Announcements of minutes left: which is due, which was missed, and the rule."""

from dataclasses import dataclass
from math import inf

from cptkiosk.domain.commands.testing import Announce
from cptkiosk.domain.events.testing import AnnouncementMade
from cptkiosk.domain.modules import Policies
from cptkiosk.domain.rules.rule import Context, Events, rule
from cptkiosk.domain.state.attempt import Attempt, AttemptProgress
from cptkiosk.domain.state.session import Session, Stage
from cptkiosk.domain.time import timing
from cptkiosk.domain.values import MINUTE_MS, Refused


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
            "announcement-unknown", minutes=command.minutes, announced=announced
        )
    told = _not_told(session, command)
    if not told:
        raise Refused("nothing-to-announce")
    soonest_ms, latest_ms = _when_called(command.minutes, context)
    for one in told:
        left_ms = session.left_ms(one, session.timeline_ms(context.now))
        if left_ms > soonest_ms:
            raise Refused(
                "announcement-early", person=session.label(one), left_ms=left_ms
            )
        if left_ms < latest_ms:
            raise Refused(
                "announcement-late", person=session.label(one), left_ms=left_ms
            )
    ids = tuple(one.attempt_id for one in told)
    return (AnnouncementMade(minutes=command.minutes, attempt_ids=ids),)


RULES = (rule(Announce, _announce_time, Stage.RUNNING, when=_is_due),)


RULES = (rule(Announce, _announce_time, Stage.RUNNING, when=_is_due),)


ANNOUNCE_SOON_MS = 2 * MINUTE_MS
MISSED_CALL = "TIM-MISSWARN"
"""The irregularity code of an announcement that was not made."""


@dataclass(frozen=True, slots=True)
class DueAnnouncement:
    """Minutes left to be read aloud to people who end together."""

    minutes: int
    attempt_ids: tuple[str, ...]
    due_line_ms: int


def minutes_to_read(session: Session, call: DueAnnouncement, timeline_ms: int) -> int:
    """Return the minutes that the candidates of a call have left, rounded, at least 1.

    Read aloud somewhat early or late, the call names these, not the minutes planned.
    """
    people = (session.attempts[one] for one in call.attempt_ids)
    left_ms = min(session.left_ms(one, timeline_ms) for one in people)
    return max(1, (left_ms + MINUTE_MS // 2) // MINUTE_MS)


def next_call(
    session: Session, timeline_ms: int, policies: Policies
) -> DueAnnouncement | None:
    """Return the next announcement that has not been made; one may be overdue."""
    calls: dict[tuple[int, int], list[str]] = {}
    for one in session.timed_attempts:
        left_ms = session.left_ms(one, timeline_ms)
        minutes = _minutes_to_call(one, left_ms, policies)
        if left_ms <= 0 or session.is_stopped(one) or minutes is None:
            continue
        end_ms = max(timeline_ms, one.start_line_ms or 0) + left_ms
        due_s = (end_ms - minutes * MINUTE_MS) // 1000
        calls.setdefault((due_s, minutes), []).append(one.attempt_id)
    if not calls:
        return None
    (due_s, minutes), told = min(calls.items(), key=lambda item: item[0])
    return DueAnnouncement(minutes, tuple(told), due_s * 1000)


def _minutes_to_call(attempt: Attempt, left_ms: int, policies: Policies) -> int | None:
    """Return a candidate's next call; a missed one gives way to a later one."""
    # Later than this it would say something that is no longer true.
    missed_ms = policies.announce_missed_seconds * 1000
    due, to_come = list[int](), list[int]()
    for minutes in policies.announce_minutes:
        late_ms = minutes * MINUTE_MS - left_ms
        if late_ms <= missed_ms and minutes < min(attempt.announced, default=inf):
            (due if late_ms >= 0 else to_come).append(minutes)
    return min(due) if due else max(to_come, default=None)


def missed_call(
    session: Session, timeline_ms: int, policies: Policies
) -> DueAnnouncement | None:
    """Return the first announcement that was not made, or `None`."""
    return next(iter(missed_calls(session, timeline_ms, policies)), None)


def missed_calls(
    session: Session, timeline_ms: int, policies: Policies
) -> tuple[DueAnnouncement, ...]:
    """Return the announcements that were not made in time and are not explained yet.

    That their time is up since, or that they have finished, explains nothing.
    """
    explained = {
        (attempt_id, text.text)
        for one in session.in_force
        if one.event.code == MISSED_CALL
        for name, text in one.event.details
        if name == "minutes"
        for attempt_id in one.event.attempt_ids
    }
    missed: dict[int, list[str]] = {}
    due_ms: dict[int, int] = {}
    for one in session.attempts.values():
        joined_late = one.late and policies.late_clock == "group"
        if one.start_line_ms is None or one.is_untimed or joined_late:
            continue
        left_ms = session.left_ms(one, timeline_ms)
        for minutes in policies.announce_minutes:
            late_ms = minutes * MINUTE_MS - left_ms
            if (
                late_ms > policies.announce_missed_seconds * 1000
                and minutes not in one.announced
                and one.allowed_ms > minutes * MINUTE_MS
                and (one.attempt_id, f"{minutes}") not in explained
            ):
                missed.setdefault(minutes, []).append(one.attempt_id)
                was_due_ms = timing.run_out_ms(
                    (*one.stops, *session.halts),
                    one.start_line_ms,
                    one.allowed_ms - minutes * MINUTE_MS,
                )
                due_ms[minutes] = min(due_ms.get(minutes, was_due_ms), was_due_ms)
    return tuple(
        DueAnnouncement(minutes, tuple(missed[minutes]), due_ms[minutes])
        for minutes in sorted(missed, reverse=True)
    )
