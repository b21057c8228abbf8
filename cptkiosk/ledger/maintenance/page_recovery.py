"""Rows found in pages by their shape alone, without the trees that lead to them.

A row begins with the types of its columns (sqlite.org/fileformat2.html, 'Record
Format'); those of the tables that matter begin in a way that is rare elsewhere. Rows
found by mistake do no harm: the person who asks holds each against the chain.
"""

import re
from collections.abc import Iterator
from typing import Any

from cptkiosk.ledger.file_format import PAGE_BYTES
from cptkiosk.ledger.maintenance.pages import Pages

HASH_TYPE = rb"\x81\x0d"
"""The type of a text of 64 bytes, as hashes and commitments are."""

ENTRY = re.compile(rb"(?=[\x0c-\x18]\x00[\x0d-\xff])", re.DOTALL)
PERSONAL = re.compile(rb"(?=[\x06-\x0c]" + HASH_TYPE + rb")", re.DOTALL)
SIGNED = re.compile(rb"(?=[\x05-\x09]\x00" + HASH_TYPE + rb")", re.DOTALL)

ENTRY_TYPES = (*(None, str, int, int, int), *(str,) * 6)
PERSONAL_TYPES = (str, str, str, str)
SIGNED_TYPES = (None, str, str, str)
INTEGER_BYTES = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}
TABLE_LOCAL_MAX = PAGE_BYTES - 35
INDEX_LOCAL_MAX = (PAGE_BYTES - 12) * 64 // 255 - 23
LOCAL_MIN = (PAGE_BYTES - 12) * 32 // 255 - 23
LONGEST = 10_000_000
"""No row is that long; what says so is none."""


Values = tuple[Any, ...]


class _NoRow(Exception):
    """What looked like a row is none."""


def find_entries(pages: Pages) -> Iterator[tuple[int, Values]]:
    """Return what may be entries: number or 0, and the ten columns after it."""
    for page, start in _find_starts(pages, ENTRY):
        try:
            values, size = _read_row(pages, page, start, ENTRY_TYPES, TABLE_LOCAL_MAX)
        except _NoRow:
            continue
        yield _entry_number(page, start, size), values[1:]


def find_texts(pages: Pages) -> Iterator[Values]:
    """Return what may be rows of `personal`."""
    yield from _find_rows(pages, PERSONAL, PERSONAL_TYPES, INDEX_LOCAL_MAX)


def find_signatures(pages: Pages) -> Iterator[Values]:
    """Return what may be signed heads: hash, signature and public key."""
    for values in _find_rows(pages, SIGNED, SIGNED_TYPES, TABLE_LOCAL_MAX):
        yield values[1:]


def _find_rows(
    pages: Pages, shape: re.Pattern[bytes], types: Values, local_max: int
) -> Iterator[Values]:
    for page, start in _find_starts(pages, shape):
        try:
            yield _read_row(pages, page, start, types, local_max)[0]
        except _NoRow:
            continue


def _find_starts(pages: Pages, shape: re.Pattern[bytes]) -> Iterator[tuple[bytes, int]]:
    for number in sorted(pages):
        for found in shape.finditer(pages[number]):
            yield pages[number], found.start()


def _read_varint(data: bytes, at: int) -> tuple[int, int]:
    """Return a number and where the next begins."""
    value = 0
    for count in range(9):
        if at >= len(data):
            raise _NoRow
        byte = data[at]
        at += 1
        if count == 8:
            return value << 8 | byte, at
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            break
    return value, at


def _read_row(
    pages: Pages, page: bytes, start: int, types: Values, local_max: int
) -> tuple[Values, int]:
    """Return the values of a row and its size.

    Raises:
        _NoRow: if what is there cannot be one with such columns.
    """
    header, at = _read_varint(page, start)
    codes: list[int] = []
    while at < start + header:
        code, at = _read_varint(page, at)
        codes.append(code)
    columns = [_column_type(code) for code in codes]
    if at != start + header or tuple(kind for kind, _ in columns) != types:
        raise _NoRow
    size = header + sum(length for _, length in columns)
    data = _read_payload(pages, page[start:], size, local_max)
    values: list[Any] = []
    at = header
    for code, (kind, length) in zip(codes, columns, strict=True):
        values.append(_read_value(kind, code, data[at : at + length]))
        at += length
    return tuple(values), size


def _column_type(code: int) -> tuple[type | None, int]:
    if code == 0:
        return None, 0
    if code in INTEGER_BYTES:
        return int, INTEGER_BYTES[code]
    if code in {8, 9}:
        return int, 0
    if code >= 13 and code % 2:
        return str, (code - 13) // 2
    raise _NoRow


def _read_value(kind: type | None, code: int, data: bytes) -> Any:
    if kind is None:
        return None
    if kind is int:
        return int.from_bytes(data, "big", signed=True) if data else code - 8
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise _NoRow from None


def _read_payload(pages: Pages, here: bytes, size: int, local_max: int) -> bytes:
    """Return a row's bytes, those on overflow pages included."""
    local = size
    if size > local_max:
        local = LOCAL_MIN + (size - LOCAL_MIN) % (PAGE_BYTES - 4)
        local = LOCAL_MIN if local > local_max else local
    parts = [here[:local]]
    following = int.from_bytes(here[local : local + 4], "big")
    left = size - local
    while left > 0:
        more = pages.get(following)
        if more is None or size > LONGEST:
            raise _NoRow
        following = int.from_bytes(more[:4], "big")
        parts.append(more[4 : 4 + left])
        left -= len(parts[-1])
    data = b"".join(parts)
    if len(data) != size:
        raise _NoRow
    return data


def _entry_number(page: bytes, start: int, size: int) -> int:
    """Return the number of the entry that begins at `start`, as its cell says, or 0."""
    for begin in range(start - 1, max(start - 6, 0), -1):
        number, after = _read_varint(page, begin)
        if after != start:
            continue
        for before in range(max(begin - 3, 0), begin):
            if _read_varint(page, before) == (size, begin):
                return number
    return 0
