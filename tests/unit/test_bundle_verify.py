"""A bundle proves itself without any ledger, and every change to it is named."""

import base64
import io
import json
import shutil
import zipfile
from pathlib import Path

import pytest

from cptkiosk.cli.main import main
from cptkiosk.desk import Desk
from cptkiosk.domain.commands.closing import AmendSession
from cptkiosk.domain.commands.irregularity import RecordIrregularity
from cptkiosk.domain.state.session import Stage
from cptkiosk.errors import ExitCode, VerificationError
from cptkiosk.ledger import reading
from cptkiosk.ledger.maintenance.verify import verify_ledger
from cptkiosk.ledger.signing import Signer
from cptkiosk.proof import minisign
from cptkiosk.reports.report_check import find_report_fault
from cptkiosk.reports.sealed import sealed_report
from cptkiosk.upload import bundle_files, bundle_reader
from cptkiosk.upload.bundle_check import check_after, check_bundle
from cptkiosk.upload.bundle_files import describe_file, list_sums, pack_files
from cptkiosk.upload.bundle_reader import Bundle, open_files
from cptkiosk.upload.evidence import json_text
from cptkiosk.upload.folder import write_bundle
from support.center import DANA, LEDGER, LEE, LEE_PIN, definitions, open_desk
from support.clock import HandClock
from support.forger import rewrite_past
from support.sessions import (
    a_session,
    attempt_id,
    ended,
    explained,
    opened,
    planned,
    scored,
    seated,
    started,
)

FEWER = 16
SAMPLE = Path(__file__).parents[1] / "data" / "ledgers" / "0.1.0.db"


@pytest.fixture
def written(desk: Desk, tmp_path: Path) -> Path:
    """A bundle of a session with a result and an irregularity."""
    a_session(desk, 2)
    noise = RecordIrregularity(
        session_id="a", code="ENV-NOISE", severity=1, scope="session", validity="flag",
        attempt_ids=(attempt_id("P1"),), observed="A mower.", action_taken="Waited.",
        details=(("noise-source", "a mower"), ("minutes", "2")),
    )  # fmt: skip
    desk.perform(noise, LEE)
    ended(desk, "a")
    scored(desk, "a")
    explained(desk, "a")
    desk.seal("a", LEE, LEE_PIN)
    return send(desk, tmp_path)


def send(desk: Desk, folder: Path, session_id: str = "a") -> Path:
    report = sealed_report(definitions())
    return write_bundle(desk, session_id, folder, LEE, report=report)[0]


def check(data: bytes) -> Bundle:
    return check_bundle(data, find_report_fault)


def fault(data: bytes) -> str:
    with pytest.raises(VerificationError) as error:
        check(data)
    return str(error.value)


