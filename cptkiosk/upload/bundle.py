"""One sealed revision of a session as one zip file, the same bytes every time.

Once something was recorded after the seal it is not written any more: that takes an
amendment, and a revision.
"""

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from cptkiosk import __version__
from cptkiosk.desk import Desk
from cptkiosk.domain.events.results import ResultsStated
from cptkiosk.domain.rules.closing import not_overtaken
from cptkiosk.domain.state import blockers, session_changes
from cptkiosk.domain.state.center import Center
from cptkiosk.domain.state.session import Session, Stage
from cptkiosk.domain.text import GUARD
from cptkiosk.domain.values import BundleKind, Refused, plural
from cptkiosk.errors import VerificationError
from cptkiosk.ledger.chain import Head, Row
from cptkiosk.ledger.codec import Kept
from cptkiosk.ledger.signing import Signer
from cptkiosk.proof import minisign
from cptkiosk.proof.note import Checkpoint
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
    NOTES,
    README,
    README_TEXTS,
    REPORT,
    SIGNATURE,
    SUMS,
    TEXTS,
    day_ms,
    describe_file,
    list_sums,
    pack_files,
    signed_comment,
)
from cptkiosk.upload.evidence import (
    json_text,
    prove_record,
    prove_results,
    read_texts,
    texts_json,
)
from cptkiosk.words import explain_why

SCHEMA = "cptkiosk-bundle"
SCHEMA_VERSION = 3
LEFT_OUT = (
    "accommodations",
    "times",
    "breaks and pauses",
    "seats",
    "reports",
    "staff notes",
)
"""What a results bundle says that it does not hold."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A session as it was sealed, and what a bundle of it holds."""

    kind: BundleKind
    session: Session
    stated: ResultsStated | None
    """The results, for a results bundle."""

    center: Center
    times: TimeFormat
    sealed_utc_ms: int
    head: Head
    signature: str
    public_key: str
    rows: tuple[Row, ...]
    """The entries that the bundle shows besides the ledger's first, as stored: all of
    the session up to the seal, or the one that states the results."""

    texts: Mapping[str, Kept]
    """The texts about people that these speak of, by commitment."""

    forgotten: int
    """How many of these texts were forgotten."""

    @property
    def file_name(self) -> str:
        """The name of the bundle in every destination: another one for other bytes.

        Texts are only ever forgotten, so their number tells which.
        """
        session = self.session
        parts = [self.center.site_code, session.session_id, f"r{session.revision}"]
        parts.append(self.kind.value)
        if self.forgotten:
            parts.append(f"forgotten{self.forgotten}")
        safe = (re.sub(r"[^A-Za-z0-9._-]+", "_", part) for part in parts)
        return f"cptkiosk-{'-'.join(safe)}.zip"


