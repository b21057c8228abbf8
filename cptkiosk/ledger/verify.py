"""Recompute everything that can be recomputed, and name the first thing that differs."""

from collections.abc import Iterator
from dataclasses import dataclass

from cptkiosk.domain import candidate, center, session
from cptkiosk.errors import VerificationError
from cptkiosk.ledger import structure, tables
from cptkiosk.ledger.chain import Broken, Head, follow
from cptkiosk.ledger.codec import commitment, commitments
from cptkiosk.ledger.ledger import COLUMNS, Ledger

BATCH = 10_000


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found in order."""

    entries: int
    head: str
    signed_heads: int
    forgotten: int
    """Texts about people that were deleted; their commitments stay."""


def verify(ledger: Ledger) -> Verified:
    """Recompute chain, commitments, signed heads and projections.

    Raises:
        VerificationError: naming the first thing that does not fit.
    """
    with ledger.standing_still():
        head, forgotten, signed = _check_entries(ledger)
        damage = structure.damage(ledger)
        if damage:
            raise VerificationError(
                f"The entries are whole, but the file around them is damaged: {damage}."
                " Run 'cptkiosk ledger salvage', which writes all of them into a new"
                " file."
            )
        differing = _projections_differ(ledger)
    if differing:
        raise VerificationError(
            f"The table '{differing}' does not follow from the entries, which are"
            " whole. Run 'cptkiosk ledger rebuild' to fold it again."
        )
    return Verified(head.seq, head.hash, signed, forgotten)


def _check_entries(ledger: Ledger) -> tuple[Head, int, int]:
    """Return the head, how many texts were forgotten, and how many heads are signed."""
    try:
        head, forgotten = _follow(ledger)
        return head, forgotten, _check_heads(ledger)
    except Broken as broken:
        raise VerificationError(
            f"The ledger does not verify. {broken} Keep the file as it is and call the"
            " coordinator: a backup may be whole, and 'cptkiosk ledger salvage' brings"
            " out what still verifies."
        ) from broken


def _follow(ledger: Ledger) -> tuple[Head, int]:
    kept = {
        row[0]: row
        for row in ledger.rows("SELECT commitment, about, salt, text FROM personal")
    }
    unclaimed = set(kept)
    head = Head()
    referenced: set[str] = set()
    while True:
        batch = ledger.rows(
            f"SELECT {COLUMNS}, hash FROM entry WHERE seq > ? ORDER BY seq LIMIT ?",
            (head.seq, BATCH),
        )
        if not batch:
            break
        head = follow(((row[:10], row[10]) for row in batch), head)
        for row in batch:
            if '"sha256"' in row[9]:
                found = commitments(row[9])
                referenced |= found
                _check_texts(row[0], found, kept)
                unclaimed -= found
    if unclaimed:
        raise Broken(head.seq, "a text is kept that no entry up to here speaks of")
    return head, len(referenced - set(kept))


def _check_texts(
    seq: int, found: frozenset[str], kept: dict[str, tuple[str, ...]]
) -> None:
    for sealed in found & kept.keys():
        _, about, salt, text = kept[sealed]
        if commitment(salt, about, text) != sealed:
            raise Broken(seq, "the text kept for it was changed")


def _check_heads(ledger: Ledger) -> int:
    rows = ledger.rows("SELECT seq, hash, signature, public_key FROM head")
    if not rows:
        return 0
    from cptkiosk.ledger.signing import signature_fits

    for seq, stored, signature, public_key in rows:
        now = ledger.rows("SELECT hash FROM entry WHERE seq = ?", (seq,))
        if not now or now[0][0] != stored:
            raise Broken(seq, "is not what was signed at that point")
        if not signature_fits(Head(seq, stored), signature, public_key):
            raise Broken(seq, "the signature of the chain up to here does not fit")
    return len(rows)


def folded(ledger: Ledger) -> tables.Rows:
    """Return what the projected tables must hold, folded from the entries."""
    return tables.merged(_fold(ledger))


def _fold(ledger: Ledger) -> Iterator[tables.Rows]:
    for stream in ledger.streams():
        entries = ledger.read(stream)
        if stream == "center":
            yield tables.center_rows(center.replay(entries))
        elif stream.startswith("candidate/"):
            yield tables.candidate_rows(candidate.replay(entries))
        else:
            yield tables.session_rows(session.replay(entries))


def _projections_differ(ledger: Ledger) -> str:
    expected = folded(ledger)
    stored = tables.merged(
        {table: ledger.rows(f"SELECT * FROM {table}")} for table in tables.TABLES
    )
    return next(
        (table for table in tables.TABLES if stored[table] != expected[table]), ""
    )


def rebuild(ledger: Ledger, actor: str) -> int:
    """Throw the projected tables away, fold them again, and return their row count.

    Raises:
        VerificationError: if the entries do not verify; then nothing was changed.
    """
    with ledger.writing(actor) as transaction:
        _check_entries(ledger)
        rows = folded(ledger)
        for table in tables.TABLES:
            ledger.connection.execute(f"DELETE FROM {table}")
        transaction.project(rows)
    return sum(len(some) for some in rows.values())
