"""Opening a bundle without a ledger: what of it is signed, and what is proved.

Everything is taken in the order in which it leans on what comes before: the key, the
manifest that it signed, the files that the manifest names, the checkpoint, and the
entries that are in its tree. The first thing that does not fit is named.
"""

import base64
import io
import struct
import zipfile
import zlib
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from cptkiosk.domain.text import visible
from cptkiosk.domain.values import BundleKind
from cptkiosk.errors import VerificationError
from cptkiosk.ledger.chain import Head
from cptkiosk.ledger.signing import signature_fits
from cptkiosk.proof import keys, minisign, note, tree
from cptkiosk.proof.fields import Shown, leaf_data
from cptkiosk.upload import bundle_files as names
from cptkiosk.upload.bundle_files import describe_file, list_sums, pack_files
from cptkiosk.upload.bundle_manifest import (
    KNOWN,
    Manifest,
    RecordManifest,
    ResultsManifest,
)

NO_ZIP = (
    *(OSError, EOFError, zipfile.BadZipFile, zlib.error, struct.error),
    *(LookupError, ValueError, TypeError, ArithmeticError, RuntimeError),
)
"""What a damaged zip brings about."""

NOT_OURS = "which does not belong in a bundle of its kind."

OLDER = frozenset(
    {
        "attempts.csv",
        "events.jsonl",
        "irregularities.csv",
        "manifest.json",
        "report.txt",
    }
)
"""The files of a bundle that a release without proofs wrote."""


def misfit(name: str, what: str) -> VerificationError:
    """Return the error that names what does not fit."""
    return VerificationError(f"{name} {what}")


class Link(msgspec.Struct):
    """That the tree continues an earlier one."""

    size: int
    root: str
    hashes: list[str]


class Line(msgspec.Struct):
    """One line of the entries."""

    seq: int
    fields: list[list[str]]
    proof: list[str]


class Text(msgspec.Struct):
    """A text about someone, and what it takes to compute its commitment."""

    about: str
    salt: str
    text: str


@dataclass(frozen=True, slots=True)
class Proved:
    """An entry that is in the tree, with the fields that are shown."""

    seq: int
    leaf: bytes
    shown: dict[str, str]
    """The JSON text of each, by name."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle whose signature, digests and proofs fit."""

    files: dict[str, bytes]
    manifest: Manifest
    key: bytes
    changes: tuple[tuple[bytes, bytes], ...]
    checkpoint: note.Checkpoint
    entries: tuple[Proved, ...]
    texts: dict[str, Text]
    links: dict[int, Link]

    @property
    def kind(self) -> BundleKind:
        """What it tells; one of version 2 tells of a record, less accommodations."""
        return BundleKind(self.manifest.kind or BundleKind.RECORD)

    @property
    def is_whole(self) -> bool:
        """Whether nothing of the record is kept back in it."""
        return self.manifest.kind == BundleKind.RECORD


def open_bundle(data: bytes) -> Bundle:
    """Return what a bundle proves.

    Raises:
        VerificationError: naming the first thing that does not fit.
    """
    files = _unpack(data)
    bundle = open_files(files)
    if pack_files(files, bundle.manifest.dated_utc_ms) != data:
        raise misfit("The zip file", "is not packed as it was written.")
    return bundle


def open_files(files: dict[str, bytes]) -> Bundle:
    """Return what the files of a bundle prove.

    Raises:
        VerificationError: naming the first thing that does not fit.
    """
    key = _read_key(files)
    manifest = _read_manifest(files, key)
    _check_files(files, manifest)
    changes = _read_changes(manifest, key)
    checkpoint = _read_checkpoint(files, manifest, key)
    if isinstance(manifest, RecordManifest):
        _check_head(manifest)
    lines = files[names.EVENTS].splitlines()
    return Bundle(
        files=files,
        manifest=manifest,
        key=key,
        changes=changes,
        checkpoint=checkpoint,
        entries=tuple(_prove_entry(line, checkpoint) for line in lines),
        texts=_decode(files, names.TEXTS, dict[str, Text]),
        links=_read_links(files, checkpoint),
    )


