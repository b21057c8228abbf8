"""A public seed draws the same attempts for everybody, and the bound is exact."""

import hashlib
from math import comb

import pytest

from cptkiosk.central.sampling import draw_names, most_wrong


def tried_one_by_one(population: int, drawn: int, differences: int) -> int:
    """Return the bound by trying every number of wrong attempts."""
    possible = [
        wrong
        for wrong in range(differences, population - drawn + differences + 1)
        if 100
        * sum(
            comb(wrong, found) * comb(population - wrong, drawn - found)
            for found in range(differences + 1)
        )
        >= 5 * comb(population, drawn)
    ]
    return max(possible, default=differences)


def test_59_drawn_of_1000_without_a_difference_mean_fewer_than_49_wrong() -> None:
    assert most_wrong(1000, 59, 0) + 1 == 49


@pytest.mark.parametrize("population", [1, 2, 7, 16, 23])
def test_the_bound_is_the_one_found_by_trying_every_number(population: int) -> None:
    for drawn in range(1, population + 1):
        for differences in range(drawn + 1):
            bound = most_wrong(population, drawn, differences)
            assert bound == tried_one_by_one(population, drawn, differences)


def test_everything_compared_leaves_nothing_open() -> None:
    assert most_wrong(200, 200, 3) == 3
    assert most_wrong(0, 0, 0) == 0


def test_anybody_can_draw_again_with_a_plain_hash() -> None:
    names = [f"TN-014/2026-11-23-1/P{number}" for number in range(50)]

    def number(name: str) -> str:
        return hashlib.sha256(f"4 8 15\n{name}\n".encode()).hexdigest()

    drawn = draw_names("4 8 15", names, 5)

    assert drawn == sorted(names, key=number)[:5]
    assert drawn == draw_names("4 8 15", reversed(names), 5)
    assert drawn != draw_names("4 8 16", names, 5)
