"""What can be said on the command line; imports nothing that costs time."""

import argparse
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from cptkiosk import __version__
from cptkiosk.cli.drill_options import add_drill_options, check_drill
from cptkiosk.errors import UsageError

Commands = Any
"""What argparse gives back for adding subcommands; it has no public name."""


class Parser(argparse.ArgumentParser):
    """A parser that says what is wrong in one sentence."""

    def error(self, message: str) -> NoReturn:
        """Refuse the command line.

        Raises:
            UsageError: always.
        """
        raise UsageError(
            f"{message[:1].upper()}{message[1:]}. Nothing was done. See"
            f" '{self.prog} --help'."
        )


def parse(argv: Sequence[str] | None) -> argparse.Namespace:
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
    parser = _add_parser(
        Parser,
        "cptkiosk",
        "Proctor Certified Production Technician assessments. Without a command the"
        " kiosk opens.",
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
        help="lock the terminal down: only the coordinator's PIN leads out",
    )
    _data_dir(parser)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    _add_center(commands)
    _add_staff(commands)
    _add_roster(commands)
    _add_session(commands)
    _add_person(commands)
    _add_bundle(commands)
    _add_receipt(commands)
    _add_ledger(commands)
    _add_definitions(commands)
    _add_deploy(commands)
    _add_wall(commands)
    _add_drill(commands)
    return parser


def _check_texts(parser: argparse.ArgumentParser, given: Sequence[str]) -> None:
    """Refuse what would be taken for an option left out, or for no text at all.

    Raises:
        UsageError: naming the first.
    """
    for before, text in zip(("", *given), given, strict=False):
        if any("\ud800" <= char <= "\udfff" for char in text):
            parser.error(f"'{text}' is not written in UTF-8")
        name, equals, value = text.partition("=")
        if equals and not value and name.startswith("--"):
            parser.error(f"{name} is empty")
        if not text:
            what = before if before.startswith("--") else "an argument"
            parser.error(f"{what} is empty")


