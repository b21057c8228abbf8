"""`receipt import`."""

from argparse import Namespace

from cptkiosk.cli.opening import actor, the_desk
from cptkiosk.cli.output import say, say_json, show
from cptkiosk.errors import ExitCode
from cptkiosk.paths import expanded


def run(options: Namespace) -> int:
    """Record that a bundle arrived, and say whether that was known."""
    from cptkiosk.upload.receipts import read_receipt

    receipt = read_receipt(expanded(options.file))
    with the_desk(options) as desk:
        already = not desk.import_receipt(receipt, actor()).entries
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
    bundle = f"r{receipt.revision} of session {show(receipt.session_id)}"
    known = "was known already" if already else "is recorded"
    say(f"The receipt for bundle {bundle} {known}.")
    return ExitCode.DONE
