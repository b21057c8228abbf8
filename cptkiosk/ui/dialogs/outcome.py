"""What the coordinator is asked about a wrong outcome once the session is over."""

from collections.abc import Callable, Iterator
from zoneinfo import ZoneInfo

from cptkiosk.domain import commands as c
from cptkiosk.domain.attempt import Attempt
from cptkiosk.domain.mistakes import REALLY, replacement_text
from cptkiosk.domain.session import Session
from cptkiosk.typed_times import instant_typed
from cptkiosk.ui import local_time
from cptkiosk.ui.dialogs.question import CommandQuestion, reason_field
from cptkiosk.ui.widgets.fields import ChoiceField, TextField
from cptkiosk.ui.widgets.validators import Readable

OUTCOMES = tuple((one.value, one.value) for one in REALLY)


def replace_outcome(
    session: Session,
    attempt: Attempt,
    outcome: str,
    why: str,
    zone: ZoneInfo,
    slip: Callable[[], object],
) -> CommandQuestion:
    """Ask how an attempt really ended, when and why another end is on record.

    Args:
        session: the session.
        attempt: whose outcome is wrong.
        outcome: what was typed already, or nothing.
        why: the same, as the reason.
        zone: of the center.
        slip: what follows once it is recorded, whatever is in front by then.
    """
    name = session.label(attempt)

    def stopped_line_ms(typed: str) -> int:
        return _stopped_line_ms(session, typed, zone)

    stopped = TextField(
        "stopped",
        "Stopped at",
        required=False,
        help="if known",
        validators=(Readable(stopped_line_ms, "a time, such as 10:42 AM"),),
    )
    return CommandQuestion(
        f"What really happened to {name}",
        tuple(_on_record(session, attempt, zone)),
        (
            ChoiceField("outcome", "In fact", OUTCOMES, value=outcome),
            reason_field(why),
            stopped,
        ),
        command=lambda values: c.ReplaceOutcome(
            **session.about(attempt),
            outcome=values.text("outcome"),
            reason=values.text("reason"),
            stopped_line_ms=stopped_line_ms(typed)
            if (typed := values.text("stopped").strip())
            else None,
            seen_standing=attempt.standing.value,
            seen_end_line_ms=attempt.end_line_ms,
        ),
        words=lambda values: (
            f"{name}: {replacement_text(attempt.standing, values.text('outcome'))}"
        ),
        always=slip,
    )


def _on_record(session: Session, attempt: Attempt, zone: ZoneInfo) -> Iterator[str]:
    """Yield what is on record, and what becomes of it."""
    begin_ms, end_ms = attempt.start_line_ms, attempt.end_line_ms
    if begin_ms is not None and end_ms is not None:
        begin, end = (
            local_time.time_text(begin_ms, zone),
            local_time.time_text(end_ms, zone),
        )
        yield (
            f"On record: {attempt.standing}, {begin} to {end}. A blank time keeps"
            " that end."
        )
    else:
        begin = local_time.time_text(session.start_line_ms or 0, zone)
        end = local_time.time_text(session.ended_line_ms, zone)
        yield (
            f"On record: {attempt.standing}. The session ran from {begin} to {end}."
            " With a blank time they stayed until its end or time was up; someone"
            " withdrawn left before it began."
        )
    yield "Both entries stay on record. A score is due if their clock had begun."


def _stopped_line_ms(session: Session, typed: str, zone: ZoneInfo) -> int:
    """Return when they stopped, on the day the session began or on the one it ended.

    Raises:
        UnreadableTime: if that is no time.
    """
    begin_ms = session.start_line_ms or 0
    first_day, last_day = (
        f"{local_time.local(ms, zone):%Y-%m-%d}"
        for ms in (begin_ms, session.ended_line_ms)
    )
    stopped_ms = instant_typed(typed, first_day, zone)
    return (
        stopped_ms if stopped_ms >= begin_ms else instant_typed(typed, last_day, zone)
    )
