"""What the testing screen asks before it acts: consequences, then a reason."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from cptkiosk.domain import commands as c
from cptkiosk.domain import timing
from cptkiosk.domain.attempt import Attempt
from cptkiosk.domain.values import MINUTE_MS, plural
from cptkiosk.ui import times
from cptkiosk.ui.screens.dialogs import AskDialog
from cptkiosk.ui.widgets.form import ChoiceField, Field, TextField, Values

if TYPE_CHECKING:
    from cptkiosk.ui.screens.base import SessionScreen
    from cptkiosk.ui.screens.testing import TestingScreen

PAUSE_REASONS = (
    "workstation fault",
    "assessment froze",
    "network lost",
    "approved stop-clock break",
    "illness",
)
HALT_REASONS = (
    "fire alarm",
    "power outage",
    "network down",
    "medical emergency",
    "weather",
)
SPAN = re.compile(r"(?P<sign>[+-]?)(?P<minutes>\d{1,3})(?::(?P<seconds>[0-5]\d))?\s*m?")


def parse_span(text: str) -> int | None:
    """Return the milliseconds of '6', '6:30' or '-2', if readable."""
    match = SPAN.fullmatch(text.strip())
    if match is None:
        return None
    ms = int(match["minutes"]) * MINUTE_MS + int(match["seconds"] or 0) * 1000
    return -ms if match["sign"] == "-" else ms


def _choice(name: str, label: str, words: tuple[str, ...]) -> Field:
    return ChoiceField(
        name, label, tuple((word, word) for word in words), value=words[0]
    )


def _reason(values: Values) -> str:
    typed = str(values.get("words", "")).strip()
    return f"{values['reason']}: {typed}" if typed else str(values["reason"])


def _ask(
    screen: "SessionScreen",
    title: str,
    lines: tuple[str, ...],
    fields: tuple[Field, ...],
    act: Callable[[Values], None],
    check: Callable[[Values], dict[str, str]] | None = None,
) -> None:
    def answered(values: Values | None) -> None:
        if values is not None:
            act(values)

    screen.app.push_screen(AskDialog(title, lines, fields, check), answered)


def pause(screen: "TestingScreen", attempt: Attempt) -> None:
    """Ask why one clock is stopped."""

    def act(values: Values) -> None:
        screen.ask(
            c.BeginPause(
                session_id=screen.session_id,
                attempt_id=attempt.attempt_id,
                reason=_reason(values),
            ),
            f"{attempt.person}: paused",
        )

    fields = (
        _choice("reason", "Reason", PAUSE_REASONS),
        TextField("words", "In words", required=False),
    )
    lines = ("Their clock stops; all others run on. p lets it run on again.",)
    _ask(screen, f"Pause {attempt.person}", lines, fields, act)


def credit(screen: "TestingScreen", attempt: Attempt) -> None:
    """Ask how much time is given back, and why."""
    left = timing.clock_text(screen.session.left_ms(attempt, screen.line_ms))

    def check(values: Values) -> dict[str, str]:
        if parse_span(str(values["span"])) is None:
            return {"span": "minutes such as 6, 6:30 or -2"}
        return {}

    def act(values: Values) -> None:
        credit_ms = parse_span(str(values["span"])) or 0
        screen.ask(
            c.GiveCredit(
                session_id=screen.session_id,
                attempt_id=attempt.attempt_id,
                credit_ms=credit_ms,
                reason=str(values["reason"]),
            ),
            f"{attempt.person}: credit {timing.span_text(credit_ms)}",
        )

    fields = (
        TextField("span", "Minutes", help="6, 6:30, or -2 to take off"),
        TextField("reason", "Reason"),
    )
    _ask(
        screen,
        f"Credit for {attempt.person}",
        (f"{left} left now.",),
        fields,
        act,
        check,
    )


def halt(screen: "TestingScreen") -> None:
    """Ask since when and why every clock stops."""
    count = plural(screen.live_count(), "clock stops", "clocks stop")
    now = times.time_text(screen.line_ms, screen.kiosk.desk.zone)

    def check(values: Values) -> dict[str, str]:
        span = parse_span(str(values["ago"]))
        return (
            {}
            if span is not None and span >= 0
            else {"ago": "minutes such as 0 or 1:30"}
        )

    def act(values: Values) -> None:
        screen.ask(
            c.HaltSession(
                session_id=screen.session_id,
                reason=_reason(values),
                ago_ms=parse_span(str(values["ago"])) or 0,
            ),
            "everything halted",
        )

    fields = (
        _choice("reason", "Reason", HALT_REASONS),
        TextField("ago", "Minutes ago", value="0", help="since the alarm, e.g. 1:30"),
        TextField("words", "In words", required=False),
    )
    lines = (
        f"{count} at {now}, or since the alarm. Take the roll at the muster point.",
    )
    _ask(screen, "HALT EVERYTHING", lines, fields, act, check)


def end_early(screen: "TestingScreen", attempt: Attempt) -> None:
    """Ask how and why an attempt ends early."""

    def act(values: Values) -> None:
        outcome = str(values["outcome"])
        screen.ask(
            c.EndEarly(
                session_id=screen.session_id,
                attempt_id=attempt.attempt_id,
                outcome=outcome,
                reason=str(values["reason"]),
            ),
            f"{attempt.person}: {outcome}",
        )

    fields = (
        _choice("outcome", "How", ("interrupted", "withdrawn", "dismissed")),
        TextField("reason", "Reason"),
    )
    lines = (
        "interrupted: a fault that cannot be mended; withdrawn: their own choice or"
        " illness; dismissed: misconduct. Their clock ends; u takes it back.",
    )
    _ask(screen, f"End {attempt.person}'s attempt", lines, fields, act)


def seat(screen: "SessionScreen", attempt: Attempt) -> None:
    """Ask for another seat."""
    free = screen.session.free_seats()
    options = tuple((f"{room}|{label}", f"{label} in {room}") for room, label in free)

    def act(values: Values) -> None:
        room, _, label = str(values["seat"]).partition("|")
        screen.ask(
            c.TakeSeat(
                session_id=screen.session_id,
                attempt_id=attempt.attempt_id,
                room=room,
                seat=label,
            ),
            f"{attempt.person}: seat {label}",
        )

    field = ChoiceField("seat", "Seat", options, value=options[0][0] if options else "")
    lines = (f"{plural(len(free), 'seat')} free.",)
    _ask(screen, f"Seat of {attempt.person}", lines, (field,), act)


def note(screen: "SessionScreen", attempt: Attempt | None) -> None:
    """Ask for a remark."""
    about = attempt.person.text if attempt else "the session"

    def act(values: Values) -> None:
        screen.ask(
            c.TakeNote(
                session_id=screen.session_id,
                text=str(values["text"]),
                attempt_id=attempt.attempt_id if attempt else "",
            ),
            f"note about {about}",
        )

    _ask(
        screen,
        f"Note about {about}",
        (),
        (TextField("text", "Note", max_cells=400),),
        act,
    )


def abandon(screen: "TestingScreen") -> None:
    """Ask why the session is given up."""
    count = plural(screen.live_count(), "attempt")

    def act(values: Values) -> None:
        screen.ask(
            c.AbandonSession(
                session_id=screen.session_id, reason=str(values["reason"])
            ),
            "session abandoned",
        )

    lines = (f"{count} will be interrupted. This cannot be undone.",)
    _ask(screen, "Abandon the session", lines, (TextField("reason", "Reason"),), act)


def room_clock(screen: "TestingScreen") -> None:
    """Ask whether the bridged time agrees with the room clock."""
    bridged = screen.session.unconfirmed
    if bridged is None:
        return
    now = times.time_text(screen.line_ms, screen.kiosk.desk.zone)
    away = timing.span_text(bridged.away_ms)

    def check(values: Values) -> dict[str, str]:
        return (
            {}
            if _seconds(str(values["seconds"])) is not None
            else {"seconds": "whole seconds"}
        )

    def act(values: Values) -> None:
        screen.ask(
            c.ConfirmRoomClock(
                session_id=screen.session_id,
                correction_ms=(_seconds(str(values["seconds"])) or 0) * 1000,
            ),
            "room clock confirmed",
        )

    lines = (
        f"The machine restarted and was away for {away}. By its own clock it is {now}.",
        "If the room clock shows the same, confirm; else say how many seconds later it is.",
    )
    field = TextField(
        "seconds", "Room clock later by", value="0", help="seconds, - if earlier"
    )
    _ask(screen, "Compare with the room clock", lines, (field,), act, check)


def _seconds(text: str) -> int | None:
    try:
        return int(text)
    except ValueError:
        return None