def _add_parser(
    make: Any, name: str, sentence: str, example: str
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = make(
        name,
        description=sentence,
        epilog=f"example:\n  {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    return parser


def _data_dir(parser: argparse.ArgumentParser, *, shown: bool = True) -> None:
    what = "where the record lies (else $CPTKIOSK_DATA_DIR, else the user's data)"
    parser.add_argument(
        "--data-dir",
        metavar="DIR",
        # Not given here must not undo what was given before the subcommand.
        default=argparse.SUPPRESS,
        help=what if shown else argparse.SUPPRESS,
    )
    parser.add_argument(
        "--network-folder-is-safe",
        action="store_true",
        default=argparse.SUPPRESS,
        help="open a record on a network folder that only this machine uses; recorded"
        if shown
        else argparse.SUPPRESS,
    )


def _add_group(commands: Commands, name: str, what: str) -> Commands:
    def make(name: str, **options: Any) -> Any:
        return commands.add_parser(name, help=what, **options)

    group = _add_parser(
        make, name, f"{what[:1].upper()}{what[1:]}.", f"cptkiosk {name} --help"
    )
    _data_dir(group)
    return group.add_subparsers(title="commands", metavar="COMMAND", required=True)


def _add_command(
    commands: Commands,
    path: str,
    what: str,
    example: str,
    *,
    json: bool = False,
    data_dir: bool = True,
    records: bool = False,
) -> argparse.ArgumentParser:
    """Add a command; `what` is its sentence, small and without a full stop.

    Without `data_dir` it takes none, and whoever checks the options says so. One that
    `records` something new looks at the clock first.
    """

    def make(name: str, **options: Any) -> Any:
        return commands.add_parser(name, help=what, **options)

    name = path.rpartition(" ")[2]
    sentence = f"{what[:1].upper()}{what[1:]}."
    parser = _add_parser(make, name, sentence, f"cptkiosk {path} {example}".rstrip())
    parser.set_defaults(command=path)
    _data_dir(parser, shown=data_dir)
    if json:
        parser.add_argument(
            "--json", action="store_true", help="answer as JSON, for scripts"
        )
    if records:
        parser.add_argument(
            "--clock-is-right",
            action="store_true",
            default=False,
            help="record even though this machine's clock looks wrong; also recorded",
        )
    return parser


def _add_pin_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--pin-stdin",
        action="store_true",
        help="read the PIN from the first line of standard input",
    )


def _add_center(commands: Commands) -> None:
    group = _add_group(commands, "center", "set the center up")
    init = _add_command(
        group,
        "center init",
        "make a record for one center, with its coordinator",
        "--name 'Lakeview CTE' --site-code TX-0417 --tz America/Chicago"
        " --coordinator 'Ana Ruiz'",
        records=True,
        json=True,
    )
    init.add_argument("--name", required=True, help="what the center is called")
    init.add_argument("--site-code", required=True, metavar="CODE", help="MSSC's code")
    init.add_argument(
        "--tz", required=True, metavar="ZONE", help="its city, such as Chicago"
    )
    init.add_argument(
        "--coordinator", required=True, metavar="NAME", help="first, last"
    )
    init.add_argument(
        "--trained-on", default="", metavar="DATE", help="of the coordinator's training"
    )
    init.add_argument(
        "--new-record",
        action="store_true",
        help="start a new record where an earlier one is missing; recorded",
    )
    _add_pin_option(init)


def _add_staff(commands: Commands) -> None:
    group = _add_group(commands, "staff", "add people to the staff list, or show it")
    add = _add_command(
        group,
        "staff add",
        "add a proctor or a coordinator",
        "--name 'Sam Lee' --role proctor --trained-on 2026-08-31",
        records=True,
        json=True,
    )
    add.add_argument("--name", required=True, help="first, last")
    add.add_argument("--role", required=True, choices=("proctor", "coordinator"))
    add.add_argument(
        "--trained-on", default="", metavar="DATE", help="of the proctor's certificate"
    )
    _add_pin_option(add)
    pin = _add_command(
        group,
        "staff pin",
        "set a new PIN for somebody, which also unlocks them",
        "--name 'Sam Lee'",
        records=True,
        json=True,
    )
    pin.add_argument("--name", required=True, help="as on the staff list")
    _add_pin_option(pin)
    training = _add_command(
        group,
        "staff training",
        "put the date of somebody's training on record",
        "--name 'Sam Lee' --trained-on 2026-08-31",
        records=True,
        json=True,
    )
    training.add_argument("--name", required=True, help="as on the staff list")
    training.add_argument("--trained-on", required=True, metavar="DATE")
    change = _add_command(
        group,
        "staff change",
        "change a role or a training date, deactivate somebody or reactivate them",
        "--name 'Sam Lee' --deactivate",
        json=True,
        records=True,
    )
    change.add_argument("--name", required=True, help="as on the staff list")
    change.add_argument("--role", default="", choices=("proctor", "coordinator"))
    change.add_argument("--trained-on", default="", metavar="DATE")
    state = change.add_mutually_exclusive_group()
    state.add_argument(
        "--deactivate", dest="active", action="store_false", default=None,
        help="they can no longer sign in; what they recorded stays",
    )  # fmt: skip
    state.add_argument(
        "--reactivate", dest="active", action="store_true", default=None,
        help="they can sign in again",
    )  # fmt: skip
    _add_command(
        group, "staff list", "show who is on the staff list", "--json", json=True
    )


def _add_roster(commands: Commands) -> None:
    group = _add_group(commands, "roster", "bring people in")
    read = _add_command(
        group,
        "roster import",
        "bring the record up to date with a roster: CSV, TSV, TXT, XLSX, XLS or ODS",
        "spring.xlsx --dry-run",
        json=True,
        records=True,
    )
    read.add_argument("file", metavar="FILE", help="the roster as it came")
    read.add_argument(
        "--session",
        default="",
        metavar="ID",
        help="put them on this session's roll too",
    )
    read.add_argument(
        "--dry-run", action="store_true", help="say what would change, write nothing"
    )
    read.add_argument(
        "--two-people",
        action="append",
        default=[],
        metavar="ID",
        help="this is not the other person by that name, or by that ID but for zeros",
    )
    read.add_argument(
        "--same-id",
        action="append",
        default=[],
        metavar="ID",
        help="this ID is theirs, although it is somebody else's on record",
    )
    read.add_argument(
        "--coming",
        action="append",
        default=[],
        metavar="ID",
        help="this one comes, although the roster says withdrawn or hides the row",
    )
    read.add_argument(
        "--because", default="", metavar="REASON", help="why that was decided"
    )
    read.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="'MEANING=HEADER'",
        help="take a column for this: 'Participant ID=Local ID'; '-=HEADER' leaves it"
        " out",
    )
    read.add_argument(
        "--encoding", default="", metavar="NAME", help="such as cp1252 or mac-roman"
    )
    columns = _add_command(
        group,
        "roster columns",
        "list the columns a roster may have, and the names they are known by",
        "--sample",
        json=True,
    )
    columns.add_argument(
        "--sample", action="store_true", help="print a roster to begin from, as CSV"
    )


