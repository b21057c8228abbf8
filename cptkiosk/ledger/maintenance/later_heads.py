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
from typing import Any, Final

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
from cptkiosk.ledger.signing import checkpoint_fits, public_key_at, signature_fits
from cptkiosk.proof.note import parse_checkpoint, split_note

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
    for path, is_known in (*_of_bundles(ledger, paths), *_of_reports(ledger, paths)):
        if not is_known:
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


def _of_bundles(ledger: Reader, paths: Paths) -> Iterator[tuple[Path, bool]]:
    """Yield the bundles that are this installation's, and if it has what they show."""
    keys = {row[0] for row in ledger.rows("SELECT DISTINCT public_key FROM head")}
    keys |= {public_key_at(paths.key)}
    folders = [one for one in names_inside(paths.root) if is_folder(one)]
    found = [one for folder in folders for one in names_inside(folder)]
    for path in _newest_files(found, "cptkiosk-", ".zip"):
        try:
            manifest, checkpoint = _read_bundle(path)
            if "head" in manifest:
                if (head := _signed_head(manifest["head"], keys - {""})) is not None:
                    yield path, holds_head(ledger, head)
            elif size := _signed_size(checkpoint, keys - {""}):
                # Of the tree of results: its first leaf is the ledger's first entry.
                yield path, size <= 1 + len(ledger.statements(ledger.head().seq))
        except NO_BUNDLE:
            continue


def _read_bundle(path: Path) -> tuple[dict[str, Any], str]:
    """Return the manifest and the checkpoint of a bundle."""
    with zipfile.ZipFile(path) as archive:
        with archive.open("manifest.json") as file:
            manifest = json.loads(file.read(MANIFEST_BYTES))
        if "checkpoint" not in manifest:
            return manifest, ""
        with archive.open("checkpoint.txt") as file:
            return manifest, file.read(MANIFEST_BYTES).decode()


def _signed_head(said: dict[str, Any], keys: set[str]) -> Head | None:
    """Return the head that a manifest names if one of these keys signed it."""
    head, key = Head(int(said["seq"]), str(said["hash"])), str(said["public_key"])
    ours = key in keys and signature_fits(head, str(said["signature"]), key)
    return head if ours else None


def _signed_size(checkpoint: str, keys: set[str]) -> int:
    """Return the size in a checkpoint if one of these keys signed it, or 0."""
    found = parse_checkpoint(split_note(checkpoint)[0])
    ours = any(checkpoint_fits(checkpoint, found, key) for key in keys)
    return found.size if ours else 0


def _of_reports(ledger: Reader, paths: Paths) -> Iterator[tuple[Path, bool]]:
    for path in _newest_files(names_inside(paths.reports), "session-report-", ".txt"):
        try:
            with path.open("rb") as file:
                text = file.read(REPORT_BYTES).decode("utf-8", "replace")
        except OSError:
            continue
        if found := REPORTED.search(text):
            yield path, holds_head(ledger, Head(int(found[1]), found[2]))


def _newest_files(found: list[Path], begins: str, ends: str) -> list[Path]:
    wanted = [
        one for one in found if one.name.startswith(begins) and one.name.endswith(ends)
    ]
    return sorted(wanted, key=changed_at, reverse=True)[:LOOKED_INTO]