def _unpack(data: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            found = archive.infolist()
            _check_names([one.filename for one in found])
            if sum(one.file_size for one in found) > len(data):
                raise misfit("The zip file", "is packed in a different way.")
            return {one.filename: _unpack_file(archive, one) for one in found}
    except NO_ZIP as error:
        raise misfit("The zip file", f"cannot be read ({error}).") from error


def _check_names(found: list[str]) -> None:
    if set(found) == OLDER:
        raise misfit(
            "The bundle",
            "was written by an older release, which did not add proofs.",
        )
    for name in sorted((names.IN_ALL | names.SIGNING) - set(found)):
        raise misfit(name, "is missing.")
    for name in sorted(set(found) - names.ALL):
        raise misfit("The zip file", f'holds "{visible(name, 60)}", {NOT_OURS}')
    if len(found) != len(set(found)):
        raise misfit("The zip file", "contains a file twice.")


def _unpack_file(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    try:
        return archive.read(info)
    except NO_ZIP as error:
        raise misfit(info.filename, "was changed or damaged.") from error


def _read_key(files: dict[str, bytes]) -> bytes:
    data = files[names.KEY]
    try:
        key = minisign.read_public_key(data.decode())
    except ValueError as error:
        raise misfit(names.KEY, "is not a public key.") from error
    if minisign.write_public_key(key).encode() != data:
        raise misfit(names.KEY, "is not in the form of a public key.")
    return key


def _read_manifest(files: dict[str, bytes], key: bytes) -> Manifest:
    data = files[names.MANIFEST]
    try:
        signed = minisign.read_signature(files[names.SIGNATURE].decode())
    except ValueError as error:
        raise misfit(names.SIGNATURE, "is not a signature.") from error
    if not minisign.file_signature_fits(signed, data, key):
        if minisign.comment_fits(signed, key):
            raise misfit(names.MANIFEST, "is not the file that the key signed.")
        raise misfit(names.SIGNATURE, f"is not by the key in {names.KEY}.")
    manifest = _decode_manifest(files)
    comment = names.signed_comment(
        manifest.site_code, manifest.session_id, manifest.revision
    )
    if signed.comment != comment:
        raise misfit(names.SIGNATURE, "names a different session than the manifest.")
    if base64.b64decode(manifest.keys.public_key) != key:
        raise misfit(names.MANIFEST, f"names a different key than {names.KEY}.")
    return manifest


def _decode_manifest(files: dict[str, bytes]) -> Manifest:
    said = _decode(files, names.MANIFEST, Manifest)
    known = (said.schema_version, said.kind) in KNOWN
    if said.schema != "cptkiosk-bundle" or not known:
        raise misfit(names.MANIFEST, "has a format that this release does not know.")
    if said.kind == BundleKind.RESULTS:
        return _decode(files, names.MANIFEST, ResultsManifest)
    return _decode(files, names.MANIFEST, RecordManifest)


Made = TypeVar("Made")


def _decode(files: dict[str, bytes], name: str, wanted: type[Made]) -> Made:
    try:
        return msgspec.json.decode(files[name], type=wanted)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise misfit(name, f"does not hold what it has to ({error}).") from error


def _check_files(files: dict[str, bytes], manifest: Manifest) -> None:
    described = names.DESCRIBED[manifest.kind]
    for name in sorted(described - set(files)):
        raise misfit(name, "is missing.")
    for name in sorted(set(files) - described - names.SIGNING):
        raise misfit("The zip file", f'holds "{name}", {NOT_OURS}')
    if set(manifest.files) != described:
        raise misfit(names.MANIFEST, "does not name every file.")
    for name, said in sorted(manifest.files.items()):
        found = describe_file(name, files[name])
        if (said.bytes, said.sha256) != (found["bytes"], found["sha256"]):
            raise misfit(name, "is not the file that the manifest names.")
        if said.rows != found.get("rows"):
            raise misfit(name, "has a different number of rows than the manifest says.")
    others = {name: data for name, data in files.items() if name != names.SUMS}
    if files[names.SUMS] != list_sums(others):
        raise misfit(names.SUMS, "does not list the files as they are.")


def _read_changes(manifest: Manifest, key: bytes) -> tuple[tuple[bytes, bytes], ...]:
    try:
        return tuple(map(keys.read_key_change, manifest.keys.changes))
    except ValueError as error:
        raise misfit(
            names.MANIFEST, "holds a change of keys that does not fit."
        ) from error


def _read_checkpoint(
    files: dict[str, bytes], manifest: Manifest, key: bytes
) -> note.Checkpoint:
    said = manifest.checkpoint
    checkpoint = note.Checkpoint(said.origin, said.size, base64.b64decode(said.root))
    signed = files[names.CHECKPOINT].decode("utf-8", "replace")
    signature = note.find_signature(signed, said.origin, key)
    text = checkpoint.text
    if note.write_note(text, (said.origin, key, signature)) != signed:
        raise misfit(names.CHECKPOINT, "is not the one that the manifest names.")
    if not keys.signature_fits(key, signature, text.encode()):
        raise misfit(names.CHECKPOINT, "is not signed by the center's key.")
    return checkpoint


def _check_head(manifest: RecordManifest) -> None:
    head = manifest.head
    signed = signature_fits(Head(head.seq, head.hash), head.signature, head.public_key)
    if not signed or head.seq != manifest.checkpoint.size:
        raise misfit(names.MANIFEST, "holds a head of the ledger that does not fit.")


def _prove_entry(line: bytes, checkpoint: note.Checkpoint) -> Proved:
    try:
        said = msgspec.json.decode(line, type=Line)
        proof = [base64.b64decode(one) for one in said.proof]
        lines, shown = [], {}
        for name, *rest in said.fields:
            sealed = rest[0] if len(rest) == 1 else Shown(name, *rest).commitment
            lines.append((name, sealed))
            if len(rest) > 1:
                shown[name] = rest[1]
    except (msgspec.DecodeError, ValueError, TypeError, LookupError) as error:
        raise misfit(
            names.EVENTS, f"has a line that is not an entry ({error})."
        ) from error
    leaf = tree.leaf_hash(leaf_data(lines))
    root = tree.included_root(said.seq - 1, checkpoint.size, leaf, proof)
    if root != checkpoint.root:
        raise misfit(names.EVENTS, f"does not prove its entry #{said.seq}.")
    return Proved(said.seq, leaf, shown)


def _read_links(
    files: dict[str, bytes], checkpoint: note.Checkpoint
) -> dict[int, Link]:
    links = _decode(files, names.CONSISTENCY, list[Link])
    for one in links:
        proof = [base64.b64decode(hash_) for hash_ in one.hashes]
        root = base64.b64decode(one.root)
        if not tree.is_consistent(
            one.size, root, checkpoint.size, checkpoint.root, proof
        ):
            raise misfit(
                names.CONSISTENCY, f"does not prove the tree of {one.size} entries."
            )
    return {one.size: one for one in links}
