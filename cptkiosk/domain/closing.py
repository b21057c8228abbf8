"""Rules of scores, irregularities, notes and the close-out."""

from collections.abc import Collection

from cptkiosk.domain import blockers, drafts, scoring
from cptkiosk.domain import commands as c
from cptkiosk.domain import session_events as e
from cptkiosk.domain.attempt import KEYED_ONCE, OUTCOMES, Attempt, ScoreState, Validity
from cptkiosk.domain.blockers import Who
from cptkiosk.domain.checks import (
    PUT_RIGHT,
    attempt_of,
    make_personal,
    no_conflict,
    reason_given,
)
from cptkiosk.domain.modules import Policies
from cptkiosk.domain.overtaken import keying_question, keyings_as_seen, validity_as_seen
from cptkiosk.domain.retake_rules import continued_in
from cptkiosk.domain.rule import SINCE_START, Context, Events, rule
from cptkiosk.domain.session import Session, Stage
from cptkiosk.domain.values import NeedsCoordinator, Refused, plural

VERDICTS = ("", "pass", "not pass")
SHOWN_AS = ("", "raw", "percent")
SHEETS_TOLD_MIN = 8
"""How many characters it takes at least to say what became of a sheet."""
UPHOLD = ("score", "vendor")
DECIDED: dict[Validity, frozenset[Validity]] = {
    Validity.FLAGGED: frozenset({Validity.CLEAN}),
    Validity.WITHHELD: frozenset({Validity.CLEAN, Validity.VOID}),
    Validity.VOID: frozenset({Validity.CLEAN}),
}
"""What the coordinator may make of a score's validity; irregularities do the rest."""


def _no_score_due(session: Session, attempt: Attempt) -> tuple[str, str]:
    """Return why somebody has no score to key or explain, and when they will."""
    return (
        f"{session.label(attempt)} is {attempt.standing}.",
        f"Their clock never began: no score is due. {PUT_RIGHT[session.stage]}"
        if attempt.standing in OUTCOMES
        else "A score is keyed once the attempt is over.",
    )


def _owes_score(session: Session, command: c.AttemptCommand, _: Context) -> bool:
    return session.attempts[command.attempt_id].owes_score


def _is_disputed(session: Session, command: c.SettleDiscrepancy, _: Context) -> bool:
    attempt = session.attempts[command.attempt_id]
    return attempt.has_discrepancy and attempt.score.state is ScoreState.VERIFIED


def _may_become(session: Session, command: c.DecideValidity, _: Context) -> bool:
    validity = session.attempts[command.attempt_id].validity
    return command.validity in DECIDED.get(validity, frozenset())


def _key_score(session: Session, command: c.KeyScore, context: Context) -> Events:
    attempt = attempt_of(session, command)
    if not attempt.owes_score:
        raise Refused(*_no_score_due(session, attempt))
    ref = f"{session.session_id}/{attempt.attempt_id}"
    if other := continued_in(context.dossier_of(attempt.participant_id), ref):
        raise Refused(
            f"{session.label(attempt)} continues this attempt in session {other},"
            " and one assessment has one score.",
            "Key it there, or explain here why there is none.",
        )
    if attempt.was_verified:
        context.actor.must_be_coordinator("Correcting a verified score")
    if command.vendor_verdict not in VERDICTS:
        raise Refused(
            f"'{command.vendor_verdict}' is not a verdict.", "Use pass or not pass."
        )
    reading = _read_score(command, attempt, context)
    keyings_as_seen(attempt, command, keying_question(attempt), context.terminal)
    keyed = e.ScoreCorrected if attempt.was_verified else e.ScoreKeyed
    return (
        keyed(
            attempt_id=attempt.attempt_id,
            raw_min=reading.raw_min,
            raw_max=reading.raw_max,
            shown=reading.shown,
            vendor_verdict=command.vendor_verdict,
            shown_as=command.shown_as,
            agrees=_means_the_same(attempt, reading, command.vendor_verdict),
        ),
    )


