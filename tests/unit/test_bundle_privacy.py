"""Results tell nothing of extra time and granted breaks; a record tells everything."""

import csv
import io
import json
import re
import zipfile
from pathlib import Path

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.base import AboutAttempt
from cptkiosk.domain.commands.closing import SeeIrregularities
from cptkiosk.domain.commands.irregularity import RecordIrregularity, TakeNote
from cptkiosk.domain.commands.testing import (
    BeginPause,
    EndPause,
    FinishAttempt,
    NoteVendorClock,
)
from cptkiosk.domain.state.blockers import unseen_irregularities
from cptkiosk.domain.state.candidate import RegisterPerson, Registration
from cptkiosk.domain.values import MINUTE_MS, BundleKind
from cptkiosk.reports.sealed import sealed_report
from cptkiosk.services.assignment import refresh_rolls
from cptkiosk.upload import sheets
from cptkiosk.upload.bundle import make_bundle, take_snapshot
from cptkiosk.upload.folder import write_bundle
from support.center import DANA, LEE, LEE_PIN
from support.exams import policy
from support.sessions import (
    a_session,
    advance,
    attempt_id,
    ended,
    explained,
    left_ms,
    opened,
    planned,
    scored,
    seated,
    started,
)

A = "a"
ONE = {"session_id": A, "attempt_id": attempt_id("P1")}
HASH = re.compile("[0-9a-f]{32,64}|[A-Za-z0-9+/]{43,}=?=?")
"""Hashes, salts and signatures: any letters and digits may stand in one."""


def seal(desk: Desk) -> None:
    """Bring session a to its seal."""
    ended(desk, A)
    scored(desk, A)
    explained(desk, A)
    if to_see := unseen_irregularities(desk.session(A), desk.center.was_coordinator):
        saw = tuple(one.event.irregularity_id for one in to_see)
        desk.perform(SeeIrregularities(session_id=A, saw=saw), DANA)
    desk.seal(A, LEE, LEE_PIN)


def files(desk: Desk, folder: Path, kind: BundleKind) -> dict[str, str]:
    """Return the files of the bundle of session a."""
    report = sealed_report(desk.definitions)
    path = write_bundle(desk, A, folder, DANA, kind=kind, report=report)[0]
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


@pytest.fixture
def granted(desk: Desk) -> Desk:
    """A session with extra time, a stop-clock break and all that goes with them."""
    planned(desk, ("P1", "P2"), A, "safety")
    for family in ("FamilyP1", "Better"):
        register = RegisterPerson(
            participant_id="P1", family_name=family, given_name="Kim",
            registration=Registration("safety", factor_permille=1500, stop_clock=True),
        )  # fmt: skip
        desk.registrar.register([register], LEE)
        refresh_rolls(desk, frozenset({"P1"}), LEE)
    opened(desk, A)
    for one in ("P1", "P2"):
        seated(desk, A, attempt_id(one))
    started(desk, A)
    desk.perform(BeginPause(**ONE, reason="agreed", kind="stop-clock break"), LEE)
    desk.perform(EndPause(**ONE), LEE)
    noted = NoteVendorClock(
        **ONE, vendor_left_ms=left_ms(desk, "P1"), asked_line_ms=None
    )
    desk.perform(noted, LEE)
    report_irregularity(desk, "ENV-NOISE", "none", "A mower.", ("noise-source", "2"))
    report_irregularity(desk, "ACC-MISS", "flag", "Not set.", ("approved", "given"))
    desk.perform(TakeNote(session_id=A, text="looks tired"), LEE)
    advance(desk, 80 * MINUTE_MS)
    seal(desk)
    return desk


def report_irregularity(
    desk: Desk, code: str, validity: str, observed: str, details: tuple[str, str]
) -> None:
    command = RecordIrregularity(
        session_id=A, code=code, severity=1 if validity == "none" else 2,
        scope="attempt", validity=validity, attempt_ids=(attempt_id("P1"),),
        observed=observed, action_taken="Waited and saw.",
        details=(("noise-source", "a mower"), ("minutes", "2"))
        if code == "ENV-NOISE" else tuple((one, "x1.5") for one in details),
    )  # fmt: skip
    desk.perform(command, DANA)


def test_results_tell_nothing_of_time_breaks_or_seats(
    granted: Desk, tmp_path: Path
) -> None:
    found = files(granted, tmp_path, BundleKind.RESULTS)
    told = HASH.sub("", " ".join(found.values()))

    for word in (
        *("stop-clock", "1500", "x1.5", "agreed", "mower", "tired", "ACC-", "ENV-"),
        *("FamilyP1", "Morning", "204", "s2", "boot-", "irregularity-"),
        *("pause-", "score-keyed", "attempt-finished", "utc_ms", 'seq": 2'),
    ):
        assert word not in told, word
    assert "Better" in told
    times = re.findall(r"\b\d\d:\d\d\b|\b1[0-9]{12}\b", told)
    assert not times


def test_a_private_code_that_touched_a_score_is_called_other(
    granted: Desk, tmp_path: Path
) -> None:
    found = files(granted, tmp_path, BundleKind.RESULTS)

    first, second = rows(found["attempts.csv"])
    assert (first["validity"], first["irregularities"]) == ("flagged", "OTH")
    assert (second["validity"], second["irregularities"]) == ("clean", "")


