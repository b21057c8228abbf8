"""What the testing screen asks before it acts: consequences, then a reason."""

from collections.abc import Callable, Sequence
from functools import partial
from zoneinfo import ZoneInfo

from cptkiosk.domain import commands as c
from cptkiosk.domain import timing
from cptkiosk.domain.attempt import Attempt, AttemptProgress
from cptkiosk.domain.session import Session
from cptkiosk.domain.testing import cut_short
from cptkiosk.domain.values import plural
from cptkiosk.ui import local_time
from cptkiosk.ui.dialogs.asking import ask_command
from cptkiosk.ui.dialogs.denial_slip import write_denial_slip
from cptkiosk.ui.dialogs.halt import ask_halt
from cptkiosk.ui.dialogs.outcome import replace_outcome
from cptkiosk.ui.dialogs.question import (
    REASON,
    CommandQuestion,
    choice_field,
    each_named,
    from_fields,
    reason_field,
)
from cptkiosk.ui.naming import persons, who_text
from cptkiosk.ui.ports import SessionPort
from cptkiosk.ui.widgets.fields import TextField
from cptkiosk.ui.widgets.validators import Readable
from cptkiosk.ui.workers import begin

SUBMITTED = "Enter if the vendor's screen shows the assessment as submitted."
OUTCOMES = ("interrupted", "withdrawn", "dismissed")


def ask_as_typed(screen: SessionPort, command: c.SessionCommand) -> None:
    """Ask what the key of a command asks, filled in with what was typed."""
    session, zone = screen.session, screen.kiosk.desk.zone
    match command:
        case c.HaltSession(reason=why):
            ask_halt(screen.kiosk, session, why)
        case c.UndoHalt(number=number, reason=why):
            ask_command(
                screen, undo_halt(session, number, why, lambda: screen.line_ms, zone)
            )
        case c.PutBack(attempt_id=one, reason=why):
            ask_command(screen, put_back(session, session.attempts[one], why))
        case c.EndEarly(attempt_id=one, outcome=outcome, reason=why):
            attempt = session.attempts[one]
            ask_command(screen, end_early(session, attempt, outcome, why))
        case c.ReplaceOutcome(attempt_id=one, outcome=outcome, reason=why):
            attempt, slip = session.attempts[one], partial(_write_slip, screen, one)
            asked = replace_outcome(session, attempt, outcome, why, zone, slip)
            ask_command(screen, asked)


def _write_slip(screen: SessionPort, attempt_id: str) -> None:
    """Write the slip of somebody who, it turned out, was not admitted."""
    if screen.session.attempts[attempt_id].standing is AttemptProgress.DENIED:
        begin(screen.kiosk, partial(write_denial_slip, screen, attempt_id), "slip")


def confirm_time_up(session: Session, attempt: Attempt) -> CommandQuestion:
    """Ask what the vendor's screen shows once time is up."""
    name = session.label(attempt)
    return CommandQuestion(
        f"Time is up for {name}",
        (SUBMITTED, "If it does not, Esc, and x says how the attempt ended."),
        command=from_fields(c.FinishAttempt, **session.about(attempt)),
        words=f"{name}: finished",
    )


def put_back(session: Session, attempt: Attempt, why: str) -> CommandQuestion:
    """Ask whether somebody's outcome was a mistake."""
    name = session.label(attempt)
    return CommandQuestion(
        f"Put {name} back",
        (
            f"Do this if '{attempt.standing}' was recorded by mistake. Their attempt"
            " goes on. Both entries stay on record.",
        ),
        (reason_field(why),),
        command=from_fields(c.PutBack, **session.about(attempt)),
        words=f"{name}: put back",
    )


