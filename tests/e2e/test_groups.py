"""Several Unix users on one record: the group shares it, and no other user reads it."""

import os
import shutil
import stat
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cptkiosk.errors import ExitCode
from cptkiosk.host.clock import SystemClock
from cptkiosk.host.data_directory import Paths
from support.center import DANA_PIN, LEDGER, LEE_PIN, open_desk
from support.lab import Lab, User, a_lab, why_no_lab
from support.sessions import opened, planned, roll, seated

NO_LAB = why_no_lab()
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(NO_LAB), reason=NO_LAB or "there is one"),
]

INIT = (
    *("center", "init", "--name", "Northfield", "--site-code", "TN-014"),
    *("--tz", "UTC", "--coordinator", "Dana Ortiz", "--pin-stdin"),
)


@pytest.fixture(scope="module")
def users() -> Iterator[Lab]:
    with a_lab() as lab:
        yield lab


@pytest.fixture
def lab(users: Lab, request: pytest.FixtureRequest) -> Lab:
    """A lab whose administrator has just made the directory; its users have a umask."""
    umask = getattr(request, "param", 0o077)
    shutil.rmtree(users.data, ignore_errors=True)
    users.data.mkdir()
    os.chown(users.data, 0, users.gid)
    users.data.chmod(0o2770)
    ann, bob = (replace(one, umask=umask) for one in (users.ann, users.bob))
    return replace(users, ann=ann, bob=bob)


def done(
    user: User, lab: Lab, *arguments: object, given: str = "", module: str = "cptkiosk"
) -> str:
    """Run a command that works, and return what it said."""
    at = ("--data-dir", lab.data) if module == "cptkiosk" else ()
    ran = user.run(*at, *arguments, given=given, module=module)
    assert ran.returncode == ExitCode.DONE, ran.stderr + ran.stdout
    return ran.stdout


def add(user: User, lab: Lab, name: str) -> None:
    """Add a person to the staff."""
    command = ("staff", "add", "--name", name, "--role", "proctor", "--pin-stdin")
    done(user, lab, *command, given=f"{LEE_PIN}\n")


def center_of(lab: Lab) -> None:
    done(lab.ann, lab, *INIT, given=f"{DANA_PIN}\n")
    add(lab.bob, lab, "Lee Wong")


def testing_in(lab: Lab) -> None:
    """Leave a session in which two people sit their tests."""
    center_of(lab)
    desk = open_desk(lab.data, SystemClock(), "root")
    planned(desk, roll(2), "a", "safety")
    opened(desk, "a")
    for one in desk.session("a").attempts:
        seated(desk, "a", one)
    desk.ledger.close()


def unshared(lab: Lab) -> dict[str, str]:
    """Return what is in the directory and is not the group's alone, with its mode."""
    odd = {}
    for path in (lab.data, *lab.data.rglob("*")):
        found = path.lstat()
        wanted = 0o2770 if path.is_dir() else 0o660
        if (stat.S_IMODE(found.st_mode), found.st_gid) != (wanted, lab.gid):
            odd[path.name] = f"{stat.S_IMODE(found.st_mode):04o} gid {found.st_gid}"
    return odd


def test_two_users_write_one_session_at_once(lab: Lab) -> None:
    testing_in(lab)
    start_s = time.monotonic() + 2
    racing = [
        user.start(
            "race", lab.data, name, "wal", start_s, 1.5, module="support.workers"
        )
        for user, name in ((lab.ann, "ann"), (lab.bob, "bob"))
    ]
    add(lab.bob, lab, "Meanwhile Bob")
    ended = [one.finish() for one in racing]

    assert [one.returncode for one in ended] == [0, 0], ended
    desk = open_desk(lab.data, SystemClock(), "root")
    recorded = {
        seq
        for (seq,) in desk.ledger.rows("SELECT seq FROM entry WHERE kind LIKE 'note-%'")
    }
    desk.ledger.close()
    for one in ended:
        said = one.stdout.splitlines()
        notes = {int(line.split()[1]) for line in said if "note" in line}
        assert notes, one
        assert notes <= recorded
    assert "Meanwhile Bob" in done(lab.ann, lab, "staff", "list")
    assert "Verified" in done(lab.ann, lab, "ledger", "verify")
    assert unshared(lab) == {}


def test_two_users_at_two_kiosks_see_each_others_steps(lab: Lab) -> None:
    testing_in(lab)
    with lab.ann.terminal(lab.data) as ann, lab.bob.terminal(lab.data) as bob:
        for terminal in (ann, bob):
            terminal.wait_for("Lee Wong", "Dana Ortiz", "PIN")
            terminal.press("right", "enter", DANA_PIN, "enter")
            terminal.wait_for("Morning")
            terminal.press("enter")
            terminal.wait_for("start 2 clocks")
        names = {path.name for path in lab.data.iterdir()}
        assert {f"{LEDGER}-wal", f"{LEDGER}-shm", "turn.lock"} <= names
        assert {
            path: mode for path, mode in unshared(lab).items() if LEDGER in path
        } == {}
        ann.press("s")
        ann.wait_for("Read aloud")
        ann.press("enter")
        bob.wait_for("TESTING")
        for terminal in (ann, bob):
            terminal.kill()
            terminal.gone_within()


