"""A center with two people on its staff, in a real file."""

from functools import cache
from pathlib import Path

from cptkiosk.definitions.load import load_definitions
from cptkiosk.desk import Desk
from cptkiosk.domain.modules import Definitions
from cptkiosk.domain.values import Actor, Role
from cptkiosk.host.clock import Clock
from cptkiosk.ledger.ledger import Ledger

DANA_PIN, LEE_PIN = "482913", "739154"
DANA = Actor("s1", Role.COORDINATOR)
LEE = Actor("s2", Role.PROCTOR)
KIM = Actor("s3", Role.PROCTOR)
LEDGER = "ledger.db"


@cache
def definitions() -> Definitions:
    """Return the definitions that are shipped, read once."""
    return load_definitions()


def open_desk(folder: Path, clock: Clock, terminal: str = "t1") -> Desk:
    """Return a desk on the ledger in `folder`, which is made if it is not there."""
    return Desk(Ledger(folder / LEDGER, terminal), clock, definitions())


def staffed(desk: Desk) -> Desk:
    """Return `desk` with Dana Ortiz as coordinator and Lee Wong as proctor."""
    desk.center_log.init_center(
        "Northfield", "TN-014", "America/Chicago", "Dana Ortiz", DANA_PIN
    )
    desk.staff.add_staff("Lee Wong", Role.PROCTOR, LEE_PIN, "2026-01-15", DANA)
    return desk
