"""What is asked about people who are testing, and about their clocks."""

from collections.abc import Callable, Sequence
from functools import partial

from cptkiosk.domain.commands.base import STAND_IN, SessionCommand
from cptkiosk.domain.commands.halt import HaltSession, UndoHalt
from cptkiosk.domain.commands.irregularity import TakeNote
from cptkiosk.domain.commands.mistake import PutBack, ReplaceOutcome
from cptkiosk.domain.commands.testing import (
    Announce,
    BeginPause,
    EndEarly,
    FinishAttempt,
    NoteVendorClock,
)
from cptkiosk.domain.rules.announcing import DueAnnouncement, minutes_to_read
from cptkiosk.domain.rules.breaks import PAUSES, STOP_CLOCK_BREAK
from cptkiosk.domain.rules.mistakes import REALLY, replacement_text
from cptkiosk.domain.state.attempt import Attempt, AttemptProgress
from cptkiosk.domain.state.session import Session
from cptkiosk.domain.terms import display_term
from cptkiosk.domain.time import timing
from cptkiosk.times.format import TimeFormat
from cptkiosk.times.parse import read_instant
from cptkiosk.ui.dialogs.asking import ask_command
from cptkiosk.ui.dialogs.check_in import write_denial_slip
from cptkiosk.ui.dialogs.halt import ask_halt
from cptkiosk.ui.dialogs.question import (
    CommandQuestion,
    build_question,
    each_named,
    reason_in,
)
from cptkiosk.ui.dialogs.session_steps import undo_halt
from cptkiosk.ui.naming import cut_names, persons, who_text
from cptkiosk.ui.ports import SessionPort
from cptkiosk.ui.widgets.fields import Values
from cptkiosk.ui.workers import begin

REALLY_OPTIONS = tuple((one.value, display_term(one)) for one in REALLY)
APPROVED = "approved by the vendor"
NAMED_MAX = 8


def ask_as_typed(screen: SessionPort, command: SessionCommand) -> None:
    """Ask what the key of a command asks, filled in with what was typed."""
    session, times = screen.session, screen.kiosk.desk.times
    match command:
        case HaltSession(reason=why):
            ask_halt(screen.kiosk, session, why)
        case UndoHalt(number=number, reason=why):
            ask_command(
                screen, undo_halt(session, number, why, lambda: screen.line_ms, times)
            )
        case PutBack(attempt_id=one, reason=why):
            ask_command(screen, put_back(session, session.attempts[one], why))
        case EndEarly(attempt_id=one, outcome=outcome, reason=why):
            attempt = session.attempts[one]
            ask_command(screen, end_early(session, attempt, outcome, why))
        case ReplaceOutcome(attempt_id=one, outcome=outcome, reason=why):
            attempt, slip = session.attempts[one], partial(_write_slip, screen, one)
            asked = replace_outcome(session, attempt, outcome, why, times, slip)
            ask_command(screen, asked)


def _write_slip(screen: SessionPort, attempt_id: str) -> None:
    """Write the slip of someone who, it turned out, was not admitted."""
    if screen.session.attempts[attempt_id].standing is AttemptProgress.DENIED:
        begin(screen.kiosk, partial(write_denial_slip, screen, attempt_id), "slip")


def confirm_time_up(
    session: Session, attempt: Attempt, script: str = ""
) -> CommandQuestion:
    """Ask what the test screen shows once time is up.

    Args:
        session: the session.
        attempt: whose time is up.
        script: what is read aloud first, if anything.
    """
    if not script:
        return build_question("time-up", session, attempt, FinishAttempt)
    return build_question(
        "time-up-aloud", session, attempt, FinishAttempt, aloud=lambda: script
    )


def ask_time_up(screen: SessionPort, attempt: Attempt) -> None:
    """Ask about someone whose time is up; the first of those also hears the script."""
    session = screen.session
    ended_ms = session.end_ms(attempt, screen.line_ms) or 0
    heard = any(
        one.end_line_ms is not None
        and one.end_line_ms >= ended_ms == _time_up_ms(session, one)
        for one in session.attempts.values()
    )
    script = "" if heard else screen.definitions.scripts.end
    ask_command(screen, confirm_time_up(session, attempt, script.strip()))


