"""An older copy in the record's place is noticed by what was made of the newer one."""

import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from cptkiosk.cli.main import main
from cptkiosk.cli.open_record import opening_notice
from cptkiosk.desk import Desk
from cptkiosk.domain.state.session import Stage
from cptkiosk.errors import ExitCode
from cptkiosk.host.data_directory import Paths
from cptkiosk.ledger.maintenance.backup import back_up
from cptkiosk.ledger.maintenance.later_heads import later_head
from cptkiosk.ledger.maintenance.verify import verify_ledger
from cptkiosk.reports.formats import Format, write_report
from cptkiosk.reports.sealed import make_sealed, sealed_report
from cptkiosk.upload.bundle import take_snapshot
from cptkiosk.upload.folder import write_bundle
from support.center import LEE, open_desk
from support.sessions import a_session


def backed_up(desk: Desk, paths: Paths) -> str:
    back_up(desk.ledger, paths.backups / "ledger-00000068.db")
    return "backups/ledger-00000068.db"


def bundled(desk: Desk, paths: Paths) -> str:
    folder = paths.root / "uploads"
    folder.mkdir()
    report = sealed_report(desk.definitions)
    path = write_bundle(desk, "a", folder, LEE, report=report)[0]
    return f"uploads/{path.name}"


def reported(desk: Desk, paths: Paths) -> str:
    paths.reports.mkdir()
    sealed = take_snapshot(desk, "a")
    path = write_report(
        make_sealed(sealed, desk.definitions), Format.TEXT, paths.reports
    )
    return f"reports/{path.name}"


MADE = {"backup": backed_up, "bundle": bundled, "report": reported}


def with_an_older_copy(desk: Desk, folder: Path, make: Callable[..., str]) -> str:
    """Put an older copy in the place of a record with a seal; return what was made."""
    old = folder.parent / "old.db"
    back_up(desk.ledger, old)
    a_session(desk, 1, Stage.SEALED, "a")
    named = make(desk, Paths(folder))
    assert later_head(desk.ledger, Paths(folder)) == ""
    desk.ledger.close()
    for one in folder.glob("ledger.db*"):
        one.unlink()
    shutil.copy(old, folder / "ledger.db")
    return named


@pytest.mark.parametrize("made", MADE)
def test_an_older_copy_in_the_records_place_is_noticed(
    made: str, desk: Desk, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    named = with_an_older_copy(desk, folder, MADE[made])

    again = open_desk(folder, desk.clock)
    assert verify_ledger(again.ledger).later_head == named
    notice = opening_notice(again, Paths(folder))
    again.ledger.close()

    assert f"{named} has signed entries" in notice.text
    assert "may be an older copy" in notice.text
    assert notice.mark == "older record?"
    arguments = ["--data-dir", str(folder), "ledger", "verify"]
    assert main(arguments) == ExitCode.DONE
    assert (
        "has signed entries that are missing from this record"
        in capsys.readouterr().out
    )
    assert main([*arguments, "--json"]) == ExitCode.DONE
    assert json.loads(capsys.readouterr().out)["later_head"] == named


def test_a_bundle_of_another_center_says_nothing_of_this_record(
    desk: Desk, folder: Path
) -> None:
    with_an_older_copy(desk, folder, bundled)
    (folder / "installation.key").unlink()

    again = open_desk(folder, desk.clock)

    assert later_head(again.ledger, Paths(folder)) == ""
    again.ledger.close()


@pytest.mark.parametrize(
    "name", ["uploads/cptkiosk-X-r1.zip", "reports/session-report-a-r1.txt"]
)
@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 cut", b"Ledger head   entry x\n"])
def test_a_file_that_cannot_be_understood_says_nothing(
    name: str, data: bytes, desk: Desk, folder: Path
) -> None:
    (folder / name).parent.mkdir()
    (folder / name).write_bytes(data)
    assert later_head(desk.ledger, Paths(folder)) == ""


def zipped(path: Path, manifest: str, packed: int) -> None:
    path.parent.mkdir()
    with zipfile.ZipFile(path, "w", packed) as archive:
        archive.writestr("manifest.json", manifest)


@pytest.mark.parametrize(
    "packed", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA]
)
def test_a_damaged_zip_says_nothing(packed: int, desk: Desk, folder: Path) -> None:
    path = folder / "uploads" / "cptkiosk-X-r1.zip"
    zipped(path, json.dumps({"head": list(range(5_000))}), packed)
    data = path.read_bytes()
    path.write_bytes(data[:60] + b"\xff" * 20 + data[80:])

    assert later_head(desk.ledger, Paths(folder)) == ""


@pytest.mark.parametrize(
    "manifest", ['{"head": {"seq": 1e999, "hash": "x"}}', "[" * 100_000]
)
def test_a_manifest_out_of_all_bounds_says_nothing(
    manifest: str, desk: Desk, folder: Path
) -> None:
    zipped(folder / "uploads" / "cptkiosk-X-r1.zip", manifest, zipfile.ZIP_STORED)
    assert later_head(desk.ledger, Paths(folder)) == ""
