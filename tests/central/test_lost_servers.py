"""Nothing a kiosk was told had arrived is lost, and nothing is there twice."""

import hashlib
import json
import signal
import subprocess
import sys
from pathlib import Path
from threading import Event, Thread
from uuid import uuid4

import msgspec
import psycopg
import pytest

from cptkiosk.cli.main import main
from cptkiosk.desk import Desk
from cptkiosk.domain.destinations import DestinationSettings
from cptkiosk.domain.rules.receipts import BundleDelivered
from cptkiosk.domain.state.session import Stage
from cptkiosk.errors import DestinationError, ExitCode
from cptkiosk.host.work_progress import ignore_progress
from cptkiosk.upload.destinations.base import Parcel
from cptkiosk.upload.destinations.kinds import open_destination
from support.destinations import a_parcel
from support.offices import Tables, rows
from support.options import chance, option
from support.postgres import Cluster, new_cluster, running_cluster
from support.processes import surroundings
from support.sessions import a_session

RUNS_MAX = 5_000
WRITERS = 4
BROKEN = """
CREATE FUNCTION break_down() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF random() < 0.1 THEN
    PERFORM pg_terminate_backend(pg_backend_pid());
  ELSIF random() < 0.3 THEN
    RAISE EXCEPTION 'restart transaction' USING ERRCODE = '40001';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER break_down BEFORE INSERT ON inbox
FOR EACH ROW EXECUTE FUNCTION break_down()
"""
"""A server that ends connections, and asks for a transaction to be run again."""


def receipts(desk: Desk) -> dict[str, str]:
    """Return what is on record as delivered: the digest by the key."""
    entries = desk.ledger.read_stream("upload")
    events = [one.event for one in entries if isinstance(one.event, BundleDelivered)]
    for one in events:
        assert json.loads(one.receipt.text or "")["sha256"] == one.sha256
    found = {one.key: one.sha256 for one in events}
    assert len(found) == len(events)
    return found


@pytest.mark.soak
@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_hundreds_of_revisions_survive_kills_and_a_server_that_breaks_down(
    desk: Desk, folder: Path, office: str, tables: Tables
) -> None:
    count, drawn = option("UPLOADS", 300), chance()
    for number in range(count):
        a_session(desk, 1, Stage.SEALED, f"s{number}")
    tables.execute(BROKEN.encode())
    places = (DestinationSettings("office", "postgres", office),)
    settings = msgspec.json.encode(places).decode()
    kills = runs = 0
    while runs < RUNS_MAX:
        runs += 1
        done = subprocess.run(
            [sys.executable, "-m", "support.upload_worker", folder, settings, "0.05",
             str(drawn.random())],
            env=surroundings(), stdout=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
        assert done.returncode in {0, 5, -signal.SIGKILL}, done.stdout
        kills += done.returncode == -signal.SIGKILL
        if done.returncode == 0:
            break
    desk.catch_up()
    print(f"{count} revisions, {runs} runs, {kills} kills")

    stored = rows(tables, "SELECT delivery_key, sha256, content FROM inbox")
    assert len(stored) == count
    assert receipts(desk) == {str(key): digest for key, digest, _ in stored}
    assert all(hashlib.sha256(data).hexdigest() == digest for _, digest, data in stored)


class Writer(Thread):
    """Delivers parcels until each has its receipt, whatever becomes of the servers."""

    def __init__(self, settings: DestinationSettings, number: int, count: int) -> None:
        super().__init__()
        self._inbox = open_destination(settings)
        self.parcels = [self._parcel(number, one) for one in range(count)]
        self.told: dict[str, str] = {}
        """The digest of what a server said it has, by the key."""
        self.failures = 0

    def _parcel(self, number: int, one: int) -> Parcel:
        return a_parcel(f"bundle {number} {one}".encode(), str(uuid4()))

    def run(self) -> None:
        for parcel in self.parcels:
            while parcel.key not in self.told:
                try:
                    done = self._inbox.deliver(parcel, ignore_progress)
                except DestinationError:
                    self.failures += 1
                    Event().wait(0.05)
                else:
                    self.told[parcel.key] = json.loads(done.receipt)["sha256"]


@pytest.mark.soak
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_standby_that_takes_over_under_load_has_everything_once() -> None:
    count = option("FAILOVER", 200)
    with running_cluster({"fsync": "off"}) as primary, new_cluster() as standby:
        copy_standby(primary, standby)
        # Only now: before, a commit would wait for a standby that is not there.
        with psycopg.connect(primary.uri(), autocommit=True) as admin:
            admin.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
            admin.execute("SELECT pg_reload_conf()")
        assert main(["central", "init", "--db", primary.uri()]) == ExitCode.DONE
        hosts = f"127.0.0.1:{primary.port},127.0.0.1:{standby.port}"
        settings = DestinationSettings(
            "office", "postgres", f"postgresql://office@{hosts}/postgres"
        )
        writers = [Writer(settings, one, count) for one in range(WRITERS)]
        for one in writers:
            one.start()
        while sum(len(one.told) for one in writers) < WRITERS * count // 3:
            Event().wait(0.01)
        primary.stop("immediate")
        told = {key: value for one in writers for key, value in one.told.items()}
        standby.promote()
        for one in writers:
            one.join()
        with psycopg.connect(standby.uri(), autocommit=True) as tables:
            stored = rows(tables, "SELECT delivery_key, sha256 FROM inbox")
        standby.stop("immediate")
    failures = sum(one.failures for one in writers)
    print(f"{len(stored)} stored, {len(told)} before the kill, {failures} failures")

    found = {str(key): digest for key, digest in stored}
    sent = {one.key: one.sha256 for writer in writers for one in writer.parcels}
    assert len(stored) == len(sent) == WRITERS * count
    assert found == sent
    assert told.items() <= found.items()
    assert failures > 0


def copy_standby(primary: Cluster, standby: Cluster) -> None:
    """Start a standby of a primary, or skip where the programs for it are missing."""
    if not (primary.programs / "pg_basebackup").is_file():
        pytest.skip("needs pg_basebackup, to make a standby")
    primary.copy_to(standby)
    standby.start({"fsync": "off"})