def undo_halt(
    session: Session, number: int, why: str, now_ms: Callable[[], int], zone: ZoneInfo
) -> CommandQuestion:
    """Ask whether a halt was a mistake, and say what taking it back costs.

    Args:
        session: the session.
        number: which of its halts, from 1 on; 0 is the last.
        why: the reason, if it was typed already.
        now_ms: says what time it is, on the session's line.
        zone: of the center.
    """
    number = number or len(session.halts)
    since_ms, until_ms = session.halts[number - 1]
    since = local_time.time_text(since_ms, zone)
    until = "now" if until_ms is None else local_time.time_text(until_ms, zone)
    on = " All clocks run on." if until_ms is None else ""

    def cost() -> str:
        stood = timing.span_text((until_ms or now_ms()) - since_ms)
        return (
            f"It stood from {since} to {until}. {stood} of stopped time count as used"
            f" again, for everybody.{on}"
        )

    return CommandQuestion(
        f"Take back halt {number} of {len(session.halts)}",
        (cost,),
        (reason_field(why),),
        command=from_fields(c.UndoHalt, session_id=session.session_id, number=number),
        words=f"halt {number} taken back",
    )


def end_early(
    session: Session, attempt: Attempt, outcome: str = "", why: str = ""
) -> CommandQuestion:
    """Ask how and why an attempt ends early."""
    outcomes = tuple(dict.fromkeys(filter(None, (outcome, *OUTCOMES))))
    name = session.label(attempt)
    return CommandQuestion(
        f"End the attempt of {name}",
        (
            "interrupted: a fault that cannot be fixed; withdrawn: their own choice or"
            " illness; dismissed: misconduct. Their clock ends; u takes it back.",
        ),
        (choice_field("outcome", "How", outcomes), reason_field(why)),
        command=from_fields(c.EndEarly, **session.about(attempt)),
        words=lambda values: f"{name}: {values['outcome']}",
    )


def take_note(session: Session, people: Sequence[Attempt]) -> CommandQuestion:
    """Ask for a remark about each of these people, or about the session."""
    attempt_ids = [one.attempt_id for one in people] or [""]
    return CommandQuestion(
        f"Note about {persons(session, people) if people else 'the session'}",
        each_named(session, people),
        (TextField("text", "Note", max_cells=400),),
        command=lambda values: [
            c.TakeNote(
                session_id=session.session_id,
                text=values.text("text"),
                attempt_id=one,
            )
            for one in attempt_ids
        ],
        words=f"note about {who_text(session, people) if people else 'the session'}",
        draft=f"note {session.session_id} {','.join(attempt_ids)}",
    )


def undo_start(session: Session, then: Callable[[], object]) -> CommandQuestion:
    """Ask before the start is taken back."""
    attempts = session.attempts.values()
    started = sum(one.start_line_ms is not None for one in attempts)
    return CommandQuestion(
        "Take the start back",
        (
            f"{plural(started, 'person goes', 'people go')} back to seated.",
            "The time they have worked is not counted.",
        ),
        command=from_fields(c.UndoStart, session_id=session.session_id),
        words="start undone",
        then=then,
    )


def abandon_session(session: Session) -> CommandQuestion:
    """Ask why the session is given up."""
    count = plural(len(cut_short(session)), "attempt")
    return CommandQuestion(
        "Abandon the session",
        (f"{count} will be interrupted. This cannot be undone.",),
        (REASON,),
        command=from_fields(c.AbandonSession, session_id=session.session_id),
        words="session abandoned",
    )


def compare_room_clock(
    session: Session, now_ms: Callable[[], int], zone: ZoneInfo
) -> CommandQuestion:
    """Ask whether the bridged time agrees with the room clock.

    Args:
        session: one that was bridged over an absence of the machine.
        now_ms: says what time it is, on the session's line.
        zone: of the center.
    """
    assert session.unconfirmed is not None, "its key is dimmed where nothing is open"
    away = timing.span_text(session.unconfirmed.away_ms)
    return CommandQuestion(
        "Compare with the room clock",
        (
            lambda: (
                f"The machine restarted and was away for {away}. By its own clock it"
                f" is {local_time.time_text(now_ms(), zone)}."
            ),
            "That clock may have been set just before, unnoticed: trust the room clock.",
            "If the room clock shows the same, confirm; else say how many seconds later"
            " it is.",
        ),
        (
            TextField(
                "seconds",
                "Room clock later by",
                value="0",
                help="seconds, - if earlier",
                validators=(Readable(int, "whole seconds, such as 0 or -12"),),
            ),
        ),
        command=lambda values: c.ConfirmRoomClock(
            session_id=session.session_id,
            correction_ms=int(values.text("seconds")) * 1000,
        ),
        words="room clock confirmed",
    )
