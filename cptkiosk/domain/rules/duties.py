"""All duties; see `duty`."""

from collections.abc import Iterator

from cptkiosk.domain.rules import room_walks
from cptkiosk.domain.rules.duty import Duty, DutyRecord
from cptkiosk.domain.state.session import Session
from cptkiosk.domain.values import Reason

DUTIES: tuple[Duty, ...] = (room_walks.DUTY,)
"""Every duty; of several that are due the first here comes next."""


def find_due(session: Session, timeline_ms: int) -> tuple[Reason, str] | None:
    """Return what is due, and the action that logs it; `None` if nothing is."""
    for duty in DUTIES:
        if due := duty.find_due(session, timeline_ms):
            return due, duty.action
    return None


def find_records(
    session: Session, timeline_ms: int
) -> Iterator[tuple[Duty, DutyRecord]]:
    """Yield how each duty that was asked for was done, up to an instant of the timeline."""
    for duty in DUTIES:
        record = duty.find_record(session, timeline_ms)
        if record is not None:
            yield duty, record
