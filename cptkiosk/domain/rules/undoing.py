"""Rules of undo: one step of one person, or what was done to several people at once."""

from dataclasses import dataclass, replace

from cptkiosk.domain.commands import mistake as c
from cptkiosk.domain.events.closing import SessionReopened
from cptkiosk.domain.events.fact import Fact, LogFact
from cptkiosk.domain.events.halt import HaltUndone, SessionHalted
from cptkiosk.domain.events.session import StepUndone
from cptkiosk.domain.events.testing import SessionEnded
from cptkiosk.domain.rules.attendance import once_on_the_roll
from cptkiosk.domain.rules.checks import not_linked
from cptkiosk.domain.rules.halts import just_halted
from cptkiosk.domain.rules.rule import DOORS_OPEN, Context, Events, rule
from cptkiosk.domain.rules.seating import seat_still_free
from cptkiosk.domain.state.attempt import (
    NEVER_STARTED,
    OUTCOMES,
    Attempt,
    AttemptProgress,
    Undo,
)
from cptkiosk.domain.state.overtaken import Overtaken
from cptkiosk.domain.state.score_state import ScoreState
from cptkiosk.domain.state.session import Session, Stage
from cptkiosk.domain.state.session_log import LogEntryUndone
from cptkiosk.domain.values import MINUTE_MS, Personal, Refused

SAID_FROM_MS = 1000
"""The least time that is taken from a candidate only after a question."""


def _can_undo(session: Session, command: c.UndoStep, context: Context) -> bool:
    if just_halted(session, context) or _just_ended(session, context):
        return True
    terminal = context.terminal if command.here_only else ""
    last = last_step(session, context.actor.asker, terminal)
    try:
        if logged := last_logged(session, last, context.actor.asker, terminal):
            _check_logged(session, logged, terminal, context)
            return True
        _reaches_past_nothing(
            session, last[0].undo if last else None, terminal, context
        )
        for one in last:
            if one.undo is not None:
                _still_undoable(session, one, one.undo, context)
    except Refused:
        return False
    return bool(last)


def _undo_step(session: Session, command: c.UndoStep, context: Context) -> Events:
    if just_halted(session, context):
        halting = session.halted_by[-1]
        _made_here(
            command, SessionHalted.step_form, halting.seq, halting.terminal, context
        )
        number = len(session.halts)
        since_ms = session.halts[-1][0]
        stopped_ms = session.timeline_ms(context.now) - since_ms
        if command.here_only and stopped_ms >= SAID_FROM_MS:
            raise Overtaken(
                "undo-halt",
                replace(command, here_only=False, seq=halting.seq),
                stopped_ms=stopped_ms,
                people=len(session.live_attempts),
            )
        return (HaltUndone(number=number, since_line_ms=since_ms),)
    if _just_ended(session, context):
        terminal = session.ended_terminal
        _made_here(command, SessionEnded.step_form, session.last_seq, terminal, context)
        taken_back = Personal("the end was undone", session.session_id)
        return (SessionReopened(reason=taken_back),)
    terminal = context.terminal if command.here_only else ""
    last = last_step(session, context.actor.asker, terminal)
    if logged := last_logged(session, last, context.actor.asker, terminal):
        _check_logged(session, logged, terminal, context)
        _made_here(command, logged.step, logged.seq, logged.terminal, context)
        return (LogEntryUndone(seq=logged.seq, step=logged.step),)
    _reaches_past_nothing(session, last[0].undo if last else None, terminal, context)
    steps = tuple(
        undone
        for one in last
        if (undone := _undo_of(session, one, last, context)) is not None
    )
    if not steps:
        of_others = any(one.undo is not None for one in session.attempts.values())
        settled = "" if session.start_line_ms is None else "start-settles"
        remedy = "own-steps-only" if of_others else settled
        raise Refused("nothing-to-undo", remedy=remedy)
    undo = last[0].undo
    assert undo is not None, "it was just looked at"
    if undo.actor != context.actor.asker:
        context.actor.must_be_coordinator("take-back-approved")
    others = f" and {len(last) - 1} more" if len(last) > 1 else ""
    what = f"{undo.step} for {session.label(last[0])}{others}"
    _made_here(command, what, undo.seq, undo.terminal, context)
    taken_ms = max(_stopped_taken_ms(session, one, context) for one in last)
    if command.here_only and taken_ms >= SAID_FROM_MS:
        raise Overtaken(
            "undo-counts-time",
            replace(command, here_only=False, seq=undo.seq),
            what=what,
            taken_ms=taken_ms,
        )
    return steps


