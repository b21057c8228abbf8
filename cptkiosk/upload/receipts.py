"""Receipt files: a destination's proof that a bundle arrived, one small JSON object."""

import re
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from cptkiosk.domain.rules.receipts import Receipt
from cptkiosk.domain.text import visible
from cptkiosk.errors import UsageError
from cptkiosk.host.paths import is_file, read_named, show_path

PATTERN = "receipt-*.json"
SCHEMA = "cptkiosk-receipt"
BYTES_MAX = 64 * 1024
DIGEST = re.compile(r"[0-9a-f]{64}")
UNCHANGED = "Nothing was changed."


class _File(msgspec.Struct):
    """What a receipt file has to hold; see docs/administrator.md."""

    schema: str
    session_id: str
    revision: int
    sha256: str
    received_utc: str
    received_by: str


def read_receipt(path: Path) -> Receipt:
    """Return what a receipt file says.

    Raises:
        UsageError: if it cannot be read, or is no receipt.
    """
    what_now = f"{UNCHANGED} Check the name of the receipt file."
    data = read_named(path, BYTES_MAX, what_now)
    if len(data) > BYTES_MAX:
        raise _no_receipt(path, "it is too large")
    try:
        found = msgspec.json.decode(data, type=_File)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _no_receipt(path, visible(str(error), 80)) from error
    return _check_receipt(path, found)


def _check_receipt(path: Path, found: _File) -> Receipt:
    digest = found.sha256.lower()
    if found.schema != SCHEMA:
        raise _no_receipt(path, f'its schema is not "{SCHEMA}"')
    if not DIGEST.fullmatch(digest):
        raise _no_receipt(path, "its sha256 is not 64 hexadecimal digits")
    if not found.received_by.strip():
        raise _no_receipt(path, "it does not say who received the bundle")
    try:
        received = datetime.fromisoformat(found.received_utc)
    except ValueError as error:
        raise _no_receipt(path, "its received_utc is not a time") from error
    if received.tzinfo is None:
        received = received.replace(tzinfo=UTC)
    return Receipt(
        session_id=found.session_id,
        revision=found.revision,
        sha256=digest,
        received_utc_ms=int(received.timestamp() * 1000),
        received_by=found.received_by.strip(),
    )


def _no_receipt(path: Path, why: str) -> UsageError:
    return UsageError(
        f"{show_path(path)} is not a receipt: {why}. {UNCHANGED} Ask the sender"
        " for a new one."
    )


def latest_receipt(folders: tuple[Path, ...]) -> Path | None:
    """Return the latest receipt file in these folders, if there is one."""
    found = [(_modified_s(one), one) for place in folders for one in _files_in(place)]
    return max(found)[1] if found else None


def _files_in(folder: Path) -> tuple[Path, ...]:
    try:
        return tuple(one for one in folder.glob(PATTERN) if is_file(one))
    except (OSError, ValueError):
        return ()


def _modified_s(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
