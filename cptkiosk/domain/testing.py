"""Rules while the clock matters: start, halt, break, pause, credit, finish."""

from collections.abc import Collection
from dataclasses import replace

from cptkiosk.domain import blockers, drafts, timing
from cptkiosk.domain.attempt import (
    ENDED_EARLY,
    LIVE,
    NEVER_STARTED,
    NOT_HERE,
    OUTCOMES,
    Attempt,
    AttemptProgress,
)
from cptkiosk.domain.attempt_changes import close_intervals, start_testing
from cptkiosk.domain.checkin import door_case
from cptkiosk.domain.checkin_events import AttemptAbsent
from cptkiosk.domain.checks import attempt_of, no_conflict, reason_given
from cptkiosk.domain.command_types import AttemptCommand
from cptkiosk.domain.eligibility import check_other_sessions, outside_window
from cptkiosk.domain.events import Fact
from cptkiosk.domain.halt_commands import ResumeSession
from cptkiosk.domain.halt_events import SessionResumed
from cptkiosk.domain.halts import asked_line_ms
from cptkiosk.domain.modules import Policies
from cptkiosk.domain.next_step import ANNOUNCE_SOON_MS
from cptkiosk.domain.odd_dates import odd_dates
from cptkiosk.domain.overtaken import Overtaken, credit_words, who_did
from cptkiosk.domain.rule import UNDER_WAY, Context, Events, rule
from cptkiosk.domain.session import Session, Stage
from cptkiosk.domain.testing_commands import (
    AbandonSession,
    Announce,
    BeginBreak,
    BeginPause,
    EndBreak,
    EndEarly,
    EndPause,
    EndSession,
    FinishAttempt,
    GiveCredit,
    IssueSheets,
    NoteVendorClock,
    StartLate,
    StartSession,
    UndoStart,
)
from cptkiosk.domain.testing_events import (
    AnnouncementMade,
    AttemptEndedEarly,
    AttemptFinished,
    BreakBegan,
    BreakEnded,
    CreditGiven,
    LateStarted,
    PauseBegan,
    PauseEnded,
    SessionAbandoned,
    SessionEnded,
    SessionStarted,
    SheetsIssued,
    StartUndone,
    VendorClockNoted,
)
from cptkiosk.domain.values import MINUTE_MS, Actor, Personal, Refused, Role, plural

NOT_BACK = "not back at the roll call"
STOP_CLOCK_BREAK = "stop-clock break"
PAUSES = ("fault", STOP_CLOCK_BREAK)
SHEETS_AT_ONCE = 20
"""How many sheets of scratch paper one step gives out at most."""


def _all_resolved(session: Session, _: StartSession, context: Context) -> bool:
    return not blockers.to_start(session)


def _start(session: Session, command: StartSession, context: Context) -> Events:
    unresolved = blockers.to_start(session)
    if unresolved:
        raise Refused(
            f"{plural(len(unresolved), 'thing is', 'things are')} open:"
            f" {unresolved[0].text}.",
            "Seat, deny or mark absent everyone first.",
        )
    no_conflict(session, context.actor.staff_id, context)
    no_conflict(session, session.lead, context)
    seated = tuple(
        one.attempt_id
        for one in session.attempts.values()
        if one.standing is AttemptProgress.SEATED
    )
    for one in map(session.attempts.__getitem__, seated):
        _only_here(session, one, context, "Take them off the roll here, or deny them.")
    countdown_ms = context.policies.start_countdown_seconds * 1000
    start = context.now.plus(countdown_ms)
    return (
        SessionStarted(
            start_utc_ms=start.utc_ms,
            start_boot_ms=start.boot_ms,
            boot_id=start.boot_id,
            beyond_window=_why_beyond(
                session, seated, command.beyond_window, context, in_ms=countdown_ms
            ),
            attempt_ids=seated,
            script_read=command.script_read,
            odd=odd_dates(session, command, context),
        ),
    )


