"""What SQLite says of a file, as a proctor can act on it."""

from pathlib import Path

from cptkiosk.errors import StorageError
from cptkiosk.ledger.file_permissions import SAFE

DAMAGE = (
    *("not a database", "malformed", "decode to utf-8", "no such table"),
    *("no such column", "unsupported file format"),
)
"""What SQLite says of a file that is not as it was written."""


class DiskFull(StorageError):
    """The disk is full; the reserve has been given up for what is in hand."""


class DamagedFile(StorageError):
    """A file that is no ledger, or not any more."""


def storage_error(error: Exception, path: Path) -> StorageError:
    """Return what a failure of SQLite means to a proctor."""
    text = str(error).lower()
    if text == "database or disk is full":
        return DiskFull(
            "The disk is full: this step was not recorded, everything before it is"
            " safe. Free some space, then do it again."
        )
    if "readonly" in text or "read-only" in text:
        said = (
            f"The ledger {path} cannot be written: this step was not recorded,"
            " everything before it is safe. Ask the administrator for write permission."
        )
    elif "locked" in text or "busy" in text:
        said = (
            "Another program has held the ledger for too long: this step was not"
            " recorded, everything before it is safe. Do it again; close other"
            " programs that use the file."
        )
    elif "disk i/o error" in text:
        said = (
            f"The disk does not read or write the ledger {path}: this step was not"
            " recorded, everything before it was synced. Do it again. If it fails again,"
            " call the administrator: 'cptkiosk ledger salvage' brings out what can be"
            " read, 'cptkiosk ledger restore' goes on from a backup."
        )
    elif "unable to open" in text:
        said = (
            f"The ledger {path} cannot be opened. {SAFE} Ask the administrator for"
            " permission to read and write it and its folder."
        )
    elif isinstance(error, UnicodeError) or any(sign in text for sign in DAMAGE):
        return DamagedFile(
            f"{path} is damaged or no ledger. It was left as it is. Run 'cptkiosk ledger"
            " salvage' to bring out what still verifies, or go on from a backup with"
            " 'cptkiosk ledger restore'."
        )
    else:
        said = (
            f"The ledger {path} cannot be used ({error}). What was shown as recorded is"
            " safe. Call the administrator."
        )
    return StorageError(said)
