"""Every way out of the kiosk that a keyboard or an environment offers, tried."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from signal import Signals

import pytest

from cptkiosk.domain.state.center import FREE_TRIES
from cptkiosk.errors import ExitCode
from cptkiosk.host.clock import SystemClock
from cptkiosk.ui.terminal.parser import REST_S
from support import walk
from support.center import DANA_PIN, LEE_PIN, open_desk, staffed
from support.terminal import ENTERED, WAIT_S, Terminal

LOCKED: tuple[str, ...] = ("--kiosk",)
FREE: tuple[str, ...] = ()
MODES = pytest.mark.parametrize("mode", [LOCKED, FREE], ids=["kiosk", "free"])
FREE_IN_SOAK = pytest.mark.parametrize(
    "mode",
    [LOCKED, pytest.param(FREE, marks=pytest.mark.soak)],
    ids=["kiosk", "free"],
)
TERMS_IN_SOAK = pytest.mark.parametrize(
    "term",
    [
        "xterm-256color",
        *(pytest.param(n, marks=pytest.mark.soak) for n in ("linux", "screen")),
    ],
)
"""What a terminal is called changes what is drawn, not how keys are read."""

Mode = tuple[str, ...]
SIGN_IN = "enter your PIN"
QUIT, LOCK = b"\x11", b"\x0c"
AT_ONCE = 16
KEYBOARD = {signal.SIGINT: b"\x03", signal.SIGQUIT: b"\x1c", signal.SIGTSTP: b"\x1a"}
PROMPT = "SHELL-IS-BACK"

CONTROL = [bytes([code]) for code in (*range(0x20), 0x7F)]
ALT = [b"\x1b" + bytes([code]) for code in range(0x80)]
FUNCTION = [f"\x1bO{letter}".encode() for letter in "PQRSABCDEFHM"]
FUNCTION += [f"\x1b[{number}~".encode() for number in range(1, 35)]
FUNCTION += [f"\x1b[[{letter}".encode() for letter in "ABCDE"]
FUNCTION += [
    f"\x1b[1;{shift}{letter}".encode()
    for shift in range(2, 9)
    for letter in "ABCDFHPQRS"
]
KITTY = [f"\x1b[{key};{mod}u".encode() for key in (3, 26, 99, 113) for mod in (1, 5)]
REPLIES = [
    b"\x1b[I",
    b"\x1b[O",
    b"\x1b[?1;2c",
    b"\x1b[24;80R",
    b"\x1b[?2026;1$y",
    b"\x1b[?2048;0$y",
    b"\x1b[<0;1;1M",
    b"\x1b[M   ",
    b"\x1b]52;c;eA==\x07",
    b"\x1bP+q544e\x1b\\",
    b"\x1b[200~\x1b[201~",
]
"""What terminals answer, typed by somebody."""

BROKEN = [bytes([code]) for code in (0x80, 0x9B, 0xC3, 0xF0, 0xFF)]
SOME = CONTROL + FUNCTION
EVERYTHING = SOME + KITTY + REPLIES + ALT + BROKEN
KITTY_QUIT = b"\x1b[113;5u"


class Kept:
    """A center with a coordinator and a proctor, and a place to see files appear in."""

    def __init__(self, root: Path) -> None:
        self.data, self.cwd = root / "data", root / "cwd"
        self.cwd.mkdir()
        desk = staffed(open_desk(self.data, SystemClock()))
        desk.ledger.close()

    def open(
        self, *arguments: str, environ: Mapping[str, str] | None = None
    ) -> Terminal:
        return Terminal(
            *arguments,
            "--data-dir",
            self.data,
            cwd=self.cwd,
            environ={"HOME": str(self.cwd), **(environ or {})},
        )

    def wrapper(self) -> Path:
        """Write the login shell as `deploy` prints it."""
        done = subprocess.run(
            [sys.executable, "-m", "cptkiosk", "deploy", "login-shell",
             "--data-dir", self.data],
            capture_output=True, check=True, text=True,
        )  # fmt: skip
        path = self.data.parent / "cptkiosk-shell"
        path.write_text(done.stdout, "utf-8")
        path.chmod(0o755)
        return path

    def failed(self, staff_id: str) -> int:
        """Return how many wrong PINs in a row the record holds against a person."""
        desk = open_desk(self.data, SystemClock(), "beside")
        try:
            return desk.center.staff[staff_id].failed
        finally:
            desk.ledger.close()

    def wrote_nothing(self) -> bool:
        return not list(self.cwd.rglob("*"))


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(tmp_path)


def sign_in(terminal: Terminal, name: str = "Dana", pin: str = DANA_PIN) -> None:
    terminal.wait_for(SIGN_IN)
    terminal.press("up", "up")
    walk.fill(terminal, name)
    terminal.wait_until(
        lambda: (
            terminal.row("Name", name)
            and any(terminal.row(f"{sign} PIN") for sign in (walk.CURSOR, ">"))
        ),
        "the PIN of that name being asked for",
    )
    walk.fill(terminal, pin)
    terminal.wait_for(walk.TODAY)


def try_keys(
    terminal: Terminal, keys: list[bytes], but: tuple[bytes, ...] = ()
) -> None:
    """Press each key by itself; none may end, suspend or replace the program."""
    tried: list[bytes] = []
    for key in keys:
        if key.removeprefix(b"\x1b") in but or key in but:
            continue
        terminal.send(key + walk.NO_KEY)
        tried.append(key)
        terminal.pump()
        if len(tried) % AT_ONCE == 0:
            terminal.settled()
        assert terminal.runs, f"one of {tried[-AT_ONCE:]} ended or suspended it"


def come_back(terminal: Terminal, *where: str) -> None:
    """Press Esc until one of the screens that Esc leads to is there."""
    deadline = time.monotonic() + WAIT_S
    while time.monotonic() < deadline:
        terminal.press("esc")
        # A question takes Esc alone; a screen that draws itself afresh is the last.
        if walk.is_answered(terminal, 1.0) and any(
            one in terminal.text for one in where
        ):
            return
        assert terminal.runs
    pytest.fail(f"Esc leads to none of {where}:\n{terminal.settled()}")


@pytest.mark.slow
@TERMS_IN_SOAK
@FREE_IN_SOAK
def test_no_key_leads_out_of_the_sign_in(kept: Kept, mode: Mode, term: str) -> None:
    with kept.open(*mode, environ={"TERM": term}) as terminal:
        terminal.wait_for(SIGN_IN)
        raw = terminal.modes()
        # Out of the lock-down this key leaves, as it says.
        keys = EVERYTHING if term.startswith("xterm") else SOME
        try_keys(terminal, keys, () if mode else (QUIT, KITTY_QUIT))

        come_back(terminal, SIGN_IN)
        assert terminal.modes() == raw
        assert "Search for commands" not in terminal.raw.decode(errors="replace")
        sign_in(terminal)
    assert kept.wrote_nothing()


@pytest.mark.slow
@TERMS_IN_SOAK
@FREE_IN_SOAK
def test_no_key_leads_out_of_an_open_screen(kept: Kept, mode: Mode, term: str) -> None:
    with kept.open(*mode, environ={"TERM": term}) as terminal:
        sign_in(terminal)
        # Esc signs out here, and out of the lock-down the sign-in can be left.
        keys = EVERYTHING if term.startswith("xterm") else SOME
        try_keys(terminal, keys, (LOCK,) if mode else (LOCK, QUIT, KITTY_QUIT))

        # A letter after Esc may be a key of Today, and one of them signs out.
        come_back(terminal, walk.TODAY, SIGN_IN)
        assert terminal.runs
    assert kept.wrote_nothing()


@pytest.mark.slow
@FREE_IN_SOAK
def test_no_key_leads_past_the_lock(kept: Kept, mode: Mode) -> None:
    with kept.open(*mode) as terminal:
        sign_in(terminal)
        terminal.press("lock")
        terminal.wait_for("LOCKED")
        try_keys(terminal, EVERYTHING)

        come_back(terminal, "LOCKED")
        assert walk.TODAY not in terminal.text
    assert kept.wrote_nothing()


@pytest.mark.slow
@MODES
def test_a_paste_that_never_ends_takes_no_key_away(kept: Kept, mode: Mode) -> None:
    with kept.open(*mode) as terminal:
        terminal.wait_for(SIGN_IN)
        assert b"\x1b[?2004h" in terminal.raw, "pastes are marked"
        terminal.send(b"\x1b[200~")
        time.sleep(2 * REST_S)

        sign_in(terminal)


@pytest.mark.slow
@MODES
def test_a_terminal_that_can_show_nothing_is_refused(kept: Kept, mode: Mode) -> None:
    with kept.open(*mode, environ={"TERM": "dumb"}) as terminal:
        assert terminal.wait_exit() == ExitCode.USAGE
        assert "TERM='dumb'" in terminal.said
    assert kept.wrote_nothing()


@pytest.mark.slow
@pytest.mark.parametrize("key", KEYBOARD.values(), ids=[one.name for one in KEYBOARD])
def test_no_key_brings_a_shell_while_it_starts(kept: Kept, key: bytes) -> None:
    """A shell that a user could drop to stands behind it, as it never should."""
    environ = {"PS1": f"{PROMPT}> ", "HOME": str(kept.cwd), "HISTFILE": ""}
    environ["KIOSK"] = str(kept.wrapper())
    shell = ("bash", "--norc", "--noprofile", "-i")
    with Terminal(cwd=kept.cwd, environ=environ, program=shell) as terminal:
        terminal.wait_for(PROMPT)
        terminal.send(b"$KIOSK -c id\r")
        # The shell that was asked for has to have become the kiosk's.
        deadline = time.monotonic() + WAIT_S
        began = False
        while ENTERED not in terminal.raw and time.monotonic() < deadline:
            terminal.pump(0.02)
            time.sleep(0.08)  # as fast as a key that is held down
            if began := began or has_become_the_kiosks(terminal.pid):
                terminal.send(key)
        for _ in range(5):
            terminal.send(key)
        terminal.wait_for(SIGN_IN)

        shown = terminal.raw.decode(errors="replace")
        assert shown.count(f"{PROMPT}> ") == 1, "the shell did not ask again"
        assert "uid=" not in shown
        sign_in(terminal)
    assert kept.wrote_nothing()


def has_become_the_kiosks(pid: int) -> bool:
    """Tell whether a shell has a child that is the script and takes no keys."""
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text("utf-8").split()
    for child in listed:
        try:
            words = Path(f"/proc/{child}/cmdline").read_text("utf-8")
            status = Path(f"/proc/{child}/status").read_text("utf-8")
        except OSError:
            continue
        ignored = int(status.partition("SigIgn:")[2].split()[0], 16)
        if "cptkiosk" in words and ignored & 1 << (signal.SIGTSTP - 1):
            return True
    return False


@pytest.mark.slow
@pytest.mark.parametrize("number", KEYBOARD, ids=[one.name for one in KEYBOARD])
def test_no_signal_of_the_keyboard_moves_a_locked_down_kiosk(
    kept: Kept, number: Signals
) -> None:
    with kept.open(*LOCKED) as terminal:
        while ENTERED not in terminal.raw:
            terminal.pump(0.01)
        for _ in range(20):
            terminal.kill(number)
            terminal.pump(0.02)
            assert terminal.runs

        sign_in(terminal)
        terminal.kill(number)
        walk.wait_answered(terminal)
        assert terminal.runs
        assert walk.TODAY in terminal.settled()


@pytest.mark.slow
def test_out_of_the_lock_down_leaving_is_open_to_all_from_the_sign_in_alone(
    kept: Kept,
) -> None:
    with kept.open() as terminal:
        sign_in(terminal)
        terminal.press("quit")
        walk.wait_answered(terminal)
        assert terminal.runs
        terminal.press("lock")
        terminal.wait_for("LOCKED")
        terminal.press("quit")
        walk.wait_answered(terminal)
        assert terminal.runs
    with kept.open() as terminal:
        terminal.wait_for(SIGN_IN)
        terminal.press("quit")

        assert terminal.wait_exit() == ExitCode.DONE


def ask_to_leave(terminal: Terminal, pin: str) -> None:
    terminal.press("quit")
    terminal.wait_for("Leave the kiosk", "Coordinator")
    assert "Lee Wong" not in terminal.text.partition("Leave the kiosk")[2]
    terminal.press("enter", pin, "enter")


@pytest.mark.slow
def test_the_coordinator_leaves_a_locked_down_kiosk_by_the_pin(kept: Kept) -> None:
    with kept.open(*LOCKED) as terminal:
        terminal.wait_for(SIGN_IN)
        ask_to_leave(terminal, DANA_PIN)

        assert terminal.wait_exit() == ExitCode.DONE
    assert kept.wrote_nothing()


@pytest.mark.slow
@pytest.mark.parametrize("where", [walk.TODAY, "LOCKED"], ids=["open", "locked"])
def test_a_locked_down_kiosk_is_not_left_from_anywhere_else(
    kept: Kept, where: str
) -> None:
    with kept.open(*LOCKED) as terminal:
        sign_in(terminal)
        if where == "LOCKED":
            terminal.press("lock")
        terminal.wait_for(where)
        terminal.press("quit")
        walk.wait_answered(terminal)

        assert where in terminal.settled()
        assert "Leave the kiosk" not in terminal.text
        assert terminal.runs


def wait_failed(terminal: Terminal, kept: Kept, tries: int) -> None:
    terminal.wait_until(lambda: kept.failed("s1") == tries, f"{tries} tries on record")


@pytest.mark.slow
@pytest.mark.parametrize("pin", [LEE_PIN, "000000"], ids=["a proctor's", "nobody's"])
def test_another_pin_does_not_lead_out_and_counts(kept: Kept, pin: str) -> None:
    with kept.open(*LOCKED) as terminal:
        terminal.wait_for(SIGN_IN)
        for tries in range(1, FREE_TRIES + 2):
            ask_to_leave(terminal, pin)
            terminal.wait_gone("Leave the kiosk")
            wait_failed(terminal, kept, tries)
            assert terminal.runs
        assert "not correct" in terminal.settled()
        ask_to_leave(terminal, DANA_PIN)

        terminal.wait_for("Too many wrong PINs")
        assert terminal.runs
        assert kept.failed("s1") == FREE_TRIES + 1


def steering(kept: Kept, tmp: Path) -> dict[str, str]:
    """Return an environment that would steer Textual, Python and the screen's size."""
    planted = tmp / "planted"
    planted.mkdir()
    for name in ("sitecustomize", "usercustomize", "planted_driver", "cptkiosk"):
        marker = kept.cwd / f"{name} ran"
        code = f"import pathlib\npathlib.Path({str(marker)!r}).touch()\n"
        (planted / f"{name}.py").write_text(code, "utf-8")
    return {
        "TEXTUAL_DRIVER": "planted_driver:Driver",
        "TEXTUAL_PRESS": "ctrl+q",
        "TEXTUAL_SCREENSHOT": "0",
        "TEXTUAL_SCREENSHOT_LOCATION": str(kept.cwd),
        "TEXTUAL_LOG": str(kept.cwd / "log"),
        "TEXTUAL": "debug,devtools",
        "TEXTUAL_ALLOW_SIGNALS": "1",
        "TEXTUAL_DEBUG": "1",
        "LINES": "5",
        "COLUMNS": "20",
        "PYTHONINSPECT": "1",
        "PYTHONSTARTUP": str(planted / "sitecustomize.py"),
        "PYTHONPATH": str(planted),
        "PYTHONBREAKPOINT": "planted_driver.run",
        "PYTHONTZPATH": str(planted),
        "PYTHONOPTIMIZE": "2",
        "PYTHONUSERBASE": str(planted),
        "CPTKIOSK_DATA_DIR": str(tmp / "another"),
    }


