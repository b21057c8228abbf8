"""Recompute everything that can be recomputed, and name the first thing that differs."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from cptkiosk.domain.events.fact import Entry
from cptkiosk.domain.values import plural
from cptkiosk.errors import VerificationError
from cptkiosk.host.data_directory import Paths
from cptkiosk.ledger import projections, signatures
from cptkiosk.ledger.chain import Broken, Head, follow_chain
from cptkiosk.ledger.codec import compute_commitment, find_commitments
from cptkiosk.ledger.entry_tree import EntryTree
from cptkiosk.ledger.ledger import COLUMNS, Ledger
from cptkiosk.ledger.maintenance import schema_check
from cptkiosk.ledger.maintenance.later_heads import later_head, later_notice
from cptkiosk.ledger.maintenance.tree_check import check_checkpoints, find_tree_fault
from cptkiosk.ledger.signatures import Signatures
from cptkiosk.ledger.streams import S, Stream, find_stream

BATCH = 10_000
PROJECTED = frozenset({"center", "candidate", "session"})
"""The kinds of streams that tables are projected from."""

NOT_MEANT = (AssertionError, AttributeError, LookupError, TypeError, ValueError)
"""What folding raises at an entry that no desk would have written there."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found in order."""

    entries: int
    head: str
    signed_heads: int
    forgotten: int
    """Texts about people that were deleted; their commitments stay."""

    signed_by_another_key: int | None
    """Of the signed heads; nothing where the installation's key is not beside it."""

    signatures_lost: int
    """Seals that were salvaged without their signature."""

    later_head: str = ""
    """A backup, bundle or report beside it that is of entries this record lacks."""

    added: tuple[str, ...] = ()
    """What another program added to the file beside the record's own tables."""

    @property
    def remarks(self) -> tuple[str, ...]:
        """What fits and still asks for a look, in sentences."""
        return tuple(_list_remarks(self))


def _list_remarks(found: Verified) -> Iterator[str]:
    if found.signed_by_another_key is None:
        yield (
            "There is no installation.key, so it is unknown who made the signatures."
        )
    elif found.signed_by_another_key:
        many = plural(found.signed_by_another_key, "signature")
        yield (
            f"{many} by another key, not this installation's. This is expected if"
            " the record came from another machine or installation.key was lost."
            " Otherwise the record was rewritten. Compare it with the heads in"
            " bundles from that time."
        )
    if found.signatures_lost:
        many = plural(found.signatures_lost, "seal")
        yield (
            f"{many} lost the signature in a salvage. Only bundles written earlier"
            " prove them."
        )
    if found.later_head:
        yield later_notice(found.later_head)
    if found.added:
        yield (
            f"Another program added to the file: {', '.join(found.added)}. The"
            " record itself is intact and recording continues."
        )


def verify_ledger(ledger: Ledger) -> Verified:
    """Recompute chain, commitments, signed heads, tree and projections.

    Raises:
        VerificationError: naming the first thing that does not fit.
    """
    with ledger.standing_still():
        head, forgotten, signed = _check_entries(ledger)
        damage = schema_check.find_damage(ledger)
        if damage:
            raise VerificationError(
                f"The entries are intact, but the file is damaged: {damage}. Run"
                ' "cptkiosk ledger salvage" to write all entries to a new file.'
            )
        added = schema_check.find_additions(ledger)
        if fault := find_tree_fault(ledger):
            raise VerificationError(
                "The entries are intact, but the tree does not match them"
                f' ({fault}). Run "cptkiosk ledger rebuild" to compute it again.'
            )
        with _translate_broken_chain():
            check_checkpoints(ledger)
        differing = _projections_differ(ledger)
    if differing:
        raise VerificationError(
            f'The entries are intact, but the table "{differing}" does not match'
            ' them. Run "cptkiosk ledger rebuild" to rebuild it.'
        )
    return Verified(
        entries=head.seq,
        head=head.hash,
        signed_heads=signed.count,
        forgotten=forgotten,
        signed_by_another_key=signed.by_another_key,
        signatures_lost=signed.lost,
        later_head=later_head(ledger, Paths(ledger.path.parent)),
        added=added,
    )


def _check_entries(ledger: Ledger) -> tuple[Head, int, Signatures]:
    """Return the head, how many texts were forgotten, and the signatures."""
    with _translate_broken_chain():
        head, forgotten = _follow_chain(ledger)
        return head, forgotten, signatures.check_signatures(ledger)


@contextmanager
def _translate_broken_chain() -> Iterator[None]:
    try:
        yield
    except Broken as broken:
        raise VerificationError(
            f"The ledger does not verify. {broken} Do not change the file, and"
            ' call the coordinator. A backup may be intact, and "cptkiosk ledger'
            ' salvage" saves what still verifies.'
        ) from broken


def _follow_chain(ledger: Ledger) -> tuple[Head, int]:
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
        head = follow_chain(((row[:10], row[10]) for row in batch), head)
        for row in batch:
            if '"sha256"' in row[9]:
                found = find_commitments(row[9])
                referenced |= found
                _check_texts(row[0], found, kept)
                unclaimed -= found
    if unclaimed:
        raise Broken(head.seq, "a text is stored that no entry up to here refers to")
    return head, len(referenced - set(kept))


def _check_texts(
    seq: int, found: frozenset[str], kept: dict[str, tuple[str, ...]]
) -> None:
    for sealed in found & kept.keys():
        _, about, salt, text = kept[sealed]
        if compute_commitment(salt, about, text) != sealed:
            raise Broken(seq, "its stored text was changed")


def fold_tables(ledger: Ledger) -> projections.Rows:
    """Return what the projected tables must hold, folded from the entries.

    Raises:
        VerificationError: naming an entry that does not follow from those before it.
    """
    with _translate_broken_chain():
        return projections.merge_rows(_fold_streams(ledger))


def _fold_streams(ledger: Ledger) -> Iterator[projections.Rows]:
    for name in ledger.stream_names():
        if name.partition("/")[0] not in PROJECTED:
            continue
        stream = find_stream(name)
        state = stream.replay(())
        state = _fold_entries(stream, state, ledger.read_stream(stream.name))
        yield stream.project(state, None)


def _fold_entries(stream: Stream[S], state: S, entries: Iterable[Entry]) -> S:
    for entry in entries:
        try:
            state = stream.evolve(state, entry)
        except NOT_MEANT as error:
            what = f"{entry.event.kind} cannot follow the entries before it"
            raise Broken(entry.seq, what) from error
    return state


def _projections_differ(ledger: Ledger) -> str:
    expected = fold_tables(ledger)
    stored = projections.merge_rows(
        {table: ledger.rows(f"SELECT * FROM {table}")} for table in projections.TABLES
    )
    return next(
        (table for table in projections.TABLES if stored[table] != expected[table]), ""
    )


def rebuild_projections(ledger: Ledger, actor: str) -> int:
    """Throw tree and projected tables away, make them again, and return the row count.

    Raises:
        VerificationError: if the entries do not verify; then nothing was changed.
    """
    with ledger.writing(actor) as transaction:
        _check_entries(ledger)
        rows = fold_tables(ledger)
        ledger.connection.execute("DELETE FROM tree")
        EntryTree(ledger.connection).catch_up(transaction.head.seq)
        for table in projections.TABLES:
            ledger.connection.execute(f"DELETE FROM {table}")
        transaction.project(rows)
    return sum(len(some) for some in rows.values())