def test_every_code_about_accommodations_or_time_is_private(desk: Desk) -> None:
    codes = desk.definitions.irregularities
    private = {one.id for one in codes if one.private}

    assert private >= {one.id for one in codes if one.id.startswith("ACC-")}
    assert private >= {"TIM-UNDER", "TIM-OVER", "EXM-BREAK"}


def test_a_results_bundle_shows_one_entry_of_the_session_without_its_number(
    granted: Desk, tmp_path: Path
) -> None:
    found = files(granted, tmp_path, BundleKind.RESULTS)
    first, last = map(json.loads, found["events.jsonl"].splitlines())

    assert [one[0] for one in first["fields"] if len(one) == 2] == ["at"]
    assert [one[0] for one in last["fields"] if len(one) == 2] == ["entry", "at"]
    assert last["seq"] == json.loads(found["manifest.json"])["checkpoint"]["size"] == 2


def test_results_of_a_session_with_many_entries_are_as_long_as_of_one_with_few(
    desk: Desk, tmp_path: Path
) -> None:
    sizes = {}
    for session_id, module, breaks in (("b", "quality", 0), ("c", "quality", 40)):
        person = f"P{session_id}"
        planned(desk, (person,), session_id, module)
        opened(desk, session_id)
        seated(desk, session_id, f"{person}-{module}")
        started(desk, session_id)
        one: AboutAttempt = {
            "session_id": session_id,
            "attempt_id": f"{person}-{module}",
        }
        for _ in range(breaks):
            desk.perform(BeginPause(**one, reason="agreed"), LEE)
            desk.perform(EndPause(**one), LEE)
        ended(desk, session_id)
        scored(desk, session_id)
        explained(desk, session_id)
        desk.seal(session_id, LEE, LEE_PIN)
        sealed = take_snapshot(desk, session_id, BundleKind.RESULTS)
        with zipfile.ZipFile(io.BytesIO(make_bundle(desk, sealed))) as archive:
            sizes[session_id] = {
                one.filename: one.file_size for one in archive.filelist
            }

    # The second one has proofs of the first.
    different = {name for name in sizes["b"] if sizes["b"][name] != sizes["c"][name]}
    assert different <= {"consistency.json", "events.jsonl", "manifest.json"}


def test_a_record_tells_everything_in_its_tables_and_entries(
    granted: Desk, tmp_path: Path
) -> None:
    found = files(granted, tmp_path, BundleKind.RECORD)

    first, second = rows(found["attempts.csv"])
    assert (first["factor_permille"], first["stop_clock"]) == ("1500", "1")
    assert (first["allowed_s"], first["elapsed_s"], first["pauses"]) == (
        *("8100", "4800", "1"),
    )
    assert (second["factor_permille"], second["pauses"]) == ("1000", "0")
    (note,) = rows(found["notes.csv"])
    assert (note["text"], note["recorded_by"]) == ("looks tired", "s2")
    entries = [json.loads(line) for line in found["events.jsonl"].splitlines()]
    assert all(len(one) == 3 for entry in entries for one in entry["fields"])
    texts = {one["text"] for one in json.loads(found["texts.json"]).values()}
    assert texts >= {"agreed", "a mower", "looks tired", "FamilyP1, Kim", "Better, Kim"}


def test_session_that_was_not_ended_is_marked(desk: Desk, tmp_path: Path) -> None:
    a_session(desk, 1)
    advance(desk, 72 * 60 * MINUTE_MS)

    seal(desk)

    (row,) = rows(files(desk, tmp_path, BundleKind.RECORD)["attempts.csv"])

    assert row["note"] == "over time"
    assert int(row["elapsed_s"]) == 72 * 60 * 60


@pytest.mark.parametrize("limit_s", [0, 30, 60, 3600])
@pytest.mark.parametrize(
    ("over_ms", "note"), [(60_000, ""), (60_001, "over time"), (75_000, "over time")]
)
def test_over_time_begins_after_a_minute_whatever_the_center_drafts(
    desk: Desk, limit_s: int, over_ms: int, note: str
) -> None:
    policy(desk, over_time_seconds=limit_s)
    a_session(desk, 1)
    advance(desk, 90 * MINUTE_MS + over_ms)
    desk.perform(FinishAttempt(**ONE), LEE)

    (row,) = rows(sheets.record_sheet(desk.session(A), "TN-014", desk.zone))

    assert row["note"] == note


@pytest.mark.parametrize("kind", BundleKind)
def test_a_sealed_revision_is_the_same_file_whatever_is_decided_later(
    desk: Desk, tmp_path: Path, kind: BundleKind
) -> None:
    policy(desk, over_time_seconds=60)
    a_session(desk, 1)
    advance(desk, 90 * MINUTE_MS + 45_000)
    seal(desk)
    files(desk, tmp_path, kind)
    (bundle,) = tmp_path.glob("*.zip")
    before = bundle.read_bytes()
    bundle.unlink()

    policy(desk, over_time_seconds=30)
    files(desk, tmp_path, kind)

    assert bundle.read_bytes() == before
