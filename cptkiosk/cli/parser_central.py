"""Options of the commands of a district or state office."""

import argparse

from cptkiosk.cli.parser_parts import Commands, add_command, add_group
from cptkiosk.errors import UsageError

DB = (
    "PostgreSQL database, as postgresql://user@host/name or service=NAME; the password"
    " comes from a password file (PGPASSFILE)"
)


def add_central(commands: Commands) -> None:
    """Add what begins with `central`."""
    group = add_group(
        commands,
        "central",
        "collect bundles of many centers in a district or state office",
        data_dir=False,
    )
    _add_office_command(
        group, "init", "create the tables of the office, or bring them up to date", ""
    )
    ingest = _add_office_command(
        group,
        "ingest",
        "verify the bundles named here and those in the inbox, and take them in",
        "/srv/bundles",
    )
    ingest.add_argument(
        "paths", metavar="FILE", nargs="*", help="bundles, or folders with bundles"
    )
    ingest.add_argument(
        "--again", action="store_true", help="also check rejected bundles again"
    )
    key = _add_office_command(
        group, "key", "register the public key of a center", "TN-014 TN-014.pub"
    )
    key.add_argument("site_code", metavar="SITE", help="site code of the center")
    key.add_argument(
        "file", metavar="FILE", help='key file that "cptkiosk key export" wrote there'
    )
    key.add_argument(
        "--new-record",
        action="store_true",
        help="the center lost its record, and its next bundle begins a new one",
    )
    _add_office_command(
        group,
        "report",
        "print pass rates, credentials, irregularities, late uploads and rejected"
        " bundles",
        "",
    )
    audit = _add_office_command(
        group,
        "audit",
        "draw attempts by a public seed, to compare with the vendor's report",
        "--seed 'lottery 2026-12-01: 4 8 15 16 23 42'",
    )
    audit.add_argument(
        "--seed",
        required=True,
        metavar="WORDS",
        help="public words that no one could know before the results were in",
    )
    audit.add_argument(
        "--draw", type=_count, default=59, metavar="N", help="how many (default: 59)"
    )
    audit.add_argument(
        "--differences",
        type=_count_or_zero,
        default=0,
        metavar="N",
        help="how many of them differed from the vendor's report (default: 0)",
    )


def _add_office_command(
    group: Commands, name: str, what: str, example: str
) -> argparse.ArgumentParser:
    command = add_command(
        group,
        f"central {name}",
        what,
        f"--db postgresql://office@db.example.org/cpt {example}".rstrip(),
        json=True,
        data_dir=False,
    )
    command.add_argument("--db", required=True, metavar="DATABASE", help=DB)
    return command


def _count(text: str) -> int:
    found = _count_or_zero(text)
    if found == 0:
        raise argparse.ArgumentTypeError("is not a number from 1 on")
    return found


def _count_or_zero(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 7:
        raise argparse.ArgumentTypeError(f'"{text}" is not a number of attempts')
    return int(text)


def check_central(options: argparse.Namespace) -> None:
    """Refuse what the options allow one by one, but not together.

    Raises:
        UsageError: if more differ than are drawn.
    """
    if options.command == "central audit" and options.differences > options.draw:
        raise UsageError(
            "More attempts differ than are drawn. Nothing was drawn. Check --draw and"
            " --differences."
        )
