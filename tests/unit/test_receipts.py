"""Receipts: only what fits a bundle that was written takes it out of the queue."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands import closing as c
from cptkiosk.domain.rules.receipts import BundleNotWritten, ReceiptImported, Upload
from cptkiosk.domain.state.session import Stage
from cptkiosk.errors import DestinationError, UsageError
from cptkiosk.ledger.maintenance.verify import rebuild_projections, verify_ledger
from cptkiosk.upload.folder import write_bundle
from cptkiosk.upload.queue import Queues
from cptkiosk.upload.receipts import latest_receipt, read_receipt
from support.center import DANA, DANA_PIN, LEE, open_desk
from support.sessions import a_session
from support.verdicts import refuses

SAYS = {
    "schema": "cptkiosk-receipt",
    "session_id": "a",
    "revision": 1,
    "received_utc": "2026-09-21T23:15:00Z",
    "received_by": "State office, R. Hall",
}


@pytest.fixture
def sealed(desk: Desk) -> Desk:
    a_session(desk, 1, Stage.SEALED, "a")
    return desk


def written(desk: Desk, folder: Path) -> str:
    folder.mkdir(exist_ok=True)
    return write_bundle(desk, "a", folder, LEE, report=lambda _: "report\n")[1]


def a_file(folder: Path, **says: object) -> Path:
    path = folder / "receipt-a-r1.json"
    path.write_text(json.dumps(SAYS | says), encoding="utf-8")
    return path


def state(desk: Desk) -> Upload:
    session = desk.session("a")
    bundles = sum(one.revision == session.revision for one in session.bundles)
    return desk.uploads.upload_of(session.stage, ("a", session.revision), bundles)


def test_a_bundle_leaves_the_queue_only_with_its_receipt(
    sealed: Desk, tmp_path: Path
) -> None:
    assert state(sealed) is Upload.WAITING
    digest = written(sealed, tmp_path / "stick")
    assert state(sealed) is Upload.WRITTEN
    assert len(Queues(sealed).read_queue().unproved_bundles) == 1

    receipt = read_receipt(a_file(tmp_path, sha256=digest.upper()))
    recorded = sealed.bundles.import_receipt(receipt, LEE)

    assert isinstance(recorded.entries[0].event, ReceiptImported)
    assert state(sealed) is Upload.RECEIVED
    queue = Queues(sealed).read_queue()
    assert queue.unproved_bundles == ()
    received = queue.written[0].receipt
    assert received is not None
    assert received.received_by.text == "State office, R. Hall"


def test_the_same_receipt_again_changes_nothing_and_another_is_kept_too(
    sealed: Desk, tmp_path: Path
) -> None:
    digest = written(sealed, tmp_path / "stick")
    receipt = read_receipt(a_file(tmp_path, sha256=digest))
    sealed.bundles.import_receipt(receipt, LEE)
    head = sealed.ledger.head()

    assert sealed.bundles.import_receipt(receipt, DANA).entries == ()
    assert sealed.ledger.head() == head

    other = read_receipt(a_file(tmp_path, sha256=digest, received_by="MSSC"))
    with refuses("already on record, from State office"):
        sealed.bundles.import_receipt(other, LEE)

    written(sealed, tmp_path / "second")
    assert sealed.bundles.import_receipt(other, LEE).entries


@pytest.mark.parametrize(
    ("dated", "why"),
    [
        ("2020-01-01T00:00:00Z", "before the session was sealed"),
        ("2099-01-01T00:00:00Z", "in the future"),
    ],
)
def test_a_receipt_with_an_impossible_date_is_refused(
    sealed: Desk, tmp_path: Path, dated: str, why: str
) -> None:
    digest = written(sealed, tmp_path / "stick")
    receipt = read_receipt(a_file(tmp_path, sha256=digest, received_utc=dated))

    with refuses(why):
        sealed.bundles.import_receipt(receipt, LEE)
    assert state(sealed) is Upload.WRITTEN


def test_a_receiver_whose_clock_is_minutes_behind_is_believed(
    sealed: Desk, tmp_path: Path
) -> None:
    digest = written(sealed, tmp_path / "stick")
    sealed_at = sealed.ledger.written_at(sealed.session("a").sealed_seq)[1]
    early = datetime.fromtimestamp(sealed_at / 1000 - 300, UTC).isoformat()
    receipt = read_receipt(a_file(tmp_path, sha256=digest, received_utc=early))

    assert sealed.bundles.import_receipt(receipt, LEE).entries


def test_a_receipt_that_fits_no_bundle_is_refused_and_nothing_is_written(
    sealed: Desk, tmp_path: Path
) -> None:
    early = read_receipt(a_file(tmp_path, sha256="0" * 64))
    with refuses("No bundle of revision 1"):
        sealed.bundles.import_receipt(early, LEE)
    digest = written(sealed, tmp_path / "stick")
    head = sealed.ledger.head()
    wrong: dict[str, dict[str, object]] = {
        "is for another file": {"sha256": "0" * 64},
        "No bundle of revision 2": {"sha256": digest, "revision": 2},
        "There is no session b": {"sha256": digest, "session_id": "b"},
    }
    for why, says in wrong.items():
        with refuses(why):
            sealed.bundles.import_receipt(read_receipt(a_file(tmp_path, **says)), LEE)
    assert sealed.ledger.head() == head
    assert state(sealed) is Upload.WRITTEN


def test_a_later_revision_waits_again_whatever_came_for_the_first(
    sealed: Desk, tmp_path: Path
) -> None:
    digest = written(sealed, tmp_path / "stick")
    sealed.bundles.import_receipt(read_receipt(a_file(tmp_path, sha256=digest)), LEE)
    sealed.perform(c.AmendSession(session_id="a", reason="typo"), DANA)
    sealed.seal("a", DANA, DANA_PIN)

    assert state(sealed) is Upload.WAITING
    written(sealed, tmp_path / "stick")
    queue = Queues(sealed).read_queue()
    assert [(one.revision, one.replaced) for one in queue.written] == [
        (2, False),
        (1, True),
    ]


def test_a_try_that_failed_is_on_record_and_the_sealed_session_is_as_it_was(
    sealed: Desk, tmp_path: Path, folder: Path
) -> None:
    version = sealed.session("a").version
    with pytest.raises(DestinationError):
        write_bundle(sealed, "a", tmp_path / "none", LEE, report=lambda _: "")

    last = sealed.ledger.read_stream("upload")[-1]
    assert isinstance(last.event, BundleNotWritten)
    assert last.actor == LEE.staff_id
    assert "There is no folder" in last.event.reason
    assert sealed.session("a").version == version
    assert not sealed.session("a").changed_since_seal

    other = open_desk(folder, sealed.clock, "lab2")
    (waiting,) = Queues(other).read_queue().waiting
    assert len(waiting.failures) == 1
    assert waiting.failures[0].destination == str(tmp_path / "none")


def test_another_terminal_sees_a_receipt_and_the_ledger_verifies(
    sealed: Desk, tmp_path: Path, folder: Path
) -> None:
    other = open_desk(folder, sealed.clock, "lab2")
    digest = written(sealed, tmp_path / "stick")
    sealed.bundles.import_receipt(read_receipt(a_file(tmp_path, sha256=digest)), LEE)

    assert other.catch_up()
    assert other.uploads == sealed.uploads
    rebuild_projections(sealed.ledger, "s1")
    verify_ledger(sealed.ledger)


@pytest.mark.parametrize(
    ("says", "why"),
    [
        ({"schema": "else"}, "schema"),
        ({"sha256": "abc"}, "64 hexadecimal"),
        ({"received_utc": "yesterday"}, "is not a time"),
        ({"received_by": " "}, "who received"),
        ({"revision": "one"}, "revision"),
    ],
)
def test_a_file_other_than_a_receipt_is_refused_in_words(
    tmp_path: Path, says: dict[str, str], why: str
) -> None:
    with pytest.raises(UsageError, match=why) as refused:
        read_receipt(a_file(tmp_path, **{"sha256": "0" * 64, **says}))
    assert "Nothing was changed" in str(refused.value)


def test_a_file_that_cannot_be_read_or_is_endless_is_no_receipt(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_receipt(tmp_path / "none.json")
    large = tmp_path / "receipt-large.json"
    large.write_bytes(b" " * 70_000)
    with pytest.raises(UsageError, match="too large"):
        read_receipt(large)


def test_the_latest_receipt_file_in_sight_is_offered(tmp_path: Path) -> None:
    assert latest_receipt((tmp_path, tmp_path / "none")) is None
    path = a_file(tmp_path)
    (tmp_path / "other.json").write_text("{}")
    assert latest_receipt((tmp_path,)) == path
