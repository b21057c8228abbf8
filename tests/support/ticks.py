"""Spans of a day as bits of a number: which ticks a clock ran in, to be counted one by one."""

TICK_MS = 250
"""Every span of a day kept by hand is a whole number of ticks."""


def span(begin: int, end: int) -> int:
    """Return a number with the bits from `begin` to before `end` set."""
    return ((1 << (end - begin)) - 1) << begin if end > begin else 0
