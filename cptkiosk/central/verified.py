"""One bundle by itself: verified, and read into rows. Needs no database, so that many
are done side by side.
"""

import base64
import csv
import io
from dataclasses import dataclass
from datetime import UTC, date, datetime

from cptkiosk.domain.text import FORMULA, GUARD
from cptkiosk.errors import VerificationError
from cptkiosk.proof.keys import linked_keys
from cptkiosk.upload.bundle_check import ReportCheck, Trust, check_bundle
from cptkiosk.upload.bundle_files import ATTEMPTS, IRREGULARITIES
from cptkiosk.upload.bundle_manifest import RecordManifest
from cptkiosk.upload.bundle_reader import Bundle, open_bundle
from cptkiosk.upload.sheets import BYTE_ORDER_MARK

Row = tuple[object, ...]

ENCRYPTED = b"age-encryption.org/"
"""How a file begins that is encrypted with age."""

NUMBERS = frozenset(
    {"items", "cut_percent", "least_passing", "raw_min", "raw_max", "severity"}
)
YES_OR_NO = frozenset({"passed", "counts"})
ATTEMPT_COLUMNS = (
    *("attempt_id", "session_date", "participant_id", "person", "module_id", "edition"),
    *("user_code", "items", "cut_percent", "least_passing", "score_state", "raw_min"),
    *("raw_max", "verdict", "vendor_verdict", "official", "passed", "validity"),
    *("counts", "continues", "irregularities"),
)
"""The columns of the table `attempts` after its first three, in order."""

IRREGULARITY_COLUMNS = (
    *("irregularity_id", "session_date", "code", "severity", "scope", "attempt_ids"),
    *("validity", "supersedes"),
)
"""The columns of the table `irregularities` after its first three, in order."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What a bundle that fits in itself says, ready for the tables."""

    site_code: str
    session_id: str
    revision: int
    session_date: date | None
    kind: str
    sealed_at: datetime
    signed_by: str
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
    irregularities: tuple[Row, ...]

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
    except (ArithmeticError, LookupError, OSError, ValueError) as error:
        # Signed or not, somebody made it by hand.
        return Unfit(f"The bundle holds what no center writes ({error}).")


def read_bundle(bundle: Bundle) -> Verified:
    """Return what a verified bundle says."""
    said, checkpoint = bundle.manifest, bundle.checkpoint
    if not isinstance(said, RecordManifest):
        raise VerificationError("The bundle has results only, which are not taken in.")
    day = _session_date(said.session_id)
    return Verified(
        site_code=said.site_code,
        session_id=said.session_id,
        revision=said.revision,
        session_date=day,
        kind=bundle.kind.value,
        sealed_at=datetime.fromtimestamp(said.sealed_utc_ms / 1000, UTC),
        signed_by=said.signed_by,
        rehearsal=said.rehearsal,
        time_zone=said.time_zone,
        key=bundle.key,
        changes=bundle.changes,
        change_notes=tuple(said.keys.changes),
        origin=checkpoint.origin,
        tree_size=checkpoint.size,
        tree_root=base64.b64encode(checkpoint.root).decode(),
        links={size: one.root for size, one in bundle.links.items()},
        attempts=_read_rows(bundle.files[ATTEMPTS], ATTEMPT_COLUMNS, day),
        irregularities=_read_rows(
            bundle.files[IRREGULARITIES], IRREGULARITY_COLUMNS, day
        ),
    )


def _session_date(session_id: str) -> date | None:
    """Return the day that a session is named by, as in 2026-11-23-1."""
    try:
        return date.fromisoformat(session_id[:10])
    except ValueError:
        return None


def _read_rows(
    data: bytes, columns: tuple[str, ...], day: date | None
) -> tuple[Row, ...]:
    text = data.decode("utf-8").removeprefix(BYTE_ORDER_MARK)
    return tuple(
        tuple(_read_cell(name, row.get(name), day) for name in columns)
        for row in csv.DictReader(io.StringIO(text, newline=""))
    )


def _read_cell(name: str, cell: str | None, day: date | None) -> object:
    text = cell or ""
    if text.startswith(GUARD) and text[1:].startswith(FORMULA):
        text = text[1:]
    if name == "session_date":
        return date.fromisoformat(text) if text else day
    if name == "irregularities":
        return int(text or 0)
    if name in NUMBERS:
        return int(text) if text else None
    if name in YES_OR_NO:
        return text == "1" if text else None
    return text


def read_links(data: bytes) -> dict[int, str]:
    """Return the earlier trees that an accepted bundle continues, by size."""
    return {size: one.root for size, one in open_bundle(data).links.items()}