def _add_session(commands: Commands) -> None:
    group = _add_group(commands, "session", "plan sessions and look at them")
    plan = _add_command(
        group,
        "session plan",
        "put a session on the calendar",
        "--modules safety,quality --start '2026-11-23 14:00' --room 204:4x6 --everyone",
        json=True,
        records=True,
    )
    plan.add_argument("--modules", required=True, metavar="LIST", help="with commas")
    plan.add_argument(
        "--start",
        required=True,
        metavar="TIME",
        help="'11/23/2026 2:00 PM' or '2026-11-23 14:00'; today: '2:00 PM' or '14:00'",
    )
    plan.add_argument(
        "--room",
        required=True,
        action="append",
        metavar="NAME:ROWSxCOLUMNS",
        help="a room and its seats; once for each room",
    )
    plan.add_argument(
        "--anyway",
        action="store_true",
        help="plan it even though a date looks odd; recorded with the plan",
    )
    plan.add_argument("--title", default="", help="what lists call it")
    plan.add_argument(
        "--everyone",
        action="store_true",
        help="put everybody registered for these modules on the roll",
    )
    _add_command(group, "session list", "list all sessions", "--json", json=True)
    show = _add_command(
        group,
        "session show",
        "show one session as its report",
        "2026-11-23-1",
        json=True,
    )
    show.add_argument("session", metavar="ID")
    cancel = _add_command(
        group,
        "session cancel",
        "call a session off before it starts",
        "2026-11-23-1 --because 'water damage in 204'",
        json=True,
        records=True,
    )
    cancel.add_argument("session", metavar="ID")
    cancel.add_argument("--because", required=True, metavar="REASON")


def _add_person(commands: Commands) -> None:
    group = _add_group(commands, "person", "look people up")
    _add_command(
        group, "person list", "list everybody who is registered", "--json", json=True
    )
    show = _add_command(
        group,
        "person show",
        "show everything known of one candidate",
        "100470",
        json=True,
    )
    show.add_argument("person", metavar="ID", help="the participant ID")
    forget = _add_command(
        group,
        "person forget",
        "remove everything that names a candidate from the record; results stay",
        "100470",
        json=True,
        records=True,
    )
    forget.add_argument("person", metavar="ID", help="the participant ID")
    forget.add_argument(
        "--because",
        default="retention date",
        metavar="REASON",
        help="before the retention date: 'own request' or \"authority's order\"",
    )
    apart = _add_command(
        group,
        "person two-people",
        "record that two IDs with one name and birth date are two people",
        "100470 100512 --because 'both showed a photo ID'",
        json=True,
        records=True,
    )
    apart.add_argument("person", metavar="ID", help="the participant ID")
    apart.add_argument("other", metavar="OTHER", help="the other's participant ID")
    apart.add_argument(
        "--because", required=True, metavar="REASON", help="how they were told apart"
    )
    fees = _add_command(
        commands,
        "fees",
        "show what is due, settled and open: of everybody, a person or a session",
        "--person 100470 --course 5929",
        json=True,
    )
    fees.add_argument("--person", default="", metavar="ID", help="only this one")
    fees.add_argument(
        "--session", default="", metavar="ID", help="only what was taken in it"
    )
    earned = _add_command(
        commands,
        "credentials",
        "show who earned which certificates, and what is to go",
        "--course 5926",
        json=True,
    )
    earned.add_argument("--person", default="", metavar="ID", help="only this one")
    earned.add_argument(
        "--school-year", default="", metavar="YEARS", help="only this one: 2026-2027"
    )
    for parser in (fees, earned):
        parser.add_argument(
            "--course", default="", metavar="CODE", help="only this aligned course"
        )


