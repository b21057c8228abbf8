"""The new ledger that a salvage writes, and the file of what is not in it."""

import json
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

from cptkiosk.errors import DestinationError, VerificationError
from cptkiosk.host.data_directory import sync_to_disk, write_synced
from cptkiosk.host.paths import probe_path
from cptkiosk.ledger import opening, projections
from cptkiosk.ledger.codec import Kept
from cptkiosk.ledger.entry_tree import EntryTree
from cptkiosk.ledger.ledger import INSERT, Ledger
from cptkiosk.ledger.maintenance.salvage import Salvage
from cptkiosk.ledger.maintenance.verify import Verified, fold_tables, verify_ledger
from cptkiosk.ledger.reading import COLUMNS
from cptkiosk.ledger.signatures import LOST
from cptkiosk.ledger.signing import checkpoint_fits
from cptkiosk.ledger.sqlite import FAILURES, Connection, connect
from cptkiosk.ledger.wal_checks import remove_database

WHAT = (
    "Entries read from a damaged ledger that do not continue its chain. An entry"
    " with links=true follows the entry before it in this file. Their place in"
    " the record cannot be verified. They are for reading only and cannot be"
    " restored."
)


def write_salvaged(found: Salvage, target: Path) -> Verified:
    """Write what verifies into a new ledger, and the rest beside it.

    Raises:
        DestinationError: if a file is there already, or cannot be written.
        VerificationError: if not even the first entry verifies; then there is no
            ledger, only the file beside it.
    """
    rest = rest_path(target)
    for path in (target, rest):
        if probe_path(path, DestinationError):
            raise DestinationError(
                f"{path} already exists. It was not changed. Choose another name."
            )
    part = target.with_name(f"{target.name}.part")
    try:
        if found.loose:
            _write_rest(found, rest)
        if not found.rows:
            raise VerificationError(
                "No entry verifies from the beginning, so no ledger was"
                f" written{f'. What could be read is in {rest}' if found.loose else ''}."
                ' The damaged file was not changed. Run "cptkiosk ledger restore"'
                " to continue from a backup."
            )
        verified = _write_ledger(found, part)
        part.rename(target)
        sync_to_disk(target.parent)
    except (OSError, *FAILURES) as error:
        raise DestinationError(
            f"The salvaged entries could not be written to {target} ({error}). The"
            " damaged file was not changed. Choose another place with --to."
        ) from error
    finally:
        remove_database(part)
    return verified


def rest_path(target: Path) -> Path:
    """Return where what does not continue the chain is written."""
    return target.with_name(f"{target.name}.rest.json")


def _write_ledger(found: Salvage, part: Path) -> Verified:
    part.unlink(missing_ok=True)
    opening.create_ledger(part)
    with closing(connect(str(part))) as connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(INSERT, ((*row, stored) for row, stored in found.rows))
        _write_tree(found, connection)
        connection.executemany(
            "INSERT INTO personal VALUES (?, ?, ?, ?)",
            ((one.commitment, one.about, one.salt, one.text) for one in found.texts),
        )
        connection.executemany(
            "INSERT INTO head VALUES (?, ?, ?, ?)",
            (
                *((one.seq, one.hash, *LOST) for one in found.unsigned),
                *(
                    (one.head.seq, one.head.hash, one.signature, one.public_key)
                    for one in found.signed
                ),
            ),
        )
        connection.execute("COMMIT")
        reader = Ledger(part, "", read_only=True)
        try:
            rows = fold_tables(reader)
            connection.execute("BEGIN IMMEDIATE")
            for table, some in rows.items():
                if some:
                    statement = projections.insert_statement(table, len(some[0]))
                    connection.executemany(statement, some)
            connection.execute("COMMIT")
            verified = verify_ledger(reader)
        finally:
            reader.close()
    sync_to_disk(part)
    return verified


def _write_tree(found: Salvage, connection: Connection) -> None:
    """Write the tree over the entries, and those checkpoints that are of them."""
    if found.tree.secret:
        secret = (found.tree.secret,)
        connection.execute("UPDATE tree_secret SET secret = ?", secret)
    made = EntryTree(connection)
    made.catch_up(found.head.seq)
    keys = {one.head.seq: one.public_key for one in found.signed}
    connection.executemany(
        "INSERT INTO checkpoint VALUES (?, ?)",
        (
            (size, note)
            for size, note in found.tree.checkpoints
            if size in keys and checkpoint_fits(note, made.checkpoint(size), keys[size])
        ),
    )


def _write_rest(found: Salvage, path: Path) -> None:
    names = [name.strip() for name in COLUMNS.split(",")][1:]
    content = {
        "what": WHAT,
        "chain_ends_at": asdict(found.head),
        "entries": [
            {
                "seq": one.seq or None,
                "links": one.links,
                **dict(zip(names, one.values, strict=False)),
                "hash": one.values[9],
            }
            for one in found.loose
        ],
        "texts": [_text_json(one) for one in found.loose_texts],
    }
    text = json.dumps(content, ensure_ascii=False, indent=1)
    write_synced(path, f"{text}\n".encode())
    sync_to_disk(path.parent)


def _text_json(one: Kept) -> dict[str, str]:
    return {
        "sha256": one.commitment,
        "about": one.about,
        "salt": one.salt,
        "text": one.text,
    }
