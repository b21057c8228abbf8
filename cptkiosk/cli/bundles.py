"""`bundle`: a sealed session into a folder, what was written, and whether it fits."""

from argparse import Namespace

from cptkiosk.cli.open_record import actor, the_desk
from cptkiosk.cli.output import format_table, quote_value, say, say_json
from cptkiosk.domain.time.calendar import utc_text
from cptkiosk.domain.values import BundleKind
from cptkiosk.errors import ExitCode, UsageError
from cptkiosk.host.paths import expand_home
from cptkiosk.reports.sealed import sealed_report
from cptkiosk.upload.folder import write_bundle
from cptkiosk.upload.queue import Queues

LIST = "list"
"""In the place of a session: what was written, and what waits."""

VERIFY = "verify"
"""In the place of a session: whether bundles fit."""


def run(options: Namespace) -> int:
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
    if options.json:
        say_json(
            {
                "session_id": options.session,
                "revision": revision,
                "kind": options.kind,
                "path": str(path),
                "sha256": digest,
                "already": already,
            }
        )
        return ExitCode.DONE
    there = "already exists, unchanged" if already else "was written and verified"
    say(f"{quote_value(str(path))} {there}.")
    say(f"SHA-256 {digest}")
    if options.kind == BundleKind.RECORD:
        say("It shows accommodations and staff notes. Keep it confidential.")
    return ExitCode.DONE


def _list_bundles(options: Namespace) -> int:
    with the_desk(options, read_only=True) as desk:
        queue = Queues(desk).read_queue()
    waiting = [(one.session_id, one.revision) for one in queue.waiting]
    due = [(one.session_id, one.revision, one.destination.name) for one in queue.due]
    if options.json:
        say_json(
            {
                "waiting": [{"session_id": one, "revision": r} for one, r in waiting],
                "queued": [
                    {"session_id": one, "revision": r, "destination": name}
                    for one, r, name in due
                ],
                "delivered": [
                    {
                        "session_id": one.event.session_id,
                        "revision": one.event.revision,
                        "destination": one.event.destination,
                        "key": one.event.key,
                        "sha256": one.event.sha256,
                        "delivered_utc": utc_text(one.at_utc_ms),
                        "receipt": one.event.receipt.text,
                    }
                    for one in queue.arrived
                ],
                "written": [
                    {
                        "session_id": one.session_id,
                        "revision": one.revision,
                        "path": f"{one.destination}/{one.file_name}",
                        "sha256": one.sha256,
                        "written_utc": utc_text(one.at_utc_ms),
                        "receipt": one.receipt is not None,
                        "replaced": one.replaced,
                    }
                    for one in queue.written
                ],
            }
        )
        return ExitCode.DONE
    rows = [(one, f"r{revision}", "queued", name) for one, revision, name in due]
    rows += [(one, f"r{revision}", "waiting", "") for one, revision in waiting]
    for there in queue.arrived:
        event = there.event
        number = f"r{event.revision}"
        rows.append((event.session_id, number, "delivered", event.destination))
    for one in queue.written:
        state = "receipt" if one.receipt else "replaced" if one.replaced else "written"
        path = quote_value(f"{one.destination}/{one.file_name}")
        rows.append((one.session_id, f"r{one.revision}", state, path))
    if not rows:
        say("No session is sealed yet, so there is no bundle.")
        return ExitCode.DONE
    say(format_table(("session", "revision", "state", "where"), rows))
    return ExitCode.DONE