def take_snapshot(
    desk: Desk, session_id: str, kind: BundleKind = BundleKind.RECORD
) -> Snapshot:
    """Return a session as it stood at its seal.

    If an older release sealed it, its results are stated in the ledger first, for a
    results bundle.

    Raises:
        Refused: if it is not sealed, naming what is open, or something was recorded
            since.
        StorageError: if its results could not be stated.
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
    rows, stated = ledger.stream_rows(f"session/{session_id}", seq), None
    if kind is BundleKind.RESULTS:
        entry = ledger.read_entry(desk.bundles.state_results(session_id))
        assert isinstance(entry.event, ResultsStated), "it was looked up by that"
        rows, stated = (ledger.read_row(entry.seq),), entry.event
    texts, forgotten = read_texts(ledger, rows)
    return Snapshot(
        kind=kind,
        session=sealed,
        stated=stated,
        center=desk.center,
        times=desk.times,
        sealed_utc_ms=sealed.last_at.utc_ms,
        head=signed.head,
        signature=signed.signature,
        public_key=signed.public_key,
        rows=rows,
        texts=texts,
        forgotten=forgotten,
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
        why = f"{why}: {explain_why(lacking[0].reason)}{also}"
    return Refused("bundle-not-sealed", why=why)


def make_bundle(desk: Desk, sealed: Snapshot, report: str = "") -> bytes:
    """Return the zip file of a sealed session, signed with the installation's key.

    The same snapshot, report and key give the same bytes.

    Args:
        desk: the record.
        sealed: what to pack.
        report: the text of report.txt, which only a record has.

    Raises:
        StorageError: if the ledger or the key cannot be read.
    """
    signer = desk.key_ring.signer()
    if sealed.stated is not None:
        evidence = prove_results(desk.ledger, sealed.rows[0])
        tables = _results_tables(sealed.stated, sealed.center.site_code)
        said = _results_manifest(sealed, sealed.stated, desk)
        dated_utc_ms = day_ms(sealed.stated.session_date)
    else:
        evidence = prove_record(desk.ledger, sealed.rows)
        tables = {**_record_tables(sealed), REPORT: report}
        said = _record_manifest(sealed, desk)
        dated_utc_ms = sealed.sealed_utc_ms
    files = {
        **tables,
        CHECKPOINT: signer.sign_checkpoint(evidence.checkpoint),
        CONSISTENCY: evidence.consistency,
        EVENTS: evidence.events,
        KEY: minisign.write_public_key(signer.public_bytes),
        README: README_TEXTS[sealed.kind],
        TEXTS: texts_json(sealed.texts),
    }
    made = {name: text.encode() for name, text in files.items()}
    manifest = {
        **_common_manifest(sealed, evidence.checkpoint, made),
        **said,
        "keys": {
            "public_key": signer.public_key,
            "changes": list(desk.center.key_changes),
        },
    }
    return _sign_and_pack(sealed, made, manifest, signer, dated_utc_ms)


def _results_tables(stated: ResultsStated, site_code: str) -> dict[str, str]:
    return {ATTEMPTS: sheets.results_sheet(stated, site_code)}


def _record_tables(sealed: Snapshot) -> dict[str, str]:
    about = (sealed.session, sealed.center.site_code, sealed.times.zone)
    return {
        ATTEMPTS: sheets.record_sheet(*about),
        IRREGULARITIES: sheets.irregularity_sheet(*about),
        NOTES: sheets.note_sheet(*about),
    }


def _sign_and_pack(
    sealed: Snapshot,
    files: dict[str, bytes],
    manifest: dict[str, object],
    signer: Signer,
    dated_utc_ms: int,
) -> bytes:
    made = {**files, MANIFEST: json_text(manifest).encode()}
    session = sealed.session
    comment = signed_comment(
        sealed.center.site_code, session.session_id, session.revision
    )
    made[SIGNATURE] = minisign.sign_file(
        made[MANIFEST], comment, signer.public_bytes, signer.sign
    ).encode()
    made[SUMS] = list_sums(made)
    return pack_files(made, dated_utc_ms)


def _common_manifest(
    sealed: Snapshot, checkpoint: Checkpoint, files: Mapping[str, bytes]
) -> dict[str, object]:
    session, center = sealed.session, sealed.center
    return {
        "schema": SCHEMA,
        "schema_version": SCHEMA_VERSION,
        "kind": sealed.kind.value,
        "program": f"cptkiosk {__version__}",
        "site_code": center.site_code,
        "rehearsal": center.rehearsal,
        "time_zone": center.time_zone,
        "session_id": session.session_id,
        "revision": session.revision,
        "files": {name: describe_file(name, data) for name, data in files.items()},
        "checkpoint": {
            "origin": checkpoint.origin,
            "size": checkpoint.size,
            "root": base64.b64encode(checkpoint.root).decode(),
        },
        "formula_guard": GUARD,
    }


def _results_manifest(
    sealed: Snapshot, stated: ResultsStated, desk: Desk
) -> dict[str, object]:
    """Return what only results say; no head of the ledger, whose number tells too much."""
    modules = sorted({one.module_id for one in stated.results})
    return {
        "session_date": stated.session_date,
        "modules": modules,
        # No codes of irregularities: who knows them all could guess which these are.
        "definitions_sha256": _definitions_digest(desk, modules, frozenset()),
        "left_out": list(LEFT_OUT),
    }


def _record_manifest(sealed: Snapshot, desk: Desk) -> dict[str, object]:
    session, modules = sealed.session, list(sealed.session.module_ids)
    codes = frozenset(one.event.code for one in session.irregularities)
    return {
        "modules": modules,
        "definitions_sha256": _definitions_digest(desk, modules, codes),
        "sealed_utc_ms": sealed.sealed_utc_ms,
        "sealed_utc": sheets.format_utc(sealed.sealed_utc_ms),
        "sealed_local": sheets.format_local(sealed.sealed_utc_ms, sealed.times.zone),
        "signed_by": session.signed_by,
        "head": {
            "seq": sealed.head.seq,
            "hash": sealed.head.hash,
            "signature": sealed.signature,
            "public_key": sealed.public_key,
            "signed_text": f"cptkiosk head {sealed.head.seq} {sealed.head.hash}",
            "algorithm": "Ed25519",
        },
        "left_out": [],
    }


def _definitions_digest(desk: Desk, modules: list[str], codes: frozenset[str]) -> str:
    """Return the SHA-256 of the definitions of modules and irregularity codes."""
    used = [one for one in desk.definitions.modules if one.id in modules]
    found = [one for one in desk.definitions.irregularities if one.id in codes]
    data = msgspec.json.encode((used, found), order="deterministic")
    return hashlib.sha256(data).hexdigest()
