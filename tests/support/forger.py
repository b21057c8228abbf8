"""A forger who can write the ledger's file and has a key to sign with."""

from contextlib import closing
from pathlib import Path

from cptkiosk.ledger.chain import Head, link_hash
from cptkiosk.ledger.entry_tree import EntryTree
from cptkiosk.ledger.ledger import COLUMNS, Ledger
from cptkiosk.ledger.signing import Signer
from support.raw import raw, tamper


def rewrite_past(path: Path, signer: Signer) -> None:
    """Write another past: all but the first entry, each hash, each seal signed again."""
    with closing(Ledger(path, "", read_only=True)) as ledger:
        rows = ledger.rows(f"SELECT {COLUMNS} FROM entry ORDER BY seq")
        heads = {row[0] for row in ledger.rows("SELECT seq FROM head")}
    head, changes = Head(), []
    for row in rows:
        new = (*row[:6], "t9", *row[7:]) if head.seq else tuple(row)
        head = Head(row[0], link_hash(head.hash, new))
        changes.append(
            f"UPDATE entry SET terminal = '{new[6]}', hash = '{head.hash}'"
            f" WHERE seq = {head.seq}"
        )
        if head.seq in heads:
            changes.append(
                f"UPDATE head SET hash = '{head.hash}', signature ="
                f" '{signer.sign_head(head)}', public_key = '{signer.public_key}'"
                f" WHERE seq = {head.seq}"
            )
    tamper(path, *changes, "DELETE FROM tree", "DELETE FROM checkpoint")
    with raw(path) as connection:
        made = EntryTree(connection)
        made.catch_up(head.seq)
        for size in heads:
            note = signer.sign_checkpoint(made.checkpoint(size))
            connection.execute("INSERT INTO checkpoint VALUES (?, ?)", (size, note))
