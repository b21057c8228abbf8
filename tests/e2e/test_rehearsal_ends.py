"""A rehearsal that a signal ends leaves nothing behind, and nothing real is touched."""

import signal
from pathlib import Path

import pytest

from cptkiosk.ledger.maintenance.verify import verify_ledger
from support import walk
from support.terminal import Terminal

pytestmark = pytest.mark.slow

SIGNALS = [signal.SIGTERM, signal.SIGHUP]


@pytest.fixture
def temporary(tmp_path: Path) -> Path:
    """The only folder for what is temporary."""
    made = tmp_path / "temporary"
    made.mkdir()
    return made


@pytest.mark.parametrize("number", SIGNALS, ids=lambda one: one.name)
def test_a_rehearsal_from_the_kiosk_ends_with_it(
    folder: Path, temporary: Path, number: signal.Signals
) -> None:
    with walk.desk_of(folder) as desk:
        walk.center(desk)
        head = desk.ledger.head().seq
    environ = {"TMPDIR": str(temporary)}
    with walk.open_terminal(folder, environ=environ) as terminal:
        walk.sign_in(terminal)
        terminal.press("d")
        terminal.wait_for("REHEARSAL")
        assert [one.name for one in temporary.iterdir()]
        terminal.kill(number)
        assert terminal.wait_exit() == 128 + number

    assert not [*temporary.iterdir()]
    with walk.desk_of(folder) as desk:
        verify_ledger(desk.ledger)
        query = "SELECT DISTINCT kind FROM entry WHERE seq > ?"
        kinds = {row[0] for row in desk.ledger.rows(query, (head,))}
    assert kinds == {"signed-in.v1", "signed-out.v1"}


@pytest.mark.parametrize("number", SIGNALS, ids=lambda one: one.name)
def test_a_rehearsal_by_command_leaves_nothing(
    tmp_path: Path, temporary: Path, number: signal.Signals
) -> None:
    environ = {
        "TMPDIR": str(temporary),
        "HOME": str(tmp_path / "home"),
        "XDG_DATA_HOME": str(tmp_path / "home" / "data"),
    }
    with Terminal("drill", "--people", "6", environ=environ) as terminal:
        terminal.wait_for("REHEARSAL")
        terminal.kill(number)
        assert terminal.wait_exit() == 128 + number

    assert not [*temporary.iterdir()]
    assert not (tmp_path / "home").exists()