@pytest.mark.slow
def test_the_login_shell_lets_nothing_of_the_environment_in(
    kept: Kept, tmp_path: Path
) -> None:
    environ = steering(kept, tmp_path)
    shell = kept.wrapper()
    with Terminal(
        "-c", "sh -i", cwd=kept.cwd, environ=environ, program=(shell,)
    ) as terminal:
        terminal.wait_for(SIGN_IN)
        walk.wait_answered(terminal)
        assert terminal.runs
        names = Path(f"/proc/{terminal.pid}/environ").read_bytes().split(b"\0")
        assert {name.partition(b"=")[0] for name in names if name} == {
            b"TERM", b"LANG", b"PATH",
        }  # fmt: skip
        assert terminal.lines[-1].strip(), "it fills the screen"
        terminal.send(b"\x03\x1c\x1a")
        walk.wait_answered(terminal)
        assert terminal.runs
        ask_to_leave(terminal, DANA_PIN)

        assert terminal.wait_exit() == ExitCode.DONE
        assert ">>>" not in terminal.said
    assert kept.wrote_nothing()
    assert not (tmp_path / "another").exists()


@pytest.mark.slow
@MODES
def test_nothing_in_the_environment_steers_textual(
    kept: Kept, tmp_path: Path, mode: Mode
) -> None:
    steers = steering(kept, tmp_path).items()
    kept_to = {key: value for key, value in steers if not key.startswith("PYTHON")}
    zones = {"PYTHONTZPATH": str(tmp_path)}
    with kept.open(*mode, environ=kept_to | zones) as terminal:
        terminal.wait_for(SIGN_IN)
        walk.wait_answered(terminal)
        assert terminal.runs
        assert terminal.lines[-1].strip(), "it fills the screen"
        terminal.send(b"\x03\x1c\x1a")
        walk.wait_answered(terminal)
        assert terminal.runs
        sign_in(terminal)
    assert kept.wrote_nothing()
    assert not (tmp_path / "another").exists()


@pytest.mark.slow
def test_a_login_shell_without_a_terminal_runs_nothing(kept: Kept) -> None:
    done = subprocess.run(
        [kept.wrapper(), "-c", f"id; touch {kept.cwd}/escaped"],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
        cwd=kept.cwd, env={**os.environ, "TERM": "xterm"},
    )  # fmt: skip

    assert done.returncode == ExitCode.USAGE
    assert not done.stdout
    assert "needs an interactive terminal" in done.stderr
    assert kept.wrote_nothing()
