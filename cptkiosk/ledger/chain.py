"""The chain: each entry's hash covers the one before it."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass

GENESIS = "0" * 64

Row = tuple[int, str, int, int, int, str, str, str, str, str]
"""seq, stream, version, at_utc_ms, at_boot_ms, boot_id, terminal, actor, kind, body."""


def link_hash(previous: str, row: Row) -> str:
    """Return SHA-256 of the previous hash and the canonical entry."""
    canonical = json.dumps(row, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(f"{previous}{canonical}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Head:
    """Where a chain ends."""

    seq: int = 0
    hash: str = GENESIS


class Broken(Exception):
    """An entry does not fit the chain."""

    def __init__(self, seq: int, what: str) -> None:
        super().__init__(f"Entry #{seq}: {what}.")
        self.seq = seq


def follow_chain(rows: Iterable[tuple[Row, str]], head: Head | None = None) -> Head:
    """Recompute the chain from `head` on and return where it ends.

    Raises:
        Broken: at the first entry that does not fit.
    """
    head = head or Head()
    for row, stored in rows:
        if row[0] != head.seq + 1:
            raise Broken(head.seq + 1, "it is missing")
        if not _fits_head(head, row, stored):
            raise Broken(row[0], "it was changed after it was written")
        head = Head(row[0], stored)
    return head


def _fits_head(head: Head, row: Row, stored: str) -> bool:
    try:
        return link_hash(head.hash, row) == stored
    except (TypeError, ValueError):
        # A damaged file gives values of other types than were written.
        return False
