"""Options of the commands about a center, its staff, and the people it assesses."""

from cptkiosk.cli.parser_parts import Commands, add_command, add_group, add_pin_option


def add_center(commands: Commands) -> None:
    """Add what begins with `center`."""
    group = add_group(commands, "center", "set the center up")
    init = add_command(
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
    add_pin_option(init)


def add_staff(commands: Commands) -> None:
    """Add what begins with `staff`."""
    group = add_group(commands, "staff", "add people to the staff list, or show it")
    add = add_command(
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
    add_pin_option(add)
    pin = add_command(
        group,
        "staff pin",
        "set a new PIN for somebody, which also unlocks them",
        "--name 'Sam Lee'",
        records=True,
        json=True,
    )
    pin.add_argument("--name", required=True, help="as on the staff list")
    add_pin_option(pin)
    training = add_command(
        group,
        "staff training",
        "put the date of somebody's training on record",
        "--name 'Sam Lee' --trained-on 2026-08-31",
        records=True,
        json=True,
    )
    training.add_argument("--name", required=True, help="as on the staff list")
    training.add_argument("--trained-on", required=True, metavar="DATE")
    change = add_command(
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
    add_command(
        group, "staff list", "show who is on the staff list", "--json", json=True
    )


def add_roster(commands: Commands) -> None:
    """Add what begins with `roster`."""
    group = add_group(commands, "roster", "bring people in")
    read = add_command(
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
    columns = add_command(
        group,
        "roster columns",
        "list the columns a roster may have, and the names they are known by",
        "--sample",
        json=True,
    )
    columns.add_argument(
        "--sample", action="store_true", help="print a roster to begin from, as CSV"
    )


def add_person(commands: Commands) -> None:
    """Add what begins with `person`."""
    group = add_group(commands, "person", "look people up")
    add_command(
        group, "person list", "list everybody who is registered", "--json", json=True
    )
    show = add_command(
        group,
        "person show",
        "show everything known of one candidate",
        "100470",
        json=True,
    )
    show.add_argument("person", metavar="ID", help="the participant ID")
    forget = add_command(
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
    apart = add_command(
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
    fees = add_command(
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
    earned = add_command(
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
