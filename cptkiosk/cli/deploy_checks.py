"""What of a locked-down kiosk this machine has, point by point; nothing is changed.

A check returns what it found if that fits, raises `Misfit` if it does not, and `OSError`
or `Unseen` where it cannot tell.
"""

import grp
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path

from cptkiosk.cli.deploy_code import (
    OTHERS_WRITE,
    files_inside,
    first_loose,
    folders_above,
)
from cptkiosk.cli.deploy_machine import Account, Machine
from cptkiosk.cli.deploy_texts import (
    FILES,
    KEYS,
    LOGIND,
    SHELL,
    TIMER,
    UNIT,
    UNITS,
    Place,
)
from cptkiosk.host.data_directory import SHARED, Paths, modes_in

FITS, MISFIT, UNSEEN = "OK", "wrong", "not checked"
AGAIN = "check again as root"
SYSRQ = Path("/proc/sys/kernel/sysrq")

Check = tuple[str, Callable[[], str]]
"""What is looked at, and how."""


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that was looked at."""

    about: str
    verdict: str
    found: str
    todo: str = ""


class Misfit(Exception):
    """Something is not as it should be."""

    def __init__(self, found: str, todo: str) -> None:
        super().__init__(found)
        self.todo = todo


class Unseen(Exception):
    """Something cannot be looked at from here."""


def list_points(kind: str, place: Place, machine: Machine) -> list[Point]:
    """Look at everything that one kind of deployment needs."""
    found = []
    for about, check in _Checks(place, machine).of_kind(kind):
        try:
            found.append(Point(about, FITS, check()))
        except Misfit as misfit:
            found.append(Point(about, MISFIT, str(misfit), misfit.todo))
        except (OSError, UnicodeDecodeError, Unseen) as error:
            found.append(Point(about, UNSEEN, str(error), AGAIN))
    return found


class _Checks:
    """The checks of one place on one machine."""

    def __init__(self, place: Place, machine: Machine) -> None:
        self._place, self._machine = place, machine
        self._program = (str(place.python), "-I", "-X", "utf8", "-m", "cptkiosk")
        self._can_run = True
        """Whether the account can, as far as it was tried."""

    def of_kind(self, kind: str) -> Iterator[Check]:
        """Return the checks of one kind of deployment, each to be run at once."""
        yield "isolated Python", self._check_python
        yield "program files", self._check_program
        if kind not in {"upload", "upload-timer"}:
            yield SHELL.name, partial(self._check_file, "login-shell")
        account = self._machine.account(self._place.user)
        yield "account", partial(self._check_account, account)
        if account is None:
            return
        yield "data directory", partial(self._check_data, account)
        yield "ledger", partial(self._check_ledger, account)
        yield "program run by the account", self._runs_program
        if self._can_run:
            yield "data opened by the account", self._opens_data
        match kind:
            case "login-shell":
                yield "login shell", partial(self._check_login, account)
            case "sshd":
                yield from self._check_sshd()
                yield "keys", self._check_keys
            case "console":
                yield from self._check_console()
            case _:
                yield from self._check_upload()

    def _check_python(self) -> str:
        code, said = self._machine.ask(*self._program, "--version")
        if code:
            again = "install cptkiosk in its own environment (README.md)"
            raise Misfit(f"it does not run: {said[-200:]}", again)
        return f"{self._place.python} -I runs {said.strip()}"

    def _check_program(self) -> str:
        """Look whether anyone but root could put other code where the program lies."""
        code = self._machine.code
        paths = chain(folders_above(self._place.python, code), files_inside(code))
        found = first_loose(paths, self._machine.owner)
        if found is not None:
            path, status = found
            raise Misfit(
                f"{path} belongs to uid {status.st_uid}, mode {_mode_text(status)}",
                "install it in a folder only root can write to, such as /opt/cptkiosk",
            )
        return f"only root can change files in {' and '.join(map(str, code))}"

    def _runs_program(self) -> str:
        """Run the program as the account itself, which may see less than root does."""
        todo = f"give {self._place.user} permission to read and run it"
        return self._run_as_account(todo, "--version")

    def _opens_data(self) -> str:
        user, data = self._place.user, str(self._place.data_dir)
        todo = f"give {user} access to the data directory, as described there"
        return self._run_as_account(todo, "--data-dir", data, "ledger", "info")

    def _run_as_account(self, todo: str, *arguments: str) -> str:
        if not self._machine.is_root:
            raise Unseen("only root can check this")
        command = ("runuser", "-u", self._place.user, "--", *self._program, *arguments)
        code, said = self._machine.ask(*command)
        if code:
            self._can_run = False
            raise Misfit(f"it does not run: {_last_words(said)}", todo)
        return "it runs"

    def _check_file(self, kind: str) -> str:
        path = FILES[kind]
        repair = f'write it again as shown by "cptkiosk deploy {kind}"'
        status, now = self._read_owned(path, repair)
        if path == SHELL and status.st_mode & 0o555 != 0o555:
            raise Misfit(f"mode {_mode_text(status)}", f"chmod 0755 {path}")
        if now != self._place.write_file(kind):
            raise Misfit(f"{path} has different contents", repair)
        return f"{path} matches this release"

    def _read_owned(self, path: Path, if_missing: str) -> tuple[os.stat_result, str]:
        """Return what is known of a file that only root may write, and its text."""
        there = self._machine.at(path)
        _check_there(there, path, if_missing)
        status, text = there.stat(), there.read_text("utf-8", "replace")
        if status.st_uid != self._machine.owner or status.st_mode & OTHERS_WRITE:
            who = f"uid {status.st_uid}, mode {_mode_text(status)}"
            raise Misfit(
                f"accounts other than root can write it: {who}",
                f"chown root: {path} && chmod go-w {path}",
            )
        return status, text

    def _check_account(self, account: Account | None) -> str:
        user = self._place.user
        if account is None:
            add = 'add it as shown by "cptkiosk deploy login-shell"'
            raise Misfit(f'there is no account "{user}"', add)
        if account.uid == 0:
            todo = "use a separate account that owns only the data"
            raise Misfit(f'"{user}" is root', todo)
        return f'"{user}" is uid {account.uid}'

    def _check_data(self, account: Account) -> str:
        folder, user = self._place.data_dir, self._place.user
        _check_there(folder, folder, f"install -d -o {user} -m 0700 {folder}")
        status = folder.stat()
        mode = stat.S_IMODE(status.st_mode)
        is_owner, is_shared = status.st_uid == account.uid, modes_in(folder) == SHARED
        for_group = mode & 0o777 == 0o770
        mine = is_owner and mode == 0o700
        ours = (
            for_group
            and (is_shared or not is_owner)
            and status.st_gid in account.groups
        )
        says = (
            f"{folder}, uid {status.st_uid}, gid {status.st_gid}, mode"
            f" {_mode_text(status)}"
        )
        if mine or ours:
            return says
        if is_shared and for_group:
            group = _group_name(status.st_gid)
            raise Misfit(says, f"usermod -aG {group} {user}; then sign in again")
        raise Misfit(says, f"chown {user} {folder}; chmod 0700 {folder}")

    def _check_ledger(self, account: Account) -> str:
        """Look at every file of the record: SQLite writes those beside it, too."""
        paths, user = Paths(self._place.data_dir), self._place.user
        if not paths.ledger.exists():
            todo = 'run "cptkiosk center init" as that account before anyone else does'
            raise Misfit("no center is set up yet", todo)
        shared = modes_in(paths.root) == SHARED
        group = paths.root.stat().st_gid
        beside = sorted(paths.root.glob("ledger.db*"))
        for one in (*beside, *paths.root.glob(paths.key.name)):
            status = one.stat()
            says = f"{one}, uid {status.st_uid}, mode {_mode_text(status)}"
            if shared and (status.st_gid != group or status.st_mode & 0o007):
                raise Misfit(says, f"chgrp {group} {one}; chmod 0660 {one}")
            if not shared and (status.st_uid != account.uid or status.st_mode & 0o077):
                raise Misfit(says, f"chown {user}: {one}; chmod 0600 {one}")
        whose = f"group {group}" if shared else "the account"
        return f"{paths.ledger} and its key are accessible to {whose} only"

    def _check_login(self, account: Account) -> str:
        if account.shell != str(SHELL):
            todo = f"usermod --shell {SHELL} {self._place.user}"
            raise Misfit(f"it is {account.shell}", todo)
        return f"it is {SHELL}"

    def _check_sshd(self) -> Iterator[Check]:
        """Ask sshd itself what it would do for the account."""
        asked = f"user={self._place.user},host=localhost,addr=127.0.0.1"
        code, said = self._machine.ask(*self._machine.sshd, "-C", asked)
        lines = [line.partition(" ") for line in said.splitlines()]

        def compare_setting(name: str, wanted: str) -> str:
            if code:
                raise Unseen(f"sshd -T failed: {_last_words(said)}")
            got = ", ".join(rest for key, _, rest in lines if key == name.lower())
            if got != wanted:
                todo = f'set it to "{wanted}" as shown by "cptkiosk deploy sshd"'
                raise Misfit(f'it is "{got}"', todo)
            return wanted

        if code:
            yield "sshd", partial(compare_setting, "", "")
            return
        wanted = self._place.sshd_settings() | {"PermitUserEnvironment": "no"}
        for name, value in wanted.items():
            yield f"sshd {name}", partial(compare_setting, name, value)

    def _check_keys(self) -> str:
        _, text = self._read_owned(KEYS, "create it with one public key per line")
        lines = [line.strip() for line in text.splitlines()]
        keys = [line for line in lines if line and not line.startswith("#")]
        wanted = f'restrict,pty,command="{SHELL}" '
        loose = [line for line in keys if not line.startswith(wanted)]
        if loose:
            said = f"{len(loose)} of {len(keys)} keys are not restricted"
            raise Misfit(said, f"start each line with {wanted.strip()}")
        return f"{len(keys)} in {KEYS}, all restricted"

    def _check_console(self) -> Iterator[Check]:
        yield UNIT.name, partial(self._check_file, "console")
        wants = UNITS / "multi-user.target.wants" / UNIT.name
        enable = f"systemctl enable {UNIT.name}"
        yield "starts at boot", partial(self._check_link, wants, enable)
        for name in ("getty@tty1.service", "ctrl-alt-del.target"):
            mask = f"systemctl mask {name}"
            link = partial(self._check_link, UNITS / name, mask, os.devnull)
            yield f"{name} masked", link
        yield "no other consoles", partial(self._check_line, LOGIND, "NAutoVTs=0")
        yield "SysRq off", self._check_sysrq

    def _check_sysrq(self) -> str:
        if not self._machine.at(SYSRQ).exists():
            return "this kernel does not have it"
        return self._check_line(SYSRQ, "0")

    def _check_upload(self) -> Iterator[Check]:
        for kind in ("upload", "upload-timer"):
            yield FILES[kind].name, partial(self._check_file, kind)
        wants = UNITS / "timers.target.wants" / TIMER.name
        enable = f"systemctl enable --now {TIMER.name}"
        yield "timer starts at boot", partial(self._check_link, wants, enable)

    def _check_link(self, path: Path, todo: str, target: str = "") -> str:
        """Look for a link, to `target` if that is given."""
        there = self._machine.at(path)
        if not there.is_symlink() or target not in {"", str(there.readlink())}:
            raise Misfit("no", todo)
        return "yes"

    def _check_line(self, path: Path, wanted: str) -> str:
        """Look for a line in a file."""
        there = self._machine.at(path)
        todo = 'set it as shown by "cptkiosk deploy console"'
        _check_there(there, path, todo)
        if wanted not in there.read_text("utf-8").splitlines():
            raise Misfit(f"{path} does not contain {wanted}", todo)
        return f"{path} contains {wanted}"


def _check_there(there: Path, path: Path, todo: str) -> None:
    """Check that a path is there, which a sentence calls `path`.

    Raises:
        Misfit: if it is not.
        OSError: if that cannot be told.
    """
    try:
        there.stat()
    except FileNotFoundError:
        raise Misfit(f"{path} does not exist", todo) from None


def _last_words(said: str) -> str:
    return " ".join(said.split())[-200:]


def _group_name(number: int) -> str:
    try:
        return grp.getgrgid(number).gr_name
    except KeyError:
        return str(number)


def _mode_text(status: os.stat_result) -> str:
    return f"{stat.S_IMODE(status.st_mode):04o}"
