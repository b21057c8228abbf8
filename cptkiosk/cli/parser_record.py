"""Options of the commands about sessions, the record, and the machine it is on."""

from cptkiosk.cli.drill_options import add_drill_options
from cptkiosk.cli.parser_parts import Commands, add_command, add_group


def add_session(commands: Commands) -> None:
    """Add what begins with `session`."""
    group = add_group(commands, "session", "plan, list, show and cancel sessions")
    plan = add_command(
        group,
        "session plan",
        "plan a session",
        "--modules safety,quality --start '2026-11-23 14:00' --room 204:4x6 --everyone",
        json=True,
        records=True,
    )
    plan.add_argument(
        "--modules", required=True, metavar="LIST", help="modules, separated by commas"
    )
    plan.add_argument(
        "--start",
        required=True,
        metavar="TIME",
        help=(
            "'11/23/2026 2:00 PM' or '2026-11-23 14:00'; for today, '2:00 PM' or '14:00'"
        ),
    )
    plan.add_argument(
        "--room",
        required=True,
        action="append",
        metavar="NAME:ROWSxCOLUMNS",
        help="a room with its rows and columns of seats; repeat for each room",
    )
    plan.add_argument(
        "--anyway",
        action="store_true",
        help="plan the session even if a date looks wrong (noted in the record)",
    )
    plan.add_argument(
        "--title",
        default="",
        help="title shown in lists (default: the names of the modules)",
    )
    plan.add_argument(
        "--everyone",
        action="store_true",
        help="add everyone registered for these modules to the attendance list",
    )
    add_command(group, "session list", "list all sessions", "--json", json=True)
    show = add_command(
        group,
        "session show",
        "show the report of one session",
        "2026-11-23-1",
        json=True,
    )
    show.add_argument("session", metavar="ID", help="session ID")
    cancel = add_command(
        group,
        "session cancel",
        "cancel a session before it starts",
        "2026-11-23-1 --because 'water damage in 204'",
        json=True,
        records=True,
    )
    cancel.add_argument("session", metavar="ID", help="session ID")
    cancel.add_argument(
        "--because", required=True, metavar="REASON", help="why it is canceled"
    )


def add_bundle(commands: Commands) -> None:
    """Add what begins with `bundle`."""
    bundle = add_command(
        commands,
        "bundle",
        "write the bundle of a sealed session, or list or verify bundles",
        "2026-11-23-1 --to /media/usb",
        json=True,
    )
    bundle.add_argument(
        "session",
        metavar="SESSION",
        help="session ID; or 'list', to list bundles; or 'verify', to check bundle files",
    )
    bundle.add_argument(
        "files",
        metavar="FILE",
        nargs="*",
        help="with verify: bundles to check; no record is needed",
    )
    bundle.add_argument(
        "--to",
        default="",
        metavar="DIR",
        help="folder to write to, such as a USB drive; it must exist",
    )
    bundle.add_argument(
        "--kind",
        choices=("results", "record"),
        default="results",
        help="results, the default: who took what, and the result. record: everything,"
        " with accommodations and staff notes; for the archive or an investigation",
    )
    bundle.add_argument(
        "--key",
        default="",
        metavar="FILE",
        help="with verify: the center's public key, from the center itself",
    )
    bundle.add_argument(
        "--after",
        default="",
        metavar="EARLIER",
        help="with verify: an earlier bundle of the same center that must still match",
    )


def add_receipt(commands: Commands) -> None:
    """Add what begins with `receipt`."""
    group = add_group(commands, "receipt", "record receipts for bundles")
    taken = add_command(
        group,
        "receipt import",
        "record that a bundle arrived; importing the same receipt again changes"
        " nothing",
        "receipt-2026-11-23-1-r1.json",
        json=True,
        records=True,
    )
    taken.add_argument("file", metavar="FILE", help="receipt file (JSON)")
    add_command(
        group, "receipt list", "list the receipts on record", "--json", json=True
    )


