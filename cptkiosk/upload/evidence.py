"""What a bundle proves by: entries with their place in a tree, and earlier checkpoints."""

import base64
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from cptkiosk.ledger.chain import Row
from cptkiosk.ledger.codec import Kept, find_commitments
from cptkiosk.ledger.entry_tree import checkpoint_at
from cptkiosk.ledger.ledger import Ledger
from cptkiosk.ledger.results_log import ResultsLog
from cptkiosk.proof import tree
from cptkiosk.proof.fields import AT, ENTRY, split_entry
from cptkiosk.proof.note import Checkpoint

NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Evidence:
    """The parts of a bundle that prove the others."""

    checkpoint: Checkpoint
    events: str
    """An entry a line, as JSON: its fields, and the proof that it is in the tree."""

    consistency: str
    """Proofs that the tree continues earlier ones, as JSON."""


def prove_record(ledger: Ledger, rows: tuple[Row, ...]) -> Evidence:
    """Return what proves all entries of a session, the seal last, by the ledger's tree."""
    size, read = rows[-1][0], cache(ledger.tree_hash)
    secret = ledger.tree_secret()
    lines = (
        _entry_line(row, secret, NOTHING, row[0], size, read)
        for row in (ledger.read_row(1), *rows)
    )
    return Evidence(
        checkpoint=checkpoint_at(size, read),
        events="".join(lines),
        consistency=_links_json(ledger.earlier_seals(size), size, read),
    )


def prove_results(ledger: Ledger, stated: Row) -> Evidence:
    """Return what proves the entry that states results, by the tree of results.

    When it was recorded, and its number in the ledger and in the session, are kept back.
    """
    log = ResultsLog(ledger, stated[0])
    size, secret = len(log.entries), ledger.tree_secret()
    first = _entry_line(ledger.read_row(1), secret, frozenset({AT}), 1, size, log.read)
    last = _entry_line(stated, secret, frozenset({ENTRY, AT}), size, size, log.read)
    earlier = map(log.size_at, ledger.earlier_statements(stated[0]))
    return Evidence(
        checkpoint=log.checkpoint(size),
        events=f"{first}{last}",
        consistency=_links_json(earlier, size, log.read),
    )


def _entry_line(  # each is a value of its own
    row: Row, secret: bytes, hidden: frozenset[str], number: int, size: int,
    read: tree.Read,
) -> str:  # fmt: skip
    """Return an entry with its proof, as leaf `number`, counted from 1."""
    fields = [
        [one.name, one.commitment]
        if one.name in hidden
        else [one.name, one.salt, one.text]
        for one in split_entry(row, secret)
    ]
    proof = map(encode_hash, tree.inclusion_proof(number - 1, size, read))
    entry = {"seq": number, "fields": fields, "proof": list(proof)}
    return f"{json.dumps(entry, ensure_ascii=False, separators=(',', ':'))}\n"


def _links_json(earlier: Iterable[int], size: int, read: tree.Read) -> str:
    return json_text(
        [
            {
                "size": old,
                "root": encode_hash(tree.root_hash(old, read)),
                "hashes": [
                    encode_hash(one) for one in tree.consistency_proof(old, size, read)
                ],
            }
            for old in earlier
        ]
    )


def texts_json(texts: Mapping[str, Kept]) -> str:
    """Return the texts about people of a bundle, by their commitment."""
    return json_text(
        {
            sealed: {"about": one.about, "salt": one.salt, "text": one.text}
            for sealed, one in texts.items()
        }
    )


def json_text(value: Any) -> str:
    """Return a file of JSON as a bundle holds it."""
    return f"{json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True)}\n"


def encode_hash(data: bytes) -> str:
    """Return bytes in base64."""
    return base64.b64encode(data).decode()


def read_texts(ledger: Ledger, rows: tuple[Row, ...]) -> tuple[dict[str, Kept], int]:
    """Return the texts about people that entries speak of, and how many are forgotten."""
    query = "SELECT commitment, about, salt, text FROM personal WHERE commitment = ?"
    sealed = {one for row in rows for one in find_commitments(row[9])}
    found = {
        one: Kept(*row) for one in sorted(sealed) for row in ledger.rows(query, (one,))
    }
    return found, len(sealed) - len(found)
