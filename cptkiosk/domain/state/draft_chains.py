"""Drafts that one batch makes: a later one takes the place of those before it."""

from collections.abc import Sequence
from dataclasses import replace

from cptkiosk.domain.events.fact import Fact
from cptkiosk.domain.events.irregularity import IrregularityRecorded
from cptkiosk.domain.state.session import Session


def one_for_all(session: Session, events: Sequence[Fact]) -> list[Fact]:
    """Return what is recorded together, without drafts that give way to each other.

    Args:
        session: as it is recorded.
        events: what a batch makes happen; each draft knows those before it.
    """
    drafts = {
        one.irregularity_id: one
        for one in events
        if isinstance(one, IrregularityRecorded)
    }
    gone = {one.supersedes for one in drafts.values()} & drafts.keys()
    kept, number = list[Fact](), len(session.irregularities)
    for event in events:
        if not isinstance(event, IrregularityRecorded):
            kept.append(event)
        elif event.irregularity_id not in gone:
            first, number = event, number + 1
            while first.supersedes in gone:
                first = drafts[first.supersedes]
            kept.append(
                replace(
                    event,
                    irregularity_id=f"{session.session_id}-i{number}",
                    supersedes=first.supersedes,
                    spared=first.spared,
                )
            )
    return kept
