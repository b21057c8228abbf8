"""`ledger verify`, `rebuild`, `info`, `backup`."""

import stat
from argparse import Namespace
from dataclasses import asdict

from cptkiosk.cli.open_record import actor, paths_of, the_desk, the_ledger
from cptkiosk.cli.output import (
    format_table,
    pick_fields,
    print_answer,
    print_error,
    quote_value,
)
from cptkiosk.cli.progress_line import progress_line
from cptkiosk.domain.text import visible
from cptkiosk.domain.time.calendar import utc_text
from cptkiosk.domain.values import Refused, plural
from cptkiosk.errors import DestinationError, ExitCode, KioskError
from cptkiosk.host.clock import SystemClock
from cptkiosk.host.paths import expand_home, make_absolute, probe_path
from cptkiosk.ledger.maintenance.backup import back_up
from cptkiosk.ledger.maintenance.verify import rebuild_projections, verify_ledger
from cptkiosk.ledger.reading import Terminal
from cptkiosk.ledger.sqlite import library_version
from cptkiosk.times.format import file_name_time
from cptkiosk.words import Audience, describe_error

TERMINAL_COLUMNS = ("terminal", "boot", "entries", "first entry", "last entry")


def verify_record(options: Namespace) -> int:
    """Verify the whole record."""
    with (
        progress_line("verifying") as told,
        the_ledger(paths_of(options), read_only=True, told=told) as ledger,
    ):
        found = verify_ledger(ledger)
    words = (
        f"Verified: {found.entries:,}"
        f" {'entry' if found.entries == 1 else 'entries'},"
        f" {plural(found.signed_heads, 'signed head')},"
        f" {plural(found.forgotten, 'removed text')}."
    )
    return print_answer(
        options, asdict(found), words, f"Head {found.head}", *found.remarks
    )


def rebuild_tables(options: Namespace) -> int:
    """Rebuild the lookup tables from the entries."""
    with the_ledger(paths_of(options), read_only=False) as ledger:
        rows = rebuild_projections(ledger, actor().staff_id)
    words = f"Rebuilt the tables from the entries: {plural(rows, 'row')}."
    return print_answer(options, {"rows": rows}, words)


def show_info(options: Namespace) -> int:
    """Show how large the record is, and what is in it."""
    paths = paths_of(options)
    with the_ledger(paths, read_only=True) as ledger:
        head = ledger.head()
        facts = {
            "path": str(paths.ledger),
            "bytes": paths.ledger.stat().st_size,
            "entries": ledger.count_rows("entry"),
            "head_seq": head.seq,
            "head_hash": head.hash,
            "sessions": ledger.count_rows("session"),
            "people": ledger.count_rows("person"),
            "journal_mode": ledger.read_setting("journal_mode"),
            "sqlite_version": ".".join(map(str, library_version())),
            "schema_version": int(ledger.read_setting("user_version")),
        }
        terminals = ledger.list_terminals()
    lines = []
    for name, value in facts.items():
        shown = f"{value:,}" if isinstance(value, int) else quote_value(str(value))
        lines.append(f"{name.replace('_', ' '):<16}{shown}")
    if terminals:
        rows = [_as_row(one) for one in terminals]
        lines += ["", format_table(TERMINAL_COLUMNS, rows)]
    listed = [_as_json(one) for one in terminals]
    return print_answer(options, {**facts, "terminals": listed}, *lines)


def _as_json(one: Terminal) -> dict[str, object]:
    return {
        "terminal": one.name,
        **pick_fields(one, "boot_id", "entries", "first_seq", "last_seq"),
        "first_utc": utc_text(one.first_utc_ms),
        "last_utc": utc_text(one.last_utc_ms),
    }


def _as_row(one: Terminal) -> tuple[str, ...]:
    return (
        one.name,
        # The beginning tells boots apart; all of it is in --json.
        one.boot_id[:8],
        f"{one.entries:,}",
        f"#{one.first_seq} {utc_text(one.first_utc_ms)}",
        f"#{one.last_seq} {utc_text(one.last_utc_ms)}",
    )


def make_backup(options: Namespace) -> int:
    """Write a verified copy of the record, and record that."""
    paths = paths_of(options)
    target = make_absolute(expand_home(options.to)) if options.to else paths.backups
    if not options.to or stat.S_ISDIR(probe_path(target, DestinationError)):
        target /= f"ledger-{file_name_time(SystemClock().now().utc_ms)}.db"
    with (
        progress_line("backing up") as told,
        the_ledger(paths, read_only=True) as ledger,
    ):
        found = back_up(ledger, target, told)
    words = (
        f"Backup written and verified: {quote_value(str(target))},"
        f" {found.entries:,} entries."
    )
    print_answer(options, {"path": str(target), **asdict(found)}, words)
    try:
        with the_desk(options) as desk:
            desk.center_log.record_backup(
                visible(target.name, 120), found.entries, actor()
            )
    except (KioskError, Refused) as error:
        why = describe_error(error, Audience.CLI)
        print_error(f"The backup was written, but this could not be recorded. {why}")
    return ExitCode.DONE