def _means_the_same(
    attempt: Attempt, reading: scoring.Reading, vendor_verdict: str
) -> bool:
    """Return whether a second keying agrees, though only one names the verdict.

    It does if that verdict is what follows from the score anyway.
    """
    first = attempt.score
    raw = (reading.raw_min, reading.raw_max)
    if first.state not in KEYED_ONCE or (first.raw_min, first.raw_max) != raw:
        return False
    ours = scoring.verdict(*raw, attempt.module)
    named = {first.vendor_verdict, vendor_verdict}
    return named == {"", "pass" if ours.passed else "not pass"}


def asks_which(command: c.KeyScore, attempt: Attempt, policies: Policies) -> bool:
    """Return whether it must be said if a number is correct answers or a percent."""
    if command.shown_as or command.vendor_verdict or policies.score_shown != "either":
        return False
    return scoring.sign_decides(command.shown, attempt.module, policies.percent_shown)


def _read_score(
    command: c.KeyScore, attempt: Attempt, context: Context
) -> scoring.Reading:
    """Return what was keyed, once it is clear whether that is a percent.

    Raises:
        Refused: if it is no score, or would pass as one and fail as the other.
    """
    shown, policy = command.shown.strip(), context.policies.percent_shown
    if command.shown_as not in SHOWN_AS:
        raise Refused(f"A score is not '{command.shown_as}'.", "Use raw or percent.")
    bare = shown.isdecimal() and not command.shown_as
    percent = bare and context.policies.score_shown == "percent"
    if (percent or command.shown_as == "percent") and not shown.endswith("%"):
        shown = f"{shown}%"
    if command.shown_as == "raw" and shown.endswith("%"):
        raise Refused(f"{shown} is a percent.", "Key the number of correct answers.")
    reading = scoring.read_score(shown, attempt.module, policy)
    if asks_which(command, attempt, context.policies):
        raw_passes = scoring.verdict(reading.raw_min, reading.raw_max, attempt.module)
        one, other = ("pass", "fail") if raw_passes.passed else ("fail", "pass")
        raise Refused(
            f"{shown} correct answers {one}; {shown} percent may {other}.",
            "Choose the vendor's verdict, or what the number is.",
        )
    return reading


def _explain(session: Session, command: c.ExplainScore, context: Context) -> Events:
    attempt = attempt_of(session, command)
    if not attempt.owes_score:
        raise Refused(*_no_score_due(session, attempt))
    if command.state not in blockers.EXPLAINED:
        raise Refused(
            f"'{command.state}' does not explain a missing score.",
            f"Use {' or '.join(sorted(blockers.EXPLAINED))}.",
        )
    if attempt.was_verified:
        context.actor.must_be_coordinator("Setting a verified score aside")
    if attempt.contradicted:
        context.actor.must_be_coordinator("Setting a contradicted score aside")
    reason = reason_given(command.reason, attempt.participant_id)
    keyings_as_seen(attempt, command, "Set that score aside?", context.terminal)
    return (
        e.ScoreExplained(
            attempt_id=attempt.attempt_id, state=command.state, reason=reason
        ),
    )


def _settle(session: Session, command: c.SettleDiscrepancy, context: Context) -> Events:
    attempt = attempt_of(session, command)
    if not attempt.has_discrepancy:
        raise Refused(
            f"The vendor does not contradict the score of {session.label(attempt)}.",
            "Key the vendor's verdict with the score.",
        )
    if attempt.score.state is not ScoreState.VERIFIED:
        raise Refused(
            "The score has not been keyed twice.", "Key it a second time first."
        )
    context.actor.must_be_coordinator("Settling a discrepancy with the vendor")
    if command.uphold not in UPHOLD:
        raise Refused(f"'{command.uphold}' is not a decision.", "Use score or vendor.")
    reason = reason_given(command.reason, attempt.participant_id)
    return (
        e.DiscrepancySettled(
            attempt_id=attempt.attempt_id, uphold=command.uphold, reason=reason
        ),
    )


