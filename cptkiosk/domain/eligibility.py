"""Who may take what, when: asked when somebody is assigned and again at the door.

Each rule is a function of one case. What it finds names the rule, what or who would
allow it, and who may override it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from cptkiosk.domain.attempt import NEVER_STARTED, OUTCOMES, AttemptProgress, ScoreState
from cptkiosk.domain.calendar import (
    LocalTime,
    days_between,
    days_later,
    is_date,
    utc_time,
)
from cptkiosk.domain.calendar import age_in_years as age_on
from cptkiosk.domain.modules import DAYS, Policies, Window
from cptkiosk.domain.session_events import AssignedModule
from cptkiosk.domain.timing import clock_text
from cptkiosk.domain.values import DAY_MS, MINUTE_MS

MANY_FAILURES = 3
"""Failures of one module after which the longer wait holds."""

AGE = "age"
"""The rule that tells of a birth date not on record."""

SAME_NAME = "same name"
"""The rule that tells of another person of that name on the same day."""

POINTED_OUT = frozenset({AGE, SAME_NAME})
"""Rules that say something of somebody and keep nobody from going on."""

OPEN_WORDS = {
    ScoreState.ENTERED: "keyed once",
    ScoreState.CORRECTED: "corrected, keyed once",
    ScoreState.MISMATCH: "keyed differently",
}
"""How a result that is not known yet is told, where its state does not say so."""


class Override(StrEnum):
    """Who may let somebody pass in spite of a finding."""

    NOBODY = "nobody"
    COORDINATOR = "the coordinator"
    ANYBODY = "anybody"
    """It is a warning only."""


@dataclass(frozen=True, slots=True)
class PastAttempt:
    """An attempt of a candidate in another session, as the record has it."""

    session_id: str
    attempt_id: str
    module_id: str
    standing: AttemptProgress
    score_state: ScoreState
    planned_utc_ms: int
    start_utc_ms: int | None
    end_utc_ms: int | None
    allowed_ms: int
    """Of somebody untimed, in a dossier, what is planned for them."""

    left_ms: int
    """What was left when it ended; only an interrupted one may go on."""

    user_code: str
    passed: bool | None
    counts: bool
    void: bool
    continues: str
    untimed: bool = False
    withheld: bool = False
    unconfirmed: bool = False
    """Whether nobody has compared the room clock there since a restart, so that
    nobody knows yet what is left."""

    @property
    def ref(self) -> str:
        """How another attempt names this one as the one it continues."""
        return f"{self.session_id}/{self.attempt_id}"

    @property
    def is_failure(self) -> bool:
        """Whether this is a failure from which a wait follows."""
        verified = self.score_state is ScoreState.VERIFIED
        return verified and self.passed is False and not self.void

    @property
    def is_withdrawn(self) -> bool:
        """Whether this is a verified pass that does not count."""
        verified = self.score_state is ScoreState.VERIFIED
        return verified and bool(self.passed) and not self.counts

    @property
    def open_result(self) -> str:
        """What keeps its result from being known, or nothing."""
        if not self.is_over or self.standing in NEVER_STARTED or self.void:
            return ""
        if self.score_state is ScoreState.VERIFIED:
            if self.withheld:
                return "withheld"
            return "disputed" if self.is_withdrawn else ""
        if self.score_state is ScoreState.NOT_APPLICABLE or self.is_unfinished:
            return ""
        if self.score_state is ScoreState.NONE:
            judged = self.standing in {
                AttemptProgress.FINISHED,
                AttemptProgress.DISMISSED,
            }
            return "not keyed" if judged else ""
        return OPEN_WORDS.get(self.score_state, self.score_state.value)

    @property
    def is_over(self) -> bool:
        """Whether it has its outcome."""
        return self.standing in OUTCOMES

    @property
    def is_live(self) -> bool:
        """Whether they are at it: its clock was started, and it has no outcome."""
        return self.start_utc_ms is not None and not self.is_over

    @property
    def is_unfinished(self) -> bool:
        """Whether it was interrupted without a score, so that it may go on."""
        scored = self.score_state in {
            ScoreState.ENTERED, ScoreState.MISMATCH, ScoreState.VERIFIED,
            ScoreState.CORRECTED,
        }  # fmt: skip
        return (
            self.standing is AttemptProgress.INTERRUPTED
            and not scored
            and self.left_ms > 0
        )


@dataclass(frozen=True, slots=True)
class SameName:
    """Another person of somebody's name, on the roll of another session."""

    participant_id: str
    session_id: str
    planned_utc_ms: int


