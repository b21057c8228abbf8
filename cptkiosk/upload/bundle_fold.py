"""What a bundle's entries say: the results they state, or the session they add up to."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cptkiosk.domain.events.center import CenterInitialised
from cptkiosk.domain.events.closing import SessionSealed
from cptkiosk.domain.events.fact import Entry, Fact
from cptkiosk.domain.events.planning import AttemptUpdated
from cptkiosk.domain.events.results import ResultsStated
from cptkiosk.domain.rules.results import state_results
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
from cptkiosk.proof.note import RESULTS, name_tree
from cptkiosk.upload.bundle_files import EVENTS, TEXTS
from cptkiosk.upload.bundle_reader import Bundle, Proved, misfit

NOBODY = '{"about":"","sha256":""}'
STAND_INS = {
    "attempt-assigned.v1": {
        "person": NOBODY,
        "user_code": '""',
        "factor_permille": "1000",
    },
    "attempt-updated.v1": {
        "attempt_id": '""',
        "person": NOBODY,
        "user_code": '""',
        "factor_permille": "1000",
    },
    "pause-began.v1": {"reason": NOBODY},
    "vendor-clock-noted.v1": {"vendor_left_ms": "0"},
}
"""What stands, in a bundle of version 2, for a field that is kept back and has no
default; nothing is made of it."""

WRONG = (
    *(AssertionError, AttributeError, LookupError, TypeError, ValueError),
    *(ArithmeticError, OSError, RecursionError),
)
"""What entries bring about that no center would have recorded so."""

NOT_ENTRIES = (UnknownKind, Unreadable, ZoneInfoNotFoundError, *WRONG)


@dataclass(frozen=True, slots=True)
class Folded:
    """What the entries of a record say."""

    center: CenterInitialised
    zone: ZoneInfo
    session: Session
    sealed_utc_ms: int


def fold_record(bundle: Bundle) -> Folded:
    """Return the session that the entries of a record add up to.

    Raises:
        VerificationError: if one is missing between them, or does not follow.
    """
    _check_texts(bundle)
    try:
        center = _read_center(bundle)
        _check_origin(bundle, "")
        entries = [_read_entry(bundle, one) for one in bundle.entries[1:]]
        _check_order(bundle, entries)
        session = Session()
        for entry, one in zip(entries, bundle.entries[1:], strict=True):
            if isinstance(entry.event, ResultsStated):
                _check_stated(entry.event, session)
            session = _add_entry(session, entry, one, whole=bundle.is_whole)
        zone = ZoneInfo(center.time_zone)
    except NOT_ENTRIES as error:
        raise misfit(EVENTS, f"holds an entry that cannot be ({error}).") from error
    return Folded(center, zone, session, entries[-1].at.utc_ms)


def read_results(bundle: Bundle) -> tuple[CenterInitialised, ResultsStated]:
    """Return whose results an entry states, and which.

    Raises:
        VerificationError: if the entries of a results bundle say anything else.
    """
    _check_texts(bundle)
    try:
        center = _read_center(bundle)
        _check_origin(bundle, RESULTS)
        last = bundle.entries[-1]
        if len(bundle.entries) != 2 or last.seq != bundle.checkpoint.size:
            raise misfit(EVENTS, "does not end with the latest results stated.")
        event = _decode(bundle, ResultsStated.kind, last)
        assert isinstance(event, ResultsStated), "it is of that kind"
    except NOT_ENTRIES as error:
        raise misfit(EVENTS, f"holds an entry that cannot be ({error}).") from error
    return center, event


def _check_texts(bundle: Bundle) -> None:
    for sealed, one in bundle.texts.items():
        if compute_commitment(one.salt, one.about, one.text) != sealed:
            raise misfit(TEXTS, f"holds a text about {one.about} that no entry covers.")


def _read_center(bundle: Bundle) -> CenterInitialised:
    """Return how the center was set up, which is the first entry of every tree."""
    first = bundle.entries[0]
    seq, *_, kind = json.loads(first.shown[ENTRY])
    if (first.seq, seq, kind) != (1, 1, CenterInitialised.kind):
        raise misfit(EVENTS, "does not begin with how the center was set up.")
    event = _decode(bundle, kind, first)
    assert isinstance(event, CenterInitialised), "it is of that kind"
    return event


def _check_origin(bundle: Bundle, which: str) -> None:
    if bundle.checkpoint.origin != name_tree(bundle.entries[0].leaf) + which:
        raise misfit(EVENTS, "is of another ledger than the checkpoint.")


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
    at = Instant(utc_ms=utc_ms, boot_ms=boot_ms, boot_id=boot_id)
    return Entry(seq, stream, version, at, terminal, actor, _decode(bundle, kind, one))


def _decode(bundle: Bundle, kind: str, one: Proved) -> Fact:
    shown = dict(_body_fields(one))
    stand_ins = {} if bundle.manifest.kind else STAND_INS.get(kind, {})
    body = ",".join(
        f"{json.dumps(name)}:{text}" for name, text in {**stand_ins, **shown}.items()
    )

    def find_text(sealed: str) -> str | None:
        known = bundle.texts.get(sealed)
        return known.text if known else None

    return decode_event(kind, f"{{{body}}}", find_text)


def _body_fields(one: Proved) -> Iterator[tuple[str, str]]:
    for name, text in one.shown.items():
        if name not in {ENTRY, AT}:
            yield name.removeprefix(BODY), text


def _check_stated(said: ResultsStated, session: Session) -> None:
    """Check that the results stated before a seal are those of the session.

    Which codes are private is the center's own choice, so they are not looked at.
    """
    made = state_results(session, said.revision, said.session_date, ())
    if _without_codes(said) != _without_codes(made):
        raise misfit(EVENTS, "states other results than its entries add up to.")


def _without_codes(stated: ResultsStated) -> ResultsStated:
    bare = tuple(replace(one, irregularities=()) for one in stated.results)
    return replace(stated, results=bare)


def _add_entry(session: Session, entry: Entry, one: Proved, *, whole: bool) -> Session:
    event = entry.event
    if whole or not isinstance(event, AttemptUpdated):
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
