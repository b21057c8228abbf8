"""The kiosk over a real SSH: work goes on after a dropped line, and nothing else opens."""

import socket
import time
from collections.abc import Iterator
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from cptkiosk.ledger.maintenance.verify import verify_ledger
from support import walk
from support.sessions import roll
from support.slow_line import a_slow_line
from support.ssh_server import (
    Server,
    a_server,
    free_port,
    gone_within,
    kiosks_on,
    why_not,
)
from support.terminal import WAIT_S, Terminal

SAW = "smoke in the corridor, the door was shut"
DELAY_S = 0.15

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(why_not()), reason=why_not() or "-"),
]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    walk.running(tmp_path / "data", roll(4))
    return tmp_path / "data"


@pytest.fixture
def server(tmp_path: Path, data: Path) -> Iterator[Server]:
    with a_server(tmp_path / "ssh", data) as started:
        yield started


def said_in(data: Path) -> list[str]:
    """Return what the irregularities on record say was seen."""
    with walk.desk_of(data) as desk:
        found = desk.session(walk.SESSION).irregularities
    return [one.event.observed.text for one in found]


def half_fill(terminal: Terminal, data: Path) -> None:
    """Open the form of an irregularity and fill the first part of it in."""
    terminal.press("i")
    terminal.wait_for("Seen or heard")
    terminal.press("enter", "enter", "enter", SAW)
    terminal.wait_for(SAW)
    with walk.desk_of(data) as desk:
        kept = f"SELECT count(*) FROM draft WHERE body LIKE '%{SAW}%'"
        terminal.wait_until(lambda: desk.ledger.rows(kept)[0][0], "a draft")


def at_work(server: Server, port: int | None = None) -> Terminal:
    terminal = server.connect(port=port)
    walk.enter_session(terminal, "TESTING", "Ends")
    return terminal


def test_a_dropped_connection_ends_the_kiosk_and_the_form_is_back(
    server: Server, data: Path
) -> None:
    with at_work(server) as terminal:
        half_fill(terminal, data)
        (before,) = kiosks_on(data).values()
        terminal.kill()
        took, used = gone_within(data, WAIT_S)
    assert used - before < took / 2 + 0.5, "it does not spin"
    assert said_in(data) == []

    with at_work(server) as terminal:
        terminal.press("i")
        terminal.wait_for("unfinished form is back", SAW)
        terminal.record("\x13")
    assert said_in(data) == [SAW]
    with walk.desk_of(data) as desk:
        assert verify_ledger(desk.ledger).entries == desk.ledger.head().seq


def test_two_connections_work_on_one_session_and_lose_nothing(
    server: Server, data: Path
) -> None:
    with at_work(server) as one, at_work(server) as other:
        walk.go_to(one, "FamilyP1")
        walk.go_to(other, "FamilyP3")
        before = one.recorded, other.recorded
        one.press("b")
        other.press("b")
        for terminal, seen in zip((one, other), before, strict=True):
            terminal.wait_recorded(seen, "its entry")
        for terminal in (one, other):
            terminal.wait_row("FamilyP1", "break")
            terminal.wait_row("FamilyP3", "break")
        one.kill()
        # The one whose line dropped takes nothing with it.
        walk.go_to(other, "FamilyP2")
        other.record("b")
    with walk.desk_of(data) as desk:
        session = desk.session(walk.SESSION)
        attempts = session.attempts.values()
        resting = {one.participant_id for one in attempts if one.on_break}
    assert resting == {"P1", "P2", "P3"}


def no_shell(done: CompletedProcess[str], server: Server) -> None:
    """Whatever was asked for, the kiosk answered, and it wants a terminal."""
    assert done.returncode != 0
    assert "uid=" not in done.stdout
    assert not (server.root / "escaped").exists()
    assert not (server.root / "stolen").exists()


@pytest.mark.parametrize(
    "asked", [("id",), ("sh", "-i"), ("id; touch {root}/escaped",), ("-s", "sftp")]
)
def test_a_command_of_ones_own_is_not_run(
    server: Server, asked: tuple[str, ...] | tuple[str, str]
) -> None:
    options = [one for one in asked if one == "-s"]
    words = [one.format(root=server.root) for one in asked if one != "-s"]
    done = server.ask("ssh", *options, server.target, *words)

    no_shell(done, server)
    if not options:
        assert "needs an interactive terminal" in done.stderr


