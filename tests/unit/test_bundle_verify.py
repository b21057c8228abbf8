"""A bundle proves itself without any ledger, and every change to it is named."""

import json
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cptkiosk.domain.events.results import ResultsStated
from cptkiosk.domain.rules.results import state_results
from cptkiosk.domain.values import BundleKind
from cptkiosk.errors import VerificationError
from cptkiosk.ledger.signing import Signer
from cptkiosk.proof import minisign
from cptkiosk.upload import bundle_files, bundle_fold, bundle_reader
from cptkiosk.upload.bundle_files import (
    list_sums,
    pack_files,
)
from cptkiosk.upload.bundle_reader import open_files
from cptkiosk.upload.evidence import json_text
from support.bundles import check, fault, forged, send, unpacked
from support.center import LEDGER, open_desk
from support.clock import HandClock
from support.options import option

FEWER = option("FEWER_BYTES", 37)
"""Of a long file, every so many bytes is changed; a prime, so that each bit has its turn."""

SHORT = 1500
DATA = Path(__file__).parents[1] / "data"
SAMPLE, BUNDLES = DATA / "ledgers" / "0.1.0.db", DATA / "bundles"


def test_a_bundle_as_it_was_written_fits(written: Path) -> None:
    bundle = check(written.read_bytes())

    assert bundle.manifest.session_id == "a"
    assert bundle.checkpoint.size == bundle.entries[-1].seq
    assert bundle.kind is BundleKind.RECORD
    assert b"looks tired" in bundle.files["notes.csv"]


def test_results_fit_and_show_two_entries(results: Path) -> None:
    bundle = check(results.read_bytes())

    assert bundle.kind is BundleKind.RESULTS
    assert [one.seq for one in bundle.entries] == [1, bundle.checkpoint.size]
    assert len(bundle.texts) == 2


def test_every_byte_of_the_zip_is_found_and_its_file_is_named(
    of_each_kind: Path,
) -> None:
    written = of_each_kind
    data = written.read_bytes()
    names = files_of(written)
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
            if not said.startswith(owner or ("The zip file", *names)):
                wrong[at] = said
        else:
            wrong[at] = "was not found"

    assert not wrong
    assert set(owners) - {""} == names


def files_of(path: Path) -> frozenset[str]:
    kind = check(path.read_bytes()).manifest.kind
    return bundle_files.DESCRIBED[kind] | bundle_files.SIGNING


def test_bytes_of_each_file_are_found_whatever_the_zip_says_of_it(
    of_each_kind: Path,
) -> None:
    files = unpacked(of_each_kind.read_bytes())
    wrong = {}
    for name, data in files.items():
        for at in range(0, len(data), 1 if len(data) < SHORT else FEWER):
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


def fault_if_forged(
    bundle: Path, folder: Path, name: str, old: bytes, new: bytes
) -> str:
    """Return what is found once the center changed a file and signed the bundle again."""
    before = unpacked(bundle.read_bytes())[name]
    assert old in before
    changed = {name.replace(".", "_"): before.replace(old, new)}
    return fault(forged(bundle, Signer(folder / "installation.key"), **changed))


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
        ("attempts.csv", b"1000", b"1500", 'attempts.csv says factor_permille "15'),
        ("notes.csv", b"tired", b"awake", 'notes.csv says text "looks awake"'),
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
    assert fault_if_forged(written, folder, name, old, new).startswith(said)


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("attempts.csv", b"FamilyP1", b"FamilyP9", 'attempts.csv says person "Family'),
        ("attempts.csv", b"flagged", b"clean", 'attempts.csv says validity "clean"'),
        ("attempts.csv", b",pass,", b",not pass,", 'attempts.csv says verdict "not pa'),
        ("attempts.csv", b"preliminary", b"official", 'attempts.csv says official "of'),
        ("attempts.csv", b"ENV-NOISE", b"", 'attempts.csv says irregularities ""'),
        ("texts.json", b"FamilyP1", b"FamilyP9", "texts.json holds a text about P1"),
        ("events.jsonl", b"P1-safety", b"P9-safety", "events.jsonl does not prove"),
        ("manifest.json", b"-09-", b"-10-", "manifest.json says session_date 2026-10"),
        ("checkpoint.txt", b"/results", b"", "checkpoint.txt is not the one"),
    ],
)
def test_results_that_the_center_itself_forges_contradict_what_it_stated(
    results: Path, folder: Path, name: str, old: bytes, new: bytes, said: str
) -> None:
    assert fault_if_forged(results, folder, name, old, new).startswith(said)


def test_results_stated_otherwise_than_the_entries_add_up_to_are_found(
    written: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def state_better(*asked: Any) -> ResultsStated:
        stated = state_results(*asked)
        better = replace(stated.results[0], raw_min=83, raw_max=83)
        return replace(stated, results=(better, *stated.results[1:]))

    monkeypatch.setattr(bundle_fold, "state_results", state_better)

    assert "states other results" in fault(written.read_bytes())


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

    assert fault(more).startswith('The zip file holds "notes.txt", which does not')
    assert fault(pack_files(files, 0)) == "report.txt is missing."


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
        ("schema_version", 4),
        ("kind", "all"),
        ("kind", ""),
        ("kind", "results"),
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


@pytest.mark.parametrize("kind", BundleKind)
def test_a_session_sealed_before_there_was_a_tree_is_proved_too(
    tmp_path: Path, clock: HandClock, kind: BundleKind
) -> None:
    (tmp_path / "data").mkdir()
    shutil.copyfile(SAMPLE, tmp_path / "data" / LEDGER)
    (tmp_path / "data" / LEDGER).chmod(0o600)
    old = open_desk(tmp_path / "data", clock, "later")

    path = send(old, tmp_path, "sealed", kind)
    head = old.ledger.head()
    assert send(old, tmp_path, "sealed", kind) == path
    assert old.ledger.head() == head
    old.ledger.close()

    bundle = check(path.read_bytes())
    assert bundle.checkpoint.size == bundle.entries[-1].seq


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b"Better", b"Bitter", 'attempts.csv says person "Bitter'),
        (b"5400", b"5401", 'attempts.csv says elapsed_s "5401"'),
        (b"", b"", ""),
    ],
)
def test_a_bundle_of_the_version_with_one_kind_still_verifies(
    tmp_path: Path, old: bytes, new: bytes, said: str
) -> None:
    path = BUNDLES / "version-2.zip"
    bundle = check(path.read_bytes())
    assert (bundle.manifest.schema_version, bundle.is_whole) == (2, False)
    shutil.copyfile(BUNDLES / "version-2.key", tmp_path / "key")
    table = bundle.files["attempts.csv"]

    data = forged(path, Signer(tmp_path / "key"), attempts_csv=table.replace(old, new))

    if said:
        assert fault(data).startswith(said)
    else:
        assert data == path.read_bytes()
