"""The session that a bundle's entries add up to, as far as they are shown."""

import json
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cptkiosk.domain.events.center import CenterInitialised
from cptkiosk.domain.events.closing import SessionSealed
from cptkiosk.domain.events.fact import Entry
from cptkiosk.domain.events.planning import AttemptUpdated
from cptkiosk.domain.state import session_changes
from cptkiosk.domain.state.session import Session
from cptkiosk.domain.time.instants import Instant
from cptkiosk.ledger.codec import (
    UnknownKind,
    Unreadable,
    compute_commitment,
    decode_event,
)
from cptkiosk.proof.fields import AT, BODY, ENTRY
from cptkiosk.upload.bundle_files import EVENTS, TEXTS
from cptkiosk.upload.bundle_reader import ORIGIN, Bundle, Proved, misfit
from cptkiosk.upload.disclosure import ASSIGNED, UPDATED

NOBODY = '{"about":"","sha256":""}'
STAND_INS = {
    ASSIGNED: {"person": NOBODY, "user_code": '""', "factor_permille": "1000"},
    UPDATED: {
        "attempt_id": '""',
        "person": NOBODY,
        "user_code": '""',
        "factor_permille": "1000",
    },
    "pause-began.v1": {"reason": NOBODY},
    "vendor-clock-noted.v1": {"vendor_left_ms": "0"},
}
"""What stands for a field that is kept back and has no default; nothing is made of it."""

WRONG = (
    *(AssertionError, AttributeError, LookupError, TypeError, ValueError),
    *(ArithmeticError, OSError, RecursionError),
)
"""What entries bring about that no center would have recorded so."""


@dataclass(frozen=True, slots=True)
class Folded:
    """What the entries say."""

    center: CenterInitialised
    zone: ZoneInfo
    session: Session
    sealed_utc_ms: int


def fold_bundle(bundle: Bundle) -> Folded:
    """Return what the entries of a bundle say.

    Raises:
        VerificationError: if one is missing between them, or does not follow.
    """
    _check_texts(bundle)
    try:
        first, *entries = [_read_entry(bundle, one) for one in bundle.entries]
        if not isinstance(first.event, CenterInitialised) or first.seq != 1:
            raise misfit(EVENTS, "does not begin with how the center was set up.")
        if bundle.checkpoint.origin != ORIGIN + bundle.entries[0].leaf.hex()[:16]:
            raise misfit(EVENTS, "is of another ledger than the checkpoint.")
        _check_order(bundle, entries)
        session = Session()
        for entry, one in zip(entries, bundle.entries[1:], strict=True):
            session = _add_entry(session, entry, one)
        zone = ZoneInfo(first.event.time_zone)
    except (UnknownKind, Unreadable, ZoneInfoNotFoundError, *WRONG) as error:
        raise misfit(EVENTS, f"holds an entry that cannot be ({error}).") from error
    return Folded(first.event, zone, session, entries[-1].at.utc_ms)


def _check_texts(bundle: Bundle) -> None:
    for sealed, one in bundle.texts.items():
        if compute_commitment(one.salt, one.about, one.text) != sealed:
            raise misfit(TEXTS, f"holds a text about {one.about} that no entry covers.")


def _check_order(bundle: Bundle, entries: list[Entry]) -> None:
    """Check that no entry of the session is left out, up to its seal."""
    stream = f"session/{bundle.manifest.session_id}"
    seq = 0
    for version, entry in enumerate(entries, 1):
        if (entry.stream, entry.version) != (stream, version) or entry.seq <= seq:
            raise misfit(EVENTS, f"lacks entry {version} of the session.")
        seq = entry.seq
    last = entries[-1]
    if not isinstance(last.event, SessionSealed) or seq != bundle.checkpoint.size:
        raise misfit(EVENTS, "does not end with the seal.")


def _read_entry(bundle: Bundle, one: Proved) -> Entry:
    seq, stream, version, terminal, actor, kind = json.loads(one.shown[ENTRY])
    utc_ms, boot_ms, boot_id = json.loads(one.shown[AT])
    if seq != one.seq:
        raise misfit(EVENTS, f"has entry #{seq} in the place of #{one.seq}.")
    shown = {
        name.removeprefix(BODY): text
        for name, text in one.shown.items()
        if name not in {ENTRY, AT}
    }
    filled = {**STAND_INS.get(kind, {}), **shown}
    body = ",".join(f"{json.dumps(name)}:{text}" for name, text in filled.items())

    def find_text(sealed: str) -> str | None:
        known = bundle.texts.get(sealed)
        return known.text if known else None

    event = decode_event(kind, f"{{{body}}}", find_text)
    at = Instant(utc_ms=utc_ms, boot_ms=boot_ms, boot_id=boot_id)
    return Entry(seq, stream, version, at, terminal, actor, event)


def _add_entry(session: Session, entry: Entry, one: Proved) -> Session:
    event = entry.event
    if not isinstance(event, AttemptUpdated):
        return session_changes.evolve(session, entry)
    if not event.attempt_id:
        # Whom it changed is kept back: neither name nor code, so no table tells of it.
        return session
    known = session.attempts[event.attempt_id]
    event = replace(
        event,
        person=event.person if f"{BODY}person" in one.shown else known.person,
        user_code=event.user_code
        if f"{BODY}user_code" in one.shown
        else known.user_code,
        factor_permille=known.factor_permille,
        paid=known.paid,
        stop_clock=known.stop_clock,
    )
    return session_changes.evolve(session, replace(entry, event=event))
