"""`center init`, and `staff add`, `pin`, `training`, `change` and `list`."""

import sys
from argparse import Namespace
from getpass import getpass

from cptkiosk.cli.open_record import (
    accept_network,
    actor,
    check_clock,
    kiosk_desk,
    paths_of,
    the_desk,
)
from cptkiosk.cli.option_values import clean_option
from cptkiosk.cli.output import format_table, pick_fields, print_answer, quote_value
from cptkiosk.definitions.load import load_definitions
from cptkiosk.desk.pins import check_new_pin
from cptkiosk.domain.state.center import Member, find_member
from cptkiosk.domain.time.calendar import format_date
from cptkiosk.domain.values import Refused, Role
from cptkiosk.errors import UsageError
from cptkiosk.host.clock import SystemClock
from cptkiosk.host.paths import probe_path
from cptkiosk.ledger.missing_record import (
    check_not_lost,
    find_remains,
    lost_record_text,
)
from cptkiosk.times.format import TimeFormat, choose_format
from cptkiosk.times.parse import UnreadableTime, read_date
from cptkiosk.times.zones import UnknownZone, zone_meant

SITE_CODE_MAX = 20


def init_center(options: Namespace) -> int:
    """Create the record of a center, with its first coordinator."""
    name = clean_option("--name", options.name, needed=True)
    code = _site_code(options.site_code)
    zone = _read_zone(options.tz)
    coordinator = clean_option("--coordinator", options.coordinator, needed=True)
    times = choose_format(zone, "auto")
    today = times.find_date(SystemClock().now().utc_ms)
    trained_on = _read_date(options.trained_on, today, times)
    paths = paths_of(options)
    found = ""
    if probe_path(paths.ledger):
        with kiosk_desk(paths) as desk:
            if desk.center.is_set_up:
                raise Refused("already-initialized", center=desk.center.name)
    elif not options.new_record:
        check_not_lost(paths)
    elif find_remains(paths):
        found = lost_record_text(paths)
    # Asked for before anything is made: without a PIN nothing is.
    policies = load_definitions(own=paths.definitions).policies
    pin = _read_new_pin(options, policies.pin_digits_min)
    with kiosk_desk(paths, new_record=options.new_record) as desk:
        check_clock(desk, options)
        desk.center_log.init_center(
            name, code, zone, coordinator, pin, trained_on=trained_on,
            clock_is_right=options.clock_is_right,
        )  # fmt: skip
        if found:
            desk.center_log.record_new_ledger(found, actor())
        accept_network(desk, paths)
        record = desk.ledger.path
    return print_answer(
        options,
        {"name": name, "site_code": code, "record": str(record)},
        f"{name} ({code}) is set up. Coordinator: {coordinator}.",
        f"Record: {record}",
    )


def add_staff(options: Namespace) -> int:
    """Add a proctor or a coordinator."""
    name = clean_option("--name", options.name, needed=True)
    with the_desk(options) as desk:
        trained_on = _read_date(options.trained_on, desk.today(), desk.times)
        pin = _read_new_pin(options, desk.definitions.policies.pin_digits_min)
        desk.staff.add_staff(name, Role(options.role), pin, trained_on, actor())
        member = find_member(desk.center, name)
    words = f"{name} is on the staff list as {options.role}."
    return print_answer(options, _member_json(member), words)


def set_pin(options: Namespace) -> int:
    """Give a staff member a new PIN."""
    name = clean_option("--name", options.name, needed=True)
    with the_desk(options) as desk:
        member = find_member(desk.center, name)
        pin = _read_new_pin(options, desk.definitions.policies.pin_digits_min)
        desk.staff.set_pin(member.staff_id, pin, actor())
        member = desk.center.staff[member.staff_id]
    words = f"The PIN of {member.name} is set. They can sign in."
    if not member.active:
        words = (
            f"The PIN of {member.name} is set, but they cannot sign in: they are"
            " deactivated."
        )
    return print_answer(options, _member_json(member), words)