def _only_here(
    session: Session, attempt: Attempt, context: Context, instead: str
) -> None:
    """Check that nothing in another session keeps somebody from starting.

    Raises:
        Refused: if they test there, or this code or the time left was used there.
    """
    if found := check_other_sessions(door_case(session, attempt, context)):
        raise Refused(f"{session.label(attempt)}: {found.text}", instead)


def _just_started(session: Session, context: Context) -> bool:
    limit_s = context.policies.undo_start_seconds
    since_ms = session.timeline_ms(context.now) - (session.start_line_ms or 0)
    return since_ms <= limit_s * 1000


def _only_started(session: Session, _: UndoStart, context: Context) -> bool:
    untouched = session.version == session.started_version
    return untouched and _just_started(session, context)


def _undo_start(session: Session, command: UndoStart, context: Context) -> Events:
    limit_s = context.policies.undo_start_seconds
    if not _just_started(session, context):
        raise Refused(
            f"The session started more than {limit_s} seconds ago.",
            "Halt it, or abandon it, instead.",
        )
    if session.version != session.started_version:
        raise Refused(
            "Something has been recorded since the start.",
            "Halt it, or abandon it, instead.",
        )
    return (StartUndone(),)


def _is_seated(session: Session, command: StartLate, context: Context) -> bool:
    return session.attempts[command.attempt_id].standing is AttemptProgress.SEATED


def _start_late(session: Session, command: StartLate, context: Context) -> Events:
    attempt = attempt_of(session, command)
    if attempt.standing is not AttemptProgress.SEATED:
        raise Refused(
            f"{session.label(attempt)} is {attempt.standing}.",
            "Finish the check-in first.",
        )
    if session.timeline_ms(context.now) < (session.start_line_ms or 0):
        raise Refused(
            "The session has not begun yet.", "Start late arrivals after everybody."
        )
    _only_here(session, attempt, context, "Deny them here, or end that attempt first.")
    since_ms = session.start_line_ms if context.policies.late_clock == "group" else None
    begun = start_testing(
        attempt, session.timeline_ms(context.now) if since_ms is None else since_ms
    )
    whom = (attempt.attempt_id,)
    why = _why_beyond(session.with_attempt(begun), whom, command.beyond_window, context)
    return (
        LateStarted(
            attempt_id=attempt.attempt_id, since_line_ms=since_ms, beyond_window=why
        ),
    )


def _clock_confirmed(session: Session, _: ResumeSession, context: Context) -> bool:
    return session.unconfirmed_bridge is None


def _resume(session: Session, command: ResumeSession, context: Context) -> Events:
    if session.unconfirmed_bridge is not None:
        raise Refused(
            "The remaining time has not been compared with the room clock.",
            "Confirm it first.",
        )
    live = session.live_attempts
    away = [one for one in live if one.attempt_id not in command.back]
    back = tuple(one.attempt_id for one in live if one.attempt_id in command.back)
    interrupted: list[Fact] = [
        AttemptEndedEarly(
            attempt_id=one.attempt_id,
            outcome=AttemptProgress.INTERRUPTED,
            reason=Personal(NOT_BACK, one.participant_id),
        )
        for one in away
    ]
    reason = _why_beyond(session, back, command.beyond_window, context)
    over = drafts.over_time(session, away, context)
    return (*interrupted, *over, SessionResumed(back=back, beyond_window=reason))


def _why_beyond(
    session: Session,
    whom: Collection[str],
    said: str,
    context: Context,
    *,
    in_ms: int = 0,
) -> Personal | None:
    """Return why clocks run although the vendor's window closes before some end.

    Args:
        session: the session, with everything as it will be.
        whom: whose clocks run.
        said: why, as it was said.
        context: what else is known.
        in_ms: how soon they begin to run.

    Raises:
        Refused: if that is so, and nothing is said about it.
    """
    beyond = beyond_window(session, whom, context, in_ms=in_ms)
    if not beyond:
        return None
    if not said.strip():
        names = ", ".join(session.label(one) for one in beyond)
        raise Refused(
            f"The vendor's testing window closes before these would end: {names}.",
            "Give the reason, such as a longer window agreed with the vendor.",
        )
    return reason_given(said, session.session_id)


