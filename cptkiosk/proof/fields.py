"""How an entry becomes a leaf: field by field, so that some can be shown and others not.

A leaf is one line for each field: its name and a commitment to its value, which is
SHA-256 of a salt, the name and the value's JSON text. Whoever gets name, salt and text
can compute the line again. A line alone says nothing: without the salt, even a value of
which there are only two cannot be guessed back. The salts follow from a secret of the
ledger, so that they need not be stored.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

SALT_BYTES = 16
SECRET_BYTES = 32

ENTRY, AT, BODY = "entry", "at", "body."
"""Who recorded what; when; and before the name of each field of the body."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A field that is shown, and what it takes to compute its line."""

    name: str
    salt: str
    text: str
    """The value as JSON."""

    @property
    def commitment(self) -> str:
        """What stands in the leaf for it."""
        return commit_field(self.name, self.salt, self.text)


def commit_field(name: str, salt: str, text: str) -> str:
    """Return SHA-256 of salt, name and text, with a zero byte between."""
    return hashlib.sha256(f"{salt}\0{name}\0{text}".encode()).hexdigest()


def leaf_data(lines: Iterable[tuple[str, str]]) -> bytes:
    """Return the bytes of a leaf, of the names and commitments of all fields."""
    return "".join(f"{name} {sealed}\n" for name, sealed in lines).encode()


def entry_leaf(row: tuple[Any, ...], secret: bytes) -> bytes:
    """Return the bytes of the leaf of an entry.

    Args:
        row: its ten columns, as `ledger.chain.Row` has them.
        secret: the ledger's, of which the salts are made.
    """
    return leaf_data(
        (name, commit_field(name, salt, text))
        for name, salt, text in _salted_fields(row, secret)
    )


def split_entry(row: tuple[Any, ...], secret: bytes) -> tuple[Shown, ...]:
    """Return the fields of an entry, each with its salt."""
    return tuple(Shown(*one) for one in _salted_fields(row, secret))


def _salted_fields(
    row: tuple[Any, ...], secret: bytes
) -> Iterator[tuple[str, str, str]]:
    """Yield name, salt and JSON text of each field."""
    seq, stream, version, at_utc_ms, at_boot_ms, boot_id, terminal, actor, kind = row[
        :9
    ]
    keyed = hashlib.blake2b(key=secret, digest_size=SALT_BYTES)
    texts = (
        (ENTRY, _encode_json([seq, stream, version, terminal, actor, kind])),
        (AT, _encode_json([at_utc_ms, at_boot_ms, boot_id])),
        *_body_texts(row[9]),
    )
    for name, text in texts:
        salted = keyed.copy()
        salted.update(f"{seq} {name}".encode())
        yield name, salted.hexdigest(), text


def _body_texts(body: Any) -> list[tuple[str, str]]:
    """Return each field of a body as the text that it is there."""
    try:
        fields = _decode_body(body)
    except (msgspec.DecodeError, TypeError):
        # Only in a damaged file, which must still open.
        return [(BODY, _encode_json(body))]
    return [(f"{BODY}{name}", bytes(raw).decode()) for name, raw in fields.items()]


_decode_body = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_encode_json = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), default=repr
).encode
