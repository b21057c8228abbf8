"""The tree hashes and proves as RFC 6962 defines it, and refuses what is not so."""

import hashlib
from collections.abc import Sequence

import pytest

from cptkiosk.proof import tree

SIZES = range(1, 34)


def leaves(size: int, changed: int = -1) -> list[bytes]:
    return [b"changed" if one == changed else b"%d" % one for one in range(size)]


def defined_root(data: Sequence[bytes]) -> bytes:
    """Return the root as RFC 6962 section 2.1 writes it down."""
    if not data:
        return hashlib.sha256().digest()
    if len(data) == 1:
        return hashlib.sha256(b"\0" + data[0]).digest()
    half = 1
    while half * 2 < len(data):
        half *= 2
    left, right = defined_root(data[:half]), defined_root(data[half:])
    return hashlib.sha256(b"\1" + left + right).digest()


def grown(data: Sequence[bytes]) -> list[bytes]:
    """Return the hashes of a tree that grew leaf by leaf."""
    hashes: list[bytes] = []
    for index, one in enumerate(data):
        assert len(hashes) == tree.place_of(0, index) == tree.count_hashes(index)
        hashes += tree.new_hashes(index, tree.leaf_hash(one), hashes.__getitem__)
    return hashes


@pytest.mark.parametrize("size", [0, *SIZES])
def test_a_tree_that_grew_has_the_root_that_the_standard_defines(size: int) -> None:
    hashes = grown(leaves(size))

    assert tree.root_hash(size, hashes.__getitem__) == defined_root(leaves(size))
    assert tree.tree_size(len(hashes)) == size
    edge = {place: hashes[place] for place in tree.edge_places(size)}
    assert tree.root_hash(size, edge.__getitem__) == defined_root(leaves(size))


@pytest.mark.parametrize("size", SIZES)
def test_each_leaf_is_proved_and_no_other_in_its_place(size: int) -> None:
    data = leaves(size)
    read = grown(data).__getitem__
    root = defined_root(data)
    for index, one in enumerate(data):
        proof = tree.inclusion_proof(index, size, read)
        leaf = tree.leaf_hash(one)

        assert tree.included_root(index, size, leaf, proof) == root
        assert tree.included_root(index, size, tree.leaf_hash(b"x"), proof) != root
        assert tree.included_root(index, size, leaf, [*proof, root]) != root
        for other in set(range(size)) - {index}:
            assert tree.included_root(other, size, leaf, proof) != root
        for cut in range(len(proof)):
            assert tree.included_root(index, size, leaf, proof[:cut]) != root


@pytest.mark.parametrize("index", [-1, 5, 6])
def test_a_leaf_beyond_the_tree_is_not_proved(index: int) -> None:
    assert tree.included_root(index, 5, b"", []) is None


@pytest.mark.parametrize("size", SIZES)
def test_a_tree_continues_each_earlier_one_and_no_other(size: int) -> None:
    read = grown(leaves(size)).__getitem__
    root = defined_root(leaves(size))
    for old in range(1, size + 1):
        proof = tree.consistency_proof(old, size, read)
        old_root = defined_root(leaves(old))

        assert tree.is_consistent(old, old_root, size, root, proof)
        rewritten = defined_root(leaves(old, changed=old // 2))
        assert not tree.is_consistent(old, rewritten, size, root, proof)
        assert not tree.is_consistent(old, old_root, size, rewritten, proof)
        for cut in range(len(proof)):
            assert not tree.is_consistent(old, old_root, size, root, proof[:cut])
        assert not tree.is_consistent(old, old_root, size, root, [*proof, root])


def test_a_smaller_tree_does_not_continue_a_larger_one() -> None:
    root = defined_root(leaves(3))

    assert not tree.is_consistent(4, defined_root(leaves(4)), 3, root, [])
    assert not tree.is_consistent(0, tree.EMPTY_ROOT, 3, root, [])
