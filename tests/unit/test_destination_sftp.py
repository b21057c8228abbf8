"""SFTP against a real OpenSSH server: whole or not at all, never over another file."""

import hashlib
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cptkiosk.errors import DestinationError
from cptkiosk.host.work_progress import Stopped, WorkProgress, ignore_progress
from cptkiosk.upload.destinations.base import Conflict, Destination
from cptkiosk.upload.destinations.kinds import open_destination
from support.destinations import a_parcel
from support.sftp_server import SftpServer, make_key, needs_sshd

pytestmark = needs_sshd

BUNDLE = bytes(range(256)) * 40


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SftpServer]:
    made = SftpServer(tmp_path_factory.mktemp("sftp") / "a server")
    made.start()
    yield made
    made.stop()


@pytest.fixture
def server(running: SftpServer) -> SftpServer:
    for path in running.incoming.iterdir():
        path.unlink()
    return running


@pytest.fixture
def drop(server: SftpServer) -> Destination:
    return open_destination(server.settings())


def part_of(server: SftpServer) -> Path:
    digest = hashlib.sha256(BUNDLE).hexdigest()
    return server.incoming / f"a-r1.zip.{digest[:12]}.part"


def test_a_file_arrives_once_and_again_is_success(
    server: SftpServer, drop: Destination
) -> None:
    first = drop.deliver(a_parcel(BUNDLE), ignore_progress)
    second = drop.deliver(a_parcel(BUNDLE), ignore_progress)

    assert (first.already, second.already) == (False, True)
    assert "sent and read back" in first.receipt
    (file,) = server.incoming.iterdir()
    assert file.read_bytes() == BUNDLE


def test_another_file_of_that_name_is_a_conflict_and_stays(
    server: SftpServer, drop: Destination
) -> None:
    taken = server.incoming / "a-r1.zip"
    taken.write_bytes(b"another")

    with pytest.raises(Conflict, match="It was not changed"):
        drop.deliver(a_parcel(BUNDLE), ignore_progress)
    assert taken.read_bytes() == b"another"


def test_an_empty_file_of_that_name_is_a_conflict_too(
    server: SftpServer, drop: Destination
) -> None:
    taken = server.incoming / "a-r1.zip"
    taken.touch()

    with pytest.raises(Conflict, match="It was not changed"):
        drop.deliver(a_parcel(BUNDLE), ignore_progress)


