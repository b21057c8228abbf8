"""`upload`, `upload test`: what waits goes to the center's destinations."""

import signal
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event

from cptkiosk.cli.open_record import actor, paths_of, the_desk
from cptkiosk.cli.output import pick_fields, print_answer, print_error, quote_value
from cptkiosk.cli.progress_line import progress_line
from cptkiosk.definitions.load import load_definitions
from cptkiosk.desk import Desk
from cptkiosk.domain.values import plural
from cptkiosk.errors import ExitCode, UsageError
from cptkiosk.host.work_progress import ProgressCallback, Stopped
from cptkiosk.reports.sealed import sealed_report
from cptkiosk.services.deliveries import list_outboxes
from cptkiosk.upload.destinations.kinds import open_destination
from cptkiosk.upload.outbox import (
    Failed,
    Run,
    Sent,
    Uploader,
    name_destinations,
)

FIRST_WAIT_S = 5
LONGEST_WAIT_S = 300


def send_bundles(options: Namespace) -> int:
    """Send what waits, or try one destination."""
    if not options.test:
        return _send_waiting(options)
    if options.test[:1] != ["test"] or len(options.test) != 2:
        raise UsageError(
            '"upload" accepts only "test NAME". Nothing was done. To send to one'
            " destination, use --to NAME."
        )
    if options.to or options.wait:
        raise UsageError(
            '"upload test" does not accept --to and --wait. Nothing was done.'
        )
    return _test_destination(options)


def _test_destination(options: Namespace) -> int:
    # A fault in the file is what a test is there to find, so no older copy will do.
    definitions = load_definitions(own=paths_of(options).definitions)
    (settings,) = name_destinations(definitions, options.test[1])
    found = open_destination(settings).test()
    facts = {"destination": settings.name, "kind": settings.kind, "found": found}
    words = f"{settings.name} is ready. {quote_value(found)}"
    return print_answer(options, facts, words)


def _send_waiting(options: Namespace) -> int:
    stop = Event()
    with the_desk(options) as desk, _stopped_by_signal(stop):
        names = [one.name for one in name_destinations(desk.definitions, options.to)]
        runs = _send_until_done(desk, names, stop, wait=options.wait)
        waiting = {
            one.destination.name: len(one.waiting)
            for one in list_outboxes(desk)
            if one.destination.name in names
        }
    _answer_runs(options, runs, waiting)
    return ExitCode.DESTINATION if any(waiting.values()) else ExitCode.DONE


@contextmanager
def _stopped_by_signal(stop: Event) -> Iterator[None]:
    """Let SIGTERM, as systemd sends it, stop after what is under way."""
    before = signal.signal(signal.SIGTERM, lambda *_: stop.set())
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _send_until_done(
    desk: Desk, names: list[str], stop: Event, *, wait: bool
) -> list[Run]:
    """Send what waits; with `wait`, again and again until only conflicts are left."""
    uploader = Uploader(desk, actor(), sealed_report(desk.definitions))
    runs: list[Run] = []
    pause_s = FIRST_WAIT_S
    while True:
        with progress_line("uploading") as told:
            found = uploader.send_waiting(names, _stoppable(told, stop))
        runs.append(found)
        hopeful = [one for one in found.failed if not one.is_conflict]
        if not (wait and hopeful) or stop.is_set():
            return runs
        pause_s = FIRST_WAIT_S if found.sent else pause_s
        for one in hopeful:
            print_error(f"{one.due.destination.name}: {one.reason}")
        print_error(f"Trying again in {plural(pause_s, 'second')}. Ctrl+C stops.")
        if stop.wait(pause_s):
            return runs
        pause_s = min(2 * pause_s, LONGEST_WAIT_S)


def _stoppable(told: ProgressCallback, stop: Event) -> ProgressCallback:
    def tell(done: int, of: int) -> None:
        told(done, of)
        if stop.is_set():
            raise Stopped("stopped")

    return tell


def _answer_runs(options: Namespace, runs: list[Run], waiting: dict[str, int]) -> None:
    sent = [one for found in runs for one in found.sent]
    failed = runs[-1].failed
    lines = []
    for name, left in waiting.items():
        count = sum(one.due.destination.name == name for one in sent)
        rest = f", {left} waiting" if left else ", none waiting"
        lines.append(f"{name}: {plural(count, 'bundle')} delivered{rest}.")
        for one in failed:
            if one.due.destination.name == name:
                bundle = f"r{one.due.revision} of session {one.due.session_id}"
                lines.append(f"  {quote_value(bundle)}: {quote_value(one.reason)}")
    facts = {
        "delivered": [
            _due_json(one)
            | pick_fields(one.parcel, "key", "sha256")
            | pick_fields(one.delivered, "already", "receipt")
            for one in sent
        ],
        "failed": [
            _due_json(one) | {"conflict": one.is_conflict, "reason": one.reason}
            for one in failed
        ],
        "waiting": waiting,
    }
    print_answer(options, facts, *lines)


def _due_json(one: Sent | Failed) -> dict[str, object]:
    facts = pick_fields(one.due, "session_id", "revision")
    return facts | {"destination": one.due.destination.name}
