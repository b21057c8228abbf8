"""Upload: what waits, what was written where and when, and trying again."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands import closing as c
from cptkiosk.domain.events.closing import BundleWritten
from cptkiosk.domain.rules.receipts import ReceiptImported
from cptkiosk.domain.state.session import Stage
from cptkiosk.host import mounts
from cptkiosk.ui.dialogs.form_dialog import FormDialog
from cptkiosk.ui.screens.bundle_queue import BundleQueueScreen
from cptkiosk.ui.widgets.form import Form
from cptkiosk.upload import queue
from cptkiosk.upload.folder import write_bundle
from support.center import DANA, DANA_PIN, LEE, open_desk
from support.paths import NOT_A_NAME, hostile_paths
from support.sessions import a_session
from support.sitting import Sitting, sit_down


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder


@pytest.fixture
def two_sealed(desk: Desk) -> Desk:
    a_session(desk, 1, Stage.SEALED, "a")
    a_session(desk, 1, Stage.SEALED, "b")
    return desk


def receipts(desk: Desk) -> list[Any]:
    return [
        entry
        for one in ("a", "b")
        for entry in desk.ledger.read_stream(f"session/{one}")
        if isinstance(entry.event, BundleWritten)
    ]


async def write(sitting: Sitting, key: str, folder: Path) -> None:
    await sitting.press(key, "ctrl+u")
    await sitting.fill(str(folder))


async def test_o_on_today_leads_to_the_queue_and_esc_back(
    two_sealed: Desk, folder: Path
) -> None:
    async with sit_down(two_sealed, folder, LEE, (120, 40)) as sitting:
        await sitting.press("o")
        sitting.showing(BundleQueueScreen)
        assert sitting.words.count(" waiting ") == 2
        assert "2 bundles to write" in sitting.words
        await sitting.press("escape")
        assert not isinstance(sitting.screen, BundleQueueScreen)


async def test_enter_writes_the_one_under_the_cursor_and_its_receipt_is_shown(
    two_sealed: Desk, folder: Path, stick: Path
) -> None:
    async with sit_down(two_sealed, folder, LEE, (120, 40)) as sitting:
        await sitting.show(BundleQueueScreen())
        await write(sitting, "enter", stick)
        (file,) = stick.iterdir()
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        (receipt,) = receipts(two_sealed)
        assert (receipt.event.sha256, receipt.event.destination) == (digest, str(stick))

        await sitting.press("end")
        assert f"SHA-256 {digest}" in sitting.words
        assert file.name in sitting.words
        assert sitting.words.count(" waiting ") == 1


async def test_s_writes_all_that_wait_and_the_folder_is_remembered(
    two_sealed: Desk, folder: Path, stick: Path
) -> None:
    async with sit_down(two_sealed, folder, LEE, (120, 40)) as sitting:
        await sitting.show(BundleQueueScreen())
        await write(sitting, "s", stick)
        assert len(list(stick.iterdir())) == len(receipts(two_sealed)) == 2
        assert "(s write all)" in sitting.words
        await sitting.press("s")
        assert "Nothing to write" in sitting.words
    async with sit_down(two_sealed, folder, LEE, (120, 40)) as sitting:
        await sitting.show(BundleQueueScreen())
        await sitting.press("enter")
        sitting.showing(FormDialog)
        assert str(stick)[-30:] in sitting.words


async def test_the_same_revision_twice_is_one_file_of_the_same_bytes(
    two_sealed: Desk, folder: Path, stick: Path
) -> None:
    async with sit_down(two_sealed, folder, LEE) as sitting:
        await sitting.show(BundleQueueScreen())
        await write(sitting, "s", stick)
        before = {one: one.read_bytes() for one in stick.iterdir()}
        head = two_sealed.ledger.head()
        await write(sitting, "enter", stick)
    assert {one: one.read_bytes() for one in stick.iterdir()} == before
    assert two_sealed.ledger.head() == head


async def test_a_failed_upload_stays_in_the_queue_and_is_retried(
    two_sealed: Desk, folder: Path, stick: Path
) -> None:
    missing = stick / "missing"
    async with sit_down(two_sealed, folder, LEE) as sitting:
        await sitting.show(BundleQueueScreen())
        await write(sitting, "s", missing)
        assert "There is no folder" in sitting.words
        assert "The record is safe" in sitting.words
        assert sitting.words.count(" failed ") == 2
        assert receipts(two_sealed) == []

        missing.mkdir()
        await write(sitting, "s", missing)
        assert " failed " not in sitting.words
    assert len(receipts(two_sealed)) == 2


async def test_a_file_that_is_there_is_not_overwritten_and_the_other_is_written(
    two_sealed: Desk, folder: Path, stick: Path
) -> None:
    async with sit_down(two_sealed, folder, LEE, (120, 40)) as sitting:
        await sitting.show(BundleQueueScreen())
        foreign = stick / "cptkiosk-TN-014-a-r1-results.zip"
        foreign.write_text("somebody's")
        await write(sitting, "s", stick)
        assert "already exists and is not this bundle" in sitting.words
        assert foreign.read_text() == "somebody's"
    (receipt,) = receipts(two_sealed)
    assert receipt.stream == "session/b"


async def test_an_amended_session_waits_again_once_it_is_sealed_again(
    two_sealed: Desk, folder: Path, stick: Path
) -> None:
    desk = two_sealed
    async with sit_down(desk, folder, DANA, (120, 40)) as sitting:
        await sitting.show(BundleQueueScreen())
        await write(sitting, "s", stick)
        desk.perform(c.AmendSession(session_id="a", reason="typo"), DANA)
        desk.seal("a", DANA, DANA_PIN)
        sitting.app.redraw_front()
        await sitting.settle()
        assert "waiting" in sitting.words
        await write(sitting, "s", stick)
    names = sorted(one.name for one in stick.iterdir())
    assert [name[16:20] for name in names] == ["a-r1", "a-r2", "b-r1"]


async def test_a_stick_that_is_plugged_in_is_offered(
    two_sealed: Desk, folder: Path, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cptkiosk.ui.dialogs.folder.list_drives", lambda: (stick,))
    async with sit_down(two_sealed, folder, LEE, (120, 40)) as sitting:
        await sitting.show(BundleQueueScreen())
        await sitting.press("s")
        assert "Plugged in:" in sitting.words
        await sitting.press("enter")
    assert len(list(stick.iterdir())) == 2


def test_only_what_is_mounted_is_called_plugged_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "kiosk").mkdir()
    monkeypatch.setattr(mounts, "DRIVES", (str(tmp_path), str(tmp_path / "none")))
    assert queue.list_drives() == ()


def a_receipt(
    folder: Path, digest: str, session_id: str = "a", name: str = "receipt-a.json"
) -> None:
    says = {
        "schema": "cptkiosk-receipt",
        "session_id": session_id,
        "revision": 1,
        "sha256": digest,
        "received_utc": "2026-09-21T23:15:00Z",
        "received_by": "State office",
    }
    (folder / name).write_text(json.dumps(says))


async def test_a_receipt_takes_a_bundle_out_of_the_queue_and_is_seen_elsewhere(
    two_sealed: Desk, folder: Path, stick: Path
) -> None:
    async with sit_down(two_sealed, folder, LEE, (120, 40)) as sitting:
        await sitting.show(BundleQueueScreen())
        assert "(r receipt)" in sitting.words
        await sitting.press("r")
        assert "No bundle has been written yet" in sitting.words
        await write(sitting, "s", stick)
        assert sitting.words.count(" no receipt ") == 2
        assert "2 bundles awaiting confirmation" in sitting.words

        a_receipt(stick, receipts(two_sealed)[0].event.sha256)
        await sitting.press("r")
        assert "Found: receipt-a.json" in sitting.words
        await sitting.press("enter")
        assert "receipt imported" in sitting.words
        assert "1 bundle awaiting confirmation" in sitting.words
        await sitting.press("end")
        assert "by State office" in sitting.words

        await sitting.press("r", "enter")
        assert "already on record" in sitting.words
    assert [type(one.event) for one in two_sealed.ledger.read_stream("upload")] == [
        ReceiptImported
    ]


async def test_a_receipt_for_another_file_is_refused_with_its_reason(
    two_sealed: Desk, folder: Path, stick: Path
) -> None:
    async with sit_down(two_sealed, folder, LEE, (120, 40)) as sitting:
        await sitting.show(BundleQueueScreen())
        await write(sitting, "s", stick)
        a_receipt(stick, "0" * 64)
        await sitting.press("r", "enter")
        assert "is for another file" in sitting.words
        assert sitting.words.count(" no receipt ") == 2
    assert two_sealed.ledger.read_stream("upload") == ()


async def test_enter_writes_where_the_last_one_went_and_asks_nothing(
    two_sealed: Desk, folder: Path, stick: Path
) -> None:
    async with sit_down(two_sealed, folder, LEE) as sitting:
        await sitting.show(BundleQueueScreen())
        await write(sitting, "enter", stick)
        assert len(receipts(two_sealed)) == 1
        await sitting.press("home", "enter")
        assert not isinstance(sitting.screen, FormDialog)
    assert [one.event.destination for one in receipts(two_sealed)] == [str(stick)] * 2


async def test_tries_and_the_last_error_survive_a_restart(
    two_sealed: Desk, folder: Path, stick: Path
) -> None:
    async with sit_down(two_sealed, folder, LEE) as sitting:
        await sitting.show(BundleQueueScreen())
        await write(sitting, "enter", stick / "missing")
        await write(sitting, "enter", stick / "missing")
    again = open_desk(folder, two_sealed.clock, "lab2")
    async with sit_down(again, folder, LEE) as sitting:
        await sitting.show(BundleQueueScreen())
        assert "failed" in sitting.words
        assert "2 tries, most recently to" in sitting.words
        assert "There is no folder" in sitting.words


@pytest.mark.parametrize("key", ["s", "r"])
async def test_every_hostile_path_for_bundle_and_receipt_is_reported(
    two_sealed: Desk, folder: Path, tmp_path: Path, key: str
) -> None:
    (tmp_path / "stick").mkdir()
    write_bundle(two_sealed, "a", tmp_path / "stick", LEE, report=lambda _: "r")
    place = tmp_path / "hostile"
    place.mkdir()
    try:
        async with sit_down(two_sealed, folder, LEE, (120, 40)) as sitting:
            await sitting.show(BundleQueueScreen())
            for text in (*hostile_paths(place).values(), *NOT_A_NAME):
                await sitting.press(key)
                form = sitting.showing(FormDialog).query_one(Form)
                form.set_values({"folder" if key == "s" else "file": text})
                await sitting.press("enter")
                await sitting.settle()
                sitting.showing(BundleQueueScreen)
        assert len(receipts(two_sealed)) == 1
    finally:
        (place / "locked").chmod(0o700)
