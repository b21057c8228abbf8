"""`session plan`."""

import re
from argparse import Namespace

from cptkiosk.cli.open_record import actor, the_desk
from cptkiosk.cli.option_values import clean_option
from cptkiosk.cli.output import pick_fields, print_answer, quote_value
from cptkiosk.desk import Desk
from cptkiosk.domain.commands.planning import PlanSession
from cptkiosk.domain.events.planning import Room
from cptkiosk.domain.modules import Definitions
from cptkiosk.domain.time.calendar import utc_text
from cptkiosk.domain.values import Refused, plural
from cptkiosk.errors import UsageError
from cptkiosk.services.assignment import assign_people, list_candidates
from cptkiosk.services.planning import plan_session
from cptkiosk.times.parse import UnreadableTime, read_instant

ROOM = re.compile(r"(.+):([0-9]{1,3})[x\u00d7]([0-9]{1,3})")


def make_plan(options: Namespace) -> int:
    """Plan a session, and perhaps put everyone registered on its roll."""
    rooms = tuple(_read_room(text) for text in options.room)
    title = clean_option("--title", options.title)
    with the_desk(options) as desk:
        modules = _read_modules(options.modules, desk.definitions)
        starts_ms = _read_start(options.start, desk)
        command = PlanSession(
            session_id="",
            title=title,
            starts_at_utc_ms=starts_ms,
            module_ids=modules,
            rooms=rooms,
        )
        odd = desk.preview.odd_dates(command, actor())
        if odd and not options.anyway:
            raise Refused("odd-dates-here", sentence=" ".join(odd))
        session_id = plan_session(desk, command, actor())
        who = list_candidates(desk, modules) if options.everyone else ()
        assigned, _, refused = assign_people(desk, session_id, who, actor())
        starts = desk.times.format_whole(starts_ms)
    lines = [f"Session {session_id} is planned for {starts}."]
    lines += [f"Noted with the plan: {quote_value(text)}" for text in odd]
    if options.everyone:
        added = plural(assigned, "person", "people")
        lines.append(f"{added} added to the attendance list.")
    for one in refused:
        name, reason = quote_value(one.participant_id), quote_value(one.reason)
        lines.append(f"  {name} not added: {reason}")
    facts = {
        "session_id": session_id,
        "starts_at_utc": utc_text(starts_ms),
        "assigned": assigned,
        "not_assigned": [
            pick_fields(one, "participant_id", "reason") for one in refused
        ],
    }
    return print_answer(options, facts, *lines)


def _read_modules(text: str, definitions: Definitions) -> tuple[str, ...]:
    aliases = definitions.module_aliases()
    found = []
    for name in text.split(","):
        module_id = aliases.get(name.strip().lower())
        if module_id is None:
            known = ", ".join(module.id for module in definitions.modules)
            raise UsageError(
                f'"{quote_value(name)}" is not a module. Nothing was changed. Type'
                f" one or more of {known}, separated by commas."
            )
        found.append(module_id)
    return tuple(dict.fromkeys(found))


def _read_room(text: str) -> Room:
    match = ROOM.fullmatch(text)
    if match is None:
        raise UsageError(
            f'"{quote_value(text)}" is not a room. Nothing was changed. Type its'
            " name, rows and columns of seats, for example 204:4x6."
        )
    name = clean_option("--room", match[1])
    return Room(name=name, rows=int(match[2]), columns=int(match[3]))


def _read_start(text: str, desk: Desk) -> int:
    """Return the instant of a local time.

    Raises:
        UsageError: if it is none, or the clocks at the center skip it that day.
    """
    try:
        return read_instant(text, desk.today(), desk.times)
    except UnreadableTime as bad:
        raise UsageError(f"{bad} Nothing was changed.") from bad