def _validity(session: Session, command: c.DecideValidity, context: Context) -> Events:
    attempt = attempt_of(session, command)
    context.actor.must_be_coordinator("Deciding whether a score counts")
    possible = DECIDED.get(attempt.validity, frozenset())
    if command.validity not in possible:
        allow = " or ".join(sorted(possible))
        raise Refused(
            f"A score that is {attempt.validity} cannot be declared"
            f" '{command.validity}'.",
            f"It can become {allow}."
            if allow
            else "An irregularity of severity 3 withholds it first.",
        )
    if command.validity == Validity.VOID and not command.reference.strip():
        raise Refused(
            "A center does not void a score on its own.",
            "Give the reference of MSSC's or the vendor's decision.",
        )
    reason = reason_given(command.reason, attempt.participant_id)
    validity_as_seen(attempt, command)
    return (
        e.ValidityDecided(
            attempt_id=attempt.attempt_id,
            validity=command.validity,
            reason=reason,
            reference=make_personal(command.reference, attempt.participant_id).text,
        ),
    )


def _take_note(session: Session, command: c.TakeNote, context: Context) -> Events:
    about = session.session_id
    if command.attempt_id:
        attempt = session.attempts.get(command.attempt_id)
        if attempt is None:
            raise Refused(
                f"{command.attempt_id} is not on the roll of this session.",
                "Choose somebody from the roll.",
            )
        about = attempt.participant_id
    text = reason_given(command.text, about)
    return (e.NoteTaken(attempt_id=command.attempt_id, text=text),)


def _scratch(session: Session, command: c.ReconcileScratch, context: Context) -> Events:
    issued = blockers.scratch_issued(session)
    if command.returned < 0:
        raise Refused(
            "The number of sheets returned cannot be negative.", "Enter 0 or more."
        )
    told = len(command.note.strip()) >= SHEETS_TOLD_MIN
    if command.returned != issued and not told:
        raise Refused(
            f"{issued} issued, {command.returned} counted back.",
            "Count again, or explain the difference in a few words.",
        )
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
        raise Refused(f"No sheet {min(unknown)} was given out.", "Look again.")
    named = len(command.missing)
    if len(set(command.missing)) < named or named > max(0, issued - command.returned):
        raise Refused("More sheets are named than are missing.", "Count again.")


def _ended_today(session: Session, _: c.ReopenSession, context: Context) -> bool:
    today = context.day_of(context.now.utc_ms)
    return today == context.day_of(session.ended_utc_ms)


def _reopen(session: Session, command: c.ReopenSession, context: Context) -> Events:
    context.actor.must_be_coordinator("Reopening a session")
    if not _ended_today(session, command, context):
        raise Refused(
            "The session did not end today.",
            "Put scores and outcomes right here, or record an irregularity.",
        )
    reason = reason_given(command.reason, session.session_id)
    return (e.SessionReopened(reason=reason),)


def _nothing_open(session: Session, _: c.SealSession, context: Context) -> bool:
    return not blockers.to_seal(session)


def _seal_session(session: Session, command: c.SealSession, context: Context) -> Events:
    lacking = blockers.to_seal(session)
    if lacking:
        raise Refused(
            f"{plural(len(lacking), 'thing keeps', 'things keep')} the session from"
            f" being sealed: {lacking[0].text}.",
            "Settle the checklist first.",
        )
    no_conflict(session, context.actor.staff_id, context)
    # A report recorded meanwhile comes first: that is why who may sign has changed.
    seen = _look_at(session, command.saw, context)
    who = blockers.find_signer(session, context.policies, context.was_coordinator)
    if who is Who.COORDINATOR:
        context.actor.must_be_coordinator("Sealing reports of severity 2 or more")
    if not blockers.may_take_step(context.actor, who, session.lead):
        raise NeedsCoordinator(
            "The lead proctor or the coordinator signs the close-out.",
            "Hand the session over to you first, or let one of them sign.",
        )
    signed = e.SessionSealed(
        revision=session.revision + 1, signed_by=context.actor.staff_id
    )
    return (*seen, signed)


def _something_unseen(
    session: Session, _: c.SeeIrregularities, context: Context
) -> bool:
    return bool(blockers.unseen_irregularities(session, context.was_coordinator))


