"""What the testing screen asks before it acts: consequences, then a reason."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from cptkiosk.domain import commands as c
from cptkiosk.domain import timing
from cptkiosk.domain.attempt import Attempt
from cptkiosk.domain.session import Session
from cptkiosk.domain.testing import cut_short
from cptkiosk.domain.values import plural
from cptkiosk.ui import times
from cptkiosk.ui.dialogs.asking import ask_command
from cptkiosk.ui.dialogs.halt import ask_halt
from cptkiosk.ui.dialogs.outcome import ask_outcome
from cptkiosk.ui.dialogs.question import (
    CommandQuestion,
    about,
    choice,
    each_named,
    from_fields,
    reason,
)
from cptkiosk.ui.naming import persons, who_text
from cptkiosk.ui.ports import SessionPort
from cptkiosk.ui.widgets.form import TextField

SUBMITTED = "Enter if the vendor's screen shows the assessment as submitted."
OUTCOMES = ("interrupted", "withdrawn", "dismissed")


def ask_as_typed(screen: SessionPort, command: c.SessionCommand) -> None:
    """Ask what the key of a command asks, filled in with what was typed."""
    session = screen.session
    match command:
        case c.HaltSession():
            ask_halt(screen.kiosk, session, command.reason)
        case c.UndoHalt():
            zone = screen.kiosk.desk.zone
            asked = undo_halt(
                session, command.number, command.reason, screen.line_ms, zone
            )
            ask_command(screen, asked)
        case c.PutBack():
            attempt = session.attempts[command.attempt_id]
            ask_command(screen, put_back(session, attempt, command.reason))
        case c.ReplaceOutcome():
            attempt = session.attempts[command.attempt_id]
            ask_outcome(screen, attempt, command.outcome, command.reason)
        case c.EndEarly():
            attempt = session.attempts[command.attempt_id]
            asked = end_early(session, attempt, command.outcome, command.reason)
            ask_command(screen, asked)


def time_up(session: Session, attempt: Attempt) -> CommandQuestion:
    """Ask what the vendor's screen shows once time is up."""
    name = session.label(attempt)
    return CommandQuestion(
        f"Time is up for {name}",
        (SUBMITTED, "If it does not, Esc, and x says how the attempt ended."),
        command=from_fields(c.FinishAttempt, **about(session, attempt)),
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
        (reason(why),),
        command=from_fields(c.PutBack, **about(session, attempt)),
        words=f"{name}: put back",
    )


def undo_halt(
    session: Session, number: int, why: str, line_ms: int, zone: ZoneInfo
) -> CommandQuestion:
    """Ask whether a halt was a mistake, and say what taking it back costs.

    Args:
        session: the session.
        number: which of its halts, from 1 on; 0 is the last.
        why: the reason, if it was typed already.
        line_ms: now, on the session's line.
        zone: of the center.
    """
    number = number or len(session.halts)
    since_ms, until_ms = session.halts[number - 1]
    since = times.time_text(since_ms, zone)
    until = "now" if until_ms is None else times.time_text(until_ms, zone)
    stood = timing.span_text((until_ms or line_ms) - since_ms)
    on = " All clocks run on." if until_ms is None else ""
    return CommandQuestion(
        f"Take back halt {number} of {len(session.halts)}",
        (
            f"It stood from {since} to {until}. {stood} of stopped time count as used"
            f" again, for everybody.{on}",
        ),
        (reason(why),),
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
        (choice("outcome", "How", outcomes), reason(why)),
        command=from_fields(c.EndEarly, **about(session, attempt)),
        words=lambda values: f"{name}: {values['outcome']}",
    )


def note(session: Session, people: Sequence[Attempt]) -> CommandQuestion:
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


def abandon(session: Session) -> CommandQuestion:
    """Ask why the session is given up."""
    count = plural(len(cut_short(session)), "attempt")
    return CommandQuestion(
        "Abandon the session",
        (f"{count} will be interrupted. This cannot be undone.",),
        (reason(),),
        command=from_fields(c.AbandonSession, session_id=session.session_id),
        words="session abandoned",
    )


def room_clock(session: Session, line_ms: int, zone: ZoneInfo) -> CommandQuestion:
    """Ask whether the bridged time agrees with the room clock.

    Args:
        session: one that was bridged over an absence of the machine.
        line_ms: now, on the session's line.
        zone: of the center.
    """
    assert session.unconfirmed is not None, "its key is dimmed where nothing is open"
    now = times.time_text(line_ms, zone)
    away = timing.span_text(session.unconfirmed.away_ms)
    return CommandQuestion(
        "Compare with the room clock",
        (
            f"The machine restarted and was away for {away}. By its own clock it is"
            f" {now}.",
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
                reads=int,
                unreadable="whole seconds, such as 0 or -12",
            ),
        ),
        command=lambda values: c.ConfirmRoomClock(
            session_id=session.session_id,
            correction_ms=int(values.text("seconds")) * 1000,
        ),
        words="room clock confirmed",
    )
