"""How far a rehearsed day is played; imports nothing that costs time."""

from enum import StrEnum


class Until(StrEnum):
    """The phases of the day in order, each called by what it leaves behind."""

    PLANNED = "planned"
    """The center, its staff, and everyone on the roll."""

    CHECK_IN = "check-in"
    """The doors are open and the room is seated; the start is next."""

    RUNNING = "running"
    """Twelve minutes of testing; who came late tests on their own clock."""

    HALTED = "halted"
    """The fire alarm in the fiftieth minute; all clocks stand."""

    ENDED = "ended"
    """Everyone has finished, and the session has ended."""

    SCORED = "scored"
    """Every score is keyed twice, and the scratch paper counted."""

    SEALED = "sealed"
    """The record is signed, and its bundle written."""
