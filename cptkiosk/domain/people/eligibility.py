"""Who may take which module when; checked at assignment and again at the door.

Each rule is a function of one case. A finding names the rule, what would allow the
attempt, and who may override the rule.
"""

from collections.abc import Callable, Iterator

from cptkiosk.domain.modules import DAYS, Window
from cptkiosk.domain.people.eligibility_case import EligibilityCase
from cptkiosk.domain.people.eligibility_findings import (
    AGE,
    SAME_NAME,
    Finding,
    Override,
)
from cptkiosk.domain.people.retake_rules import (
    check_continuation,
    one_live_attempt,
    open_result,
    passed_already,
    retake_wait,
)
from cptkiosk.domain.time.calendar import (
    LocalTime,
    days_between,
    is_date,
)
from cptkiosk.domain.time.calendar import age_in_years as age_on
from cptkiosk.domain.values import DAY_MS, MINUTE_MS, Reason


def collect_findings(case: EligibilityCase) -> tuple[Finding, ...]:
    """Return every finding, first those that no one may override."""
    found = [one for rule in RULES for one in rule(case)]
    order = tuple(Override)
    return tuple(sorted(found, key=lambda one: order.index(one.override)))


def no_overlap(case: EligibilityCase) -> Iterator[Finding]:
    """A candidate is in one session at a time; one who is testing, until it is over."""
    ends_utc_ms = case.begins_utc_ms + case.allowed_ms
    for one in case.history.taken:
        if one.is_over and one.end_utc_ms is None:
            continue
        if one.module_id == case.module.module_id and not one.is_over:
            continue
        if case.at_the_door and (one.is_over or one.start_utc_ms is None):
            continue
        begin = one.start_utc_ms or one.planned_utc_ms
        end = one.end_utc_ms or begin + one.allowed_ms
        if case.at_the_door:
            end = max(end, case.begins_utc_ms + 1)
        if begin < ends_utc_ms and case.begins_utc_ms < end:
            until = case.local(end)
            reason = Reason(
                "busy-then",
                session_id=one.session_id,
                until=until.text,
                day=until.date,
            )
            yield Finding("overlapping sessions", reason, Override.NOBODY)
            return


def code_unused(case: EligibilityCase) -> Iterator[Finding]:
    """A user code opens one assessment, one time."""
    if not case.user_code:
        return
    sittings = case.earlier_sittings
    for one in case.history.taken:
        used = one.start_utc_ms is not None and one.user_code == case.user_code
        if used and one.ref not in sittings:
            reason = Reason(
                "code-used", user_code=case.user_code, session_id=one.session_id
            )
            yield Finding("user code used", reason, Override.NOBODY)
            return


def code_unexpired(case: EligibilityCase) -> Iterator[Finding]:
    """A user code cannot be used after its last day."""
    last = case.history.code_expires.get(case.module.module_id, "")
    if last and case.day > last:
        reason = Reason("code-expired", user_code=case.user_code, day=last)
        yield Finding("user code expired", reason, Override.NOBODY)


def within_window(case: EligibilityCase) -> Iterator[Finding]:
    """The vendor refuses a login outside its testing window."""
    reason = outside_window(
        case.policies.testing_windows,
        case.local(case.begins_utc_ms),
        case.local(case.begins_utc_ms + case.allowed_ms),
    )
    if reason is not None:
        yield Finding("testing window", reason, Override.COORDINATOR)


def consent_of_parents(case: EligibilityCase) -> Iterator[Finding]:
    """A candidate under age needs the consent of a parent."""
    age, born = case.policies.consent_under_age, case.history.birth_date
    if not age or case.history.consent:
        return
    if not is_date(born):
        if case.at_the_door:
            yield Finding(AGE, Reason("age-unknown", age=age), Override.ANYBODY)
        return
    if age_on(born, case.day) < age:
        reason = Reason("consent-lacks", age=age)
        yield Finding("parental consent", reason, Override.COORDINATOR)


def same_name(case: EligibilityCase) -> Iterator[Finding]:
    """Point out another candidate with the same name in another session today."""
    for one in case.history.same_names:
        if case.at_the_door and case.local(one.planned_utc_ms).date == case.day:
            reason = Reason(
                "name-twice-today",
                session_id=one.session_id,
                participant_id=one.participant_id,
            )
            yield Finding(SAME_NAME, reason, Override.ANYBODY)


def fee_paid(case: EligibilityCase) -> Iterator[Finding]:
    """An unpaid fee is a warning, or blocks the attempt if the center's policy says so.

    A payment in a roster covers only the first attempt.
    """
    module_id = case.module.module_id
    sessions = {
        case.session_id,
        *(ref.partition("/")[0] for ref in case.earlier_sittings),
    }
    retake = any((module_id, one) in case.history.retakes_unpaid for one in sessions)
    first = case.paid is False and module_id not in case.history.settled
    if retake or first:
        blocks = case.policies.blocks_unpaid
        reason = Reason("fee-not-paid", module=case.module.name)
        yield Finding(
            "fee", reason, Override.COORDINATOR if blocks else Override.ANYBODY
        )


ONE_PLACE: tuple[Callable[[EligibilityCase], Iterator[Finding]], ...] = (
    check_continuation,
    one_live_attempt,
    no_overlap,
    code_unused,
)
"""Rules about other sessions and the user code. They are checked again whenever a
clock starts, because another session may have changed since check-in."""

RULES: tuple[Callable[[EligibilityCase], Iterator[Finding]], ...] = (
    check_continuation,
    passed_already,
    retake_wait,
    open_result,
    one_live_attempt,
    no_overlap,
    code_unused,
    code_unexpired,
    within_window,
    consent_of_parents,
    fee_paid,
    same_name,
)


def outside_window(
    windows: tuple[Window, ...], begins: LocalTime, ends: LocalTime
) -> Reason | None:
    """Return why a test does not fit the vendor's windows, or `None`.

    Windows are in local time. A window that ends at midnight continues in one that
    begins then.
    """
    if not windows:
        return None
    last_day = days_between(begins.date, ends.date)
    begin_ms, end_ms = begins.of_day_ms, last_day * DAY_MS + ends.of_day_ms
    reached_ms = begin_ms
    for day in range(last_day + 1):
        weekday = (begins.weekday + day) % len(DAYS)
        for one in sorted(windows, key=lambda one: one.opens_minute):
            opens_ms = day * DAY_MS + one.opens_minute * MINUTE_MS
            closes_ms = day * DAY_MS + one.closes_minute * MINUTE_MS
            if weekday in one.days and opens_ms <= reached_ms:
                reached_ms = max(reached_ms, closes_ms)
    opened = any(
        begins.weekday in one.days
        and one.opens_minute * MINUTE_MS <= begin_ms < one.closes_minute * MINUTE_MS
        for one in windows
    )
    if opened and end_ms <= reached_ms:
        return None
    return Reason(
        "outside-window",
        weekday=DAYS[begins.weekday].capitalize(),
        begins=begins.text,
        ends=ends.text,
        windows=[one.text for one in windows],
    )


def check_other_sessions(case: EligibilityCase) -> Finding | None:
    """Return what another session did that keeps a candidate from starting, or `None`."""
    return next((one for rule in ONE_PLACE for one in rule(case)), None)
