"""The tables of the office: made by numbered SQL files, and asked which they are."""

from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from importlib.resources.abc import Traversable

from cptkiosk.errors import DestinationError
from cptkiosk.upload.postgres import (
    INBOX_VERSION,
    Connection,
    import_driver,
    run_transaction,
)

SAFE = "Nothing was changed."

CREATE = """
CREATE TABLE IF NOT EXISTS schema_version (
  version integer PRIMARY KEY,
  inbox_version integer NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT now()
)
"""


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered file, which takes the tables from the version before to its own."""

    version: int
    sql: str


def read_migrations() -> tuple[Migration, ...]:
    """Return the files in their order; each number follows the one before."""
    found = sorted(_list_files(), key=lambda one: one.name)
    made = tuple(
        Migration(int(one.name[:4]), one.read_text(encoding="utf-8")) for one in found
    )
    assert [one.version for one in made] == list(range(1, len(made) + 1))
    return made


def _list_files() -> list[Traversable]:
    folder = files("cptkiosk.central") / "migrations"
    return [one for one in folder.iterdir() if one.name.endswith(".sql")]


def migrate_schema(connection: Connection) -> tuple[int, ...]:
    """Create the tables, or bring older ones up to date; return the versions applied.

    Raises:
        DestinationError: if a newer release set up the database.
    """
    connection.execute(CREATE)
    return tuple(
        one.version
        for one in read_migrations()
        if run_transaction(connection, partial(_apply_file, one))
    )


def _apply_file(one: Migration, connection: Connection) -> bool:
    known = _read_version(connection)
    if known > len(read_migrations()):
        raise _wrong_release(known)
    if one.version <= known:
        return False
    connection.execute(one.sql)
    connection.execute(
        "INSERT INTO schema_version (version, inbox_version) VALUES (%s, %s)",
        (one.version, INBOX_VERSION),
    )
    return True


def check_schema(connection: Connection) -> None:
    """Check that the tables are those of this release.

    Raises:
        DestinationError: if there are none, or another release set them up.
    """
    psycopg = import_driver()
    try:
        known = _read_version(connection)
    except psycopg.errors.UndefinedTable as error:
        raise DestinationError(
            f"This database is not set up for cptkiosk. {SAFE} Run"
            ' "cptkiosk central init" first.'
        ) from error
    if known != len(read_migrations()):
        raise _wrong_release(known)


def _read_version(connection: Connection) -> int:
    query = "SELECT coalesce(max(version), 0) FROM schema_version"
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0


def _wrong_release(known: int) -> DestinationError:
    if known > len(read_migrations()):
        return DestinationError(
            f"This database was set up by a newer release of cptkiosk. {SAFE} Update"
            " cptkiosk on this computer."
        )
    return DestinationError(
        f"This database was set up by an older release of cptkiosk. {SAFE} Back it up,"
        ' then run "cptkiosk central init" to bring it up to date.'
    )
