"""What the eligibility rules judge: a case, and what is on record about the candidate."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from cptkiosk.domain.events.planning import AssignedModule
from cptkiosk.domain.modules import Policies
from cptkiosk.domain.state.attempt import NEVER_STARTED, OUTCOMES, AttemptProgress
from cptkiosk.domain.state.score_state import ScoreState
from cptkiosk.domain.time.calendar import LocalTime, utc_time

OPEN_WORDS = {
    ScoreState.ENTERED: "keyed once",
    ScoreState.CORRECTED: "corrected, keyed once",
    ScoreState.MISMATCH: "keyed differently",
}
"""How a result that is not known yet is told, where its state does not say so."""


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
    """Of somebody untimed, in a history, what is planned for them."""

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
        """What keeps its result from being known, or an empty string."""
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
    history: CandidateHistory
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
