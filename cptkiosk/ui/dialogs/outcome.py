"""What the coordinator is asked about a wrong outcome once the session is over."""

from collections.abc import Iterator
from functools import partial

from cptkiosk.domain import commands as c
from cptkiosk.domain.attempt import Attempt, Progress
from cptkiosk.domain.mistakes import REALLY
from cptkiosk.typed_times import instant_typed
from cptkiosk.ui import times
from cptkiosk.ui.dialogs.asking import ask_command
from cptkiosk.ui.dialogs.denial_slip import write_denial_slip
from cptkiosk.ui.dialogs.question import CommandQuestion
from cptkiosk.ui.ports import SessionPort
from cptkiosk.ui.widgets.form import ChoiceField, TextField
from cptkiosk.ui.work import begin

OUTCOMES = tuple((one.value, one.value) for one in REALLY)


def ask_outcome(
    screen: SessionPort, attempt: Attempt, outcome: str, reason: str
) -> None:
    """Ask how an attempt really ended, when and why another end is on record.

    Args:
        screen: in front of which it is asked.
        attempt: whose outcome is wrong.
        outcome: what was typed already, or nothing.
        reason: the same, as the reason.
    """
    name = screen.person(attempt)
    read = partial(_stopped_line_ms, screen)
    stopped = TextField(
        "stopped", "Stopped at", required=False, help="if known",
        reads=read, unreadable="a time, such as 10:42 AM",
    )  # fmt: skip
    question = CommandQuestion(
        f"What really happened to {name}",
        tuple(_on_record(screen, attempt)),
        (
            ChoiceField("outcome", "In fact", OUTCOMES, value=outcome),
            TextField("reason", "Reason", value=reason),
            stopped,
        ),
        command=lambda values: c.ReplaceOutcome(
            **screen.about(attempt),
            outcome=values.text("outcome"),
            reason=values.text("reason"),
            stopped_line_ms=read(values.text("stopped").strip()),
        ),
        words=lambda values: f"{name}: {values['outcome']}, not {attempt.standing}",
        then=lambda: _write_slip(screen, attempt.attempt_id),
    )
    ask_command(screen, question)


def _write_slip(screen: SessionPort, attempt_id: str) -> None:
    """Write the slip of somebody who, it turned out, was not admitted."""
    if screen.session.attempts[attempt_id].standing is Progress.DENIED:
        begin(screen, partial(write_denial_slip, screen, attempt_id), "slip")


def _on_record(screen: SessionPort, attempt: Attempt) -> Iterator[str]:
    """Yield what is on record, and what becomes of it."""
    session, zone = screen.session, screen.kiosk.desk.zone
    begin_ms, end_ms = attempt.start_line_ms, attempt.end_line_ms
    if begin_ms is not None and end_ms is not None:
        begin, end = times.time_text(begin_ms, zone), times.time_text(end_ms, zone)
        yield (
            f"On record: {attempt.standing}, {begin} to {end}. A blank time keeps"
            " that end."
        )
    else:
        begin = times.time_text(session.start_line_ms or 0, zone)
        end = times.time_text(session.ended_line_ms, zone)
        yield (
            f"On record: {attempt.standing}. The session ran from {begin} to {end}."
            " With a blank time they stayed until its end or time was up; someone"
            " withdrawn left before it began."
        )
    yield "Both entries stay on record. A score is due if their clock had begun."


def _stopped_line_ms(screen: SessionPort, typed: str) -> int | None:
    """Return when they stopped, on the day the session began or on the one it ended.

    Raises:
        UnreadableTime: if that is no time.
    """
    if not typed:
        return None
    session, desk = screen.session, screen.kiosk.desk
    begin_ms = session.start_line_ms or 0
    stopped_ms = instant_typed(typed, desk.local_date(begin_ms), desk.zone)
    if stopped_ms >= begin_ms:
        return stopped_ms
    return instant_typed(typed, desk.local_date(session.ended_line_ms), desk.zone)
