"""Rules of the close-out: scratch paper, reopening, the seal, amendments, the bundle."""

from collections.abc import Collection

from cptkiosk.domain.commands import closing as c
from cptkiosk.domain.events import closing as e
from cptkiosk.domain.rules import drafts
from cptkiosk.domain.rules.checks import make_personal, no_conflict, reason_given
from cptkiosk.domain.rules.results import state_results
from cptkiosk.domain.rules.rule import Context, Events, rule
from cptkiosk.domain.state import blockers
from cptkiosk.domain.state.blockers import Who
from cptkiosk.domain.state.session import Session, Stage
from cptkiosk.domain.values import Actor, BundleKind, NeedsCoordinator, Refused

SHEETS_TOLD_MIN = 8
"""How many characters it takes at least to say what became of a sheet."""


def _count_scratch(
    session: Session, command: c.ReconcileScratch, context: Context
) -> Events:
    issued = blockers.scratch_issued(session)
    if command.returned < 0:
        raise Refused("sheets-negative")
    told = len(command.note.strip()) >= SHEETS_TOLD_MIN
    if command.returned != issued and not told:
        raise Refused("sheets-differ", issued=issued, returned=command.returned)
    _named_sheets(session, command, issued)
    note = make_personal(command.note, session.session_id)
    counted = e.ScratchReconciled(
        issued=issued, returned=command.returned, note=note, missing=command.missing
    )
    return (counted, *drafts.sheets_missing(session, counted, context))


def _named_sheets(session: Session, command: c.ReconcileScratch, issued: int) -> None:
    """Check that the sheets named as missing were given out, and are not too many.

    Raises:
        Refused: if they were not, or are.
    """
    given = {number for one in session.attempts.values() for number in one.sheets}
    unknown = set(command.missing) - (given - {0})
    if unknown:
        raise Refused("sheet-unknown", sheet=min(unknown))
    named = len(command.missing)
    if len(set(command.missing)) < named or named > max(0, issued - command.returned):
        raise Refused("sheets-named-too-many")


def _ended_today(session: Session, _: c.ReopenSession, context: Context) -> bool:
    today = context.day_of(context.now.utc_ms)
    return today == context.day_of(session.ended_utc_ms)


def _reopen_session(
    session: Session, command: c.ReopenSession, context: Context
) -> Events:
    if not _ended_today(session, command, context):
        raise Refused("not-ended-today")
    reason = reason_given(command.reason, session.session_id)
    return (e.SessionReopened(reason=reason),)


def _nothing_open(session: Session, _: c.SealSession, context: Context) -> bool:
    return not blockers.to_seal(session)


def _seal_session(session: Session, command: c.SealSession, context: Context) -> Events:
    lacking = blockers.to_seal(session)
    if lacking:
        raise Refused("not-ready-to-seal", count=len(lacking), first=lacking[0].reason)
    no_conflict(session, context.actor.staff_id, context)
    # A report recorded meanwhile comes first: that is why who may sign has changed.
    seen = _look_at(session, command.saw, context)
    who = blockers.find_signer(session, context.policies, context.was_coordinator)
    if who is Who.COORDINATOR:
        context.actor.must_be_coordinator("seal-reports")
    if not blockers.may_take_step(context.actor, who, session.lead):
        raise NeedsCoordinator("seal-signature")
    revision = session.revision + 1
    date = context.day_of(session.starts_at_utc_ms)
    codes = context.definitions.irregularities
    stated = state_results(session, revision, date, codes)
    signed = e.SessionSealed(revision=revision, signed_by=context.actor.staff_id)
    return (*seen, stated, signed)


def _something_unseen(
    session: Session, _: c.SeeIrregularities, context: Context
) -> bool:
    return bool(blockers.unseen_irregularities(session, context.was_coordinator))


def _see_irregularities(
    session: Session, command: c.SeeIrregularities, context: Context
) -> Events:
    if not _something_unseen(session, command, context):
        raise Refused("reports-seen")
    return _look_at(session, command.saw, context)


def _look_at(session: Session, saw: Collection[str] | None, context: Context) -> Events:
    """Return that a coordinator has looked at the entries they must see, if any.

    Raises:
        Refused: if one of them is not among those that the coordinator saw.
    """
    unseen = blockers.unseen_irregularities(session, context.was_coordinator)
    for one in unseen:
        if saw is not None and one.event.irregularity_id not in saw:
            raise Refused("report-meanwhile", code=one.event.code)
    ids = tuple(one.event.irregularity_id for one in unseen)
    return (e.IrregularitiesSeen(irregularity_ids=ids),) if ids else ()


def _amend_session(
    session: Session, command: c.AmendSession, context: Context
) -> Events:
    reason = reason_given(command.reason, session.session_id)
    return (e.SessionAmended(reason=reason),)


def not_overtaken(session: Session) -> None:
    """Check that nothing was recorded since the seal that its revision does not tell.

    Raises:
        Refused: if something was; that revision goes nowhere any more.
    """
    if session.changed_since_seal:
        raise Refused(
            "revision-overtaken",
            revision=session.revision,
            session_id=session.session_id,
        )


def need_same_bundle(session: Session, file_name: str, sha256: str) -> None:
    """Check that a bundle goes out as it went out before, or not at all.

    Receipts name a revision and its SHA-256, so two files of one name would be two
    answers to what was sealed. Another version of the program, other definitions or
    another key make another file. So does forgetting a person, but under another name.

    Raises:
        Refused: if a bundle of this revision and name was written that is another file.
    """
    about = (session.revision, file_name)
    written = [one for one in session.bundles if (one.revision, one.file_name) == about]
    if not written or sha256 in {one.sha256 for one in written}:
        return
    first = written[0]
    raise Refused(
        "bundle-differs",
        revision=session.revision,
        session_id=session.session_id,
        destination=first.destination,
        next_revision=session.revision + 1,
    )


def may_send(kind: BundleKind, actor: Actor) -> None:
    """Check that a bundle of a kind may leave in someone's name.

    Raises:
        NeedsCoordinator: if it tells of accommodations, and they are no coordinator.
    """
    if kind is BundleKind.RECORD:
        actor.must_be_coordinator("send-record")


def _is_current(session: Session, _: c.RecordBundle, context: Context) -> bool:
    return not session.changed_since_seal


def _record_bundle(
    session: Session, command: c.RecordBundle, context: Context
) -> Events:
    not_overtaken(session)
    may_send(command.kind, context.actor)
    return (
        e.BundleWritten(
            revision=session.revision,
            destination=command.destination,
            file_name=command.file_name,
            sha256=command.sha256,
            bundle_kind=command.kind.value,
        ),
    )


RULES = (
    rule(
        c.ReconcileScratch, _count_scratch, Stage.RUNNING, Stage.ENDED, Stage.ABANDONED
    ),
    rule(
        c.ReopenSession,
        _reopen_session,
        Stage.ENDED,
        when=_ended_today,
        coordinator="reopen",
    ),
    rule(
        c.SealSession, _seal_session, Stage.ENDED, Stage.ABANDONED, when=_nothing_open
    ),
    rule(
        c.SeeIrregularities,
        _see_irregularities,
        *(one for one in Stage if one is not Stage.CANCELLED),
        when=_something_unseen,
        coordinator="see-reports",
    ),
    rule(c.AmendSession, _amend_session, Stage.SEALED, coordinator="amend"),
    rule(c.RecordBundle, _record_bundle, Stage.SEALED, when=_is_current),
)
