"""Events to and from canonical JSON, by their stable kind.

Text about people does not go into an entry: its place takes a salted SHA-256
commitment, while text and salt go to the table `personal`. Deleting a row there
forgets the text, and the chain still verifies.
"""

import hashlib
import secrets
from collections.abc import Callable, Iterator, Mapping
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
    results,
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
    results,
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
    return frozenset(sealed for sealed, _, _ in _walk_commitments(body))


def _walk_commitments(body: str) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Yield each commitment, whom it is about, and the innermost object on an attempt.

    The object is the body itself where none within it names an attempt.
    """

    def walk_value(
        value: object, holder: Mapping[str, Any]
    ) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
        if isinstance(value, Mapping):
            if set(value) == {"about", "sha256"}:
                yield str(value["sha256"]), str(value["about"]), holder
            inner_holder = value if "attempt_id" in value else holder
            for inner in value.values():
                yield from walk_value(inner, inner_holder)
        elif isinstance(value, list):
            for inner in value:
                yield from walk_value(inner, holder)

    whole = msgspec.json.decode(body)
    yield from walk_value(whole, whole if isinstance(whole, Mapping) else {})


def commitment_owners(stream: str, body: str) -> dict[str, str]:
    """Return every commitment that an entry carries, and whose text it is.

    Whose it is says kind and ID, as 'candidate/P1', 'staff/s2' or 'session/a': an ID
    alone may be a participant's, a member of staff's and a session's at once.

    Args:
        stream: the stream of the entry.
        body: its body.
    """
    kind, _, key = stream.partition("/")

    def find_owner(about: str, holder: Mapping[str, Any]) -> str:
        if kind == "center":
            return f"staff/{about}"
        if kind == "session" and about == key and not _names_one(holder, about):
            return f"session/{about}"
        return f"candidate/{about}"

    return {
        sealed: find_owner(about, holder)
        for sealed, about, holder in _walk_commitments(body)
    }


def _names_one(holder: Mapping[str, Any], participant_id: str) -> bool:
    """Return whether an object is about one attempt of a participant alone."""
    attempts = tuple(holder.get("attempt_ids", ())) or (holder.get("attempt_id", ""),)
    own = str(attempts[0]).startswith(f"{participant_id}-")
    return len(attempts) == 1 and own
