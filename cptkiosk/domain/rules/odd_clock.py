"""A machine's clock that cannot be right: noticed before anything is recorded by it."""

from dataclasses import dataclass

from cptkiosk.domain.events.center import ClockAccepted
from cptkiosk.domain.events.fact import Fact
from cptkiosk.domain.state.center import Center
from cptkiosk.domain.values import DAY_MS, Actor, Reason, Refused

EARLIEST_UTC_MS = 1_767_225_600_000
"""2026-01-01: the program did not exist before the year of its first release."""

EARLIER_MS = DAY_MS
"""How far behind the last entry a clock may be: corrections are less than a day."""

LATER_MS = 400 * DAY_MS
"""How far ahead of it: a center pauses for a summer, and no center for over a year."""


@dataclass(frozen=True, slots=True)
class OddClock:
    """Why a clock cannot be right."""

    code: str
    """before-release, before-last or long-after-last."""

    shown: str
    """The date that the clock shows at the center."""

    last: str
    """The date of the last entry; empty if there is none."""

    @property
    def reason(self) -> Reason:
        """What is odd."""
        return Reason(f"clock-{self.code}", shown=self.shown, last=self.last)


def odd_code(now_utc_ms: int, last_utc_ms: int | None, center: Center) -> str:
    """Return why a clock cannot be right, or an empty string.

    Args:
        now_utc_ms: what it shows.
        last_utc_ms: when the last entry was recorded; `None` in a new ledger.
        center: when such a clock was last said to be right.
    """
    if last_utc_ms is not None:
        if now_utc_ms < last_utc_ms - EARLIER_MS:
            return "before-last"
        if now_utc_ms > last_utc_ms + LATER_MS:
            return "long-after-last"
    accepted_ms = center.clock_accepted_utc_ms
    accepted = accepted_ms is not None and (
        accepted_ms - EARLIER_MS <= now_utc_ms <= accepted_ms + LATER_MS
    )
    return "before-release" if now_utc_ms < EARLIEST_UTC_MS and not accepted else ""


def decide_clock(
    odd: OddClock | None, actor: Actor, *, is_right: bool, running: bool
) -> tuple[Fact, ...]:
    """Return what goes before an entry that is made by this clock.

    Args:
        odd: why it cannot be right, if it cannot.
        actor: who records something.
        is_right: whether they say that it is right.
        running: whether the clocks of a session run, which cannot wait.

    Raises:
        Refused: if it is odd and has not been confirmed by a person who may.
    """
    if odd is None:
        return ()
    if not is_right:
        raise Refused("odd-clock", clock=odd.reason)
    if not running:
        actor.must_be_coordinator("odd-clock-recording")
    return (ClockAccepted(code=odd.code, shown=odd.shown, last=odd.last),)