def unpacked(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def forged(path: Path, signer: Signer | None, **changes: bytes) -> bytes:
    """Return a bundle with other files, its digests corrected, signed anew by a key."""
    files = unpacked(path.read_bytes())
    files |= {name.replace("_", "."): data for name, data in changes.items()}
    manifest = json.loads(files[bundle_files.MANIFEST])
    for name in bundle_files.DESCRIBED:
        manifest["files"][name] = describe_file(name, files[name])
    files[bundle_files.MANIFEST] = json_text(manifest).encode()
    if signer is not None:
        comment = files[bundle_files.SIGNATURE].decode().splitlines()[2]
        files[bundle_files.SIGNATURE] = minisign.sign_file(
            files[bundle_files.MANIFEST],
            comment.removeprefix(minisign.TRUSTED),
            signer.public_bytes,
            signer.sign,
        ).encode()
    del files[bundle_files.SUMS]
    files[bundle_files.SUMS] = list_sums(files)
    return pack_files(files, manifest["sealed_utc_ms"])


def test_a_bundle_as_it_was_written_fits(written: Path) -> None:
    bundle = check(written.read_bytes())

    assert bundle.manifest.session_id == "a"
    assert bundle.checkpoint.size == bundle.entries[-1].seq
    assert len(bundle.texts) == 2 + 2


def test_every_byte_of_the_zip_is_found_and_its_file_is_named(written: Path) -> None:
    data = written.read_bytes()
    owners = [""] * len(data)
    with zipfile.ZipFile(written) as archive:
        for info in archive.infolist():
            begin = info.header_offset + 30 + len(info.filename)
            owners[begin : begin + info.file_size] = [info.filename] * info.file_size
    wrong = {}
    for at, owner in enumerate(owners):
        if owner and at % FEWER:
            # The zip's own sums find these; the next test does without them.
            continue
        changed = bytearray(data)
        changed[at] ^= 1 << at % 8
        try:
            check(bytes(changed))
        except VerificationError as error:
            said = str(error)
            if not said.startswith(owner or ("The zip file", *bundle_files.NAMES)):
                wrong[at] = said
        else:
            wrong[at] = "was not found"

    assert not wrong
    assert set(owners) - {""} == bundle_files.NAMES


def test_every_byte_of_a_file_is_found_whatever_the_zip_says_of_it(
    written: Path,
) -> None:
    files = unpacked(written.read_bytes())
    wrong = {}
    for name, data in files.items():
        for at in range(len(data)):
            changed = bytearray(data)
            changed[at] ^= 1 << at % 8
            try:
                open_files({**files, name: bytes(changed)})
            except VerificationError as error:
                if not str(error).startswith(name):
                    wrong[name, at] = str(error)
            else:
                wrong[name, at] = "was not found"

    assert not wrong


def test_a_bundle_that_is_cut_off_is_found(written: Path) -> None:
    data = written.read_bytes()

    for length in (0, 1, 100, len(data) // 2, len(data) - 1):
        assert fault(data[:length]).startswith("The zip file")
    assert fault(data + b"\0").startswith("The zip file")


def test_a_table_that_was_forged_with_its_digests_is_found_by_the_signature(
    written: Path,
) -> None:
    table = unpacked(written.read_bytes())["attempts.csv"].replace(
        b"finished", b"absent"
    )

    said = fault(forged(written, None, attempts_csv=table))

    assert said == "manifest.json is not the file that the key signed."


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("attempts.csv", b"finished", b"withdrawn", 'attempts.csv says outcome "with'),
        ("attempts.csv", b"FamilyP1", b"FamilyP9", 'attempts.csv says person "Family'),
        ("attempts.csv", b"flagged", b"clean", 'attempts.csv says validity "clean"'),
        ("attempts.csv", b",pass,", b",not pass,", 'attempts.csv says verdict "not pa'),
        ("attempts.csv", b"site_code", b"site_code,x", "attempts.csv has different columns"),
        ("irregularities.csv", b"A mower", b"A mouse", "irregularities.csv says obser"),
        ("report.txt", b"FamilyP1", b"FamilyP9", "report.txt says"),
        ("report.txt", b"finished", b"absent  ", "report.txt says"),
        ("report.txt", b"pass", b"fail", "report.txt says"),
        ("report.txt", b"revision 1", b"revision 2", 'report.txt lacks "Sealed'),
        ("report.txt", b"ENV-NOISE", b"ENV-OTHER", "report.txt lacks irregularity"),
        ("texts.json", b"A mower", b"A mouse", "texts.json holds a text about"),
        ("events.jsonl", b"P1-safety", b"P9-safety", "events.jsonl does not prove"),
        ("events.jsonl", b'"proof":["', b'"proof":["AAAA', "events.jsonl does not"),
        ("consistency.json", b"[]", b'[{"size":1,"root":"","hashes":[]}]',
         "consistency.json does not prove"),
        ("checkpoint.txt", b"cptkiosk/", b"cptkiosk-", "checkpoint.txt is not the one"),
    ],
)  # fmt: skip
def test_what_the_center_itself_forges_contradicts_the_entries(
    written: Path, folder: Path, name: str, old: bytes, new: bytes, said: str
) -> None:
    before = unpacked(written.read_bytes())[name]
    assert old in before
    signer = Signer(folder / "installation.key")

    data = forged(written, signer, **{name.replace(".", "_"): before.replace(old, new)})

    assert fault(data).startswith(said)


