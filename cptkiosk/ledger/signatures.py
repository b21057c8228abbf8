"""Whether each seal has its signature, and whether this installation's key made it."""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass

from cptkiosk.host.data_directory import Paths
from cptkiosk.ledger.chain import Broken, Head
from cptkiosk.ledger.ledger import Ledger

SEALED = "session-sealed.v1"
ROTATED = "key-rotated.v1"

LOST = ("", "")
"""Kept in place of signature and key where a salvage could not read them any more."""


@dataclass(frozen=True, slots=True)
class Signatures:
    """The signatures of a ledger, all of which fit."""

    count: int
    by_another_key: int | None
    """How many this installation's key did not make; nothing where it is not here."""

    lost: int
    """Seals that a salvage brought out without their signature."""


def check_signatures(ledger: Ledger) -> Signatures:
    """Check every signed head, and that no seal is without one.

    Raises:
        Broken: naming the first entry whose signature is missing or does not fit.
    """
    rows = ledger.rows("SELECT seq, hash, signature, public_key FROM head ORDER BY seq")
    query = "SELECT seq, hash FROM entry WHERE kind = ? ORDER BY seq"
    seals = dict(ledger.rows(query, (SEALED,)))
    keys = [key for row in rows if (key := _signing_key(ledger, row))]
    for seq in sorted(seals.keys() - {row[0] for row in rows}):
        raise Broken(seq, "the signature of the seal is missing")
    return Signatures(len(keys), _find_other_key(ledger, keys), len(rows) - len(keys))


def notice_before_seal(ledger: Ledger) -> str:
    """Return what the person who seals must know first, or an empty string.

    A new key would be made without a word where the one that signed before was lost.
    """
    if Paths(ledger.path.parent).key.exists():
        return ""
    if not ledger.rows("SELECT 1 FROM head LIMIT 1"):
        return ""
    return (
        "installation.key, which signed the earlier seals, is missing. The next"
        " seal will use a new key. If there is a copy of the old key, put it back"
        " first. Tell the administrator."
    )


def _signing_key(ledger: Ledger, row: tuple[int, str, str, str]) -> str:
    """Return the key that made a signature; nothing for one that was lost."""
    seq, stored, signature, public_key = row
    if ledger.hash_of(seq) != stored:
        raise Broken(seq, "it is not what was signed at that point")
    if (signature, public_key) == LOST:
        return ""
    # Start-up time: cryptography is loaded when there is a signature.
    from cptkiosk.ledger.signing import signature_fits

    if not signature_fits(Head(seq, stored), signature, public_key):
        raise Broken(seq, "the signature of the chain up to here is wrong")
    return public_key


def _find_other_key(ledger: Ledger, keys: list[str]) -> int | None:
    if not keys:
        return 0
    # Start-up time: cryptography is loaded when there is a signature.
    from cptkiosk.ledger.signing import public_key_at
    from cptkiosk.proof.keys import linked_keys

    own = public_key_at(Paths(ledger.path.parent).key)
    if not own:
        return None
    known = linked_keys(base64.b64decode(own), _read_changes(ledger))
    return sum(base64.b64decode(key) not in known for key in keys)


def _read_changes(ledger: Ledger) -> Iterator[tuple[bytes, bytes]]:
    """Yield each old and new key that a recorded change of keys names."""
    # Start-up time: cryptography is loaded when there is a signature.
    from cptkiosk.proof.keys import read_key_change

    query = "SELECT seq, body FROM entry WHERE kind = ? ORDER BY seq"
    for seq, body in ledger.rows(query, (ROTATED,)):
        try:
            yield read_key_change(json.loads(body)["note"])
        except ValueError as error:
            raise Broken(seq, "the change of keys is not signed by both") from error
