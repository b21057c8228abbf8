"""The machine that a deployment is looked for on: what it is asked, and how."""

import os
import pwd
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from cptkiosk.cli.deploy_code import code_folders

PATIENCE_S = 20


@dataclass(frozen=True, slots=True)
class Account:
    """An account as the system knows it."""

    uid: int
    groups: frozenset[int]
    shell: str


def account_of(user: str) -> Account | None:
    """Return what the system knows of an account, nothing if there is none."""
    try:
        found = pwd.getpwnam(user)
    except KeyError:
        return None
    groups = frozenset(os.getgrouplist(user, found.pw_gid))
    return Account(found.pw_uid, groups, found.pw_shell)


def said_by(*command: str) -> tuple[int, str]:
    """Run a program that only tells something; -1 if it could not be run."""
    try:
        done = subprocess.run(  # noqa: S603 - the arguments are ours
            command, capture_output=True, text=True, timeout=PATIENCE_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return -1, str(error)
    return done.returncode, done.stdout or done.stderr


@dataclass(frozen=True, slots=True)
class Machine:
    """The machine that is looked at."""

    root: Path = Path("/")
    account: Callable[[str], Account | None] = account_of
    ask: Callable[..., tuple[int, str]] = said_by
    owner: int = 0
    """Who owns what the kiosk's account must not change: root."""

    is_root: bool = field(default_factory=lambda: os.geteuid() == 0)
    """Whether other accounts can be tried from here."""

    sshd: tuple[str, ...] = field(default=("/usr/sbin/sshd", "-T"))
    code: tuple[Path, ...] = field(default_factory=code_folders)

    def at(self, path: Path) -> Path:
        """Return where a path lies on it."""
        return self.root / path.relative_to("/")
