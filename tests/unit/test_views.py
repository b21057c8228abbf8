"""The views, read as a stranger would: with Python's own sqlite3, on a copy of the file."""

import re
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.rules import candidate_rules as pr
from cptkiosk.domain.state.candidate import RegisterPerson, Registration
from cptkiosk.domain.state.session import Stage
from cptkiosk.drill.run import run_drill
from cptkiosk.ledger.maintenance.verify import verify_ledger
from cptkiosk.ledger.utc_offsets import list_offsets
from support.center import LEE
from support.exams import certificates, irregularity, local, registered, taken
from support.sessions import a_session, advance

FORMAT = Path(__file__).resolve().parents[2] / "docs" / "format.md"
DAY_MS = 24 * 3_600_000
VIEWS = (
    "results", "sessions", "people", "irregularities", "fees", "credentials", "bundles",
)  # fmt: skip

Query = Callable[..., list[tuple[Any, ...]]]


def examples() -> list[str]:
    """Return the queries that the page about the format shows."""
    return re.findall(r"```sql\n(.+?)```", FORMAT.read_text(encoding="utf-8"), re.S)


def read_copy(path: Path, folder: Path) -> Query:
    """Return what runs a query on a copy of a ledger."""
    copy = folder / "copy.db"
    with closing(sqlite3.connect(path)) as there, closing(sqlite3.connect(copy)) as db:
        there.backup(db)

    def query(sql: str, *values: object) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(copy)) as db:
            return db.execute(sql, values).fetchall()

    return query


@pytest.fixture
def query(desk: Desk, tmp_path: Path) -> Query:
    def ask(sql: str, *values: object) -> list[tuple[Any, ...]]:
        return read_copy(desk.ledger.path, tmp_path)(sql, *values)

    return ask


def test_a_stranger_counts_passes_of_a_drill_by_room_with_one_query(
    tmp_path: Path,
) -> None:
    run_drill(
        unattended=True, people=12, seed=3, keep=tmp_path / "drill", speed=1,
        say=lambda _: None,
    )  # fmt: skip
    query = read_copy(tmp_path / "drill" / "ledger.db", tmp_path)
    ((month,),) = query("SELECT substr(date, 1, 7) FROM sessions")

    by_room = query(examples()[0].replace("2026-11", month))

    rows = query("SELECT room, raw_min, cut_percent, items FROM attempt"
                 " WHERE module_id = 'safety' AND score_state = 'verified'")  # fmt: skip
    passed = Counter(room for room, raw, cut, items in rows if raw * 100 >= cut * items)
    assert by_room
    assert dict(by_room) == passed


def test_every_query_on_the_page_runs_and_every_column_is_on_it(query: Query) -> None:
    for sql in examples():
        query(sql)
    section = FORMAT.read_text(encoding="utf-8").partition("## 9. The views")[2]
    for view in VIEWS:
        (row,) = [one for one in section.splitlines() if one.startswith(f"| `{view}`")]
        names = [name for _, name, *_ in query(f"PRAGMA table_info({view})")]
        on_page = re.findall(r"`([a-z_0-9]+)`", row.split("|")[3])
        assert [one for one in names if one not in on_page] == []


def test_local_time_follows_daylight_saving_time(desk: Desk, query: Query) -> None:
    registered(desk, "P1")
    taken(desk, "summer", who="P1")
    advance(desk, 60 * DAY_MS)
    registered(desk, "P2")
    taken(desk, "winter", who="P2")

    rows = query("SELECT started_utc, started_local, date FROM sessions ORDER BY 1")

    assert rows == [
        ("2026-09-21T14:13:30Z", "2026-09-21T09:13:30", "2026-09-21"),
        ("2026-11-20T15:13:40Z", "2026-11-20T09:13:40", "2026-11-20"),
    ]


@pytest.mark.parametrize(
    "zone", ["America/Chicago", "America/Phoenix", "Australia/Lord_Howe", "UTC"]
)
def test_offsets_are_those_of_the_zone_at_every_hour(zone: str) -> None:
    rows, place = list_offsets(zone), ZoneInfo(zone)

    for hour in range(0, 2 * 366 * 24):
        at_ms = 1_767_225_600_000 + hour * 3_600_000
        stored = max(row for row in rows if row[0] <= at_ms)[1]
        offset = datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(place).utcoffset()
        assert offset is not None
        assert offset.total_seconds() == stored


