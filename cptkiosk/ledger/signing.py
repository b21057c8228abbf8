"""The installation's Ed25519 key, with which heads of the chain are signed."""

import base64
import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cptkiosk.errors import StorageError
from cptkiosk.host.data_directory import open_in_place, sync_to_disk
from cptkiosk.ledger.chain import Head
from cptkiosk.proof import keys
from cptkiosk.proof.note import Checkpoint, find_signature, write_note


def head_message(head: Head) -> bytes:
    """Return the bytes that are signed for a head."""
    return f"cptkiosk head {head.seq} {head.hash}".encode()


class Signer:
    """Signs heads with a key that is made at first use and never leaves the machine.

    `signatures.notice_before_seal` says beforehand where it would be made again.
    """

    def __init__(self, path: Path) -> None:
        """Read the key, or make it.

        Raises:
            StorageError: if that cannot be done.
        """
        try:
            self._key = _load_key(path) if path.exists() else _create_key(path)
        except (OSError, ValueError) as error:
            raise StorageError(
                f"The installation key {path} cannot be used. Nothing was sealed."
                " Restore the key from a copy, or call the administrator."
            ) from error

    @property
    def public_key(self) -> str:
        """The public half, base64."""
        return _public_text(self._key)

    @property
    def public_bytes(self) -> bytes:
        """The public half."""
        return self._key.public_key().public_bytes_raw()

    def sign_head(self, head: Head) -> str:
        """Return the signature of a head, base64."""
        return base64.b64encode(self.sign(head_message(head))).decode()

    def sign(self, data: bytes) -> bytes:
        """Return the signature of any bytes."""
        return self._key.sign(data)

    def sign_checkpoint(self, checkpoint: Checkpoint) -> str:
        """Return a checkpoint as a signed note; the key goes by the tree's name."""
        signature = self.sign(checkpoint.text.encode())
        signed = (checkpoint.origin, self.public_bytes, signature)
        return write_note(checkpoint.text, signed)


def public_key_at(path: Path) -> str:
    """Return the public half of a key that is there, base64; else nothing."""
    try:
        key = _load_key(path)
    except (OSError, ValueError):
        return ""
    return _public_text(key)


def signature_fits(head: Head, signature: str, public_key: str) -> bool:
    """Return whether a head was signed with the key that `public_key` belongs to."""
    try:
        made = base64.b64decode(signature)
        return keys.signature_fits(
            base64.b64decode(public_key), made, head_message(head)
        )
    except ValueError:
        return False


def checkpoint_fits(note: str, expected: Checkpoint, public_key: str) -> bool:
    """Return whether a note is a checkpoint that says what it must, signed by a key."""
    key = base64.b64decode(public_key)
    signature = find_signature(note, expected.origin, key)
    said = note.startswith(f"{expected.text}\n")
    return said and keys.signature_fits(key, signature, expected.text.encode())


def _public_text(key: Ed25519PrivateKey) -> str:
    return base64.b64encode(key.public_key().public_bytes_raw()).decode()


def _load_key(path: Path) -> Ed25519PrivateKey:
    with os.fdopen(open_in_place(path, os.O_RDONLY), "rb") as file:
        return Ed25519PrivateKey.from_private_bytes(file.read())


def _create_key(path: Path) -> Ed25519PrivateKey:
    key = Ed25519PrivateKey.generate()
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    try:
        handle = open_in_place(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
        try:
            os.write(handle, key.private_bytes_raw())
            os.fsync(handle)
        finally:
            os.close(handle)
        try:
            # Another terminal may be doing the same; the person who links first wins.
            path.hardlink_to(draft)
        except FileExistsError:
            key = _load_key(path)
    finally:
        draft.unlink(missing_ok=True)
    sync_to_disk(path.parent)
    return key
