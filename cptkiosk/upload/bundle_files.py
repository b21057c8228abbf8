"""The files of a bundle: their names, what is said of each, and the zip around them."""

import hashlib
import io
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime

from cptkiosk.domain.text import visible
from cptkiosk.domain.values import BundleKind

ATTEMPTS, IRREGULARITIES, NOTES = "attempts.csv", "irregularities.csv", "notes.csv"
EVENTS, TEXTS, REPORT, README = "events.jsonl", "texts.json", "report.txt", "README.txt"
CHECKPOINT, CONSISTENCY, KEY = "checkpoint.txt", "consistency.json", "center.pub"
MANIFEST, SIGNATURE, SUMS = "manifest.json", "manifest.json.minisig", "SHA256SUMS"

SIGNING = frozenset({MANIFEST, SIGNATURE, SUMS})
"""The files that the manifest does not describe."""

ONE_KIND = ""
"""The kind of bundles of `schema_version` 2, which had no accommodations and no notes."""

IN_ALL = frozenset(
    {ATTEMPTS, EVENTS, TEXTS, README, CHECKPOINT, CONSISTENCY, KEY}
)  # fmt: skip
DESCRIBED: Mapping[str, frozenset[str]] = {
    BundleKind.RESULTS.value: IN_ALL,
    BundleKind.RECORD.value: IN_ALL | {IRREGULARITIES, NOTES, REPORT},
    ONE_KIND: IN_ALL | {IRREGULARITIES, REPORT},
}
"""By kind, the files of which the manifest has the digests."""

ALL = SIGNING.union(*DESCRIBED.values())

HOW_TO_CHECK = f"""\
To check everything: cptkiosk bundle verify THIS.zip --key KEY --after EARLIER.zip
Without cptkiosk, unpack this file to an empty folder and run there:
  sha256sum -c {SUMS}
  minisign -V -p KEY -m {MANIFEST}
KEY is the public key the center gave you. {KEY} is only the key that this bundle claims.
If you have no key, call the center, ask for the output of "cptkiosk key show", and compare.
"""
README_TEXTS: Mapping[BundleKind, str] = {
    BundleKind.RESULTS: f"""\
Results of one exam session, sealed and signed by the center. No times, no accommodations.
{ATTEMPTS}: one row for each person and module. {MANIFEST}: center, session, and file hashes.
{EVENTS}: the entry of the center's record that states the results. {TEXTS}: its names.
{CHECKPOINT}, {CONSISTENCY}: proofs of that entry, and of all results stated before.
{HOW_TO_CHECK}""",
    BundleKind.RECORD: f"""\
CONFIDENTIAL: the whole record of one exam session, with accommodations and staff notes.
{ATTEMPTS}, {IRREGULARITIES}, {NOTES}: tables. {REPORT}: the session report.
{EVENTS}: what was recorded. {TEXTS}: its names and texts.
{CHECKPOINT}, {CONSISTENCY}: proofs. {MANIFEST}: center, session, and file hashes.
{HOW_TO_CHECK}""",
}
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


def pack_files(files: Mapping[str, bytes], dated_utc_ms: int) -> bytes:
    """Return the zip: the same bytes for the same files and date."""
    date = _zip_date(dated_utc_ms)
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


def day_ms(date: str) -> int:
    """Return where an ISO date begins in UTC, in milliseconds.

    Raises:
        ValueError: if it is none.
    """
    return int(datetime.fromisoformat(date).replace(tzinfo=UTC).timestamp()) * 1000


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
