"""Commands of the test: from the start, over breaks and credits, to its end.

Their rules are in `starting`, `breaks`, `time_credits`, `announcing` and `finishing`.
"""

from dataclasses import dataclass

from cptkiosk.domain.commands.base import AttemptCommand, SessionCommand


@dataclass(frozen=True, kw_only=True)
class StartSession(SessionCommand):
    """Start everyone seated, at one instant a few seconds ahead."""

    script_read: bool = False
    """Whether the person who starts says that the script was read aloud."""

    beyond_window: str = ""
    """Why it starts although a candidate will end after the vendor's testing window."""


class UndoStart(SessionCommand):
    """Undo the start."""


@dataclass(frozen=True, kw_only=True)
class StartLate(AttemptCommand):
    """Start a late arrival on their own clock."""

    beyond_window: str = ""
    """Why they start although they will end after the vendor's testing window."""


@dataclass(frozen=True, kw_only=True)
class IssueSheets(AttemptCommand):
    """Give a candidate more scratch paper: the sheets with the next free numbers."""

    count: int = 1


class BeginBreak(AttemptCommand):
    """Begin a break out of the room; the clock keeps running."""


class EndBreak(AttemptCommand):
    """Record that a candidate is back from a break."""


@dataclass(frozen=True, kw_only=True)
class BeginPause(AttemptCommand):
    """Stop one clock, for a fault or an approved stop-clock break."""

    reason: str
    kind: str = "fault"


@dataclass(frozen=True, kw_only=True)
class EndPause(AttemptCommand):
    """Resume one clock."""

    beyond_window: str = ""
    """Why, although they will end after the vendor's testing window."""


@dataclass(frozen=True, kw_only=True)
class GiveCredit(AttemptCommand):
    """Give a candidate time back, or take it off."""

    credit_ms: int
    reason: str
    seen_credit_ms: int | None = None
    """The credit they had when this was asked; `None` if not known."""

    beyond_window: str = ""
    """Why, although they will end after the vendor's testing window."""


@dataclass(frozen=True, kw_only=True)
class NoteVendorClock(AttemptCommand):
    """Record the remaining time that the test screen shows."""

    vendor_left_ms: int
    asked_line_ms: int | None = None
    """When the test screen showed it, on the timeline, if that is not now."""


@dataclass(frozen=True, kw_only=True)
class Announce(SessionCommand):
    """Record that minutes left were read aloud."""

    minutes: int
    attempt_ids: tuple[str, ...]


class FinishAttempt(AttemptCommand):
    """Record that the test screen shows the assessment as submitted."""


@dataclass(frozen=True, kw_only=True)
class EndEarly(AttemptCommand):
    """Dismiss, withdraw or interrupt an attempt."""

    outcome: str
    reason: str


class EndSession(SessionCommand):
    """End a session in which no one is testing."""


@dataclass(frozen=True, kw_only=True)
class AbandonSession(SessionCommand):
    """Abandon a session that cannot be completed."""

    reason: str
