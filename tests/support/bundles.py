"""Bundles written, checked and forged."""

import io
import json
import zipfile
from pathlib import Path

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.values import BundleKind
from cptkiosk.errors import VerificationError
from cptkiosk.ledger.signing import Signer
from cptkiosk.proof import minisign
from cptkiosk.reports.report_check import find_report_fault
from cptkiosk.reports.sealed import sealed_report
from cptkiosk.upload import bundle_files
from cptkiosk.upload.bundle_check import check_bundle
from cptkiosk.upload.bundle_files import (
    day_ms,
    describe_file,
    list_sums,
    pack_files,
)
from cptkiosk.upload.bundle_reader import Bundle
from cptkiosk.upload.evidence import json_text
from cptkiosk.upload.folder import write_bundle
from support.center import DANA, definitions


def send(
    desk: Desk,
    folder: Path,
    session_id: str = "a",
    kind: BundleKind = BundleKind.RECORD,
) -> Path:
    report = sealed_report(definitions())
    return write_bundle(desk, session_id, folder, DANA, kind=kind, report=report)[0]


def check(data: bytes) -> Bundle:
    return check_bundle(data, find_report_fault)


def fault(data: bytes) -> str:
    with pytest.raises(VerificationError) as error:
        check(data)
    return str(error.value)


def unpacked(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def forged(path: Path, signer: Signer | None, **changes: bytes) -> bytes:
    """Return a bundle with other files, its digests corrected, signed anew by a key."""
    files = unpacked(path.read_bytes())
    files |= {name.replace("_", "."): data for name, data in changes.items()}
    manifest = json.loads(files[bundle_files.MANIFEST])
    for name in bundle_files.DESCRIBED[manifest.get("kind", "")]:
        manifest["files"][name] = describe_file(name, files[name])
    files[bundle_files.MANIFEST] = json_text(manifest).encode()
    if signer is not None:
        comment = files[bundle_files.SIGNATURE].decode().splitlines()[2]
        files[bundle_files.SIGNATURE] = minisign.sign_file(
            files[bundle_files.MANIFEST],
            comment.removeprefix(minisign.TRUSTED),
            signer.public_bytes,
            signer.sign,
        ).encode()
    del files[bundle_files.SUMS]
    files[bundle_files.SUMS] = list_sums(files)
    dated = manifest.get("sealed_utc_ms") or day_ms(manifest["session_date"])
    return pack_files(files, dated)
