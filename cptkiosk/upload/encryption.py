"""Bundles encrypted to a recipient: the same bytes for every try of one delivery.

Encrypting twice gives two files, and a destination would call the second one a conflict
although the first one arrived. So the encrypted file is kept until the destination has
confirmed it. Only the recipient can read it, so nothing is given away by keeping it.
"""

import hashlib
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from cptkiosk.errors import DestinationError, StorageError
from cptkiosk.host.data_directory import make_folder, replace_file
from cptkiosk.upload.destinations.base import SAFE, missing_extra

SUFFIX = ".age"
KEY_LENGTH = 36


def encrypt_once(folder: Path, key: str, data: bytes, recipient: str) -> bytes:
    """Return data encrypted to a recipient; the same bytes until it is delivered.

    Args:
        folder: where encrypted files are kept; made if it is not there.
        key: the key of the delivery.
        data: what to encrypt.
        recipient: an age public key, 'age1...'.

    Raises:
        DestinationError: if the recipient is none, or the library is missing.
        StorageError: if the file cannot be kept.
    """
    about = hashlib.sha256(recipient.encode() + data).hexdigest()
    path = folder / f"{key}-{about}{SUFFIX}"
    try:
        with suppress(FileNotFoundError):
            # On a FAT drive a broken try may leave an empty file.
            if kept := path.read_bytes():
                return kept
        made = _encrypt(data, recipient)
        make_folder(folder)
        # Another uploader may be doing the same: the first one's bytes are sent.
        replace_file(path, made, keeps_other=True)
        for other in folder.glob(f"{key}-*{SUFFIX}"):
            # Of another text: a person was forgotten, or the recipient has another key.
            if other != path:
                other.unlink()
        return path.read_bytes()
    except OSError as error:
        raise StorageError(
            f"The encrypted bundle cannot be kept in {folder} ({error.strerror})."
            f" {SAFE} Free some space, or ask the administrator for write permission."
        ) from error


def _encrypt(data: bytes, recipient: str) -> bytes:
    try:
        # Start-up time: an extra, loaded when something is encrypted.
        import pyrage
    except ImportError as error:
        raise missing_extra("Encrypting a bundle", "upload") from error
    try:
        return bytes(
            pyrage.encrypt(data, [pyrage.x25519.Recipient.from_str(recipient)])
        )
    except (pyrage.RecipientError, pyrage.EncryptError) as error:
        raise DestinationError(
            f"{recipient} is not an age public key. {SAFE} Ask the recipient for the"
            " key again, and correct destinations.toml."
        ) from error


def sweep_folder(folder: Path, waiting: Collection[str]) -> None:
    """Delete encrypted files whose delivery does not wait any more; best effort.

    Args:
        folder: where they are kept.
        waiting: the keys of the deliveries that wait.
    """
    with suppress(OSError):
        for path in folder.glob(f"*{SUFFIX}"):
            if path.name[:KEY_LENGTH] not in waiting:
                path.unlink()
