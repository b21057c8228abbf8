"""What is given to a command: refused where it could only be meant otherwise."""

import io
import os
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cptkiosk.cli.main import main
from cptkiosk.desk import Desk
from cptkiosk.domain.state import center
from cptkiosk.domain.values import Personal
from cptkiosk.errors import ExitCode
from cptkiosk.host import mounts
from cptkiosk.reports.files import left_beside
from cptkiosk.upload import queue
from support.center import LEDGER
from support.verdicts import refuses


@pytest.mark.parametrize(
    "arguments",
    [
        ("person", "show", "100470\udcff"),
        ("ledger", "backup", "--to", "stick/\udcff"),
        ("--data-dir", "\udcff", "ledger", "verify"),
    ],
)
def test_text_that_is_not_utf8_is_refused_as_such(
    folder: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    assert main(["--data-dir", str(folder), *arguments]) == ExitCode.USAGE
    said = capsys.readouterr().err
    assert "is not valid UTF-8. Nothing was done." in said


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("bundle", "S", "--to", ""), "--to is empty"),
        (("ledger", "backup", "--to", ""), "--to is empty"),
        (("ledger", "backup", "--to="), "--to is empty"),
        (("--data-dir", "", "ledger", "verify"), "--data-dir is empty"),
        (("person", "show", ""), "An argument is empty"),
    ],
)
def test_an_empty_value_does_not_mean_the_default(
    desk: Desk,
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    named: str,
) -> None:
    desk.ledger.close()

    assert main(["--data-dir", str(folder), *arguments]) == ExitCode.USAGE
    assert named in capsys.readouterr().err
    assert not (folder / "backups").exists()


def staff_pin(folder: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr("sys.stdin", io.StringIO("846203\n"))
    return main(
        ["--data-dir", str(folder), "staff", "pin", "--name", name, "--pin-stdin"]
    )


def test_a_name_is_found_whatever_its_accents_and_capitals(
    desk: Desk,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    desk.ledger.close()
    monkeypatch.setattr("sys.stdin", io.StringIO("739154\n"))
    add = ["--data-dir", str(folder), "staff", "add", "--role", "proctor"]
    assert main([*add, "--name", "José Diaz", "--pin-stdin"]) == ExitCode.DONE

    monkeypatch.setattr("sys.stdin", io.StringIO("739154\n"))
    assert main([*add, "--name", "Jose DIAZ", "--pin-stdin"]) == ExitCode.REFUSED
    assert "José Diaz is already on the staff list" in capsys.readouterr().err
    assert staff_pin(folder, "jose diaz", monkeypatch) == ExitCode.DONE
    assert "The PIN of José Diaz is set" in capsys.readouterr().out


def test_an_exact_name_wins_over_a_similar_name(desk: Desk) -> None:
    member = next(iter(desk.center.staff.values()))
    both = {
        staff_id: replace(member, staff_id=staff_id, name=Personal(name, staff_id))
        for staff_id, name in (("s8", "José Diaz"), ("s9", "Jose Diaz"))
    }
    # As a record of before may hold them.
    now = replace(desk.center, staff=both)

    assert center.find_member(now, "Jose Diaz").name.text == "Jose Diaz"
    assert center.find_member(now, "José Diaz").name.text == "José Diaz"
    with refuses("matches more than one person on the staff list"):
        center.find_member(now, "JOSE DIAZ")


def test_copies_of_a_record_that_name_a_person_are_all_listed(
    tmp_path: Path,
) -> None:
    (tmp_path / LEDGER).write_text("Okafor")
    (tmp_path / "aside").mkdir()
    (tmp_path / "aside" / LEDGER).write_text("Okafor")
    (tmp_path / f"{LEDGER}.old").write_text("Okafor")

    left = left_beside(tmp_path, ("Okafor",), "100470")

    assert left.naming == (tmp_path / "aside" / LEDGER, tmp_path / f"{LEDGER}.old")
    assert left.unread == ()


def test_unreadable_files_are_listed_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "note.txt").write_text("Okafor")
    with zipfile.ZipFile(tmp_path / "torn.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a", "Okafor" * 500)
    data = bytearray((tmp_path / "torn.zip").read_bytes())
    data[35:50] = bytes(15)
    (tmp_path / "torn.zip").write_bytes(data)
    (tmp_path / "closed.txt").write_text("Okafor")
    read = Path.read_bytes

    def closed(path: Path) -> bytes:
        if path.name == "closed.txt":
            raise PermissionError(13, os.strerror(13))
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", closed)
    left = left_beside(tmp_path, ("Okafor",), "100470")

    assert left.naming == (tmp_path / "note.txt",)
    assert left.unread == (tmp_path / "closed.txt", tmp_path / "torn.zip")


def test_a_name_is_found_on_a_page_and_a_pdf_may_have_it(tmp_path: Path) -> None:
    (tmp_path / "report.html").write_text("<td>O&#x27;Brien</td>")
    (tmp_path / "report.pdf").write_bytes(b"%PDF-1.7")

    left = left_beside(tmp_path, ("O'Brien",), "100470")

    assert left.naming == (tmp_path / "report.html",)
    assert left.unread == (tmp_path / "report.pdf",)


def test_one_folder_that_cannot_be_read_hides_no_stick(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ana", "sam", "sam/stick"):
        (tmp_path / name).mkdir()
    look = Path.iterdir

    def closed(path: Path) -> Iterator[Path]:
        if path.name == "ana":
            raise PermissionError(13, os.strerror(13))
        return look(path)

    monkeypatch.setattr(mounts, "DRIVES", (str(tmp_path), "/not/there"))
    monkeypatch.setattr(Path, "iterdir", closed)
    monkeypatch.setattr(Path, "is_mount", lambda path: path.name == "stick")

    assert queue.list_drives() == (tmp_path / "sam" / "stick",)
