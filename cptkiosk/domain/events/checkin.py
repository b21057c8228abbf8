"""Facts about check-in: opening it, items, seats, attendance and hand-over."""

from cptkiosk.domain.events.fact import Fact, fact
from cptkiosk.domain.events.planning import OddDate
from cptkiosk.domain.events.session import AttemptFact
from cptkiosk.domain.values import Personal


@fact("check-in-opened.v1", step="the opening of check-in", instead="cancel-instead")
class CheckInOpened(Fact):
    """The room was ready and check-in was opened."""

    room_checks: tuple[str, ...]
    no_conflicts_declared: bool
    odd: tuple[OddDate, ...] = ()


@fact("session-handed-over.v1", step="the hand-over", instead="hand-over-again")
class SessionHandedOver(Fact):
    """Another staff member took over the session; both signed."""

    from_staff: str
    to_staff: str
    odd: tuple[OddDate, ...] = ()


@fact("gates-passed.v1", step="{gates}")
class GatesPassed(AttemptFact):
    """One or more check-in items were checked off."""

    gates: tuple[str, ...]
    note: Personal | None = None
    """What was shown or said, such as the kind of ID."""

    id_checked: bool = False
    """Whether the photo ID was seen to be unexpired, and to show this person."""

    in_spite_of: Personal | None = None
    """What was known against a candidate who passed as eligible, or empty; null in older
    entries, which have that in `note`."""

    sheet: int = 0
    """The number of the sheet of scratch paper handed out with the gate for it; 0 in
    older entries, whose sheets have no number."""


@fact("gate-waived.v1", step="{gate} waived")
class GateWaived(AttemptFact):
    """A check-in item was waived, with a reason."""

    gate: str
    reason: Personal


@fact("gate-failed.v1", step="{gate} failed")
class GateFailed(AttemptFact):
    """A check-in item failed; it stays open until checked off, or the candidate is denied."""

    gate: str
    reason: Personal


@fact("seat-taken.v1", step="seat {seat}")
class SeatTaken(AttemptFact):
    """The candidate took this seat."""

    room: str
    seat: str


@fact("coordinator-called.v1")
class CoordinatorCalled(AttemptFact):
    """The coordinator was called before a candidate was turned away."""


@fact("attempt-denied.v1", step="denied")
class AttemptDenied(AttemptFact):
    """The candidate was not admitted."""

    reason: Personal
    coordinator_called: bool
    by_coordinator: bool = False
    """Whether a coordinator decided it, who need not call one."""


@fact("attempt-absent.v1", step="absent")
class AttemptAbsent(AttemptFact):
    """The candidate did not come."""


@fact("attempt-expected-late.v1", step="running late")
class AttemptExpectedLate(AttemptFact):
    """The candidate is running late."""


@fact("late-arrival.v1", step="arrived")
class LateArrived(AttemptFact):
    """An absent or late candidate arrived; check-in begins."""

    late: bool = True
    """Whether that was after the start."""

    @property
    def step_name(self) -> str:
        """What undo calls this step."""
        return f"{self.step_form} late" if self.late else self.step_form
