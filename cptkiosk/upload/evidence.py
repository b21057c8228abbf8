"""What a bundle proves by: entries with their place in the tree, and earlier checkpoints."""

import base64
import hashlib
import json
from dataclasses import dataclass
from functools import cache
from typing import Any

import msgspec

from cptkiosk.desk import Desk
from cptkiosk.domain.state.session import Session
from cptkiosk.ledger.chain import Row
from cptkiosk.ledger.codec import Kept, find_commitments
from cptkiosk.ledger.entry_tree import checkpoint_at
from cptkiosk.proof import tree
from cptkiosk.proof.note import Checkpoint
from cptkiosk.upload.disclosure import Disclosed, Disclosure

FIRST = "center-initialised.v1"


@dataclass(frozen=True, slots=True)
class Evidence:
    """The parts of a bundle that prove the others."""

    checkpoint: Checkpoint
    events: str
    """An entry a line, as JSON: its fields, and the proof that it is in the tree."""

    texts: str
    """The texts about people that the tables show, as JSON by their commitment."""

    consistency: str
    """Proofs that the tree continues earlier ones, as JSON."""

    key_changes: tuple[str, ...]
    definitions_sha256: str


def gather_evidence(desk: Desk, sealed: Session, rows: tuple[Row, ...]) -> Evidence:
    """Return what proves a sealed session.

    Args:
        desk: the record.
        sealed: the session as it was sealed.
        rows: its entries, the seal last.
    """
    ledger, size = desk.ledger, rows[-1][0]
    read = cache(ledger.tree_hash)
    kept = _read_texts(desk, rows)
    disclosure = Disclosure(sealed, ledger.tree_secret(), kept)
    shown = tuple(disclosure.show_entries((ledger.first_row(), *rows)))
    texts = {
        one.commitment: {"about": one.about, "salt": one.salt, "text": one.text}
        for entry in shown
        for one in entry.texts
    }
    return Evidence(
        checkpoint=checkpoint_at(size, read),
        events="".join(f"{_entry_json(one, size, read)}\n" for one in shown),
        texts=json_text(texts),
        consistency=json_text(
            [
                {
                    "size": old,
                    "root": encode_hash(tree.root_hash(old, read)),
                    "hashes": [
                        encode_hash(one)
                        for one in tree.consistency_proof(old, size, read)
                    ],
                }
                for old in ledger.earlier_seals(size)
            ]
        ),
        key_changes=desk.center.key_changes,
        definitions_sha256=_definitions_digest(desk, sealed),
    )


def json_text(value: Any) -> str:
    """Return a file of JSON as a bundle holds it."""
    return f"{json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True)}\n"


def encode_hash(data: bytes) -> str:
    """Return bytes in base64."""
    return base64.b64encode(data).decode()


def _entry_json(one: Disclosed, size: int, read: tree.Read) -> str:
    fields = [
        [field.name, field.salt, field.text]
        if is_shown
        else [field.name, field.commitment]
        for field, is_shown in one.fields
    ]
    proof = map(encode_hash, tree.inclusion_proof(one.seq - 1, size, read))
    entry = {"seq": one.seq, "fields": fields, "proof": list(proof)}
    return json.dumps(entry, ensure_ascii=False, separators=(",", ":"))


def _read_texts(desk: Desk, rows: tuple[Row, ...]) -> dict[str, Kept]:
    """Return the texts about people that entries speak of, if not forgotten."""
    query = "SELECT commitment, about, salt, text FROM personal WHERE commitment = ?"
    found = {}
    for sealed in {one for row in rows for one in find_commitments(row[9])}:
        for row in desk.ledger.rows(query, (sealed,)):
            found[sealed] = Kept(*row)
    return found


def _definitions_digest(desk: Desk, sealed: Session) -> str:
    """Return the SHA-256 of the definitions that the report names: modules and codes."""
    codes = {one.event.code for one in sealed.irregularities}
    used = [one for one in desk.definitions.modules if one.id in sealed.module_ids]
    found = [one for one in desk.definitions.irregularities if one.id in codes]
    data = msgspec.json.encode((used, found), order="deterministic")
    return hashlib.sha256(data).hexdigest()
