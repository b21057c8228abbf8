"""Rules of the vendor's results: releasing user codes, and the official report.

`official` says what both make of a score. They are allowed after the seal, too, because
the report comes days later; then a report is never an entry of the score.
"""

from collections.abc import Callable

from cptkiosk.domain.commands import vendor as c
from cptkiosk.domain.events import vendor as e
from cptkiosk.domain.rules import scores
from cptkiosk.domain.rules.checks import attempt_of
from cptkiosk.domain.rules.rule import SINCE_START, Context, Events, rule
from cptkiosk.domain.state import scoring
from cptkiosk.domain.state.attempt import Attempt
from cptkiosk.domain.state.official import Official, can_mean_the_same
from cptkiosk.domain.state.score_state import KEYED_ONCE, ScoreState, Validity
from cptkiosk.domain.state.session import Session, Stage
from cptkiosk.domain.time.calendar import business_days_later
from cptkiosk.domain.values import Refused

AT_VENDOR = (*SINCE_START, Stage.SEALED)
"""The stages in which the vendor may give, or have given, a result."""

NEVER_ENTERED = frozenset({ScoreState.VERIFIED, ScoreState.NOT_APPLICABLE})
"""States of a score to which a report adds no entry."""


def list_unreleased(session: Session) -> tuple[Attempt, ...]:
    """Return the attempts whose user codes are to be released at the vendor.

    Not those whose score is withheld or void: a coordinator decides on these first.
    """
    return tuple(
        one
        for one in session.attempts.values()
        if one.official is Official.PRELIMINARY
        and one.score.state is ScoreState.VERIFIED
        and one.validity not in {Validity.WITHHELD, Validity.VOID}
    )


def list_reports_due(
    session: Session, today: str, day_of: Callable[[int], str], business_days: int
) -> tuple[Attempt, ...]:
    """Return the attempts whose official report should be there by now.

    Args:
        session: as it is recorded.
        today: the ISO date at the center.
        day_of: returns the ISO date of an instant.
        business_days: how many days after a release the report is expected.
    """
    return tuple(
        one
        for one in session.attempts.values()
        if one.at_vendor.report is None
        and one.at_vendor.released_utc_ms is not None
        and today
        >= business_days_later(day_of(one.at_vendor.released_utc_ms), business_days)
    )


def _may_be_released(session: Session, command: c.ReleaseCode, _: Context) -> bool:
    attempt = session.attempts[command.attempt_id]
    return attempt.owes_score and attempt.at_vendor.released_utc_ms is None


def _release_code(session: Session, command: c.ReleaseCode, context: Context) -> Events:
    attempt = attempt_of(session, command)
    scores.need_score_due(session, attempt, context)
    if attempt.at_vendor.released_utc_ms is not None:
        raise Refused("released-already", person=session.label(attempt))
    return (e.CodeReleased(attempt_id=attempt.attempt_id),)


def _owes_score(session: Session, command: c.RecordOfficial, _: Context) -> bool:
    return session.attempts[command.attempt_id].owes_score


def _record_official(
    session: Session, command: c.RecordOfficial, context: Context
) -> Events:
    attempt = attempt_of(session, command)
    scores.need_score_due(session, attempt, context)
    if command.vendor_verdict not in scores.VERDICTS:
        raise Refused("verdict-unknown", verdict=command.vendor_verdict)
    reading = _read_report(command, attempt, context)
    if _is_known(attempt, reading, command.vendor_verdict):
        return ()
    agrees = _confirms_entry(attempt, reading, command.vendor_verdict)
    lacks_entry = attempt.score.state not in NEVER_ENTERED
    clear = agrees or not scoring.splits_verdict(reading, attempt.module)
    return (
        e.OfficialReported(
            attempt_id=attempt.attempt_id,
            raw_min=reading.raw_min,
            raw_max=reading.raw_max,
            shown=reading.shown,
            vendor_verdict=command.vendor_verdict,
            source=command.source,
            keyed=lacks_entry and clear and session.stage is not Stage.SEALED,
            agrees=agrees,
        ),
    )


def _read_report(
    command: c.RecordOfficial, attempt: Attempt, context: Context
) -> scoring.Reading:
    """Return what a report's score can mean.

    Raises:
        Refused: if it is no score, or no one said whether a number is a percent.
    """
    policies = context.policies
    bare = command.shown.strip().isdecimal() and not command.shown_as
    if bare and policies.score_shown == "either":
        raise Refused("official-raw-or-percent", shown=command.shown.strip())
    shown = scores.sign_percent(command.shown, command.shown_as, policies)
    return scoring.read_range(shown, attempt.module, policies.percent_shown)


def _is_known(attempt: Attempt, reading: scoring.Reading, vendor_verdict: str) -> bool:
    """Return whether the latest report said exactly this."""
    known = attempt.at_vendor.report
    if known is None:
        return False
    said = (known.raw_min, known.raw_max, known.shown, known.vendor_verdict)
    return said == (reading.raw_min, reading.raw_max, reading.shown, vendor_verdict)


def _confirms_entry(
    attempt: Attempt, reading: scoring.Reading, vendor_verdict: str
) -> bool:
    """Return whether a report means what the one entry of a score does.

    A verdict that only one of them names must be the one that follows from the score.
    """
    first = attempt.score
    if first.state not in KEYED_ONCE or not can_mean_the_same(first, reading):
        return False
    if first.vendor_verdict == vendor_verdict:
        return True
    ours = scoring.verdict(first.raw_min, first.raw_max, attempt.module)
    named = {first.vendor_verdict, vendor_verdict}
    return named == {"", "pass" if ours.passed else "not pass"}


RULES = (
    rule(
        c.ReleaseCode,
        _release_code,
        *AT_VENDOR,
        when=_may_be_released,
        coordinator="release-codes",
    ),
    rule(
        c.RecordOfficial,
        _record_official,
        *AT_VENDOR,
        when=_owes_score,
        coordinator="record-official",
    ),
)
