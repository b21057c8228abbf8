"""Whether the file around the entries is as this program makes it."""

from collections.abc import Sequence
from contextlib import closing
from functools import cache

from cptkiosk.ledger.reading import Reader
from cptkiosk.ledger.sqlite import dbapi

SCHEMA = "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name"


def find_damage(ledger: Reader) -> str:
    """Return what SQLite finds wrong with its pages, or what was changed."""
    found = str(ledger.rows("PRAGMA integrity_check(1)")[0][0])
    if found != "ok":
        return " ".join(found.split()).rstrip(".")
    own = {(kind, name): sql for kind, name, _, sql in _made_by_us(ledger)}
    present = {(row[0], row[1]): row for row in ledger.rows(SCHEMA)}
    for key, row in present.items():
        if key in own and row[3] != own[key]:
            return _describe_change(row, own[key])
        if key not in own and ("table", row[2]) in own and _changes_writes(row):
            return f'another program added the {row[0]} "{row[1]}" to "{row[2]}"'
    gone = next((one for one in own if one not in present), None)
    return f'its {gone[0]} "{gone[1]}" is missing' if gone else ""


def find_additions(ledger: Reader) -> tuple[str, ...]:
    """Return what another program added that changes nothing of the record.

    Statistics, indexes, views and tables of its own; each as "table 'notes'".
    """
    ours = {(row[0], row[1]) for row in _made_by_us(ledger)}
    return tuple(
        f'{kind} "{name}"'
        for kind, name, _, _ in ledger.rows(SCHEMA)
        if (kind, name) not in ours
    )


def _changes_writes(row: tuple[str, str, str, str]) -> bool:
    """Return whether something on a table can change or refuse what is written."""
    kind, _, _, sql = row
    return kind == "trigger" or "UNIQUE" in (sql or "").upper()


def _describe_change(row: tuple[str, str, str, str], own: str) -> str:
    kind, name, _, sql = row
    if kind == "table" and len(sql or "") > len(own):
        return f'another program changed its table "{name}", for example added a column'
    return f'its {kind} "{name}" is not the one this program creates'


def _made_by_us(ledger: Reader) -> Sequence[tuple[str, ...]]:
    # A copy of an older release is whole with the tables of that release.
    return _schema_of(int(ledger.read_setting("user_version")))


@cache
def _schema_of(version: int) -> Sequence[tuple[str, ...]]:
    # Start-up time: only who verifies compares with a new file.
    from cptkiosk.ledger.schema import upgrade_schema

    with closing(dbapi.connect(":memory:", isolation_level=None)) as fresh:
        upgrade_schema(fresh, version)
        return tuple(tuple(row) for row in fresh.execute(SCHEMA))
