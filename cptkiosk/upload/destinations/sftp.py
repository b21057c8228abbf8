"""SFTP, by the system's own `sftp` in batch mode: no password, no prompt, one key.

A file is sent under another name, read back, and only then renamed. The rename must not
overwrite: plain `rename` does on many servers (posix-rename), `rename -l` asks for the
one of the protocol, which fails if the name is taken. What was sent of a file stays on
the server, and the next try continues from there. Whatever it holds, it is read back.

`sftp` sends and gets files, so here a bundle is one in memory: nothing of it is left on a
disk, even if this process is killed.
"""

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit
from uuid import uuid4

from cptkiosk.domain.destinations import DestinationSettings
from cptkiosk.domain.text import visible
from cptkiosk.errors import DestinationError
from cptkiosk.host.paths import expand_home, is_file, show_path
from cptkiosk.host.work_progress import ProgressCallback, ignore_progress
from cptkiosk.upload.destinations.base import (
    SAFE,
    Conflict,
    Delivered,
    Destination,
    Parcel,
)
from cptkiosk.upload.failures import explain_failure

PORT = 22
STEPS = 3
"""To look, to send and read back, to rename."""

TOLD_EACH_S = 0.2
TRIAL = b"cptkiosk wrote this file to test the server. It can be deleted.\n"
SIZE = re.compile(rb"^-\S+\s+\S+\s+\S+\s+\S+\s+(\d+)\s", re.MULTILINE)
"""The size of a file in the answer to `ls -n`."""

OWN_FILE = re.compile(r"/proc/\d+/fd/\d+")
"""What a complaint says of a file here: another one at each try, and of no use."""


