"""`cptkiosk deploy`: the files it prints, and what its check finds on a machine."""

import getpass
import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from cptkiosk.cli import main as cli
from cptkiosk.cli.deploy_checks import (
    FITS,
    MISFIT,
    UNSEEN,
    list_points,
)
from cptkiosk.cli.deploy_code import files_inside, first_loose
from cptkiosk.cli.deploy_machine import Account, Machine
from cptkiosk.cli.deploy_texts import (
    FILES,
    KEYS,
    LOGIND,
    SERVICE,
    SHELL,
    TIMER,
    UNIT,
    Place,
)
from cptkiosk.errors import ExitCode
from cptkiosk.host.clock import SystemClock
from support.center import open_desk, staffed

KINDS = tuple(FILES)
SSHD_SETTINGS = Place("", Path("/"), Path("/")).sshd_settings()
UNUSUAL = "/srv/a center's data"
UID = os.getuid() or 4711


def printed(capsys: pytest.CaptureFixture[str], kind: str, *options: str) -> str:
    assert cli.main(["deploy", kind, *options]) == ExitCode.DONE
    return capsys.readouterr().out


@pytest.mark.parametrize("kind", KINDS)
def test_it_prints_one_file_and_writes_none(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, kind: str
) -> None:
    folder = tmp_path / "data"
    text = printed(capsys, kind, "--data-dir", str(folder), "--user", "proctors")
    answer = json.loads(
        printed(capsys, kind, "--data-dir", str(folder), "--user", "proctors", "--json")
    )

    assert answer["text"] == text
    assert answer["path"] in text
    assert "proctors" in text
    assert str(folder) in text
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("data", ["/srv/cptkiosk", UNUSUAL, "/srv/$(id)", "/srv/;id"])
def test_the_script_names_its_data_whatever_the_path_is(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, data: str
) -> None:
    text = printed(capsys, "login-shell", "--data-dir", data)
    program = tmp_path / "python"
    program.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n', "utf-8")
    program.chmod(0o755)
    (line,) = [one for one in text.splitlines() if " -I -X utf8 " in one]
    python = line.split()[0]
    script = tmp_path / "shell"
    script.write_text(text.replace(python, str(program)), "utf-8")

    done = subprocess.run(
        ["/bin/sh", script, "-c", "echo escaped"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip

    given = done.stdout.splitlines()
    assert given == [
        "-I", "-X", "utf8", "-m", "cptkiosk", "--kiosk", "--data-dir", data,
    ]  # fmt: skip


@pytest.mark.parametrize("user", ["", "Dana", "a b", "root\nMatch all", "-x", "a;id"])
def test_an_unknown_account_is_refused(
    capsys: pytest.CaptureFixture[str], user: str
) -> None:
    assert cli.main(["deploy", "sshd", f"--user={user}"]) == ExitCode.USAGE
    assert not capsys.readouterr().out


def test_a_path_that_would_end_a_line_is_refused(
    capsys: pytest.CaptureFixture[str],
) -> None:
    given = ["deploy", "login-shell", "--data-dir", "/srv/a\nid"]

    assert cli.main(given) == ExitCode.USAGE
    assert not capsys.readouterr().out


class Rig:
    """A machine made up in a folder, set up as the files that are printed say."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.python = root / "venv/python"
        self.place = Place("cptkiosk", root / "data", self.python)
        staffed(open_desk(self.place.data_dir, SystemClock())).ledger.close()
        self.answers = {name.lower(): value for name, value in SSHD_SETTINGS.items()}
        self.answers["permituserenvironment"] = "no"
        self.sshd_code = 0
        self.cannot_run = self.cannot_read = False
        self.is_root = True
        self.code = (root / "venv",)
        self.own = Account(os.getuid(), frozenset({os.getgid()}), str(SHELL))
        self.account: Account | None = self.own
        self.write(SHELL, self.place.write_file("login-shell"), 0o755)
        self.write(KEYS, f'restrict,pty,command="{SHELL}" ssh-ed25519 AAAA dana\n')
        self.write(UNIT, self.place.write_file("console"))
        self.write(SERVICE, self.place.write_file("upload"))
        self.write(TIMER, self.place.write_file("upload-timer"))
        timers = self.at(TIMER.parent / "timers.target.wants")
        timers.mkdir(parents=True)
        (timers / TIMER.name).symlink_to(TIMER)
        self.write(LOGIND, "[Login]\nNAutoVTs=0\n")
        self.write(Path("/proc/sys/kernel/sysrq"), "0\n")
        wants = self.at(UNIT.parent / "multi-user.target.wants")
        wants.mkdir()
        (wants / UNIT.name).symlink_to(UNIT)
        for name in ("getty@tty1.service", "ctrl-alt-del.target"):
            self.at(UNIT.parent / name).symlink_to(os.devnull)

    def at(self, path: Path) -> Path:
        return self.root / path.relative_to("/")

    def write(self, path: Path, text: str, mode: int = 0o644) -> None:
        there = self.at(path)
        there.parent.mkdir(parents=True, exist_ok=True)
        there.write_text(text, "utf-8")
        there.chmod(mode)

    def ask(self, *command: str) -> tuple[int, str]:
        if command[0] == "runuser":
            return self.as_account("ledger" in command)
        if "-T" in command:
            said = "\n".join(f"{key} {value}" for key, value in self.answers.items())
            return self.sshd_code, said
        return 0, "cptkiosk 1"

    def as_account(self, reads_data: bool) -> tuple[int, str]:
        """Answer as the account would: what it may not run or read is refused."""
        if self.cannot_run:
            return 126, f"'{self.python}': Permission denied"
        if reads_data and self.cannot_read:
            return 3, "cannot be read (Permission denied)"
        return 0, "cptkiosk 1"

    def look(self, kind: str) -> dict[str, tuple[str, str]]:
        """Return by what each point is about its verdict and what to do."""
        machine = Machine(
            self.root,
            lambda _: self.account,
            self.ask,
            owner=os.getuid(),
            is_root=self.is_root,
            code=self.code,
        )
        return {
            one.about: (one.verdict, one.todo)
            for one in list_points(kind, self.place, machine)
        }

    def misfits(self, kind: str) -> set[str]:
        found = self.look(kind)
        assert all(todo for verdict, todo in found.values() if verdict == MISFIT)
        return {about for about, (verdict, _) in found.items() if verdict == MISFIT}


HERE = {"account", "program files"}
"""What does not fit where tests run: they may be root, in a folder of somebody's."""


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    made = Rig(tmp_path)
    made.python.parent.mkdir()
    made.python.touch()
    return made


@pytest.mark.parametrize("kind", KINDS)
def test_a_machine_set_up_as_printed_fits(rig: Rig, kind: str) -> None:
    assert rig.misfits(kind) <= HERE


def test_a_program_that_the_account_cannot_run_does_not_fit(rig: Rig) -> None:
    rig.cannot_run = True
    assert rig.misfits("login-shell") - HERE == {"program run by the account"}


def test_data_that_the_account_cannot_read_does_not_fit(rig: Rig) -> None:
    rig.cannot_read = True
    assert rig.misfits("login-shell") - HERE == {"data opened by the account"}


def test_without_root_nothing_is_claimed_of_the_account(rig: Rig) -> None:
    rig.is_root = False
    found = rig.look("login-shell")
    assert found["program run by the account"] == ("not checked", "check again as root")


def test_an_account_that_is_only_missing_from_the_group_is_to_be_added(
    rig: Rig,
) -> None:
    rig.place.data_dir.chmod(0o2770)
    rig.account = Account(rig.own.uid + 1, frozenset({rig.own.uid + 2}), str(SHELL))

    todo = rig.look("login-shell")["data directory"][1]
    assert todo.startswith("usermod -aG ")
    assert "chown" not in todo


def test_an_account_that_is_root_does_not_fit(rig: Rig) -> None:
    rig.account = replace(rig.own, uid=0)
    assert "account" in rig.misfits("login-shell")
    rig.account = None
    assert "account" in rig.misfits("login-shell")


def test_another_login_shell_does_not_fit(rig: Rig) -> None:
    rig.account = Account(rig.own.uid, rig.own.groups, "/bin/bash")

    assert rig.misfits("login-shell") - HERE == {"login shell"}
    assert f"usermod --shell {SHELL} cptkiosk" in rig.look("login-shell")["login shell"]


@pytest.mark.parametrize("mode", [0o755, 0o777, 0o750, 0o770, 0o701])
def test_a_data_directory_that_others_get_into_does_not_fit(
    rig: Rig, mode: int
) -> None:
    rig.place.data_dir.chmod(mode)

    assert rig.misfits("sshd") - HERE == {"data directory"}


def test_a_directory_of_another_owner_with_the_accounts_group_fits(rig: Rig) -> None:
    rig.place.data_dir.chmod(0o770)
    rig.account = replace(rig.own, uid=UID + 1)

    assert "data directory" not in rig.misfits("sshd")
    rig.account = replace(rig.own, uid=UID + 1, groups=frozenset())
    assert "data directory" in rig.misfits("sshd")


@pytest.mark.parametrize("name", ["ledger.db", "installation.key"])
def test_a_record_that_others_can_read_does_not_fit(rig: Rig, name: str) -> None:
    assert "ledger" not in rig.misfits("sshd")
    (rig.place.data_dir / name).touch()
    (rig.place.data_dir / name).chmod(0o644)

    assert rig.misfits("sshd") - HERE == {"ledger"}


def test_a_record_that_a_group_shares_fits(rig: Rig) -> None:
    folder = rig.place.data_dir
    folder.chmod(0o2770)
    for one in folder.glob("ledger.db*"):
        one.chmod(0o660)
    rig.account = replace(rig.own, uid=UID + 1)

    assert rig.misfits("sshd") <= HERE
    (folder / "ledger.db").chmod(0o664)
    assert rig.misfits("sshd") - HERE == {"ledger"}


def test_the_first_file_of_the_program_that_others_can_write_is_named(rig: Rig) -> None:
    library = rig.root / "venv/textual/app.py"
    library.parent.mkdir()
    library.touch(mode=0o644)
    (library.parent / "gone").symlink_to(rig.root / "nowhere")

    def first(owner: int = os.getuid()) -> Path | None:
        found = first_loose(files_inside(rig.code), owner)
        return found[0] if found else None

    assert first() is None
    assert first(owner=4712) is not None
    library.chmod(0o664)
    assert first() == library
    library.chmod(0o644)
    library.parent.chmod(0o777)
    assert first() == library.parent
    assert "program files" in rig.misfits("sshd")


def test_a_place_without_a_record_does_not_fit(rig: Rig) -> None:
    rig.place = replace(rig.place, data_dir=rig.root / "empty")

    assert {"data directory", "ledger"} <= rig.misfits("console")


@pytest.mark.parametrize("change", ["text", "mode", "gone"])
def test_another_script_than_this_release_prints_does_not_fit(
    rig: Rig, change: str
) -> None:
    script = rig.at(SHELL)
    if change == "text":
        script.write_text("#!/bin/sh\nexec /bin/bash\n", "utf-8")
    elif change == "mode":
        script.chmod(0o777)
    else:
        script.unlink()

    assert rig.misfits("login-shell") - HERE == {"cptkiosk-shell"}


@pytest.mark.parametrize("name", [*SSHD_SETTINGS, "PermitUserEnvironment"])
def test_each_setting_of_sshd_is_looked_at(rig: Rig, name: str) -> None:
    rig.answers[name.lower()] = "another"

    assert rig.misfits("sshd") - HERE == {f"sshd {name}"}


def test_an_sshd_that_does_not_say_is_not_seen_and_no_misfit(rig: Rig) -> None:
    rig.sshd_code = 1

    assert rig.look("sshd")["sshd"][0] == UNSEEN
    assert rig.misfits("sshd") <= HERE


def test_a_key_without_its_restrictions_does_not_fit(rig: Rig) -> None:
    text = rig.at(KEYS).read_text("utf-8")
    rig.write(KEYS, f"{text}\n# a remark\nssh-ed25519 BBBB lee\n")

    assert rig.misfits("sshd") - HERE == {"keys"}


@pytest.mark.parametrize(
    ("path", "about"),
    [
        (UNIT, UNIT.name),
        (UNIT.parent / "multi-user.target.wants" / UNIT.name, "starts at boot"),
        (UNIT.parent / "getty@tty1.service", "getty@tty1.service masked"),
        (UNIT.parent / "ctrl-alt-del.target", "ctrl-alt-del.target masked"),
        (LOGIND, "no other consoles"),
    ],
)
def test_each_part_of_the_console_is_looked_at(
    rig: Rig, path: Path, about: str
) -> None:
    rig.at(path).unlink()

    assert rig.misfits("console") - HERE == {about}


@pytest.mark.parametrize(
    ("path", "about"),
    [
        (SERVICE, SERVICE.name),
        (TIMER, TIMER.name),
        (TIMER.parent / "timers.target.wants" / TIMER.name, "timer starts at boot"),
    ],
)
def test_each_part_of_the_upload_is_looked_at(rig: Rig, path: Path, about: str) -> None:
    rig.at(path).unlink()
    rig.at(SHELL).unlink()

    assert rig.misfits("upload") - HERE == {about}


@pytest.mark.skipif(
    not shutil.which("systemd-analyze"), reason="needs systemd's own check"
)
@pytest.mark.parametrize("data", ["/srv/cptkiosk", '/srv/100% a "$HOME" \\ center'])
def test_systemd_accepts_the_units_of_the_upload(tmp_path: Path, data: str) -> None:
    place = Place(getpass.getuser(), Path(data), Path(sys.executable))
    (tmp_path / SERVICE.name).write_text(place.write_file("upload"), "utf-8")
    (tmp_path / TIMER.name).write_text(place.write_file("upload-timer"), "utf-8")

    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", tmp_path / TIMER.name],
        capture_output=True, text=True, check=False,
        env={**os.environ, "SYSTEMD_UNIT_PATH": f"{tmp_path}:"},
    )  # fmt: skip

    assert (done.returncode, done.stderr) == (0, "")


def test_a_kernel_that_answers_sysrq_does_not_fit_and_one_without_it_does(
    rig: Rig,
) -> None:
    rig.write(Path("/proc/sys/kernel/sysrq"), "438\n")
    assert rig.misfits("console") - HERE == {"SysRq off"}
    rig.at(Path("/proc/sys/kernel/sysrq")).unlink()
    assert rig.misfits("console") <= HERE


def test_the_check_says_so_and_changes_nothing(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    given = ["deploy", "sshd", "--user", "nobody-here", "--data-dir", str(tmp_path)]

    assert cli.main([*given, "--check"]) == ExitCode.REFUSED
    said = capsys.readouterr().out
    assert cli.main([*given, "--check", "--json"]) == ExitCode.REFUSED
    answer = json.loads(capsys.readouterr().out)

    assert 'there is no account "nobody-here"' in said
    assert not answer["fits"]
    assert {one["verdict"] for one in answer["points"]} <= {FITS, MISFIT, UNSEEN}
    assert not list(tmp_path.iterdir())
