"""Sealing a session: the signature, then a backup that must not stand in its way."""

from pathlib import Path

from cptkiosk.desk import Desk
from cptkiosk.domain.values import Actor
from cptkiosk.errors import KioskError
from cptkiosk.ledger.backup import back_up


def seal_session(
    desk: Desk, session_id: str, actor: Actor, pin: str, backups: Path
) -> tuple[int, str]:
    """Check the PIN, seal, and back the ledger up.

    Returns the entry number of the seal, and what went wrong with the backup, if
    anything: the seal stands either way.

    Raises:
        Refused: if the PIN is wrong or something still keeps the session open.
        StorageError: if it could not be written; then nothing was sealed.
    """
    sealed = desk.seal(session_id, actor, pin)
    target = backups / f"ledger-{sealed.seq:08}.db"
    try:
        back_up(desk.ledger, target)
    except KioskError as error:
        return sealed.seq, f"The backup failed: {error}"
    return sealed.seq, ""
