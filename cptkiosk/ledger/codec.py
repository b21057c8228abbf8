"""Events to and from canonical JSON, by their stable kind.

Text about people does not go into an entry: its place takes a salted SHA-256
commitment, while text and salt go to the table `personal`. Deleting a row there
forgets the text, and the chain still verifies.
"""

import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from cptkiosk.domain.events import (
    candidate,
    center,
    checkin,
    closing,
    halt,
    irregularity,
    mistake,
    planning,
    restart,
    score,
    session,
    testing,
    vendor,
)
from cptkiosk.domain.events.fact import EVENT_TYPES, Fact
from cptkiosk.domain.rules import duties, receipts
from cptkiosk.domain.state import session_log
from cptkiosk.domain.values import FORGOTTEN, Personal

EVENT_FILES = (
    candidate,
    center,
    checkin,
    closing,
    duties,
    halt,
    irregularity,
    mistake,
    planning,
    receipts,
    restart,
    score,
    session,
    session_log,
    testing,
    vendor,
)
"""They are imported for what they do then: each enters its kinds into `EVENT_TYPES`."""

SALT_BYTES = 16


class UnknownKind(Exception):
    """The ledger holds an event this version cannot read."""


class Unreadable(Exception):
    """A body does not hold what its kind has to."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A row of the table `personal`."""

    commitment: str
    about: str
    salt: str
    text: str


def compute_commitment(salt: str, about: str, text: str) -> str:
    """Return what stands in the chain for `text`."""
    return hashlib.sha256(f"{salt}\0{about}\0{text}".encode()).hexdigest()


def encode_event(event: Fact) -> tuple[str, str, tuple[Kept, ...]]:
    """Return the kind, the body and what is kept outside the chain."""
    kept: list[Kept] = []

    def hide_personal(value: Any) -> Any:
        if not isinstance(value, Personal):
            raise NotImplementedError(type(value))
        salt = secrets.token_hex(SALT_BYTES)
        sealed = compute_commitment(salt, value.about, value.text)
        kept.append(Kept(sealed, value.about, salt, value.text))
        return {"about": value.about, "sha256": sealed}

    body = msgspec.json.encode(event, enc_hook=hide_personal, order="sorted").decode()
    known = {one.commitment: one.text for one in kept}
    assert decode_event(event.kind, body, known.get) == event, (
        "what is written reads back"
    )
    return event.kind, body, tuple(kept)


def decode_event(kind: str, body: str, find: Callable[[str], str | None]) -> Fact:
    """Return the event, with the texts that `find` still knows by commitment.

    Raises:
        UnknownKind: if this version does not know the kind.
        Unreadable: if the body is not one of that kind.
    """
    event_type = EVENT_TYPES.get(kind)
    if event_type is None:
        raise UnknownKind(kind)

    def show_personal(wanted: type, value: Any) -> Any:
        if wanted is not Personal:
            raise NotImplementedError(wanted)
        if not isinstance(value, dict) or set(value) != {"about", "sha256"}:
            raise ValueError("no commitment")
        text = find(value["sha256"])
        return Personal(FORGOTTEN if text is None else text, value["about"])

    try:
        return msgspec.json.decode(body, type=event_type, dec_hook=show_personal)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Unreadable(kind) from error


def find_commitments(body: str) -> frozenset[str]:
    """Return every commitment that a body carries."""
    return frozenset(commitments_in(body))


def commitments_in(body: str) -> dict[str, str]:
    """Return every commitment that a body carries, and whom it is about."""
    found: dict[str, str] = {}

    def walk_value(value: object) -> None:
        if isinstance(value, Mapping):
            if set(value) == {"about", "sha256"}:
                found[str(value["sha256"])] = str(value["about"])
            for inner in value.values():
                walk_value(inner)
        elif isinstance(value, list):
            for inner in value:
                walk_value(inner)

    walk_value(msgspec.json.decode(body))
    return found


def commitment_owners(stream: str, body: str) -> dict[str, str]:
    """Return every commitment that an entry carries, and whose text it is.

    Whose it is says kind and ID, as 'candidate/P1', 'staff/s2' or 'session/a': an ID
    alone may be a participant's, a member of staff's and a session's at once.

    Args:
        stream: the stream of the entry.
        body: its body.
    """
    kind, _, key = stream.partition("/")
    names_one = _names_one(msgspec.json.decode(body))

    def find_owner(about: str) -> str:
        if kind == "center":
            return f"staff/{about}"
        if kind == "session" and about == key and not names_one(about):
            return f"session/{about}"
        return f"candidate/{about}"

    return {sealed: find_owner(about) for sealed, about in commitments_in(body).items()}


def _names_one(body: Mapping[str, Any]) -> Callable[[str], bool]:
    """Return what tells whether a body is about one attempt of a participant alone."""
    attempts = tuple(body.get("attempt_ids", ())) or (body.get("attempt_id", ""),)

    def names_person(participant_id: str) -> bool:
        own = str(attempts[0]).startswith(f"{participant_id}-")
        return len(attempts) == 1 and own

    return names_person