@dataclass(frozen=True, slots=True)
class CandidateHistory:
    """What the record knows of a candidate outside the session at hand."""

    birth_date: str = ""
    consent: bool = False
    code_expires: Mapping[str, str] = field(
        default_factory=lambda: MappingProxyType({})
    )
    """ISO date by module on which the user code no longer opens it."""

    taken: tuple[PastAttempt, ...] = ()
    settled: frozenset[str] = frozenset()
    """Modules of which every assessment fee is settled."""

    same_names: tuple[SameName, ...] = ()
    """Others of the name, in sessions of about that day."""

    retakes_unpaid: frozenset[tuple[str, str]] = frozenset()
    """Module and session ids of retakes of whose fee something is open."""

    def find_attempt(self, ref: str) -> PastAttempt | None:
        """Return the attempt of that reference, if there is one."""
        return next((one for one in self.taken if one.ref == ref), None)


@dataclass(frozen=True, slots=True)
class EligibilityCase:
    """Somebody about to take a module at a certain time."""

    module: AssignedModule
    user_code: str
    paid: bool | None
    allowed_ms: int
    begins_utc_ms: int
    policies: Policies
    dossier: CandidateHistory
    local: Callable[[int], LocalTime] = utc_time
    continues: str = ""
    carried_ms: int | None = None
    """What was carried over from the earlier sitting, once they are on the roll."""

    session_id: str = ""
    """The session they are on the roll of, once they are."""

    full_days: bool = True
    """Whether full days lie between a failure and a retake, and an open result counts;
    not so for an assignment that was made before this was the rule."""

    at_the_door: bool = False
    """Whether they are here now: what is only planned elsewhere may still change."""

    @property
    def day(self) -> str:
        """The ISO date at the center."""
        return self.local(self.begins_utc_ms).date

    @property
    def sittings(self) -> frozenset[str]:
        """References of the earlier sittings that this one continues."""
        found: set[str] = set()
        ref = self.continues
        while ref and ref not in found:
            found.add(ref)
            past = self.dossier.find_attempt(ref)
            ref = past.continues if past is not None else ""
        return frozenset(found)

    @property
    def same_module(self) -> tuple[PastAttempt, ...]:
        """The candidate's other attempts of this module."""
        mine = self.module.module_id
        return tuple(one for one in self.dossier.taken if one.module_id == mine)


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that speaks against it, and what would allow it."""

    rule: str
    text: str
    allow: str
    override: Override
    first_date: str = ""
    """ISO date from which the rule no longer stands against it."""

    brief: str = ""
    """What was found in few words, for a list: 'retake from 2026-12-01'."""

    @property
    def is_blocking(self) -> bool:
        """Whether it is more than a warning."""
        return self.override is not Override.ANYBODY

    @property
    def short(self) -> str:
        """What was found, for a list."""
        return self.brief or self.text.rstrip(".")

    @property
    def sentence(self) -> str:
        """What was found, what would allow it, and who may override it."""
        return f"{self.text} {self.way}"

    @property
    def way(self) -> str:
        """What would allow it, and who may override it."""
        override = ""
        if self.override is Override.COORDINATOR:
            override = "The coordinator may override this with a reason."
        return f"{self.allow} {override}".strip()


def collect_findings(case: EligibilityCase) -> tuple[Finding, ...]:
    """Return everything that speaks against it, what nobody may override first."""
    found = [one for rule in RULES for one in rule(case)]
    order = tuple(Override)
    return tuple(sorted(found, key=lambda one: order.index(one.override)))


def unanswered_findings(
    found: Iterable[Finding], overrules: tuple[str, ...]
) -> tuple[Finding, ...]:
    """Return what still keeps somebody out: what nobody may override, or nobody did."""
    return tuple(
        one
        for one in found
        if one.override is Override.NOBODY
        or (one.is_blocking and one.rule not in overrules)
    )


def to_mind(
    found: Iterable[Finding], overrules: tuple[str, ...]
) -> tuple[Finding, ...]:
    """Return what is looked at by itself: all but what a coordinator has overridden."""
    kept = unanswered_findings(found, overrules)
    return tuple(one for one in found if one in kept or not one.is_blocking)


def passed_in_spite_of(
    found: Iterable[Finding], overrules: tuple[str, ...]
) -> tuple[Finding, ...]:
    """Return what is told again at the close-out: not what is only pointed out.

    Many centers record no birth dates, so that would be told of everybody.
    """
    minded = to_mind(found, overrules)
    return tuple(one for one in minded if one.rule not in POINTED_OUT)


def check_continuation(case: EligibilityCase) -> Iterator[Finding]:
    """Only what was interrupted goes on, once, and with what was left of it."""
    if not case.continues:
        return
    ref, past = case.continues, case.dossier.find_attempt(case.continues)
    allow = "Look at the person's attempts."
    if past is None or past.module_id != case.module.module_id:
        text = f"There is no attempt {ref} of {case.module.name} to continue."
    elif not past.is_unfinished:
        text = f"Attempt {ref} is {past.standing} and leaves nothing to continue."
    elif other := continued_in(case.dossier, ref):
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


def continued_in(dossier: CandidateHistory, ref: str) -> str:
    """Return the session in which an attempt went on, or may; nothing if in none."""
    return next(
        (
            one.session_id
            for one in dossier.taken
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
    sittings = case.sittings
    for one in case.same_module:
        went_on = continued_in(case.dossier, one.ref)
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


def no_overlap(case: EligibilityCase) -> Iterator[Finding]:
    """Nobody is in two sessions at once; who is testing is until it is over."""
    ends_utc_ms = case.begins_utc_ms + case.allowed_ms
    for one in case.dossier.taken:
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
            yield Finding(
                "overlapping sessions",
                f"They are in session {one.session_id} until {until.text} on"
                f" {until.date}.",
                "Plan this for a time after it.",
                Override.NOBODY,
                brief=f"in {one.session_id} then",
            )
            return


def code_unused(case: EligibilityCase) -> Iterator[Finding]:
    """A user code opens one assessment, once."""
    if not case.user_code:
        return
    sittings = case.sittings
    for one in case.dossier.taken:
        used = one.start_utc_ms is not None and one.user_code == case.user_code
        if used and one.ref not in sittings:
            yield Finding(
                "user code used",
                f"User code {case.user_code} was used in session {one.session_id}.",
                "Ask the vendor for a new code and import it.",
                Override.NOBODY,
            )
            return


def code_unexpired(case: EligibilityCase) -> Iterator[Finding]:
    """A user code opens nothing after its last day."""
    last = case.dossier.code_expires.get(case.module.module_id, "")
    if last and case.day > last:
        yield Finding(
            "user code expired",
            f"User code {case.user_code} expired on {last}.",
            "Ask the vendor for a new code and import it.",
            Override.NOBODY,
        )


def within_window(case: EligibilityCase) -> Iterator[Finding]:
    """A login outside the vendor's testing window is refused by the vendor."""
    text = outside_window(
        case.policies.testing_windows,
        case.local(case.begins_utc_ms),
        case.local(case.begins_utc_ms + case.allowed_ms),
    )
    if text:
        yield Finding(
            "testing window",
            text,
            "Plan it within the window, or ask the vendor for a longer one.",
            Override.COORDINATOR,
        )


