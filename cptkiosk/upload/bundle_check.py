"""Whether a bundle is what the center sealed, found out without any ledger.

A bundle is held against itself: its signature, its digests, its proofs, and whether its
tables and its report say what its entries say. It is held against an earlier one of the
same center: whether the record goes on from what that one showed.
"""

import base64
import csv
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from cptkiosk.domain.events.center import CenterInitialised
from cptkiosk.domain.state.session import Session
from cptkiosk.ledger.chain import Head
from cptkiosk.proof import keys, minisign
from cptkiosk.upload import sheets
from cptkiosk.upload.bundle_files import (
    ATTEMPTS,
    CHECKPOINT,
    CONSISTENCY,
    IRREGULARITIES,
    KEY,
    MANIFEST,
    NOTES,
    REPORT,
)
from cptkiosk.upload.bundle_fold import WRONG, fold_record, read_results
from cptkiosk.upload.bundle_manifest import Manifest, RecordManifest, ResultsManifest
from cptkiosk.upload.bundle_reader import Bundle, misfit, open_bundle

UNPROVED = "note"
"""The column that follows from extra time, which a bundle of version 2 keeps back."""

ROW_NAMES = ("irregularity_id", "recorded_utc", "attempt_id")
"""The columns that tell rows apart: the first of them that a table has."""

ReportCheck = Callable[[str, Session, ZoneInfo, Head, int], str]
"""Returns what a report says otherwise; see `reports.report_check`."""


@dataclass(frozen=True, slots=True)
class Trust:
    """A key that a receiver knows, with what is known to follow and precede it."""

    key: bytes
    changes: tuple[tuple[bytes, bytes], ...] = ()


def read_trusted(text: str) -> Trust:
    """Return what an exported key file says.

    Raises:
        ValueError: if it is none.
    """
    notes = [line for line in text.splitlines()[2:] if line]
    changes = tuple(keys.read_key_change(decode_change(one)) for one in notes)
    return Trust(minisign.read_public_key(text), changes)


def write_trusted(public_key: bytes, notes: Iterable[str]) -> str:
    """Return a key as a file that `minisign -p` reads as well."""
    lines = [base64.b64encode(one.encode()).decode() for one in notes]
    return minisign.write_public_key(public_key) + "".join(f"{one}\n" for one in lines)


def decode_change(line: str) -> str:
    """Return the note of a change of keys from its line in a key file.

    Raises:
        ValueError: if it is none.
    """
    return base64.b64decode(line, validate=True).decode()


def check_bundle(data: bytes, report_check: ReportCheck) -> Bundle:
    """Return a bundle that fits in itself.

    Raises:
        VerificationError: naming the first thing that does not fit.
    """
    try:
        return _check_whole(open_bundle(data), report_check)
    except WRONG as error:
        # Signed or not, someone made it by hand.
        raise misfit("The bundle", f"holds what no center writes ({error}).") from error


def _check_whole(bundle: Bundle, report_check: ReportCheck) -> Bundle:
    match bundle.manifest:
        case ResultsManifest() as said:
            _check_results(bundle, said)
        case RecordManifest() as said:
            _check_record(bundle, said, report_check)
    return bundle


def _check_results(bundle: Bundle, said: ResultsManifest) -> None:
    center, stated = read_results(bundle)
    _check_manifest(
        said,
        **_center_facts(center),
        session_id=stated.session_id,
        revision=stated.revision,
        session_date=stated.session_date,
        modules=sorted({one.module_id for one in stated.results}),
    )
    expected = sheets.results_sheet(stated, center.site_code)
    _compare_tables(ATTEMPTS, bundle.files[ATTEMPTS], expected)


