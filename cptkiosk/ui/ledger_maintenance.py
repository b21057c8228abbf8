"""Maintenance beside a kiosk at work: verify the ledger, back it up; both can stop."""

from pathlib import Path

from cptkiosk.desk import Desk
from cptkiosk.host.work_progress import Stopped, WorkProgress
from cptkiosk.ledger.ledger import Ledger
from cptkiosk.ledger.maintenance.backup import back_up
from cptkiosk.ledger.maintenance.verify import Verified, verify_ledger
from cptkiosk.ledger.progress_reader import WatchedLedger


def verify_file(desk: Desk, progress: WorkProgress) -> Verified:
    """Verify a ledger on a connection of its own.

    Raises:
        Stopped: if someone stopped it; reading changes nothing.
        VerificationError: naming the first thing that does not fit.
    """
    try:
        ledger = WatchedLedger(desk.ledger.path, desk.ledger.terminal, progress)
        try:
            return verify_ledger(ledger)
        finally:
            ledger.close()
    except Stopped as stopped:
        raise Stopped("check-stopped") from stopped


def backed_up(desk: Desk, target: Path, progress: WorkProgress) -> int:
    """Back a ledger up on a connection of its own; return how many entries there are.

    Raises:
        Stopped: if someone stopped it; no copy is kept then.
        DestinationError: if it cannot be written there.
        VerificationError: if the copy is not whole.
    """
    ledger = Ledger(desk.ledger.path, desk.ledger.terminal, read_only=True)
    try:
        return back_up(ledger, target, progress).entries
    except Stopped as stopped:
        raise Stopped("backup-stopped") from stopped
    finally:
        ledger.close()
