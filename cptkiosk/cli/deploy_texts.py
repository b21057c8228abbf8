"""The files that lock a kiosk down: where each belongs, and what is in it.

Each file in `deploy_files` is whole; what else the administrator does stands in its
comments.
"""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

SHELL = Path("/usr/local/bin/cptkiosk-shell")
KEYS = Path("/etc/ssh/cptkiosk_keys")
LOGIND = Path("/etc/systemd/logind.conf.d/50-cptkiosk.conf")
SYSCTL = Path("/etc/sysctl.d/90-cptkiosk.conf")
UNITS = Path("/etc/systemd/system")
UNIT = UNITS / "cptkiosk-console.service"
SERVICE = UNITS / "cptkiosk-upload.service"
TIMER = UNITS / "cptkiosk-upload.timer"

FILES: Mapping[str, Path] = {
    "login-shell": SHELL,
    "sshd": Path("/etc/ssh/sshd_config.d/50-cptkiosk.conf"),
    "console": UNIT,
    "upload": SERVICE,
    "upload-timer": TIMER,
}
"""Where the file of each command belongs."""

TEMPLATES = Path(__file__).with_name("deploy_files")


@dataclass(frozen=True, slots=True)
class Place:
    """Who runs the kiosk, with which Python, on which data."""

    user: str
    data_dir: Path
    python: Path

    def write_file(self, kind: str) -> str:
        """Return the text of one of the files, for example 'sshd'."""
        template = (TEMPLATES / kind).read_text(encoding="utf-8")
        return template.format(
            path=FILES[kind],
            shell=SHELL,
            keys=KEYS,
            logind=LOGIND,
            sysctl=SYSCTL,
            timer=TIMER,
            user=self.user,
            data=shlex.quote(str(self.data_dir)),
            data_word=_unit_word(self.data_dir),
            destinations=self.data_dir / "definitions" / "destinations.toml",
            python=shlex.quote(str(self.python)),
            python_word=_unit_word(self.python),
        )

    def sshd_settings(self) -> dict[str, str]:
        """Return what sshd is to do for the kiosk's account, as its file says it."""
        lines = self.write_file("sshd").splitlines()
        indented = (line.strip() for line in lines if line.startswith("    "))
        pairs = (line.partition(" ") for line in indented if line[0] != "#")
        return {name: value for name, _, value in pairs}


def _unit_word(path: Path) -> str:
    """Return a path as one word of a unit, where % and $ mean something."""
    text = str(path).replace("%", "%%").replace("$", "$$")
    if text.replace("/", "").replace("-", "").replace(".", "").isalnum():
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