def _coordinator_beyond(
    session: Session, changed: Attempt, said: str, context: Context
) -> Personal | None:
    """Return why one clock runs beyond the vendor's window: the coordinator says it.

    Raises:
        Refused: if it does, and they have not.
    """
    if session.stage is not Stage.RUNNING or changed.is_paused:
        return None
    whom = (changed.attempt_id,)
    ran = not session.attempts[changed.attempt_id].is_paused
    if ran and beyond_window(session, whom, context):
        return None
    why = _why_beyond(session.with_attempt(changed), whom, said, context)
    if why is not None:
        context.actor.must_be_coordinator("Going on beyond the testing window")
    return why


def may_go_beyond(actor: Actor, policies: Policies) -> bool:
    """Return whether somebody may let a clock that runs end outside a vendor's window."""
    return bool(policies.testing_windows) and actor.role is Role.COORDINATOR


def beyond_window(
    session: Session, back: Collection[str], context: Context, *, in_ms: int = 0
) -> tuple[Attempt, ...]:
    """Return who would end outside the vendor's window if the clocks ran on now.

    Or soon: `in_ms` from now. Somebody untimed is taken to need the module's own time.
    """
    timeline_ms = session.timeline_ms(context.now)
    begins_utc_ms = context.now.utc_ms + in_ms
    return tuple(
        one
        for one in session.attempts.values()
        if one.attempt_id in back
        and outside_window(
            context.policies.testing_windows,
            context.local(begins_utc_ms),
            context.local(begins_utc_ms + _to_come_ms(session, one, timeline_ms)),
        )
    )


def _to_come_ms(session: Session, attempt: Attempt, timeline_ms: int) -> int:
    left_ms = session.left_ms(attempt, timeline_ms)
    if attempt.is_untimed:
        planned_ms = timing.planned_ms(attempt.module.minutes, timing.UNTIMED)
        left_ms = planned_ms - session.elapsed_ms(attempt, timeline_ms)
    return max(0, left_ms)


def _live_attempt(
    session: Session, command: AttemptCommand, context: Context
) -> Attempt:
    attempt = attempt_of(session, command)
    progress = session.progress(attempt, session.timeline_ms(context.now))
    if progress not in LIVE:
        over = progress in OUTCOMES - NEVER_STARTED
        raise Refused(
            f"{session.label(attempt)} is {progress}, not testing.",
            "By mistake? Undo it; later the coordinator puts them back."
            if over
            else "Possible only while their clock is running.",
        )
    return attempt


def _in_time(session: Session, command: AttemptCommand, context: Context) -> Attempt:
    attempt = _live_attempt(session, command, context)
    if session.left_ms(attempt, session.timeline_ms(context.now)) <= 0:
        raise Refused(
            f"Time is up for {session.label(attempt)}.",
            "Record what the vendor's screen shows: finished, or interrupted.",
        )
    return attempt


def _is_live(session: Session, command: AttemptCommand, context: Context) -> bool:
    attempt = session.attempts[command.attempt_id]
    # Whoever is live stands as testing; only the clock tells halted and time-up apart.
    return attempt.standing is AttemptProgress.TESTING


def _has_time(session: Session, command: AttemptCommand, context: Context) -> bool:
    attempt = session.attempts[command.attempt_id]
    return attempt.standing is AttemptProgress.TESTING and (
        session.left_ms(attempt, session.timeline_ms(context.now)) > 0
    )


def _may_leave(session: Session, command: BeginBreak, context: Context) -> bool:
    on_break = session.attempts[command.attempt_id].on_break
    return not on_break and _has_time(session, command, context)


