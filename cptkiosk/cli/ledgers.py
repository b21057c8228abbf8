"""`ledger verify`, `ledger rebuild`, `ledger info`, `ledger backup`."""

from argparse import Namespace
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from cptkiosk.cli.opening import actor, paths_of, the_ledger
from cptkiosk.cli.output import say, say_json, show
from cptkiosk.domain.values import plural
from cptkiosk.errors import ExitCode


def run(options: Namespace) -> int:
    """Run one of the commands about the ledger itself."""
    match options.command:
        case "ledger verify":
            return _verify(options)
        case "ledger rebuild":
            return _rebuild(options)
        case "ledger info":
            return _info(options)
        case _:
            return _backup(options)


def _verify(options: Namespace) -> int:
    from cptkiosk.ledger.verify import verify

    with the_ledger(paths_of(options), read_only=True) as ledger:
        found = verify(ledger)
    if options.json:
        say_json(asdict(found))
        return ExitCode.DONE
    say(
        f"Verified: {found.entries:,} {'entry' if found.entries == 1 else 'entries'},"
        f" {plural(found.signed_heads, 'signed head')},"
        f" {plural(found.forgotten, 'forgotten text')}."
    )
    say(f"Head {found.head}")
    return ExitCode.DONE


def _rebuild(options: Namespace) -> int:
    from cptkiosk.ledger.verify import rebuild

    with the_ledger(paths_of(options), read_only=False) as ledger:
        rows = rebuild(ledger, actor().staff_id)
    say(f"Rebuilt: {plural(rows, 'row')} folded again from the entries.")
    return ExitCode.DONE


def _info(options: Namespace) -> int:
    from cptkiosk.ledger.sqlite import library_version

    paths = paths_of(options)
    with the_ledger(paths, read_only=True) as ledger:

        def one(query: str) -> object:
            return ledger.rows(query)[0][0]

        head = ledger.head()
        facts = {
            "path": str(paths.ledger),
            "bytes": paths.ledger.stat().st_size,
            "entries": one("SELECT count(*) FROM entry"),
            "head_seq": head.seq,
            "head_hash": head.hash,
            "sessions": one("SELECT count(*) FROM session"),
            "people": one("SELECT count(*) FROM person"),
            "journal_mode": one("PRAGMA journal_mode"),
            "sqlite_version": ".".join(map(str, library_version())),
            "schema_version": one("PRAGMA user_version"),
        }
    if options.json:
        say_json(facts)
        return ExitCode.DONE
    for name, value in facts.items():
        shown = f"{value:,}" if isinstance(value, int) else show(str(value))
        say(f"{name.replace('_', ' '):<16}{shown}")
    return ExitCode.DONE


def _backup(options: Namespace) -> int:
    from cptkiosk.ledger.backup import back_up

    paths = paths_of(options)
    target = Path(options.to).expanduser() if options.to else paths.backups
    if not options.to or target.is_dir():
        target /= _name()
    with the_ledger(paths, read_only=True) as ledger:
        found = back_up(ledger, target)
    say(f"{show(str(target))} holds {found.entries:,} entries, verified.")
    return ExitCode.DONE


def _name() -> str:
    from cptkiosk.clock import SystemClock

    moment = datetime.fromtimestamp(SystemClock().now().utc_ms / 1000, UTC)
    return f"ledger-{moment:%Y%m%d-%H%M%SZ}.db"
