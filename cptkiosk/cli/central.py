"""`central init`, `ingest`, `key`, `report` and `audit`: the office's side."""

from argparse import Namespace
from collections import Counter

import msgspec

from cptkiosk.central import ingest
from cptkiosk.central.acceptance import Answer, Outcome
from cptkiosk.central.audit import draw_audit
from cptkiosk.central.centers import give_key
from cptkiosk.central.report import read_report
from cptkiosk.central.sampling import most_wrong
from cptkiosk.central.schema import check_schema, migrate_schema
from cptkiosk.cli.central_tables import format_audit, format_report
from cptkiosk.cli.output import print_answer, print_error, quote_value
from cptkiosk.cli.progress_line import progress_line
from cptkiosk.domain.values import plural
from cptkiosk.errors import ExitCode, UsageError
from cptkiosk.host.paths import expand_home, read_named, show_path
from cptkiosk.proof.keys import fingerprint
from cptkiosk.reports.report_check import find_report_fault
from cptkiosk.upload.postgres import Server

KEY_BYTES_MAX = 1024 * 1024
SAFE = "Nothing was changed."
INGEST_SAFE = "Everything accepted so far is safe; ingesting again continues."


def _find_server(options: Namespace, safe: str = SAFE) -> Server:
    """Return the server of the options.

    Raises:
        UsageError: if a password is in them, where every account can read it.
    """
    server = Server(options.db, safe)
    if server.read_words().get("password"):
        raise UsageError(
            "A password on the command line can be read by everyone on this computer."
            " Nothing was done. Put it into a password file and name that in PGPASSFILE."
        )
    return server


def init_office(options: Namespace) -> int:
    """Create the tables of the office, or bring them up to date."""
    with _find_server(options).connected() as connection:
        applied = migrate_schema(connection)
    words = "The database was set up already. Nothing was changed."
    if applied:
        words = f"The database is set up (schema version {applied[-1]})."
    return print_answer(options, {"applied": list(applied)}, words)


def ingest_bundles(options: Namespace) -> int:
    """Verify bundles, and take in those that fit."""
    paths = ingest.list_files(map(str, map(expand_home, options.paths)))
    with _find_server(options, INGEST_SAFE).connected() as connection:
        check_schema(connection)
        if options.again:
            ingest.look_at_rejected(connection)
        already = ingest.put_files(connection, paths)
        count = ingest.count_waiting(connection)
        found = []
        with (
            progress_line("Verifying bundles") as told,
            ingest.verifying(find_report_fault, count) as verify,
        ):
            for outcome in ingest.ingest_waiting(connection, verify):
                found.append(outcome)
                told(len(found), max(count, len(found)))
    return _answer_ingest(options, found, already)


def _answer_ingest(options: Namespace, found: list[Outcome], already: int) -> int:
    counts = Counter(one.answer for one in found)
    same = counts[Answer.ALREADY] + already
    rejected = [one for one in found if one.answer is Answer.REJECTED]
    new_keys = [one for one in found if one.first_key]
    facts = {
        "accepted": counts[Answer.ACCEPTED],
        "already": same,
        "rejected": [{"file": one.file_name, "reason": one.reason} for one in rejected],
        "first_contact": [
            {"site_code": one.site_code, "fingerprint": one.first_key}
            for one in new_keys
        ],
    }
    lines = [
        f"{plural(counts[Answer.ACCEPTED], 'bundle')} accepted, {same} already"
        f" accepted before, {len(rejected)} rejected."
    ]
    for one in new_keys:
        lines.append(f"New center {quote_value(one.site_code)}: key {one.first_key}")
    if new_keys:
        lines.append('Compare each key with "cptkiosk key show" at its center.')
    print_answer(options, facts, *lines)
    for one in rejected:
        print_error(f"{one.file_name} was rejected and kept. {one.reason}")
    return ExitCode.UNVERIFIED if rejected else ExitCode.DONE


def register_key(options: Namespace) -> int:
    """Register the public key of a center."""
    path = expand_home(options.file)
    what_now = "Nothing was changed. Check the name of the key file."
    data = read_named(path, KEY_BYTES_MAX, what_now)
    with _find_server(options).connected() as connection:
        check_schema(connection)
        try:
            trust = give_key(
                connection,
                options.site_code,
                data.decode(),
                new_record=options.new_record,
            )
        except ValueError as error:
            raise UsageError(
                f"{show_path(path)} is not a public key. Nothing was changed. Use the"
                ' file that "cptkiosk key export" wrote.'
            ) from error
    read_aloud = fingerprint(trust.key)
    facts = {"site_code": options.site_code, "fingerprint": read_aloud}
    site = quote_value(options.site_code)
    return print_answer(options, facts, f"Center {site} is known by key {read_aloud}.")


def print_report(options: Namespace) -> int:
    """Print what the bundles of all centers say."""
    with _find_server(options).connected(writes=False) as connection:
        check_schema(connection)
        report = read_report(connection)
    return print_answer(options, msgspec.to_builtins(report), format_report(report))


def print_audit(options: Namespace) -> int:
    """Draw attempts to compare with the vendor's report.

    Raises:
        UsageError: if more differ than are drawn.
    """
    if options.differences > options.draw:
        raise UsageError(
            "More attempts differ than are drawn. Nothing was drawn. Check --draw and"
            " --differences."
        )
    with _find_server(options).connected(writes=False) as connection:
        check_schema(connection)
        audit = draw_audit(connection, options.seed, options.draw)
    if options.differences > len(audit.drawn):
        raise UsageError(
            f"Only {plural(len(audit.drawn), 'attempt')} could be drawn, and"
            f" {options.differences} differ. Check --differences."
        )
    bound = most_wrong(audit.population, len(audit.drawn), options.differences)
    facts = msgspec.to_builtins(audit)
    facts |= {"differences": options.differences, "most_wrong": bound}
    words = "No attempt has a verified score yet, so nothing was drawn."
    if audit.drawn:
        words = format_audit(audit, options.differences, bound)
    return print_answer(options, facts, words)
