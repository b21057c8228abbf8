"""`bundle verify`: whether bundles are what a center sealed; needs no record."""

from argparse import Namespace

from cptkiosk.cli.output import pick_fields, print_answer, quote_value
from cptkiosk.errors import UsageError, VerificationError
from cptkiosk.host.paths import expand_home, read_named, show_path
from cptkiosk.proof.keys import fingerprint
from cptkiosk.reports.report_check import find_report_fault
from cptkiosk.upload.bundle_check import (
    Trust,
    check_after,
    check_bundle,
    check_key,
    read_trusted,
)
from cptkiosk.upload.bundle_manifest import Manifest, RecordManifest, ResultsManifest
from cptkiosk.upload.bundle_reader import Bundle

LARGEST_BYTES = 256 * 1024 * 1024
CONSEQUENCE = (
    "Do not use it. Keep the file, and ask the center to send this bundle another way."
)


def verify_bundles(options: Namespace) -> int:
    """Verify each file, in the order given.

    Raises:
        UsageError: if a file cannot be read.
        VerificationError: naming the file, and the first thing in it that does not fit.
    """
    if not options.files or options.to:
        raise UsageError(
            '"bundle verify" requires bundle files and does not accept --to. Nothing'
            " was done."
        )
    trusted = _read_key(options.key) if options.key else None
    earlier = _verify_file(options.after, trusted, None) if options.after else None
    found = [(one, _verify_file(one, trusted, earlier)) for one in options.files]
    lines: list[str] = []
    for path, bundle in found:
        said = bundle.manifest
        lines.append(
            f"{quote_value(path)} verified: {said.kind or 'older'} bundle, center"
            f" {quote_value(said.site_code)}, session {quote_value(said.session_id)},"
            f" revision {said.revision}, {_date_text(said)}."
        )
        if said.rehearsal:
            lines.append(
                "This is a rehearsal: no one was assessed. Nothing in it counts."
            )
        if trusted is None:
            lines.append(f"Key {fingerprint(bundle.key)}")
    if trusted is None:
        lines.append(
            "The key comes from the bundle itself. Have the center read out"
            ' "cptkiosk key show" and compare, or give its key with --key.'
        )
    facts = {"bundles": [_as_json(*one, options) for one in found]}
    return print_answer(options, facts, *lines)


def _date_text(said: Manifest) -> str:
    match said:
        case RecordManifest(sealed_utc=sealed_utc):
            return f"sealed {sealed_utc}"
        case ResultsManifest(session_date=date):
            return f"session date {date}"
    raise AssertionError("a manifest is of one of these")


def _verify_file(path: str, trusted: Trust | None, earlier: Bundle | None) -> Bundle:
    data = _read_bytes(path)
    try:
        bundle = check_bundle(data, find_report_fault)
        if trusted is not None:
            check_key(bundle, trusted)
        if earlier is not None:
            _check_kinds(path, bundle, earlier)
            check_after(bundle, earlier)
    except VerificationError as error:
        raise VerificationError(
            f"{quote_value(path)} failed verification: {error} {CONSEQUENCE}"
        ) from error
    return bundle


def _check_kinds(path: str, bundle: Bundle, earlier: Bundle) -> None:
    if bundle.kind is not earlier.kind:
        raise UsageError(
            f"{quote_value(path)} is a {bundle.kind} bundle, and --after names a"
            f" {earlier.kind} bundle. They cannot be compared. Nothing was verified."
            " Name two of one kind."
        )


def _read_key(path: str) -> Trust:
    try:
        return read_trusted(_read_bytes(path).decode())
    except ValueError as error:
        raise UsageError(
            f"{quote_value(path)} is not a public key. Nothing was verified. Use"
            ' the file that "cptkiosk key export" wrote.'
        ) from error


def _read_bytes(path: str) -> bytes:
    place = expand_home(path)
    data = read_named(
        place, LARGEST_BYTES, "Nothing was verified. Check the name of the file."
    )
    if len(data) > LARGEST_BYTES:
        raise UsageError(f"{show_path(place)} is too large. Nothing was verified.")
    return data


def _as_json(path: str, bundle: Bundle, options: Namespace) -> dict[str, object]:
    said = bundle.manifest
    return {
        "path": path,
        **pick_fields(said, "site_code", "session_id", "revision", "rehearsal"),
        "kind": bundle.kind.value,
        "sealed_utc": getattr(said, "sealed_utc", None),
        "session_date": getattr(said, "session_date", None),
        "key_fingerprint": fingerprint(bundle.key),
        "key_known": bool(options.key),
        "checkpoint_origin": bundle.checkpoint.origin,
        "checkpoint_size": bundle.checkpoint.size,
    }