def _stopped_taken_ms(session: Session, last: Attempt, context: Context) -> int:
    """Return the time that undoing a pause takes from a candidate, in milliseconds."""
    if last.undo is None or last.stops == last.undo.attempt.stops:
        return 0
    now_ms = session.timeline_ms(context.now)
    return session.left_ms(last, now_ms) - session.left_ms(last.undo.attempt, now_ms)


def _made_here(
    command: c.UndoStep, what: str, seq: int, terminal: str, context: Context
) -> None:
    """Check that a step was made at this terminal, or has been named and agreed to.

    Raises:
        Overtaken: if it is to be named first.
        Refused: if it is not the one that was named.
    """
    if command.seq and command.seq != seq:
        raise Refused("step-not-last")
    if command.here_only and terminal != context.terminal:
        raise Overtaken(
            "step-elsewhere", replace(command, here_only=False, seq=seq), what=what
        )


def last_step(
    session: Session, staff_id: str, terminal: str = ""
) -> tuple[Attempt, ...]:
    """Return whose last step is the last one of a staff member; often no one's.

    A terminal named comes first: of steps made there the last one, if there are any.

    They are several if it was done to several people at once, and to some of them
    nothing has been done since.
    """
    own = [
        one
        for one in session.attempts.values()
        if one.undo is not None and staff_id in _step_owners(session, one.undo)
    ]
    here = [one for one in own if one.undo and one.undo.terminal == terminal]
    last = max(
        here or own, key=lambda one: one.undo.seq if one.undo else 0, default=None
    )
    if last is None or last.undo is None:
        return ()
    batch = last.undo.batch
    if not batch:
        return (last,)
    return tuple(one for one in own if one.undo and one.undo.batch == batch)


@dataclass(frozen=True, slots=True)
class Logged:
    """A step that the session's log has."""

    event: Fact
    seq: int
    at_line_ms: int
    terminal: str

    @property
    def step(self) -> str:
        """What undo calls the step."""
        return self.event.step_name


def last_logged(
    session: Session, last: tuple[Attempt, ...], staff_id: str, terminal: str
) -> Logged | None:
    """Return the last step of a member of the staff, if it is one that the log has.

    Args:
        session: as it is recorded.
        last: whose last step is theirs, as `last_step` says.
        staff_id: who.
        terminal: as with `last_step`, steps made there come first.
    """
    if not session.log:
        return None
    own: list[Logged | Undo] = [
        Logged(one.event, one.seq, session.timeline_ms(one.at), one.terminal)
        for one in session.log
        if isinstance(one.event, LogFact) and one.actor == staff_id
    ]
    own += [one.undo for one in last[:1] if one.undo is not None]
    made = max(own, key=lambda one: (one.terminal == terminal, one.seq), default=None)
    return made if isinstance(made, Logged) else None


def _check_logged(
    session: Session, logged: Logged, terminal: str, context: Context
) -> None:
    """Check that the last step may still be taken out of the log.

    Raises:
        Refused: if not, with what puts it right.
    """
    _reaches_past_nothing(session, logged, terminal, context)
    minutes = context.policies.undo_finish_minutes
    if logged.seq < session.sealed_seq:
        raise Refused("logged-step-sealed", step=logged.step)
    if session.timeline_ms(context.now) - logged.at_line_ms > minutes * MINUTE_MS:
        raise Refused("logged-step-old", step=logged.step, minutes=minutes)


def _reaches_past_nothing(
    session: Session, undo: Undo | Logged | None, terminal: str, context: Context
) -> None:
    """Check that nothing the asker did since their last step would be skipped.

    Raises:
        Refused: if something was that cannot be undone, with what puts it right.
    """
    own = [
        one
        for one in session.lasting
        if context.actor.asker
        in _who_took(session, one.actor, session.timeline_ms(one.at))
    ]
    here = [one for one in own if one.terminal == terminal]
    if undo is not None and undo.terminal == terminal:
        own = here
    later = max(here or own, key=lambda one: one.seq, default=None)
    if later is None:
        return
    with_it = undo is not None and session.timeline_ms(later.at) == undo.at_line_ms
    if with_it or (undo is not None and undo.seq > later.seq):
        return
    step = later.event
    raise Refused("step-lasting", remedy=step.instead, what=step.step_name)


def _step_owners(session: Session, undo: Undo) -> tuple[str, ...]:
    """Return whose step it was: who took it, and who asked for it if it was approved."""
    return _who_took(session, undo.actor, undo.at_line_ms)


def _who_took(session: Session, actor: str, timeline_ms: int) -> tuple[str, ...]:
    """Return who took a step at an instant, and who asked for it if it was approved."""
    asked = (
        approval.asked_by
        for at, approval in session.approvals
        if approval.by == actor and session.timeline_ms(at) == timeline_ms
    )
    return (actor, *asked)


