"""What still verifies of a damaged ledger, written into a new one.

The chain decides: an entry belongs to the new ledger if its hash follows from the one
before it, from the first entry on. Entries after a gap may be whole and link among
themselves, but nothing proves what they followed; they go into a JSON file beside the
new ledger, for people to read, and never into the chain. The damaged file is only read.

Why so strict: a damaged page hides which rows were there. A salvage that kept every row
it can read would skip entries without a word, for instance the one that withheld a
score, and the result would look like a whole record. One that stopped at the first bad
page would lose entries whose pages SQLite cannot reach any more, though they are there.
So rows are looked for by their shape on every page of file and journal
(`page_recovery`), and each one that is found is held against the chain. The new ledger
is a prefix of the old one, each entry as it was signed; backups and bundles tell
whether it is shorter than it was. What cannot be proved is not lost, but a person
decides what it means and records it under a name.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cptkiosk.errors import StorageError
from cptkiosk.ledger.chain import Head, Row, link_hash
from cptkiosk.ledger.codec import Kept, commitment_owners
from cptkiosk.ledger.maintenance import page_recovery
from cptkiosk.ledger.maintenance.pages import Image, Pages
from cptkiosk.ledger.maintenance.working_copy import (
    TreeRest,
    copy_ledger,
    read_by_sqlite,
    recompute_commitment,
)
from cptkiosk.ledger.reading import Signed
from cptkiosk.ledger.signatures import SEALED
from cptkiosk.ledger.signing import signature_fits
from cptkiosk.ledger.wal_checks import in_use

FORGOTTEN = "person-forgotten.v1"


@dataclass(frozen=True, slots=True)
class Loose:
    """An entry that can be read and does not continue the chain."""

    seq: int
    """0 where even that is lost."""

    values: tuple[Any, ...]
    links: bool
    """Whether it follows from the entry before it, which is loose too."""


@dataclass(frozen=True, slots=True)
class Salvage:
    """What was found in a damaged ledger."""

    rows: tuple[tuple[Row, str], ...]
    """The entries that verify from the first on, with their hashes."""

    texts: tuple[Kept, ...]
    signed: tuple[Signed, ...]
    loose: tuple[Loose, ...]
    loose_texts: tuple[Kept, ...]
    forgotten: int
    """Texts about people who were forgotten before."""

    lost: int
    """Texts about others, of which only the commitment is left."""

    cut_off: bool
    """Whether something speaks of entries that are not there at all."""

    unsigned: tuple[Head, ...]
    """Seals whose signature is lost."""

    tree: TreeRest

    @property
    def head(self) -> Head:
        """Where the chain ends that verifies."""
        return Head(self.rows[-1][0][0], self.rows[-1][1]) if self.rows else Head()

    @property
    def is_complete(self) -> bool:
        """Whether nothing was seen that is not in the chain."""
        return bool(self.rows) and not (
            self.loose or self.unsigned or self.lost or self.cut_off
        )


def look_for(path: Path, scratch: Path) -> Salvage:
    """Read what there is of a ledger and of its journal.

    Args:
        path: the damaged file.
        scratch: a folder that can be written, for a copy that is deleted again.

    Raises:
        StorageError: if the file cannot be read, or someone is using it.
        DestinationError: if `scratch` cannot hold the copy.
    """
    if in_use(path):
        raise StorageError(
            f"The ledger {path} is open in another program. Nothing was read."
            " Close the kiosk on every terminal, then try again."
        )
    with copy_ledger(path, scratch) as copy:
        image = Image(copy)
        kept, last, tree = read_by_sqlite(copy)
    return _sorted_out(image.page_views(), kept, last, tree)


def _sorted_out(
    views: tuple[Pages, ...],
    known: dict[str, Kept] | None,
    last: int,
    tree: TreeRest,
) -> Salvage:
    found = dict.fromkeys(
        one for view in views for one in page_recovery.find_entries(view)
    )
    rows, loose = _find_chain(found)
    spoken = _spoken_of((row[1], row[9]) for row, _ in rows)
    loosely = _spoken_of((one.values[0], one.values[8]) for one in loose)
    gone = {row[1] for row, _ in rows if row[8] == FORGOTTEN}
    texts = _carved_texts(views) if known is None else known
    whose = loosely | spoken
    kept = {
        sealed: one
        for sealed, one in texts.items()
        if whose.get(sealed, f"candidate/{one.about}") not in gone
    }
    missing = spoken.keys() - kept.keys()
    absent = {one for one in missing if spoken[one] in gone}
    carved = [one for view in views for one in page_recovery.find_signatures(view)]
    signed = tuple(_find_signed_heads(rows, carved))
    proven = {one.head for one in signed}
    sealed = (Head(row[0], stored) for row, stored in rows if row[8] == SEALED)
    unsigned = tuple(one for one in sealed if one not in proven)
    seen = {stored for _, stored in rows} | {one.values[9] for one in loose}
    cut_off = (
        last > max([len(rows), *(one.seq for one in loose)])
        or bool(known and known.keys() - spoken.keys() - loosely.keys())
        or (not unsigned and any(one[0] not in seen for one in carved))
    )
    return Salvage(
        rows=rows,
        texts=_select_texts(kept, spoken.keys()),
        signed=signed,
        loose=loose,
        loose_texts=_select_texts(kept, loosely.keys() - spoken.keys()),
        forgotten=len(absent),
        lost=len(missing - absent),
        cut_off=cut_off,
        unsigned=unsigned,
        tree=tree,
    )


def _carved_texts(views: tuple[Pages, ...]) -> dict[str, Kept]:
    found = (
        recompute_commitment(*values)
        for view in views
        for values in page_recovery.find_texts(view)
    )
    return {one.commitment: one for one in found}


def _select_texts(kept: dict[str, Kept], wanted: Set[str]) -> tuple[Kept, ...]:
    return tuple(kept[one] for one in sorted(wanted & kept.keys()))


Found = tuple[int, tuple[Any, ...]]


def _find_chain(
    found: Iterable[Found],
) -> tuple[tuple[tuple[Row, str], ...], tuple[Loose, ...]]:
    """Return the longest chain from the first entry on, and what is left over."""
    numbered: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for seq, values in found:
        numbered[seq].append(values)
    head = Head()
    rows: list[tuple[Row, str]] = []
    used: set[tuple[Any, ...]] = set()
    while True:
        seq = head.seq + 1
        fitting = _find_fitting(head, numbered[seq]) or _find_fitting(head, numbered[0])
        chosen = _with_successor(seq, fitting, numbered)
        if chosen is None:
            # The hash of an entry may be damaged alone; the next entry knows it too.
            mended = [
                (values, link_hash(head.hash, _entry_row(seq, values)))
                for values in numbered[seq]
            ]
            chosen = _find_continued(seq, mended, numbered)
        if chosen is None:
            break
        values, stored = chosen
        used.add(values)
        rows.append((_entry_row(seq, values), stored))
        head = Head(seq, stored)
    return tuple(rows), tuple(_find_loose(numbered, used, head.seq))


Fitting = list[tuple[tuple[Any, ...], str]]


def _entry_row(seq: int, values: tuple[Any, ...]) -> Row:
    row: Row = (seq, *values[:9])
    return row


def _find_fitting(head: Head, some: list[tuple[Any, ...]]) -> Fitting:
    return [
        (values, values[9])
        for values in some
        if link_hash(head.hash, _entry_row(head.seq + 1, values)) == values[9]
    ]


def _with_successor(
    seq: int, some: Fitting, numbered: dict[int, list[tuple[Any, ...]]]
) -> tuple[tuple[Any, ...], str] | None:
    if len(some) <= 1:
        return some[0] if some else None
    return _find_continued(seq, some, numbered) or some[0]


def _find_continued(
    seq: int, some: Fitting, numbered: dict[int, list[tuple[Any, ...]]]
) -> tuple[tuple[Any, ...], str] | None:
    for values, stored in some:
        if _find_fitting(Head(seq, stored), numbered[seq + 1]):
            return values, stored
    return None


def _find_loose(
    numbered: dict[int, list[tuple[Any, ...]]],
    used: set[tuple[Any, ...]],
    last: int,
) -> Iterator[Loose]:
    for seq in sorted(numbered):
        if 0 < seq <= last:
            # An older view of a page, or a row found by mistake.
            continue
        for values in numbered[seq]:
            if values in used or not _is_plausible(values):
                continue
            before = (one[9] for one in numbered.get(seq - 1, ()))
            links = any(
                link_hash(one, _entry_row(seq, values)) == values[9] for one in before
            )
            yield Loose(seq, values, links)


def _is_plausible(values: tuple[Any, ...]) -> bool:
    kind, body, stored = values[7:]
    return ".v" in kind and body.startswith("{") and len(stored) == 64


def _spoken_of(entries: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the commitments that streams and bodies carry, and whose each is."""
    found: dict[str, str] = {}
    for stream, body in entries:
        try:
            found |= commitment_owners(stream, body)
        except ValueError:
            # The body of a loose entry may be damaged.
            continue
    return found


def _find_signed_heads(
    rows: tuple[tuple[Row, str], ...], found: Iterable[tuple[Any, ...]]
) -> Iterator[Signed]:
    numbers = {stored: row[0] for row, stored in rows}
    for stored, signature, public_key in dict.fromkeys(found):
        if stored in numbers:
            head = Head(numbers[stored], stored)
            if signature_fits(head, signature, public_key):
                yield Signed(head, signature, public_key)
