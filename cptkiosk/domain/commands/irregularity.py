"""Commands about what is out of the norm, and what is only worth a note."""

from dataclasses import dataclass

from cptkiosk.domain.commands.base import SessionCommand


@dataclass(frozen=True, kw_only=True)
class RecordIrregularity(SessionCommand):
    """Record something out of the norm."""

    code: str
    severity: int
    scope: str
    validity: str
    attempt_ids: tuple[str, ...]
    observed: str
    action_taken: str
    minutes_lost: int = 0
    happened_at_utc_ms: int = 0
    estimated: bool = False
    details: tuple[tuple[str, str], ...] = ()
    """The fields that this code needs beyond the common ones, by name."""

    observer: str = ""
    """Who saw or heard it, if not the person who records it."""

    witnesses: str = ""
    told: str = ""
    """Who was told, and when."""

    vendor_case: str = ""
    completed: str = ""
    """Whether the test was completed: yes, no, or not said."""

    void_recommended: bool = False
    supersedes: str = ""
    """The entry that this one corrects."""


@dataclass(frozen=True, kw_only=True)
class TakeNote(SessionCommand):
    """Record a note about an attempt or about the session."""

    text: str
    attempt_id: str = ""
