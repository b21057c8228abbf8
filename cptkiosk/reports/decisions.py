"""What coordinators decided in a session, and what they approved for others."""

from collections.abc import Iterator

from cptkiosk.domain.events.mistake import OutcomeCorrected, OutcomeReplaced
from cptkiosk.domain.events.score import (
    DiscrepancySettled,
    ScoreCorrected,
    ValidityDecided,
)
from cptkiosk.domain.rules.mistakes import replacement_text
from cptkiosk.domain.state.center import Center
from cptkiosk.domain.state.session import DecisionFact, Session
from cptkiosk.domain.time.instants import Instant
from cptkiosk.reports.approved_steps import approved_text, number_keyed
from cptkiosk.reports.document import Block, Gap, Heading, Paragraph
from cptkiosk.times.format import TimeFormat
from cptkiosk.words import name_approved


def member_text(center: Center, staff_id: str) -> str:
    """Return someone of the staff with their id: 'Dana Ortiz (s1)'."""
    known = center.staff.get(staff_id)
    return f"{known.name} ({staff_id})" if known else staff_id


def decision_blocks(
    session: Session, center: Center, times: TimeFormat
) -> Iterator[Block]:
    """Yield decisions and approvals in the order recorded; nothing if there are none."""
    lines: list[tuple[Instant, str]] = []
    for one in session.decisions:
        person = session.label(session.attempts[one.event.attempt_id])
        text = f"{person}: {decision_text(session, one.event)}. {member_text(center, one.by)}"
        lines.append((one.at, text))
    for number, (at, approved) in enumerate(session.approvals):
        by, asked = (
            member_text(center, approved.by),
            member_text(center, approved.asked_by),
        )
        about = approved_text(
            session, (one for of, one in session.approved if of == number)
        )
        text = f"{by} approved {name_approved(approved.step)}, requested by {asked}"
        lines.append((at, f"{text}: {about}" if about else text))
    if not lines:
        return
    yield Gap()
    yield Heading("Decisions")
    for at, text in sorted(lines, key=lambda line: line[0].utc_ms):
        yield Paragraph(times.format_record(at.utc_ms))
        yield Paragraph(text, indent=2)


def decision_text(session: Session, event: DecisionFact) -> str:
    """Return what was decided, and why: 'score released: wrong person'."""
    match event:
        case ValidityDecided(validity="clean"):
            return f"score released: {event.reason}"
        case ValidityDecided():
            outside = f" (reference {event.reference})" if event.reference else ""
            return f"score {event.validity}{outside}: {event.reason}"
        case DiscrepancySettled():
            held = "the score" if event.uphold == "score" else "the vendor's verdict"
            return f"discrepancy settled, {held} stands: {event.reason}"
        case ScoreCorrected():
            number = number_keyed(session, event)
            again = "verified score entered again"
            return f"{again}: {number}" if number else again
        case OutcomeCorrected():
            return f"{event.outcome} was a mistake: {event.reason}"
        case OutcomeReplaced():
            return f"{replacement_text(event.was, event.outcome)}: {event.reason}"