def _may_return(session: Session, command: EndBreak, context: Context) -> bool:
    on_break = session.attempts[command.attempt_id].on_break
    return on_break and _is_live(session, command, context)


def _may_pause(session: Session, command: BeginPause, context: Context) -> bool:
    paused = session.attempts[command.attempt_id].is_paused
    return not paused and _has_time(session, command, context)


def _may_go_on(session: Session, command: EndPause, context: Context) -> bool:
    paused = session.attempts[command.attempt_id].is_paused
    return paused and _is_live(session, command, context)


def _has_clock(session: Session, command: NoteVendorClock, context: Context) -> bool:
    untimed = session.attempts[command.attempt_id].is_untimed
    return not untimed and _is_live(session, command, context)


def _has_begun(session: Session, command: AttemptCommand, context: Context) -> bool:
    attempt = session.attempts[command.attempt_id]
    begun = session.timeline_ms(context.now) >= (attempt.start_line_ms or 0)
    return begun and _is_live(session, command, context)


def _may_end_early(session: Session, command: EndEarly, context: Context) -> bool:
    if command.outcome == AttemptProgress.WITHDRAWN:
        if session.attempts[command.attempt_id].let_in:
            return True
    return _has_begun(session, command, context)


def _issue_sheets(session: Session, command: IssueSheets, context: Context) -> Events:
    attempt = _in_time(session, command, context)
    if not 1 <= command.count <= SHEETS_AT_ONCE:
        raise Refused(
            f"You cannot hand out {command.count} sheets at once.",
            f"Hand out 1 to {SHEETS_AT_ONCE} at a time.",
        )
    first = blockers.next_sheet(session)
    sheets = tuple(range(first, first + command.count))
    return (SheetsIssued(attempt_id=attempt.attempt_id, sheets=sheets),)


def _begin_break(session: Session, command: BeginBreak, context: Context) -> Events:
    attempt = _in_time(session, command, context)
    if attempt.on_break:
        raise Refused(
            f"{session.label(attempt)} is on a break already.",
            "Record that they are back first.",
        )
    return (BreakBegan(attempt_id=attempt.attempt_id),)


def _end_break(session: Session, command: EndBreak, context: Context) -> Events:
    attempt = _live_attempt(session, command, context)
    if not attempt.on_break:
        raise Refused(
            f"{session.label(attempt)} is not on a break.",
            "Record when they leave the room.",
        )
    return (BreakEnded(attempt_id=attempt.attempt_id),)


def _begin_pause(session: Session, command: BeginPause, context: Context) -> Events:
    attempt = _in_time(session, command, context)
    if attempt.is_paused:
        raise Refused(
            f"{session.label(attempt)} is paused already.",
            "Let that clock run on first.",
        )
    if command.kind not in PAUSES:
        raise Refused(
            f"'{command.kind}' does not stop a clock.", f"Use {' or '.join(PAUSES)}."
        )
    if command.kind == STOP_CLOCK_BREAK and not attempt.stop_clock:
        raise Refused(
            f"{session.label(attempt)} has no approved stop-clock break.",
            "An ordinary break stops no clock.",
        )
    reason = reason_given(command.reason, attempt.participant_id)
    return (
        PauseBegan(
            attempt_id=attempt.attempt_id, reason=reason, kind_of_pause=command.kind
        ),
    )


def _end_pause(session: Session, command: EndPause, context: Context) -> Events:
    attempt = _live_attempt(session, command, context)
    if not attempt.is_paused:
        raise Refused(
            f"{session.label(attempt)} is not paused.", "Their clock runs on."
        )
    timeline_ms = session.timeline_ms(context.now)
    going = replace(attempt, stops=close_intervals(attempt.stops, timeline_ms))
    why = _coordinator_beyond(session, going, command.beyond_window, context)
    return (PauseEnded(attempt_id=attempt.attempt_id, beyond_window=why),)


