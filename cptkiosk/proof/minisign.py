"""Signatures and public keys as minisign has them, so that Debian's `minisign` checks them.

A signature file has four lines: a comment that proves nothing, the signature of the
file's BLAKE2b hash, a trusted comment, and a signature of the first signature together
with the trusted comment.
"""

import base64
import hashlib
from dataclasses import dataclass

from cptkiosk.proof.keys import Sign, signature_fits

KEY, HASHED = b"Ed", b"ED"
UNTRUSTED, TRUSTED = "untrusted comment: ", "trusted comment: "
KEY_COMMENT, SIGNATURE_COMMENT = "cptkiosk public key", "signature from cptkiosk"
ID_BYTES, KEY_BYTES, SIGNATURE_BYTES = 8, 32, 64


@dataclass(frozen=True, slots=True)
class FileSignature:
    """What a signature file says."""

    key_id: bytes
    signature: bytes
    comment: str
    """The trusted one."""

    global_signature: bytes

    @property
    def text(self) -> str:
        """The file, in the only way that this program writes it."""
        signed = base64.b64encode(HASHED + self.key_id + self.signature).decode()
        also = base64.b64encode(self.global_signature).decode()
        return f"{UNTRUSTED}{SIGNATURE_COMMENT}\n{signed}\n{TRUSTED}{self.comment}\n{also}\n"


def key_id(public_key: bytes) -> bytes:
    """Return the eight bytes by which minisign knows a key."""
    return hashlib.sha256(public_key).digest()[:ID_BYTES]


def write_public_key(public_key: bytes) -> str:
    """Return the public key file."""
    coded = base64.b64encode(KEY + key_id(public_key) + public_key).decode()
    return f"{UNTRUSTED}{KEY_COMMENT}\n{coded}\n"


def read_public_key(text: str) -> bytes:
    """Return the key of a public key file; lines after the second are not looked at.

    Raises:
        ValueError: if it is none.
    """
    comment, coded = text.splitlines()[:2]
    data = base64.b64decode(coded, validate=True)
    if not comment.startswith(UNTRUSTED) or data[: len(KEY)] != KEY:
        raise ValueError("no public key")
    found = data[len(KEY) + ID_BYTES :]
    if len(found) != KEY_BYTES:
        raise ValueError("no public key")
    return found


def sign_file(data: bytes, comment: str, public_key: bytes, sign: Sign) -> str:
    """Return the signature file of some bytes, with a trusted comment of one line."""
    signature = sign(_file_hash(data))
    both = sign(signature + comment.encode())
    return FileSignature(key_id(public_key), signature, comment, both).text


def read_signature(text: str) -> FileSignature:
    """Return what a signature file says.

    Raises:
        ValueError: if it is none, or is written in another way than ours.
    """
    lines = text.split("\n")
    if len(lines) != 5:
        raise ValueError("a signature has four lines")
    data, begin = base64.b64decode(lines[1]), len(HASHED) + ID_BYTES
    found = FileSignature(
        key_id=data[len(HASHED) : begin],
        signature=data[begin:],
        comment=lines[2].removeprefix(TRUSTED),
        global_signature=base64.b64decode(lines[3]),
    )
    if found.text != text or len(found.signature) != SIGNATURE_BYTES:
        raise ValueError("no signature")
    return found


def file_signature_fits(signed: FileSignature, data: bytes, public_key: bytes) -> bool:
    """Return whether a key signed these bytes, and the trusted comment with them."""
    return comment_fits(signed, public_key) and signature_fits(
        public_key, signed.signature, _file_hash(data)
    )


def comment_fits(signed: FileSignature, public_key: bytes) -> bool:
    """Return whether a key signed the first signature and the trusted comment."""
    comment = signed.signature + signed.comment.encode()
    return signed.key_id == key_id(public_key) and signature_fits(
        public_key, signed.global_signature, comment
    )


def _file_hash(data: bytes) -> bytes:
    return hashlib.blake2b(data).digest()
