"""The tree over the entries, kept in the file and grown with every entry.

It follows from the entries and the secret that the salts are made of (`proof.fields`).
The chain proves a whole record; the tree proves one entry, and that a later record
continues an earlier one, to someone who has neither.
"""

from typing import Any

from cptkiosk.errors import StorageError
from cptkiosk.ledger.sqlite import Connection
from cptkiosk.proof import tree
from cptkiosk.proof.fields import entry_leaf
from cptkiosk.proof.note import Checkpoint, name_tree

STATE = "SELECT secret, (SELECT max(place) FROM tree) FROM tree_secret"
READ = "SELECT hash FROM tree WHERE place = ?"
ENTRIES = """
SELECT seq, stream, version, at_utc_ms, at_boot_ms, boot_id, terminal, actor, kind, body
FROM entry WHERE seq > ? AND seq <= ? ORDER BY seq
"""
DAMAGED = "The tree over the ledger's entries is damaged. Nothing was recorded."


def checkpoint_at(size: int, read: tree.Read) -> Checkpoint:
    """Return which tree it is and its root as of so many entries, at least one."""
    return Checkpoint(name_tree(read(0)), size, tree.root_hash(size, read))


class EntryTree:
    """The tree of one open file; entry `seq` is its leaf `seq - 1`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        state = connection.execute(STATE).fetchone()
        if state is None:
            raise StorageError(
                f'{DAMAGED} Run "cptkiosk ledger salvage" to write every entry to'
                " a new file."
            )
        self.secret, last = state
        self.size = tree.tree_size(0 if last is None else last + 1)

    def read(self, place: int) -> bytes:
        """Return the hash at a place; see `proof.tree`."""
        row = self._connection.execute(READ, (place,)).fetchone()
        if row is None:
            raise StorageError(
                f'{DAMAGED} Run "cptkiosk ledger rebuild" to compute it again.'
            )
        return bytes(row[0])

    def checkpoint(self, size: int) -> Checkpoint:
        """Return which tree it is and its root as of so many entries, at least one."""
        return checkpoint_at(size, self.read)

    def append(self, row: tuple[Any, ...]) -> None:
        """Add the entry that was written last.

        Entries that a release without a tree wrote meanwhile are added first.
        """
        if self.size < row[0] - 1:
            self.catch_up(row[0] - 1)
        self._add(row)

    def catch_up(self, up_to: int) -> None:
        """Add the entries that are not in the tree yet, up to a number."""
        # Another cursor reads the entries while this one writes.
        for row in self._connection.execute(ENTRIES, (self.size, up_to)):
            self._add(row)

    def _add(self, row: tuple[Any, ...]) -> None:
        leaf = tree.leaf_hash(entry_leaf(row, self.secret))
        first = tree.place_of(0, self.size)
        made = tree.new_hashes(self.size, leaf, self.read)
        self._connection.executemany(
            "INSERT INTO tree VALUES (?, ?)", enumerate(made, first)
        )
        self.size += 1
