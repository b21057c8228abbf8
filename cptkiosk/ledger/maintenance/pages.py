"""The pages of a ledger as they lie on the disk, whatever SQLite makes of them.

Only for a file that no one has open: reading it as bytes would drop SQLite's locks.
"""

import struct
from collections.abc import Iterator
from pathlib import Path

from cptkiosk.ledger.file_format import PAGE_BYTES
from cptkiosk.ledger.wal_checks import file_beside

WAL_HEADER = 32
FRAME = struct.Struct(">IIII8x")
"""Page number, size of the database after a commit or 0, two salts, a checksum."""

Pages = dict[int, bytes]


class Image:
    """Two views of one ledger: with what its journal holds, and the file alone."""

    def __init__(self, path: Path) -> None:
        """Read a file and its journal; an end that was cut off is taken as zeros."""
        self.alone = dict(enumerate(_cut_pages(path.read_bytes()), 1))
        self.journaled = {**self.alone, **_read_frames(file_beside(path, "wal"))}

    def page_views(self) -> tuple[Pages, ...]:
        """Return the views, the one that is right unless it is damaged first."""
        if self.journaled == self.alone:
            return (self.alone,)
        return (self.journaled, self.alone)


def _cut_pages(data: bytes) -> Iterator[bytes]:
    for start in range(0, len(data), PAGE_BYTES):
        yield data[start : start + PAGE_BYTES].ljust(PAGE_BYTES, b"\0")


def _read_frames(wal: Path) -> Pages:
    """Return the pages in a journal up to its last commit, damaged ones included.

    Checksums are not asked: each entry is held against the chain later.
    """
    data = wal.read_bytes() if wal.exists() else b""
    found: Pages = {}
    pending: Pages = {}
    salts: tuple[int, int] | None = None
    size = FRAME.size + PAGE_BYTES
    for start in range(WAL_HEADER, len(data) - size + 1, size):
        number, committed, *salt = FRAME.unpack_from(data, start)
        if salts is None:
            salts = (salt[0], salt[1])
        if (salt[0], salt[1]) != salts:
            # What an earlier round of the journal left; it is in the file.
            continue
        pending[number] = data[start + FRAME.size : start + size]
        if committed:
            found.update(pending)
            pending = {}
    return found
