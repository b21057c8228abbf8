"""The slip for someone who was not admitted: why, by whom, and whom to contact."""

from collections.abc import Iterator
from pathlib import Path

from cptkiosk.desk import Desk
from cptkiosk.domain.events.checkin import AttemptDenied
from cptkiosk.domain.events.fact import Entry
from cptkiosk.domain.events.mistake import OutcomeReplaced
from cptkiosk.domain.state.attempt import Attempt, AttemptProgress
from cptkiosk.domain.state.center import Center
from cptkiosk.domain.values import Refused, Role
from cptkiosk.reports.document import Block, Document, Fact, Gap, Paragraph
from cptkiosk.reports.formats import Format, Report, write_report
from cptkiosk.times.format import TimeFormat


def denial_slip(
    attempt: Attempt, denied: Entry, reason: str, center: Center, times: TimeFormat
) -> Document:
    """Return the slip of someone who was not admitted.

    Args:
        attempt: the attempt that did not take place.
        denied: the entry that says so.
        reason: why.
        center: where it was.
        times: how the center writes times.
    """
    return Document(
        "Not admitted to the assessment",
        "NOT ADMITTED TO THE ASSESSMENT",
        times.find_date(denied.at.utc_ms),
        (
            *_fact_blocks(attempt, denied, reason, center, times),
            Gap(),
            Paragraph(
                "No assessment was taken. There is no score, and this does not count"
                " as an attempt. Contact the coordinator before you return."
            ),
        ),
    )


def _fact_blocks(
    attempt: Attempt, denied: Entry, reason: str, center: Center, times: TimeFormat
) -> Iterator[Block]:
    if center.rehearsal:
        yield Paragraph("REHEARSAL: no one was turned away. Nothing here counts.")
    member = center.staff.get(denied.actor)
    active = center.active_members
    calls = [one.name.text for one in active if one.role is Role.COORDINATOR]
    yield Fact("Center", f"{center.name} ({center.site_code})")
    # Of another outcome put in its place, what is known is when and by whom it was.
    replaced = isinstance(denied.event, OutcomeReplaced)
    yield Fact(
        "Recorded" if replaced else "When", times.format_record(denied.at.utc_ms)
    )
    yield Fact("Name", attempt.person.text)
    yield Fact("ID", attempt.participant_id)
    yield Fact("Module", attempt.module.name)
    yield Fact("Reason", reason)
    decided = "Recorded by" if replaced else "Decided by"
    yield Fact(decided, member.name.text if member else denied.actor)
    yield Fact("Contact", f"{', '.join(calls)}, coordinator")


def find_slip(desk: Desk, session_id: str, attempt_id: str) -> tuple[Report, Entry]:
    """Return the slip of a denial, and the denial.

    The same denial gives the same file, so that it can be written again.

    Raises:
        Refused: if that person was not denied.
    """
    session = desk.session(session_id)
    attempt = session.attempts.get(attempt_id)
    if attempt is None or attempt.standing is not AttemptProgress.DENIED:
        raise Refused("slip-not-denied")
    entry, reason = next(
        (entry, entry.event.reason.text)
        for entry in reversed(list(desk.ledger.read_stream(f"session/{session_id}")))
        if isinstance(entry.event, AttemptDenied | OutcomeReplaced)
        and entry.event.attempt_id == attempt_id
    )
    document = denial_slip(attempt, entry, reason, desk.center, desk.times)
    stem = f"denial-slip-{session_id}-{entry.seq}"
    return Report(document, stem, desk.center.name), entry


def write_slip(
    desk: Desk, session_id: str, attempt_id: str, folder: Path
) -> tuple[Path, Entry]:
    """Write the slip of a denial as text into a folder; return where, and the denial.

    Raises:
        Refused: if that person was not denied.
        DestinationError: if it could not be written.
    """
    report, entry = find_slip(desk, session_id, attempt_id)
    return write_report(report, Format.TEXT, folder), entry
