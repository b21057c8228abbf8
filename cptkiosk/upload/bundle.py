"""One sealed revision of a session as one zip file, the same bytes every time.

Once something was recorded after the seal it is not written any more: that takes an
amendment, and a revision.
"""

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cptkiosk.desk import Desk
from cptkiosk.domain.rules.closing import not_overtaken
from cptkiosk.domain.state import blockers, session_changes
from cptkiosk.domain.state.center import Center
from cptkiosk.domain.state.session import Session, Stage
from cptkiosk.domain.values import Refused, plural
from cptkiosk.errors import VerificationError
from cptkiosk.ledger.chain import Head
from cptkiosk.time_format import TimeFormat
from cptkiosk.upload import sheets

SCHEMA = "cptkiosk-bundle"
SCHEMA_VERSION = 1
WITHHELD_KINDS = frozenset(
    {
        "attempt-assigned.v1",
        "attempt-updated.v1",
        "irregularity-recorded.v1",
        "pause-began.v1",
        "vendor-clock-noted.v1",
    }
)
"""Entries that tell of extra time, of what somebody had left, or of granted breaks:
their hash is kept alone. It cannot be guessed back, as each covers a salted commitment
to a text; only a vendor's clock noted by release 0.1.0 has none."""

COLUMNS = (
    *("seq", "stream", "version", "at_utc_ms", "at_boot_ms", "boot_id", "terminal"),
    *("actor", "kind", "body", "hash", "previous"),
)


ZIP_YEARS = (1980, 2107)
"""The first and the last year that the format of a zip can say."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A session as it was sealed, and what proves it."""

    session: Session
    center: Center
    times: TimeFormat
    sealed_utc_ms: int
    head: Head
    signature: str
    public_key: str
    entries: tuple[tuple[Any, ...], ...]
    """The session's rows of the ledger up to the seal; see COLUMNS."""

    @property
    def file_name(self) -> str:
        """The name of the bundle in every destination."""
        session = self.session
        parts = (self.center.site_code, session.session_id, f"r{session.revision}")
        safe = (re.sub(r"[^A-Za-z0-9._-]+", "_", part) for part in parts)
        return f"cptkiosk-{'-'.join(safe)}.zip"


def take_snapshot(desk: Desk, session_id: str) -> Snapshot:
    """Return a session as it stood at its seal.

    Raises:
        Refused: if it is not sealed, naming what is open, or something was recorded
            since.
        VerificationError: if the ledger holds no signature for the seal.
    """
    desk.catch_up()
    live = desk.session(session_id)
    if live.stage is not Stage.SEALED:
        raise _not_sealed(live, desk)
    not_overtaken(live)
    ledger, seq = desk.ledger, live.sealed_seq
    sealed = session_changes.replay(
        entry
        for entry in ledger.read_stream(f"session/{session_id}")
        if entry.seq <= seq
    )
    signed = ledger.signature_at(seq)
    if signed is None or sealed.last_at is None:
        raise VerificationError(
            f"The seal of session {session_id} has no signature. Nothing was"
            ' written. Run "cptkiosk ledger verify" and call the coordinator.'
        )
    return Snapshot(
        session=sealed,
        center=desk.center,
        times=desk.times,
        sealed_utc_ms=sealed.last_at.utc_ms,
        head=signed.head,
        signature=signed.signature,
        public_key=signed.public_key,
        entries=ledger.stream_rows(f"session/{session_id}", seq),
    )


def _not_sealed(session: Session, desk: Desk) -> Refused:
    lacking: tuple[blockers.Blocker, ...] = ()
    match session.stage:
        case Stage.PLANNED | Stage.CHECK_IN:
            lacking = blockers.to_start(session)
        case Stage.RUNNING | Stage.HALTED:
            lacking = blockers.to_end(session, session.timeline_ms(desk.now()))
        case Stage.ENDED | Stage.ABANDONED:
            lacking = blockers.to_seal(session)
        case Stage.CANCELLED:
            return Refused(
                f"Session {session.session_id} was cancelled.",
                "Nothing of it is delivered.",
            )
    why = f"Session {session.session_id} is {session.stage}, not sealed"
    if lacking:
        more = len(lacking) - 1
        also = f" (and {plural(more, 'more thing')})" if more else ""
        why = f"{why}: {lacking[0].text}{also}"
    return Refused(f"{why}.", "Seal it on the close-out screen, then write the bundle.")


