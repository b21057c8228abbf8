"""Rules of scores: keyed twice, explained, settled with the vendor, valid or not."""

from cptkiosk.domain.commands import score as c
from cptkiosk.domain.commands.base import AttemptCommand
from cptkiosk.domain.events import score as e
from cptkiosk.domain.modules import Policies
from cptkiosk.domain.people.retake_rules import continued_in
from cptkiosk.domain.rules.checks import (
    PUT_RIGHT,
    attempt_of,
    make_personal,
    reason_given,
)
from cptkiosk.domain.rules.rule import SINCE_START, Context, Events, rule
from cptkiosk.domain.state import blockers, scoring
from cptkiosk.domain.state.attempt import OUTCOMES, Attempt
from cptkiosk.domain.state.overtaken import (
    keying_question,
    keyings_as_seen,
    validity_as_seen,
)
from cptkiosk.domain.state.score_state import KEYED_ONCE, ScoreState, Validity
from cptkiosk.domain.state.session import Session
from cptkiosk.domain.values import Refused

VERDICTS = ("", "pass", "not pass")
SHOWN_AS = ("", "raw", "percent")
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


def _owes_score(session: Session, command: AttemptCommand, _: Context) -> bool:
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
    if other := continued_in(context.history_of(attempt.participant_id), ref):
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


RULES = (
    rule(c.KeyScore, _key_score, *SINCE_START, when=_owes_score),
    rule(c.ExplainScore, _explain, *SINCE_START, when=_owes_score),
    rule(c.SettleDiscrepancy, _settle, *SINCE_START, when=_is_disputed),
    rule(c.DecideValidity, _validity, *SINCE_START, when=_may_become),
)
