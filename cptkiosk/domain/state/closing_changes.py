"""What the close-out makes of a session: paper, the seal, amendments, the bundle."""

from collections.abc import Mapping
from dataclasses import replace

from cptkiosk.domain.events.closing import (
    BundleWritten,
    IrregularitiesSeen,
    ScratchReconciled,
    SessionAmended,
    SessionReopened,
    SessionSealed,
)
from cptkiosk.domain.events.fact import Fact
from cptkiosk.domain.events.results import ResultsStated
from cptkiosk.domain.state.halt_changes import Handler
from cptkiosk.domain.state.session import Stage

HANDLERS: Mapping[type[Fact], Handler] = {
    SessionReopened: lambda event, session, entry, at_ms: replace(
        session,
        stage=Stage.RUNNING,
        reasons=(*session.reasons, (entry.at, "reopened", event.reason)),
    ),
    ScratchReconciled: lambda event, session, entry, at_ms: replace(
        session, scratch=event
    ),
    # Results say again what the entries before them add up to.
    ResultsStated: lambda event, session, entry, at_ms: session,
    SessionSealed: lambda event, session, entry, at_ms: replace(
        session,
        stage=Stage.SEALED,
        revision=event.revision,
        signed_by=event.signed_by,
        sealed_seq=entry.seq,
    ),
    IrregularitiesSeen: lambda event, session, entry, at_ms: replace(
        session, seen=session.seen | set(event.irregularity_ids)
    ),
    SessionAmended: lambda event, session, entry, at_ms: replace(
        session,
        stage=Stage.ENDED,
        reasons=(*session.reasons, (entry.at, "amended", event.reason)),
    ),
    BundleWritten: lambda event, session, entry, at_ms: replace(
        session, bundles=(*session.bundles, event)
    ),
}
"""What each event of the close-out does."""
