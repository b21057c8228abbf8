"""What of a locked-down kiosk this machine has, point by point; nothing is changed."""

import grp
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
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
    KEYS,
    LOGIND,
    SHELL,
    SSHD_SETTINGS,
    UNIT,
    Place,
)
from cptkiosk.cli.deploy_upload import SERVICE, TIMER, upload_service, upload_timer
from cptkiosk.host.data_directory import SHARED, Paths, modes_in

FITS, MISFIT, UNSEEN = "OK", "wrong", "not checked"
OTHERS = 0o007
UPLOAD = ("upload", "upload-timer")
"""The kinds that open no kiosk."""


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that was looked at."""

    about: str
    verdict: str
    found: str
    todo: str = ""


def points(kind: str, place: Place, machine: Machine) -> list[Point]:
    """Look at everything that one kind of deployment needs."""
    account = machine.account(place.user)
    found = [_check_python(place, machine), _check_program(place, machine)]
    if kind not in UPLOAD:
        found.append(
            _check_file(SHELL, place.wrapper_script(), machine, "deploy login-shell")
        )
    if account is None:
        add = 'add it as shown by "cptkiosk deploy login-shell"'
        return [
            *found,
            Point("account", MISFIT, f'there is no account "{place.user}"', add),
        ]
    found += [
        _check_account(place, account),
        _check_data(place, account),
        _check_ledger(place, account),
    ]
    found += _as_account(place, machine)
    match kind:
        case "login-shell":
            found.append(_check_login(place, account))
        case "sshd":
            found += [*_check_sshd(place, machine), _check_keys(machine)]
        case "console":
            found += _check_console(place, machine)
        case _:
            found += _check_upload(place, machine)
    return found


def _check_python(place: Place, machine: Machine) -> Point:
    code, said = machine.ask(
        str(place.python), "-I", "-X", "utf8", "-m", "cptkiosk", "--version"
    )
    if code:
        again = "install cptkiosk in its own environment (README.md)"
        return Point(
            "isolated Python", MISFIT, f"it does not run: {said[-200:]}", again
        )
    return Point("isolated Python", FITS, f"{place.python} -I runs {said.strip()}")


def _as_account(place: Place, machine: Machine) -> Iterator[Point]:
    """Run the program as the account itself, which may see less than root does."""
    program = (str(place.python), "-I", "-X", "utf8", "-m", "cptkiosk")
    tries = (
        (
            "program run by the account",
            ("--version",),
            f"give {place.user} permission to read and run it",
        ),
        (
            "data opened by the account",
            ("--data-dir", str(place.data_dir), "ledger", "info"),
            f"give {place.user} access to the data directory, as described there",
        ),
    )
    for about, arguments, todo in tries:
        if not machine.is_root:
            yield Point(
                about, UNSEEN, "only root can check this", "check again as root"
            )
            continue
        command = ("runuser", "-u", place.user, "--", *program, *arguments)
        code, said = machine.ask(*command)
        words = " ".join(said.split())[-200:]
        if code:
            yield Point(about, MISFIT, f"it does not run: {words}", todo)
            return
        yield Point(about, FITS, "it runs")


def _check_program(place: Place, machine: Machine) -> Point:
    """Look whether anyone but root could put other code where the program lies."""
    about = "program files"
    try:
        paths = chain(
            folders_above(place.python, machine.code), files_inside(machine.code)
        )
        found = first_loose(paths, machine.owner)
    except OSError as error:
        return Point(about, UNSEEN, str(error), "check again as root")
    if found is None:
        where = " and ".join(map(str, machine.code))
        return Point(about, FITS, f"only root can change files in {where}")
    path, status = found
    who = f"{path} belongs to uid {status.st_uid}, mode {_mode_text(status)}"
    todo = "install it in a folder only root can write to, such as /opt/cptkiosk"
    return Point(about, MISFIT, who, todo)


def _check_file(path: Path, text: str, machine: Machine, command: str) -> Point:
    about, there = path.name, machine.at(path)
    repair = f'write it again as shown by "cptkiosk {command}"'
    try:
        status, now = there.stat(), there.read_text("utf-8")
    except FileNotFoundError:
        return Point(about, MISFIT, f"{path} does not exist", repair)
    except (OSError, UnicodeDecodeError) as error:
        return Point(about, UNSEEN, f"{path}: {error}", "check again as root")
    if status.st_uid != machine.owner or status.st_mode & OTHERS_WRITE:
        who = f"uid {status.st_uid}, mode {_mode_text(status)}"
        todo = f"chown root: {path} && chmod go-w {path}"
        return Point(
            about, MISFIT, f"accounts other than root can write it: {who}", todo
        )
    if path == SHELL and status.st_mode & 0o555 != 0o555:
        return Point(about, MISFIT, f"mode {_mode_text(status)}", f"chmod 0755 {path}")
    if now != text:
        return Point(about, MISFIT, f"{path} has different contents", repair)
    return Point(about, FITS, f"{path} matches this release")


def _check_account(place: Place, account: Account) -> Point:
    if account.uid == 0:
        todo = "use a separate account that owns only the data"
        return Point("account", MISFIT, f'"{place.user}" is root', todo)
    return Point("account", FITS, f'"{place.user}" is uid {account.uid}')


def _check_data(place: Place, account: Account) -> Point:
    about, folder = "data directory", place.data_dir
    own = f"install -d -o {place.user} -m 0700 {folder}"
    try:
        status = folder.stat()
    except FileNotFoundError:
        return Point(about, MISFIT, f"{folder} does not exist", own)
    except OSError as error:
        return Point(about, UNSEEN, str(error), "check again as root")
    mode = stat.S_IMODE(status.st_mode)
    mine = status.st_uid == account.uid and mode == 0o700
    shared = (
        (status.st_uid != account.uid or modes_in(folder) == SHARED)
        and status.st_gid in account.groups
        and mode & 0o777 == 0o770
    )
    says = (
        f"{folder}, uid {status.st_uid}, gid {status.st_gid}, mode {_mode_text(status)}"
    )
    if mine or shared:
        return Point(about, FITS, says)
    if modes_in(folder) == SHARED and mode & 0o777 == 0o770:
        todo = (
            f"usermod -aG {_group_name(status.st_gid)} {place.user}; then sign in again"
        )
    else:
        todo = f"chown {place.user} {folder}; chmod 0700 {folder}"
    return Point(about, MISFIT, says, todo)


def _group_name(number: int) -> str:
    try:
        return grp.getgrgid(number).gr_name
    except KeyError:
        return str(number)


def _check_ledger(place: Place, account: Account) -> Point:
    """Look at every file of the record: SQLite writes those beside it, too."""
    paths = Paths(place.data_dir)
    try:
        if not paths.ledger.exists():
            todo = 'run "cptkiosk center init" as that account before anyone else does'
            return Point("ledger", MISFIT, "no center is set up yet", todo)
        group = paths.root.stat().st_gid if modes_in(paths.root) == SHARED else None
        beside = sorted(paths.root.glob("ledger.db*"))
        for one in (*beside, *paths.root.glob(paths.key.name)):
            status = one.stat()
            says = f"{one}, uid {status.st_uid}, mode {_mode_text(status)}"
            if group is not None:
                if status.st_gid != group or status.st_mode & OTHERS:
                    todo = f"chgrp {group} {one}; chmod 0660 {one}"
                    return Point("ledger", MISFIT, says, todo)
            elif status.st_uid != account.uid or status.st_mode & (OTHERS | 0o070):
                todo = f"chown {place.user}: {one}; chmod 0600 {one}"
                return Point("ledger", MISFIT, says, todo)
    except OSError as error:
        return Point("ledger", UNSEEN, str(error), "check again as root")
    whose = "the account" if group is None else f"group {group}"
    return Point(
        "ledger", FITS, f"{paths.ledger} and its key are accessible to {whose} only"
    )


def _check_login(place: Place, account: Account) -> Point:
    if account.shell == str(SHELL):
        return Point("login shell", FITS, f"it is {SHELL}")
    todo = f"usermod --shell {SHELL} {place.user}"
    return Point("login shell", MISFIT, f"it is {account.shell}", todo)


def _check_sshd(place: Place, machine: Machine) -> Iterator[Point]:
    """Ask sshd itself what it would do for the account."""
    asked = f"user={place.user},host=localhost,addr=127.0.0.1"
    code, said = machine.ask(*machine.sshd, "-C", asked)
    if code:
        why = " ".join(said.split())[-200:]
        yield Point("sshd", UNSEEN, f"sshd -T failed: {why}", "check again as root")
        return
    lines = [line.partition(" ") for line in said.splitlines()]
    for name, value in {**SSHD_SETTINGS, "PermitUserEnvironment": "no"}.items():
        got = ", ".join(rest for key, _, rest in lines if key == name.lower())
        if got == value:
            yield Point(f"sshd {name}", FITS, value)
        else:
            todo = f'set it to "{value}" as shown by "cptkiosk deploy sshd"'
            yield Point(f"sshd {name}", MISFIT, f'it is "{got}"', todo)


def _check_keys(machine: Machine) -> Point:
    there = machine.at(KEYS)
    try:
        status, text = there.stat(), there.read_text("utf-8", "replace")
    except FileNotFoundError:
        todo = "create it with one public key per line"
        return Point("keys", MISFIT, f"{KEYS} does not exist", todo)
    except OSError as error:
        return Point("keys", UNSEEN, str(error), "check again as root")
    if status.st_uid != machine.owner or status.st_mode & OTHERS_WRITE:
        todo = f"chown root: {KEYS} && chmod 0644 {KEYS}"
        return Point(
            "keys", MISFIT, f"mode {_mode_text(status)}, uid {status.st_uid}", todo
        )
    lines = [line.strip() for line in text.splitlines()]
    keys = [line for line in lines if line and not line.startswith("#")]
    wanted = f'restrict,pty,command="{SHELL}" '
    loose = [line for line in keys if not line.startswith(wanted)]
    if loose:
        said = f"{len(loose)} of {len(keys)} keys are not restricted"
        return Point("keys", MISFIT, said, f"start each line with {wanted.strip()}")
    return Point("keys", FITS, f"{len(keys)} in {KEYS}, all restricted")


def _check_console(place: Place, machine: Machine) -> Iterator[Point]:
    yield _check_file(UNIT, place.systemd_unit(), machine, "deploy console")
    units = UNIT.parent
    wants = machine.at(units / "multi-user.target.wants" / UNIT.name)
    yield _yes_no(
        "starts at boot",
        holds=wants.is_symlink(),
        otherwise=f"systemctl enable {UNIT.name}",
    )
    for name in ("getty@tty1.service", "ctrl-alt-del.target"):
        masked = machine.at(units / name)
        yield _yes_no(
            f"{name} masked",
            holds=masked.is_symlink() and masked.readlink() == Path(os.devnull),
            otherwise=f"systemctl mask {name}",
        )
    yield _check_reads("no other consoles", machine.at(LOGIND), "NAutoVTs=0")
    sysrq = machine.at(Path("/proc/sys/kernel/sysrq"))
    if sysrq.exists():
        yield _check_reads("SysRq off", sysrq, "0")
    else:
        yield Point("SysRq off", FITS, "this kernel does not have it")


def _check_upload(place: Place, machine: Machine) -> Iterator[Point]:
    yield _check_file(SERVICE, upload_service(place), machine, "deploy upload")
    yield _check_file(TIMER, upload_timer(place), machine, "deploy upload-timer")
    wants = machine.at(TIMER.parent / "timers.target.wants" / TIMER.name)
    yield _yes_no(
        "timer starts at boot",
        holds=wants.is_symlink(),
        otherwise=f"systemctl enable --now {TIMER.name}",
    )


def _yes_no(about: str, *, holds: bool, otherwise: str) -> Point:
    return Point(about, FITS, "yes") if holds else Point(about, MISFIT, "no", otherwise)


def _check_reads(about: str, path: Path, wanted: str) -> Point:
    todo = 'set it as shown by "cptkiosk deploy console"'
    try:
        lines = path.read_text("utf-8").splitlines()
    except FileNotFoundError:
        return Point(about, MISFIT, f"{path} does not exist", todo)
    except OSError as error:
        return Point(about, UNSEEN, str(error), "check again as root")
    if wanted in lines:
        return Point(about, FITS, f"{path} contains {wanted}")
    return Point(about, MISFIT, f"{path} does not contain {wanted}", todo)


def _mode_text(status: os.stat_result) -> str:
    return f"{stat.S_IMODE(status.st_mode):04o}"
