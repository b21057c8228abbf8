"""Rosters to read: sample files, what modules are called, and how a test reads one."""

from collections.abc import Callable
from pathlib import Path

from cptkiosk.roster.reader import RosterFile, read_roster

ROSTERS = Path(__file__).parents[1] / "data" / "rosters"
HEAD = "Participant ID,Last Name,First Name,Assessment"
LONG_HEAD = f"{HEAD},User Code,Birth Date,Extended Time,Paid"
MODULES = {
    "safety": "safety",
    "5929": "safety",
    "quality": "quality",
    "quality practices and measurement": "quality",
    "5923": "quality",
    "production": "production",
    "mfg processes": "production",
    "manufacturing processes and production": "production",
    "maintenance": "maintenance",
    "maintenance awareness": "maintenance",
    "green": "green",
    "green production": "green",
}

Read = Callable[..., RosterFile]
"""Reads content, a text or bytes, as a file of the name that may follow it."""

Refusal = Callable[..., str]
"""Does the same with what is no roster, and returns the one sentence that says so."""


def reader(folder: Path) -> Read:
    """Return what reads content as a file in `folder`."""

    def read(content: str | bytes, name: str = "roster.csv") -> RosterFile:
        path = folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_roster(path, MODULES)

    return read


def reasons(roster: RosterFile) -> dict[int, str]:
    return {rejected.row: rejected.reason for rejected in roster.rejected}
