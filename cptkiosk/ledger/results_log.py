"""The results of all seals as a tree of their own, made from the ledger's tree.

A proof from the ledger's own tree says how many entries there are, and so does the place
of an entry in it. Both grow with each break, pause and credit, and for a session with one
candidate that tells who had an accommodation. The leaves of this tree are the ledger's
first entry and each entry that states results. How many there are tells how often the
center sealed a session, and nothing else.
"""

from cptkiosk.ledger.reading import Reader
from cptkiosk.proof import tree
from cptkiosk.proof.note import RESULTS, Checkpoint, name_tree


class ResultsLog:
    """The tree as it was once an entry had stated its results; leaf 0 names it."""

    def __init__(self, ledger: Reader, up_to: int) -> None:
        """Read the leaves.

        Args:
            ledger: the record; it must have a tree.
            up_to: the entry that states the last results.
        """
        self.entries = (1, *ledger.statements(up_to))
        """The numbers of its entries in the ledger, in the order of its leaves."""
        self._hashes: list[bytes] = []
        for index, seq in enumerate(self.entries):
            leaf = ledger.tree_hash(tree.place_of(0, seq - 1))
            self._hashes += tree.new_hashes(index, leaf, self.read)

    def read(self, place: int) -> bytes:
        """Return the hash at a place; see `proof.tree`."""
        return self._hashes[place]

    def size_at(self, seq: int) -> int:
        """Return how many leaves there were once an entry had stated its results."""
        return self.entries.index(seq) + 1

    def checkpoint(self, size: int) -> Checkpoint:
        """Return which tree it is and its root as of so many leaves, at least one."""
        origin = f"{name_tree(self.read(0))}{RESULTS}"
        return Checkpoint(origin, size, tree.root_hash(size, self.read))
