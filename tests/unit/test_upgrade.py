"""A ledger of every release is opened, verified and gone on with by this one."""

import importlib.util
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import cptkiosk
from cptkiosk.desk import Desk
from cptkiosk.domain.commands import restart as c
from cptkiosk.domain.events.fact import EVENT_TYPES
from cptkiosk.domain.state.session import Stage
from cptkiosk.ledger import projections
from cptkiosk.ledger.file_format import SCHEMA_VERSION
from cptkiosk.ledger.maintenance.salvage import look_for
from cptkiosk.ledger.maintenance.verify import (
    fold_tables,
    rebuild_projections,
    verify_ledger,
)
from support.center import DANA, DANA_PIN, LEDGER, LEE, open_desk
from support.clock import HandClock
from support.sessions import ended, explained, scored

LEDGERS = Path(__file__).resolve().parents[1] / "data" / "ledgers"
SAMPLES = sorted(LEDGERS.glob("*.db"))
LARGEST = 200_000

NEWER: dict[str, frozenset[str]] = {
    "0.1.0": frozenset(
        {
            "bundle-not-written.v1",
            "receipt-imported.v1",
            "score-corrected.v1",
            "outcome-corrected.v1",
            "outcome-replaced.v1",
            "halt-undone.v1",
            "suspend-noticed.v1",
            "staff-trained.v1",
            "steps-grouped.v1",
            "step-authorized.v1",
            "irregularities-seen.v1",
            "sheets-issued.v1",
            "namesake-noticed.v1",
            "coordinator-called.v1",
            "two-people-decided.v1",
            "row-accepted.v1",
            "network-folder-accepted.v1",
            "record-begun-anew.v1",
            "clock-accepted.v1",
            "staff-role-changed.v1",
            "staff-deactivated.v1",
            "staff-reactivated.v1",
            "log-entry-undone.v1",
            "room-walked.v1",
            "code-released.v1",
            "official-reported.v1",
            "key-rotated.v1",
            "bundle-delivered.v1",
            "results-stated.v1",
        }
    ),
}
"""By release, the kinds of event that came after it: its sample cannot have them."""

Opened = Callable[[Path], Desk]


def read(path: Path) -> tuple[tuple[int, str, str], ...]:
    """Return every entry of a sample, without this program."""
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as db:
        return tuple(db.execute("SELECT seq, kind, hash FROM entry ORDER BY seq"))


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Opens a copy of a sample, some time later, on another machine."""
    desks: list[Desk] = []

    def open_copy(sample: Path) -> Desk:
        folder = tmp_path / f"data-{len(desks)}"
        folder.mkdir()
        shutil.copyfile(sample, folder / LEDGER)
        (folder / LEDGER).chmod(0o600)
        clock = HandClock()
        clock.advance(6 * 3_600_000)
        desk = open_desk(folder, clock, "later")
        desks.append(desk)
        return desk

    yield open_copy
    for desk in desks:
        desk.ledger.close()


def test_there_is_a_sample_of_this_release() -> None:
    assert f"{cptkiosk.__version__}.db" in [one.name for one in SAMPLES]
    assert all(one.stat().st_size < LARGEST for one in SAMPLES)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda one: one.stem)
def test_a_sample_holds_every_kind_of_event_that_its_release_knew(sample: Path) -> None:
    held = {kind for _, kind, _ in read(sample)}

    assert held | NEWER.get(sample.stem, frozenset()) == set(EVENT_TYPES)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda one: one.stem)
def test_a_sample_is_opened_and_verified_and_not_an_entry_is_changed(
    sample: Path, opened: Callable[..., Any]
) -> None:
    desk = opened(sample)

    found = verify_ledger(desk.ledger)

    assert found.entries == len(read(sample))
    assert found.signed_heads >= 2
    assert read(desk.ledger.path) == read(sample)
    assert int(desk.ledger.read_setting("user_version")) == SCHEMA_VERSION


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda one: one.stem)
def test_every_stream_of_a_sample_is_read_and_folded(
    sample: Path, opened: Callable[..., Any]
) -> None:
    desk = opened(sample)

    for stream in desk.ledger.stream_names():
        assert desk.ledger.read_stream(stream)
    rows = fold_tables(desk.ledger)
    assert all(rows[table] for table in projections.TABLES)
    rebuild_projections(desk.ledger, "s1")
    verify_ledger(desk.ledger)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda one: one.stem)
def test_a_session_that_ran_in_a_sample_is_ended_and_sealed_now(
    sample: Path, opened: Callable[..., Any]
) -> None:
    desk = opened(sample)
    before = verify_ledger(desk.ledger)
    desk.boots.beat()

    running = desk.session("a")
    assert running.stage is Stage.RUNNING
    ended(desk, "a")
    scored(desk, "a")
    explained(desk, "a")
    desk.perform(c.ConfirmRoomClock(session_id="a"), LEE)
    desk.seal("a", DANA, DANA_PIN)

    after = verify_ledger(desk.ledger)
    assert after.entries > before.entries
    assert after.signed_heads == before.signed_heads + 1
    assert desk.session("a").stage is Stage.SEALED
    assert desk.ledger.hash_of(before.entries) == before.head


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda one: one.stem)
def test_all_of_a_sample_is_salvaged(sample: Path, tmp_path: Path) -> None:
    shutil.copyfile(sample, tmp_path / LEDGER)

    found = look_for(tmp_path / LEDGER, tmp_path)

    assert found.is_complete
    assert len(found.rows) == len(read(sample))
    assert found.forgotten == 0 or found.texts


def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_sample", LEDGERS / "make.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_sample_is_made_by_one_command_and_always_the_same(tmp_path: Path) -> None:
    make = maker().make

    assert make(tmp_path / "one.db") == set()
    assert make(tmp_path / "two.db") == set()

    assert read(tmp_path / "one.db") == read(tmp_path / "two.db")
