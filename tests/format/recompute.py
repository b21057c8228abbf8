"""Recompute ledgers and bundles from docs/format.md alone, without cptkiosk.

    python tests/format/recompute.py ledger.db cptkiosk-TN-014-a-r1.zip

Prints the first thing that does not fit and exits with 1; prints counts otherwise.
"""

import csv
import hashlib
import json
import sqlite3
import sys
import zipfile
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from session_fold import Session, Some

COLUMNS = "seq,stream,version,at_utc_ms,at_boot_ms,boot_id,terminal,actor,kind,body"
GENESIS = "0" * 64
COMPARED = (
    "standing", "room", "seat", "start_utc_ms", "end_utc_ms", "allowed_ms", "credit_ms",
    "left_ms", "score_state", "raw_min", "raw_max", "vendor_verdict", "passed", "counts",
    "validity", "items", "cut_percent", "factor_permille", "user_code", "continues",
)  # fmt: skip


class Misfit(Exception):
    """Something does not follow from what the page says."""


def need(fits: object, what: str) -> None:
    if not fits:
        raise Misfit(what)


def linked(previous: str, columns: Iterable[Any]) -> str:
    return hashlib.sha256((previous + compact(list(columns))).encode()).hexdigest()


def check_signature(seq: int, head: str, signature: str, key: str) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(b64decode(key)).verify(
            b64decode(signature), f"cptkiosk head {seq} {head}".encode()
        )
    except (InvalidSignature, ValueError) as error:
        raise Misfit(f"the signature at entry {seq}") from error


def commitments(value: Any) -> Iterator[Some]:
    """Yield every `{"about": ..., "sha256": ...}` of a body."""
    if isinstance(value, dict):
        if set(value) == {"about", "sha256"}:
            yield value
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from commitments(inner)


# The files.


def recompute_ledger(path: Path) -> dict[str, int]:
    """Recompute all that a ledger says; return how much that is.

    Raises:
        Misfit: naming the first thing that does not fit.
    """
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
        db.row_factory = sqlite3.Row
        texts = check_chain(db)
        check_tree(db)
        sessions = fold(db, texts)
        people = [dict(row) for row in db.execute("SELECT * FROM attempt")]
        need(
            len(people) == sum(len(one.people) for one in sessions.values()), "the roll"
        )
        for row in people:
            session = sessions[row["session_id"]]
            one = session.row(session.people[row["attempt_id"]])
            for key in COMPARED:
                told = f"{row['attempt_id']} has {key} {row[key]}, not {one[key]}"
                need(row[key] == one[key], told)
            need(row["person"] == session.named(one["person"])[1], "a name on the roll")
        for row in map(dict, db.execute("SELECT * FROM session")):
            session = sessions[row["session_id"]]
            made = {
                "stage": session.stage, "start_utc_ms": session.start,
                "ended_utc_ms": session.ended, "revision": session.revision,
            }  # fmt: skip
            need(made.items() <= row.items(), f"session {row['session_id']}")
        entries = db.execute("SELECT count(*) FROM entry").fetchone()[0]
        heads = db.execute("SELECT count(*) FROM head").fetchone()[0]
    return {
        "entries": entries, "texts": len(texts), "heads": heads, "attempts": len(people),
    }  # fmt: skip


def check_chain(db: sqlite3.Connection) -> dict[str, str]:
    """Check chain, texts and signed heads; return the texts by their commitment."""
    texts, hashes = {}, {0: GENESIS}
    for sha256, about, salt, text in db.execute("SELECT * FROM personal"):
        made = hashlib.sha256(f"{salt}\0{about}\0{text}".encode()).hexdigest()
        need(made == sha256, f"the text about {about}")
        texts[sha256] = text
    unclaimed, seals = set(texts), set()
    for row in db.execute(f"SELECT {COLUMNS},hash FROM entry ORDER BY seq"):
        need(row["seq"] - 1 in hashes, f"entry {row['seq'] - 1} is missing")
        made = linked(hashes[row["seq"] - 1], tuple(row)[:10])
        need(made == row["hash"], f"the hash of entry {row['seq']}")
        hashes[row["seq"]] = made
        unclaimed -= {one["sha256"] for one in commitments(json.loads(row["body"]))}
        seals |= {row["seq"]} if row["kind"] == "session-sealed.v1" else set()
    need(not unclaimed, "a text that no entry carries")
    for seq, head, signature, key in db.execute("SELECT * FROM head"):
        need(hashes.get(seq) == head, f"the signed head {seq}")
        if (signature, key) != ("", ""):
            check_signature(seq, head, signature, key)
        seals.discard(seq)
    need(not seals, "a seal without its signature")
    return texts


