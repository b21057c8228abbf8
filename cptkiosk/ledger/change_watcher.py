"""Notice that another process has committed, at no cost while nothing happens."""

import ctypes
import os
import struct
from pathlib import Path

IN_MODIFY = 0x2
IN_NONBLOCK = os.O_NONBLOCK
IN_CLOEXEC = os.O_CLOEXEC
HEADER = struct.Struct("iIII")


class ChangeWatcher:
    """An inotify descriptor on the ledger's directory.

    The first event of a commit comes before its sync, so whoever waits on `fileno`
    must look again after 1, 3 and 10 ms.
    """

    def __init__(self, folder: Path) -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        self._descriptor = int(libc.inotify_init1(IN_NONBLOCK | IN_CLOEXEC))
        if self._descriptor < 0:
            raise OSError(ctypes.get_errno(), "inotify is not available")
        if libc.inotify_add_watch(self._descriptor, os.fsencode(folder), IN_MODIFY) < 0:
            self.close()
            raise OSError(ctypes.get_errno(), f"{folder} cannot be watched")

    def fileno(self) -> int:
        """Return the descriptor to wait on."""
        return self._descriptor

    def drain(self, names: tuple[str, ...]) -> bool:
        """Read what is queued; return whether it was about one of `names`."""
        about = False
        while True:
            try:
                data = os.read(self._descriptor, 65536)
            except BlockingIOError:
                return about
            offset = 0
            while offset < len(data):
                *_, length = HEADER.unpack_from(data, offset)
                raw = data[offset + HEADER.size : offset + HEADER.size + length]
                about = about or os.fsdecode(raw.rstrip(b"\0")) in names
                offset += HEADER.size + length

    def close(self) -> None:
        """Let go of the descriptor."""
        os.close(self._descriptor)
