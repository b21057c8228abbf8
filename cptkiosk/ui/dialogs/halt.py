"""HALT, from wherever one is: the clocks stop as of the key that was pressed."""

from dataclasses import replace

from cptkiosk.desk import Recorded
from cptkiosk.domain.commands import halt as c
from cptkiosk.domain.state.session import Session, Stage
from cptkiosk.domain.time.timing import read_span
from cptkiosk.domain.values import plural
from cptkiosk.time_format import TimeFormat
from cptkiosk.ui.dialogs.form_dialog import ask_question
from cptkiosk.ui.dialogs.question import Question, reason_fields, reason_in
from cptkiosk.ui.messages import CommandRequested
from cptkiosk.ui.navigator import Route
from cptkiosk.ui.ports import Kiosk
from cptkiosk.ui.session_clock_text import NOTHING_RUNS, running
from cptkiosk.ui.widgets.fields import ChoiceField, TextField, Values
from cptkiosk.ui.widgets.validators import Readable
from cptkiosk.words import explain

HALT_REASONS = (
    "alarm",
    "power outage",
    "network down",
    "medical emergency",
    "weather",
)
SIGN_IN_FIRST = "Sign in first, then press F8."
HALT, WHICH = "halt", "halt-which"
"""The questions why every clock stops, and in which session."""


def press_halt(kiosk: Kiosk, session_id: str = "") -> None:
    """Ask about the halt of a session; where several run and none is named, which one.

    A session that is halted already leads to its attendance outside.
    """
    if kiosk.actor is None or kiosk.navigator.shows_lock:
        kiosk.status.say(SIGN_IN_FIRST, "warning")
        return
    if kiosk.navigator.is_asking(HALT, WHICH):
        return
    found = running(kiosk.desk)
    named = [one for one in found if one.session_id == session_id]
    if not found:
        kiosk.status.say(NOTHING_RUNS, "warning")
    elif named or len(found) == 1:
        ask_halt(kiosk, (named or found)[0])
    else:
        _ask_which(kiosk, found)


def _ask_which(kiosk: Kiosk, found: tuple[Session, ...]) -> None:
    pressed = kiosk.desk.now()
    options = tuple((one.session_id, one.title) for one in found)
    field = ChoiceField("session", "Session", options, value=options[0][0])

    def take_answer(values: Values) -> None:
        session = kiosk.desk.sessions[values.text("session")]
        ask_halt(kiosk, session, pressed_ms=session.timeline_ms(pressed))

    ask_question(
        kiosk,
        Question("Choose the session to HALT", (), (field,), name=WHICH),
        take_answer,
    )


def ask_halt(
    kiosk: Kiosk,
    session: Session,
    words: str = "",
    *,
    pressed_ms: int | None = None,
) -> None:
    """Ask since when and why every clock stops; then take attendance outside.

    Args:
        kiosk: where it was pressed.
        session: whose clocks stop.
        words: a reason that was typed already.
        pressed_ms: when the key was pressed, on the session's line; now if `None`.
    """
    if session.stage is Stage.HALTED:
        _take_attendance(kiosk, session.session_id)
        return
    since_ms = (
        session.timeline_ms(kiosk.desk.now()) if pressed_ms is None else pressed_ms
    )
    times, actor = kiosk.desk.times, kiosk.actor
    if actor is None:
        return
    question = halt_session(session, words, since_ms, times)

    def take_attendance(_: Recorded) -> None:
        _take_attendance(kiosk, session.session_id)

    def take_answer(values: Values) -> None:
        command = _halt_command(session, since_ms, values)
        since = times.format_seconds(since_ms - command.ago_ms)
        words = f"everything halted since {since}"
        kiosk.post_message(CommandRequested(command, words, actor, take_attendance))

    def refusal(values: Values) -> str:
        command = _halt_command(session, since_ms, values)
        return explain(kiosk.desk.refusal(command, actor))

    ask_question(kiosk, replace(question, refusal=refusal), take_answer)


def halt_session(
    session: Session, words: str, since_ms: int, times: TimeFormat
) -> Question:
    """Ask since when and why every clock stops.

    Args:
        session: whose clocks stop.
        words: a reason that was typed already.
        since_ms: when the key was pressed, on the session's line.
        times: how the center writes them.
    """
    reasons = tuple(dict.fromkeys(filter(None, (words, *HALT_REASONS))))
    reason, in_words = reason_fields(reasons)
    count = plural(len(session.live_attempts), "clock stops", "clocks stop")
    return Question(
        "HALT EVERYTHING",
        (
            f"{count} as of {times.format_seconds(since_ms)}, or earlier (enter"
            " minutes). Then take attendance at the assembly point.",
        ),
        (reason, AGO, in_words),
        submit_at="reason",
        enter="stop the clocks",
        name=HALT,
    )


def _halt_command(session: Session, since_ms: int, values: Values) -> c.HaltSession:
    return c.HaltSession(
        session_id=session.session_id,
        reason=reason_in(values),
        ago_ms=read_span(values.text("ago")) or 0,
        asked_line_ms=since_ms,
    )


def _minutes_ago(text: str) -> int | None:
    span_ms = read_span(text)
    return None if span_ms is None or span_ms < 0 else span_ms


AGO = TextField(
    "ago",
    "Minutes ago",
    value="0",
    help="since the alarm, for example 1:30",
    validators=(Readable(_minutes_ago, "minutes, for example 0 or 1:30"),),
)


def _take_attendance(kiosk: Kiosk, session_id: str) -> None:
    # A lock stays in front; after it the Next line leads there.
    if not (
        kiosk.navigator.shows_lock or kiosk.navigator.is_open(Route.MUSTER, session_id)
    ):
        kiosk.navigator.open(Route.MUSTER, session_id)
