"""Upload with destinations in the settings: the queue, progress, and a safe stop."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.halt import HaltSession
from cptkiosk.domain.rules.receipts import BundleDelivered
from cptkiosk.domain.state.session import Stage
from cptkiosk.host.work_progress import ProgressCallback
from cptkiosk.ui.dialogs.progress_dialog import SHOWN_AFTER_S, WorkDialog
from cptkiosk.ui.screens.bundle_queue import BundleQueueScreen
from cptkiosk.ui.screens.close_out.screen import CloseOutScreen
from cptkiosk.upload.destinations.base import Delivered, Parcel
from cptkiosk.upload.destinations.folder import Folder
from support.center import LEE
from support.destinations import to_folder, with_destinations
from support.sessions import a_session
from support.sitting import sit_down


@pytest.fixture
def usb(tmp_path: Path) -> Path:
    made = tmp_path / "usb"
    made.mkdir()
    return made


@pytest.fixture
def queued(desk: Desk, usb: Path, tmp_path: Path) -> Desk:
    a_session(desk, 1, Stage.SEALED, "a")
    a_session(desk, 1, Stage.SEALED, "b")
    places = (to_folder(usb), to_folder(tmp_path / "away", "office"))
    return with_destinations(desk, *places)


def deliveries(desk: Desk) -> list[str]:
    entries = desk.ledger.read_stream("upload")
    return [
        one.event.destination
        for one in entries
        if isinstance(one.event, BundleDelivered)
    ]


async def test_u_uploads_what_waits_and_says_what_could_not_be(
    queued: Desk, folder: Path, tmp_path: Path
) -> None:
    async with sit_down(queued, folder, LEE, (120, 40)) as sitting:
        await sitting.show(BundleQueueScreen())
        assert sitting.words.count(" queued ") == 4
        assert "4 bundles to upload to 2 destinations" in sitting.words
        await sitting.press("u")
        assert "2 bundles delivered; office: There is no folder" in sitting.words
        assert deliveries(queued) == ["usb", "usb"]
        assert sitting.words.count(" delivered ") >= 2
        assert " failed " in sitting.words

        (tmp_path / "away").mkdir()
        await sitting.press("u")
        assert "2 bundles delivered." in sitting.words
        assert deliveries(queued) == ["usb", "usb", "office", "office"]
        await sitting.press("end")
        assert "written and read back" in sitting.words
        await sitting.press("u")
        assert "Every destination has everything" in sitting.words
        queued.session("a")
        await sitting.show(CloseOutScreen("a"))
        assert "bundle of revision 1 delivered to office" in sitting.words


async def test_enter_uploads_to_the_destination_under_the_cursor(
    queued: Desk, folder: Path
) -> None:
    async with sit_down(queued, folder, LEE) as sitting:
        await sitting.show(BundleQueueScreen())
        await sitting.press("home", "enter")
        assert deliveries(queued) == ["usb", "usb"]
        await sitting.press("end", "enter")
        assert "usb already has this bundle." in sitting.words
        assert "0 bundles" not in sitting.words


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Event, Event]]:
    """A destination that takes until it is told; it says when it has begun."""
    begun, let_go = Event(), Event()
    deliver = Folder.deliver

    def wait(self: Folder, parcel: Parcel, told: ProgressCallback) -> Delivered:
        begun.set()
        let_go.wait(60)
        return deliver(self, parcel, told)

    monkeypatch.setattr(Folder, "deliver", wait)
    yield begun, let_go
    let_go.set()


async def test_esc_stops_an_upload_and_a_halt_does_not_wait_for_it(
    queued: Desk, folder: Path, slow: tuple[Event, Event]
) -> None:
    begun, let_go = slow
    a_session(queued, 1, Stage.RUNNING, "c")
    async with sit_down(queued, folder, LEE, (120, 40)) as sitting:
        await sitting.show(BundleQueueScreen())
        await sitting.press_meanwhile("u")
        assert await asyncio.to_thread(begun.wait, 60)
        await sitting.pass_time(SHOWN_AFTER_S)
        sitting.showing(WorkDialog)
        recorded = await sitting.app.worker.attempt(
            lambda: queued.perform(HaltSession(session_id="c", reason="alarm"), LEE)
        )
        assert recorded is not None
        assert deliveries(queued) == []
        await sitting.press_meanwhile("escape")
        let_go.set()
        await sitting.settle()
        assert "Stopped: 0 bundles of 4 sent" in sitting.words
    queued.catch_up()
    assert deliveries(queued) == []
