"""What can be said on the command line; imports nothing that costs time."""

import argparse
import sys
from collections.abc import Sequence
from typing import NoReturn

from cptkiosk import __version__
from cptkiosk.cli import parser_center, parser_central, parser_record, parser_reports
from cptkiosk.cli.drill_options import check_drill
from cptkiosk.cli.parser_parts import add_data_dir, add_parser
from cptkiosk.errors import UsageError


class Parser(argparse.ArgumentParser):
    """A parser that says what is wrong in one sentence."""

    def error(self, message: str) -> NoReturn:
        """Refuse the command line.

        Raises:
            UsageError: always.
        """
        raise UsageError(
            f"{message[:1].upper()}{message[1:]}. Nothing was done. See"
            f' "{self.prog} --help".'
        )


def parse_arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """Return what was asked, its command as 'center init', or '' for the kiosk.

    Raises:
        UsageError: if it cannot be understood.
        SystemExit: after --help and --version.
    """
    parser = make_parser()
    given = sys.argv[1:] if argv is None else argv
    _check_texts(parser, given)
    options = parser.parse_args(given)
    if options.command == "drill":
        check_drill(options)
    return options


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line, every command included."""
    parser = add_parser(
        Parser,
        "cptkiosk",
        "Proctor Certified Production Technician assessments. With no command,"
        " the kiosk opens.",
        "cptkiosk --data-dir /srv/cptkiosk",
    )
    parser.add_argument(
        "--version", action="version", version=f"%(prog)s {__version__}"
    )
    parser.set_defaults(
        command="", data_dir=None, json=False, network_folder_is_safe=False,
        clock_is_right=None,
    )  # fmt: skip
    parser.add_argument(
        "--kiosk",
        action="store_true",
        help="kiosk mode: leaving requires a coordinator's PIN",
    )
    add_data_dir(parser)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    parser_center.add_center(commands)
    parser_center.add_staff(commands)
    parser_center.add_roster(commands)
    parser_record.add_session(commands)
    parser_center.add_person(commands)
    parser_reports.add_report(commands)
    parser_reports.add_export(commands)
    parser_reports.add_vendor(commands)
    parser_record.add_bundle(commands)
    parser_record.add_receipt(commands)
    parser_record.add_upload(commands)
    parser_record.add_key(commands)
    parser_record.add_ledger(commands)
    parser_record.add_definitions(commands)
    parser_central.add_central(commands)
    parser_record.add_deploy(commands)
    parser_record.add_wall(commands)
    parser_record.add_drill(commands)
    return parser


def _check_texts(parser: argparse.ArgumentParser, given: Sequence[str]) -> None:
    """Refuse what would be taken for an option left out, or for no text at all.

    Raises:
        UsageError: naming the first.
    """
    for before, text in zip(("", *given), given, strict=False):
        if any("\ud800" <= char <= "\udfff" for char in text):
            parser.error(f'"{text}" is not valid UTF-8')
        name, equals, value = text.partition("=")
        if equals and not value and name.startswith("--"):
            parser.error(f"{name} is empty")
        if not text:
            what = before if before.startswith("--") else "an argument"
            parser.error(f"{what} is empty")
