"""What the testing screen asks before it acts: consequences, then a reason."""

from collections.abc import Sequence

from cptkiosk.domain import commands as c
from cptkiosk.domain import timing
from cptkiosk.domain.attempt import Attempt
from cptkiosk.domain.testing import cut_short
from cptkiosk.domain.values import plural
from cptkiosk.ui import times
from cptkiosk.ui.dialogs import halt as halting
from cptkiosk.ui.dialogs.common_fields import choice
from cptkiosk.ui.dialogs.outcome import ask_outcome
from cptkiosk.ui.naming import who_text
from cptkiosk.ui.ports import SessionPort
from cptkiosk.ui.widgets.form import TextField, Values


def time_up(screen: SessionPort, attempt: Attempt) -> None:
    """Ask what the vendor's screen shows once time is up."""
    screen.ask_first(
        f"Time is up for {screen.person(attempt)}",
        (
            "Enter if the vendor's screen shows the assessment as submitted.",
            "If it does not, Esc, and x says how the attempt ended.",
        ),
        (),
        lambda _: c.FinishAttempt(**screen.about(attempt)),
        lambda _: f"{screen.person(attempt)}: finished",
    )


def as_typed(screen: SessionPort, command: c.SessionCommand) -> None:
    """Ask what the key of a wish asks, filled in with what was typed."""
    if isinstance(command, c.HaltSession):
        halting.ask_halt(screen.kiosk, screen.session, command.reason)
    elif isinstance(command, c.UndoHalt):
        undo_halt(screen, command.number, command.reason)
    elif isinstance(command, c.PutBack):
        put_back(screen, screen.session.attempts[command.attempt_id], command.reason)
    elif isinstance(command, c.ReplaceOutcome):
        attempt = screen.session.attempts[command.attempt_id]
        ask_outcome(screen, attempt, command.outcome, command.reason)
    elif isinstance(command, c.EndEarly):
        attempt = screen.session.attempts[command.attempt_id]
        end_early(screen, attempt, command.outcome, command.reason)


def put_back(screen: SessionPort, attempt: Attempt, reason: str) -> None:
    """Ask whether somebody's outcome was a mistake."""
    name = screen.person(attempt)
    screen.ask_first(
        f"Put {name} back",
        (
            f"Do this if '{attempt.standing}' was recorded by mistake. Their attempt"
            " goes on. Both entries stay on record.",
        ),
        (TextField("reason", "Reason", value=reason),),
        lambda values: c.PutBack(**screen.about(attempt), reason=values.text("reason")),
        lambda _: f"{name}: put back",
    )


def undo_halt(screen: SessionPort, number: int, reason: str) -> None:
    """Ask whether a halt was a mistake, and say what taking it back costs."""
    session, zone = screen.session, screen.kiosk.desk.zone
    number = number or len(session.halts)
    since_ms, until_ms = session.halts[number - 1]
    since = times.time_text(since_ms, zone)
    until = "now" if until_ms is None else times.time_text(until_ms, zone)
    stood = timing.span_text((until_ms or screen.line_ms) - since_ms)
    on = " All clocks run on." if until_ms is None else ""
    screen.ask_first(
        f"Take back halt {number} of {len(session.halts)}",
        (
            f"It stood from {since} to {until}. {stood} of stopped time count as used"
            f" again, for everybody.{on}",
        ),
        (TextField("reason", "Reason", value=reason),),
        lambda values: c.UndoHalt(
            session_id=screen.session_id, number=number, reason=values.text("reason")
        ),
        lambda _: f"halt {number} taken back",
    )


def end_early(
    screen: SessionPort, attempt: Attempt, outcome: str = "", reason: str = ""
) -> None:
    """Ask how and why an attempt ends early."""
    outcomes: tuple[str, ...] = ("interrupted", "withdrawn", "dismissed")
    if outcome:
        outcomes = (outcome, *(one for one in outcomes if one != outcome))
    screen.ask_first(
        f"End the attempt of {screen.person(attempt)}",
        (
            "interrupted: a fault that cannot be fixed; withdrawn: their own choice or"
            " illness; dismissed: misconduct. Their clock ends; u takes it back.",
        ),
        (
            choice("outcome", "How", outcomes),
            TextField("reason", "Reason", value=reason),
        ),
        lambda values: c.EndEarly(
            **screen.about(attempt),
            outcome=values.text("outcome"),
            reason=values.text("reason"),
        ),
        lambda values: f"{screen.person(attempt)}: {values['outcome']}",
    )


def note(screen: SessionPort, people: Sequence[Attempt]) -> None:
    """Ask for a remark about each of these people, or about the session."""
    about = screen.persons(people) if people else "the session"
    whom = who_text(screen.session, people) if people else "the session"
    attempt_ids = [one.attempt_id for one in people] or [""]
    screen.ask_for_each(
        f"Note about {about}",
        screen.each_named(people) if people else (),
        (TextField("text", "Note", max_cells=400),),
        lambda values: [
            c.TakeNote(
                session_id=screen.session_id,
                text=values.text("text"),
                attempt_id=attempt_id,
            )
            for attempt_id in attempt_ids
        ],
        lambda _: f"note about {whom}",
        draft=f"note {screen.session_id} {','.join(attempt_ids)}",
    )


def abandon(screen: SessionPort) -> None:
    """Ask why the session is given up."""
    count = plural(len(cut_short(screen.session)), "attempt")
    screen.ask_first(
        "Abandon the session",
        (f"{count} will be interrupted. This cannot be undone.",),
        (TextField("reason", "Reason"),),
        lambda values: c.AbandonSession(
            session_id=screen.session_id, reason=values.text("reason")
        ),
        lambda _: "session abandoned",
    )


def room_clock(screen: SessionPort) -> None:
    """Ask whether the bridged time agrees with the room clock."""
    bridged = screen.session.unconfirmed
    if bridged is None:
        return
    now = times.time_text(screen.line_ms, screen.kiosk.desk.zone)
    away = timing.span_text(bridged.away_ms)

    def check(values: Values) -> dict[str, str]:
        if _seconds(values) is None:
            return {"seconds": "whole seconds, such as 0 or -12"}
        return {}

    screen.ask_first(
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
            ),
        ),
        lambda values: c.ConfirmRoomClock(
            session_id=screen.session_id, correction_ms=(_seconds(values) or 0) * 1000
        ),
        lambda _: "room clock confirmed",
        check=check,
    )


def _seconds(values: Values) -> int | None:
    try:
        return int(values.text("seconds"))
    except ValueError:
        return None
