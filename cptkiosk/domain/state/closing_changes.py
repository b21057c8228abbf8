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
from cptkiosk.domain.events.fact import Entry, Fact
from cptkiosk.domain.events.results import ResultsStated
from cptkiosk.domain.state.halt_changes import Handler
from cptkiosk.domain.state.session import Session, Stage


def _after_session_reopened(
    event: SessionReopened, session: Session, entry: Entry, timeline_ms: int
) -> Session:
    reasons = (*session.reasons, (entry.at, "reopened", event.reason))
    return replace(session, stage=Stage.RUNNING, reasons=reasons)


def _after_scratch_reconciled(
    event: ScratchReconciled, session: Session, entry: Entry, timeline_ms: int
) -> Session:
    return replace(session, scratch=event)


def _after_session_sealed(
    event: SessionSealed, session: Session, entry: Entry, timeline_ms: int
) -> Session:
    return replace(
        session,
        stage=Stage.SEALED,
        revision=event.revision,
        signed_by=event.signed_by,
        sealed_seq=entry.seq,
    )


def _after_results_stated(
    event: ResultsStated, session: Session, entry: Entry, timeline_ms: int
) -> Session:
    # It says again what the entries before it add up to.
    return session


def _after_irregularities_seen(
    event: IrregularitiesSeen, session: Session, entry: Entry, timeline_ms: int
) -> Session:
    return replace(session, seen=session.seen | set(event.irregularity_ids))


def _after_session_amended(
    event: SessionAmended, session: Session, entry: Entry, timeline_ms: int
) -> Session:
    reasons = (*session.reasons, (entry.at, "amended", event.reason))
    return replace(session, stage=Stage.ENDED, reasons=reasons)


def _after_bundle_written(
    event: BundleWritten, session: Session, entry: Entry, timeline_ms: int
) -> Session:
    return replace(session, bundles=(*session.bundles, event))


HANDLERS: Mapping[type[Fact], Handler] = {
    SessionReopened: _after_session_reopened,
    ScratchReconciled: _after_scratch_reconciled,
    ResultsStated: _after_results_stated,
    SessionSealed: _after_session_sealed,
    IrregularitiesSeen: _after_irregularities_seen,
    SessionAmended: _after_session_amended,
    BundleWritten: _after_bundle_written,
}
"""What each event of the close-out does."""
