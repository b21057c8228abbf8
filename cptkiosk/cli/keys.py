"""`key show`, `key export`, `key rotate`."""

import base64
from argparse import Namespace

from cptkiosk.cli.open_record import actor, paths_of, the_desk
from cptkiosk.cli.output import quote_value, say, say_json
from cptkiosk.domain.values import Refused
from cptkiosk.errors import DestinationError, ExitCode
from cptkiosk.host.paths import expand_home, make_absolute, show_path
from cptkiosk.ledger.signing import public_key_at
from cptkiosk.proof.keys import fingerprint
from cptkiosk.upload.bundle_check import write_trusted
from cptkiosk.upload.folder import write_new_file


def run(options: Namespace) -> int:
    """Show the installation's key, write it into a file, or take a new one."""
    match options.command:
        case "key show":
            return _show_key(options)
        case "key export":
            return _export_key(options)
        case _:
            return _rotate_key(options)


def _show_key(options: Namespace) -> int:
    return _say_key(options, _public_key(options))


def _say_key(options: Namespace, public_key: str) -> int:
    read_aloud = fingerprint(base64.b64decode(public_key))
    if options.json:
        say_json({"public_key": public_key, "fingerprint": read_aloud})
        return ExitCode.DONE
    say(f"Public key   {public_key}")
    say(f"Fingerprint  {read_aloud}")
    return ExitCode.DONE


def _public_key(options: Namespace) -> str:
    found = public_key_at(paths_of(options).key)
    if not found:
        raise Refused("no-key-yet")
    return found


def _export_key(options: Namespace) -> int:
    public_key = _public_key(options)
    with the_desk(options, read_only=True) as desk:
        notes = desk.center.key_changes
    data = write_trusted(base64.b64decode(public_key), notes).encode()
    target = make_absolute(expand_home(options.file))
    try:
        _, already = write_new_file(target, data)
    except OSError as error:
        raise DestinationError(
            f"{show_path(target)} cannot be written ({error.strerror}). Nothing was"
            " written. Name another file."
        ) from error
    if options.json:
        say_json({"path": str(target), "already": already})
        return ExitCode.DONE
    there = "was there already, the same" if already else "is written"
    say(f"{quote_value(str(target))} {there}.")
    say(f"Fingerprint  {fingerprint(base64.b64decode(public_key))}")
    return ExitCode.DONE


def _rotate_key(options: Namespace) -> int:
    with the_desk(options) as desk:
        public_key = desk.key_ring.rotate(actor())
    if not options.json:
        say("A new key signs from now on. The old key signed it and was deleted.")
        say('Send the new key to everyone who receives bundles: "cptkiosk key export".')
    return _say_key(options, public_key)
