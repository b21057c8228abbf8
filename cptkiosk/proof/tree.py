"""A Merkle tree as in RFC 6962: roots, proofs, and how both are checked.

Hashes are kept in the order in which they come to be: a leaf, then each subtree that it
completes. So a tree grows by appending alone. Go's golang.org/x/mod/sumdb/tlog keeps
the same order.

`read` returns the hash at a place of that order.
"""

import hashlib
from collections.abc import Callable, Sequence

Read = Callable[[int], bytes]

EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of a leaf."""
    return hashlib.sha256(b"\0" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of a node over two others."""
    return hashlib.sha256(b"\1" + left + right).digest()


def place_of(level: int, number: int) -> int:
    """Return where the hash of a complete subtree stands, both counted from 0.

    Args:
        level: how high it is; it covers 2**level leaves.
        number: which one of that height it is, from the left.
    """
    last_leaf = ((number + 1) << level) - 1
    return 2 * last_leaf - last_leaf.bit_count() + level


def count_hashes(size: int) -> int:
    """Return how many hashes a tree of `size` leaves has."""
    return 2 * size - size.bit_count()


def tree_size(hashes: int) -> int:
    """Return how many leaves a tree of so many hashes has."""
    size = hashes // 2
    while count_hashes(size) < hashes:
        size += 1
    return size


def edge_places(size: int) -> list[int]:
    """Return the places that a tree of `size` leaves grows on from."""
    levels = [level for level in range(size.bit_length()) if (size >> level) & 1]
    return [place_of(level, (size >> level) - 1) for level in levels]


def new_hashes(index: int, leaf: bytes, read: Read) -> list[bytes]:
    """Return the leaf and each subtree that it completes, from `place_of(0, index)` on."""
    made, level = [leaf], 0
    while (index >> level) & 1:
        left = read(place_of(level, (index >> level) - 1))
        made.append(node_hash(left, made[-1]))
        level += 1
    return made


def root_hash(size: int, read: Read) -> bytes:
    """Return the root of a tree of `size` leaves."""
    return _range_hash(0, size, read) if size else EMPTY_ROOT


def _range_hash(start: int, size: int, read: Read) -> bytes:
    if size & (size - 1) == 0:
        level = size.bit_length() - 1
        return read(place_of(level, start >> level))
    left = _left_size(size)
    return node_hash(
        _range_hash(start, left, read), _range_hash(start + left, size - left, read)
    )


def _left_size(size: int) -> int:
    """Return the largest power of two below `size`."""
    return 1 << ((size - 1).bit_length() - 1)


def inclusion_proof(index: int, size: int, read: Read) -> list[bytes]:
    """Return what proves leaf `index`, from 0, to be in a tree of `size` leaves."""
    return _inclusion_path(index, 0, size, read)


def _inclusion_path(index: int, start: int, size: int, read: Read) -> list[bytes]:
    if size == 1:
        return []
    left = _left_size(size)
    if index < left:
        rest = _range_hash(start + left, size - left, read)
        return [*_inclusion_path(index, start, left, read), rest]
    rest = _range_hash(start, left, read)
    return [*_inclusion_path(index - left, start + left, size - left, read), rest]


def consistency_proof(old_size: int, size: int, read: Read) -> list[bytes]:
    """Return what proves that a tree of `size` leaves begins with one of `old_size`."""
    if not 0 < old_size < size:
        return []
    return _consistency_path(old_size, 0, size, read, whole=True)


def _consistency_path(
    old_size: int, start: int, size: int, read: Read, *, whole: bool
) -> list[bytes]:
    if old_size == size:
        return [] if whole else [_range_hash(start, size, read)]
    left = _left_size(size)
    if old_size <= left:
        path = _consistency_path(old_size, start, left, read, whole=whole)
        return [*path, _range_hash(start + left, size - left, read)]
    path = _consistency_path(
        old_size - left, start + left, size - left, read, whole=False
    )
    return [*path, _range_hash(start, left, read)]


def included_root(
    index: int, size: int, leaf: bytes, proof: Sequence[bytes]
) -> bytes | None:
    """Return the root that an inclusion proof leads to; None if it cannot be one."""
    if not 0 <= index < size:
        return None
    number, last, root = index, size - 1, leaf
    for other in proof:
        if last == 0:
            return None
        if number & 1 or number == last:
            root = node_hash(other, root)
            while number and not number & 1:
                number, last = number >> 1, last >> 1
        else:
            root = node_hash(root, other)
        number, last = number >> 1, last >> 1
    return root if last == 0 else None


def is_consistent(
    old_size: int, old_root: bytes, size: int, root: bytes, proof: Sequence[bytes]
) -> bool:
    """Return whether a tree begins with an older one, as RFC 9162 2.1.4.2 checks it."""
    if old_size == size:
        return old_root == root and not proof
    if not 0 < old_size < size:
        return False
    path = list(proof)
    if old_size & (old_size - 1) == 0:
        path.insert(0, old_root)
    if not path:
        return False
    number, last = old_size - 1, size - 1
    while number & 1:
        number, last = number >> 1, last >> 1
    old_found = found = path[0]
    for other in path[1:]:
        if last == 0:
            return False
        if number & 1 or number == last:
            old_found, found = node_hash(other, old_found), node_hash(other, found)
            while number and not number & 1:
                number, last = number >> 1, last >> 1
        else:
            found = node_hash(found, other)
        number, last = number >> 1, last >> 1
    return last == 0 and (old_found, found) == (old_root, root)