def test_a_row_too_many_or_too_few_is_found(written: Path, folder: Path) -> None:
    rows = unpacked(written.read_bytes())["attempts.csv"].splitlines(keepends=True)
    signer = Signer(folder / "installation.key")

    for table in (rows[:-1], [*rows, rows[-1]]):
        data = forged(written, signer, attempts_csv=b"".join(table))
        assert fault(data) == "attempts.csv has different rows than the entries."


def test_an_entry_left_out_is_found(written: Path, folder: Path) -> None:
    lines = unpacked(written.read_bytes())["events.jsonl"].splitlines(keepends=True)
    signer = Signer(folder / "installation.key")

    for gone in range(len(lines)):
        left = b"".join(lines[:gone] + lines[gone + 1 :])
        assert fault(forged(written, signer, events_jsonl=left)).startswith("events")


def test_a_file_too_many_or_too_few_is_named(written: Path) -> None:
    files = unpacked(written.read_bytes())
    more = pack_files({**files, "notes.txt": b""}, 0)
    del files["report.txt"]

    assert fault(more) == "notes.txt does not belong in a bundle."
    assert fault(pack_files(files, 0)) == "report.txt is missing."


def test_the_next_bundle_goes_on_from_every_earlier_one(
    desk: Desk, tmp_path: Path, written: Path
) -> None:
    desk.perform(AmendSession(session_id="a", reason="typing error"), DANA)
    desk.seal("a", LEE, LEE_PIN)
    second = check(send(desk, tmp_path).read_bytes())
    a_session(desk, 1, Stage.SEALED, session_id="b", module="quality")
    third = check(send(desk, tmp_path, "b").read_bytes())
    first = check(written.read_bytes())

    for newer, older in ((second, first), (third, first), (third, second)):
        check_after(newer, older)
        check_after(older, newer)
    check_after(first, first)


def test_two_bundles_show_a_past_rewritten_between_them_with_the_key_in_hand(
    desk: Desk, tmp_path: Path, folder: Path, written: Path
) -> None:
    first = check(written.read_bytes())
    desk.ledger.close()
    signer = Signer(folder / "installation.key")
    rewrite_past(folder / LEDGER, signer)
    again = open_desk(folder, desk.clock)
    assert verify_ledger(again.ledger).remarks == ()
    a_session(again, 1, Stage.SEALED, session_id="b", module="quality")
    path = send(again, tmp_path, "b")
    again.ledger.close()

    second = check(path.read_bytes())
    with pytest.raises(VerificationError, match="are not what they were"):
        check_after(second, first)
    links = json.loads(second.files["consistency.json"])
    links[0]["root"] = base64.b64encode(first.checkpoint.root).decode()
    data = forged(path, signer, consistency_json=json_text(links).encode())
    assert fault(data).startswith("consistency.json does not prove")


def test_a_bundle_that_says_nothing_of_the_earlier_one_proves_nothing(
    desk: Desk, tmp_path: Path, folder: Path, written: Path
) -> None:
    first = check(written.read_bytes())
    a_session(desk, 1, Stage.SEALED, session_id="b", module="quality")
    signer = Signer(folder / "installation.key")
    path = send(desk, tmp_path, "b")

    second = check(forged(path, signer, consistency_json=b"[]"))

    with pytest.raises(VerificationError, match="says nothing of the earlier bundle"):
        check_after(second, first)


def test_what_a_destination_got_last_is_proved_however_long_ago(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "SEALS_KNOWN", 1)
    sent = {}
    for session_id, where in (("a", "far"), ("b", "near"), ("c", "near"), ("d", "far")):
        (tmp_path / where).mkdir(exist_ok=True)
        module = ("safety", "quality")[session_id > "b"]
        people = ("A", "C")[session_id in "bd"]
        _sealed(desk, session_id, module, people)
        path = send(desk, tmp_path / where, session_id)
        sent[session_id] = check(path.read_bytes())

    check_after(sent["d"], sent["a"])
    check_after(sent["d"], sent["c"])
    with pytest.raises(VerificationError, match="says nothing of the earlier"):
        check_after(sent["d"], sent["b"])


