"""Uploads that are killed, dropped and cut off end with each bundle there once."""

import hashlib
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.destinations import DestinationSettings
from cptkiosk.domain.rules.receipts import BundleDelivered
from cptkiosk.domain.state.session import Stage
from cptkiosk.services.deliveries import list_outboxes
from support.destinations import an_uploader, reopen, to_folder
from support.https_server import TOKEN, Authority, Faults, HttpsServer
from support.options import chance, option
from support.processes import surroundings
from support.sessions import a_session
from support.sftp_server import SftpServer, needs_sshd

RUNS_MAX = 5_000


class Killed(BaseException):
    """Nothing catches it, as nothing catches a kill."""


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def server(authority: Authority) -> Iterator[HttpsServer]:
    made = HttpsServer(authority.certify())
    made.faults = Faults(drop=0.1, busy=0.1, cut=0.2, chance=chance())
    yield made
    made.close()


@pytest.fixture
def office(
    server: HttpsServer, authority: Authority, tmp_path: Path
) -> DestinationSettings:
    token = tmp_path / "token"
    token.write_text(TOKEN)
    return server.settings(authority, token)


@pytest.fixture
def usb(tmp_path: Path) -> Path:
    made = tmp_path / "usb"
    made.mkdir()
    return made


def seal_sessions(desk: Desk, count: int) -> None:
    for number in range(count):
        a_session(desk, 1, Stage.SEALED, f"s{number}")


def delivered(desk: Desk, name: str) -> dict[str, str]:
    """Return what is on record for a destination: its digest by the key."""
    entries = desk.ledger.read_stream("upload")
    events = [
        one.event for one in entries
        if isinstance(one.event, BundleDelivered) and one.event.destination == name
    ]  # fmt: skip
    assert all(one.receipt.text for one in events)
    found = {one.key: one.sha256 for one in events}
    assert len(found) == len(events)
    return found


def digests(folder: Path) -> list[str]:
    return sorted(
        hashlib.sha256(one.read_bytes()).hexdigest() for one in folder.iterdir()
    )


def test_whatever_breaks_down_each_bundle_ends_at_each_destination_once(
    desk: Desk,
    folder: Path,
    usb: Path,
    server: HttpsServer,
    office: DestinationSettings,
) -> None:
    count, drawn = 6, random.Random(1)
    seal_sessions(desk, count)
    places = (to_folder(usb), office)

    def die_perhaps(*_: object) -> None:
        if drawn.random() < 0.1:
            raise Killed

    kills = 0
    while True:
        again = reopen(folder, desk.clock, *places)
        try:
            an_uploader(again).send_waiting(["usb", "office"], die_perhaps)
        except Killed:
            kills += 1
        left = sum(len(one.waiting) for one in list_outboxes(again))
        again.ledger.close()
        if not left:
            break
    desk.catch_up()

    assert kills > 0
    assert sorted(delivered(desk, "usb").values()) == digests(usb)
    assert delivered(desk, "office") == {
        key: digest for key, (digest, _) in server.stored.items()
    }
    assert len(digests(usb)) == len(server.stored) == count


@pytest.mark.soak
@pytest.mark.slow
@pytest.mark.timeout(7200)
@needs_sshd
def test_hundreds_of_revisions_survive_kills_at_every_destination(
    desk: Desk,
    folder: Path,
    usb: Path,
    server: HttpsServer,
    office: DestinationSettings,
    tmp_path: Path,
) -> None:
    count, drawn = option("UPLOADS", 300), chance()
    seal_sessions(desk, count)
    sftp = SftpServer(tmp_path / "sftp")
    sftp.start()
    places = (to_folder(usb), office, sftp.settings())
    settings = msgspec.json.encode(places).decode()
    kills = runs = 0
    try:
        while runs < RUNS_MAX:
            runs += 1
            done = subprocess.run(
                [sys.executable, "-m", "support.upload_worker", folder, settings,
                 "0.02", str(drawn.random())],
                env=surroundings(), stdout=subprocess.PIPE, text=True, check=False,
            )  # fmt: skip
            assert done.returncode in {0, 5, -signal.SIGKILL}, done.stdout
            kills += done.returncode == -signal.SIGKILL
            if done.returncode == 0:
                break
    finally:
        sftp.stop()
    desk.catch_up()
    print(f"{count} revisions, {runs} runs, {kills} kills, {server.requests} requests")

    assert sorted(delivered(desk, "usb").values()) == digests(usb)
    assert delivered(desk, "office") == {
        key: digest for key, (digest, _) in server.stored.items()
    }
    arrived = [one for one in sftp.incoming.iterdir() if one.suffix == ".zip"]
    assert sorted(delivered(desk, "drop").values()) == sorted(
        hashlib.sha256(one.read_bytes()).hexdigest() for one in arrived
    )
    assert len(digests(usb)) == len(server.stored) == len(arrived) == count
