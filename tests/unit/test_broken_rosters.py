"""No broken roster loses, doubles or renames a person or mixes two up."""

from pathlib import Path

import pytest

from cptkiosk.roster.model import RosterUnreadable
from cptkiosk.roster.reader import read_roster
from support.broken_rosters import ON_THE_FILE, ON_THE_GRID, draft
from support.options import option
from support.roster_faults import faults
from support.rosters import MODULES

FILES = 400
SOAKED = 10_000


def check(seeds: range, folder: Path) -> None:
    """Read the roster of each seed; the first that goes wrong is named with its seed."""
    for seed in seeds:
        made = draft(seed)
        path = folder / made.name
        path.write_bytes(made.data)
        try:
            roster = read_roster(path, MODULES)
        except RosterUnreadable:
            continue  # One sentence about the whole file loses no person.
        found = list(faults(made, roster))
        assert not found, f"seed {seed}, {made.done}: {found}\n{made.data!r}"


def test_there_are_many_ways_to_break_a_roster() -> None:
    assert len(ON_THE_GRID) + len(ON_THE_FILE) >= 40


def test_some_hundred_broken_rosters_lose_no_person(tmp_path: Path) -> None:
    check(range(FILES), tmp_path)


def test_most_broken_rosters_are_read_all_the_same(tmp_path: Path) -> None:
    people = 0
    for seed in range(100):
        made = draft(seed)
        path = tmp_path / made.name
        path.write_bytes(made.data)
        try:
            people += len(
                {row.participant_id for row in read_roster(path, MODULES).rows}
            )
        except RosterUnreadable:
            continue
    assert people > 450


@pytest.mark.soak
@pytest.mark.timeout(1200)
def test_ten_thousand_broken_rosters_lose_no_person(tmp_path: Path) -> None:
    first, files = option("SEED", FILES), option("ROSTERS", SOAKED)
    print(f"CPTKIOSK_TEST_SEED={first}: {files:,} broken rosters")
    check(range(first, first + files), tmp_path)
