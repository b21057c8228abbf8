"""The queue of destinations: in it with the seal, out of it with a receipt only."""

import errno
import json
import shutil
import subprocess
import uuid
from dataclasses import replace
from pathlib import Path

import pytest
from pyrage import decrypt, x25519

from cptkiosk.cli.main import main
from cptkiosk.desk import Desk
from cptkiosk.domain.commands.closing import AmendSession
from cptkiosk.domain.commands.vendor import ReleaseCode
from cptkiosk.domain.rules.receipts import BundleDelivered, BundleNotWritten, Upload
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import BundleKind, Refused
from cptkiosk.errors import DestinationError, ExitCode
from cptkiosk.host.work_progress import ProgressCallback, Stopped, WorkProgress
from cptkiosk.services.deliveries import list_outboxes
from cptkiosk.services.listings import list_day
from cptkiosk.upload.destinations.base import Delivered, Parcel
from cptkiosk.upload.destinations.folder import Folder
from cptkiosk.upload.encryption import encrypt_once
from cptkiosk.upload.outbox import NAMESPACE, Uploader, delivery_key
from cptkiosk.words import describe_step
from support.center import DANA, DANA_PIN, LEE
from support.destinations import an_uploader, reopen, to_folder, with_destinations
from support.sessions import a_session


@pytest.fixture
def usb(tmp_path: Path) -> Path:
    made = tmp_path / "usb"
    made.mkdir()
    return made


@pytest.fixture
def sealed(desk: Desk, usb: Path) -> Desk:
    """A center with a destination, and the sealed sessions a and b."""
    a_session(desk, 1, Stage.SEALED, "a")
    a_session(desk, 1, Stage.SEALED, "b")
    return with_destinations(desk, to_folder(usb))


def waiting(desk: Desk) -> list[tuple[str, str, int]]:
    return [
        (one.destination.name, due.session_id, due.revision)
        for one in list_outboxes(desk)
        for due in one.waiting
    ]


def deliveries(desk: Desk) -> list[BundleDelivered]:
    entries = desk.ledger.read_stream("upload")
    return [one.event for one in entries if isinstance(one.event, BundleDelivered)]


def next_without_codes(desk: Desk) -> str:
    """Return what comes next once the user codes of session a are released."""
    assert "release 1 user code" in describe_step(desk.next_step(desk.session("a")))
    (who,) = desk.session("a").attempts
    desk.perform(ReleaseCode(session_id="a", attempt_id=who), DANA)
    return describe_step(desk.next_step(desk.session("a")))


def test_a_sealed_revision_waits_for_every_destination(
    sealed: Desk, tmp_path: Path, usb: Path
) -> None:
    both = with_destinations(sealed, to_folder(usb), to_folder(tmp_path, "office"))

    assert waiting(both) == [
        ("usb", "a", 1), ("usb", "b", 1), ("office", "a", 1), ("office", "b", 1),
    ]  # fmt: skip
    assert list_day(both).sessions[0][1] is Upload.QUEUED
    assert "waiting to be uploaded" in next_without_codes(both)


def test_what_was_delivered_leaves_the_queue_and_its_receipt_is_kept(
    sealed: Desk, usb: Path
) -> None:
    run = an_uploader(sealed).send_waiting(["usb"])

    assert [one.due.session_id for one in run.sent] == ["a", "b"]
    assert waiting(sealed) == []
    first = deliveries(sealed)[0]
    assert first.key == str(uuid.uuid5(NAMESPACE, "TN-014/a/1/usb"))
    assert "written and read back" in first.receipt.text
    assert len(list(usb.iterdir())) == 2
    assert {state for _, state in list_day(sealed).sessions} == {Upload.RECEIVED}
    assert "every destination has it" in next_without_codes(sealed)
    query = "SELECT session_id, revision, destination, received_by FROM bundles"
    listed = sealed.ledger.rows(f"{query} WHERE received_utc IS NOT NULL")
    assert [row[:3] for row in listed] == [("a", 1, "usb"), ("b", 1, "usb")]
    assert listed[0][3] == first.receipt.text
    again = reopen(sealed.ledger.path.parent, sealed.clock, to_folder(usb))
    assert waiting(again) == []
    again.ledger.close()


