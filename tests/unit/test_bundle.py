"""A bundle is one revision, the same bytes every time, whole or not there."""

import csv
import errno
import hashlib
import io
import json
import os
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.checkin import TakeSeat
from cptkiosk.domain.commands.closing import AmendSession, RecordBundle
from cptkiosk.domain.commands.planning import CancelSession
from cptkiosk.domain.rules.candidate_rules import ForgetPerson
from cptkiosk.domain.state.candidate import RegisterPerson, Registration
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import BundleKind, NeedsCoordinator
from cptkiosk.errors import DestinationError, VerificationError
from cptkiosk.ledger.chain import Head
from cptkiosk.ledger.signing import signature_fits
from cptkiosk.reports.sealed import sealed_report
from cptkiosk.services.assignment import build_assignment
from cptkiosk.upload import folder as folders
from cptkiosk.upload.bundle import make_bundle, take_snapshot
from cptkiosk.upload.folder import write_bundle
from cptkiosk.upload.queue import Queues
from cptkiosk.words import explain
from support.center import DANA, LEE, LEE_PIN, definitions
from support.sessions import a_session, advance, at_the_desk, ended, scored, started
from support.verdicts import refuses

SIGNED = {
    *("attempts.csv", "README.txt", "events.jsonl", "texts.json", "checkpoint.txt"),
    *("consistency.json", "center.pub"),
}
RECORD_ONLY = {"irregularities.csv", "notes.csv", "report.txt"}
SIGNING = {"manifest.json", "manifest.json.minisig", "SHA256SUMS"}
RESULTS, RECORD = BundleKind.RESULTS, BundleKind.RECORD


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    made = tmp_path / "stick"
    made.mkdir()
    return made


def send(
    desk: Desk, stick: Path, session_id: str = "a", kind: BundleKind = RESULTS
) -> tuple[Path, str, bool]:
    report = sealed_report(definitions())
    return write_bundle(desk, session_id, stick, DANA, kind=kind, report=report)


