"""What is said to be there is on the disk: its bytes first, then its name."""

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from cptkiosk.desk import Desk
from cptkiosk.host.data_directory import keep_look
from cptkiosk.ledger.maintenance import salvage_writer
from cptkiosk.ledger.maintenance.backup import back_up
from cptkiosk.ledger.maintenance.restore import restore_backup
from cptkiosk.ledger.maintenance.salvage import look_for
from cptkiosk.ledger.opening import create_ledger, make_place
from cptkiosk.ledger.signing import Signer
from cptkiosk.reports.files import write_private
from cptkiosk.upload.folder import write_new_file
from support.center import LEDGER, open_desk, staffed
from support.clock import HandClock


class Disk:
    """What a program tells the disk: what to sync, and under which name to keep it."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.said: list[tuple[Path, Path | None]] = []
        """Each file or folder that was synced, and each old name with its new one."""

        fsync = os.fsync

        def sync(handle: int) -> None:
            fsync(handle)
            self.said.append((Path(f"/proc/self/fd/{handle}").readlink(), None))

        patch.setattr(os, "fsync", sync)
        for name in ("rename", "replace", "link"):
            patch.setattr(os, name, self._naming(getattr(os, name)))

    def _naming(
        self, real: Callable[[Path, Path], None]
    ) -> Callable[[Path, Path], None]:
        def name(source: Path, target: Path) -> None:
            real(source, target)
            self.said.append((Path(source), Path(target)))

        return name

    def keeps(self, target: Path, *, written: bool = False) -> bool:
        """Return whether a file was synced, then named, then its folder synced.

        Args:
            target: the name it got last.
            written: whether its bytes were on the disk before, as SQLite leaves them.
        """
        names = [at for at, (_, new) in enumerate(self.said) if new == target]
        before, after = self.said[: names[-1]], self.said[names[-1] + 1 :]
        source, _ = self.said[names[-1]]
        return (written or (source, None) in before) and (target.parent, None) in after


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    return Disk(monkeypatch)


@pytest.fixture
def backup(desk: Desk, tmp_path: Path) -> Path:
    (tmp_path / "copies").mkdir()
    back_up(desk.ledger, tmp_path / "copies" / "backup.db")
    return tmp_path / "copies" / "backup.db"


def test_a_new_ledger_is_named_on_the_disk(tmp_path: Path, disk: Disk) -> None:
    create_ledger(tmp_path / LEDGER)

    assert disk.keeps(tmp_path / LEDGER, written=True)


def test_every_folder_made_for_a_ledger_is_named_on_the_disk(
    tmp_path: Path, disk: Disk
) -> None:
    make_place(tmp_path / "center" / "data")

    assert disk.said == [(tmp_path / "center", None), (tmp_path, None)]


def test_the_key_that_signs_is_on_the_disk(tmp_path: Path, disk: Disk) -> None:
    Signer(tmp_path / "signing.key")

    assert disk.keeps(tmp_path / "signing.key")


def test_a_backup_is_on_the_disk(desk: Desk, tmp_path: Path, disk: Disk) -> None:
    (tmp_path / "stick").mkdir()
    back_up(desk.ledger, tmp_path / "stick" / "backup.db")

    assert disk.keeps(tmp_path / "stick" / "backup.db")


def test_a_restored_ledger_and_the_one_it_replaced_are_on_the_disk(
    backup: Path, tmp_path: Path, disk: Disk
) -> None:
    replaced = tmp_path / "other"
    staffed(open_desk(replaced, HandClock())).ledger.close()
    disk.said.clear()
    done = restore_backup(replaced / LEDGER, backup, "2026-09-21")

    assert disk.keeps(replaced / LEDGER)
    assert done.kept_as is not None
    # The link is a second name of a file that was synced when it was written.
    assert disk.keeps(done.kept_as, written=True)


def test_a_replaced_ledger_that_cannot_be_linked_is_copied_to_the_disk(
    backup: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replaced = tmp_path / "other"
    staffed(open_desk(replaced, HandClock())).ledger.close()
    monkeypatch.setattr(os, "link", _no_links)
    disk = Disk(monkeypatch)
    done = restore_backup(replaced / LEDGER, backup, "2026-09-21")

    assert done.kept_as is not None
    assert (done.kept_as, None) in disk.said
    assert disk.said[-1] == (replaced, None)


def _no_links(_source: Path, _target: Path) -> None:
    raise OSError(errno.EPERM, "Operation not permitted")


def test_salvaged_entries_are_on_the_disk(
    desk: Desk, folder: Path, tmp_path: Path, disk: Disk
) -> None:
    desk.ledger.close()
    (tmp_path / "scratch").mkdir()
    found = look_for(folder / LEDGER, tmp_path / "scratch")
    salvage_writer.write_salvaged(found, tmp_path / "saved.db")

    assert disk.keeps(tmp_path / "saved.db")


def test_leftovers_of_a_salvage_are_on_the_disk(
    desk: Desk, folder: Path, tmp_path: Path, disk: Disk
) -> None:
    desk.ledger.close()
    (tmp_path / "scratch").mkdir()
    found = look_for(folder / LEDGER, tmp_path / "scratch")
    disk.said.clear()
    salvage_writer._write_rest(found, tmp_path / "rest.json")

    assert disk.said == [(tmp_path / "rest.json", None), (tmp_path, None)]


def test_a_bundle_is_on_the_disk(tmp_path: Path, disk: Disk) -> None:
    write_new_file(tmp_path / "a.zip", b"bundle")

    assert disk.keeps(tmp_path / "a.zip")


def test_a_bundle_on_a_stick_without_links_is_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "link", _no_links)
    disk = Disk(monkeypatch)
    write_new_file(tmp_path / "a.zip", b"bundle")

    assert disk.keeps(tmp_path / "a.zip")


def test_a_bundle_that_was_there_already_is_on_the_disk(
    tmp_path: Path, disk: Disk
) -> None:
    (tmp_path / "a.zip").write_bytes(b"bundle")

    assert write_new_file(tmp_path / "a.zip", b"bundle")[1]
    assert disk.said == [(tmp_path / "a.zip", None), (tmp_path, None)]


def test_a_report_is_on_the_disk(tmp_path: Path, disk: Disk) -> None:
    write_private(tmp_path, "report.txt", "Everybody was there.\n")

    assert disk.keeps(tmp_path / "report.txt")


def test_the_chosen_look_is_on_the_disk(tmp_path: Path, disk: Disk) -> None:
    keep_look(tmp_path / "looks.json", "s1", "paper")

    assert disk.keeps(tmp_path / "looks.json")
