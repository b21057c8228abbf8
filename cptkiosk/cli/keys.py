"""`key show`, `key export`, `key rotate`."""

import base64
from argparse import Namespace

from cptkiosk.cli.open_record import actor, paths_of, the_desk
from cptkiosk.cli.output import print_answer, quote_value
from cptkiosk.domain.values import Refused
from cptkiosk.errors import DestinationError
from cptkiosk.host.paths import expand_home, make_absolute, show_path
from cptkiosk.ledger.signing import public_key_at
from cptkiosk.proof.keys import fingerprint
from cptkiosk.upload.bundle_check import write_trusted
from cptkiosk.upload.folder import write_new_file


def show_key(options: Namespace) -> int:
    """Show the public key of this installation."""
    return _answer_key(options, _public_key(options))


def _answer_key(options: Namespace, public_key: str, *lines: str) -> int:
    read_aloud = fingerprint(base64.b64decode(public_key))
    return print_answer(
        options,
        {"public_key": public_key, "fingerprint": read_aloud},
        *lines,
        f"Public key   {public_key}",
        f"Fingerprint  {read_aloud}",
    )


def _public_key(options: Namespace) -> str:
    found = public_key_at(paths_of(options).key)
    if not found:
        raise Refused("no-key-yet")
    return found


def export_key(options: Namespace) -> int:
    """Write the public key to a new file."""
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
    there = "was there already, the same" if already else "is written"
    return print_answer(
        options,
        {"path": str(target), "already": already},
        f"{quote_value(str(target))} {there}.",
        f"Fingerprint  {fingerprint(base64.b64decode(public_key))}",
    )


def rotate_key(options: Namespace) -> int:
    """Replace the signing key."""
    with the_desk(options) as desk:
        public_key = desk.key_ring.rotate(actor())
    return _answer_key(
        options,
        public_key,
        "A new key signs from now on. The old key signed it and was deleted.",
        'Send the new key to everyone who receives bundles: "cptkiosk key export".',
    )
