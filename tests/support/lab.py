"""A lab server with Unix users of its own, and programs that run as one of them."""

import grp
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from support.forked import PROGRAM, Account, ForkedCommand
from support.terminal import Terminal


def why_no_lab() -> str:
    """Return why no users can be made here, or nothing."""
    if os.geteuid():
        return "only root can make the users of a lab"
    for name in ("useradd", "groupadd", "userdel", "groupdel", "setpriv"):
        if shutil.which(name) is None:
            return f"there is no '{name}' here"
    return ""


@dataclass(frozen=True)
class User:
    """A user with an account on the server."""

    name: str
    umask: int = 0o022

    @property
    def uid(self) -> int:
        return pwd.getpwnam(self.name).pw_uid

    @property
    def _account(self) -> Account:
        return Account(self.name, self.umask)

    def run(
        self, *arguments: object, module: str = PROGRAM, given: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Run a module and wait for its end."""
        return self.start(*arguments, module=module, given=given).finish()

    def start(
        self, *arguments: object, module: str = PROGRAM, given: str = ""
    ) -> ForkedCommand:
        """Start a module."""
        return ForkedCommand([*map(str, arguments)], given, module, self._account)

    def terminal(self, folder: Path) -> Terminal:
        """Open the kiosk on a terminal."""
        return Terminal("--data-dir", folder, cwd=Path("/"), account=self._account)

    def can_open(self, path: Path) -> bool:
        """Tell whether this user can read a file."""
        group = str(pwd.getpwnam(self.name).pw_gid)
        command = ["setpriv", f"--reuid={self.name}", "--regid", group, "--init-groups",
                   "--", "head", "-c", "1", str(path)]  # fmt: skip
        return not subprocess.run(command, capture_output=True, check=False).returncode


@dataclass(frozen=True)
class Lab:
    """Two who proctor, one who does not, and the directory the administrator made."""

    ann: User
    bob: User
    eve: User
    group: str
    data: Path

    @property
    def gid(self) -> int:
        return grp.getgrnam(self.group).gr_gid


@contextmanager
def a_lab() -> Iterator[Lab]:
    """Make a lab, and remove its accounts afterward."""
    tag = f"ck{os.getpid()}"
    group, names = f"{tag}lab", [f"{tag}{one}" for one in ("ann", "bob", "eve")]
    root = Path(tempfile.mkdtemp(prefix=f"{tag}-"))
    root.chmod(0o755)
    try:
        _do("groupadd", group)
        for name in names:
            _do("useradd", "--no-create-home", "--shell", "/usr/sbin/nologin", name)
        for name in names[:2]:
            _do("usermod", "--append", "--groups", group, name)
        ann, bob, eve = map(User, names)
        yield Lab(ann, bob, eve, group, root / "data")
    finally:
        for name in names:
            subprocess.run(["userdel", name], capture_output=True, check=False)
        subprocess.run(["groupdel", group], capture_output=True, check=False)
        shutil.rmtree(root)


def _do(*command: str) -> None:
    subprocess.run(command, capture_output=True, check=True)
