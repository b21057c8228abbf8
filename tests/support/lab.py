"""A lab server with Unix users of its own, and programs that run as one of them."""

import grp
import os
import pwd
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from support.terminal import Terminal

TESTS = Path(__file__).resolve().parents[1]
SITE = sysconfig.get_path("purelib")
MINOR = f"python{sys.version_info.major}.{sys.version_info.minor}"
OPENS = "import sys; open(sys.argv[1], 'rb').read(1)"
START = (
    "import os, runpy, site, sys; os.umask(int(sys.argv[1], 8));"
    f" site.addsitedir({SITE!r}); sys.path[:0] = {os.environ.get('PYTHONPATH', '')!r}"
    f".split(':') + [{str(TESTS)!r}]; sys.argv[:] = sys.argv[2:];"
    " runpy.run_module(sys.argv[0], run_name='__main__', alter_sys=True)"
)
"""Sees the packages of these tests under another interpreter of the same version."""


def why_no_lab() -> str:
    """Return why no users can be made here, or nothing."""
    if os.geteuid():
        return "only root can make the users of a lab"
    for name in ("useradd", "groupadd", "userdel", "groupdel", "setpriv"):
        if shutil.which(name) is None:
            return f"there is no '{name}' here"
    if _python("nobody") is None:
        return f"other users than root cannot run {MINOR} with what is installed"
    return ""


def _python(user: str) -> str | None:
    """Return an interpreter that a user can run together with what is installed."""
    imports = START.partition("os.umask")[0] + f"site.addsitedir({SITE!r});"
    for path in (sys.executable, f"/usr/bin/{MINOR}", f"/usr/local/bin/{MINOR}"):
        command = [
            *_as(user),
            path,
            "-c",
            f"{imports} import cptkiosk, textual, pytest",
        ]
        with suppress(OSError):
            if (
                subprocess.run(command, capture_output=True, check=False).returncode
                == 0
            ):
                return path
    return None


def _reachable(path: Path) -> bool:
    return path.exists() and all(one.stat().st_mode & 0o001 for one in path.parents)


def _as(user: str) -> tuple[str, ...]:
    return ("setpriv", f"--reuid={user}", "--regid", f"{pwd.getpwnam(user).pw_gid}",
            "--init-groups", "--")  # fmt: skip


@dataclass(frozen=True)
class User:
    """A user with an account on the server."""

    name: str
    python: str
    umask: str = "022"

    @property
    def uid(self) -> int:
        return pwd.getpwnam(self.name).pw_uid

    def program(self, module: str = "cptkiosk") -> list[str]:
        """Return the command line of a module that runs as this user."""
        return [*_as(self.name), self.python, "-c", START, self.umask, module]

    def run(
        self, *arguments: object, module: str = "cptkiosk", given: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Run a module and wait for its end."""
        return subprocess.run(
            [*self.program(module), *map(str, arguments)],
            input=given,
            capture_output=True,
            encoding="utf-8",
            cwd="/",
            timeout=120,
            check=False,
        )

    def start(self, *arguments: object, module: str) -> subprocess.Popen[str]:
        """Start a module."""
        return subprocess.Popen(
            [*self.program(module), *map(str, arguments)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd="/",
        )

    def terminal(self, folder: Path) -> Terminal:
        """Open the kiosk on a terminal."""
        return Terminal("--data-dir", folder, program=self.program(), cwd=Path("/"))

    def can_open(self, path: Path) -> bool:
        """Tell whether this user can read a file."""
        command = [*_as(self.name), self.python, "-c", OPENS, str(path)]
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
        ann, bob, eve = (User(name, _python(name) or "") for name in names)
        yield Lab(ann, bob, eve, group, root / "data")
    finally:
        for name in names:
            subprocess.run(["userdel", name], capture_output=True, check=False)
        subprocess.run(["groupdel", group], capture_output=True, check=False)
        shutil.rmtree(root)


def _do(*command: str) -> None:
    subprocess.run(command, capture_output=True, check=True)
