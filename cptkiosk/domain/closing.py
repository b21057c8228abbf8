"""Rules of scores, irregularities, notes and the close-out."""

from cptkiosk.domain import blockers, scoring
from cptkiosk.domain import commands as c
from cptkiosk.domain import session_events as e
from cptkiosk.domain.attempt import NEVER_STARTED, OUTCOMES, ScoreState
from cptkiosk.domain.rules import Context, Events, attempt_of, reason_given, rule
from cptkiosk.domain.session import Session, Stage
from cptkiosk.domain.values import MINUTE_MS, Personal, Refused, plural

SCORES_OPEN = (Stage.RUNNING, Stage.HALTED, Stage.ENDED, Stage.ABANDONED)
VERDICTS = ("", "pass", "not pass")
NARRATIVE_MIN = 3
SEVERITIES = (1, 2, 3)
BREACH = 3
SCOPES = ("attempt", "room", "session", "center")
VALIDITIES = ("none", "flag", "withhold", "no-attempt")


@rule(c.KeyScore, *SCORES_OPEN)
def _key(session: Session, command: c.KeyScore, context: Context) -> Events:
    attempt = attempt_of(session, command)
    if attempt.standing not in OUTCOMES - NEVER_STARTED:
        raise Refused(
            f"{attempt.person} is {attempt.standing}.",
            "A score is keyed once the attempt is over.",
        )
    if attempt.score.state is ScoreState.VERIFIED:
        context.actor.must_be_coordinator("Correcting a verified score")
    if attempt.disputed:
        context.actor.must_be_coordinator(
            "Keying a score that the vendor's contradicts"
        )
    if command.vendor_verdict not in VERDICTS:
        raise Refused(
            f"'{command.vendor_verdict}' is no verdict.", "Use pass or not pass."
        )
    reading = scoring.read_score(command.shown, attempt.module)
    return (
        e.ScoreKeyed(
            attempt_id=attempt.attempt_id,
            raw_min=reading.raw_min,
            raw_max=reading.raw_max,
            shown=reading.shown,
            vendor_verdict=command.vendor_verdict,
        ),
    )


@rule(c.ExplainScore, *SCORES_OPEN)
def _explain(session: Session, command: c.ExplainScore, context: Context) -> Events:
    attempt = attempt_of(session, command)
    if attempt.standing not in OUTCOMES - NEVER_STARTED:
        raise Refused(f"{attempt.person} is {attempt.standing}: no score is due.")
    if command.state not in blockers.EXPLAINED:
        raise Refused(f"'{command.state}' explains no score.")
    if attempt.score.state is ScoreState.VERIFIED:
        context.actor.must_be_coordinator("Setting a verified score aside")
    if attempt.disputed:
        context.actor.must_be_coordinator("Setting a disputed score aside")
    reason = reason_given(command.reason, attempt.participant_id)
    return (
        e.ScoreExplained(
            attempt_id=attempt.attempt_id, state=command.state, reason=reason
        ),
    )


@rule(c.TakeNote, *(stage for stage in Stage if stage is not Stage.SEALED))
def _note(session: Session, command: c.TakeNote, context: Context) -> Events:
    about = session.session_id
    if command.attempt_id:
        attempt = session.attempts.get(command.attempt_id)
        if attempt is None:
            raise Refused(f"{command.attempt_id} is not on the roll of this session.")
        about = attempt.participant_id
    text = reason_given(command.text, about)
    return (e.NoteTaken(attempt_id=command.attempt_id, text=text),)


