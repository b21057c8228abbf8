"""One folder mounted twice, as two machines have a folder of a server."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

SERVER = Path("/usr/lib/openssh/sftp-server")

needs_sshfs = pytest.mark.skipif(
    shutil.which("sshfs") is None
    or not SERVER.exists()
    or os.geteuid() != 0
    or not Path("/dev/fuse").exists(),
    reason="needs sshfs, sftp-server, /dev/fuse and root to mount a folder",
)


@contextmanager
def mounted(served: Path, *places: Path) -> Iterator[None]:
    """Mount `served` at each of `places`, each with a server of its own."""
    with ExitStack() as stack:
        for place in places:
            place.mkdir()
            command = [
                "sshfs", "-o", f"ssh_command={_wrapper(served.parent)}",
                f"lab:{served}", str(place),
            ]  # fmt: skip
            done = subprocess.run(command, check=False, capture_output=True, text=True)
            if done.returncode:
                pytest.skip(f"no folder can be mounted here: {done.stderr.strip()}")
            stack.callback(subprocess.run, ["umount", "-l", str(place)], check=True)
        yield


def _wrapper(folder: Path) -> Path:
    """Return a program that serves without a network, whatever host it is asked for."""
    path = folder / "served-here"
    path.write_text(f"#!/bin/sh\nexec {SERVER}\n")
    path.chmod(0o700)
    return path
