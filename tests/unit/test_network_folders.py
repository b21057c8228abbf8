"""A record on a network folder is refused, unless the administrator vouches for it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cptkiosk.cli.main import main
from cptkiosk.cli.open_record import kiosk_desk
from cptkiosk.desk import Desk
from cptkiosk.domain.events.center import NetworkFolderAccepted
from cptkiosk.errors import ExitCode, StorageError
from cptkiosk.host.data_directory import Paths
from cptkiosk.ledger import file_system
from cptkiosk.ledger.file_system import HOLDER, network_folder
from support.mounts import mounted_as
from support.shared_folder import mounted, needs_sshfs


@pytest.mark.parametrize(
    "kind",
    ["nfs", "nfs4", "cifs", "smb3", "fuse.sshfs", "fuse", "9p", "ceph", "glusterfs"],
)
def test_each_network_file_system_is_known(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounted_as(kind, tmp_path, monkeypatch)

    found = network_folder(tmp_path / "not" / "there" / "yet")
    assert found is not None
    assert (found.kind, found.source) == (kind, "server:/lab")


@pytest.mark.parametrize(
    "kind", ["ext4", "xfs", "btrfs", "tmpfs", "overlay", "fuseblk"]
)
def test_a_local_disk_is_none(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounted_as(kind, tmp_path, monkeypatch)
    assert network_folder(tmp_path) is None


def test_a_virtual_machines_own_root_is_a_local_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounted_as("9p", tmp_path, monkeypatch, point="/")
    assert network_folder(tmp_path) is None


def test_a_writing_command_is_refused_with_the_next_step(
    desk: Desk,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    desk.ledger.close()
    mounted_as("nfs4", folder, monkeypatch)

    with (
        pytest.raises(StorageError, match="--network-folder-is-safe"),
        kiosk_desk(Paths(folder)),
    ):
        pass
    data = ["--data-dir", str(folder)]
    assert main([*data, "ledger", "rebuild"]) == ExitCode.STORAGE
    assert "network file system (nfs4, server:/lab)" in capsys.readouterr().err
    restore = ["ledger", "restore", str(folder / "ledger.db")]
    assert main([*data, *restore]) == ExitCode.STORAGE


def test_a_ledger_the_administrator_vouches_for_opens_and_is_recorded_once(
    desk: Desk, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.ledger.close()
    mounted_as("nfs4", folder, monkeypatch)
    command = ["--data-dir", str(folder), "--network-folder-is-safe"]

    assert main([*command, "staff", "list"]) == ExitCode.DONE
    for _ in range(2):
        with kiosk_desk(Paths(folder, network_is_safe=True)) as again:
            facts = [one.event for one in again.ledger.read_stream("center")]
    accepted = [one for one in facts if isinstance(one, NetworkFolderAccepted)]
    assert [(one.file_system, one.source) for one in accepted] == [
        ("nfs4", "server:/lab")
    ]
    assert not (folder / HOLDER).exists()


def test_two_programs_never_open_one_network_folder(
    desk: Desk, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.ledger.close()
    mounted_as("cifs", folder, monkeypatch)
    paths = Paths(folder, network_is_safe=True)

    with (
        kiosk_desk(paths),
        pytest.raises(StorageError, match="is in use by process"),
        kiosk_desk(paths),
    ):
        pass
    with kiosk_desk(paths):
        pass


def test_another_machines_hold_is_kept_and_a_dead_programs_is_not(
    desk: Desk, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.ledger.close()
    mounted_as("cifs", folder, monkeypatch)
    paths = Paths(folder, network_is_safe=True)
    holder = folder / HOLDER

    holder.write_text(json.dumps({"host": "lab2", "boot": "b", "process": 1}))
    with (
        pytest.raises(StorageError, match='is in use by the machine "lab2"'),
        kiosk_desk(paths),
    ):
        pass
    assert holder.exists()

    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    mine = {
        "host": os.uname().nodename,
        "boot": file_system._read_text(file_system.BOOT_ID),
        "process": ended.pid,
    }
    holder.write_text(json.dumps(mine))
    with kiosk_desk(paths):
        pass


def test_another_machine_of_the_same_name_is_distinguished(
    desk: Desk, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.ledger.close()
    mounted_as("cifs", folder, monkeypatch)
    twin = {"host": os.uname().nodename, "machine": "m2", "boot": "b", "process": 1}
    (folder / HOLDER).write_text(json.dumps(twin))

    with (
        pytest.raises(StorageError, match=r'is in use by the machine ".+"'),
        kiosk_desk(Paths(folder, network_is_safe=True)),
    ):
        pass
    assert json.loads((folder / HOLDER).read_text()) == twin


@pytest.mark.parametrize(
    "text",
    ["", "[]", '"abc"', "{}", '{"host": "H", "boot": "B", "process": 1e999}',
     '{"host": "H", "boot": "B", "process": 1000000000000000000000000000000}'],
)  # fmt: skip
def test_an_unreadable_holder_is_taken_for_another_programs(
    text: str, desk: Desk, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.ledger.close()
    mounted_as("cifs", folder, monkeypatch)
    boot = file_system._read_text(file_system.BOOT_ID)
    text = text.replace('"H"', json.dumps(os.uname().nodename)).replace("B", boot)
    (folder / HOLDER).write_text(text)

    with (
        pytest.raises(StorageError, match="is in use by"),
        kiosk_desk(Paths(folder, network_is_safe=True)),
    ):
        pass
    assert (folder / HOLDER).read_text() == text


def test_a_file_taken_over_by_another_program_is_left_alone(
    desk: Desk, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.ledger.close()
    mounted_as("cifs", folder, monkeypatch)
    holder = folder / HOLDER
    held = {"host": os.uname().nodename, "boot": "earlier", "process": 1}
    holder.write_text(json.dumps(held))
    held |= {
        "boot": file_system._read_text(file_system.BOOT_ID),
        "process": os.getpid(),
    }

    @contextmanager
    def waited(_path: Path) -> Iterator[None]:
        holder.write_text(json.dumps(held))
        yield

    monkeypatch.setattr(file_system, "one_at_a_time", waited)
    with (
        pytest.raises(StorageError, match=f"process {os.getpid()} on this machine"),
        kiosk_desk(Paths(folder, network_is_safe=True)),
    ):
        pass
    assert json.loads(holder.read_text()) == held


@needs_sshfs
def test_a_real_fuse_mount_is_refused(tmp_path: Path) -> None:
    served, place = tmp_path / "served", tmp_path / "mounted"
    served.mkdir()
    with (
        mounted(served, place),
        pytest.raises(StorageError, match=r"fuse\.sshfs"),
        kiosk_desk(Paths(place)),
    ):
        pass
    assert not list(served.iterdir())