def _see(session: Session, command: c.SeeIrregularities, context: Context) -> Events:
    if not _something_unseen(session, command, context):
        raise Refused(
            "A coordinator has seen every report already.",
            "Look again after the next one of severity 2 or 3.",
        )
    context.actor.must_be_coordinator("Seeing reports of severity 2 or more")
    return _look_at(session, command.saw, context)


def _look_at(session: Session, saw: Collection[str] | None, context: Context) -> Events:
    """Return that a coordinator has looked at the entries they must see, if any.

    Raises:
        Refused: if one of them is not among those that the coordinator saw.
    """
    unseen = blockers.unseen_irregularities(session, context.was_coordinator)
    for one in unseen:
        if saw is not None and one.event.irregularity_id not in saw:
            raise Refused(
                f"A report of {one.event.code} was recorded meanwhile.",
                "Go back, look at it, then do this again.",
            )
    ids = tuple(one.event.irregularity_id for one in unseen)
    return (e.IrregularitiesSeen(irregularity_ids=ids),) if ids else ()


def _amend(session: Session, command: c.AmendSession, context: Context) -> Events:
    context.actor.must_be_coordinator("Amending a sealed session")
    reason = reason_given(command.reason, session.session_id)
    return (e.SessionAmended(reason=reason),)


def not_overtaken(session: Session) -> None:
    """Check that nothing was recorded since the seal that its revision does not tell.

    Raises:
        Refused: if something was; that revision goes nowhere any more.
    """
    if session.changed_since_seal:
        raise Refused(
            f"Revision {session.revision} of session {session.session_id} is overtaken:"
            " something was recorded after its seal.",
            "The coordinator amends it; then it is sealed and written again.",
        )


def need_same_bundle(session: Session, sha256: str) -> None:
    """Check that a revision goes out as it went out before, or not at all.

    Receipts name a revision and its SHA-256, so two files of one revision would be two
    answers to what was sealed. Another version of the program, other definitions, or a
    person who was forgotten since make another file.

    Raises:
        Refused: if a bundle of this revision was written that is another file.
    """
    written = [one for one in session.bundles if one.revision == session.revision]
    if not written or sha256 in {one.sha256 for one in written}:
        return
    first = written[0]
    raise Refused(
        f"Bundle r{session.revision} of session {session.session_id} went to"
        f" {first.destination} and would be another file now: the program, the"
        " definitions or who is forgotten has changed since. Nothing was written.",
        "Use that file; or the coordinator amends the session and says why, and it is"
        f" sealed and written as r{session.revision + 1}.",
    )


def _is_current(session: Session, _: c.RecordBundle, context: Context) -> bool:
    return not session.changed_since_seal


def _bundle(session: Session, command: c.RecordBundle, context: Context) -> Events:
    not_overtaken(session)
    return (
        e.BundleWritten(
            revision=session.revision,
            destination=command.destination,
            file_name=command.file_name,
            sha256=command.sha256,
        ),
    )


RULES = (
    rule(c.KeyScore, _key_score, *SINCE_START, when=_owes_score),
    rule(c.ExplainScore, _explain, *SINCE_START, when=_owes_score),
    rule(c.SettleDiscrepancy, _settle, *SINCE_START, when=_is_disputed),
    rule(c.DecideValidity, _validity, *SINCE_START, when=_may_become),
    rule(
        c.TakeNote, _take_note, *(stage for stage in Stage if stage is not Stage.SEALED)
    ),
    rule(c.ReconcileScratch, _scratch, Stage.RUNNING, Stage.ENDED, Stage.ABANDONED),
    rule(c.ReopenSession, _reopen, Stage.ENDED, when=_ended_today),
    rule(
        c.SealSession, _seal_session, Stage.ENDED, Stage.ABANDONED, when=_nothing_open
    ),
    rule(
        c.SeeIrregularities,
        _see,
        *(one for one in Stage if one is not Stage.CANCELLED),
        when=_something_unseen,
    ),
    rule(c.AmendSession, _amend, Stage.SEALED),
    rule(c.RecordBundle, _bundle, Stage.SEALED, when=_is_current),
)