def set_training(options: Namespace) -> int:
    """Record when a staff member was trained."""
    name = clean_option("--name", options.name, needed=True)
    with the_desk(options) as desk:
        trained_on = _read_date(options.trained_on, desk.today(), desk.times)
        member = find_member(desk.center, name)
        desk.staff.change_staff(member.staff_id, actor(), trained_on=trained_on)
        member = desk.center.staff[member.staff_id]
    words = f"The training date of {member.name} is now {format_date(trained_on)}."
    return print_answer(options, _member_json(member), words)


def change_staff(options: Namespace) -> int:
    """Change a role or a training date, or whether someone can sign in."""
    name = clean_option("--name", options.name, needed=True)
    if not (options.role or options.trained_on or options.active is not None):
        raise UsageError(
            "No change was given. Nothing was changed. Add --role, --trained-on,"
            " --deactivate or --reactivate."
        )
    with the_desk(options) as desk:
        trained_on = _read_date(options.trained_on, desk.today(), desk.times)
        member = find_member(desk.center, name)
        desk.staff.change_staff(
            member.staff_id,
            actor(),
            trained_on=trained_on or None,
            role=Role(options.role) if options.role else None,
            active=options.active,
        )
        changed = desk.center.staff[member.staff_id]
    state = "active" if changed.active else "deactivated"
    trained = format_date(changed.trained_on) or "-"
    words = f"{changed.name}: {changed.role}, {state}, trained on {trained}."
    return print_answer(options, _member_json(changed), words)


def _member_json(one: Member) -> dict[str, object]:
    facts = pick_fields(one, "staff_id", "role", "trained_on", "locked", "active")
    return {**facts, "name": one.name.text}


def list_staff(options: Namespace) -> int:
    """Show the staff list."""
    with the_desk(options, read_only=True) as desk:
        staff = desk.center.staff.values()
    rows = [
        (
            one.staff_id,
            one.name,
            one.role,
            format_date(one.trained_on) or "-",
            "locked" if one.locked else "" if one.active else "deactivated",
        )
        for one in staff
    ]
    return print_answer(
        options,
        {"staff": [_member_json(one) for one in staff]},
        format_table(("id", "name", "role", "trained on", ""), rows),
    )


def _site_code(text: str) -> str:
    """Return a site code, which also goes into the names of files."""
    plain = text.replace("-", "").replace(".", "").replace("_", "")
    if not (plain.isascii() and plain.isalnum()) or len(text) > SITE_CODE_MAX:
        raise UsageError(
            f'"{quote_value(text)}" is not a site code. Nothing was changed. Type'
            f" up to {SITE_CODE_MAX} letters, digits, periods, hyphens and"
            " underscores, for example TX-0417."
        )
    return text


def _read_zone(name: str) -> str:
    try:
        return zone_meant(name)
    except UnknownZone as bad:
        raise UsageError(f"{bad} Nothing was changed.") from bad


def _read_date(text: str, today: str, times: TimeFormat) -> str:
    try:
        return read_date(text, today, times, past=True) if text else ""
    except UnreadableTime as bad:
        raise UsageError(f"{bad} Nothing was changed.") from bad


def _read_new_pin(options: Namespace, digits_min: int) -> str:
    """Return a new PIN, from standard input or asked for twice.

    Raises:
        UsageError: if it can be read from nowhere.
        Refused: if it may not be set.
    """
    pin = _read_piped_pin() if options.pin_stdin else _ask_for_pin()
    check_new_pin(pin, digits_min)
    return pin


def _read_piped_pin() -> str:
    line = sys.stdin.readline() if sys.stdin is not None else ""
    if not line:
        raise UsageError(
            "Standard input has no PIN. Nothing was changed. Try: printf '%s\\n'"
            " PIN | cptkiosk ... --pin-stdin"
        )
    return line.rstrip("\r\n")


def _ask_for_pin() -> str:
    if sys.stdin is None or not sys.stdin.isatty():
        raise UsageError(
            "There is no terminal on which to ask for the PIN. Nothing was"
            " changed. Use --pin-stdin and send the PIN to standard input."
        )
    try:
        pin = getpass("PIN: ")
        again = getpass("PIN again: ")
    except EOFError:
        raise UsageError("No PIN was entered. Nothing was changed.") from None
    if pin != again:
        raise UsageError("The two PINs differ. Nothing was changed. Try again.")
    return pin
