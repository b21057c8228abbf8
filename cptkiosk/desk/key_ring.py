"""The installation's key in use, and how another one takes its place.

A change of keys is recorded before the new key is put in place, so that no signature is
ever by a key that the record does not know. A machine that stops in between finds the
new key beside the old one and its change on record, and finishes before it signs.
"""

from typing import TYPE_CHECKING

from cptkiosk.desk.pipeline import Pipeline, UnitOfWork
from cptkiosk.desk.record import Record
from cptkiosk.domain.events.center import KeyRotated
from cptkiosk.domain.values import Actor, Refused
from cptkiosk.errors import StorageError
from cptkiosk.host.data_directory import Paths, sync_to_disk
from cptkiosk.ledger.streams import center_stream

if TYPE_CHECKING:
    from cptkiosk.ledger.signing import Signer


class KeyRing:
    """Signs, and changes what is signed with."""

    def __init__(self, record: Record, pipeline: Pipeline) -> None:
        self._record = record
        self._pipeline = pipeline

    @property
    def _paths(self) -> Paths:
        return Paths(self._record.ledger.path.parent)

    def signer(self) -> "Signer":
        """Return what signs now; its key is made at first use.

        Raises:
            StorageError: if the key cannot be read or made.
        """
        # Start-up time: cryptography is loaded when something is signed.
        from cptkiosk.ledger.signing import Signer

        self._finish_change()
        return Signer(self._paths.key)

    def rotate(self, actor: Actor) -> str:
        """Sign with a new key from here on; return its public half, base64.

        The old key signs the new one, and is deleted.

        Raises:
            Refused: if there is no key yet, or the actor may not.
            StorageError: if it could not be recorded; then the old one stays.
        """
        # Start-up time: cryptography is loaded when something is signed.
        from cptkiosk.ledger.signing import Signer
        from cptkiosk.proof.keys import write_key_change

        actor.must_be_coordinator("change-key")
        if not self._paths.key.exists():
            raise Refused("no-key-yet")
        old, new = self.signer(), Signer(self._paths.next_key)

        def work(unit: UnitOfWork) -> None:
            origin = unit.transaction.tree.checkpoint(1).origin
            note = write_key_change(
                origin, (old.public_bytes, old.sign), (new.public_bytes, new.sign)
            )
            changed = KeyRotated(public_key=new.public_key, note=note)
            unit.append(center_stream(), (changed,))

        self._pipeline.perform(actor, work)
        self._finish_change()
        return new.public_key

    def _finish_change(self) -> None:
        """Put a new key in place whose change is on record."""
        paths, recorded = self._paths, self._record.center.public_key
        if not recorded or not paths.next_key.exists():
            return
        # Start-up time: cryptography is loaded when something is signed.
        from cptkiosk.ledger.signing import public_key_at

        if public_key_at(paths.next_key) != recorded:
            return
        try:
            paths.next_key.replace(paths.key)
            sync_to_disk(paths.root)
        except OSError as error:
            raise StorageError(
                f"The new key {paths.next_key} could not be put in place"
                f" ({error.strerror}). Nothing was signed. Ask the administrator for"
                " write permission, then do it again."
            ) from error
