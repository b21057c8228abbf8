"""Checks that several rules share, and what they say when they refuse."""

from collections.abc import Collection

from cptkiosk.domain.commands.base import AttemptCommand
from cptkiosk.domain.rules.rule import Context
from cptkiosk.domain.state.attempt import (
    LIVE,
    NEVER_STARTED,
    OUTCOMES,
    WAITING,
    Attempt,
    AttemptProgress,
)
from cptkiosk.domain.state.session import Session, Stage
from cptkiosk.domain.text import BadText, clean_text
from cptkiosk.domain.values import MINUTE_MS, Personal, Refused

NARRATIVE_CELLS_MAX = 50_000
"""Far more than anyone types: what is longer came from elsewhere."""

PUT_RIGHT: dict[Stage, str] = {
    Stage.CHECK_IN: "put-back-instead",
    Stage.RUNNING: "put-back-instead",
    Stage.HALTED: "put-back-instead",
    Stage.ENDED: "replace-instead",
    Stage.ABANDONED: "replace-instead",
    Stage.SEALED: "amend-and-replace",
}
"""The remedy for an outcome recorded by mistake, at each stage."""


def not_linked(participant_id: str, person: str, context: Context) -> None:
    """Check that no one who takes a step has a conflict of interest (ISO/IEC 17024).

    That is the person who asks for it, and a coordinator who approved it.

    Raises:
        Refused: if someone has; it cannot be overridden.
    """
    for staff_id in dict.fromkeys((context.actor.asker, context.actor.staff_id)):
        links = context.linked_to(staff_id)
        if participant_id in links:
            mine = staff_id == context.actor.asker
            raise Refused(
                "staff-linked" if mine else "coordinator-linked",
                person=person,
                relation=links[participant_id],
            )


def attempt_of(session: Session, command: AttemptCommand) -> Attempt:
    """Return the attempt a command is about.

    Raises:
        Refused: if it is not on the roll.
    """
    return attempt_on_roll(session, command.attempt_id)


def attempt_on_roll(session: Session, attempt_id: str) -> Attempt:
    """Return the attempt of that ID.

    Raises:
        Refused: if it is not on the roll.
    """
    attempt = session.attempts.get(attempt_id)
    if attempt is None:
        raise Refused("not-on-roll", attempt_id=attempt_id)
    return attempt


def need_compared_clock(session: Session) -> None:
    """Check that the room clock has been compared since the last restart.

    Raises:
        Refused: if not, as the time left is not known yet.
    """
    if session.unconfirmed_bridge is not None:
        raise Refused("clock-not-compared")


def reason_given(text: str, about: str) -> Personal:
    """Return a reason for the record.

    Raises:
        Refused: if it is empty, or holds what is no text.
    """
    if not text.strip():
        raise Refused("reason-needed")
    return make_personal(text, about)


def make_personal(text: str, about: str) -> Personal:
    """Return a text as it was typed for the record.

    Raises:
        Refused: if it holds control, bidi or invisible characters, or is endless.
    """
    try:
        return Personal(clean_text(text, cells_max=NARRATIVE_CELLS_MAX), about)
    except BadText as bad:
        raise Refused("text-not-recordable", bad=bad) from bad


def no_conflict(session: Session, staff_id: str, context: Context) -> None:
    """Check that a staff member has no conflict with a candidate (ISO/IEC 17024).

    Raises:
        Refused: if there is one; only a reassignment helps.
    """
    links = context.linked_to(staff_id)
    one = linked_on_roll(session, links)
    if one is not None:
        raise Refused(
            "staff-linked-on-roll",
            relation=links[one.participant_id],
            person=session.label(one),
        )


def linked_on_roll(session: Session, links: Collection[str]) -> Attempt | None:
    """Return the first candidate with whom these links are a conflict."""
    attempts = session.attempts.values()
    linked = (one for one in attempts if one.participant_id in links)
    return next((one for one in linked if one.standing not in NEVER_STARTED), None)