@pytest.mark.parametrize("lab", [0o022, 0o077, 0o000], ids=oct, indirect=True)
def test_every_file_is_the_groups_whatever_the_umask_is(lab: Lab) -> None:
    testing_in(lab)
    done(lab.bob, lab, "ledger", "backup")
    done(lab.ann, lab, lab.data, module="support.lab_files")
    done(lab.bob, lab, "ledger", "salvage")
    with lab.bob.terminal(lab.data) as terminal:
        terminal.wait_for("Dana Ortiz", "PIN")
        made = {path.name for path in lab.data.iterdir()}
        assert unshared(lab) == {}

    paths = Paths(lab.data)
    for path in (paths.ledger, paths.key, paths.log, paths.backups, paths.reports):
        assert path.name in made


def test_a_user_outside_the_group_reads_nothing(lab: Lab) -> None:
    testing_in(lab)
    done(lab.ann, lab, "ledger", "backup")
    with lab.bob.terminal(lab.data) as terminal:
        terminal.wait_for("Dana Ortiz", "PIN")
        for path in lab.data.rglob("*"):
            assert not lab.eve.can_open(path), path
            assert path.is_dir() or lab.ann.can_open(path), path
    for command in (("ledger", "info"), ("staff", "list"), INIT):
        ran = lab.eve.run("--data-dir", lab.data, *command, given=f"{DANA_PIN}\n")
        assert ran.returncode == ExitCode.STORAGE, ran.stdout + ran.stderr
        assert "Traceback" not in ran.stderr
        assert "Dana" not in ran.stdout


def test_a_directory_that_is_not_shared_is_somebodys_alone(users: Lab) -> None:
    shutil.rmtree(users.data, ignore_errors=True)
    users.data.mkdir()
    os.chown(users.data, users.ann.uid, users.gid)
    users.data.chmod(0o770)

    ran = users.bob.run("--data-dir", users.data, *INIT, given=f"{DANA_PIN}\n")

    assert ran.returncode == ExitCode.STORAGE
    assert f'belongs to the account "{users.ann.name}"' in ran.stderr
    assert [*users.data.iterdir()] == []
    done(users.ann, users, *INIT, given=f"{DANA_PIN}\n")
    assert stat.S_IMODE(users.data.stat().st_mode) == 0o700


def test_root_reads_anybodys_record_and_writes_only_as_its_owner(users: Lab) -> None:
    shutil.rmtree(users.data, ignore_errors=True)
    users.data.mkdir(mode=0o700)
    os.chown(users.data, users.ann.uid, users.gid)
    done(users.ann, users, *INIT, given=f"{DANA_PIN}\n")
    root = replace(users.ann, name="root")

    assert "Verified" in done(root, users, "ledger", "verify")
    command = ("staff", "add", "--name", "Sam Lee", "--role", "proctor", "--pin-stdin")
    ran = root.run("--data-dir", users.data, *command, given=f"{LEE_PIN}\n")
    assert ran.returncode == ExitCode.STORAGE
    assert "Run this as that account" in ran.stderr
    owners = {path.stat().st_uid for path in Path(users.data).rglob("*")}
    assert owners == {users.ann.uid}
    add(users.ann, users, "Sam Lee")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("staff list", ExitCode.STORAGE),
        ("ledger verify", ExitCode.STORAGE),
        (
            "center init --name N --site-code N --tz UTC --coordinator D",
            ExitCode.STORAGE,
        ),
    ],
)
def test_a_folder_that_may_not_be_looked_into_is_explained(
    lab: Lab, words: str, code: ExitCode
) -> None:
    lab.data.chmod(0o700)
    ran = lab.ann.run("--data-dir", lab.data, *words.split())
    assert ran.returncode == code
    assert "cannot be opened (Permission denied). Nothing was changed." in ran.stderr


@pytest.mark.parametrize("name", ["locked/b.db", "x" * 300])
def test_a_backup_to_an_unreadable_folder_is_refused(lab: Lab, name: str) -> None:
    center_of(lab)
    (lab.data / "locked").mkdir(mode=0o700)
    target = lab.data / name
    ran = lab.ann.run("--data-dir", lab.data, "ledger", "backup", "--to", target)
    assert ran.returncode == ExitCode.DESTINATION
    assert "Nothing was changed." in ran.stderr
