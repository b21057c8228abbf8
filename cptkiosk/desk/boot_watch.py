"""Restarts, suspends and wall-clock steps of this machine."""

from collections.abc import Mapping
from contextlib import suppress
from types import MappingProxyType

from cptkiosk.desk.pipeline import Events, Pipeline
from cptkiosk.desk.record import NOBODY, Record
from cptkiosk.desk.sessions import SessionCommands
from cptkiosk.domain.events import center as center_events
from cptkiosk.domain.state.center import Center
from cptkiosk.domain.state.session import Session, Stage
from cptkiosk.domain.time import timing
from cptkiosk.domain.time.instants import Instant
from cptkiosk.domain.values import Refused
from cptkiosk.ledger import queries
from cptkiosk.ledger.streams import center_stream


class BootWatch:
    """Leaves signs of life, and carries running clocks over a restart by the last one.

    A session's clocks go on while the machine is off. How long it was off is known
    only from the last sign of the boot before; so it is read before a new one is left.
    """

    def __init__(
        self, record: Record, pipeline: Pipeline, sessions: SessionCommands
    ) -> None:
        self._record = record
        self._pipeline = pipeline
        self._sessions = sessions
        self._asleep_ms: Mapping[str, int] = MappingProxyType({})
        """How long this boot had slept when this terminal first looked."""
        self._boot_id = ""
        """The boot that the ledger is known to know."""

    def find_running(self) -> tuple[Session, ...]:
        """Return the running sessions, writing nothing."""
        record = self._record
        record.catch_up()
        return tuple(
            record.session(line.session_id)
            for line in queries.open_sessions(record.ledger, record.now().utc_ms)
            if line.stage in {Stage.RUNNING, Stage.HALTED}
        )

    def attach(self) -> tuple[Session, ...]:
        """Take up running sessions, carrying their clocks over a reboot if need be."""
        found = self.find_running()
        for session in found:
            if self._record.now().boot_id not in session.offsets:
                with suppress(Refused):
                    self._bridge(session)
        return tuple(self._record.sessions[one.session_id] for one in found)

    def _bridge(self, session: Session) -> None:
        command = self._sessions.bridge_command(session)
        self._pipeline.perform(
            NOBODY, lambda unit: self._sessions.carry_out(unit, command)
        )

    def beat(self) -> None:
        """Leave a sign of life, and record a step of the wall clock if there was one."""
        record = self._record
        now, known = record.now(), record.ledger.last_heartbeat()
        if known is not None and known.boot_id != now.boot_id:
            # The last sign of the old boot is what running clocks are carried over by.
            self.attach()
        self._notice_boot(now, known)
        asleep_ms = record.clock.asleep_ms()
        if now.boot_id not in self._asleep_ms:
            # Sleep before this process started is not counted.
            self._asleep_ms = {now.boot_id: asleep_ms}
        last = record.ledger.leave_heartbeat(now)
        if last is None:
            return
        self._notice_suspend(now, asleep_ms)
        moved_ms = timing.step_ms(last, now)
        if moved_ms:
            moved = center_events.ClockStepNoticed(step_ms=moved_ms)
            self._pipeline.ask(NOBODY, center_stream(), lambda _: (moved,))

    def _notice_suspend(self, now: Instant, asleep_ms: int) -> None:
        """Record how long the machine slept since that was last looked at."""

        def decide(center: Center) -> Events:
            boot_id = now.boot_id
            known_ms = center.asleep_ms.get(boot_id, self._asleep_ms[boot_id])
            slept_ms = asleep_ms - known_ms
            if slept_ms < timing.STEP_MS:
                return ()
            return (
                center_events.SuspendNoticed(
                    slept_ms=slept_ms, boot_id=boot_id, asleep_ms=asleep_ms
                ),
            )

        center = self._record.center
        if center.is_set_up and decide(center):
            self._pipeline.ask(NOBODY, center_stream(), decide)

    def _notice_boot(self, now: Instant, known: Instant | None) -> None:
        """Record the first look at a boot that no terminal saw before."""
        ledger = self._record.ledger
        if now.boot_id == self._boot_id or not self._record.center.is_set_up:
            return

        def decide(_: Center) -> Events:
            if ledger.knows_boot(now.boot_id):
                return ()
            away_ms = now.utc_ms - known.utc_ms if known is not None else 0
            return (center_events.BootNoticed(boot_id=now.boot_id, away_ms=away_ms),)

        if not ledger.knows_boot(now.boot_id):
            self._pipeline.ask(NOBODY, center_stream(), decide)
        self._boot_id = now.boot_id