def _check_record(
    bundle: Bundle, said: RecordManifest, report_check: ReportCheck
) -> None:
    folded = fold_record(bundle)
    session, zone, sealed_utc_ms = folded.session, folded.zone, folded.sealed_utc_ms
    _check_manifest(
        said,
        **_center_facts(folded.center),
        session_id=session.session_id,
        revision=session.revision,
        modules=list(session.module_ids),
        sealed_utc_ms=sealed_utc_ms,
        sealed_utc=sheets.format_utc(sealed_utc_ms),
        sealed_local=sheets.format_local(sealed_utc_ms, zone),
        signed_by=session.signed_by,
    )
    about = (session, folded.center.site_code, zone)
    expected = {IRREGULARITIES: sheets.irregularity_sheet(*about)}
    if bundle.is_whole:
        expected |= {
            ATTEMPTS: sheets.record_sheet(*about),
            NOTES: sheets.note_sheet(*about),
        }
    else:
        expected |= {ATTEMPTS: sheets.attempt_sheet(*about)}
    for name, table in sorted(expected.items()):
        unproved = "" if bundle.is_whole else UNPROVED
        _compare_tables(name, bundle.files[name], table, unproved)
    head = Head(said.head.seq, said.head.hash)
    report = bundle.files[REPORT].decode("utf-8", "replace")
    fault = report_check(report, session, zone, head, sealed_utc_ms)
    if fault:
        raise misfit(REPORT, f"{fault}.")


def _center_facts(center: CenterInitialised) -> dict[str, object]:
    return {
        "site_code": center.site_code,
        "rehearsal": center.rehearsal,
        "time_zone": center.time_zone,
    }


def _check_manifest(said: Manifest, **expected: object) -> None:
    for name, value in expected.items():
        if getattr(said, name) != value:
            raise misfit(
                MANIFEST,
                f"says {name} {getattr(said, name)}, and the entries say {value}.",
            )


def _compare_tables(name: str, found: bytes, expected: str, unproved: str = "") -> None:
    header, *rows = _read_table(found.decode("utf-8", "replace"))
    wanted_header, *wanted = _read_table(expected)
    if header != wanted_header:
        raise misfit(name, "has different columns than a bundle.")
    about = next(header.index(one) for one in ROW_NAMES if one in header)
    for row, other in zip(rows, wanted, strict=False):
        for column, cell, value in zip(header, row, other, strict=False):
            if cell != value and column != unproved:
                raise misfit(
                    name,
                    f'says {column} "{cell}" for {other[about]}, but the entries say'
                    f' "{value}".',
                )
    if len(rows) != len(wanted) or any(len(row) != len(header) for row in rows):
        raise misfit(name, "has different rows than the entries.")


def _read_table(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline=""))) or [[]]


def check_key(bundle: Bundle, trusted: Trust) -> None:
    """Check that a known key signed a bundle, or one that it stands for.

    Raises:
        VerificationError: if not.
    """
    changes = (*trusted.changes, *bundle.changes)
    if bundle.key not in keys.linked_keys(trusted.key, changes):
        raise misfit(KEY, "is not the key that you gave, and none that it stands for.")


def check_after(bundle: Bundle, earlier: Bundle) -> None:
    """Check that two bundles of one kind are of one record that was only added to.

    Raises:
        VerificationError: if they are not, or do not say.
    """
    if bundle.checkpoint.size < earlier.checkpoint.size:
        bundle, earlier = earlier, bundle
    assert bundle.kind is earlier.kind, "each kind has a tree of its own"
    check_key(bundle, Trust(earlier.key, earlier.changes))
    old, new = earlier.checkpoint, bundle.checkpoint
    if old.origin != new.origin:
        raise misfit(CHECKPOINT, "is from a different record than the earlier bundle.")
    link = bundle.links.get(old.size)
    root = new.root if new.size == old.size else link and base64.b64decode(link.root)
    if root is None:
        raise misfit(
            CONSISTENCY,
            f"says nothing of the earlier bundle ({old.size} entries). Compare it with"
            " a bundle that was sealed between the two.",
        )
    if root != old.root:
        raise misfit(
            CONSISTENCY,
            f"contradicts the earlier bundle: the first {old.size} entries of the"
            " record are not what they were.",
        )
