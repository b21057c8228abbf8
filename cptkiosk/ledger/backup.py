"""A second copy, written online and verified after writing."""

import os
from contextlib import suppress
from pathlib import Path

from cptkiosk.errors import DestinationError
from cptkiosk.ledger.ledger import Ledger
from cptkiosk.ledger.opening import sync
from cptkiosk.ledger.sqlite import FAILURES, connect
from cptkiosk.ledger.verify import Verified, verify
from cptkiosk.settings import make_folder, open_in_place


def back_up(ledger: Ledger, target: Path) -> Verified:
    """Copy the ledger to `target`, which must not exist, and verify the copy.

    Raises:
        DestinationError: if it cannot be written there.
        VerificationError: if the copy is not whole.
    """
    if target.exists():
        raise DestinationError(
            f"{target} exists already and was left as it is. Choose another name."
        )
    part = target.with_name(f"{target.name}.part")
    try:
        make_folder(target.parent)
        os.close(open_in_place(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC))
        copy = connect(str(part))
        try:
            ledger.connection.backup(copy)
            # A copy must be one file, whatever journal the original uses.
            copy.execute("PRAGMA journal_mode = delete")
        finally:
            copy.close()
        sync(part)
        part.rename(target)
        sync(target.parent)
    except (OSError, *FAILURES) as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise DestinationError(
            f"The backup could not be written to {target} ({error}). The ledger itself"
            " is safe. Choose another folder."
        ) from error
    check = Ledger(target, ledger.terminal, read_only=True)
    try:
        return verify(check)
    finally:
        check.close()