def build_bundle(sealed: Snapshot, report: str) -> bytes:
    """Return the zip file: the same bytes for the same revision and report."""
    files = {
        "attempts.csv": sheets.attempt_sheet(
            sealed.session, sealed.center.site_code, sealed.times.zone
        ).encode(),
        "events.jsonl": _events_json(sealed).encode(),
        "irregularities.csv": sheets.irregularity_sheet(
            sealed.session, sealed.center.site_code, sealed.times.zone
        ).encode(),
        "report.txt": report.encode(),
    }
    made = {"manifest.json": _manifest_json(sealed, files).encode(), **files}
    moment = datetime.fromtimestamp(sealed.sealed_utc_ms // 1000, UTC)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in sorted(made):
            info = zipfile.ZipInfo(name, _zip_date(moment))
            # Stored, not deflated: another zlib would make other bytes.
            info.compress_type = zipfile.ZIP_STORED
            info.create_system = 3
            info.external_attr = 0o600 << 16
            archive.writestr(info, made[name])
    return buffer.getvalue()


def _zip_date(moment: datetime) -> tuple[int, int, int, int, int, int]:
    """Return a moment as a zip can hold it, whatever the machine's clock said."""
    if moment.year < ZIP_YEARS[0]:
        return (ZIP_YEARS[0], 1, 1, 0, 0, 0)
    if moment.year > ZIP_YEARS[1]:
        return (ZIP_YEARS[1], 12, 31, 23, 59, 58)
    return (
        *(moment.year, moment.month, moment.day),
        *(moment.hour, moment.minute, moment.second),
    )


def _manifest_json(sealed: Snapshot, files: Mapping[str, bytes]) -> str:
    session, center = sealed.session, sealed.center
    manifest = {
        "schema": SCHEMA,
        "schema_version": SCHEMA_VERSION,
        "site_code": center.site_code,
        "rehearsal": center.rehearsal,
        "time_zone": center.time_zone,
        "session_id": session.session_id,
        "revision": session.revision,
        "modules": list(session.module_ids),
        "sealed_utc": sheets.format_utc(sealed.sealed_utc_ms),
        "sealed_local": sheets.format_local(sealed.sealed_utc_ms, sealed.times.zone),
        "signed_by": session.signed_by,
        "counts": {
            "attempts": len(session.attempts),
            "entries": len(sealed.entries),
            "irregularities": len(session.irregularities),
        },
        "files": {
            name: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            for name, data in sorted(files.items())
        },
        "head": {
            "seq": sealed.head.seq,
            "hash": sealed.head.hash,
            "signature": sealed.signature,
            "public_key": sealed.public_key,
            "signed_text": f"cptkiosk head {sealed.head.seq} {sealed.head.hash}",
            "algorithm": "Ed25519",
        },
        "formula_guard": sheets.GUARD,
        "left_out": ["accommodations", "staff notes"],
    }
    return f"{json.dumps(manifest, ensure_ascii=False, indent=2, sort_keys=True)}\n"


def _events_json(sealed: Snapshot) -> str:
    """Return the session's entries, one JSON object a line.

    `hash` is SHA-256 over `previous` and the JSON list of the first ten fields, with
    `body` as the text it is; an entry whose `body` is null is kept by its hash alone.
    """
    lines = []
    for row in sealed.entries:
        entry = dict(zip(COLUMNS, row, strict=True))
        if entry["kind"] in WITHHELD_KINDS:
            entry["body"] = None
        lines.append(json.dumps(entry, ensure_ascii=False, separators=(",", ":")))
    return "".join(f"{line}\n" for line in lines)