def _time_up_ms(session: Session, attempt: Attempt) -> int | None:
    """Return when the time of someone who has ended was up, on the session's line."""
    stops, start_ms = (*attempt.stops, *session.halts), attempt.start_line_ms
    if start_ms is None or attempt.is_untimed:
        return None
    return timing.run_out_ms(stops, start_ms, attempt.allowed_ms)


def put_back(session: Session, attempt: Attempt, why: str) -> CommandQuestion:
    """Ask whether someone's outcome was a mistake."""
    details = {"standing": attempt.standing}
    return build_question(
        "put-back", session, attempt, PutBack, details, {"reason": {"value": why}}
    )


def end_early(
    session: Session, attempt: Attempt, outcome: str = "", why: str = ""
) -> CommandQuestion:
    """Ask how and why an attempt ends early."""
    return build_question(
        "end-early",
        session,
        attempt,
        EndEarly,
        fields={"outcome": {"first": outcome}, "reason": {"value": why}},
    )


def replace_outcome(
    session: Session,
    attempt: Attempt,
    outcome: str,
    why: str,
    times: TimeFormat,
    slip: Callable[[], object],
) -> CommandQuestion:
    """Ask how an attempt really ended, when and why another end is on record.

    Args:
        session: the session.
        attempt: whose outcome is wrong.
        outcome: what was typed already, or nothing.
        why: the same, as the reason.
        times: how the center writes them.
        slip: what follows once it is recorded, whatever is in front by then.
    """
    name = session.label(attempt)

    def stopped_line_ms(typed: str) -> int | None:
        return _stopped_line_ms(session, typed, times) if typed else None

    return CommandQuestion.from_catalog(
        "replace-outcome",
        {"name": name, "on_record": _on_record(session, attempt, times)},
        {
            "outcome": {"options": REALLY_OPTIONS, "value": outcome},
            "reason": {"value": why},
            "stopped": {
                "reads": stopped_line_ms,
                "read_back": lambda typed: times.format_whole(
                    stopped_line_ms(typed) or 0
                ),
            },
        },
        command=lambda values: ReplaceOutcome(
            **session.about(attempt),
            outcome=values.text("outcome"),
            reason=values.text("reason"),
            stopped_line_ms=stopped_line_ms(values.text("stopped").strip()),
            seen_standing=attempt.standing.value,
            seen_end_line_ms=attempt.end_line_ms,
        ),
        words=lambda values: (
            f"{name}: {replacement_text(attempt.standing, values.text('outcome'))}"
        ),
        always=slip,
    )


def _on_record(session: Session, attempt: Attempt, times: TimeFormat) -> str:
    """Return what is on record, and what becomes of it."""
    begin_ms, end_ms = attempt.start_line_ms, attempt.end_line_ms
    standing = display_term(attempt.standing)
    if begin_ms is not None and end_ms is not None:
        begin, end = map(times.format_seconds, (begin_ms, end_ms))
        return (
            f"On record: {standing}, {begin} to {end}. Leave the time blank to keep that"
            " end."
        )
    begin = times.format_seconds(session.start_line_ms or 0)
    end = times.format_seconds(session.ended_line_ms)
    return (
        f"On record: {standing}. The session ran from {begin} to {end}. If you leave the"
        " time blank, the attempt ended with the session or at time up; a person who"
        " withdrew left before the start."
    )


def _stopped_line_ms(session: Session, typed: str, times: TimeFormat) -> int:
    """Return when they stopped, on the day the session began or on the one it ended.

    Raises:
        UnreadableTime: if that is no time.
    """
    begin_ms = session.start_line_ms or 0
    first_day, last_day = (
        times.find_date(ms) for ms in (begin_ms, session.ended_line_ms)
    )
    stopped_ms = read_instant(typed, first_day, times)
    return (
        stopped_ms if stopped_ms >= begin_ms else read_instant(typed, last_day, times)
    )


