"""Where a kiosk keeps its data: the only reader of that setting."""

import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

DATA_DIR_VARIABLE = "CPTKIOSK_DATA_DIR"


@dataclass(frozen=True, slots=True)
class Paths:
    """The places inside one data directory; none of them need exist yet."""

    root: Path

    @property
    def ledger(self) -> Path:
        """The record of everything that happened."""
        return self.root / "ledger.db"

    @property
    def key(self) -> Path:
        """The installation's signing key."""
        return self.root / "installation.key"

    @property
    def log(self) -> Path:
        """What the program says about itself, never about a person."""
        return self.root / "kiosk.log"

    @property
    def backups(self) -> Path:
        """The folder of verified copies of the ledger."""
        return self.root / "backups"

    @property
    def reports(self) -> Path:
        """The folder of reports and slips written for print."""
        return self.root / "reports"

    @property
    def definitions(self) -> Path:
        """The folder of the center's own definitions, laid over the shipped ones."""
        return self.root / "definitions"


def data_dir(given: str | None, environ: Mapping[str, str]) -> Path:
    """Return the data directory as an absolute path, without making it.

    Args:
        given: what `--data-dir` said, and wins if it said anything.
        environ: the environment, whose CPTKIOSK_DATA_DIR comes next; after it the
            place where this system keeps a user's data.
    """
    chosen = given or environ.get(DATA_DIR_VARIABLE)
    if chosen:
        return Path(chosen).expanduser().absolute()
    from platformdirs import user_data_path

    return user_data_path("cptkiosk", appauthor=False)


def terminal_name(environ: Mapping[str, str]) -> str:
    """Return what the record calls this terminal: host and line, as 'lab1:pts/3'.

    Args:
        environ: the environment, whose SSH_TTY helps where no stream is a terminal.
    """
    line = environ.get("SSH_TTY", "")
    for descriptor in (0, 2, 1):
        try:
            line = os.ttyname(descriptor)
            break
        except (OSError, AttributeError):
            continue
    host = platform.node() or "host"
    return f"{host}:{line.removeprefix('/dev/') or 'none'}"