def unpacked(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


@pytest.mark.parametrize("kind", BundleKind)
def test_a_bundle_holds_what_its_manifest_says(
    desk: Desk, stick: Path, kind: BundleKind
) -> None:
    a_session(desk, 3, Stage.SEALED)
    path, digest, already = send(desk, stick, kind=kind)
    signed = SIGNED | (RECORD_ONLY if kind is RECORD else set())
    files = unpacked(path)
    manifest = json.loads(files["manifest.json"])

    assert path.name == f"cptkiosk-TN-014-a-r1-{kind}.zip"
    assert hashlib.sha256(path.read_bytes()).hexdigest() == digest
    assert not already
    assert set(files) == signed | SIGNING
    assert set(manifest["files"]) == signed
    for name, facts in manifest["files"].items():
        assert facts["sha256"] == hashlib.sha256(files[name]).hexdigest()
        assert facts["bytes"] == len(files[name])
    assert (manifest["schema_version"], manifest["kind"]) == (3, kind.value)
    assert (manifest["site_code"], manifest["session_id"]) == ("TN-014", "a")
    assert manifest["revision"] == 1
    told = manifest["files"]["attempts.csv"]["rows"]
    assert told == len(rows(files["attempts.csv"])) == 3
    assert manifest["formula_guard"] == "'"


def test_the_head_of_the_ledger_is_signed(desk: Desk, stick: Path) -> None:
    a_session(desk, 1, Stage.SEALED)
    files = unpacked(send(desk, stick, kind=RECORD)[0])
    head = json.loads(files["manifest.json"])["head"]
    last = json.loads(files["events.jsonl"].splitlines()[-1])

    assert last["seq"] == head["seq"]
    assert desk.ledger.hash_of(head["seq"]) == head["hash"]
    assert signature_fits(
        Head(head["seq"], head["hash"]), head["signature"], head["public_key"]
    )
    assert head["hash"] in files["report.txt"].decode()


def test_names_stay_out_of_the_events(desk: Desk, stick: Path) -> None:
    a_session(desk, 2, Stage.SEALED)
    files = unpacked(send(desk, stick)[0])

    assert b"FamilyP1" in files["attempts.csv"]
    assert b"FamilyP1" not in files["events.jsonl"]


def _sealed_from_planned(desk: Desk, *participant_ids: str) -> None:
    from support.sessions import opened

    opened(desk, "a")
    for one in participant_ids:
        at_the_desk(desk, "a", f"{one}-safety")
        desk.perform(TakeSeat(session_id="a", attempt_id=f"{one}-safety"), LEE)
    started(desk, "a")
    ended(desk, "a")
    scored(desk, "a")
    desk.seal("a", LEE, LEE_PIN)


def test_instants_are_utc_and_local_and_seconds_whole(desk: Desk, stick: Path) -> None:
    a_session(desk, 1, Stage.SEALED)
    path = send(desk, stick, kind=RECORD)[0]
    (row,) = rows(unpacked(path)["attempts.csv"])

    assert row["start_utc"].endswith("Z")
    assert row["start_local"].endswith("-05:00")
    assert row["elapsed_s"].isdigit()
    assert (row["outcome"], row["verdict"], row["distance"]) == (
        "finished",
        "pass",
        "6",
    )


def test_the_same_revision_is_the_same_file(
    desk: Desk, stick: Path, tmp_path: Path
) -> None:
    a_session(desk, 2, Stage.SEALED)
    first = send(desk, stick)[0].read_bytes()
    advance(desk, 86_400_000)
    other = tmp_path / "other"
    other.mkdir()

    assert send(desk, other)[0].read_bytes() == first


def test_writing_again_succeeds_and_records_nothing(desk: Desk, stick: Path) -> None:
    a_session(desk, 1, Stage.SEALED)
    first = send(desk, stick)
    before = desk.ledger.head().seq
    again = send(desk, stick)

    assert again == (first[0], first[1], True)
    assert desk.ledger.head().seq == before
    assert len(desk.session("a").bundles) == 1


def test_a_record_takes_a_coordinator_and_nothing_is_read_before(
    desk: Desk, stick: Path
) -> None:
    a_session(desk, 1, Stage.SEALED)
    report = sealed_report(definitions())

    with pytest.raises(NeedsCoordinator) as refused:
        write_bundle(desk, "a", stick, LEE, kind=RECORD, report=report)
    command = RecordBundle(
        session_id="a", destination="d", file_name="f", sha256="0", kind=RECORD
    )
    with pytest.raises(NeedsCoordinator):
        desk.perform(command, LEE)

    assert refused.value.code == "send-record"
    assert not list(stick.iterdir())
    write_bundle(desk, "a", stick, LEE, report=report)


def test_both_kinds_of_one_revision_go_to_one_folder(desk: Desk, stick: Path) -> None:
    a_session(desk, 1, Stage.SEALED)
    for kind in (*BundleKind, *BundleKind):
        send(desk, stick, kind=kind)

    kinds = [one.bundle_kind for one in desk.session("a").bundles]
    assert kinds == ["results", "record"]


def test_a_record_in_the_archive_leaves_the_results_in_the_queue(
    desk: Desk, stick: Path
) -> None:
    a_session(desk, 1, Stage.SEALED)
    send(desk, stick, kind=RECORD)
    (waiting,) = Queues(desk).read_queue().waiting
    assert waiting.session_id == "a"
    assert desk.next_step(desk.session("a"), LEE).action == "bundle"

    send(desk, stick)
    queue = Queues(desk).read_queue()
    assert not queue.waiting
    assert [one.file_name for one in queue.written] == [
        "cptkiosk-TN-014-a-r1-results.zip"
    ]


@pytest.mark.parametrize("kind", BundleKind)
def test_a_bundle_after_somebody_was_forgotten_has_another_name(
    desk: Desk, stick: Path, kind: BundleKind
) -> None:
    a_session(desk, 2, Stage.SEALED)
    before = send(desk, stick, kind=kind)[0]
    kept = before.read_bytes()
    desk.candidates.forget(
        ForgetPerson(participant_id="P1", reason="own request"), DANA
    )

    path = send(desk, stick, kind=kind)[0]

    assert path != before
    assert path.name.startswith(f"cptkiosk-TN-014-a-r1-{kind}-forgotten")
    assert before.read_bytes() == kept
    assert b"FamilyP1" not in path.read_bytes()
    assert b"FamilyP2" in path.read_bytes()
    assert send(desk, stick, kind=kind) == (path, sha256_of(path), True)


def sha256_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_revision_that_would_be_another_file_is_refused_with_the_way_on(
    desk: Desk, stick: Path, tmp_path: Path
) -> None:
    a_session(desk, 1, Stage.SEALED)
    send(desk, stick, kind=RECORD)
    kept = stick.stat().st_mtime_ns
    other = tmp_path / "other"
    other.mkdir()
    with refuses("would now be a different file") as refused:
        write_record(desk, other, "a later program's\n")

    assert f"went to {stick}" in explain(refused.value)
    assert "amend the session and say why" in explain(refused.value)
    assert not list(other.iterdir())
    assert stick.stat().st_mtime_ns == kept
    assert len(desk.session("a").bundles) == 1

    desk.perform(AmendSession(session_id="a", reason="another program"), DANA)
    desk.seal("a", LEE, LEE_PIN)
    path = write_record(desk, other, "a later program's\n")
    assert path.name == "cptkiosk-TN-014-a-r2-record.zip"


def write_record(desk: Desk, folder: Path, report: str) -> Path:
    write = write_bundle(desk, "a", folder, DANA, kind=RECORD, report=lambda _: report)
    return write[0]


def test_a_file_that_was_written_but_not_recorded_is_recorded(
    desk: Desk, stick: Path
) -> None:
    a_session(desk, 1, Stage.SEALED)
    path, digest, _ = send(desk, stick)
    kept = path.read_bytes()
    a_session(desk, 1, Stage.SEALED, session_id="b", module="quality")
    path_b, _, _ = send(desk, stick, "b")
    assert path_b != path

    path.unlink()
    path.write_bytes(kept)
    assert send(desk, stick) == (path, digest, True)


def test_another_folder_is_another_receipt(
    desk: Desk, stick: Path, tmp_path: Path
) -> None:
    a_session(desk, 1, Stage.SEALED)
    other = tmp_path / "other"
    other.mkdir()
    send(desk, stick)
    send(desk, other)

    receipts = desk.session("a").bundles
    assert {one.destination for one in receipts} == {str(stick), str(other)}
    assert len({one.sha256 for one in receipts}) == 1


def test_an_amended_session_is_another_file(desk: Desk, stick: Path) -> None:
    a_session(desk, 1, Stage.SEALED)
    first, _, _ = send(desk, stick)
    desk.perform(AmendSession(session_id="a", reason="typing error"), DANA)

    with refuses("ended, not sealed"):
        send(desk, stick)
    desk.seal("a", LEE, LEE_PIN)
    second, _, already = send(desk, stick)

    assert second.name == "cptkiosk-TN-014-a-r2-results.zip"
    assert first.is_file()
    assert not already


@pytest.mark.parametrize(
    ("stage", "said"),
    [
        (Stage.PLANNED, "is planned, not sealed: FamilyP1, Kim is expected"),
        (Stage.RUNNING, "is testing"),
        (Stage.ENDED, "scratch paper|not sealed"),
        (Stage.CANCELLED, "was canceled"),
    ],
)
def test_an_open_session_is_refused_with_what_is_open(
    desk: Desk, stick: Path, stage: Stage, said: str
) -> None:
    if stage is Stage.CANCELLED:
        a_session(desk, 1, Stage.PLANNED)
        desk.perform(CancelSession(session_id="a", reason="storm"), LEE)
    else:
        a_session(desk, 1, stage)

    with refuses(said):
        send(desk, stick)
    assert list(stick.iterdir()) == []


def test_another_file_of_that_name_stays(desk: Desk, stick: Path) -> None:
    a_session(desk, 1, Stage.SEALED)
    taken = stick / "cptkiosk-TN-014-a-r1-results.zip"
    taken.write_bytes(b"somebody's work")

    with pytest.raises(DestinationError, match="It was not changed"):
        send(desk, stick)
    assert taken.read_bytes() == b"somebody's work"
    assert desk.session("a").bundles == ()


def test_the_rest_of_a_broken_try_is_taken_over(desk: Desk, stick: Path) -> None:
    a_session(desk, 1, Stage.SEALED)
    (stick / "cptkiosk-TN-014-a-r1-results.zip").touch()
    path, _, already = send(desk, stick)

    assert zipfile.is_zipfile(path)
    assert not already


@pytest.mark.parametrize("name", ["missing", "a file", "a file/below"])
def test_a_folder_that_is_none_is_said(desk: Desk, tmp_path: Path, name: str) -> None:
    a_session(desk, 1, Stage.SEALED)
    (tmp_path / "a file").touch()

    with pytest.raises(DestinationError, match=r"The record is safe\."):
        send(desk, tmp_path / name)
    assert desk.session("a").bundles == ()


@pytest.mark.parametrize(
    ("number", "said"),
    [(errno.ENOSPC, "is full"), (errno.EROFS, "is not writable"), (errno.EIO, "I/O")],
)
def test_a_folder_that_fails_leaves_nothing(
    desk: Desk, stick: Path, monkeypatch: pytest.MonkeyPatch, number: int, said: str
) -> None:
    a_session(desk, 1, Stage.SEALED)

    def fail(_handle: int) -> None:
        raise OSError(number, os.strerror(number).replace("Input/output", "I/O"))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(DestinationError, match=said):
        folders.deliver_file(stick, "x.zip", b"data")
    assert list(stick.iterdir()) == []


def test_a_stick_that_gives_back_something_else_is_found_out(
    stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folders, "_file_digest", lambda path: "0" * 64)

    with pytest.raises(DestinationError, match="differs from what was written"):
        folders.write_new_file(stick / "x.zip", b"data")
    assert list(stick.iterdir()) == []


def test_a_stick_without_hard_links_will_do(
    stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_self: Path, _target: Path) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", refuse)

    assert not folders.write_new_file(stick / "x.zip", b"data")[1]
    assert folders.write_new_file(stick / "x.zip", b"data")[1]
    assert [one.name for one in stick.iterdir()] == ["x.zip"]


def test_the_second_process_finds_the_same_file(
    stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = iter([False, True])
    monkeypatch.setattr(folders, "_is_there", lambda target, digest: next(seen))
    (stick / "x.zip").write_bytes(b"data")

    assert folders.write_new_file(stick / "x.zip", b"data")[1]


def test_a_seal_without_its_signature_is_not_sent(desk: Desk, stick: Path) -> None:
    a_session(desk, 1, Stage.SEALED)
    desk.ledger.connection.execute("DELETE FROM head")

    with pytest.raises(VerificationError, match="no signature"):
        take_snapshot(desk, "a")


def test_names_from_outside_are_harmless_in_a_spreadsheet(
    desk: Desk, stick: Path
) -> None:
    a_session(desk, 1, Stage.PLANNED)
    names = ["=1+1", "+49", "-5", "@SUM(A1)", '=HYPERLINK("x")', "\x1b[31mred", "[b]x"]
    names += [
        "\u4f50\u85e4",
        "\u0627\u0644\u0647\u0627\u0634\u0645\u064a",
        'say "no", x',
    ]
    people = [
        RegisterPerson(
            participant_id=f"H{number}",
            family_name=name,
            given_name="",
            registration=Registration("safety", f"H{number}"),
        )
        for number, name in enumerate(names)
    ]
    desk.registrar.register(people, DANA)
    for one in people:
        desk.perform(build_assignment(desk, "a", one.participant_id, "safety"), DANA)
    _sealed_from_planned(desk, "P1", *(one.participant_id for one in people))
    files = unpacked(send(desk, stick)[0])
    found = {
        row["participant_id"]: row["person"] for row in rows(files["attempts.csv"])
    }

    for number, name in enumerate(names):
        shown = found[f"H{number}"]
        assert not shown.startswith(("=", "+", "-", "@", "\t"))
        if "\x1b" not in name:
            assert shown.removeprefix("'") == name
    assert all(b"\x1b" not in data for data in files.values())


def test_a_site_code_cannot_lead_out_of_the_folder(desk: Desk, stick: Path) -> None:
    from dataclasses import replace

    a_session(desk, 1, Stage.SEALED)
    sealed = take_snapshot(desk, "a")
    sealed = replace(sealed, center=replace(sealed.center, site_code="../../etc x"))

    assert sealed.file_name == "cptkiosk-.._.._etc_x-a-r1-record.zip"


def test_the_tables_open_right_in_a_spreadsheet(desk: Desk, stick: Path) -> None:
    a_session(desk, 1, Stage.SEALED)
    files = unpacked(send(desk, stick, kind=RECORD)[0])

    for name in ("attempts.csv", "irregularities.csv", "notes.csv"):
        data = files[name]
        assert data.startswith(b"\xef\xbb\xbf")
        assert data.count(b"\n") == data.count(b"\r\n") > 0


@pytest.mark.parametrize("year", [1970, 1979, 2108, 2150])
def test_a_bundle_is_built_whatever_the_clock_said_at_the_seal(
    desk: Desk, stick: Path, year: int
) -> None:
    a_session(desk, 1, Stage.SEALED)
    sealed_utc_ms = int(datetime(year, 6, 1, tzinfo=UTC).timestamp() * 1000)
    sealed = replace(take_snapshot(desk, "a"), sealed_utc_ms=sealed_utc_ms)

    with zipfile.ZipFile(io.BytesIO(make_bundle(desk, sealed, "report"))) as bundle:
        assert bundle.testzip() is None
