"""A terminal notices at once what another has recorded."""

import select
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cptkiosk.desk import Desk
from cptkiosk.ledger.change_watcher import ChangeWatcher
from support.center import LEDGER
from support.processes import reaped, worker
from support.sessions import a_session

NAMES = (LEDGER, f"{LEDGER}-wal", f"{LEDGER}-journal")
PATIENCE_S = 120.0
LOOK_AGAIN_S = (0.0, 0.001, 0.003, 0.010)


@pytest.fixture
def watch(desk: Desk) -> Iterator[ChangeWatcher]:
    made = ChangeWatcher(desk.ledger.path.parent)
    yield made
    made.close()


def is_noticed(desk: Desk, watch: ChangeWatcher) -> bool:
    """Wait until the watch tells of something new that can be read."""
    until = time.monotonic() + PATIENCE_S
    while (left_s := until - time.monotonic()) > 0:
        ready, _, _ = select.select([watch], [], [], left_s)
        if not ready or not watch.drain(NAMES):
            continue
        for pause_s in LOOK_AGAIN_S:
            time.sleep(pause_s)
            if desk.catch_up():
                return True
    return False


@pytest.mark.slow
def test_a_commit_by_another_process_is_noticed(
    desk: Desk, folder: Path, watch: ChangeWatcher
) -> None:
    a_session(desk)
    other = worker("commit_once", folder, "a")
    assert other.stdout is not None
    assert other.stdin is not None
    assert other.stdout.readline() == "ready\n"
    version = desk.ledger.data_version()
    watch.drain(NAMES)
    other.stdin.write("now\n")
    other.stdin.flush()

    assert is_noticed(desk, watch)
    reaped(other)
    assert desk.session("a").notes[-1][2].text.text == "from outside"
    assert desk.ledger.data_version() != version


def test_a_watch_is_quiet_while_nothing_happens(
    desk: Desk, watch: ChangeWatcher
) -> None:
    a_session(desk)
    watch.drain(NAMES)
    desk.ledger.rows("SELECT count(*) FROM entry")

    assert not watch.drain(NAMES)
    assert select.select([watch], [], [], 0.05)[0] == []


def test_a_watch_tells_the_ledger_from_other_files(
    desk: Desk, folder: Path, watch: ChangeWatcher
) -> None:
    watch.drain(NAMES)
    (folder / "kiosk.log").write_text("something")

    assert not watch.drain(NAMES)
    desk.boots.beat()
    assert watch.drain(NAMES)


def test_a_folder_that_is_not_there_is_an_error_and_no_descriptor_is_left(
    tmp_path: Path,
) -> None:
    with pytest.raises(OSError, match="cannot be watched"):
        ChangeWatcher(tmp_path / "missing")
