"""Whether the file around the entries is as this program makes it."""

from contextlib import closing

from cptkiosk.ledger.reading import Reader
from cptkiosk.ledger.sqlite import Connection, dbapi

SCHEMA = "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name"


def damage(ledger: Reader) -> str:
    """Return what SQLite finds wrong with its pages, or what is not of our making."""
    found = str(ledger.rows("PRAGMA integrity_check(1)")[0][0])
    if found != "ok":
        return " ".join(found.split()).rstrip(".")
    with closing(dbapi.connect(":memory:", isolation_level=None)) as fresh:
        made = _made_by_us(fresh)
    for row in ledger.rows(SCHEMA):
        if row not in made:
            return f"its {row[0]} '{row[1]}' is not the one this program makes"
        made.remove(row)
    return f"its {made[0][0]} '{made[0][1]}' is missing" if made else ""


def _made_by_us(fresh: Connection) -> list[tuple[str, ...]]:
    from cptkiosk.ledger.schema import upgrade

    upgrade(fresh)
    return [tuple(row) for row in fresh.execute(SCHEMA)]