def way_back(attempt: Attempt) -> str:
    """Return the remedy that brings a candidate back to check-in, if there is one."""
    ways = {
        AttemptProgress.ABSENT: "record-late-arrival",
        AttemptProgress.CANCELLED: "on-roll-again",
        AttemptProgress.DENIED: "coordinator-puts-back",
    }
    return ways.get(attempt.standing, "check-in-over")


def is_waiting(session: Session, attempt: Attempt) -> bool:
    """Return whether a candidate is to be checked in now."""
    here = attempt.late or session.stage is not Stage.RUNNING
    return here and attempt.standing in WAITING


def waiting_attempt(session: Session, command: AttemptCommand) -> Attempt:
    """Return the attempt a command is about, if it is to be checked in now.

    Raises:
        Refused: if it is not on the roll, or its candidate is not at the check-in.
    """
    attempt = attempt_of(session, command)
    if attempt.standing not in WAITING:
        raise Refused(
            "check-in-over",
            remedy=way_back(attempt),
            person=session.label(attempt),
            standing=attempt.standing,
        )
    if session.stage is Stage.RUNNING and not attempt.late:
        raise Refused("not-here-at-start", person=session.label(attempt))
    return attempt


def late_cutoff(session: Session, context: Context) -> None:
    """Check that a candidate who arrives now may still begin; halts do not count.

    Raises:
        Refused: if it is too late, or so late that only the coordinator may admit them.
    """
    late_ms = session.since_start_ms(session.timeline_ms(context.now))
    policies = context.policies
    if late_ms > policies.late_coordinator_minutes * MINUTE_MS:
        raise Refused("too-late", minutes=policies.late_coordinator_minutes)
    if late_ms > policies.late_minutes * MINUTE_MS:
        context.actor.must_be_coordinator("admit-late", minutes=policies.late_minutes)


def on_the_roll_once(session: Session, attempt_id: str, about: str, allow: str) -> None:
    """Check that a candidate takes no other module in this session.

    Raises:
        Refused: if they do, with what would allow it.
    """
    for other in session.attempts.values():
        if (
            other.attempt_id != attempt_id
            and other.participant_id == about
            and other.standing not in NEVER_STARTED
        ):
            name = session.label(other)
            raise Refused(
                "module-twice", remedy=allow, person=name, module=other.module.name
            )


def live_attempt(
    session: Session, command: AttemptCommand, context: Context
) -> Attempt:
    """Return the attempt a command is about, of a candidate who is testing.

    Raises:
        Refused: if it is not on the roll, has not begun, or is over.
    """
    attempt = attempt_of(session, command)
    progress = session.progress(attempt, session.timeline_ms(context.now))
    if progress not in LIVE:
        over = progress in OUTCOMES - NEVER_STARTED
        raise Refused(
            "not-testing",
            remedy="undo-or-put-back" if over else "while-clock-runs",
            person=session.label(attempt),
            progress=progress,
        )
    return attempt


def attempt_in_time(
    session: Session, command: AttemptCommand, context: Context
) -> Attempt:
    """Return the attempt a command is about, of a candidate who has time left.

    Raises:
        Refused: if it is not on the roll, not under way, or its time is up.
    """
    attempt = live_attempt(session, command, context)
    if session.left_ms(attempt, session.timeline_ms(context.now)) <= 0:
        raise Refused("time-up", person=session.label(attempt))
    return attempt


def is_live(session: Session, command: AttemptCommand, context: Context) -> bool:
    """Return whether a candidate is testing, by what the session shows at a glance."""
    attempt = session.attempts[command.attempt_id]
    # All live attempts stand as testing; only the clock tells halted and time-up apart.
    return attempt.standing is AttemptProgress.TESTING


def has_time(session: Session, command: AttemptCommand, context: Context) -> bool:
    """Return whether a candidate is testing and has time left."""
    attempt = session.attempts[command.attempt_id]
    return attempt.standing is AttemptProgress.TESTING and (
        session.left_ms(attempt, session.timeline_ms(context.now)) > 0
    )
