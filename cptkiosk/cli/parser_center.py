"""Options of the commands about a center, its staff, and the people it assesses."""

from cptkiosk.cli.parser_parts import (
    Commands,
    add_command,
    add_file_options,
    add_group,
    add_pin_option,
)


def add_center(commands: Commands) -> None:
    """Add what begins with `center`."""
    group = add_group(commands, "center", "set up the center")
    init = add_command(
        group,
        "center init",
        "create the record of a center, with its coordinator",
        "--name 'Lakeview CTE' --site-code TX-0417 --tz America/Chicago"
        " --coordinator 'Ana Ruiz'",
        records=True,
        json=True,
    )
    init.add_argument("--name", required=True, help="name of the center")
    init.add_argument(
        "--site-code", required=True, metavar="CODE", help="site code assigned by MSSC"
    )
    init.add_argument(
        "--tz",
        required=True,
        metavar="ZONE",
        help="time zone of the center, or a city in it, such as Chicago",
    )
    init.add_argument(
        "--coordinator", required=True, metavar="NAME", help="first and last name"
    )
    init.add_argument(
        "--trained-on", default="", metavar="DATE", help="date of the proctor training"
    )
    init.add_argument(
        "--new-record",
        action="store_true",
        help=(
            "start a new record even though an earlier one is missing (noted in the"
            " record)"
        ),
    )
    add_pin_option(init)


def add_staff(commands: Commands) -> None:
    """Add what begins with `staff`."""
    group = add_group(commands, "staff", "manage the staff list")
    add = add_command(
        group,
        "staff add",
        "add a proctor or a coordinator",
        "--name 'Sam Lee' --role proctor --trained-on 2026-08-31",
        records=True,
        json=True,
    )
    add.add_argument("--name", required=True, help="first and last name")
    add.add_argument(
        "--role",
        required=True,
        choices=("proctor", "coordinator"),
        help="what the person may do",
    )
    add.add_argument(
        "--trained-on", default="", metavar="DATE", help="date of the proctor training"
    )
    add_pin_option(add)
    pin = add_command(
        group,
        "staff pin",
        "set a new PIN for a staff member, which also unlocks them",
        "--name 'Sam Lee'",
        records=True,
        json=True,
    )
    pin.add_argument("--name", required=True, help="name on the staff list")
    add_pin_option(pin)
    training = add_command(
        group,
        "staff training",
        "record the date of a staff member's training",
        "--name 'Sam Lee' --trained-on 2026-08-31",
        records=True,
        json=True,
    )
    training.add_argument("--name", required=True, help="name on the staff list")
    training.add_argument(
        "--trained-on",
        required=True,
        metavar="DATE",
        help="date of the proctor training",
    )
    change = add_command(
        group,
        "staff change",
        "change a staff member's role or training date, or deactivate or reactivate them",
        "--name 'Sam Lee' --deactivate",
        json=True,
        records=True,
    )
    change.add_argument("--name", required=True, help="name on the staff list")
    change.add_argument(
        "--role",
        default="",
        choices=("proctor", "coordinator"),
        help="new role",
    )
    change.add_argument(
        "--trained-on", default="", metavar="DATE", help="date of the proctor training"
    )
    state = change.add_mutually_exclusive_group()
    state.add_argument(
        "--deactivate", dest="active", action="store_false", default=None,
        help="block sign-in; everything the person recorded stays on record",
    )  # fmt: skip
    state.add_argument(
        "--reactivate", dest="active", action="store_true", default=None,
        help="allow sign-in again",
    )  # fmt: skip
    add_command(group, "staff list", "show the staff list", "--json", json=True)


def add_roster(commands: Commands) -> None:
    """Add what begins with `roster`."""
    group = add_group(commands, "roster", "import candidates")
    read = add_command(
        group,
        "roster import",
        "import a roster file: CSV, TSV, TXT, XLSX, XLS or ODS",
        "spring.xlsx --dry-run",
        json=True,
        records=True,
    )
    read.add_argument("file", metavar="FILE", help="roster file as you received it")
    read.add_argument(
        "--session",
        default="",
        metavar="ID",
        help="also add these people to the attendance list of this session",
    )
    read.add_argument(
        "--dry-run",
        action="store_true",
        help="show what would change without recording it",
    )
    read.add_argument(
        "--two-people",
        action="append",
        default=[],
        metavar="ID",
        help=(
            "accept this ID as a different person from one with the same name, or from"
            " the same ID without leading zeros"
        ),
    )
    read.add_argument(
        "--same-id",
        action="append",
        default=[],
        metavar="ID",
        help=(
            "accept this ID for the person in the roster even though the record has"
            " another name for it"
        ),
    )
    read.add_argument(
        "--coming",
        action="append",
        default=[],
        metavar="ID",
        help="import this person even though the row is hidden or marked withdrawn",
    )
    read.add_argument(
        "--because", default="", metavar="REASON", help="reason for these decisions"
    )
    add_file_options(read, "Participant ID=Local ID")
    columns = add_command(
        group,
        "roster columns",
        "list the columns a roster can have, and the headers recognized for each",
        "--sample",
        json=True,
    )
    columns.add_argument(
        "--sample", action="store_true", help="print a sample roster as CSV"
    )


def add_person(commands: Commands) -> None:
    """Add what begins with `person`."""
    group = add_group(commands, "person", "look up candidates")
    add_command(
        group, "person list", "list all registered candidates", "--json", json=True
    )
    show = add_command(
        group,
        "person show",
        "show everything on record about one candidate",
        "100470",
        json=True,
    )
    show.add_argument("person", metavar="ID", help="participant ID")
    forget = add_command(
        group,
        "person forget",
        "remove a candidate's name and personal details; results stay on record",
        "100470",
        json=True,
        records=True,
    )
    forget.add_argument("person", metavar="ID", help="participant ID")
    forget.add_argument(
        "--because",
        default="retention date",
        metavar="REASON",
        help="required before the retention date: 'own request' or \"authority's order\"",
    )
    apart = add_command(
        group,
        "person two-people",
        "record that two IDs with the same name and birth date are two people",
        "100470 100512 --because 'both showed a photo ID'",
        json=True,
        records=True,
    )
    apart.add_argument("person", metavar="ID", help="participant ID")
    apart.add_argument(
        "other", metavar="OTHER", help="participant ID of the other person"
    )
    apart.add_argument(
        "--because",
        required=True,
        metavar="REASON",
        help="evidence that they are two people",
    )
    fees = add_command(
        commands,
        "fees",
        "show fees due, settled and open, for everyone, one candidate or one session",
        "--person 100470 --course 5929",
        json=True,
    )
    fees.add_argument("--person", default="", metavar="ID", help="only this candidate")
    fees.add_argument(
        "--session",
        default="",
        metavar="ID",
        help="only assessments taken in this session",
    )
    earned = add_command(
        commands,
        "credentials",
        "show the certificates each candidate has earned, and the modules remaining",
        "--course 5926",
        json=True,
    )
    earned.add_argument(
        "--person", default="", metavar="ID", help="only this candidate"
    )
    earned.add_argument(
        "--school-year",
        default="",
        metavar="YEARS",
        help="only this school year, such as 2026-2027",
    )
    for parser in (fees, earned):
        parser.add_argument(
            "--course",
            default="",
            metavar="CODE",
            help="only modules aligned to this course",
        )
