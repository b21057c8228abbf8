"""Heads of the chain that went out and are not in the record: it may be an older copy.

An older copy verifies by itself. Only what was made from the record later tells that
entries are gone: backups, bundles and reports in its own folder. Whoever can write there
can make any of them, so what they say is looked at by people and changes nothing.
"""

import json
import lzma
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from cptkiosk.host.data_directory import Paths
from cptkiosk.host.paths import is_folder
from cptkiosk.ledger.chain import Head
from cptkiosk.ledger.missing_record import (
    LOOKED_INTO,
    changed_at,
    find_backups,
    holds_head,
    last_signed,
    names_inside,
)
from cptkiosk.ledger.reading import Reader
from cptkiosk.ledger.signing import public_key_at, signature_fits

MANIFEST_BYTES: Final = 1_000_000
REPORT_BYTES: Final = 1_000_000
NO_BUNDLE: Final = (
    *(OSError, EOFError, zipfile.BadZipFile, zlib.error, lzma.LZMAError),
    *(LookupError, ValueError, TypeError, ArithmeticError),
    RuntimeError,  # encrypted, packed in another way, or nested too deep
)
"""What a file that is damaged, or no bundle at all, brings about."""

REPORTED: Final = re.compile(r"^Ledger head +entry (\d{1,15})\n +([0-9a-f]{64})$", re.M)


def later_head(ledger: Reader, paths: Paths) -> str:
    """Return what in the record's own folder has a later head than the record, or ''.

    It is named as seen from there: 'backups/ledger-00000068.db'.
    """
    for path in find_backups(paths)[:LOOKED_INTO]:
        signed = last_signed(path)
        if signed is not None and not holds_head(ledger, signed):
            return f"{path.parent.name}/{path.name}"
    for path, head in (*_of_bundles(ledger, paths), *_of_reports(paths)):
        if not holds_head(ledger, head):
            return f"{path.parent.name}/{path.name}"
    return ""


def later_notice(name: str) -> str:
    """Return the sentences that say where there is more than in the record."""
    if name.startswith("backups/"):
        do = (
            'Run "cptkiosk ledger restore" with that backup. If this record is'
            " the right one, move that backup out of backups/."
        )
    else:
        do = (
            'Find a newer copy of the record and run "cptkiosk ledger restore"'
            " with it. If this record is the right one, move that file away."
        )
    return (
        f"{name} has signed entries that are missing from this record. This record"
        f" may be an older copy. {do}"
    )


def _of_bundles(ledger: Reader, paths: Paths) -> Iterator[tuple[Path, Head]]:
    """Yield the signed heads of bundles that are this installation's."""
    keys = {row[0] for row in ledger.rows("SELECT DISTINCT public_key FROM head")}
    keys |= {public_key_at(paths.key)}
    folders = [one for one in names_inside(paths.root) if is_folder(one)]
    found = [one for folder in folders for one in names_inside(folder)]
    for path in _newest_files(found, "cptkiosk-", ".zip"):
        head, signature, public_key = _read_bundle_head(path)
        if public_key in keys - {""} and signature_fits(head, signature, public_key):
            yield path, head


def _read_bundle_head(path: Path) -> tuple[Head, str, str]:
    """Return head, signature and key of a bundle; no key if it is none."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open("manifest.json") as file:
            said = json.loads(file.read(MANIFEST_BYTES))["head"]
            head = Head(int(said["seq"]), str(said["hash"]))
            return head, str(said["signature"]), str(said["public_key"])
    except NO_BUNDLE:
        return Head(), "", ""


def _of_reports(paths: Paths) -> Iterator[tuple[Path, Head]]:
    for path in _newest_files(names_inside(paths.reports), "session-report-", ".txt"):
        try:
            with path.open("rb") as file:
                text = file.read(REPORT_BYTES).decode("utf-8", "replace")
        except OSError:
            continue
        if found := REPORTED.search(text):
            yield path, Head(int(found[1]), found[2])


def _newest_files(found: list[Path], begins: str, ends: str) -> list[Path]:
    wanted = [
        one for one in found if one.name.startswith(begins) and one.name.endswith(ends)
    ]
    return sorted(wanted, key=changed_at, reverse=True)[:LOOKED_INTO]
