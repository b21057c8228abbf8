"""Options of the commands about sessions, the record, and the machine it is on."""

from cptkiosk.cli.drill_options import add_drill_options
from cptkiosk.cli.parser_parts import Commands, add_command, add_group


def add_session(commands: Commands) -> None:
    """Add what begins with `session`."""
    group = add_group(commands, "session", "plan sessions and look at them")
    plan = add_command(
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
    add_command(group, "session list", "list all sessions", "--json", json=True)
    show = add_command(
        group,
        "session show",
        "show one session as its report",
        "2026-11-23-1",
        json=True,
    )
    show.add_argument("session", metavar="ID")
    cancel = add_command(
        group,
        "session cancel",
        "call a session off before it starts",
        "2026-11-23-1 --because 'water damage in 204'",
        json=True,
        records=True,
    )
    cancel.add_argument("session", metavar="ID")
    cancel.add_argument("--because", required=True, metavar="REASON")


def add_bundle(commands: Commands) -> None:
    """Add what begins with `bundle`."""
    bundle = add_command(
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


def add_receipt(commands: Commands) -> None:
    """Add what begins with `receipt`."""
    group = add_group(commands, "receipt", "record that bundles arrived")
    taken = add_command(
        group,
        "receipt import",
        "record a destination's receipt for a bundle; again changes nothing",
        "receipt-2026-11-23-1-r1.json",
        json=True,
        records=True,
    )
    taken.add_argument("file", metavar="FILE", help="the receipt, a JSON file")
    add_command(
        group, "receipt list", "list the receipts on record", "--json", json=True
    )


def add_ledger(commands: Commands) -> None:
    """Add what begins with `ledger`."""
    group = add_group(commands, "ledger", "look after the record itself")
    add_command(
        group,
        "ledger verify",
        "compute the whole record again, and name the first entry that does not fit",
        "--json",
        json=True,
    )
    add_command(
        group,
        "ledger rebuild",
        "rebuild the readable tables from the entries",
        "",
        json=True,
    )
    add_command(
        group, "ledger info", "show size, versions, head and content", "", json=True
    )
    backup = add_command(
        group,
        "ledger backup",
        "write a verified copy",
        "--to /media/usb/ledger.db",
        json=True,
    )
    backup.add_argument(
        "--to", metavar="FILE", help="where to (else in the data directory)"
    )
    restore = add_command(
        group,
        "ledger restore",
        "put a backup in the record's place; what was there is kept under another name",
        "/media/usb/ledger.db",
        json=True,
    )
    restore.add_argument("backup", metavar="BACKUP", help="a verified copy")
    salvage = add_command(
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


def add_definitions(commands: Commands) -> None:
    """Add what begins with `definitions`."""
    add_command(
        commands,
        "definitions",
        "show the modules, policies, fees and codes in force, and what the center changed",
        "--json",
        json=True,
    )


def add_deploy(commands: Commands) -> None:
    """Add what begins with `deploy`."""
    group = add_group(commands, "deploy", "print the files that lock a kiosk down")
    for name, what in (
        ("login-shell", "print the script that takes the place of a login shell"),
        ("sshd", "print the part of sshd's settings for the kiosk's account"),
        ("console", "print the systemd unit of a kiosk on the first console"),
    ):
        parser = add_command(
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


def add_wall(commands: Commands) -> None:
    """Add what begins with `wall`."""
    wall = add_command(
        commands,
        "wall",
        "show the clock full-screen, read-only: of each running session in turn",
        "2026-11-23-1 --data-dir /srv/cptkiosk",
    )
    wall.add_argument(
        "session", metavar="ID", nargs="?", default="", help="only this session's clock"
    )


def add_drill(commands: Commands) -> None:
    """Add what begins with `drill`."""
    drill = add_command(
        commands,
        "drill",
        "rehearse an exam day in a record of its own that touches nothing real",
        "--people 24 --speed 60",
        json=True,
        data_dir=False,
    )
    add_drill_options(drill)