def _give_credit(session: Session, command: GiveCredit, context: Context) -> Events:
    attempt = _live_attempt(session, command, context)
    left_ms = session.left_ms(attempt, session.timeline_ms(context.now))
    if command.credit_ms == 0:
        raise Refused("A credit of zero changes nothing.", "Enter some time.")
    if left_ms + command.credit_ms < 0 and command.credit_ms < 0:
        raise Refused(
            f"{session.label(attempt)} has only {timing.clock_text(left_ms)} left.",
            "Take off less.",
        )
    total_ms = attempt.credit_ms + command.credit_ms
    limit = context.policies.credit_coordinator_minutes
    if left_ms <= 0:
        context.actor.must_be_coordinator("Credit after time is up")
    elif max(map(abs, (command.credit_ms, total_ms))) > limit * MINUTE_MS:
        context.actor.must_be_coordinator(f"Credit of more than {limit} minutes")
    reason = reason_given(command.reason, attempt.participant_id)
    given = replace(attempt, credit_ms=total_ms)
    why = _coordinator_beyond(session, given, command.beyond_window, context)
    _as_seen(attempt, command, context)
    return (
        CreditGiven(
            attempt_id=attempt.attempt_id,
            credit_ms=command.credit_ms,
            reason=reason,
            beyond_window=why,
        ),
    )


def _as_seen(attempt: Attempt, command: GiveCredit, context: Context) -> None:
    """Check that nobody gave time meanwhile: two terminals never double one credit.

    Raises:
        Overtaken: if somebody did.
    """
    seen_ms = command.seen_credit_ms
    if seen_ms is None or seen_ms == attempt.credit_ms:
        return
    who = who_did(attempt, context.terminal)
    meant = timing.span_text(abs(command.credit_ms))
    raise Overtaken(
        f"{who} {credit_words(attempt.credit_ms - seen_ms)} a moment ago.",
        f"Give {meant} more?" if command.credit_ms > 0 else f"Take off {meant} more?",
        replace(command, seen_credit_ms=attempt.credit_ms),
    )


def _vendor_clock(
    session: Session, command: NoteVendorClock, context: Context
) -> Events:
    attempt = _live_attempt(session, command, context)
    if attempt.is_untimed:
        raise Refused(
            f"{session.label(attempt)} is untimed: there is no clock to compare.",
            "Note what the screen shows, if it matters.",
        )
    if not 0 <= command.vendor_left_ms <= timing.UNTIMED_MS:
        raise Refused(
            "That is not a remaining time.", "Key it as the screen shows it: 41:20."
        )
    asked_ms = asked_line_ms(command, session.timeline_ms(context.now))
    left_ms = session.left_ms(attempt, max(asked_ms, attempt.start_line_ms or 0))
    drift_ms = command.vendor_left_ms - left_ms
    noted = VendorClockNoted(
        attempt_id=attempt.attempt_id,
        vendor_left_ms=command.vendor_left_ms,
        drift_ms=drift_ms,
        shown=Personal(
            timing.clock_text(command.vendor_left_ms), attempt.participant_id
        ),
    )
    return (noted, *drafts.vendor_differs(session, attempt, drift_ms, context))


def _check_begun(session: Session, attempt: Attempt, context: Context) -> None:
    if session.timeline_ms(context.now) < (attempt.start_line_ms or 0):
        raise Refused("The session has not begun yet.", "Wait for the start.")


def _finish(session: Session, command: FinishAttempt, context: Context) -> Events:
    attempt = _live_attempt(session, command, context)
    _check_begun(session, attempt, context)
    finished = AttemptFinished(attempt_id=attempt.attempt_id)
    return (finished, *drafts.over_time(session, (attempt,), context))


