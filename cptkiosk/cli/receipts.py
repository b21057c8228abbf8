"""`receipt import`, `receipt list`."""

from argparse import Namespace

from cptkiosk.cli.open_record import actor, the_desk
from cptkiosk.cli.output import format_table, pick_fields, print_answer, quote_value
from cptkiosk.domain.rules.receipts import list_receipts
from cptkiosk.domain.time.calendar import utc_text
from cptkiosk.host.paths import expand_home
from cptkiosk.upload.receipts import read_receipt


def import_receipt(options: Namespace) -> int:
    """Record that a bundle arrived."""
    receipt = read_receipt(expand_home(options.file))
    with the_desk(options) as desk:
        already = not desk.bundles.import_receipt(receipt, actor()).entries
    bundle = f"r{receipt.revision} of session {quote_value(receipt.session_id)}"
    known = "is already on record" if already else "was recorded"
    return print_answer(
        options,
        pick_fields(receipt, "session_id", "revision", "sha256") | {"already": already},
        f"The receipt for bundle {bundle} {known}.",
    )


def list_imported(options: Namespace) -> int:
    """List the receipts on record."""
    with the_desk(options, read_only=True) as desk:
        found, times = list_receipts(desk.uploads), desk.times
    listed = [
        pick_fields(one, "session_id", "revision", "sha256", "received_by")
        | {"received_utc": utc_text(one.received_utc_ms)}
        for one in found
    ]
    rows = [
        (
            *(one.session_id, f"r{one.revision}"),
            *(times.format_in_zone(one.received_utc_ms), one.received_by),
        )
        for one in found
    ]
    header = ("session", "revision", "received", "by")
    words = format_table(header, rows) if found else "No receipts yet."
    return print_answer(options, {"receipts": listed}, words)