def _sealed(desk: Desk, session_id: str, module: str, person: str) -> None:
    planned(desk, (person,), session_id, module)
    opened(desk, session_id)
    seated(desk, session_id, f"{person}-{module}")
    started(desk, session_id)
    ended(desk, session_id)
    scored(desk, session_id)
    explained(desk, session_id)
    desk.seal(session_id, LEE, LEE_PIN)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sealed_utc_ms", 10**30),
        ("time_zone", "../../etc/passwd"),
        ("revision", -1),
        ("checkpoint", {"origin": "x", "size": -5, "root": "AA"}),
        ("keys", {"public_key": "A", "changes": []}),
        ("keys", {"public_key": "", "changes": ["x"]}),
        ("files", {}),
        ("schema_version", 3),
        ("session_id", None),
    ],
)
def test_a_manifest_that_no_center_writes_is_a_sentence(
    written: Path, folder: Path, name: str, value: object
) -> None:
    signer = Signer(folder / "installation.key")
    files = unpacked(written.read_bytes())
    manifest = {**json.loads(files["manifest.json"]), name: value}
    files["manifest.json"] = json_text(manifest).encode()
    comment = files["manifest.json.minisig"].decode().splitlines()[2]
    files["manifest.json.minisig"] = minisign.sign_file(
        files["manifest.json"],
        comment.removeprefix(minisign.TRUSTED),
        signer.public_bytes,
        signer.sign,
    ).encode()
    del files["SHA256SUMS"]
    files["SHA256SUMS"] = list_sums(files)

    assert fault(pack_files(files, 0))


def test_a_bundle_of_a_release_without_proofs_is_told_apart() -> None:
    old = dict.fromkeys(bundle_reader.OLDER, b"{}")

    assert "older release" in fault(pack_files(old, 0))


def test_a_session_sealed_before_there_was_a_tree_is_proved_too(
    tmp_path: Path, clock: HandClock
) -> None:
    (tmp_path / "data").mkdir()
    shutil.copyfile(SAMPLE, tmp_path / "data" / LEDGER)
    (tmp_path / "data" / LEDGER).chmod(0o600)
    old = open_desk(tmp_path / "data", clock, "later")

    path = send(old, tmp_path, "sealed")
    old.ledger.close()

    bundle = check(path.read_bytes())
    assert bundle.checkpoint.size == bundle.manifest.head.seq


def test_the_command_verifies_and_says_what_it_took_the_key_from(
    written: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key = tmp_path / "key.pub"
    key.write_bytes(unpacked(written.read_bytes())["center.pub"])

    assert main(["bundle", "verify", str(written)]) == ExitCode.DONE
    said = capsys.readouterr().out
    assert "verified: center TN-014, session a, revision 1" in said
    assert "The key comes from the bundle itself." in said
    assert main(["bundle", "verify", str(written), "--key", str(key)]) == ExitCode.DONE
    assert "itself" not in capsys.readouterr().out
    assert main(["bundle", "verify", str(written), "--json"]) == ExitCode.DONE
    (found,) = json.loads(capsys.readouterr().out)["bundles"]
    assert (found["session_id"], found["key_known"]) == ("a", False)


def test_the_command_names_what_does_not_fit(
    written: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    damaged = tmp_path / "damaged.zip"
    damaged.write_bytes(written.read_bytes().replace(b"FamilyP1", b"FamilyP2"))
    key = tmp_path / "key.pub"
    key.write_text(minisign.write_public_key(Signer(tmp_path / "k").public_bytes))

    code = main(["bundle", "verify", str(written), str(damaged)])
    assert code == ExitCode.UNVERIFIED
    assert "damaged.zip failed verification: attempts.csv" in capsys.readouterr().err
    code = main(["bundle", "verify", str(written), "--key", str(key)])
    assert code == ExitCode.UNVERIFIED
    assert "center.pub is not the key that you gave" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        ["verify"],
        ["verify", "no such file"],
        ["verify", "{bundle}", "--key", "{bundle}"],
        ["verify", "{bundle}", "--to", "x"],
        ["a", "{bundle}", "--to", "x"],
        ["a", "--to", "x", "--key", "x"],
    ],
)
def test_words_that_do_not_go_together_are_a_sentence(
    written: Path, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    asked = [word.format(bundle=written) for word in words]

    assert main(["bundle", *asked]) == ExitCode.USAGE
    assert "Nothing was" in capsys.readouterr().err
