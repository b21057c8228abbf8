"""A ledger on another machine, what is wiped from it, and what others read in it."""

from pathlib import Path

import pytest

from cptkiosk.cli.main import main
from cptkiosk.desk import Desk
from cptkiosk.domain.commands.irregularity import TakeNote
from cptkiosk.domain.commands.restart import ConfirmRoomClock
from cptkiosk.domain.events.center import BackupWritten, BootNoticed
from cptkiosk.domain.state.session import Stage
from cptkiosk.errors import ExitCode, StorageError
from cptkiosk.ledger import ledger as ledger_
from cptkiosk.ledger import sqlite
from cptkiosk.ledger.maintenance.backup import back_up
from cptkiosk.ledger.maintenance.restore import restore_backup
from cptkiosk.ledger.maintenance.verify import rebuild_projections, verify_ledger
from cptkiosk.ledger.signing import signature_fits
from support.center import DANA, LEDGER, LEE, LEE_PIN, open_desk
from support.clock import HandClock
from support.raw import left_by_a_kill, raw
from support.sessions import a_session, advance, ended, left_ms, scored

A = "a"
NOTE = TakeNote(session_id=A, text="the window was open")


@pytest.fixture
def path(desk: Desk) -> Path:
    """The file of a desk with a running session, in use."""
    a_session(desk, 2)
    return desk.ledger.path


# Handed over


class OtherMachine(HandClock):
    """A machine that booted by itself, its wall clock a little off."""

    def __init__(self, utc_ms: int) -> None:
        super().__init__(utc_ms, boot_ms=55_000)
        self._boots = 77


@pytest.mark.parametrize("how", ["backup", "with its journal"])
def test_a_session_goes_on_on_another_machine_and_both_keys_verify(
    desk: Desk, folder: Path, path: Path, tmp_path: Path, how: str
) -> None:
    desk.boots.beat()
    a_session(desk, 1, stage=Stage.SEALED, session_id="before")
    before, beat = left_ms(desk, "P1"), desk.ledger.last_heartbeat()
    assert beat is not None
    gap_ms = 90_000
    elsewhere = tmp_path / "elsewhere"
    if how == "backup":
        elsewhere.mkdir()
        back_up(desk.ledger, elsewhere / LEDGER)
    else:
        left_by_a_kill(path, elsewhere, "-wal")

    other = open_desk(elsewhere, OtherMachine(desk.now().utc_ms + gap_ms), "m2:tty1")
    other.boots.beat()

    assert left_ms(other, "P1") == before - gap_ms
    assert [one.event for one in other.ledger.read_stream("center")][-1] == BootNoticed(
        boot_id="boot-77", away_ms=desk.now().utc_ms + gap_ms - beat.utc_ms
    )
    other.perform(NOTE, LEE)
    advance(other, 10 * 60_000)
    ended(other, A)
    scored(other, A)
    other.perform(ConfirmRoomClock(session_id=A), LEE)
    other.seal(A, LEE, LEE_PIN)
    assert verify_ledger(other.ledger).signed_heads == 2
    rows = other.ledger.rows("SELECT seq, public_key FROM head ORDER BY seq")
    assert len({key for _, key in rows}) == 2
    for seq, _ in rows:
        signed = other.ledger.signature_at(seq)
        assert signed is not None
        assert signature_fits(signed.head, signed.signature, signed.public_key)
    other.ledger.close()


def test_the_ledger_knows_its_terminals_and_their_boots(
    desk: Desk, folder: Path, path: Path, clock: HandClock
) -> None:
    first = desk.ledger.head().seq
    other = open_desk(folder, clock, "t2")
    other.perform(NOTE, LEE)
    clock.advance(5_000)
    clock.reboot(60_000)
    desk.boots.beat()
    other.boots.beat()

    found = {(one.name, one.boot_id): one for one in desk.ledger.list_terminals()}
    assert list(found) == [("t1", "boot-1"), ("t2", "boot-1"), ("t1", "boot-2")]
    assert (found["t1", "boot-1"].first_seq, found["t1", "boot-1"].last_seq) == (
        1,
        first,
    )
    assert found["t2", "boot-1"].entries == 1
    noticed = [
        one.event.boot_id
        for one in desk.ledger.read_stream("center")
        if isinstance(one.event, BootNoticed)
    ]
    assert noticed == ["boot-2"]
    other.ledger.close()


def test_a_boot_is_noticed_once_however_often_it_is_looked_at(
    desk: Desk, folder: Path, clock: HandClock
) -> None:
    desk.boots.beat()
    clock.reboot(60_000)
    for _ in range(3):
        again = open_desk(folder, clock)
        again.boots.beat()
        clock.advance(20_000)
        again.boots.beat()
        again.ledger.close()

    kinds = [type(one.event) for one in desk.ledger.read_stream("center")]
    assert kinds.count(BootNoticed) == 1


