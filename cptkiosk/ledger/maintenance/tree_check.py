"""Whether the tree in the file follows from the entries, which verify by themselves."""

from cptkiosk.ledger.chain import Broken
from cptkiosk.ledger.entry_tree import checkpoint_at
from cptkiosk.ledger.reading import COLUMNS, Reader
from cptkiosk.proof import tree
from cptkiosk.proof.fields import entry_leaf

BATCH = 10_000
ENTRIES = f"SELECT {COLUMNS} FROM entry WHERE seq > ? ORDER BY seq LIMIT ?"
HASHES = "SELECT hash FROM tree WHERE place >= ? AND place < ? ORDER BY place"


def find_tree_fault(ledger: Reader) -> str:
    """Return what of the tree does not follow from the entries, or an empty string.

    A file of a release without a tree has none that could be wrong.
    """
    if not ledger.has_tree:
        return ""
    secret = ledger.tree_secret()
    if not secret:
        return "its secret is missing"
    known: dict[int, bytes] = {}
    size = 0
    while rows := ledger.rows(ENTRIES, (size, BATCH)):
        first = tree.count_hashes(size)
        for index, row in enumerate(rows, size):
            leaf = tree.leaf_hash(entry_leaf(row, secret))
            made = tree.new_hashes(index, leaf, known.__getitem__)
            known.update(enumerate(made, tree.place_of(0, index)))
        size += len(rows)
        last = tree.count_hashes(size)
        stored = [row[0] for row in ledger.rows(HASHES, (first, last))]
        if stored != [known[place] for place in range(first, last)]:
            return f"between entries #{size - len(rows) + 1} and #{size}"
        known = {place: known[place] for place in tree.edge_places(size)}
    last = tree.count_hashes(size)
    more = ledger.rows("SELECT 1 FROM tree WHERE place >= ? LIMIT 1", (last,))
    return "after the last entry" if more else ""


def check_checkpoints(ledger: Reader) -> None:
    """Check every signed checkpoint against the tree.

    Raises:
        Broken: naming the entry of the first one that does not fit.
    """
    if not ledger.has_tree:
        return
    entries = ledger.head().seq
    query = "SELECT size, note, public_key FROM checkpoint LEFT JOIN head ON seq = size"
    for size, note, public_key in ledger.rows(f"{query} ORDER BY size"):
        # Start-up time: cryptography is loaded when there is a signature.
        from cptkiosk.ledger.signing import checkpoint_fits

        there = 0 < size <= entries
        if not there or not checkpoint_fits(
            note, checkpoint_at(size, ledger.tree_hash), public_key or ""
        ):
            raise Broken(size, "the signed checkpoint up to here does not fit")
