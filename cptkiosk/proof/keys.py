"""Ed25519 keys: whether a signature fits, how a key is read aloud, how one follows another.

Keys and signatures are raw bytes, 32 and 64 of them.
"""

import base64
import hashlib
from collections.abc import Callable, Iterable

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from cptkiosk.proof.note import find_signature, split_note, write_note

CHANGE = "cptkiosk key change"
GROUPS, DIGITS = 8, 4

Sign = Callable[[bytes], bytes]


def signature_fits(public_key: bytes, signature: bytes, data: bytes) -> bool:
    """Return whether the key made the signature of these bytes."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, data)
    except (InvalidSignature, ValueError):
        return False
    return True


def fingerprint(public_key: bytes) -> str:
    """Return what two people compare over the phone: 8 groups of 4 digits and letters.

    It is the beginning of the key's SHA-256, long enough that no one finds another key
    with the same.
    """
    digest = hashlib.sha256(public_key).hexdigest()
    groups = [digest[DIGITS * n : DIGITS * (n + 1)] for n in range(GROUPS)]
    return " ".join(groups)


def write_key_change(
    origin: str, old: tuple[bytes, Sign], new: tuple[bytes, Sign]
) -> str:
    """Return a note by which a new key follows an old one; both sign it.

    The old one says who comes next. The new one says whom it follows: without that,
    anyone could name a known key as the successor of theirs.
    """
    coded = [base64.b64encode(key).decode() for key, _ in (old, new)]
    text = f"{CHANGE}\n{origin}\n{coded[0]}\n{coded[1]}\n"
    signed = [(origin, key, sign(text.encode())) for key, sign in (old, new)]
    return write_note(text, *signed)


def read_key_change(note: str) -> tuple[bytes, bytes]:
    """Return the old and the new key of a note that both of them signed.

    Raises:
        ValueError: if it is no such note, or a signature does not fit.
    """
    text, _ = split_note(note)
    kind, origin, *coded, rest = text.split("\n")
    if kind != CHANGE or len(coded) != 2 or rest:
        raise ValueError("no change of keys")
    old, new = (base64.b64decode(one) for one in coded)
    for key in (old, new):
        signature = find_signature(note, origin, key)
        if not signature_fits(key, signature, text.encode()):
            raise ValueError("a change of keys that a key did not sign")
    return old, new


def linked_keys(trusted: bytes, changes: Iterable[tuple[bytes, bytes]]) -> set[bytes]:
    """Return the keys that a trusted one stands for: those before and after it."""
    pairs, found = list(changes), {trusted}
    while more := {
        key for pair in pairs if found & set(pair) for key in pair if key not in found
    }:
        found |= more
    return found
