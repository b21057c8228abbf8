"""One bundle by itself: verified, and read into rows. Needs no database, so that many
are done side by side.
"""

import base64
import csv
import io
from dataclasses import dataclass
from datetime import date, datetime

from cptkiosk.domain.text import FORMULA, GUARD
from cptkiosk.domain.values import BundleKind
from cptkiosk.errors import VerificationError
from cptkiosk.proof.keys import linked_keys
from cptkiosk.upload.bundle_check import ReportCheck, Trust, check_bundle
from cptkiosk.upload.bundle_files import ATTEMPTS, IRREGULARITIES
from cptkiosk.upload.bundle_manifest import Manifest, RecordManifest, ResultsManifest
from cptkiosk.upload.bundle_reader import Bundle, open_bundle
from cptkiosk.upload.sheets import BYTE_ORDER_MARK

Row = tuple[object, ...]

ENCRYPTED = b"age-encryption.org/"
"""How a file begins that is encrypted with age."""

NUMBERS = frozenset({"items", "cut_percent", "least_passing", "raw_min", "raw_max"})
YES_OR_NO = frozenset({"passed", "counts"})
ATTEMPT_COLUMNS = (
    *("attempt_id", "participant_id", "person", "module_id", "edition", "user_code"),
    *("items", "cut_percent", "least_passing", "score_state", "raw_min", "raw_max"),
    *("verdict", "vendor_verdict", "official", "passed", "validity", "counts"),
    *("continues", "irregularities"),
)
"""The columns of the table `attempts` after its first four, in order."""

TOUCHING = frozenset({"flag", "withhold"})
"""What an irregularity does to the scores that it touches."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What a bundle that fits in itself says, ready for the tables."""

    site_code: str
    session_id: str
    revision: int
    session_date: date
    kind: BundleKind
    rehearsal: bool
    time_zone: str
    key: bytes
    changes: tuple[tuple[bytes, bytes], ...]
    change_notes: tuple[str, ...]
    origin: str
    tree_size: int
    tree_root: str
    """In base64."""

    links: dict[int, str]
    """The roots in base64 of the earlier trees that it continues, by size."""

    attempts: tuple[Row, ...]
    """The cells of `ATTEMPT_COLUMNS`, one row for each."""

    @property
    def name(self) -> str:
        """What a sentence calls it."""
        return (
            f"revision {self.revision} of session {self.session_id} from center"
            f" {self.site_code}"
        )

    def is_signed_for(self, trust: Trust) -> bool:
        """Return whether a known key signed it, or one that this key stands for."""
        return self.key in linked_keys(trust.key, (*trust.changes, *self.changes))


@dataclass(frozen=True, slots=True)
class Unfit:
    """A file that is not what a center sealed."""

    reason: str


def verify_data(data: bytes, report_check: ReportCheck) -> Verified | Unfit:
    """Return what a bundle says, or the first thing in it that does not fit."""
    if data.startswith(ENCRYPTED):
        return Unfit(
            "The bundle is encrypted. Decrypt it with age, then ingest the file that"
            " comes out."
        )
    try:
        return read_bundle(check_bundle(data, report_check))
    except VerificationError as error:
        return Unfit(str(error))
    except Exception as error:  # noqa: BLE001  # one file must not stop all others
        return Unfit(f"The bundle holds what no center writes ({error}).")


def read_bundle(bundle: Bundle) -> Verified:
    """Return what a verified bundle says."""
    said, checkpoint = bundle.manifest, bundle.checkpoint
    return Verified(
        site_code=said.site_code,
        session_id=said.session_id,
        revision=said.revision,
        session_date=_session_date(said),
        kind=bundle.kind,
        rehearsal=said.rehearsal,
        time_zone=said.time_zone,
        key=bundle.key,
        changes=bundle.changes,
        change_notes=tuple(said.keys.changes),
        origin=checkpoint.origin,
        tree_size=checkpoint.size,
        tree_root=base64.b64encode(checkpoint.root).decode(),
        links={size: one.root for size, one in bundle.links.items()},
        attempts=_read_attempts(bundle),
    )


def _session_date(said: Manifest) -> date:
    """Return the day of a session at its center; of a record, the day of its seal."""
    match said:
        case ResultsManifest(session_date=day):
            return date.fromisoformat(day)
        case RecordManifest(sealed_local=sealed):
            return datetime.fromisoformat(sealed).date()
    raise AssertionError("a manifest is of one of these")


def _read_attempts(bundle: Bundle) -> tuple[Row, ...]:
    rows = _read_table(bundle.files[ATTEMPTS])
    touched = _touching_codes(bundle)
    for row in rows:
        if touched is not None:
            codes = sorted(touched.get(row["attempt_id"], ()))
            row["irregularities"] = " ".join(codes)
    return tuple(
        tuple(_read_cell(name, row.get(name, "")) for name in ATTEMPT_COLUMNS)
        for row in rows
    )


def _touching_codes(bundle: Bundle) -> dict[str, set[str]] | None:
    """Return, of a record, the codes that touched the score of each attempt."""
    if IRREGULARITIES not in bundle.files:
        return None
    rows = _read_table(bundle.files[IRREGULARITIES])
    replaced = {row["supersedes"] for row in rows}
    found: dict[str, set[str]] = {}
    for row in rows:
        if row["irregularity_id"] in replaced or row["validity"] not in TOUCHING:
            continue
        for attempt_id in row["attempt_ids"].split():
            found.setdefault(attempt_id, set()).add(row["code"])
    return found


def _read_table(data: bytes) -> list[dict[str, str]]:
    text = data.decode("utf-8").removeprefix(BYTE_ORDER_MARK)
    return list(csv.DictReader(io.StringIO(text, newline="")))


def _read_cell(name: str, cell: str) -> object:
    if cell.startswith(GUARD) and cell[1:].startswith(FORMULA):
        cell = cell[1:]
    if name in NUMBERS:
        return int(cell) if cell else None
    if name in YES_OR_NO:
        return cell == "1" if cell else None
    return cell


def read_links(data: bytes) -> dict[int, str]:
    """Return the earlier trees that an accepted bundle continues, by size."""
    return {size: one.root for size, one in open_bundle(data).links.items()}
