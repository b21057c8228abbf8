"""`bundle`: a sealed session into a folder."""

from argparse import Namespace

from cptkiosk.cli.opening import actor, the_desk
from cptkiosk.cli.output import say, say_json, show
from cptkiosk.errors import ExitCode
from cptkiosk.paths import expanded


def run(options: Namespace) -> int:
    """Write a bundle and say where it is."""
    from cptkiosk.reports.sealed import sealed_report
    from cptkiosk.upload.folder import write_bundle

    with the_desk(options) as desk:
        path, digest, already = write_bundle(
            desk,
            options.session,
            expanded(options.to),
            actor(),
            report=sealed_report(desk.definitions),
        )
        revision = desk.session(options.session).revision
    if options.json:
        say_json(
            {
                "session_id": options.session,
                "revision": revision,
                "path": str(path),
                "sha256": digest,
                "already": already,
            }
        )
        return ExitCode.DONE
    there = "was there already, the same" if already else "is written and read back"
    say(f"{show(str(path))} {there}.")
    say(f"SHA-256 {digest}")
    return ExitCode.DONE
