"""Whether this machine's wall clock can be right, and who said that it is."""

from cptkiosk.desk.pipeline import Events, Pipeline
from cptkiosk.desk.record import Record
from cptkiosk.domain.rules.odd_clock import OddClock, decide_clock, odd_code
from cptkiosk.domain.values import Actor
from cptkiosk.ledger import queries
from cptkiosk.ledger.streams import center_stream


class ClockCheck:
    """Looks at the wall clock before anything is recorded by it."""

    def __init__(self, record: Record, pipeline: Pipeline) -> None:
        self._record = record
        self._pipeline = pipeline

    def find_odd_clock(self) -> OddClock | None:
        """Return why this machine's wall clock cannot be right, if it cannot."""
        record = self._record
        now_ms = record.now().utc_ms
        last_ms = queries.last_recorded_utc_ms(record.ledger)
        code = odd_code(now_ms, last_ms, record.center)
        if not code:
            return None
        last = record.local_date(last_ms) if last_ms is not None else ""
        return OddClock(code, record.local_date(now_ms), last)

    def confirm_clock(self, actor: Actor, *, is_right: bool) -> None:
        """Record that an odd wall clock is right, before anything else is recorded.

        Raises:
            Refused: if it is odd, and it is not confirmed, or the person who confirms it
                may not.
        """
        if self.find_odd_clock() is not None:
            self._pipeline.ask(
                actor, center_stream(), lambda _: self.decide(actor, is_right=is_right)
            )

    def decide(self, actor: Actor, *, is_right: bool) -> Events:
        """Return what confirming the wall clock makes happen, if it is odd.

        Raises:
            Refused: as `confirm_clock`.
        """
        running = queries.is_running(self._record.ledger)
        odd = self.find_odd_clock()
        return decide_clock(odd, actor, is_right=is_right, running=running)
