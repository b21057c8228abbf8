"""The backup that follows a seal, and must not stand in its way."""

from pathlib import Path

from cptkiosk.errors import KioskError
from cptkiosk.ledger.backup import back_up
from cptkiosk.ledger.ledger import Ledger


def back_up_after_seal(path: Path, terminal: str, target: Path) -> int | str:
    """Back a ledger up on a connection of its own, beside work that goes on.

    Returns how many entries the copy holds, or what went wrong: the seal stands either
    way.
    """
    try:
        ledger = Ledger(path, terminal, read_only=True)
        try:
            return back_up(ledger, target).entries
        finally:
            ledger.close()
    except KioskError as error:
        return f"The backup failed: {error}"