def _end_early(session: Session, command: EndEarly, context: Context) -> Events:
    attempt = attempt_of(session, command)
    if command.outcome == AttemptProgress.WITHDRAWN and attempt.let_in:
        context.actor.must_be_coordinator("Leaving before one's own clock began")
    else:
        attempt = _live_attempt(session, command, context)
    if command.outcome not in ENDED_EARLY:
        raise Refused(
            f"'{command.outcome}' is not an early end of an attempt.",
            f"Use {', '.join(sorted(ENDED_EARLY))}.",
        )
    _check_begun(session, attempt, context)
    reason = reason_given(command.reason, attempt.participant_id)
    ended = AttemptEndedEarly(
        attempt_id=attempt.attempt_id,
        outcome=command.outcome,
        reason=reason,
        withholds=command.outcome == AttemptProgress.DISMISSED,
    )
    return (ended, *drafts.over_time(session, (attempt,), context))


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


def _all_over(session: Session, _: EndSession, context: Context) -> bool:
    return blockers.all_over(session)


def _end_session(session: Session, command: EndSession, context: Context) -> Events:
    open_ones = blockers.to_end(session, session.timeline_ms(context.now))
    if open_ones:
        raise Refused(
            f"{plural(len(open_ones), 'person has', 'people have')} no outcome yet:"
            f" {open_ones[0].text}.",
            "Record how each one ended first.",
        )
    return (*drafts.not_announced(session, context), SessionEnded())


def _abandon(session: Session, command: AbandonSession, context: Context) -> Events:
    reason = reason_given(command.reason, session.session_id)
    events: list[Fact] = []
    came = {one.attempt_id for one in cut_short(session)}
    for one in session.attempts.values():
        if one.attempt_id in came:
            why = Personal(reason.text, one.participant_id)
            events.append(
                AttemptEndedEarly(
                    attempt_id=one.attempt_id,
                    outcome=AttemptProgress.INTERRUPTED,
                    reason=why,
                )
            )
        elif one.standing not in OUTCOMES:
            events.append(AttemptAbsent(attempt_id=one.attempt_id))
    over = drafts.over_time(session, cut_short(session), context)
    missed = drafts.not_announced(session, context, after=len(over))
    return (*events, *over, *missed, SessionAbandoned(reason=reason))


def cut_short(session: Session) -> tuple[Attempt, ...]:
    """Return whose attempts end if a session is given up: of everybody who has come."""
    return tuple(
        one
        for one in session.attempts.values()
        if one.standing not in OUTCOMES and (one.late or one.standing not in NOT_HERE)
    )


RULES = (
    rule(StartSession, _start, Stage.CHECK_IN, when=_all_resolved),
    rule(UndoStart, _undo_start, Stage.RUNNING, when=_only_started),
    rule(StartLate, _start_late, Stage.RUNNING, when=_is_seated),
    rule(ResumeSession, _resume, Stage.HALTED, when=_clock_confirmed),
    rule(IssueSheets, _issue_sheets, Stage.RUNNING, when=_has_time),
    rule(BeginBreak, _begin_break, Stage.RUNNING, when=_may_leave),
    rule(EndBreak, _end_break, *UNDER_WAY, when=_may_return),
    rule(BeginPause, _begin_pause, Stage.RUNNING, when=_may_pause),
    rule(EndPause, _end_pause, *UNDER_WAY, when=_may_go_on),
    rule(GiveCredit, _give_credit, *UNDER_WAY, when=_is_live),
    rule(NoteVendorClock, _vendor_clock, *UNDER_WAY, when=_has_clock),
    rule(FinishAttempt, _finish, *UNDER_WAY, when=_has_begun),
    rule(EndEarly, _end_early, *UNDER_WAY, when=_may_end_early),
    rule(Announce, _announce_time, Stage.RUNNING, when=_is_due),
    rule(EndSession, _end_session, Stage.RUNNING, when=_all_over),
    rule(AbandonSession, _abandon, *UNDER_WAY),
)