def test_a_command_of_ones_own_on_a_terminal_opens_the_kiosk(
    server: Server, data: Path
) -> None:
    program = [
        *server.client("ssh"),
        "-tt",
        server.target,
        f"touch {server.root}/escaped; sh",
    ]
    with Terminal(program=program) as terminal:
        walk.sign_in(terminal)
        assert len(kiosks_on(data)) == 1
    assert not (server.root / "escaped").exists()


@pytest.mark.parametrize("copies", [["scp"], ["scp", "-O"]], ids=["sftp", "old"])
def test_nothing_is_copied_in_or_out(
    server: Server, data: Path, copies: list[str]
) -> None:
    ledger, stolen = f"{data}/ledger.db", server.root / "stolen"
    program, *extra = copies
    no_shell(
        server.ask(program, *extra, f"{server.target}:{ledger}", str(stolen)), server
    )
    key = str(server.root / "key.pub")
    there = f"{server.target}:{server.root}/escaped"
    no_shell(server.ask(program, *extra, key, there), server)


def test_sftp_opens_nothing(server: Server, data: Path) -> None:
    batch = server.root / "batch"
    batch.write_text(f"get {data}/ledger.db {server.root}/stolen\n", "utf-8")
    no_shell(server.ask("sftp", "-b", str(batch), server.target), server)


def answers(port: int) -> bool:
    """Tell whether something on a port hands on what the SSH server says."""
    try:
        with socket.create_connection(("127.0.0.1", port), 2) as tried:
            tried.settimeout(2)
            return tried.recv(16) != b""
    except OSError:
        return False


@pytest.mark.parametrize("which", ["-L", "-R", "-D"])
def test_no_port_is_forwarded(server: Server, which: str) -> None:
    port = free_port()
    way = f"127.0.0.1:{port}"
    if which != "-D":
        way += f":127.0.0.1:{server.port}"
    assert answers(server.port), "the server itself would answer"
    with server.connect(which, way) as terminal:
        walk.sign_in(terminal)
        if which == "-D":
            # Even where the client listens, what it asks the server for is refused.
            assert not socks_reaches(port, server.port)
        else:
            assert not answers(port)
        terminal.settled()


def socks_reaches(proxy: int, port: int) -> bool:
    """Ask a SOCKS proxy for a port of this machine; tell whether anything comes."""
    with socket.create_connection(("127.0.0.1", proxy), 2) as tried:
        tried.settimeout(3)
        tried.sendall(b"\x05\x01\x00")
        tried.recv(2)
        tried.sendall(b"\x05\x01\x00\x01\x7f\x00\x00\x01" + port.to_bytes(2))
        try:
            reply = tried.recv(64)
            return reply[1:2] == b"\x00" and b"SSH" in reply + tried.recv(64)
        except OSError:
            return False


def test_the_clients_environment_does_not_get_in(server: Server, data: Path) -> None:
    options = ["-o", "SetEnv=PYTHONINSPECT=1 LC_ALL=C TEXTUAL_PRESS=ctrl+q"]
    with server.connect(*options) as terminal:
        walk.sign_in(terminal)
        (pid,) = kiosks_on(data)
        names = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
        assert {name.partition(b"=")[0] for name in names if name} == {
            b"TERM", b"LANG", b"PATH",
        }  # fmt: skip


def test_a_locked_down_kiosk_left_by_pin_ends_the_connection(
    server: Server, data: Path
) -> None:
    with server.connect() as terminal:
        terminal.wait_for("PIN")
        terminal.press("quit")
        terminal.wait_for("Leave the kiosk")
        terminal.press("enter", walk.PIN, "enter")

        assert terminal.wait_exit() == 0
    assert not kiosks_on(data)


def test_over_a_slow_line_every_key_is_answered(server: Server, data: Path) -> None:
    with (
        a_slow_line(server.port, DELAY_S) as line,
        at_work(server, port=line.port) as terminal,
    ):
        for name in ("P2", "P3", "P4"):
            began = time.monotonic()
            terminal.press("down")
            terminal.wait_row(walk.CURSOR, f"Family{name}")
            assert time.monotonic() - began >= 2 * DELAY_S, "the line is slow indeed"
        terminal.record("b")
        half_fill(terminal, data)
        terminal.wait_for(SAW)
        terminal.record("\x13")
    assert said_in(data) == [SAW]
