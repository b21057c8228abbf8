"""A change of seats between two people."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SeatSwap:
    """Two people changed seats, as one of them has it."""

    utc_ms: int
    other: str
    """The other's attempt."""

    before: str
    """The seat they had."""
