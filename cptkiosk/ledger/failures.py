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
            "The disk is full. This step was not recorded. Everything before it"
            " is safe. Free some space, then try again."
        )
    if "readonly" in text or "read-only" in text:
        said = (
            f"The ledger {path} is not writable. This step was not recorded."
            " Everything before it is safe. Ask the administrator for write"
            " permission."
        )
    elif "locked" in text or "busy" in text:
        said = (
            "Another program is using the ledger. This step was not recorded."
            " Everything before it is safe. Close other programs that use the"
            " file, then try again."
        )
    elif "disk i/o error" in text:
        said = (
            f"The disk cannot read or write the ledger {path}. This step was not"
            " recorded. Everything before it was saved. Try again. If it fails"
            ' again, call the administrator: "cptkiosk ledger salvage" saves what'
            ' can be read, and "cptkiosk ledger restore" continues from a backup.'
        )
    elif "unable to open" in text:
        said = (
            f"The ledger {path} cannot be opened. {SAFE} Ask the administrator for"
            " permission to read and write it and its folder."
        )
    elif isinstance(error, UnicodeError) or any(sign in text for sign in DAMAGE):
        return DamagedFile(
            f'{path} is damaged or not a ledger. It was not changed. Run "cptkiosk'
            ' ledger salvage" to save what still verifies, or "cptkiosk ledger'
            ' restore" to continue from a backup.'
        )
    else:
        said = (
            f"The ledger {path} cannot be used ({error}). Everything shown as"
            " recorded is safe. Call the administrator."
        )
    return StorageError(said)
