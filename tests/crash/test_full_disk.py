"""Disks that fill up, or can only be read any more, in the middle of the work."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands import irregularity as c
from cptkiosk.domain.state.session import Stage
from cptkiosk.errors import StorageError
from cptkiosk.host.clock import SystemClock
from cptkiosk.ledger.opening import reserve_path
from support import power
from support.center import LEDGER, LEE, open_desk, staffed
from support.journals import RULED, Journal, chosen
from support.kept import assert_kept
from support.processes import Nursery, a_nursery
from support.sessions import a_session

SMALL = "size=2m"
BALLAST_BYTES = 512 * 1024
FULL = (
    "The disk is full. This step was not recorded. Everything before it is safe. Free"
    " some space, then try again."
)

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("journal", RULED)]


@pytest.fixture(scope="module", autouse=True)
def disks(tmp_path_factory: pytest.TempPathFactory) -> None:
    why = power.no_disks(tmp_path_factory.mktemp("probe"))
    if why:
        pytest.skip(why)


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A small disk with something on it that can be thrown away."""
    with power.mounted("tmpfs", tmp_path / "small", "-t", "tmpfs", "-o", SMALL) as disk:
        (disk / "ballast").write_bytes(bytes(BALLAST_BYTES))
        yield disk


class Writer:
    """Takes notes, and keeps account of those that were shown as recorded."""

    def __init__(self, folder: Path, journal: Journal) -> None:
        with chosen(journal):
            self.desk: Desk = open_desk(folder, SystemClock())
        self._before = self.desk.ledger.head().seq
        self.said: list[str] = []

    def note(self) -> None:
        """Take a note.

        Raises:
            StorageError: if it could not be written.
        """
        text = f"w-{len(self.said)}"
        seq = self.desk.perform(c.TakeNote(session_id="a", text=text), LEE).seq
        self.said.append(f"note {seq} {text}")

    def refused(self) -> str:
        """Take notes until it cannot be done, and return why; nothing more is there."""
        with pytest.raises(StorageError) as error:
            self._note_for_ever()
        assert len(self.said) == self.desk.ledger.head().seq - self._before
        return str(error.value)

    def _note_for_ever(self) -> None:
        while True:
            self.note()


@pytest.fixture
def on(journal: Journal) -> Iterator[Callable[[Path], Writer]]:
    """Return writers on ledgers of their own, and close what they opened."""
    opened: list[Writer] = []

    def make(folder: Path) -> Writer:
        with chosen(journal):
            desk = staffed(open_desk(folder, SystemClock()))
            a_session(desk, 1, stage=Stage.CHECK_IN)
            desk.ledger.close()
        opened.append(Writer(folder, journal))
        return opened[-1]

    yield make
    for one in opened:
        one.desk.ledger.close()


def test_a_disk_that_fills_up_loses_nothing_and_goes_on_with_room(
    on: Callable[..., Any], small: Path, journal: Journal, tmp_path: Path
) -> None:
    writer = on(small / "data")

    assert writer.refused() == FULL
    assert len(writer.said) > 10
    assert not reserve_path(small / "data" / LEDGER).exists()
    shutil.copytree(small / "data", tmp_path / "copy")
    assert assert_kept(tmp_path / "copy", journal, writer.said) == len(writer.said)

    (small / "ballast").unlink()
    for _ in range(3):
        writer.note()
    assert reserve_path(small / "data" / LEDGER).exists()
    writer.desk.ledger.close()
    assert assert_kept(small / "data", journal, writer.said) == len(writer.said)


@pytest.fixture
def nursery(journal: Journal, tmp_path: Path) -> Iterator[Nursery]:
    with a_nursery(tmp_path / "said", own_sqlite=journal.own_sqlite) as made:
        yield made


def test_a_kill_on_a_full_disk_loses_nothing(
    on: Callable[..., Any], nursery: Nursery, small: Path, journal: Journal
) -> None:
    on(small / "data").desk.ledger.close()
    child = nursery.start("write", small / "data", "a", "w", journal.value)
    child.wait_for("failed")
    *said, failed = child.said()
    assert failed == f"failed {FULL}"
    child.kill()

    assert assert_kept(small / "data", journal, said) > 10
    (small / "ballast").unlink()
    assert assert_kept(small / "data", journal, said) > 10


def test_a_disk_that_turns_read_only_is_said_and_nothing_is_shown_as_recorded(
    on: Callable[..., Any], journal: Journal, tmp_path: Path
) -> None:
    image, left = tmp_path / "used.img", tmp_path / "left.img"
    power.new_disk(image)
    with power.disk(image, tmp_path / "used") as place:
        writer = on(place / "data")
        for _ in range(20):
            writer.note()
        power.break_disk(place)

        why = writer.refused()
        print(why)
        assert str(place / "data" / LEDGER) in why
        assert why.endswith(".")
        assert "damaged" not in why
        assert len(writer.said) == 20
        power.copy_disk(image, left)
        writer.desk.ledger.close()
    with power.disk(left, tmp_path / "left") as place:
        assert assert_kept(place / "data", journal, writer.said) == 20
