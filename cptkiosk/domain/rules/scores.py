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
from cptkiosk.domain.state import scoring
from cptkiosk.domain.state.attempt import OUTCOMES, Attempt
from cptkiosk.domain.state.official import can_mean_the_same
from cptkiosk.domain.state.overtaken import (
    keying_question,
    keyings_as_seen,
    validity_as_seen,
)
from cptkiosk.domain.state.score_state import (
    EXPLAINED,
    KEYED_ONCE,
    ScoreState,
    Validity,
)
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


def need_score_due(session: Session, attempt: Attempt, context: Context) -> None:
    """Check that an attempt has a score, and has it in this session.

    Raises:
        Refused: if not, with the reason.
    """
    if not attempt.owes_score:
        raise _no_score_due(session, attempt)
    ref = f"{session.session_id}/{attempt.attempt_id}"
    if other := continued_in(context.history_of(attempt.participant_id), ref):
        raise Refused(
            "score-continued", person=session.label(attempt), session_id=other
        )


def _no_score_due(session: Session, attempt: Attempt) -> Refused:
    """Return why a candidate has no score to enter or explain, and when they will."""
    over = attempt.standing in OUTCOMES
    return Refused(
        "no-score-due",
        remedy="clock-never-began" if over else "score-once-over",
        person=session.label(attempt),
        standing=attempt.standing,
        way=PUT_RIGHT.get(session.stage, ""),
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
    need_score_due(session, attempt, context)
    if attempt.was_verified:
        context.actor.must_be_coordinator("correct-verified")
    if command.vendor_verdict not in VERDICTS:
        raise Refused("verdict-unknown", verdict=command.vendor_verdict)
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


def sign_percent(shown: str, shown_as: str, policies: Policies) -> str:
    """Return a score as it is shown, with a sign if the number is a percent.

    Raises:
        Refused: if it has the sign and is said to be no percent.
    """
    shown = shown.strip()
    if shown_as not in SHOWN_AS:
        raise Refused("shown-as-unknown", shown_as=shown_as)
    bare = shown.isdecimal() and not shown_as
    percent = bare and policies.score_shown == "percent"
    if (percent or shown_as == "percent") and not shown.endswith("%"):
        shown = f"{shown}%"
    if shown_as == "raw" and shown.endswith("%"):
        raise Refused("score-is-percent", shown=shown)
    return shown


def _read_score(
    command: c.KeyScore, attempt: Attempt, context: Context
) -> scoring.Reading:
    """Return what was keyed, once it is clear whether that is a percent.

    Raises:
        Refused: if it is no score, or would pass as one and fail as the other.
    """
    shown = sign_percent(command.shown, command.shown_as, context.policies)
    reading = scoring.read_score(shown, attempt.module, context.policies.percent_shown)
    if asks_which(command, attempt, context.policies):
        raw_passes = scoring.verdict(reading.raw_min, reading.raw_max, attempt.module)
        one, other = ("pass", "fail") if raw_passes.passed else ("fail", "pass")
        raise Refused("percent-splits", shown=shown, one=one, other=other)
    return reading


def _explain_score(
    session: Session, command: c.ExplainScore, context: Context
) -> Events:
    attempt = attempt_of(session, command)
    if not attempt.owes_score:
        raise _no_score_due(session, attempt)
    if command.state not in EXPLAINED:
        raise Refused(
            "no-score-state-unknown",
            state=command.state,
            choices=sorted(EXPLAINED),
        )
    if attempt.was_verified:
        context.actor.must_be_coordinator("set-verified-aside")
    if attempt.contradicted:
        context.actor.must_be_coordinator("set-contradicted-aside")
    reason = reason_given(command.reason, attempt.participant_id)
    keyings_as_seen(attempt, command, "set-score-aside", context.terminal)
    return (
        e.ScoreExplained(
            attempt_id=attempt.attempt_id, state=command.state, reason=reason
        ),
    )


def _settle_discrepancy(
    session: Session, command: c.SettleDiscrepancy, context: Context
) -> Events:
    attempt = attempt_of(session, command)
    if attempt.score.state is not ScoreState.VERIFIED:
        raise Refused("score-not-twice")
    if not attempt.has_discrepancy:
        raise Refused("vendor-agrees", person=session.label(attempt))
    if command.uphold not in UPHOLD:
        raise Refused("uphold-unknown", uphold=command.uphold)
    report = attempt.at_vendor.report
    if command.uphold == "vendor" and report is not None:
        # Another verdict can be upheld, but another score is a correction: two entries.
        if not can_mean_the_same(attempt.score, report):
            raise Refused("official-score-other", shown=report.shown)
    reason = reason_given(command.reason, attempt.participant_id)
    return (
        e.DiscrepancySettled(
            attempt_id=attempt.attempt_id, uphold=command.uphold, reason=reason
        ),
    )


def _decide_validity(
    session: Session, command: c.DecideValidity, context: Context
) -> Events:
    attempt = attempt_of(session, command)
    possible = DECIDED.get(attempt.validity, frozenset())
    if command.validity not in possible:
        raise Refused(
            "validity-step",
            remedy="validity-can-become" if possible else "severity-withholds",
            validity=attempt.validity,
            wanted=command.validity,
            choices=sorted(possible),
        )
    if command.validity == Validity.VOID and not command.reference.strip():
        raise Refused("void-reference")
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
    rule(c.ExplainScore, _explain_score, *SINCE_START, when=_owes_score),
    rule(
        c.SettleDiscrepancy,
        _settle_discrepancy,
        *SINCE_START,
        when=_is_disputed,
        coordinator="settle-discrepancy",
    ),
    rule(
        c.DecideValidity,
        _decide_validity,
        *SINCE_START,
        when=_may_become,
        coordinator="decide-validity",
    ),
)