def _undo_of(
    session: Session, last: Attempt, together: tuple[Attempt, ...], context: Context
) -> Fact | None:
    """Return what undoes a candidate's last step.

    Args:
        session: as it is recorded.
        last: whose step it is.
        together: everyone whose step is taken back with it.
        context: who, and when.

    Raises:
        Refused: if it can no longer be taken back.
    """
    if last.undo is None:
        return None
    not_linked(last.participant_id, last.person.text, context)
    _still_undoable(session, last, last.undo, context)
    if (
        session.stage is Stage.ENDED
        and last.undo.attempt.score.state is last.score.state
    ):
        if last.score.state is ScoreState.NONE:
            raise Refused("undo-after-end")
    before = last.undo.attempt
    _undoes_no_verdict(last, before, context)
    if before.standing not in NEVER_STARTED:
        once_on_the_roll(session, before)
    if last.standing in OUTCOMES and before.standing not in OUTCOMES:
        not_taken_elsewhere(session, before, context)
    moves = _is_seat_move(last)
    returns = last.standing in OUTCOMES and before.standing not in OUTCOMES
    if moves or returns:
        moving = [one for one in together if _is_seat_move(one)]
        seat_still_free(session, before, moving)
    return StepUndone(attempt_id=last.attempt_id, step=last.undo.step)


def _is_seat_move(last: Attempt) -> bool:
    """Return whether a candidate's last step gave them another seat."""
    if last.undo is None:
        return False
    before = last.undo.attempt
    return (before.room, before.seat) != (last.room, last.seat)


def _just_ended(session: Session, context: Context) -> bool:
    """Return whether the end of the session is the asker's own last step, and new."""
    if session.stage is not Stage.ENDED or session.last_at is None:
        return False
    is_last = session.version == session.ended_version
    ago_ms = session.timeline_ms(context.now) - session.timeline_ms(session.last_at)
    seconds = context.policies.undo_end_seconds
    own = session.ended_by == context.actor.asker
    return is_last and own and ago_ms <= seconds * 1000


def not_taken_elsewhere(session: Session, before: Attempt, context: Context) -> None:
    """Check that a candidate who continues here did not continue in another session.

    Raises:
        Refused: if they did, with what would allow it.
    """
    ref = f"{session.session_id}/{before.attempt_id}"
    testing = before.start_line_ms is not None
    for one in context.history_of(before.participant_id).taken:
        if testing and one.is_live:
            raise Refused(
                "testing-elsewhere",
                person=session.label(before),
                session_id=one.session_id,
            )
        same = one.module_id == before.module.module_id and not one.is_over
        goes_on = one.continues == ref and one.standing not in NEVER_STARTED
        if same or goes_on:
            raise Refused(
                "module-elsewhere",
                person=session.label(before),
                module=before.module.name,
                session_id=one.session_id,
            )


def _still_undoable(
    session: Session, last: Attempt, undo: Undo, context: Context
) -> None:
    """Check that a step is not sealed or long past, and that undoing it ends no test."""
    if undo.seq < session.sealed_seq:
        raise Refused("step-sealed", person=session.label(last), step=undo.step)
    if session.start_line_ms is None or _undo_state(last) == _undo_state(undo.attempt):
        return
    now_ms, minutes = (
        session.timeline_ms(context.now),
        context.policies.undo_finish_minutes,
    )
    if now_ms - undo.at_line_ms > minutes * MINUTE_MS:
        raise Refused(
            "step-old", person=session.label(last), step=undo.step, minutes=minutes
        )
    both_testing = last.standing is undo.attempt.standing is AttemptProgress.TESTING
    left_before_ms = session.left_ms(undo.attempt, now_ms)
    if both_testing and left_before_ms <= 0 < session.left_ms(last, now_ms):
        raise Refused("undo-no-time", step=undo.step, person=session.label(last))


def _undo_state(attempt: Attempt) -> tuple[object, ...]:
    """Return what of an attempt a step may only change back for a short while."""
    return (
        attempt.standing,
        attempt.stops,
        attempt.breaks,
        attempt.credit_ms,
        attempt.start_line_ms,
        attempt.end_line_ms,
        attempt.score,
    )


def _undoes_no_verdict(last: Attempt, before: Attempt, context: Context) -> None:
    if before.score == last.score:
        return
    if last.was_verified:
        context.actor.must_be_coordinator("take-back-verified")


RULES = (
    rule(
        c.UndoStep, _undo_step, *DOORS_OPEN, Stage.HALTED, Stage.ENDED, when=_can_undo
    ),
)
