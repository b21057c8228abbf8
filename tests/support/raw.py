"""The ledger's file behind the kiosk's back: what a vandal, or a bug, could do."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cptkiosk.ledger.sqlite import Connection, dbapi


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
