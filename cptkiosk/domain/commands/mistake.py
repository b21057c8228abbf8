"""Commands that undo a step or correct a wrong outcome.

Their rules are in `undoing` and `mistakes`.
"""

from dataclasses import dataclass

from cptkiosk.domain.commands.base import AttemptCommand, SessionCommand


@dataclass(frozen=True, kw_only=True)
class UndoStep(SessionCommand):
    """Undo the asker's own last step in this session.

    A step taken for several people at once is undone for all of them.
    """

    here_only: bool = False
    """Whether a step made at another terminal is named and asked about first."""

    seq: int = 0
    """The entry to take back, once it has been named; 0 is the last one."""


@dataclass(frozen=True, kw_only=True)
class PutBack(AttemptCommand):
    """Correct the outcome of a candidate who was ended by mistake, so they continue."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class ReplaceOutcome(AttemptCommand):
    """Replace the outcome of an attempt once the session is over."""

    outcome: str
    reason: str
    stopped_line_ms: int | None = None
    """When they stopped, on the timeline; `None` keeps what is recorded."""

    seen_standing: str = ""
    """The outcome on record when this was asked; empty if not known."""

    seen_end_line_ms: int | None = None
    """When they had stopped by that record, if it has a time."""