def test_nothing_of_a_bundle_is_put_on_a_disk_here_which_a_kill_would_leave(
    drop: Destination, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    found = list[Path]()

    drop.deliver(a_parcel(BUNDLE), lambda _, __: found.extend(tmp_path.rglob("*")))

    assert found == []


def test_a_name_that_is_taken_meanwhile_is_not_overwritten(
    server: SftpServer, drop: Destination
) -> None:
    taken, steps = server.incoming / "a-r1.zip", set[int]()

    def take_name(done: int, of: int) -> None:
        steps.add(done)
        if done * 3 >= of * 2 - 3 and not taken.exists():
            taken.write_bytes(b"another")

    with pytest.raises(Conflict):
        drop.deliver(a_parcel(BUNDLE), take_name)
    assert len(steps) == 3
    assert taken.read_bytes() == b"another"


def test_a_broken_try_is_gone_on_with(server: SftpServer, drop: Destination) -> None:
    part_of(server).write_bytes(BUNDLE[:5000])

    drop.deliver(a_parcel(BUNDLE), ignore_progress)

    assert [one.name for one in server.incoming.iterdir()] == ["a-r1.zip"]
    assert (server.incoming / "a-r1.zip").read_bytes() == BUNDLE


def test_a_try_that_was_cut_before_the_rename_is_finished(
    server: SftpServer, drop: Destination
) -> None:
    part_of(server).write_bytes(BUNDLE)

    drop.deliver(a_parcel(BUNDLE), ignore_progress)

    assert [one.name for one in server.incoming.iterdir()] == ["a-r1.zip"]


def test_a_part_that_is_larger_is_found_out_and_sent_again(
    server: SftpServer, drop: Destination
) -> None:
    part_of(server).write_bytes(BUNDLE + b"more")

    with pytest.raises(DestinationError, match="differs from what was sent"):
        drop.deliver(a_parcel(BUNDLE), ignore_progress)
    assert list(server.incoming.iterdir()) == []


def test_a_part_that_is_spoiled_is_found_out_and_sent_again(
    server: SftpServer, drop: Destination
) -> None:
    part_of(server).write_bytes(b"spoiled")

    with pytest.raises(DestinationError, match="differs from what was sent"):
        drop.deliver(a_parcel(BUNDLE), ignore_progress)
    assert list(server.incoming.iterdir()) == []
    drop.deliver(a_parcel(BUNDLE), ignore_progress)
    assert (server.incoming / "a-r1.zip").read_bytes() == BUNDLE


def test_a_stopped_delivery_leaves_no_file_of_that_name(
    server: SftpServer, drop: Destination
) -> None:
    progress = WorkProgress()

    def stop_late(done: int, of: int) -> None:
        if done:
            progress.request_stop()
        progress(done, of)

    with pytest.raises(Stopped):
        drop.deliver(a_parcel(BUNDLE), stop_late)
    assert not (server.incoming / "a-r1.zip").exists()


def test_a_test_leaves_nothing_behind(server: SftpServer, drop: Destination) -> None:
    assert "read back and deleted" in drop.test()
    assert list(server.incoming.iterdir()) == []


def test_a_folder_name_is_never_a_pattern(server: SftpServer) -> None:
    odd = server.incoming.parent / 'odd "[a]*\\ name'
    odd.mkdir(exist_ok=True)
    where = f"{server.settings().where.rpartition('/')[0]}/odd%20%22[a]*%5C%20name"
    drop = open_destination(replace(server.settings(), where=where))

    drop.deliver(a_parcel(BUNDLE), ignore_progress)

    assert (odd / "a-r1.zip").read_bytes() == BUNDLE


def test_a_wrong_host_key_is_said_and_nothing_is_sent(
    server: SftpServer, tmp_path: Path
) -> None:
    other = tmp_path / "known_hosts"
    other.write_text(f"[127.0.0.1]:{server.port} {make_key(tmp_path / 'other')}")
    nobody = tmp_path / "empty"
    nobody.touch()
    for path in (other, nobody):
        settings = replace(server.settings(), known_hosts_file=str(path))
        with pytest.raises(DestinationError, match="did not prove that it is") as said:
            open_destination(settings).deliver(a_parcel(BUNDLE), ignore_progress)
        assert "stays in the queue" in str(said.value)
    assert list(server.incoming.iterdir()) == []


def test_a_key_that_is_not_allowed_is_said(server: SftpServer, tmp_path: Path) -> None:
    make_key(tmp_path / "other")
    settings = replace(server.settings(), secret_file=str(tmp_path / "other"))

    with pytest.raises(DestinationError, match="does not accept the key"):
        open_destination(settings).test()
    missing = replace(settings, secret_file=str(tmp_path / "none"))
    with pytest.raises(DestinationError, match="none cannot be read"):
        open_destination(missing).test()
    (tmp_path / "open").write_bytes(server.key.read_bytes())
    (tmp_path / "open").chmod(0o644)
    readable = replace(settings, secret_file=str(tmp_path / "open"))
    with pytest.raises(DestinationError, match="chmod 600"):
        open_destination(readable).test()


def test_a_folder_that_is_missing_is_said(server: SftpServer) -> None:
    settings = server.settings(server.root / "none")

    with pytest.raises(DestinationError, match=r"127\.0\.0\.1 has no folder"):
        open_destination(settings).test()


def test_a_server_that_is_away_is_said(tmp_path: Path) -> None:
    server = SftpServer(tmp_path / "off")

    with pytest.raises(DestinationError, match=r"127\.0\.0\.1 cannot be reached"):
        open_destination(server.settings()).test()


def test_a_read_only_share_is_said(tmp_path: Path) -> None:
    server = SftpServer(tmp_path / "share", "-R")
    server.start()
    try:
        with pytest.raises(DestinationError, match="is not writable"):
            open_destination(server.settings()).deliver(
                a_parcel(BUNDLE), ignore_progress
            )
    finally:
        server.stop()
