"""Power cuts, rebuilt from the system calls of a whole life of a ledger.

A usual run makes 20 cuts with each journal. CPTKIOSK_TEST_TRACED_CUTS sets that number,
CPTKIOSK_TEST_SEED the chance.
"""

import random
from collections.abc import Iterator
from itertools import groupby, pairwise
from pathlib import Path

import pytest

from cptkiosk.errors import StorageError
from support.journals import RULED, WEAK, Journal
from support.kept import Lost, assert_kept
from support.options import chance, option
from support.power_model import Disk
from support.power_trace import Said, Step, no_strace, recorded

STEPS = 20
CUTS = option("TRACED_CUTS", 20)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(60 + CUTS),
    pytest.mark.skipif(bool(no_strace()), reason=no_strace()),
]


@pytest.fixture(scope="module")
def lives() -> dict[Journal, tuple[Step, ...]]:
    """What was traced so far: tracing takes longer than looking at it."""
    return {}


@pytest.fixture
def steps(
    journal: Journal, lives: dict[Journal, tuple[Step, ...]], tmp_path: Path
) -> tuple[Step, ...]:
    """What a ledger's life is on the disk, from an empty folder on."""
    if journal not in lives:
        lives[journal] = recorded(tmp_path / "traced", journal, STEPS)
    return lives[journal]


def said_at(steps: tuple[Step, ...]) -> list[int]:
    """Return where something is acknowledged."""
    return [number for number, step in enumerate(steps) if isinstance(step, Said)]


def last_commits(steps: tuple[Step, ...]) -> list[list[str]]:
    """Return in words what was done between the last acknowledgements."""
    return [
        [word for word, _ in groupby(one.words for one in steps[start + 1 : end + 1])]
        for start, end in pairwise(said_at(steps)[-4:])
    ]


COMMIT = {
    Journal.WAL: ["write ledger.db-wal", "sync ledger.db-wal", "say"],
    Journal.DELETE: [
        "create ledger.db-journal",
        "write ledger.db-journal",
        "sync ledger.db-journal",
        "sync .",
        "write ledger.db-journal",
        "sync ledger.db-journal",
        "write ledger.db",
        "sync ledger.db",
        "unlink ledger.db-journal",
        "sync .",
        "say",
    ],
    Journal.WEAK_WAL: ["write ledger.db-wal", "say"],
}
COMMIT[Journal.WEAK_DELETE] = [*COMMIT[Journal.DELETE][:-2], "say"]


@pytest.mark.parametrize("journal", list(Journal))
def test_a_commit_reaches_the_disk_in_the_order_its_journal_needs(
    steps: tuple[Step, ...], journal: Journal
) -> None:
    # SQLite may copy a full log into the ledger at the end of one of them.
    commits = last_commits(steps)

    assert min(commits, key=len) == COMMIT[journal]
    assert all(
        one[: len(COMMIT[journal]) - 1] == COMMIT[journal][:-1] for one in commits
    )


@pytest.mark.parametrize("journal", RULED)
def test_nothing_is_unsure_at_the_moment_it_is_acknowledged(
    steps: tuple[Step, ...], journal: Journal
) -> None:
    disk = Disk()
    for step in steps:
        disk.follow(step)
        if isinstance(step, Said):
            assert not disk.unsure(), f"'{step.line}' was said too early"
    assert len(disk.said) == STEPS + len(["center", "session"])


@pytest.mark.parametrize("journal", WEAK)
def test_a_journal_that_is_too_weak_is_seen_to_acknowledge_too_early(
    steps: tuple[Step, ...], journal: Journal
) -> None:
    disk = Disk()
    early = 0
    for step in steps:
        disk.follow(step)
        early += isinstance(step, Said) and bool(disk.unsure())
    assert early > STEPS // 2


def cut(
    steps: tuple[Step, ...], at: random.Random, times: int
) -> Iterator[tuple[int, dict[str, bytes], tuple[str, ...]]]:
    """Cut after some steps, half the times right after something was acknowledged."""
    said = said_at(steps)
    after = sorted(
        at.choice(said) if at.random() < 0.5 else at.randrange(len(steps))
        for _ in range(times)
    )
    disk, reached = Disk(), 0
    for number in after:
        for step in steps[reached : number + 1]:
            disk.follow(step)
        reached = number + 1
        yield number, disk.after_cut(at), tuple(disk.said)


def rebuilt(files: dict[str, bytes], folder: Path) -> Path:
    """Write the files down as the disk had them."""
    folder.mkdir(mode=0o700)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


@pytest.mark.parametrize("journal", RULED)
def test_whatever_reached_the_disk_what_was_acknowledged_did(
    steps: tuple[Step, ...], journal: Journal, tmp_path: Path
) -> None:
    kept = 0
    for turn, (number, files, said) in enumerate(cut(steps, chance(), CUTS)):
        print(f"cut {turn} after step {number} of {len(steps)}")
        kept += assert_kept(rebuilt(files, tmp_path / f"{turn}"), journal, said)
    print(f"{journal}: {CUTS} cuts, {kept} acknowledged steps looked for and found")
    assert kept > CUTS


@pytest.mark.parametrize("journal", WEAK)
def test_a_journal_that_is_too_weak_is_seen_to_lose(
    steps: tuple[Step, ...], journal: Journal, tmp_path: Path
) -> None:
    lost = 0
    for turn, (_, files, said) in enumerate(cut(steps, chance(), CUTS)):
        try:
            assert_kept(rebuilt(files, tmp_path / f"{turn}"), journal, said)
        except (Lost, StorageError):
            # A file that does not open any more has lost everything.
            lost += 1
    print(f"{journal}: {lost} of {CUTS} cuts lost something acknowledged")
    assert lost
