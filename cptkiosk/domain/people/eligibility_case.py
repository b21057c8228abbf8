"""What the eligibility rules check: a case, and the candidate's history."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from cptkiosk.domain.events.planning import AssignedModule
from cptkiosk.domain.modules import Policies
from cptkiosk.domain.state.attempt import NEVER_STARTED, OUTCOMES, AttemptProgress
from cptkiosk.domain.state.score_state import ScoreState
from cptkiosk.domain.time.calendar import LocalTime, utc_time


@dataclass(frozen=True, slots=True)
class PastAttempt:
    """A candidate's attempt in another session."""

    session_id: str
    attempt_id: str
    module_id: str
    standing: AttemptProgress
    score_state: ScoreState
    planned_utc_ms: int
    start_utc_ms: int | None
    end_utc_ms: int | None
    allowed_ms: int
    """The time allowed; for an untimed attempt, the time planned."""

    left_ms: int
    """The time left when it ended; only an interrupted attempt can continue."""

    user_code: str
    passed: bool | None
    counts: bool
    void: bool
    continues: str
    untimed: bool = False
    withheld: bool = False
    unconfirmed: bool = False
    """Whether the time left is uncertain, because the room clock has not been compared
    since a restart there."""

    @property
    def ref(self) -> str:
        """The reference by which an attempt that continues this one names it."""
        return f"{self.session_id}/{self.attempt_id}"

    @property
    def is_failure(self) -> bool:
        """Whether this is a failure that requires a retake wait."""
        verified = self.score_state is ScoreState.VERIFIED
        return verified and self.passed is False and not self.void

    @property
    def is_withdrawn(self) -> bool:
        """Whether this is a verified pass that does not count."""
        verified = self.score_state is ScoreState.VERIFIED
        return verified and bool(self.passed) and not self.counts

    @property
    def open_result(self) -> str:
        """Why the result is still pending, a term, or an empty string."""
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
            return "not entered" if judged else ""
        return self.score_state

    @property
    def is_over(self) -> bool:
        """Whether it has an outcome."""
        return self.standing in OUTCOMES

    @property
    def is_live(self) -> bool:
        """Whether its clock was started and it has no outcome yet."""
        return self.start_utc_ms is not None and not self.is_over

    @property
    def is_unfinished(self) -> bool:
        """Whether it was interrupted without a score, so that it can continue."""
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
    """Another candidate with the same name, assigned to another session."""

    participant_id: str
    session_id: str
    planned_utc_ms: int


@dataclass(frozen=True, slots=True)
class CandidateHistory:
    """What is on record about a candidate outside the current session."""

    birth_date: str = ""
    consent: bool = False
    code_expires: Mapping[str, str] = field(
        default_factory=lambda: MappingProxyType({})
    )
    """By module, the ISO date of the last day on which the user code is valid."""

    taken: tuple[PastAttempt, ...] = ()
    settled: frozenset[str] = frozenset()
    """Modules whose assessment fees are all settled."""

    same_names: tuple[SameName, ...] = ()
    """Others with the same name, in sessions around that day."""

    retakes_unpaid: frozenset[tuple[str, str]] = frozenset()
    """Module and session IDs of retakes with an unsettled fee."""

    def find_attempt(self, ref: str) -> PastAttempt | None:
        """Return the attempt with that reference, or `None`."""
        return next((one for one in self.taken if one.ref == ref), None)


@dataclass(frozen=True, slots=True)
class EligibilityCase:
    """A candidate who is to take a module at a certain time."""

    module: AssignedModule
    user_code: str
    paid: bool | None
    allowed_ms: int
    begins_utc_ms: int
    policies: Policies
    history: CandidateHistory
    local: Callable[[int], LocalTime] = utc_time
    continues: str = ""
    carried_ms: int | None = None
    """The time carried over from the earlier sitting, once they are assigned."""

    session_id: str = ""
    """The session they are assigned to, if any yet."""

    full_days: bool = True
    """Whether full days must lie between a failure and a retake, and a pending result
    counts; `False` for an assignment made before that rule."""

    at_the_door: bool = False
    """Whether the candidate is here now: plans elsewhere can still change."""

    @property
    def day(self) -> str:
        """The ISO date at the center on which the attempt begins."""
        return self.local(self.begins_utc_ms).date

    @property
    def earlier_sittings(self) -> frozenset[str]:
        """References of the earlier sittings that this one continues."""
        found: set[str] = set()
        ref = self.continues
        while ref and ref not in found:
            found.add(ref)
            past = self.history.find_attempt(ref)
            ref = past.continues if past is not None else ""
        return frozenset(found)

    @property
    def same_module(self) -> tuple[PastAttempt, ...]:
        """The candidate's other attempts of this module."""
        mine = self.module.module_id
        return tuple(one for one in self.history.taken if one.module_id == mine)