def check_tree(db: sqlite3.Connection) -> None:
    """Check the tree and its signed checkpoints; an older ledger has none."""
    if not db.execute("SELECT 1 FROM sqlite_schema WHERE name = 'tree'").fetchone():
        return
    (secret,) = db.execute("SELECT secret FROM tree_secret").fetchone()
    rows = db.execute(f"SELECT {COLUMNS} FROM entry ORDER BY seq")
    leaves = [hashlib.sha256(b"\0" + leaf_bytes(secret, *row)).digest() for row in rows]
    stored = dict(db.execute("SELECT place, hash FROM tree"))
    for number, leaf in enumerate(leaves):
        place = 2 * number - number.bit_count()
        need(stored[place] == leaf, f"the leaf of entry {number + 1}")
    for size, note in db.execute("SELECT size, note FROM checkpoint"):
        text, _, signed = note.partition("\n\n")
        root = b64encode(tree_root(leaves[:size])).decode()
        name = f"cptkiosk/{leaves[0].hex()[:16]}"
        need(text == f"{name}\n{size}\n{root}", f"the checkpoint {size}")
        (key,) = db.execute(
            "SELECT public_key FROM head WHERE seq = ?", (size,)
        ).fetchone()
        made = b64decode(signed.split()[2])
        known = hashlib.sha256(f"{name}\n\1".encode() + b64decode(key)).digest()[:4]
        need(made[:4] == known, f"the key of the checkpoint {size}")
        try:
            Ed25519PublicKey.from_public_bytes(b64decode(key)).verify(
                made[4:], f"{text}\n".encode()
            )
        except InvalidSignature as error:
            raise Misfit(f"the signature of the checkpoint {size}") from error


def leaf_bytes(secret: bytes, *row: Any) -> bytes:
    """Return the lines of an entry's fields."""
    seq, stream, version, utc_ms, boot_ms, boot_id, terminal, actor, kind, body = row
    values = {
        "entry": compact([seq, stream, version, terminal, actor, kind]),
        "at": compact([utc_ms, boot_ms, boot_id]),
    }
    values |= {f"body.{name}": compact(one) for name, one in json.loads(body).items()}
    lines = []
    for name, text in values.items():
        salted = hashlib.blake2b(f"{seq} {name}".encode(), key=secret, digest_size=16)
        made = f"{salted.hexdigest()}\0{name}\0{text}".encode()
        lines.append(f"{name} {hashlib.sha256(made).hexdigest()}\n")
    return "".join(lines).encode()


def compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def tree_root(leaves: list[bytes]) -> bytes:
    if len(leaves) == 1:
        return leaves[0]
    half = 1 << (len(leaves) - 1).bit_length() - 1
    pair = tree_root(leaves[:half]) + tree_root(leaves[half:])
    return hashlib.sha256(b"\1" + pair).digest()


def fold(db: sqlite3.Connection, texts: dict[str, str]) -> dict[str, Session]:
    sessions: dict[str, Session] = {}
    query = "SELECT * FROM entry WHERE stream LIKE 'session/%' ORDER BY stream, version"
    for row in db.execute(query):
        entry = {**dict(row), "event": json.loads(row["body"])}
        name = row["stream"].removeprefix("session/")
        sessions.setdefault(name, Session(texts)).add(entry)
    return sessions


