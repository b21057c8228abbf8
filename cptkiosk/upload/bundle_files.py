"""The files of a bundle: their names, what is said of each, and the zip around them."""

import hashlib
import io
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime

from cptkiosk.domain.text import visible

ATTEMPTS, IRREGULARITIES = "attempts.csv", "irregularities.csv"
EVENTS, TEXTS, REPORT, README = "events.jsonl", "texts.json", "report.txt", "README.txt"
CHECKPOINT, CONSISTENCY, KEY = "checkpoint.txt", "consistency.json", "center.pub"
MANIFEST, SIGNATURE, SUMS = "manifest.json", "manifest.json.minisig", "SHA256SUMS"

DESCRIBED = frozenset(
    {
        *(ATTEMPTS, IRREGULARITIES, EVENTS, TEXTS, REPORT, README),
        *(CHECKPOINT, CONSISTENCY, KEY),
    }
)
"""The files of which the manifest has the digests."""

NAMES = DESCRIBED | {MANIFEST, SIGNATURE, SUMS}

README_TEXT = f"""\
Results of one exam session, sealed and signed by the center.
{ATTEMPTS}: one row for each person and module. {IRREGULARITIES}: what went wrong.
{REPORT}: the same facts for people to read. {MANIFEST}: center, session, and file hashes.
{EVENTS}: what was recorded. {TEXTS}: its names and texts. {CHECKPOINT}, {CONSISTENCY}: proofs.
To check everything: cptkiosk bundle verify THIS.zip --key KEY --after EARLIER.zip
Without cptkiosk, unpack this file to an empty folder and run there:
  sha256sum -c {SUMS}
  minisign -V -p KEY -m {MANIFEST}
KEY is the public key the center gave you. {KEY} is only the key that this bundle claims.
If you have no key, call the center, ask for the output of "cptkiosk key show", and compare.
"""
ZIP_YEARS = (1980, 2107)
"""The first and the last year that the format of a zip can say."""

Facts = dict[str, int | str]


def describe_file(name: str, data: bytes) -> Facts:
    """Return size and SHA-256 of a file, and its rows if it is a table or a list."""
    facts: Facts = {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    if name == EVENTS:
        facts["rows"] = data.count(b"\n")
    elif name.endswith(".csv"):
        facts["rows"] = data.count(b"\r\n") - 1
    return facts


def list_sums(files: Mapping[str, bytes]) -> bytes:
    """Return what `sha256sum -c` checks."""
    return "".join(
        f"{hashlib.sha256(data).hexdigest()}  {name}\n"
        for name, data in sorted(files.items())
    ).encode()


def signed_comment(site_code: str, session_id: str, revision: int) -> str:
    """Return the trusted comment of a bundle's signature, in one line."""
    return (
        f"cptkiosk center {visible(site_code)} session {session_id} revision {revision}"
    )


def pack_files(files: Mapping[str, bytes], sealed_utc_ms: int) -> bytes:
    """Return the zip: the same bytes for the same files and moment."""
    date = _zip_date(sealed_utc_ms)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in sorted(files):
            info = zipfile.ZipInfo(name, date)
            # Stored, not deflated: another zlib would make other bytes.
            info.compress_type = zipfile.ZIP_STORED
            info.create_system = 3
            info.external_attr = 0o600 << 16
            archive.writestr(info, files[name])
    return buffer.getvalue()


def _zip_date(utc_ms: int) -> tuple[int, int, int, int, int, int]:
    """Return a moment as a zip can hold it, whatever the machine's clock said."""
    moment = datetime.fromtimestamp(utc_ms // 1000, UTC)
    if moment.year < ZIP_YEARS[0]:
        return (ZIP_YEARS[0], 1, 1, 0, 0, 0)
    if moment.year > ZIP_YEARS[1]:
        return (ZIP_YEARS[1], 12, 31, 23, 59, 58)
    return (
        *(moment.year, moment.month, moment.day),
        *(moment.hour, moment.minute, moment.second),
    )
