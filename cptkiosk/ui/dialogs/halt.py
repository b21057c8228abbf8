"""HALT, from wherever one is: the clocks stop as of the key that was pressed."""

from dataclasses import replace

from cptkiosk.desk import Recorded
from cptkiosk.domain.commands import halt as c
from cptkiosk.domain.state.session import Session, Stage
from cptkiosk.domain.time.timing import read_span
from cptkiosk.domain.values import plural
from cptkiosk.times.format import TimeFormat
from cptkiosk.times.parse import read_instant
from cptkiosk.ui.dialogs.form_dialog import ask_question
from cptkiosk.ui.dialogs.question import Question, reason_in
from cptkiosk.ui.messages import CommandRequested
from cptkiosk.ui.navigator import Route
from cptkiosk.ui.ports import Kiosk
from cptkiosk.ui.session_clock_text import NOTHING_RUNS, running
from cptkiosk.ui.widgets.fields import Values
from cptkiosk.words import explain

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
    options = [(one.session_id, one.title) for one in found]

    def take_answer(values: Values) -> None:
        session = kiosk.desk.sessions[values.text("session")]
        ask_halt(kiosk, session, pressed_ms=session.timeline_ms(pressed))

    question = Question.from_catalog(
        "halt-which", fields={"session": {"options": options}}, name=WHICH
    )
    ask_question(kiosk, question, take_answer)


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
    seconds = kiosk.desk.definitions.policies.undo_halt_seconds
    minutes, rest = divmod(seconds, 60)
    limit = plural(seconds, "second") if rest else plural(minutes, "minute")
    question = halt_session(session, words, since_ms, times, limit)

    def take_attendance(_: Recorded) -> None:
        _take_attendance(kiosk, session.session_id)

    def take_answer(values: Values) -> None:
        command = _halt_command(session, since_ms, values, times)
        since = times.format_seconds(since_ms - command.ago_ms)
        words = f"everything halted since {since}"
        kiosk.post_message(CommandRequested(command, words, actor, take_attendance))

    def refusal(values: Values) -> str:
        command = _halt_command(session, since_ms, values, times)
        return explain(kiosk.desk.preview.refusal(command, actor))

    ask_question(kiosk, replace(question, refusal=refusal), take_answer)


def halt_session(
    session: Session, words: str, since_ms: int, times: TimeFormat, undone_for: str
) -> Question:
    """Ask since when and why every clock stops.

    Args:
        session: whose clocks stop.
        words: a reason that was typed already.
        since_ms: when the key was pressed, on the session's line.
        times: how the center writes them.
        undone_for: for how long the halt can be undone.
    """

    def read_ago(typed: str) -> int:
        return _read_ago(typed, since_ms, times)

    return Question.from_catalog(
        "halt",
        {
            "count": len(session.live_attempts),
            "since": times.format_seconds(since_ms),
            "undone_for": undone_for,
        },
        {
            "reason": {"first": words},
            "ago": {
                "reads": read_ago,
                "read_back": lambda typed: times.format_seconds(
                    since_ms - read_ago(typed)
                ),
            },
        },
        name=HALT,
    )


def _halt_command(
    session: Session, since_ms: int, values: Values, times: TimeFormat
) -> c.HaltSession:
    return c.HaltSession(
        session_id=session.session_id,
        reason=reason_in(values),
        ago_ms=_read_ago(values.text("ago") or "0", since_ms, times),
        asked_line_ms=since_ms,
    )


def _read_ago(text: str, since_ms: int, times: TimeFormat) -> int:
    """Return how long before the key it was: so many minutes, or at a time of day.

    Raises:
        ValueError: if it is neither, or later than the key.
    """
    span_ms = read_span(text)
    if span_ms is None:
        today = times.find_date(since_ms)
        span_ms = since_ms - read_instant(text, today, times, past=True)
    if span_ms < 0:
        raise ValueError("minutes, for example 0 or 1:30, or a time before now")
    return span_ms


def _take_attendance(kiosk: Kiosk, session_id: str) -> None:
    # A lock stays in front; after it the Next line leads there.
    if not (
        kiosk.navigator.shows_lock or kiosk.navigator.is_open(Route.MUSTER, session_id)
    ):
        kiosk.navigator.open(Route.MUSTER, session_id)
