"""`receipt import`, `receipt list`."""

from argparse import Namespace

from cptkiosk.cli.open_record import actor, the_desk
from cptkiosk.cli.output import format_table, quote_value, say, say_json
from cptkiosk.domain.rules.receipts import list_receipts
from cptkiosk.domain.time.calendar import utc_text
from cptkiosk.errors import ExitCode
from cptkiosk.host.paths import expand_home
from cptkiosk.upload.receipts import read_receipt


def run(options: Namespace) -> int:
    """Record that a bundle arrived, or list what arrived."""
    return (
        _list_receipts(options)
        if options.command == "receipt list"
        else _import_receipt(options)
    )


def _import_receipt(options: Namespace) -> int:
    receipt = read_receipt(expand_home(options.file))
    with the_desk(options) as desk:
        already = not desk.bundles.import_receipt(receipt, actor()).entries
    if options.json:
        say_json(
            {
                "session_id": receipt.session_id,
                "revision": receipt.revision,
                "sha256": receipt.sha256,
                "already": already,
            }
        )
        return ExitCode.DONE
    bundle = f"r{receipt.revision} of session {quote_value(receipt.session_id)}"
    known = "is already on record" if already else "was recorded"
    say(f"The receipt for bundle {bundle} {known}.")
    return ExitCode.DONE


def _list_receipts(options: Namespace) -> int:
    with the_desk(options, read_only=True) as desk:
        found, times = list_receipts(desk.uploads), desk.times
    if options.json:
        say_json(
            {
                "receipts": [
                    {
                        "session_id": one.session_id,
                        "revision": one.revision,
                        "sha256": one.sha256,
                        "received_utc": utc_text(one.received_utc_ms),
                        "received_by": one.received_by,
                    }
                    for one in found
                ]
            }
        )
        return ExitCode.DONE
    if not found:
        say("No receipts yet.")
        return ExitCode.DONE
    rows = [
        (
            *(one.session_id, f"r{one.revision}"),
            *(times.format_in_zone(one.received_utc_ms), one.received_by),
        )
        for one in found
    ]
    say(format_table(("session", "revision", "received", "by"), rows))
    return ExitCode.DONE
