"""Eligibility rules about a candidate's other attempts at the same module."""

from collections.abc import Iterator

from cptkiosk.domain.people.eligibility_case import CandidateHistory, EligibilityCase
from cptkiosk.domain.people.eligibility_findings import Finding, Override
from cptkiosk.domain.state.attempt import NEVER_STARTED
from cptkiosk.domain.terms import display_term
from cptkiosk.domain.time.calendar import days_later, format_date
from cptkiosk.domain.time.timing import clock_text

MANY_FAILURES = 3
"""The number of failures of one module after which the longer wait applies."""


def check_continuation(case: EligibilityCase) -> Iterator[Finding]:
    """Only an interrupted attempt can continue, one time, with the time it had left."""
    if not case.continues:
        return
    ref, past = case.continues, case.history.find_attempt(case.continues)
    allow = "Check the candidate's attempts."
    if past is None or past.module_id != case.module.module_id:
        text = f"There is no attempt {ref} of {case.module.name} to continue."
    elif not past.is_unfinished:
        text = (
            f"Attempt {ref} is {display_term(past.standing)} and cannot be continued."
        )
    elif other := continued_in(case.history, ref):
        text = f"Attempt {ref} is already continued in session {other}."
    elif past.unconfirmed:
        text = (
            f"The time left for attempt {ref} is unknown until the room clock is"
            f" compared in session {past.session_id}, after a restart there."
        )
        allow = f"Open session {past.session_id} and compare the room clock."
    elif case.carried_ms not in {None, past.left_ms}:
        text = (
            f"Attempt {ref} has {clock_text(past.left_ms)} left now, not the"
            f" {clock_text(case.carried_ms or 0)} carried over."
        )
        allow = (
            "Remove the candidate from the session, then add them again with the right"
            " time."
        )
    else:
        return
    yield Finding("continuation", text, allow, Override.NOBODY)


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
            day = format_date(begin.date)
            yield Finding(
                "passed already",
                f"{case.module.name} was passed on {day} in session {one.session_id}.",
                "",
                Override.COORDINATOR,
                brief=f"passed {day}",
            )
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
        wait = f"{days} full days must pass before a retake."
        if len(failed) > 1:
            wait = f"After {len(failed)} failed attempts, {wait}"
        eligible_on = format_date(first)
        yield Finding(
            "retake wait",
            f"{case.module.name} was not passed on {format_date(failed[-1])}. {wait}",
            f"The first eligible date is {eligible_on}.",
            Override.COORDINATOR,
            first,
            f"retake from {eligible_on}",
        )


def open_result(case: EligibilityCase) -> Iterator[Finding]:
    """A pending result may become a pass, or a failure that requires a wait."""
    if not case.full_days:
        return
    sittings = case.earlier_sittings
    for one in case.same_module:
        went_on = continued_in(case.history, one.ref)
        if (word := one.open_result) and not went_on and one.ref not in sittings:
            yield Finding(
                "open result",
                f"The result of {case.module.name} in session {one.session_id} is not final:"
                f" {word}.",
                "Settle it in that session first.",
                Override.COORDINATOR,
                brief=f"result pending in {one.session_id}",
            )
            return


def one_live_attempt(case: EligibilityCase) -> Iterator[Finding]:
    """A candidate takes a module in only one session at a time."""
    for one in case.same_module:
        waits = one.start_utc_ms is None and case.at_the_door
        if not one.is_over and not waits:
            yield Finding(
                "one live attempt",
                f"{case.module.name} is already open in session {one.session_id}.",
                "Remove the candidate from that session first, or end that attempt.",
                Override.NOBODY,
                brief=f"{'testing' if one.is_live else 'planned'} in {one.session_id}",
            )
            return
