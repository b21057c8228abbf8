"""Long commands on a terminal say how far they are, and leave nothing of it behind."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from support.center import open_desk, staffed
from support.clock import HandClock

ROWS = 6_000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    desk = open_desk(folder, HandClock())
    staffed(desk)
    desk.ledger.close()
    header = "Participant ID,Last Name,First Name,Assessment,User Code"
    rows = (f"{100_000 + one},Ng{one},Kim,Safety,C{one}" for one in range(ROWS))
    (tmp_path / "big.csv").write_text("\n".join((header, *rows)))
    return folder


def run(folder: Path, *arguments: str) -> tuple[str, str]:
    """Run a command whose complaints go to a terminal; return answer and terminal."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "cptkiosk", "--data-dir", str(folder), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=theirs,
    )
    os.close(theirs)
    seen = b""
    try:
        while chunk := os.read(ours, 4096):
            seen += chunk
    except OSError:
        pass  # nobody has the other end open any more
    os.close(ours)
    answer, _ = process.communicate(timeout=120)
    assert process.returncode == 0, seen
    return answer.decode(), seen.decode()


def is_clean(seen: str) -> bool:
    """Tell whether a line of progress was wiped out, if a slow machine showed one."""
    *_, blank, end = ("", *seen.split("\r"))
    return not blank.strip() and not end


@pytest.mark.slow
def test_an_import_says_how_far_it_is_and_cleans_up_after_itself(
    folder: Path, tmp_path: Path
) -> None:
    answer, seen = run(folder, "roster", "import", str(tmp_path / "big.csv"), "--json")
    assert json.loads(answer)["people"]["new"] == ROWS
    shares = [int(part[-3:-1]) for part in seen.split("\r") if "importing" in part]
    assert shares
    assert max(shares) > 50
    assert is_clean(seen)


@pytest.mark.slow
def test_a_verified_backup_leaves_nothing_of_its_progress_behind(
    folder: Path, tmp_path: Path
) -> None:
    answer, seen = run(folder, "ledger", "backup", "--to", str(tmp_path / "copy.db"))
    assert "verified" in answer
    assert is_clean(seen)
    answer, seen = run(folder, "ledger", "verify")
    assert answer.startswith("Verified: ")
    assert is_clean(seen)