def test_the_hour_that_is_there_twice_has_both_offsets() -> None:
    rows = dict(list_offsets("America/Chicago"))

    assert rows[local("2026-11-01T01:00:00", fold=1)] == -6 * 3600
    assert rows[local("2027-03-14T03:00:00")] == -5 * 3600


def test_credentials_are_those_that_the_program_shows(desk: Desk, query: Query) -> None:
    registered(desk, "P1")
    taken(desk, "a", "20")
    advance(desk, 30 * DAY_MS)
    registered(desk, "P1")
    taken(desk, "b", "70")

    rows = query("SELECT person_id, module, date, session_id FROM credentials")

    assert rows == [("P1", "safety", "2026-10-21", "b")]
    assert certificates(desk) == ["safety"]


def test_a_result_is_shown_once_the_score_is_verified(desk: Desk, query: Query) -> None:
    registered(desk, "P1")
    taken(desk, "a", "70")

    rows = query(
        "SELECT name, score, score_max, items, result, counts, used_s FROM results"
    )

    assert rows == [("FamilyP1, Kim", 70, 70, 83, "pass", 1, 3600)]
    assert query("SELECT ended_utc FROM sessions") != [(None,)]


def test_fees_list_payments_and_what_the_roster_says_is_paid(
    desk: Desk, query: Query
) -> None:
    person = RegisterPerson(
        participant_id="P1",
        family_name="Ortiz",
        given_name="Kim",
        birth_date="1990-04-02",
        registration=Registration("safety", "C1", paid=True),
    )
    desk.registrar.register(
        [person, replace(person, registration=Registration("quality", "C2"))], LEE
    )
    settle = pr.SettleFee(
        participant_id="P1", item="quality-1", amount_cents=1200, how="paid",
        reference="R-1042",
    )  # fmt: skip
    desk.perform(settle, LEE)

    rows = query("SELECT item, dollars, how, reference, date FROM fees ORDER BY 1")

    assert rows == [
        ("quality-1", 12.0, "paid", "R-1042", "2026-09-21"),
        ("safety-1", None, "paid", "roster", None),
    ]


def test_irregularities_say_which_were_superseded(desk: Desk, query: Query) -> None:
    a_session(desk, 1)
    desk.perform(irregularity(), LEE)

    rows = query("SELECT code, effect, superseded, happened_local FROM irregularities")

    assert len(rows) == 1
    assert rows[0][2] == 0
    assert rows[0][3].startswith("2026-09-21T09:")


def test_a_bundle_is_listed_with_its_receipt(
    desk: Desk, query: Query, tmp_path: Path
) -> None:
    from cptkiosk.upload.folder import write_bundle

    a_session(desk, 1, Stage.SEALED)
    (tmp_path / "stick").mkdir()
    write_bundle(desk, "a", tmp_path / "stick", LEE, report=lambda _: "report\n")

    rows = query(
        "SELECT session_id, revision, written_local, received_utc FROM bundles"
    )

    assert [(row[0], row[1], row[3]) for row in rows] == [("a", 1, None)]
    assert rows[0][2].startswith("2026-09-21T")


def test_an_older_ledger_gets_the_views_and_verifies(tmp_path: Path) -> None:
    from support.center import LEDGER, open_desk
    from support.clock import HandClock

    sample = FORMAT.parents[1] / "tests" / "data" / "ledgers" / "0.1.0.db"
    shutil.copyfile(sample, tmp_path / LEDGER)
    (tmp_path / LEDGER).chmod(0o600)
    desk = open_desk(tmp_path, HandClock())

    verify_ledger(desk.ledger)
    query = read_copy(desk.ledger.path, tmp_path)
    desk.ledger.close()

    assert all(query(f"SELECT count(*) FROM {view}")[0][0] for view in VIEWS)
    assert query("SELECT count(*) FROM sessions WHERE planned_local IS NULL") == [(0,)]
