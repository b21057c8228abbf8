"""The slip for somebody who was not admitted: why, by whom, and whom to contact."""

from collections.abc import Iterator
from pathlib import Path

from cptkiosk.desk import Desk
from cptkiosk.domain.events.checkin import AttemptDenied
from cptkiosk.domain.events.fact import Entry
from cptkiosk.domain.events.mistake import OutcomeReplaced
from cptkiosk.domain.state.attempt import Attempt, AttemptProgress
from cptkiosk.domain.state.center import Center
from cptkiosk.domain.values import Refused, Role
from cptkiosk.reports.files import write_private
from cptkiosk.reports.layout import (
    field_lines,
    heading_lines,
    wrap_text,
)
from cptkiosk.times.format import TimeFormat


def denial_slip(
    attempt: Attempt, denied: Entry, reason: str, center: Center, times: TimeFormat
) -> str:
    """Return the slip as plain text of at most 80 columns.

    Args:
        attempt: the attempt that did not take place.
        denied: the entry that says so.
        reason: why.
        center: where it was.
        times: how the center writes times.
    """
    lines = [
        *heading_lines("NOT ADMITTED TO THE ASSESSMENT", "="),
        *_fact_lines(attempt, denied, reason, center, times),
        "",
        *wrap_text(
            "No assessment was taken. There is no score, and this does not count"
            " as an attempt. Contact the coordinator before you return."
        ),
    ]
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _fact_lines(
    attempt: Attempt, denied: Entry, reason: str, center: Center, times: TimeFormat
) -> Iterator[str]:
    if center.rehearsal:
        yield "REHEARSAL: no one was turned away. Nothing here counts."
    member = center.staff.get(denied.actor)
    active = center.active_members
    calls = [one.name.text for one in active if one.role is Role.COORDINATOR]
    yield from field_lines("Center", f"{center.name} ({center.site_code})")
    # Of another outcome put in its place, what is known is when and by whom it was.
    replaced = isinstance(denied.event, OutcomeReplaced)
    yield from field_lines(
        "Recorded" if replaced else "When", times.format_record(denied.at.utc_ms)
    )
    yield from field_lines("Name", attempt.person.text)
    yield from field_lines("ID", attempt.participant_id)
    yield from field_lines("Module", attempt.module.name)
    yield from field_lines("Reason", reason)
    decided = "Recorded by" if replaced else "Decided by"
    yield from field_lines(decided, member.name.text if member else denied.actor)
    yield from field_lines("Contact", f"{', '.join(calls)}, coordinator")


def write_slip(
    desk: Desk, session_id: str, attempt_id: str, folder: Path
) -> tuple[Path, Entry]:
    """Write the slip of a denial into a folder, and return where, and the denial.

    The same denial gives the same file, so that it can be written again.

    Raises:
        Refused: if that person was not denied.
        DestinationError: if it could not be written.
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
    text = denial_slip(attempt, entry, reason, desk.center, desk.times)
    name = f"denial-slip-{session_id}-{entry.seq}.txt"
    return write_private(folder, name, text), entry
