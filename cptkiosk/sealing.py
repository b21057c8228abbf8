"""The backup that follows a seal, and must not stand in its way."""

from pathlib import Path

from cptkiosk.errors import KioskError
from cptkiosk.ledger.backup import back_up
from cptkiosk.ledger.ledger import Ledger


def back_up_after_seal(path: Path, terminal: str, target: Path) -> str:
    """Back a ledger up on a connection of its own, beside work that goes on.

    Returns what went wrong, if anything: the seal stands either way.
    """
    try:
        ledger = Ledger(path, terminal, read_only=True)
        try:
            back_up(ledger, target)
        finally:
            ledger.close()
    except KioskError as error:
        return f"The backup failed: {error}"
    return ""