def test_an_amendment_takes_a_revision_out_and_the_next_seal_puts_one_in(
    sealed: Desk,
) -> None:
    an_uploader(sealed).send_waiting(["usb"])
    sealed.perform(AmendSession(session_id="a", reason="typing error"), DANA)
    assert waiting(sealed) == []
    sealed.seal("a", DANA, DANA_PIN)

    assert waiting(sealed) == [("usb", "a", 2)]


def test_a_kill_between_delivery_and_record_ends_as_one_delivery(
    sealed: Desk, usb: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """Nothing catches it, as nothing catches a kill."""

    def die(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(type(sealed.bundles), "record_delivery", die)
        with pytest.raises(Killed):
            an_uploader(sealed).send_waiting(["usb"])
    assert waiting(sealed)[0] == ("usb", "a", 1)

    run = an_uploader(sealed).send_waiting(["usb"])
    assert [one.delivered.already for one in run.sent] == [True, False]
    assert len(deliveries(sealed)) == 2


def test_another_file_in_its_place_is_a_conflict_and_the_next_one_is_sent(
    sealed: Desk, usb: Path
) -> None:
    foreign = usb / "cptkiosk-TN-014-a-r1-results.zip"
    foreign.write_bytes(b"another")

    run = an_uploader(sealed).send_waiting(["usb"])

    assert [one.is_conflict for one in run.failed] == [True]
    assert [one.due.session_id for one in run.sent] == ["b"]
    assert foreign.read_bytes() == b"another"
    assert waiting(sealed) == [("usb", "a", 1)]


def test_a_destination_that_is_away_is_tried_twice_and_noted_once(
    sealed: Desk, usb: Path
) -> None:
    a_session(sealed, 1, Stage.SEALED, "c")
    usb.rmdir()
    for _ in range(3):
        run = an_uploader(sealed).send_waiting(["usb"])
        assert [one.due.session_id for one in run.failed] == ["a", "b"]

    entries = sealed.ledger.read_stream("upload")
    assert [type(one.event) for one in entries] == [BundleNotWritten] * 2
    failure = list_outboxes(sealed)[0].waiting[0].failure
    assert failure is not None
    assert "There is no folder" in failure.reason
    usb.mkdir()
    assert len(an_uploader(sealed).send_waiting(["usb"]).sent) == 3


def test_a_bundle_that_fails_alone_holds_up_no_other(
    sealed: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver = Folder.deliver

    def fail_first(self: Folder, parcel: Parcel, told: ProgressCallback) -> Delivered:
        if parcel.session_id == "a":
            raise DestinationError("This one does not fit.")
        return deliver(self, parcel, told)

    monkeypatch.setattr(Folder, "deliver", fail_first)
    run = an_uploader(sealed).send_waiting(["usb"])

    assert [one.reason for one in run.failed] == ["This one does not fit."]
    assert waiting(sealed) == [("usb", "a", 1)]


def test_a_stopped_upload_keeps_what_was_delivered(sealed: Desk) -> None:
    progress = WorkProgress()

    def tell(done: int, of: int) -> None:
        if done * 2 >= of:
            progress.request_stop()
        progress(done, of)

    with pytest.raises(Stopped) as caught:
        an_uploader(sealed).send_waiting(["usb"], tell)
    assert caught.value.details == {"sent": 1, "count": 2}
    assert waiting(sealed) == [("usb", "b", 1)]


def test_earlier_days_and_rehearsals_go_nowhere(sealed: Desk, usb: Path) -> None:
    later = with_destinations(sealed, to_folder(usb, since="2100-01-01"))
    assert waiting(later) == []

    sealed.record.center = replace(sealed.center, rehearsal=True)
    assert list_outboxes(sealed) == ()
    assert an_uploader(sealed).send_waiting(["usb"]).sent == []


def test_a_delivery_of_another_file_is_refused(sealed: Desk) -> None:
    an_uploader(sealed).send_waiting(["usb"])
    known = deliveries(sealed)[0]
    assert sealed.bundles.record_delivery(known, DANA).entries == ()
    with pytest.raises(Refused) as caught:
        sealed.bundles.record_delivery(replace(known, sha256="0" * 64), DANA)
    assert caught.value.code == "delivery-differs"


def test_an_encrypted_bundle_is_the_same_bytes_until_it_is_confirmed(
    sealed: Desk, usb: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    identity = x25519.Identity.generate()
    sealed = with_destinations(
        sealed, to_folder(usb, age_recipient=str(identity.to_public()))
    )
    outbox = sealed.ledger.path.parent / "outbox"
    with monkeypatch.context() as patch:
        patch.setattr(type(sealed.bundles), "record_delivery", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            an_uploader(sealed).send_waiting(["usb"])
    assert len(list(outbox.iterdir())) == 1

    run = an_uploader(sealed).send_waiting(["usb"])

    assert [one.delivered.already for one in run.sent] == [True, False]
    file = usb / "cptkiosk-TN-014-a-r1-results.zip.age"
    assert decrypt(file.read_bytes(), [identity]).startswith(b"PK")
    an_uploader(sealed).send_waiting(["usb"])
    assert list(outbox.iterdir()) == []


def test_a_drive_without_hard_links_keeps_an_encrypted_bundle_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    recipient = str(x25519.Identity.generate().to_public())

    made = encrypt_once(tmp_path, "key", b"a bundle", recipient)
    assert encrypt_once(tmp_path, "key", b"a bundle", recipient) == made

    # A try that was broken off between the two steps there.
    (file,) = tmp_path.iterdir()
    file.write_bytes(b"")
    assert encrypt_once(tmp_path, "key", b"a bundle", recipient) == file.read_bytes()
    assert file.stat().st_size > 0


@pytest.mark.skipif(shutil.which("age") is None, reason="age is not installed")
def test_the_program_age_decrypts_what_was_sent(
    sealed: Desk, usb: Path, tmp_path: Path
) -> None:
    identity = x25519.Identity.generate()
    key_file = tmp_path / "key.txt"
    key_file.write_text(f"{identity}\n", "utf-8")
    to_recipient = to_folder(usb, age_recipient=str(identity.to_public()))
    an_uploader(with_destinations(sealed, to_recipient)).send_waiting(["usb"])
    an_uploader(with_destinations(sealed, to_folder(usb, name="plain"))).send_waiting(
        ["plain"]
    )

    sent = list(usb.glob("*.age"))
    assert sent
    for encrypted in sent:
        decrypted = subprocess.run(
            ["age", "--decrypt", "--identity", str(key_file), str(encrypted)],
            capture_output=True,
            check=True,
        ).stdout
        assert decrypted == encrypted.with_suffix("").read_bytes()


def test_the_key_depends_on_all_of_its_parts() -> None:
    keys = {
        delivery_key(*parts)
        for parts in (
            ("A", "s", 1, "x"), ("B", "s", 1, "x"), ("A", "t", 1, "x"),
            ("A", "s", 2, "x"), ("A", "s", 1, "y"),
        )
    }  # fmt: skip
    assert len(keys) == 5


def write_settings(data: Path, where: Path) -> None:
    (data / "definitions").mkdir()
    (data / "definitions" / "destinations.toml").write_text(
        f'[[destination]]\nname = "usb"\nkind = "folder"\nwhere = "{where}"\n'
    )


def test_upload_says_what_was_delivered(
    sealed: Desk, folder: Path, usb: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_settings(folder, usb)
    command = ["--data-dir", str(folder), "upload"]

    assert main([*command, "test", "usb"]) == ExitCode.DONE
    assert "usb is ready. A test file was written" in capsys.readouterr().out
    assert list(usb.iterdir()) == []
    assert main([*command, "--json", "--to", "usb"]) == ExitCode.DONE
    answer = json.loads(capsys.readouterr().out)
    assert [one["session_id"] for one in answer["delivered"]] == ["a", "b"]
    assert (answer["failed"], answer["waiting"]) == ([], {"usb": 0})
    assert main(command) == ExitCode.DONE
    assert "usb: 0 bundles delivered, none waiting." in capsys.readouterr().out


def test_upload_ends_with_5_while_something_waits(
    sealed: Desk, folder: Path, usb: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_settings(folder, usb)
    usb.rmdir()
    command = ["--data-dir", str(folder), "upload"]

    assert main([*command, "--wait", "--to", "other"]) == ExitCode.REFUSED
    assert "No destination is named other" in capsys.readouterr().err
    assert main(command) == ExitCode.DESTINATION
    said = capsys.readouterr().out
    assert "usb: 0 bundles delivered, 2 waiting." in said
    assert "There is no folder" in said
    assert main([*command, "test", "usb"]) == ExitCode.DESTINATION
    assert main([*command, "usb"]) == ExitCode.USAGE


def test_bundle_list_says_what_is_queued_and_what_was_delivered(
    sealed: Desk, folder: Path, usb: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_settings(folder, usb)
    (usb / "cptkiosk-TN-014-a-r1-results.zip").write_bytes(b"another")
    command = ["--data-dir", str(folder)]
    assert main([*command, "upload"]) == ExitCode.DESTINATION
    capsys.readouterr()

    assert main([*command, "bundle", "list"]) == ExitCode.DONE
    rows = [line.split() for line in capsys.readouterr().out.splitlines()[1:]]
    assert rows == [["a", "r1", "queued", "usb"], ["b", "r1", "delivered", "usb"]]
    assert main([*command, "bundle", "list", "--json"]) == ExitCode.DONE
    answer = json.loads(capsys.readouterr().out)
    assert answer["queued"][0]["destination"] == "usb"
    assert "read back" in answer["delivered"][0]["receipt"]


def test_a_proctor_cannot_send_a_record_and_no_failure_is_recorded(
    sealed: Desk, tmp_path: Path, usb: Path
) -> None:
    archive = to_folder(tmp_path, "archive", bundle=BundleKind.RECORD)
    desk = with_destinations(sealed, archive, to_folder(usb))
    run = Uploader(desk, LEE, lambda _: "").send_waiting(["archive", "usb"])

    (failed,) = run.failed
    assert "Only a coordinator can send it" in failed.reason
    assert [one.due.destination.name for one in run.sent] == ["usb", "usb"]
    assert not any(
        isinstance(one.event, BundleNotWritten)
        for one in desk.ledger.read_stream("upload")
    )


def test_a_machine_without_room_says_so_and_keeps_the_bundle(
    sealed: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill_disk(*_: object) -> Delivered:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Folder, "deliver", fill_disk)
    run = an_uploader(sealed).send_waiting(["usb"])

    assert "could not send the bundle (No space left" in run.failed[0].reason
    assert waiting(sealed) == [("usb", "a", 1), ("usb", "b", 1)]


def test_the_list_of_receipts_has_what_destinations_confirmed(
    sealed: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    an_uploader(sealed).send_waiting(["usb"])
    arguments = ["--data-dir", str(sealed.ledger.path.parent), "receipt", "list"]

    assert main(arguments) == ExitCode.DONE
    assert capsys.readouterr().out.count(" usb") == 2
    assert main([*arguments, "--json"]) == ExitCode.DONE
    listed = json.loads(capsys.readouterr().out)["receipts"]
    assert [one["sha256"] for one in listed] == [
        one.sha256 for one in deliveries(sealed)
    ]
