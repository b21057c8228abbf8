"""A fictional center with staff, people and a session ready to check in."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from math import ceil, sqrt

from cptkiosk.definitions.load import load_definitions
from cptkiosk.desk import Desk
from cptkiosk.domain.commands.planning import PlanSession
from cptkiosk.domain.events.planning import Room
from cptkiosk.domain.state.candidate import RegisterPerson, roll_name
from cptkiosk.domain.text import fold_text
from cptkiosk.domain.values import DAY_MS, MINUTE_MS, Actor, Refused, Role
from cptkiosk.drill.people import make_people
from cptkiosk.host.clock import Clock, system_zone
from cptkiosk.host.data_directory import Paths
from cptkiosk.ledger.ledger import Ledger
from cptkiosk.services.assignment import build_assignment
from cptkiosk.services.planning import plan_session

TERMINAL = "drill"
CENTER_NAME = "Rehearsal Center"
SITE_CODE = "DRILL"
COORDINATOR = "Robin Hale"
PROCTOR = "Sam Whitlock"
PIN = "482913"
"""Everyone's PIN in a rehearsal, where nothing is worth a secret."""

MODULE_IDS = ("safety", "quality")
FIRST_ROOM = 204
ROOM_ROWS_MAX, ROOM_COLUMNS_MAX = 10, 12
LEAD_MS, ROUND_MS = 10 * MINUTE_MS, 5 * MINUTE_MS


@contextmanager
def drill_desk(paths: Paths, clock: Clock) -> Iterator[Desk]:
    """Open a desk on a record of its own, which is made."""
    with closing(Ledger(paths.ledger, TERMINAL)) as ledger:
        yield Desk(ledger, clock, load_definitions())


def make_center(
    desk: Desk, seed: int, people: int, mark_ms: int = ROUND_MS
) -> tuple[Actor, str]:
    """Stage a rehearsal on an empty desk: center, staff, `people` and their session.

    The session is planned for the next multiple of `mark_ms` after LEAD_MS.

    Returns the proctor, signed in, and the id of the session.

    Raises:
        Refused: if the ledger is not empty.
    """
    zone = local_zone_name()
    desk.center_log.init_center(
        CENTER_NAME, SITE_CODE, zone, COORDINATOR, PIN, rehearsal=True
    )
    coordinator = desk.pins.sign_in("s1", PIN)
    trained_on = desk.local_date(desk.now().utc_ms - 200 * DAY_MS)
    desk.staff.add_staff(PROCTOR, Role.PROCTOR, PIN, trained_on, coordinator)
    commands = make_people(people, seed)
    for outcome in desk.registrar.register(commands, coordinator):
        if isinstance(outcome, Refused):
            raise outcome
    session_id = _plan_session(desk, people, mark_ms, coordinator)
    _assign_people(desk, session_id, commands, coordinator)
    return desk.pins.sign_in("s2", PIN), session_id


def _plan_session(desk: Desk, people: int, mark_ms: int, actor: Actor) -> str:
    earliest_ms = desk.now().utc_ms + LEAD_MS
    names = " + ".join(desk.definitions.module(one).short for one in MODULE_IDS)
    return plan_session(
        desk,
        PlanSession(
            session_id="",
            title=f"{names} (rehearsal)",
            starts_at_utc_ms=-(-earliest_ms // mark_ms) * mark_ms,
            module_ids=MODULE_IDS,
            rooms=rooms_for(people),
        ),
        actor,
    )


def _assign_people(
    desk: Desk, session_id: str, commands: Sequence[RegisterPerson], actor: Actor
) -> None:
    """Put everyone on the roll by name, with their first module."""
    first: dict[str, RegisterPerson] = {}
    for command in commands:
        first.setdefault(command.participant_id, command)
    for participant_id, command in sorted(first.items(), key=_by_name):
        assert command.registration is not None, "people come with a module"
        module_id = command.registration.module_id
        desk.perform(
            build_assignment(desk, session_id, participant_id, module_id), actor
        )


def _by_name(item: tuple[str, RegisterPerson]) -> tuple[str, str]:
    participant_id, command = item
    return fold_text(roll_name(command.family_name, command.given_name)), participant_id


def rooms_for(people: int) -> tuple[Room, ...]:
    """Return rooms from 204 on with a seat for everyone, about as deep as wide."""
    capacity = ROOM_ROWS_MAX * ROOM_COLUMNS_MAX
    rooms: list[Room] = []
    while people > 0:
        here = min(people, capacity)
        columns = min(ROOM_COLUMNS_MAX, max(2, ceil(sqrt(here * 1.5))))
        name = str(FIRST_ROOM + 2 * len(rooms))
        rooms.append(Room(name=name, rows=ceil(here / columns), columns=columns))
        people -= here
    return tuple(rooms)


def local_zone_name() -> str:
    """Return the time zone of a rehearsal on this system."""
    return system_zone()