class Sftp:
    """A folder on an SFTP server."""

    def __init__(self, settings: DestinationSettings) -> None:
        parts = urlsplit(settings.where)
        self._settings = settings
        self._host = parts.hostname or ""
        self._port = parts.port or PORT
        self._user = parts.username or ""
        self._folder = unquote(parts.path) or "."
        self._key = expand_home(settings.secret_file)
        self._known_hosts = expand_home(settings.known_hosts_file)

    def deliver(self, parcel: Parcel, told: ProgressCallback) -> Delivered:
        """Send the file, read it back and rename it; see `Destination`."""
        size = len(parcel.data)
        part = f"{parcel.name}.{parcel.sha256[:12]}.part"

        def tell(step: int) -> Callable[[], None]:
            return lambda: told(size * step // STEPS, size)

        with _in_memory(parcel.data) as local, _in_memory() as back:
            if self._has_file(parcel, back, tell(0)):
                return Delivered(self._receipt(parcel, "was there already"), True)
            self._send_part(local, part, back, parcel.sha256, tell(1))
            try:
                self._run([f"rename -l {_quote(part)} {_quote(parcel.name)}"], tell(2))
            except DestinationError:
                # It may have the name from a try whose answer was lost.
                if not self._has_file(parcel, back, tell(2)):
                    raise
        return Delivered(self._receipt(parcel, "sent and read back"))

    def test(self) -> str:
        """Send a small file, read it back and delete it; see `Destination`."""
        name = _quote(f"cptkiosk-test-{uuid4()}.part")
        with _in_memory(TRIAL) as local, _in_memory() as back:
            self._run(
                [
                    f"put {_quote(str(local))} {name}",
                    f"-get {name} {_quote(str(back))}",
                    f"rm {name}",
                ]
            )
            if back.read_bytes() != TRIAL:
                raise self._unfit("A test file read back from it differs")
        return (
            f"A test file was sent to {self._host} as {self._user}, folder"
            f" {visible(self._folder, 200)}, read back and deleted."
        )

    def _receipt(self, parcel: Parcel, how: str) -> str:
        return f"sftp://{self._user}@{self._host}{self._folder}/{parcel.name}: {how}"

    def _has_file(self, parcel: Parcel, back: Path, tell: Callable[[], None]) -> bool:
        """Return whether the server has the very file.

        Raises:
            Conflict: if it has another one of that name.
        """
        name = _quote(parcel.name)
        look = [f"-ls -n {name}", f"-get {name} {_quote(str(back))}"]
        back.write_bytes(b"")
        listed = SIZE.search(self._run(look, tell))
        # What cannot be read is not known to be another file.
        if listed is None or back.stat().st_size < int(listed[1]):
            return False
        if _digest(back) != parcel.sha256:
            raise Conflict(
                f"{self._host} already has another file named {parcel.name}. It was"
                f" not changed. {SAFE} Find out where that file came from."
            )
        return True

    def _send_part(
        self, local: Path, part: str, back: Path, sha256: str, tell: Callable[[], None]
    ) -> None:
        """Send a file under another name, on from where the last try ended."""
        listed = SIZE.search(self._run([f"-ls -n {_quote(part)}"], tell))
        put = f"{'reput' if listed else 'put'} -f {_quote(str(local))} {_quote(part)}"
        # `reput` refuses a file that is all there.
        is_whole = listed is not None and int(listed[1]) >= local.stat().st_size
        get = f"get {_quote(part)} {_quote(str(back))}"
        self._run([get] if is_whole else [put, get], tell)
        if _digest(back) != sha256:
            self._run([f"rm {_quote(part)}"])
            raise self._unfit("The bundle read back from it differs from what was sent")

    def _unfit(self, what: str) -> DestinationError:
        return DestinationError(f"{self._host}: {what}. {SAFE} Try again.")

    def _run(
        self,
        commands: Sequence[str],
        tell: Callable[[], None] = lambda: ignore_progress(0, 0),
    ) -> bytes:
        """Run commands in the folder of the server; return what they print.

        Raises:
            DestinationError: if one of them fails that does not begin with '-'.
        """
        batch = "\n".join([f"cd {_quote(self._folder)}", *commands, ""]).encode()
        process = self._start()
        given: bytes | None = batch
        try:
            while True:
                tell()
                try:
                    output, errors = process.communicate(given, timeout=TOLD_EACH_S)
                    break
                except subprocess.TimeoutExpired:
                    given = None
        finally:
            if process.poll() is None:
                process.kill()
                process.communicate()
        if process.returncode:
            raise self._explain(errors.decode(errors="replace"))
        return output

    def _start(self) -> subprocess.Popen[bytes]:
        for path in (self._key, self._known_hosts):
            if not is_file(path):
                raise DestinationError(
                    f"{show_path(path)} cannot be read. {SAFE} Ask the administrator"
                    " to put that file there, or to correct destinations.toml."
                )
        program = shutil.which("sftp")
        if program is None:
            raise DestinationError(
                f"This computer has no sftp program. {SAFE} Ask the administrator to"
                " install the OpenSSH client."
            )
        alive_s = max(1, self._settings.timeout_s // 3)
        options = {
            "BatchMode": "yes",
            "StrictHostKeyChecking": "yes",
            "UserKnownHostsFile": f'"{self._known_hosts}"',
            "GlobalKnownHostsFile": "/dev/null",
            "IdentityFile": f'"{self._key}"',
            "IdentitiesOnly": "yes",
            "IdentityAgent": "none",
            "PreferredAuthentications": "publickey",
            "ConnectTimeout": str(self._settings.timeout_s),
            "ServerAliveInterval": str(alive_s),
            "ServerAliveCountMax": "3",
        }
        said = [f"-o{name}={value}" for name, value in options.items()]
        host = f"[{self._host}]" if ":" in self._host else self._host
        port = f"-P{self._port}"
        return subprocess.Popen(  # noqa: S603 - the settings were checked
            [program, "-F/dev/null", *said, port, "-b-", f"{self._user}@{host}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
        )

    def _explain(self, errors: str) -> DestinationError:
        """Return what went wrong in a sentence for a proctor."""
        lines = [
            OWN_FILE.sub("bundle", line) for line in errors.splitlines() if line.strip()
        ]
        said = explain_failure(
            "sftp",
            errors,
            host=self._host,
            user=self._user,
            folder=visible(self._folder, 200),
            key=show_path(self._key),
            known_hosts=show_path(self._known_hosts),
            reason=visible(lines[-1], 200) if lines else "no answer",
            safe=SAFE,
        )
        return DestinationError(said)


@contextmanager
def _in_memory(data: bytes = b"") -> Iterator[Path]:
    """Make a file in memory, which other programs of this account open by its path."""
    with os.fdopen(os.memfd_create("cptkiosk"), "wb") as file:
        path = Path(f"/proc/{os.getpid()}/fd/{file.fileno()}")
        path.write_bytes(data)
        yield path


def _quote(path: str) -> str:
    """Return a path as a word of a batch."""
    return '"' + re.sub(r'(["\\])', r"\\\1", path) + '"'


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def open_destination(settings: DestinationSettings, _secret: str) -> Destination:
    """Return an SFTP server as the settings describe it."""
    return Sftp(settings)