def recompute_bundle(path: Path) -> dict[str, int]:
    """Recompute what a bundle proves by itself; return how much that is.

    Raises:
        Misfit: naming the first thing that does not fit.
    """
    with zipfile.ZipFile(path) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        for name, said in manifest["files"].items():
            made = hashlib.sha256(archive.read(name)).hexdigest()
            need(made == said["sha256"], name)
        check_minisign(
            archive.read("manifest.json"),
            archive.read("manifest.json.minisig").decode().split("\n"),
            b64decode(manifest["keys"]["public_key"]),
        )
        lines = archive.read("events.jsonl").decode().splitlines()
        texts = json.loads(archive.read("texts.json"))
        table = archive.read("attempts.csv").decode()
    for sha256, one in texts.items():
        made = hashlib.sha256(
            f"{one['salt']}\0{one['about']}\0{one['text']}".encode()
        ).hexdigest()
        need(made == sha256, f"the text about {one['about']}")
    size, root = manifest["checkpoint"]["size"], manifest["checkpoint"]["root"]
    withheld, seq = 0, 0
    for line in lines:
        entry = json.loads(line)
        seq, rows = entry["seq"], []
        for name, *rest in entry["fields"]:
            withheld += len(rest) == 1
            sealed = rest[0]
            if len(rest) == 2:
                text = f"{rest[0]}\0{name}\0{rest[1]}".encode()
                sealed = hashlib.sha256(text).hexdigest()
            rows.append(f"{name} {sealed}\n")
        leaf = hashlib.sha256(b"\0" + "".join(rows).encode()).digest()
        proof = [b64decode(one) for one in entry["proof"]]
        made = b64encode(included_root(seq - 1, size, leaf, proof)).decode()
        need(made == root, f"the proof of entry {seq}")
    need(seq == size, "the last entry is not the last of the tree")
    if manifest.get("kind") == "results":
        check_results(table, json.loads(lines[-1])["fields"], texts)
        return {"entries": len(lines), "withheld": withheld}
    head = manifest["head"]
    need(seq == head["seq"], "the last entry is not the head")
    check_signature(seq, head["hash"], head["signature"], head["public_key"])
    return {"entries": len(lines), "withheld": withheld}


def check_results(table: str, fields: list[list[str]], texts: dict[str, Some]) -> None:
    """Check that the table of a results bundle has what its entry states."""
    shown = {one[0]: json.loads(one[2]) for one in fields if len(one) == 3}
    rows = list(csv.DictReader(table.lstrip("\ufeff").splitlines()))
    need(len(rows) == len(shown["body.results"]), "the rows of attempts.csv")
    for row, one in zip(rows, shown["body.results"], strict=True):
        person = texts.get(one["person"]["sha256"], {"text": "(forgotten)"})["text"]
        passes = one["raw_min"] is not None and (
            one["raw_min"] * 100 >= one["cut_percent"] * one["items"]
        )
        need(row["person"].lstrip("'") == person, f"the name of {row['attempt_id']}")
        need(
            (row["verdict"] == "pass") == passes, f"the verdict of {row['attempt_id']}"
        )
        for name in ("attempt_id", "raw_min", "raw_max", "validity", "official"):
            value = "" if one[name] is None else str(one[name])
            need(row[name] == value, f"{name} of {row['attempt_id']}")


def check_minisign(data: bytes, lines: list[str], key: bytes) -> None:
    signed, comment = b64decode(lines[1]), lines[2].removeprefix("trusted comment: ")
    public = Ed25519PublicKey.from_public_bytes(key)
    try:
        public.verify(signed[10:], hashlib.blake2b(data).digest())
        public.verify(b64decode(lines[3]), signed[10:] + comment.encode())
    except InvalidSignature as error:
        raise Misfit("the signature of the manifest") from error


def included_root(index: int, size: int, leaf: bytes, proof: list[bytes]) -> bytes:
    """Return what RFC 6962 makes of a leaf and its path, from the last hash on."""
    if size == 1:
        need(not proof, "a proof that is too long")
        return leaf
    need(proof, "a proof that is too short")
    half = 1 << (size - 1).bit_length() - 1
    if index < half:
        pair = included_root(index, half, leaf, proof[:-1]) + proof[-1]
    else:
        pair = proof[-1] + included_root(index - half, size - half, leaf, proof[:-1])
    return hashlib.sha256(b"\1" + pair).digest()


def main(paths: list[str]) -> int:
    for path in map(Path, paths):
        recompute = recompute_bundle if path.suffix == ".zip" else recompute_ledger
        try:
            found = recompute(path)
        except (Misfit, KeyError, TypeError, ValueError) as error:
            print(f"{path}: does not fit: {error}")
            return 1
        print(f"{path}: fits", *(f"{name} {many}" for name, many in found.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
