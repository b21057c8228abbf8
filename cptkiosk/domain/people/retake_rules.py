"""Eligibility rules about a candidate's other attempts at the same module."""

from collections.abc import Iterator

from cptkiosk.domain.people.eligibility_case import CandidateHistory, EligibilityCase
from cptkiosk.domain.people.eligibility_findings import Finding, Override
from cptkiosk.domain.state.attempt import NEVER_STARTED
from cptkiosk.domain.time.calendar import days_later
from cptkiosk.domain.values import Reason

MANY_FAILURES = 3
"""The number of failures of one module after which the longer wait applies."""


def check_continuation(case: EligibilityCase) -> Iterator[Finding]:
    """Only an interrupted attempt can continue, one time, with the time it had left."""
    if not case.continues:
        return
    ref, past = case.continues, case.history.find_attempt(case.continues)
    if past is None or past.module_id != case.module.module_id:
        reason = Reason("nothing-to-continue", ref=ref, module=case.module.name)
    elif not past.is_unfinished:
        reason = Reason("continued-finished", ref=ref, standing=past.standing)
    elif other := continued_in(case.history, ref):
        reason = Reason("continued-already", ref=ref, session_id=other)
    elif past.unconfirmed:
        reason = Reason("continued-unsure", ref=ref, session_id=past.session_id)
    elif case.carried_ms not in {None, past.left_ms}:
        left_ms, carried_ms = past.left_ms, case.carried_ms
        reason = Reason(
            "continued-otherwise", ref=ref, left_ms=left_ms, carried_ms=carried_ms
        )
    else:
        return
    yield Finding("continuation", reason, Override.NOBODY)


def continued_in(history: CandidateHistory, ref: str) -> str:
    """Return the session that continues an attempt, or an empty string."""
    return next(
        (
            one.session_id
            for one in history.taken
            if one.continues == ref and one.standing not in NEVER_STARTED
        ),
        "",
    )


def passed_already(case: EligibilityCase) -> Iterator[Finding]:
    """A module with a pass that counts is not taken again."""
    for one in case.same_module:
        if one.counts:
            begin = case.local(one.start_utc_ms or one.planned_utc_ms)
            reason = Reason(
                "passed-already",
                module=case.module.name,
                day=begin.date,
                session_id=one.session_id,
            )
            yield Finding("passed already", reason, Override.COORDINATOR)
            return


def retake_wait(case: EligibilityCase) -> Iterator[Finding]:
    """After a failure, full days must pass before a retake; more after the third.

    Two sittings of one assessment are one failure.
    """
    went_on = {one.continues for one in case.same_module if one.is_failure}
    failed = sorted(
        case.local(one.start_utc_ms or one.planned_utc_ms).date
        for one in case.same_module
        if one.is_failure and one.ref not in went_on
    )
    if not failed:
        return
    policies = case.policies
    many = len(failed) >= MANY_FAILURES
    days = policies.retake_wait_days_after_third if many else policies.retake_wait_days
    first = days_later(failed[-1], days + case.full_days)
    if case.day < first:
        reason = Reason(
            "retake-later" if len(failed) == 1 else "retake-after-several",
            module=case.module.name,
            day=failed[-1],
            failures=len(failed),
            days=days,
            first=first,
        )
        yield Finding("retake wait", reason, Override.COORDINATOR, first)


def open_result(case: EligibilityCase) -> Iterator[Finding]:
    """A pending result may become a pass, or a failure that requires a wait."""
    if not case.full_days:
        return
    sittings = case.earlier_sittings
    for one in case.same_module:
        went_on = continued_in(case.history, one.ref)
        if (state := one.open_result) and not went_on and one.ref not in sittings:
            reason = Reason(
                "result-pending",
                module=case.module.name,
                session_id=one.session_id,
                state=state,
            )
            yield Finding("open result", reason, Override.COORDINATOR)
            return


def one_live_attempt(case: EligibilityCase) -> Iterator[Finding]:
    """A candidate takes a module in only one session at a time."""
    for one in case.same_module:
        waits = one.start_utc_ms is None and case.at_the_door
        if not one.is_over and not waits:
            reason = Reason(
                "testing-there" if one.is_live else "planned-there",
                module=case.module.name,
                session_id=one.session_id,
            )
            yield Finding("one live attempt", reason, Override.NOBODY)
            return
