"""Eligibility rules about a candidate's other attempts of the same module."""

from collections.abc import Iterator

from cptkiosk.domain.people.eligibility_case import CandidateHistory, EligibilityCase
from cptkiosk.domain.people.eligibility_findings import Finding, Override
from cptkiosk.domain.state.attempt import NEVER_STARTED
from cptkiosk.domain.time.calendar import days_later
from cptkiosk.domain.time.timing import clock_text

MANY_FAILURES = 3
"""Failures of one module after which the longer wait holds."""


def check_continuation(case: EligibilityCase) -> Iterator[Finding]:
    """Only what was interrupted goes on, once, and with what was left of it."""
    if not case.continues:
        return
    ref, past = case.continues, case.history.find_attempt(case.continues)
    allow = "Look at the person's attempts."
    if past is None or past.module_id != case.module.module_id:
        text = f"There is no attempt {ref} of {case.module.name} to continue."
    elif not past.is_unfinished:
        text = f"Attempt {ref} is {past.standing} and leaves nothing to continue."
    elif other := continued_in(case.history, ref):
        text = f"Attempt {ref} is continued in session {other} already."
    elif past.unconfirmed:
        text = (
            f"What attempt {ref} has left is known once the room clock is compared"
            f" there: session {past.session_id} was away."
        )
        allow = f"Open session {past.session_id} and compare the room clock."
    elif case.carried_ms not in {None, past.left_ms}:
        text = (
            f"Attempt {ref} has {clock_text(past.left_ms)} left by now, not the"
            f" {clock_text(case.carried_ms or 0)} carried over."
        )
        allow = "Take them off the roll and put them back on: that carries over the right time."
    else:
        return
    yield Finding("continuation", text, allow, Override.NOBODY)


def continued_in(history: CandidateHistory, ref: str) -> str:
    """Return the session in which an attempt went on, or may; nothing if in none."""
    return next(
        (
            one.session_id
            for one in history.taken
            if one.continues == ref and one.standing not in NEVER_STARTED
        ),
        "",
    )


def passed_already(case: EligibilityCase) -> Iterator[Finding]:
    """A module that was passed and still counts is not taken again."""
    for one in case.same_module:
        if one.counts:
            day = case.local(one.start_utc_ms or one.planned_utc_ms).date
            yield Finding(
                "passed already",
                f"{case.module.name} was passed on {day} in session {one.session_id}.",
                "",
                Override.COORDINATOR,
                brief=f"passed {day}",
            )
            return


def retake_wait(case: EligibilityCase) -> Iterator[Finding]:
    """After a failure full days must pass; more of them after the third.

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
        count = f"after {len(failed)} failed attempts " if len(failed) > 1 else ""
        yield Finding(
            "retake wait",
            f"{case.module.name} was not passed on {failed[-1]}; {count}{days} full days"
            " must lie between.",
            f"The first eligible date is {first}.",
            Override.COORDINATOR,
            first,
            f"retake from {first}",
        )


def open_result(case: EligibilityCase) -> Iterator[Finding]:
    """A result that is not known yet may be a pass, or a failure with its wait."""
    if not case.full_days:
        return
    sittings = case.earlier_sittings
    for one in case.same_module:
        went_on = continued_in(case.history, one.ref)
        if (word := one.open_result) and not went_on and one.ref not in sittings:
            yield Finding(
                "open result",
                f"The result of {case.module.name} in session {one.session_id} is open:"
                f" {word}.",
                "Settle it there first.",
                Override.COORDINATOR,
                brief=f"result open in {one.session_id}",
            )
            return


def one_live_attempt(case: EligibilityCase) -> Iterator[Finding]:
    """A module is not taken twice at once."""
    for one in case.same_module:
        waits = one.start_utc_ms is None and case.at_the_door
        if not one.is_over and not waits:
            yield Finding(
                "one live attempt",
                f"{case.module.name} is open in session {one.session_id} already.",
                "Take them off that roll first, or end that attempt.",
                Override.NOBODY,
                brief=f"{'testing' if one.is_live else 'planned'} in {one.session_id}",
            )
            return
