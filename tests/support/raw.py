"""The ledger's file behind the kiosk's back: what a vandal, or a bug, could do."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cptkiosk.ledger.sqlite import Connection, dbapi
from support.center import LEDGER


@contextmanager
def raw(path: Path) -> Iterator[Connection]:
    """Open the file as any program could, and leave it closed."""
    connection: Connection = dbapi.connect(str(path), isolation_level=None)
    try:
        yield connection
    finally:
        connection.close()


def tamper(path: Path, *statements: str) -> None:
    """Change the file with the triggers out of the way, and put them back."""
    with raw(path) as connection:
        named = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        triggers = connection.execute(named).fetchall()
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)
        for _, sql in triggers:
            connection.execute(sql)


def left_by_a_kill(path: Path, to: Path, *endings: str) -> Path:
    """Return a copy of what a kill would leave now, with these of its files."""
    to.mkdir()
    for one in ("", *endings):
        shutil.copyfile(f"{path}{one}", f"{to / LEDGER}{one}")
    return to / LEDGER
