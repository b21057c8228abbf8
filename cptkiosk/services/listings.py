"""What the lists of people and sessions show, looked up in the record."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from cptkiosk.desk import Desk
from cptkiosk.domain.events.center import SignedIn
from cptkiosk.domain.guidance.step import NO_READER
from cptkiosk.domain.people.eligibility_findings import Finding
from cptkiosk.domain.rules.receipts import Upload
from cptkiosk.domain.state.candidate import roll_name
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.text import fold_text
from cptkiosk.domain.values import DAY_MS
from cptkiosk.ledger import queries
from cptkiosk.ledger.queries import PersonLine, SessionLine
from cptkiosk.services.assignment import find_obstacles

__all__ = ["PersonLine", "SessionLine"]

RECEIPT_DAYS = 30
"""How long a bundle without a receipt is listed here; Upload lists it until it has one."""


@dataclass(frozen=True, slots=True)
class DayList:
    """The sessions that still need a step, and whether anyone is registered."""

    sessions: tuple[tuple[SessionLine, Upload], ...]
    anybody: bool
    vendor: Mapping[str, str]
    """By the ID of a sealed session, what the vendor's results ask for: a step's action."""


class RegisteredPerson(NamedTuple):
    """A registered candidate, and what speaks against assigning them."""

    participant_id: str
    module_id: str
    name: str
    against: tuple[Finding, ...]


def list_day(desk: Desk) -> DayList:
    """Return the sessions of the day, those not sealed, and those without a receipt."""
    now_ms = desk.now().utc_ms
    since_ms = now_ms - RECEIPT_DAYS * DAY_MS
    vendor = _find_vendor_steps(desk, since_ms)
    found = []
    for one in queries.open_sessions(desk.ledger, since_ms):
        about = (one.session_id, one.revision)
        places = desk.needs.find_destinations(one.starts_at_utc_ms)
        names = [place.name for place in places]
        upload = desk.uploads.upload_of(one.stage, about, one.bundles, names)
        over = one.stage is Stage.CANCELLED or upload is Upload.RECEIVED
        over &= one.session_id not in vendor
        if not over or one.starts_at_utc_ms >= now_ms - DAY_MS:
            found.append((one, upload))
    return DayList(tuple(found), bool(queries.list_people(desk.ledger)), vendor)


def _find_vendor_steps(desk: Desk, since_utc_ms: int) -> dict[str, str]:
    if not desk.definitions.policies.official_report_days:
        return {}
    lacking = queries.lack_report(desk.ledger, since_utc_ms)
    steps = (
        (one, desk.needs.find_vendor_step(desk.session(one), NO_READER))
        for one in sorted(lacking)
    )
    return {one: step.action for one, step in steps if step is not None}


def list_people(desk: Desk) -> tuple[PersonLine, ...]:
    """Return every candidate, by name as it is drawn."""
    return tuple(
        sorted(
            queries.list_people(desk.ledger),
            key=lambda one: (
                fold_text(roll_name(one.family_name, one.given_name)),
                one.participant_id,
            ),
        )
    )


def list_sessions(desk: Desk) -> tuple[SessionLine, ...]:
    """Return every session."""
    return queries.list_sessions(desk.ledger)


def list_registered(desk: Desk, session_id: str) -> tuple[RegisteredPerson, ...]:
    """Return who is registered for the modules of a session, by name."""
    names = {
        one.participant_id: roll_name(one.family_name, one.given_name)
        for one in queries.list_people(desk.ledger)
    }
    module_ids = desk.session(session_id).module_ids
    pairs = queries.list_registered(desk.ledger, module_ids)
    found = find_obstacles(desk, session_id, pairs)
    listed = (RegisteredPerson(*one, names[one[0]], found[one]) for one in pairs)
    return tuple(sorted(listed, key=_by_name))


def _by_name(one: RegisteredPerson) -> tuple[str, str, str]:
    return fold_text(one.name), one.participant_id, one.module_id


def list_links(desk: Desk) -> dict[str, dict[str, str]]:
    """Return with whom each member of the staff is linked, and how, by their IDs."""
    return {one: queries.linked_to(desk.ledger, one) for one in desk.center.staff}


def last_sign_ins(desk: Desk, after: int) -> tuple[dict[str, int], int]:
    """Return when each member of the staff signed in last, in UTC milliseconds.

    Args:
        desk: where it is recorded.
        after: how many entries about the center were read before.

    Returns:
        Of the entries since then, the times by staff ID; and how many were read by now.
    """
    last: dict[str, int] = {}
    for entry in desk.ledger.read_stream("center", after):
        after = entry.version
        if isinstance(entry.event, SignedIn):
            last[entry.event.staff_id] = entry.at.utc_ms
    return last, after