def _add_bundle(commands: Commands) -> None:
    bundle = _add_command(
        commands,
        "bundle",
        "write a sealed session into a folder; again gives the same file",
        "2026-11-23-1 --to /media/usb",
        json=True,
    )
    bundle.add_argument(
        "session", metavar="SESSION", help="or 'list': what was written and what waits"
    )
    bundle.add_argument(
        "--to", default="", metavar="DIR", help="a folder that is there, or a USB drive"
    )


def _add_receipt(commands: Commands) -> None:
    group = _add_group(commands, "receipt", "record that bundles arrived")
    taken = _add_command(
        group,
        "receipt import",
        "record a destination's receipt for a bundle; again changes nothing",
        "receipt-2026-11-23-1-r1.json",
        json=True,
        records=True,
    )
    taken.add_argument("file", metavar="FILE", help="the receipt, a JSON file")
    _add_command(
        group, "receipt list", "list the receipts on record", "--json", json=True
    )


def _add_ledger(commands: Commands) -> None:
    group = _add_group(commands, "ledger", "look after the record itself")
    _add_command(
        group,
        "ledger verify",
        "compute the whole record again, and name the first entry that does not fit",
        "--json",
        json=True,
    )
    _add_command(
        group,
        "ledger rebuild",
        "rebuild the readable tables from the entries",
        "",
        json=True,
    )
    _add_command(
        group, "ledger info", "show size, versions, head and content", "", json=True
    )
    backup = _add_command(
        group,
        "ledger backup",
        "write a verified copy",
        "--to /media/usb/ledger.db",
        json=True,
    )
    backup.add_argument(
        "--to", metavar="FILE", help="where to (else in the data directory)"
    )
    restore = _add_command(
        group,
        "ledger restore",
        "put a backup in the record's place; what was there is kept under another name",
        "/media/usb/ledger.db",
        json=True,
    )
    restore.add_argument("backup", metavar="BACKUP", help="a verified copy")
    salvage = _add_command(
        group,
        "ledger salvage",
        "write what still verifies of a damaged record into a new file",
        "--to /media/usb/salvaged.db",
        json=True,
    )
    salvage.add_argument(
        "file",
        metavar="FILE",
        nargs="?",
        help="such as a damaged backup (else the record)",
    )
    salvage.add_argument(
        "--to", metavar="FILE", help="where to (else in the data directory)"
    )


def _add_definitions(commands: Commands) -> None:
    _add_command(
        commands,
        "definitions",
        "show the modules, policies, fees and codes in force, and what the center changed",
        "--json",
        json=True,
    )


def _add_deploy(commands: Commands) -> None:
    group = _add_group(commands, "deploy", "print the files that lock a kiosk down")
    for name, what in (
        ("login-shell", "print the script that takes the place of a login shell"),
        ("sshd", "print the part of sshd's settings for the kiosk's account"),
        ("console", "print the systemd unit of a kiosk on the first console"),
    ):
        parser = _add_command(
            group,
            f"deploy {name}",
            what,
            "--user cptkiosk --data-dir /srv/cptkiosk --check",
            json=True,
        )
        parser.add_argument(
            "--user",
            default="cptkiosk",
            metavar="NAME",
            help="the account that runs the kiosk (cptkiosk)",
        )
        parser.add_argument(
            "--check",
            action="store_true",
            help="say what of it this machine has; exit code 1 if something does not fit",
        )


def _add_wall(commands: Commands) -> None:
    wall = _add_command(
        commands,
        "wall",
        "show the clock full-screen, read-only: of each running session in turn",
        "2026-11-23-1 --data-dir /srv/cptkiosk",
    )
    wall.add_argument(
        "session", metavar="ID", nargs="?", default="", help="only this session's clock"
    )


def _add_drill(commands: Commands) -> None:
    drill = _add_command(
        commands,
        "drill",
        "rehearse an exam day in a record of its own that touches nothing real",
        "--people 24 --speed 60",
        json=True,
        data_dir=False,
    )
    add_drill_options(drill)
