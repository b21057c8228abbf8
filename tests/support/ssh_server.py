"""An sshd of our own on this machine, set up as `cptkiosk deploy` prints it."""

import getpass
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cptkiosk.cli.deploy_texts import KEYS, SHELL
from support.terminal import WAIT_S, Terminal

SSHD = "/usr/sbin/sshd"
SEPARATED = Path("/run/sshd")
"""Where sshd, as root, locks its unprivileged half into; systemd makes it on a boot."""

GLOBAL = """\
Port {port}
ListenAddress 127.0.0.1
HostKey {root}/host_key
PidFile none
StrictModes no
UsePAM no
AcceptEnv LANG LC_* TEXTUAL_* PYTHON*
Subsystem sftp /usr/lib/openssh/sftp-server
LogLevel DEBUG1
"""


def why_not() -> str:
    """Return why there can be no sshd here, or nothing."""
    if not Path(SSHD).exists() or shutil.which("ssh") is None:
        return "openssh-server and openssh-client are not installed"
    if os.getuid() == 0:
        try:
            SEPARATED.mkdir(mode=0o755, exist_ok=True)
        except OSError as error:
            return f"sshd needs {SEPARATED}: {error}"
    return ""


class Server:
    """A server on the loopback, and the ways a client comes to it."""

    def __init__(self, root: Path, data: Path) -> None:
        self.root, self.user = root, getpass.getuser()
        self.port = free_port()
        self.shell = root / "cptkiosk-shell"
        self._make_keys()
        self._write("cptkiosk-shell", self._deployed("login-shell", data), 0o755)
        settings = GLOBAL.format(port=self.port, root=root)
        self._write("sshd_config", settings + self._deployed("sshd", data), 0o600)
        command = [SSHD, "-D", "-e", "-f", str(root / "sshd_config")]
        with (root / "sshd.log").open("wb") as log:
            self.process = subprocess.Popen(command, stderr=log, start_new_session=True)
        self._await()

    def _write(self, name: str, text: str, mode: int) -> None:
        path = self.root / name
        path.write_text(text, "utf-8")
        path.chmod(mode)

    def _make_keys(self) -> None:
        for name in ("host_key", "key"):
            command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", name]
            subprocess.run(command, cwd=self.root, check=True)
        public = (self.root / "key.pub").read_text("utf-8")
        line = f'restrict,pty,command="{self.shell}" {public}'
        self._write("authorized_keys", line, 0o644)

    def _deployed(self, kind: str, data: Path) -> str:
        """Return what `deploy` prints, with its two paths in this folder."""
        command = [sys.executable, "-m", "cptkiosk", "deploy", kind]
        options = ["--user", self.user, "--data-dir", str(data)]
        done = subprocess.run(
            [*command, *options], check=True, capture_output=True, text=True
        )
        keys = str(self.root / "authorized_keys")
        return done.stdout.replace(str(SHELL), str(self.shell)).replace(str(KEYS), keys)

    def _await(self) -> None:
        deadline = time.monotonic() + WAIT_S
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        log = (self.root / "sshd.log").read_text("utf-8", "replace")
        raise AssertionError(f"sshd did not start:\n{log}")

    def client(self, program: str, port: int | None = None) -> list[str]:
        """Return the beginning of a command line of ssh, scp or sftp."""
        options = (
            "StrictHostKeyChecking=no",
            f"UserKnownHostsFile={self.root / 'known_hosts'}",
            "LogLevel=ERROR",
            "IdentitiesOnly=yes",
            "EscapeChar=none",
        )
        flag = "-p" if program == "ssh" else "-P"
        made = [program, "-F", "none", flag, str(port or self.port)]
        made += ["-i", str(self.root / "key")]
        for option in options:
            made += ["-o", option]
        return made

    @property
    def target(self) -> str:
        """Whom a client asks for."""
        return f"{self.user}@127.0.0.1"

    def connect(self, *extra: str, port: int | None = None) -> Terminal:
        """Connect as a person at a terminal does."""
        program = [*self.client("ssh", port), *extra, "-tt", self.target]
        return Terminal(program=program)

    def ask(
        self, program: str, *arguments: str, seconds: float = WAIT_S
    ) -> subprocess.CompletedProcess[str]:
        """Run a client that wants something else than the kiosk."""
        return subprocess.run(
            [*self.client(program), *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )

    def stop(self) -> None:
        """Stop the server and every connection to it."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(WAIT_S)


@contextmanager
def a_server(root: Path, data: Path) -> Iterator[Server]:
    """Run a server as long as the test needs it."""
    root.mkdir()
    server = Server(root, data)
    try:
        yield server
    finally:
        server.stop()


def kiosks_on(data: Path) -> dict[int, float]:
    """Return the kiosks that run on a data directory, with their seconds of CPU."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
            stat = (folder / "stat").read_text("utf-8").rpartition(")")[2].split()
        except OSError:
            continue
        if b"--kiosk" in words and str(data).encode() in words and stat[0] != "Z":
            ticks = int(stat[11]) + int(stat[12])
            found[int(folder.name)] = ticks / os.sysconf("SC_CLK_TCK")
    return found


def gone_within(data: Path, seconds: float) -> tuple[float, float]:
    """Wait until no kiosk runs on a data directory.

    Returns how long that took, and the seconds of CPU it had used when last seen.
    """
    began, used = time.monotonic(), 0.0
    while found := kiosks_on(data):
        took, used = time.monotonic() - began, max(found.values())
        assert took < seconds, f"still there after {took:.1f} s: {found}"
        time.sleep(0.05)
    return time.monotonic() - began, used


def free_port() -> int:
    """Return a port without a listener."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
