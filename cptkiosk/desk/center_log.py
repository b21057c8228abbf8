"""Entries about the record as a whole: first run, network folder, backups."""

from zoneinfo import ZoneInfo

from cptkiosk.desk.clock_check import ClockCheck
from cptkiosk.desk.pins import hash_new_pin
from cptkiosk.desk.pipeline import Events, Pipeline, Recorded
from cptkiosk.desk.record import Record, local_time
from cptkiosk.domain.events import center as e
from cptkiosk.domain.state.center import Center, InitCenter, decide_init
from cptkiosk.domain.text import visible
from cptkiosk.domain.values import Actor, Role
from cptkiosk.ledger.streams import center_stream


class CenterLog:
    """Records what happens to a center's record as a whole."""

    def __init__(
        self, record: Record, pipeline: Pipeline, clock_check: ClockCheck
    ) -> None:
        self._record = record
        self._pipeline = pipeline
        self._clock_check = clock_check

    def init_center(
        self, name: str, site_code: str, time_zone: str, coordinator: str, pin: str,
        *, rehearsal: bool = False, trained_on: str = "", clock_is_right: bool = False,
    ) -> Recorded:  # fmt: skip
        """Open the ledger for one center, with its coordinator.

        Raises:
            Refused: if that was done before, something is missing, the training is to
                come, or the PIN may not be set.
        """
        policies = self._record.definitions.policies
        command = InitCenter(
            name=name,
            site_code=site_code,
            time_zone=time_zone,
            coordinator=coordinator,
            pin_hash=hash_new_pin(pin, policies.pin_digits_min),
            rehearsal=rehearsal,
            trained_on=trained_on,
        )
        actor = Actor("s1", Role.COORDINATOR)
        today = local_time(self._record.now().utc_ms, ZoneInfo(time_zone)).date

        def decide(center: Center) -> Events:
            opened = decide_init(center, command, today)
            # A rehearsal makes its own record, whatever the machine's clock shows.
            is_right = clock_is_right or rehearsal
            return (*opened, *self._clock_check.decide(actor, is_right=is_right))

        recorded = self._pipeline.ask(actor, center_stream(), decide)
        self._record.ledger.keep_utc_offsets()
        return recorded

    def accept_network_folder(self, kind: str, source: str, actor: Actor) -> Recorded:
        """Record that a network folder was accepted; the same again changes nothing."""
        accepted = e.NetworkFolderAccepted(
            file_system=visible(kind, 100), source=visible(source, 400)
        )
        known = (accepted.file_system, accepted.source)
        return self._pipeline.ask(
            actor,
            center_stream(),
            lambda center: () if center.network_folder == known else (accepted,),
        )

    def record_new_ledger(self, found: str, actor: Actor) -> Recorded:
        """Record that this ledger was begun although an earlier one left something."""
        begun = e.RecordBegunAnew(found=visible(found, 1000))
        return self._pipeline.ask(actor, center_stream(), lambda _: (begun,))

    def record_backup(self, name: str, entries: int, actor: Actor) -> Recorded:
        """Record that a verified copy of the ledger was written.

        Raises:
            StorageError: if it could not be written; the copy stands.
        """
        written = e.BackupWritten(name=name, entries=entries)
        return self._pipeline.ask(actor, center_stream(), lambda _: (written,))