def test_info_lists_the_terminals(
    desk: Desk, folder: Path, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.ledger.close()

    assert main(["--data-dir", str(folder), "ledger", "info"]) == ExitCode.DONE

    said = capsys.readouterr().out
    assert "terminal" in said
    assert "boot-1" in said
    assert "2026-09-21T14:13:20Z" in said


def test_a_backup_is_recorded_with_its_name_and_size(
    desk: Desk, folder: Path, path: Path, tmp_path: Path
) -> None:
    entries = desk.ledger.head().seq
    desk.ledger.close()

    backup = ["ledger", "backup", "--to", str(tmp_path / "b.db")]
    assert main(["--data-dir", str(folder), *backup]) == ExitCode.DONE

    again = open_desk(folder, desk.clock)
    last = again.ledger.read_stream("center")[-1]
    assert last.event == BackupWritten(name="b.db", entries=entries)
    assert last.actor.startswith("cli-")
    again.ledger.close()


def test_a_backup_of_a_restored_ledger_goes_on(
    desk: Desk, folder: Path, path: Path, tmp_path: Path, clock: HandClock
) -> None:
    back_up(desk.ledger, tmp_path / "b.db")
    desk.ledger.close()
    restore_backup(folder / LEDGER, tmp_path / "b.db", "20261123-140000Z")

    again = open_desk(folder, clock)
    again.center_log.record_backup("b.db", 1, DANA)
    verify_ledger(again.ledger)
    again.ledger.close()


# Forgotten texts


def test_deleted_text_is_wiped_from_the_file(desk: Desk, folder: Path) -> None:
    desk.ledger.keep_draft("s2", "note", '"Xylophone Quartz"')
    desk.ledger.keep_draft("s2", "note", "")
    assert desk.ledger.read_setting("secure_delete") == "1"
    desk.ledger.close()

    assert b"Xylophone" not in (folder / LEDGER).read_bytes()


def test_a_forgotten_name_is_in_no_page_of_the_file_or_of_its_journal(
    desk: Desk, folder: Path
) -> None:
    a_session(desk, 30, stage=Stage.ENDED)
    names = [f"FamilyP{number}" for number in range(10, 31)]
    with desk.ledger.writing("s1") as transaction:
        for stream in ("candidate/P17", f"session/{A}"):
            assert transaction.forget_stream(stream, "candidate/P17")
    rebuild_projections(desk.ledger, "s1")
    desk.ledger.wipe_deleted()

    files = [one.read_bytes() for one in folder.glob(f"{LEDGER}*")]
    left = [name for name in names if any(name.encode() in data for data in files)]
    assert left == [name for name in names if name != "FamilyP17"]
    assert verify_ledger(desk.ledger).forgotten > 2
    desk.ledger.close()


# Reading methods


def test_reports_and_bundles_query_the_ledger(
    desk: Desk, folder: Path, path: Path
) -> None:
    a_session(desk, 1, stage=Stage.SEALED, session_id="b")
    seq = desk.session("b").sealed_seq
    head, at_utc_ms = desk.ledger.written_at(seq)

    signed = desk.ledger.signature_at(seq)
    assert signed is not None
    assert signed.head == head
    last_at = desk.session("b").last_at
    assert last_at is not None
    assert at_utc_ms == last_at.utc_ms
    assert desk.ledger.signature_at(1) is None
    rows = desk.ledger.stream_rows("session/b", seq)
    assert [row[0] for row in rows] == [
        one.seq for one in desk.ledger.read_stream("session/b") if one.seq <= seq
    ]
    assert {len(row) for row in rows} == {10}
    assert desk.ledger.count_rows("entry") == desk.ledger.head().seq
    with pytest.raises(StorageError, match="no entry #9999"):
        desk.ledger.written_at(9999)


def test_the_columns_are_still_where_others_look_for_them() -> None:
    assert ledger_.COLUMNS.startswith("seq, stream")


def test_a_file_that_ends_in_the_middle_is_explained(
    desk: Desk, folder: Path, path: Path
) -> None:
    desk.ledger.close()
    whole = path.read_bytes()
    for kept in (1, 50, 99, 512, 4096, 4097, 5000, len(whole) - 4096, len(whole) - 1):
        path.write_bytes(whole[:kept])
        with pytest.raises(StorageError, match=r"It was not changed"):
            open_desk(folder, desk.clock)
        assert path.read_bytes() == whole[:kept]


def test_another_program_holding_the_lock_is_explained_at_the_opening(
    desk: Desk, folder: Path, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT_S", 0.05)
    desk.ledger.close()
    with raw(path) as other:
        other.execute("PRAGMA locking_mode = exclusive")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StorageError, match="Another program is using the ledger"):
            open_desk(folder, desk.clock)
        other.execute("ROLLBACK")
