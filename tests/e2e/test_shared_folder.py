"""Two machines on one network folder keep every person they recorded."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cptkiosk.errors import ExitCode
from support.shared_folder import mounted, needs_sshfs
from support.shell import PATIENCE_S, init_center

pytestmark = [pytest.mark.slow, needs_sshfs]

PEOPLE = 15
"""So many does each machine import, one roster each."""

SAFE = "--network-folder-is-safe"


def importing(data: Path, names: str, rosters: Path, *options: str) -> dict[str, int]:
    """Import one person after the other; return each with the exit code."""
    codes = {}
    for at in range(PEOPLE):
        who = f"{names}{at:02}"
        roster = rosters / f"{who}.csv"
        roster.write_text(
            f"Participant ID,Last Name,First Name,Assessment\n{who},Roe,{who},Safety\n"
        )
        program = [sys.executable, "-m", "cptkiosk", "--data-dir", str(data), *options]
        done = subprocess.run(
            [*program, "roster", "import", str(roster)],
            capture_output=True, text=True, timeout=PATIENCE_S, check=False,
        )  # fmt: skip
        codes[who] = done.returncode
        if done.returncode:
            assert "network folder" in done.stderr or "network file" in done.stderr
    return codes


@pytest.mark.parametrize("options", [(), (SAFE,)], ids=["refused", "called safe"])
def test_a_person_reported_as_recorded_is_in_the_record(
    tmp_path: Path, options: tuple[str, ...]
) -> None:
    served, rosters = tmp_path / "served", tmp_path / "rosters"
    rosters.mkdir()
    center = init_center(served)
    machines = (tmp_path / "machine-a", tmp_path / "machine-b")
    with mounted(served, *machines), ThreadPoolExecutor(2) as pool:
        both = [
            pool.submit(importing, machine, names, rosters, *options)
            for machine, names in zip(machines, "AB", strict=True)
        ]
        codes = {who: code for one in both for who, code in one.result().items()}

    recorded = {who for who, code in codes.items() if code == ExitCode.DONE}
    assert {*codes.values()} <= {ExitCode.DONE, ExitCode.STORAGE}
    assert bool(recorded) == bool(options)
    people = json.loads(center.ok("person", "list", "--json"))["people"]
    assert {one["participant_id"] for one in people} == recorded
    assert center.ok("ledger", "verify").startswith("Verified")
