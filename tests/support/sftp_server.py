"""An OpenSSH server on loopback that gives out one folder by SFTP, and nothing else."""

import os
import socket
import subprocess
import time
from pathlib import Path

import pytest

from cptkiosk.domain.destinations import DestinationSettings
from support.ssh_server import SSHD, free_port, why_not

READY_S = 30
CONFIG = """
Port {port}
ListenAddress 127.0.0.1
HostKey "{root}/host_key"
PidFile "{root}/pid"
AuthorizedKeysFile "{root}/authorized_keys"
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
Subsystem sftp internal-sftp {options}
ForceCommand internal-sftp {options}
"""

needs_sshd = pytest.mark.skipif(bool(why_not()), reason=why_not() or "sshd is here")


def make_key(path: Path) -> str:
    """Make an unprotected key pair; return the public half."""
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path], check=True
    )
    return path.with_suffix(".pub").read_text()


class SftpServer:
    """Starts, stops and starts again; what it stores stays."""

    def __init__(self, root: Path, options: str = "") -> None:
        self.root, self.incoming = root, root / "incoming"
        self.incoming.mkdir(parents=True)
        self.port = free_port()
        self.key = root / "client_key"
        (root / "authorized_keys").write_text(make_key(self.key))
        host_key = make_key(root / "host_key")
        self.known_hosts = root / "known_hosts"
        self.known_hosts.write_text(f"[127.0.0.1]:{self.port} {host_key}")
        config = CONFIG.format(port=self.port, root=root, options=options)
        (root / "sshd_config").write_text(config)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        log = (self.root / "log").open("ab")
        self._process = subprocess.Popen(
            [SSHD, "-D", "-e", "-f", self.root / "sshd_config"],
            stderr=log,
            stdout=log,
            stdin=subprocess.DEVNULL,
        )
        log.close()
        until = time.monotonic() + READY_S
        while self._process.poll() is None and time.monotonic() < until:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)  # until it listens
        self.stop()
        raise AssertionError((self.root / "log").read_text())

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait()
            self._process = None

    def settings(self, folder: Path | None = None) -> DestinationSettings:
        """Return what a center needs to deliver here."""
        user = os.environ.get("USER") or "root"
        where = f"sftp://{user}@127.0.0.1:{self.port}{folder or self.incoming}"
        return DestinationSettings(
            name="drop",
            kind="sftp",
            where=where,
            secret_file=str(self.key),
            known_hosts_file=str(self.known_hosts),
            timeout_s=20,
        )