def take_note(session: Session, people: Sequence[Attempt]) -> CommandQuestion:
    """Ask for a remark about each of these people, or about the session."""
    attempt_ids = [one.attempt_id for one in people] or [""]
    return CommandQuestion.from_catalog(
        "take-note",
        {
            "whom": persons(session, people) if people else "the session",
            "who": who_text(session, people) if people else "the session",
            "each": each_named(session, people),
        },
        command=lambda values: [
            TakeNote(
                session_id=session.session_id,
                text=values.text("text"),
                attempt_id=one,
            )
            for one in attempt_ids
        ],
        draft=f"note {session.session_id} {','.join(attempt_ids)}",
    )


def ask_announcement(screen: SessionPort, call: DueAnnouncement) -> None:
    """Show what is to be said and to whom; Enter records that it was.

    It is read aloud if it is true for most who are testing, else said at the seats.
    The words name the minutes really left, for as long as the question is open.
    """
    for_most = 2 * len(call.attempt_ids) > len(screen.session.live_attempts)
    people = [screen.session.attempts[one] for one in call.attempt_ids]
    named = [f"{one.seat} {screen.person(one)}".strip() for one in people]

    def minutes_now() -> int:
        return minutes_to_read(screen.session, call, screen.line_ms)

    def compose_announcement() -> str:
        return screen.definitions.scripts.announcement_text(minutes_now(), len(people))

    question = CommandQuestion.from_catalog(
        "announce" if for_most else "announce-to-some",
        {
            "minutes": minutes_now,
            "count": len(people),
            "people": "; ".join(cut_names(named, NAMED_MAX, "and {} more")),
        },
        command=lambda _: Announce(
            session_id=screen.session_id,
            minutes=call.minutes,
            attempt_ids=call.attempt_ids,
        ),
        aloud=compose_announcement,
    )
    ask_command(screen, question)


def pause_clocks(
    session: Session, people: Sequence[Attempt], *, may_break: bool
) -> CommandQuestion:
    """Ask why the clocks of these people are stopped.

    Args:
        session: the session.
        people: whose clocks.
        may_break: whether it may also be a break during which the clock stops.
    """
    return CommandQuestion.from_catalog(
        "pause-clocks",
        {
            "whom": persons(session, people),
            "each": each_named(session, people),
            "clock": "this clock stops" if len(people) == 1 else "these clocks stop",
            "it": "it" if len(people) == 1 else "them",
            "kind": PAUSES[0],
            "who": who_text(session, people),
        },
        {
            "kind": {"options": tuple(reversed(PAUSES))} if may_break else None,
            "reason": {"first": APPROVED if may_break else ""},
        },
        command=lambda values: [
            BeginPause(
                **session.about(one),
                kind=values.text("kind", PAUSES[0]),
                reason=reason_in(values),
            )
            for one in people
        ],
    )


def ask_pause(screen: SessionPort, people: Sequence[Attempt]) -> None:
    """Ask why the clocks of these people are stopped."""
    breaks = (
        BeginPause(**screen.about(one), kind=STOP_CLOCK_BREAK, reason=STAND_IN)
        for one in people
    )
    may_break = not any(map(screen.why_refused, breaks))
    ask_command(screen, pause_clocks(screen.session, people, may_break=may_break))


def compare_vendor_clock(
    session: Session, attempt: Attempt, asked_ms: int
) -> CommandQuestion:
    """Ask which remaining time the test screen shows, against ours just now.

    Args:
        session: the session.
        attempt: whose clock.
        asked_ms: when this is asked, on the session's line.
    """
    left_ms, name = session.left_ms(attempt, asked_ms), session.label(attempt)

    def vendor_ms(values: Values) -> int:
        return timing.read_clock(values.text("left")) or 0

    return CommandQuestion.from_catalog(
        "compare-vendor-clock",
        {"name": name, "left_ms": left_ms},
        {"left": {"reads": timing.read_clock}},
        command=lambda values: NoteVendorClock(
            **session.about(attempt),
            vendor_left_ms=vendor_ms(values),
            asked_line_ms=asked_ms,
        ),
        words=lambda values: f"{name}: {drift_text(vendor_ms(values) - left_ms)}",
    )


def drift_text(drift_ms: int) -> str:
    """Return what the vendor's clock leaves more or less than ours."""
    if abs(drift_ms) < 1000:
        return "test screen clock matches"
    more = "more" if drift_ms > 0 else "less"
    return f"test screen clock shows {timing.span_text(abs(drift_ms))} {more}"