def consent_of_parents(case: EligibilityCase) -> Iterator[Finding]:
    """Somebody under age is assessed only with a parent's consent."""
    age, born = case.policies.consent_under_age, case.dossier.birth_date
    if not age or case.dossier.consent:
        return
    if not is_date(born):
        if case.at_the_door:
            yield Finding(
                AGE,
                f"No birth date on record; under {age}, parents consent.",
                "Ask their age; record a consent.",
                Override.ANYBODY,
            )
        return
    if age_on(born, case.day) < age:
        yield Finding(
            "parental consent",
            f"They are under {age} and no parental consent is on record.",
            "Record who gave it.",
            Override.COORDINATOR,
        )


def same_name(case: EligibilityCase) -> Iterator[Finding]:
    """Another person of that name, in another session of the day, is told apart."""
    for one in case.dossier.same_names:
        if case.at_the_door and case.local(one.planned_utc_ms).date == case.day:
            yield Finding(
                SAME_NAME,
                f"Somebody else of this name is in session {one.session_id} today:"
                f" ID {one.participant_id}.",
                "Compare ID and birth date.",
                Override.ANYBODY,
                brief=f"same name in {one.session_id}: ID {one.participant_id}",
            )


def fee_paid(case: EligibilityCase) -> Iterator[Finding]:
    """What is not paid warns, or blocks where the center says so.

    What a roster says of a payment is about the first time only.
    """
    module_id = case.module.module_id
    sessions = {case.session_id, *(ref.partition("/")[0] for ref in case.sittings)}
    retake = any((module_id, one) in case.dossier.retakes_unpaid for one in sessions)
    first = case.paid is False and module_id not in case.dossier.settled
    if retake or first:
        blocks = case.policies.blocks_unpaid
        yield Finding(
            "fee",
            f"The fee of {case.module.name} is not settled.",
            "Settle it first.",
            Override.COORDINATOR if blocks else Override.ANYBODY,
            brief="fee unpaid",
        )


ONE_PLACE: tuple[Callable[[EligibilityCase], Iterator[Finding]], ...] = (
    check_continuation,
    one_live_attempt,
    no_overlap,
    code_unused,
)
"""Rules of being in one place at a time, with a code of one's own: they are asked
again whenever a clock starts, for what another session did since the door."""

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
) -> str:
    """Return why a test would not fit the vendor's windows, or nothing if it does.

    Windows are by the clock on the wall; one to midnight goes on in one from midnight.
    """
    if not windows:
        return ""
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
        return ""
    known = ", ".join(one.text for one in windows)
    return (
        f"{DAYS[begins.weekday]} {begins.text} to {ends.text} is outside the vendor's"
        f" testing window ({known})."
    )


def check_other_sessions(case: EligibilityCase) -> Finding | None:
    """Return what another session did that keeps somebody from starting, if it did."""
    return next((one for rule in ONE_PLACE for one in rule(case)), None)
