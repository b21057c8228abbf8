"""`bundle`: a sealed session into a folder, what was written, and whether it fits."""

from argparse import Namespace

from cptkiosk.cli.open_record import actor, the_desk
from cptkiosk.cli.output import format_table, pick_fields, print_answer, quote_value
from cptkiosk.domain.time.calendar import utc_text
from cptkiosk.domain.values import BundleKind
from cptkiosk.errors import UsageError
from cptkiosk.host.paths import expand_home
from cptkiosk.reports.sealed import sealed_report
from cptkiosk.upload.folder import write_bundle
from cptkiosk.upload.queue import Queue, Queues

LIST = "list"
"""In the place of a session: what was written, and what waits."""

VERIFY = "verify"
"""In the place of a session: whether bundles fit."""


def write_or_verify(options: Namespace) -> int:
    """Write a bundle and say where it is, list those that were written, or verify some."""
    if options.session == VERIFY:
        # Start-up time: signatures are loaded when they are looked at.
        from cptkiosk.cli.bundle_verify import verify_bundles

        return verify_bundles(options)
    if options.files or options.key or options.after:
        raise UsageError(
            'Only "bundle verify" accepts files, --key and --after. Nothing was done.'
        )
    if options.session == LIST and not options.to:
        return _list_bundles(options)
    if not options.to:
        raise UsageError(
            "--to is missing. Nothing was done. Name the folder: --to DIR."
        )
    with the_desk(options) as desk:
        path, digest, already = write_bundle(
            desk,
            options.session,
            expand_home(options.to),
            actor(),
            kind=BundleKind(options.kind),
            report=sealed_report(desk.definitions),
        )
        revision = desk.session(options.session).revision
    there = "already exists, unchanged" if already else "was written and verified"
    lines = [f"{quote_value(str(path))} {there}.", f"SHA-256 {digest}"]
    if options.kind == BundleKind.RECORD:
        lines.append("It shows accommodations and staff notes. Keep it confidential.")
    facts = {
        "session_id": options.session,
        "revision": revision,
        "kind": options.kind,
        "path": str(path),
        "sha256": digest,
        "already": already,
    }
    return print_answer(options, facts, *lines)


def _list_bundles(options: Namespace) -> int:
    with the_desk(options, read_only=True) as desk:
        queue = Queues(desk).read_queue()
    rows = [
        (one.session_id, f"r{one.revision}", "queued", one.destination.name)
        for one in queue.due
    ]
    rows += [
        (one.session_id, f"r{one.revision}", "waiting", "") for one in queue.waiting
    ]
    for there in queue.arrived:
        event = there.event
        number = f"r{event.revision}"
        rows.append((event.session_id, number, "delivered", event.destination))
    for one in queue.written:
        state = "receipt" if one.receipt else "replaced" if one.replaced else "written"
        path = quote_value(f"{one.destination}/{one.file_name}")
        rows.append((one.session_id, f"r{one.revision}", state, path))
    words = "No session is sealed yet, so there is no bundle."
    if rows:
        words = format_table(("session", "revision", "state", "where"), rows)
    return print_answer(options, _queue_json(queue), words)


def _queue_json(queue: Queue) -> dict[str, object]:
    bundle = ("session_id", "revision")
    return {
        "waiting": [pick_fields(one, *bundle) for one in queue.waiting],
        "queued": [
            pick_fields(one, *bundle) | {"destination": one.destination.name}
            for one in queue.due
        ],
        "delivered": [
            pick_fields(one.event, *bundle, "destination", "key", "sha256")
            | {
                "delivered_utc": utc_text(one.at_utc_ms),
                "receipt": one.event.receipt.text,
            }
            for one in queue.arrived
        ],
        "written": [
            pick_fields(one, *bundle, "sha256", "replaced")
            | {
                "path": f"{one.destination}/{one.file_name}",
                "written_utc": utc_text(one.at_utc_ms),
                "receipt": one.receipt is not None,
            }
            for one in queue.written
        ],
    }
