"""Facts about what is out of the norm, and what is only worth a note."""

from dataclasses import dataclass

from cptkiosk.domain.events.fact import Fact, fact
from cptkiosk.domain.text import visible
from cptkiosk.domain.values import Personal


@fact("note-taken.v1", step="the note", instead="take-another-note")
class NoteTaken(Fact):
    """Something worth keeping that is no irregularity."""

    attempt_id: str
    text: Personal

    @property
    def step_name(self) -> str:
        """What undo calls this step: which note, if its text was not removed."""
        said = f' "{visible(self.text.text)}"' if self.text.text else ""
        return f"{self.step_form}{said}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """Where an affected attempt was when an irregularity was recorded."""

    attempt_id: str
    seat: str
    left_ms: int | None


@fact(
    "irregularity-recorded.v1",
    step="irregularity {code}",
    instead="correct-in-new-entry",
)
class IrregularityRecorded(Fact):
    """Something out of the norm, with everyone it affected."""

    irregularity_id: str
    code: str
    severity: int
    scope: str
    attempt_ids: tuple[str, ...]
    happened_at_utc_ms: int
    estimated: bool
    observed: Personal
    action_taken: Personal
    minutes_lost: int
    validity: str
    supersedes: str = ""
    details: tuple[tuple[str, Personal], ...] = ()
    missing: tuple[str, ...] = ()
    """What must still be said before the session can be sealed."""

    moments: tuple[Moment, ...] = ()
    observer: Personal | None = None
    witnesses: Personal | None = None
    told: Personal | None = None
    vendor_case: str = ""
    completed: str = ""
    void_recommended: bool = False
    spared: tuple[str, ...] = ()
    """Whose validity stays as it is: the entry that this one corrects has moved it."""

    drafted: bool = False
    """Whether the kiosk drafted it, for a person to explain."""
