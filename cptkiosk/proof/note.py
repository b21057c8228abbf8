"""Checkpoints and other signed notes, as C2SP signed-note and tlog-checkpoint have them.

A note is a text, an empty line, and a line for each signature: an em dash, the name of
the key, and in base64 four bytes that tell keys of one name apart, with the signature.
Go's golang.org/x/mod/sumdb/note reads and checks them.
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass

ED25519 = b"\x01"
"""What kind of signature it is, in the hash of a key."""

DASH = "\N{EM DASH}"
HASH_BYTES = 4
NAME_DIGITS = 16
RESULTS = "/results"
"""What the name of the tree of results has after the name of the ledger's tree."""


def name_tree(first_leaf: bytes) -> str:
    """Return the name of a ledger's tree; its first leaf, salted, is its own for good."""
    return f"cptkiosk/{first_leaf.hex()[:NAME_DIGITS]}"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Which tree it is, how many entries it had, and its root then."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """What is signed."""
        return f"{self.origin}\n{self.size}\n{_encode(self.root)}\n"


def parse_checkpoint(text: str) -> Checkpoint:
    """Return what the text of a checkpoint says.

    Raises:
        ValueError: if it is none, or is written in another way than ours.
    """
    lines = text.split("\n")
    if len(lines) != 4:
        raise ValueError("a checkpoint has three lines")
    found = Checkpoint(lines[0], int(lines[1]), base64.b64decode(lines[2]))
    if found.text != text or len(found.root) != hashlib.sha256().digest_size:
        raise ValueError("not a checkpoint")
    return found


def write_note(text: str, *signed: tuple[str, bytes, bytes]) -> str:
    """Return a text with its signatures, each as name, public key and signature."""
    lines = [
        f"{DASH} {name} {_encode(key_hash(name, key) + signature)}\n"
        for name, key, signature in signed
    ]
    return f"{text}\n{''.join(lines)}"


def split_note(note: str) -> tuple[str, str]:
    """Return the text of a note, and its signature lines.

    Raises:
        ValueError: if it has none.
    """
    text, found, lines = note.rpartition("\n\n")
    if not found:
        raise ValueError("no note")
    return f"{text}\n", lines


def find_signature(note: str, name: str, public_key: bytes) -> bytes:
    """Return the signature that a key made; empty bytes if there is none of it."""
    try:
        _, lines = split_note(note)
        for line in lines.splitlines():
            dash, signer, coded = line.split(" ")
            data = base64.b64decode(coded, validate=True)
            known = data[:HASH_BYTES] == key_hash(name, public_key)
            if (dash, signer) == (DASH, name) and known:
                return data[HASH_BYTES:]
    except (ValueError, binascii.Error):
        pass
    return b""


def key_hash(name: str, public_key: bytes) -> bytes:
    """Return the four bytes by which a key is known in a note."""
    data = name.encode() + b"\n" + ED25519 + public_key
    return hashlib.sha256(data).digest()[:HASH_BYTES]


def _encode(data: bytes) -> str:
    return base64.b64encode(data).decode()
