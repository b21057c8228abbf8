"""Facts about the test: from the start, over breaks and credits, to its end."""

from cptkiosk.domain.events.fact import Fact, fact
from cptkiosk.domain.events.planning import OddDate
from cptkiosk.domain.events.session import AttemptFact
from cptkiosk.domain.values import Personal


@fact("session-started.v1")
class SessionStarted(Fact):
    """Everyone seated began at one shared instant, a few seconds ahead."""

    start_utc_ms: int
    start_boot_ms: int
    boot_id: str
    beyond_window: Personal | None = None
    attempt_ids: tuple[str, ...] = ()
    """Who began. Empty in entries that do not say: everyone seated at that point."""

    script_read: bool = False
    """Whether the person who started said that the script was read aloud."""

    odd: tuple[OddDate, ...] = ()
    policies: tuple[tuple[str, int], ...] = ()
    """The policies that hold for this session as they were at its start, by name."""


@fact("start-undone.v1")
class StartUndone(Fact):
    """The start was undone; everyone is seated again."""


@fact("late-start.v1", step="the late start", instead="end-attempt")
class LateStarted(AttemptFact):
    """A late arrival began, on their own clock or with what is left of the group's."""

    since_line_ms: int | None = None
    """The group's start, where the center lets late arrivals end with the group."""

    beyond_window: Personal | None = None


@fact("sheets-issued.v1", step="scratch paper {sheets}")
class SheetsIssued(AttemptFact):
    """The candidate was given more scratch paper."""

    sheets: tuple[int, ...]
    """The numbers of these sheets."""


@fact("break-began.v1", step="break")
class BreakBegan(AttemptFact):
    """The candidate left the room for a break; the clock keeps running."""


@fact("break-ended.v1", step="back from break")
class BreakEnded(AttemptFact):
    """The candidate is back from the break."""


@fact("pause-began.v1", step="pause")
class PauseBegan(AttemptFact):
    """One clock stopped, for a fault or an approved stop-clock break."""

    reason: Personal
    kind_of_pause: str = "fault"


@fact("pause-ended.v1", step="pause ended")
class PauseEnded(AttemptFact):
    """That clock resumed."""

    beyond_window: Personal | None = None


@fact("credit-given.v1", step="credit")
class CreditGiven(AttemptFact):
    """Time was given back, or taken off."""

    credit_ms: int
    reason: Personal
    beyond_window: Personal | None = None


@fact("vendor-clock-noted.v1", step="vendor clock")
class VendorClockNoted(AttemptFact):
    """The remaining time on the test screen was compared with ours."""

    vendor_left_ms: int
    drift_ms: int
    """What the vendor's clock leaves more than ours does."""

    shown: Personal | None = None
    """The same as text; its salt keeps the entry's hash from being guessed back."""


@fact("announcement-made.v1", step="the announcement", instead="note-what-was-wrong")
class AnnouncementMade(Fact):
    """Minutes left were read aloud to these candidates."""

    minutes: int
    attempt_ids: tuple[str, ...]


@fact("attempt-finished.v1", step="finished")
class AttemptFinished(AttemptFact):
    """The test screen showed the assessment as submitted."""


@fact("attempt-ended-early.v1", step="{outcome}")
class AttemptEndedEarly(AttemptFact):
    """Dismissed, withdrawn or interrupted, for a reason."""

    outcome: str
    reason: Personal
    withholds: bool = False
    """Whether the score is withheld until the coordinator decides about it."""


@fact("session-ended.v1", step="the end of the session", instead="may-reopen")
class SessionEnded(Fact):
    """The session ended: no one was testing."""


@fact("session-abandoned.v1")
class SessionAbandoned(Fact):
    """The session was abandoned."""

    reason: Personal
