"""`central init`, `ingest`, `key`, `report` and `audit`: the office's side."""

from argparse import Namespace
from collections import Counter
from pathlib import Path

import msgspec

from cptkiosk.central import ingest
from cptkiosk.central.acceptance import Answer, Outcome
from cptkiosk.central.audit import draw_audit
from cptkiosk.central.centers import give_key
from cptkiosk.central.report import read_report
from cptkiosk.central.sampling import most_wrong
from cptkiosk.central.schema import check_schema, migrate_schema
from cptkiosk.cli.central_tables import format_audit, format_report
from cptkiosk.cli.output import print_error, quote_value, say, say_json
from cptkiosk.cli.parser_central import check_central
from cptkiosk.cli.progress_line import progress_line
from cptkiosk.domain.values import plural
from cptkiosk.errors import ExitCode, UsageError
from cptkiosk.host.paths import expand_home, show_path
from cptkiosk.proof.keys import fingerprint
from cptkiosk.reports.report_check import find_report_fault
from cptkiosk.upload.postgres import Server

SAFE = "Nothing was changed."
INGEST_SAFE = "Everything accepted so far is safe; ingesting again continues."


def run(options: Namespace) -> int:
    """Run one of the office's commands."""
    check_central(options)
    match options.command:
        case "central init":
            return _init_office(options)
        case "central ingest":
            return _ingest_bundles(options)
        case "central key":
            return _give_key(options)
        case "central report":
            return _print_report(options)
        case _:
            return _print_audit(options)


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


def _init_office(options: Namespace) -> int:
    with _find_server(options).connected() as connection:
        applied = migrate_schema(connection)
    if options.json:
        say_json({"applied": list(applied)})
    elif applied:
        say(f"The database is set up (schema version {applied[-1]}).")
    else:
        say("The database was set up already. Nothing was changed.")
    return ExitCode.DONE


def _ingest_bundles(options: Namespace) -> int:
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
    if options.json:
        say_json(
            {
                "accepted": counts[Answer.ACCEPTED],
                "already": same,
                "rejected": [
                    {"file": one.file_name, "reason": one.reason} for one in rejected
                ],
                "first_contact": [
                    {"site_code": one.site_code, "fingerprint": one.first_key}
                    for one in new_keys
                ],
            }
        )
    else:
        say(
            f"{plural(counts[Answer.ACCEPTED], 'bundle')} accepted, {same} already"
            f" accepted before, {len(rejected)} rejected."
        )
        for one in new_keys:
            say(f"New center {quote_value(one.site_code)}: key {one.first_key}")
        if new_keys:
            say('Compare each key with "cptkiosk key show" at its center.')
    for one in rejected:
        print_error(f"{one.file_name} was rejected and kept. {one.reason}")
    return ExitCode.UNVERIFIED if rejected else ExitCode.DONE


def _give_key(options: Namespace) -> int:
    path = expand_home(options.file)
    text = _read_key_file(path)
    with _find_server(options).connected() as connection:
        check_schema(connection)
        try:
            trust = give_key(
                connection, options.site_code, text, new_record=options.new_record
            )
        except ValueError as error:
            raise UsageError(
                f"{show_path(path)} is not a public key. Nothing was changed. Use the"
                ' file that "cptkiosk key export" wrote.'
            ) from error
    read_aloud = fingerprint(trust.key)
    if options.json:
        say_json({"site_code": options.site_code, "fingerprint": read_aloud})
    else:
        say(f"Center {quote_value(options.site_code)} is known by key {read_aloud}.")
    return ExitCode.DONE


def _read_key_file(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not text"
        raise UsageError(
            f"{show_path(path)} cannot be read ({reason}). Nothing was changed. Check"
            " the name of the key file."
        ) from error


def _print_report(options: Namespace) -> int:
    with _find_server(options).connected(writes=False) as connection:
        check_schema(connection)
        report = read_report(connection)
    if options.json:
        say_json(msgspec.to_builtins(report))
    else:
        say(format_report(report))
    return ExitCode.DONE


def _print_audit(options: Namespace) -> int:
    with _find_server(options).connected(writes=False) as connection:
        check_schema(connection)
        audit = draw_audit(connection, options.seed, options.draw)
    if options.differences > len(audit.drawn):
        raise UsageError(
            f"Only {plural(len(audit.drawn), 'attempt')} could be drawn, and"
            f" {options.differences} differ. Check --differences."
        )
    bound = most_wrong(audit.population, len(audit.drawn), options.differences)
    if options.json:
        answer = {"differences": options.differences, "most_wrong": bound}
        say_json({**msgspec.to_builtins(audit), **answer})
    elif not audit.drawn:
        say("No attempt has a verified score yet, so nothing was drawn.")
    else:
        say(format_audit(audit, options.differences, bound))
    return ExitCode.DONE
