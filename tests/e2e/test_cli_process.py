"""The command line as a process: its streams, its rights, and what it loads."""

import os
import pty
import pwd
import subprocess
import sys
from pathlib import Path

import pytest

from cptkiosk.errors import ExitCode
from support.shell import INIT, PATIENCE_S, PROGRAM, Shell, init_center

HEAVY = ["textual", "sqlite_utils", "msgspec", "argon2", "cryptography", "platformdirs"]


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path / "data")


@pytest.fixture
def center(tmp_path: Path) -> Shell:
    return init_center(tmp_path / "data")


def test_a_command_answers_and_fails_as_a_shell_expects(center: Shell) -> None:
    listed = center.process("staff", "list")
    assert (listed.returncode, listed.stderr) == (0, "")
    assert "Ana Ruiz" in listed.stdout
    again = center.process(*INIT, stdin="482913\n")
    assert (again.returncode, again.stdout) == (ExitCode.REFUSED, "")
    assert again.stderr.startswith("cptkiosk: ")
    assert again.stderr.count("\n") == 1


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; from cptkiosk.cli.main import main; main(['--help']);"
        "print('loaded', *sys.modules)"
    )
    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout
    loaded = said.split("loaded ")[1].split()

    assert "example:" in said
    assert not set(HEAVY) & set(loaded)


def test_a_reader_that_leaves_is_no_trouble(center: Shell) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = center.process("session", "list", stdout=writer)
    os.close(writer)

    assert (done.returncode, done.stderr) == (0, "")


def test_a_failure_without_listeners_is_still_a_failure(shell: Shell) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = shell.process("ledger", "verify", stdout=writer, stderr=writer)
    os.close(writer)
    assert done.returncode == ExitCode.STORAGE


def test_an_answer_that_does_not_fit_is_said_in_a_sentence(center: Shell) -> None:
    with Path("/dev/full").open("wb") as full:
        done = center.process("staff", "list", stdout=full)
    assert done.returncode == ExitCode.DESTINATION
    assert done.stderr.startswith("cptkiosk: The output could not be written")
    assert done.stderr.count("\n") == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root becomes somebody else")
def test_files_that_root_makes_belong_to_the_folders_owner(tmp_path: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    theirs = init_center(tmp_path / "theirs")
    for path in (theirs.folder, *theirs.folder.rglob("*")):
        os.chown(path, nobody.pw_uid, nobody.pw_gid)
    theirs.process("ledger", "backup")
    theirs.process("person", "show", "\udcff")
    assert {one.stat().st_uid for one in theirs.folder.rglob("*")} == {nobody.pw_uid}


def test_the_pin_is_asked_for_twice_on_a_terminal(shell: Shell) -> None:
    keyboard, terminal = pty.openpty()
    asked = subprocess.Popen(
        [*PROGRAM, *INIT[:-1]],
        stdin=terminal,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=shell.environ,
        start_new_session=True,
    )
    assert asked.stderr is not None
    for pin in (b"482913\n", b"482914\n"):
        # What is typed before the question is dropped.
        assert asked.stderr.read(len("PIN: "))[-1:] in b" "
        while pin == b"482914\n" and asked.stderr.read(1) != b":":
            pass
        os.write(keyboard, pin)
    _, said = asked.communicate(timeout=PATIENCE_S)
    os.close(keyboard)
    os.close(terminal)

    assert asked.returncode == 2
    assert b"The two PINs differ" in said
    assert not shell.folder.exists()
