"""One sealed revision of a session as one zip file, the same bytes every time.

Once something was recorded after the seal it is not written any more: that takes an
amendment, and a revision.
"""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass

from cptkiosk import __version__
from cptkiosk.desk import Desk
from cptkiosk.domain.rules.closing import not_overtaken
from cptkiosk.domain.state import blockers, session_changes
from cptkiosk.domain.state.center import Center
from cptkiosk.domain.state.session import Session, Stage
from cptkiosk.domain.text import GUARD
from cptkiosk.domain.values import Refused, plural
from cptkiosk.errors import VerificationError
from cptkiosk.ledger.chain import Head, Row
from cptkiosk.ledger.signing import Signer
from cptkiosk.proof import minisign
from cptkiosk.times.format import TimeFormat
from cptkiosk.upload import sheets
from cptkiosk.upload.bundle_files import (
    ATTEMPTS,
    CHECKPOINT,
    CONSISTENCY,
    EVENTS,
    IRREGULARITIES,
    KEY,
    MANIFEST,
    README,
    README_TEXT,
    REPORT,
    SIGNATURE,
    SUMS,
    TEXTS,
    describe_file,
    list_sums,
    pack_files,
    signed_comment,
)
from cptkiosk.upload.evidence import Evidence, gather_evidence, json_text

SCHEMA = "cptkiosk-bundle"
SCHEMA_VERSION = 2


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
    rows: tuple[Row, ...]
    """The session's entries up to the seal, as the ledger has them."""

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
        rows=ledger.stream_rows(f"session/{session_id}", seq),
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
            return Refused("bundle-not-delivered", session_id=session.session_id)
    why = f"Session {session.session_id} is {session.stage}, not sealed"
    if lacking:
        more = len(lacking) - 1
        also = f" (and {plural(more, 'more thing')})" if more else ""
        why = f"{why}: {lacking[0].text}{also}"
    return Refused("bundle-not-sealed", why=why)


def make_bundle(desk: Desk, sealed: Snapshot, report: str) -> bytes:
    """Return the zip file of a sealed session, signed with the installation's key.

    Raises:
        StorageError: if the ledger or the key cannot be read.
    """
    evidence = gather_evidence(desk, sealed.session, sealed.rows)
    return build_bundle(sealed, evidence, report, desk.key_ring.signer())


def build_bundle(
    sealed: Snapshot, evidence: Evidence, report: str, signer: Signer
) -> bytes:
    """Return the zip file: the same bytes for the same revision, report and key."""
    site_code = sealed.center.site_code
    tables = {
        ATTEMPTS: sheets.attempt_sheet(sealed.session, site_code, sealed.times.zone),
        IRREGULARITIES: sheets.irregularity_sheet(
            sealed.session, site_code, sealed.times.zone
        ),
    }
    files = {
        CHECKPOINT: signer.sign_checkpoint(evidence.checkpoint),
        CONSISTENCY: evidence.consistency,
        EVENTS: evidence.events,
        KEY: minisign.write_public_key(signer.public_bytes),
        README: README_TEXT,
        REPORT: report,
        TEXTS: evidence.texts,
        **tables,
    }
    made = {name: text.encode() for name, text in files.items()}
    made[MANIFEST] = _manifest_json(sealed, evidence, made, signer).encode()
    comment = signed_comment(
        site_code, sealed.session.session_id, sealed.session.revision
    )
    made[SIGNATURE] = minisign.sign_file(
        made[MANIFEST], comment, signer.public_bytes, signer.sign
    ).encode()
    made[SUMS] = list_sums(made)
    return pack_files(made, sealed.sealed_utc_ms)


def _manifest_json(
    sealed: Snapshot, evidence: Evidence, files: Mapping[str, bytes], signer: Signer
) -> str:
    session, center, checkpoint = sealed.session, sealed.center, evidence.checkpoint
    manifest = {
        "schema": SCHEMA,
        "schema_version": SCHEMA_VERSION,
        "program": f"cptkiosk {__version__}",
        "definitions_sha256": evidence.definitions_sha256,
        "site_code": center.site_code,
        "rehearsal": center.rehearsal,
        "time_zone": center.time_zone,
        "session_id": session.session_id,
        "revision": session.revision,
        "modules": list(session.module_ids),
        "sealed_utc_ms": sealed.sealed_utc_ms,
        "sealed_utc": sheets.format_utc(sealed.sealed_utc_ms),
        "sealed_local": sheets.format_local(sealed.sealed_utc_ms, sealed.times.zone),
        "signed_by": session.signed_by,
        "files": {name: describe_file(name, data) for name, data in files.items()},
        "checkpoint": {
            "origin": checkpoint.origin,
            "size": checkpoint.size,
            "root": base64.b64encode(checkpoint.root).decode(),
        },
        "keys": {
            "public_key": signer.public_key,
            "changes": list(evidence.key_changes),
        },
        "head": {
            "seq": sealed.head.seq,
            "hash": sealed.head.hash,
            "signature": sealed.signature,
            "public_key": sealed.public_key,
            "signed_text": f"cptkiosk head {sealed.head.seq} {sealed.head.hash}",
            "algorithm": "Ed25519",
        },
        "formula_guard": GUARD,
        "left_out": ["accommodations", "staff notes"],
    }
    return json_text(manifest)
