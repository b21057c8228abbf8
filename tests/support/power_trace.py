"""What a process did to a ledger's files, at the level of system calls."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from support.center import LEDGER
from support.journals import Journal
from support.processes import PATIENCE_S, command, surroundings

CALLS = (
    "openat", "creat", "pwrite64", "write", "writev", "pwritev", "pwritev2", "ftruncate",
    "truncate", "fallocate", "copy_file_range", "sendfile", "unlink", "unlinkat",
    "rename", "renameat", "renameat2", "link", "linkat", "fsync", "fdatasync", "msync",
)  # fmt: skip
LONGEST = 1_000_000
LONGEST_PATH = 4_000
CALL = re.compile(r"(?:\d+ +)?(\w+)\((.*)\) += (-?\d+)")
FOLDER = "."
STDOUT = "1"


@dataclass(frozen=True)
class OfFile:
    """Something done to one of the ledger's files, or to their folder."""

    name: str

    @property
    def words(self) -> str:
        """What was done, in two words."""
        return f"{type(self).__name__.lower()} {self.name}"


@dataclass(frozen=True)
class Create(OfFile):
    """A name came to be."""


@dataclass(frozen=True)
class Write(OfFile):
    """Bytes were put somewhere."""

    offset: int
    data: bytes


@dataclass(frozen=True)
class Truncate(OfFile):
    """A file was given a length."""

    size: int


@dataclass(frozen=True)
class Unlink(OfFile):
    """A name is no more."""


@dataclass(frozen=True)
class Rename(OfFile):
    """A file got another name."""

    to: str


@dataclass(frozen=True)
class Sync(OfFile):
    """It was asked to reach the disk, and did."""


@dataclass(frozen=True)
class Said:
    """Something was acknowledged."""

    line: str
    words = "say"


Step = Create | Write | Truncate | Unlink | Rename | Sync | Said


@cache
def no_strace() -> str:
    """Return why system calls cannot be followed here, or nothing."""
    if shutil.which("strace") is None:
        return "there is no strace here"
    probe = ["strace", "--seccomp-bpf", "-f", "-o", os.devnull, "true"]
    done = subprocess.run(probe, capture_output=True, text=True, check=False)
    return f"strace may not be used here: {done.stderr}" if done.returncode else ""


def recorded(folder: Path, journal: Journal, steps: int) -> tuple[Step, ...]:
    """Let a process make and use a ledger in `folder`; return what it did to it."""
    trace = folder.with_suffix(".strace")
    strace = ["strace", "-f", "--seccomp-bpf", "-y", "-xx", "-s", f"{LONGEST}"]
    live = command("live", folder, journal, steps, own_sqlite=journal.own_sqlite)
    subprocess.run(
        [*strace, "-e", "signal=none", "-e", f"trace={','.join(CALLS)}",
         "-o", str(trace), *live],
        env=surroundings(), check=True, timeout=PATIENCE_S, capture_output=True,
    )  # fmt: skip
    reader = _Reader(folder)
    with trace.open(encoding="ascii") as lines:
        for line in lines:
            reader.read(line)
    return tuple(reader.steps)


class _Reader:
    """Reads what strace wrote, keeping what was done to the ledger's own files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._there: set[str] = set()
        self.steps: list[Step] = []

    def read(self, line: str) -> None:
        """Take in one line; a call that failed changed nothing."""
        found = CALL.match(line)
        if found is None:
            assert "+++ exited" in line, f"cannot be read: {line[:200]}"
            return
        call, arguments, result = found.groups()
        if int(result) < 0:
            return
        parts = [one.strip() for one in arguments.split(",")]
        if call == "write" and parts[0].startswith(f"{STDOUT}<"):
            self.steps.append(Said(_bytes(parts[1]).decode().removesuffix("\n")))
            return
        mine = [name for one in parts if (name := self._name(one))]
        if mine:
            self._ledger_call(call, mine, parts, int(result))

    def _ledger_call(
        self, call: str, mine: list[str], parts: list[str], result: int
    ) -> None:
        name = mine[0]
        if call == "openat":
            assert "O_TRUNC" not in parts[2]
            if "O_CREAT" in parts[2] and name not in self._there:
                self._there.add(name)
                self.steps.append(Create(name))
        elif call == "pwrite64":
            data = _bytes(parts[1])
            assert len(data) == int(parts[2]) == result
            self.steps.append(Write(name, int(parts[3]), data))
        elif call == "ftruncate":
            self.steps.append(Truncate(name, int(parts[1])))
        elif call == "unlink":
            self._there.discard(name)
            self.steps.append(Unlink(name))
        elif call == "rename":
            self._there.discard(name)
            self._there.add(mine[-1])
            self.steps.append(Rename(name, mine[-1]))
        elif call in {"fsync", "fdatasync"}:
            self.steps.append(Sync(name))
        else:
            raise AssertionError(f"{call} of {name} is not known here")

    def _name(self, argument: str) -> str:
        """Return which of the ledger's files an argument names, or nothing."""
        if "\\x" not in argument or len(argument) > LONGEST_PATH:
            return ""
        path = Path(_bytes(argument).decode(errors="replace"))
        if path == self._folder:
            return FOLDER
        ours = path.parent == self._folder and path.name.startswith(LEDGER)
        return path.name if ours and not path.name.endswith("-shm") else ""


def _bytes(argument: str) -> bytes:
    """Return the bytes of a string, or of the path behind a handle."""
    return bytes.fromhex("".join(re.findall(r"\\x([0-9a-f]{2})", argument)))
