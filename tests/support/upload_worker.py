"""A process that uploads once and may be killed at any step: `FOLDER SETTINGS CHANCE SEED`.

It ends with 0 once nothing waits, and with 5 while something does.
"""

import os
import random
import signal
import sys
from pathlib import Path

import msgspec

from cptkiosk.desk.bundles import Bundles
from cptkiosk.domain.destinations import DestinationSettings
from cptkiosk.host.clock import SystemClock
from cptkiosk.services.deliveries import list_outboxes
from support.destinations import an_uploader, reopen


def main(folder: str, settings: str, chance: str, seed: str) -> int:
    """Upload everything that waits, or die on the way."""
    drawn = random.Random(seed)
    told: list[tuple[int, int]] = []

    def die_perhaps(*step: int) -> None:
        # Some destinations tell the same step again while they wait.
        if [step] != told and drawn.random() < float(chance):
            os.kill(os.getpid(), signal.SIGKILL)
        told[:] = [(step[0], step[1])] if step else []

    record = Bundles.record_delivery

    def record_or_die(*given: object) -> object:
        die_perhaps()
        done = record(*given)  # type: ignore[arg-type] # passed on as they came
        die_perhaps()
        return done

    Bundles.record_delivery = record_or_die  # type: ignore[assignment, method-assign] # a kill on either side of the record
    places = msgspec.json.decode(settings, type=list[DestinationSettings])
    desk = reopen(Path(folder), SystemClock(), *places)
    run = an_uploader(desk).send_waiting([one.name for one in places], die_perhaps)
    left = sum(len(one.waiting) for one in list_outboxes(desk))
    print(len(run.sent), left, *{one.reason for one in run.failed}, sep="\n")
    return 5 if left else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
