"""Compare what was acknowledged with what a ledger holds afterwards."""

from collections.abc import Iterable
from pathlib import Path

from cptkiosk.desk import Desk
from cptkiosk.domain.events.irregularity import NoteTaken
from cptkiosk.host.clock import SystemClock
from cptkiosk.ledger.maintenance.verify import verify_ledger
from support.center import open_desk
from support.journals import Journal, chosen
from support.workers import BATCH


class Lost(AssertionError):
    """Something that was acknowledged is not there."""


def assert_kept(folder: Path, journal: Journal, said: Iterable[str]) -> int:
    """Open a ledger and find all that was said once, in order; return how much that is.

    Raises:
        Lost: if something acknowledged is missing.
    """
    with chosen(journal):
        desk = open_desk(folder, SystemClock(), "after")
    try:
        assert desk.ledger.rows("PRAGMA integrity_check") == [("ok",)]
        assert verify_ledger(desk.ledger).entries == desk.ledger.head().seq
        return _compared(desk, said)
    finally:
        desk.ledger.close()


def _compared(desk: Desk, said: Iterable[str]) -> int:
    entries = desk.ledger.read_stream("session/a")
    taken = [
        (one.event.text.text, one.seq)
        for one in entries
        if isinstance(one.event, NoteTaken)
    ]
    notes = dict(taken)
    assert len(taken) == len(notes), "a step is there twice"
    batches = whole_batches(desk.ledger.stream_names())
    assert set(batches.values()) <= {BATCH}, "a batch is there in part"
    last: dict[str, int] = {}
    acknowledged = 0
    for line in said:
        what, *rest = line.split()
        acknowledged += 1
        if what == "note":
            seq, text = rest
            if notes.get(text) != int(seq):
                raise Lost(f"'{line}' was acknowledged, and is not there")
            writer = text.rpartition("-")[0]
            assert last.get(writer, 0) < int(seq), f"{text} is out of order"
            last[writer] = int(seq)
        elif what == "batch":
            if rest[0] not in batches:
                raise Lost(f"'{line}' was acknowledged, and is not there")
        elif what == "center":
            if len(desk.center.staff) != 2:
                raise Lost("the center was acknowledged, and is not there")
        elif what == "session":
            if not entries:
                raise Lost("the session was acknowledged, and is not there")
        else:
            assert what in {"ready", "failed", "longest"}, line
            acknowledged -= 1
    return acknowledged


def whole_batches(streams: Iterable[str]) -> dict[str, int]:
    """Return how many people of each batch there are."""
    found: dict[str, int] = {}
    for one in streams:
        if one.startswith("candidate/") and one.count("-") == 2:
            batch = one.removeprefix("candidate/").rpartition("-")[0]
            found[batch] = found.get(batch, 0) + 1
    return found