def add_upload(commands: Commands) -> None:
    """Add what begins with `upload`."""
    upload = add_command(
        commands,
        "upload",
        "send waiting bundles to the center's destinations, or test a destination",
        "--to office --wait",
        json=True,
    )
    upload.add_argument(
        "test",
        metavar="test NAME",
        nargs="*",
        help="test one destination instead; nothing stays there or in the record",
    )
    upload.add_argument(
        "--to",
        default="",
        metavar="NAME",
        help="send to this destination only (default: all of them)",
    )
    upload.add_argument(
        "--wait",
        action="store_true",
        help="try again until everything is delivered; Ctrl+C stops safely",
    )


def add_key(commands: Commands) -> None:
    """Add what begins with `key`."""
    group = add_group(
        commands, "key", "manage the key that signs sealed sessions and bundles"
    )
    add_command(
        group,
        "key show",
        "show the public key and a fingerprint to read out over the phone",
        "",
        json=True,
    )
    export = add_command(
        group,
        "key export",
        "write the public key to a file, for the people who receive bundles",
        "/media/usb/center-key.pub",
        json=True,
    )
    export.add_argument(
        "file",
        metavar="FILE",
        help="file to write; an existing file is never overwritten",
    )
    add_command(
        group,
        "key rotate",
        "replace the signing key; the old key signs the new one and is deleted",
        "",
        json=True,
        records=True,
    )


def add_ledger(commands: Commands) -> None:
    """Add what begins with `ledger`."""
    group = add_group(commands, "ledger", "check, back up and recover the record")
    add_command(
        group,
        "ledger verify",
        "verify the whole record and name the first entry that does not match",
        "--json",
        json=True,
    )
    add_command(
        group,
        "ledger rebuild",
        "rebuild the lookup tables from the entries",
        "",
        json=True,
    )
    add_command(
        group,
        "ledger info",
        "show the size, versions, head and contents of the record",
        "",
        json=True,
    )
    backup = add_command(
        group,
        "ledger backup",
        "write a verified copy of the record",
        "--to /media/usb/ledger.db",
        json=True,
    )
    backup.add_argument(
        "--to",
        metavar="FILE",
        help="file to write (default: a new file in the data directory)",
    )
    restore = add_command(
        group,
        "ledger restore",
        "replace the record with a backup; the replaced file is kept under"
        " another name",
        "/media/usb/ledger.db",
        json=True,
    )
    restore.add_argument("backup", metavar="BACKUP", help="backup file")
    salvage = add_command(
        group,
        "ledger salvage",
        "write every entry of a damaged record that still verifies to a new file",
        "--to /media/usb/salvaged.db",
        json=True,
    )
    salvage.add_argument(
        "file",
        metavar="FILE",
        nargs="?",
        help="damaged file (default: the record)",
    )
    salvage.add_argument(
        "--to",
        metavar="FILE",
        help="file to write (default: a new file in the data directory)",
    )


def add_definitions(commands: Commands) -> None:
    """Add what begins with `definitions`."""
    add_command(
        commands,
        "definitions",
        "show the modules, policies, fees and codes in effect, and what the"
        " center changed",
        "--json",
        json=True,
    )


def add_deploy(commands: Commands) -> None:
    """Add what begins with `deploy`."""
    group = add_group(commands, "deploy", "print the files that lock down a kiosk")
    for name, what in (
        ("login-shell", "print the script that replaces the login shell"),
        ("sshd", "print the sshd settings for the kiosk account"),
        ("console", "print the systemd unit for a kiosk on the first console"),
        ("upload", "print the systemd unit that uploads waiting bundles"),
        ("upload-timer", "print the systemd timer that starts the upload"),
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
            help="account that runs the kiosk (default: cptkiosk)",
        )
        parser.add_argument(
            "--check",
            action="store_true",
            help="check this machine instead; exit code 1 if something is wrong",
        )


def add_wall(commands: Commands) -> None:
    """Add what begins with `wall`."""
    wall = add_command(
        commands,
        "wall",
        "show the clock of each running session, full-screen and read-only",
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
        "rehearse an exam day with invented people in a record of its own",
        "--people 24 --speed 60",
        json=True,
        data_dir=False,
    )
    add_drill_options(drill)
