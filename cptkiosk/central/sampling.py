"""Drawing by a public seed, and what a drawn sample says of all: pure arithmetic.

Anyone who has the list can draw again: an attempt's number is the SHA-256 of the seed
and its name, and those with the lowest numbers are drawn.
"""

import hashlib
from collections.abc import Iterable
from heapq import nsmallest
from math import comb

CONFIDENCE_PERCENT = 95


def draw_number(seed: str, name: str) -> str:
    """Return the number by which an attempt is drawn: lower comes first.

    Args:
        seed: public words, chosen after the results were in.
        name: `SITE/SESSION/ATTEMPT`.
    """
    return hashlib.sha256(f"{seed}\n{name}\n".encode()).hexdigest()


def draw_names(seed: str, names: Iterable[str], count: int) -> list[str]:
    """Return the names that the seed draws, in the order drawn."""
    drawn = nsmallest(count, ((draw_number(seed, name), name) for name in names))
    return [name for _, name in drawn]


def most_wrong(population: int, drawn: int, differences: int) -> int:
    """Return the most wrong attempts that a sample leaves possible at 95%.

    With one more wrong among all, a sample with so few differences would come up in
    fewer than 5 of 100 draws. Computed exactly: drawn without putting back
    (hypergeometric).

    Args:
        population: how many attempts there are.
        drawn: how many were compared, at most all of them.
        differences: how many of those differed.
    """
    if drawn == population:
        return differences
    low, high = differences, population - (drawn - differences)
    while low < high:
        middle = (low + high + 1) // 2
        if _is_possible(population, middle, drawn, differences):
            low = middle
        else:
            high = middle - 1
    return low


def _is_possible(population: int, wrong: int, drawn: int, differences: int) -> bool:
    """Return whether so few differences come up in at least 5% of all samples."""
    right = population - wrong
    found = max(0, drawn - right)
    term = comb(wrong, found) * comb(right, drawn - found)
    ways = 0
    while found <= differences:
        ways += term
        # The next one from this one: much quicker than from the beginning.
        term = term * (wrong - found) * (drawn - found)
        found += 1
        term //= found * (right - drawn + found)
    return 100 * ways >= (100 - CONFIDENCE_PERCENT) * comb(population, drawn)