@rule(c.RecordIrregularity, *Stage)
def _irregularity(
    session: Session, command: c.RecordIrregularity, context: Context
) -> Events:
    unknown = [one for one in command.attempt_ids if one not in session.attempts]
    if unknown:
        raise Refused(f"{unknown[0]} is not on the roll of this session.")
    _known_kind(command)
    if command.happened_at_utc_ms > context.now.utc_ms + MINUTE_MS:
        raise Refused(
            "What has not happened yet cannot be recorded.", "Look at the time given."
        )
    if not command.attempt_ids and command.scope == "attempt":
        raise Refused("Nobody is named.", "Choose who is affected.")
    if len(command.observed.strip()) < NARRATIVE_MIN:
        raise Refused(
            "What was seen or heard is missing.", "Write the facts in a sentence."
        )
    if command.minutes_lost < 0:
        raise Refused("Minutes lost cannot be less than nothing.")
    about = session.session_id
    if len(command.attempt_ids) == 1:
        about = session.attempts[command.attempt_ids[0]].participant_id
    number = len(session.irregularities) + 1
    return (
        e.IrregularityRecorded(
            irregularity_id=f"{session.session_id}-i{number}",
            code=command.code,
            severity=command.severity,
            scope=command.scope,
            attempt_ids=command.attempt_ids,
            happened_at_utc_ms=command.happened_at_utc_ms or context.now.utc_ms,
            estimated=command.estimated,
            observed=Personal(command.observed.strip(), about),
            action_taken=Personal(command.action_taken.strip(), about),
            minutes_lost=command.minutes_lost,
            # A breach withholds, whatever else is proposed.
            validity="withhold" if command.severity >= BREACH else command.validity,
        ),
    )


def _known_kind(command: c.RecordIrregularity) -> None:
    if command.severity not in SEVERITIES:
        raise Refused(f"{command.severity} is no severity.", "Use 1, 2 or 3.")
    if command.scope not in SCOPES:
        raise Refused(
            f"'{command.scope}' is no scope.", f"Use one of {', '.join(SCOPES)}."
        )
    if command.validity not in VALIDITIES:
        raise Refused(
            f"'{command.validity}' is no effect on a score.",
            f"Use one of {', '.join(VALIDITIES)}.",
        )


@rule(c.ReconcileScratch, Stage.RUNNING, Stage.ENDED, Stage.ABANDONED)
def _scratch(session: Session, command: c.ReconcileScratch, context: Context) -> Events:
    issued = blockers.scratch_issued(session)
    if command.returned < 0:
        raise Refused("Sheets counted back cannot be less than none.")
    if command.returned != issued and not command.note.strip():
        raise Refused(
            f"{issued} issued, {command.returned} counted back.",
            "Count again, or note what became of the difference.",
        )
    note = Personal(command.note.strip(), session.session_id)
    return (e.ScratchReconciled(issued=issued, returned=command.returned, note=note),)


@rule(c.ReopenSession, Stage.ENDED)
def _reopen(session: Session, command: c.ReopenSession, context: Context) -> Events:
    context.actor.must_be_coordinator("Reopening a session")
    if context.day_of(context.now.utc_ms) != context.day_of(session.ended_utc_ms):
        raise Refused(
            "The session did not end today.",
            "Put scores right here, or note what happened as an irregularity.",
        )
    reason = reason_given(command.reason, session.session_id)
    return (e.SessionReopened(reason=reason),)


@rule(c.SealSession, Stage.ENDED, Stage.ABANDONED)
def _seal(session: Session, command: c.SealSession, context: Context) -> Events:
    lacking = blockers.to_seal(session)
    if lacking:
        raise Refused(
            f"{plural(len(lacking), 'thing keeps', 'things keep')} the session from"
            f" being sealed: {lacking[0].text}.",
            "Settle the checklist first.",
        )
    return (
        e.SessionSealed(
            revision=session.revision + 1, signed_by=context.actor.staff_id
        ),
    )


@rule(c.AmendSession, Stage.SEALED)
def _amend(session: Session, command: c.AmendSession, context: Context) -> Events:
    context.actor.must_be_coordinator("Amending a sealed session")
    reason = reason_given(command.reason, session.session_id)
    return (e.SessionAmended(reason=reason),)


@rule(c.RecordBundle, Stage.SEALED)
def _bundle(session: Session, command: c.RecordBundle, context: Context) -> Events:
    return (
        e.BundleWritten(
            revision=session.revision,
            destination=command.destination,
            file_name=command.file_name,
            sha256=command.sha256,
        ),
    )
