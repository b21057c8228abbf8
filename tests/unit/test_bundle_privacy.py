"""A bundle hides extra time and granted breaks, and marks time overruns."""

import csv
import io
import json
import re
import zipfile
from pathlib import Path

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.closing import SeeIrregularities
from cptkiosk.domain.commands.irregularity import RecordIrregularity
from cptkiosk.domain.commands.testing import (
    BeginPause,
    EndPause,
    FinishAttempt,
    NoteVendorClock,
)
from cptkiosk.domain.state.blockers import unseen_irregularities
from cptkiosk.domain.state.candidate import RegisterPerson, Registration
from cptkiosk.domain.values import MINUTE_MS
from cptkiosk.reports.sealed import sealed_report
from cptkiosk.services.assignment import refresh_rolls
from cptkiosk.upload import sheets
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
HASH = re.compile("[0-9a-f]{64}")
"""Any digits may stand in one."""


def files(desk: Desk, folder: Path) -> dict[str, str]:
    """Seal session a; return the files of its bundle."""
    ended(desk, A)
    scored(desk, A)
    explained(desk, A)
    if to_see := unseen_irregularities(desk.session(A), desk.center.was_coordinator):
        saw = tuple(one.event.irregularity_id for one in to_see)
        desk.perform(SeeIrregularities(session_id=A, saw=saw), DANA)
    desk.seal(A, LEE, LEE_PIN)
    report = sealed_report(desk.definitions)
    path = write_bundle(desk, A, folder, LEE, report=report)[0]
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def shown_values(found: dict[str, str]) -> list[str]:
    """Return all that a bundle's entries show, without salts and hashes."""
    entries = [json.loads(line) for line in found["events.jsonl"].splitlines()]
    values = [one[2] for entry in entries for one in entry["fields"] if len(one) == 3]
    texts = [one["text"] for one in json.loads(found["texts.json"]).values()]
    return [*(HASH.sub("", one) for one in values), *texts]


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def test_bundle_does_not_tell_of_time_or_breaks_granted(
    desk: Desk, tmp_path: Path
) -> None:
    planned(desk, ("P1",), A, "safety")
    granted = RegisterPerson(
        participant_id="P1", family_name="FamilyP1", given_name="Kim",
        registration=Registration("safety", factor_permille=1500, stop_clock=True),
    )  # fmt: skip
    desk.register([granted], LEE)
    refresh_rolls(desk, frozenset({"P1"}), LEE)
    opened(desk, A)
    seated(desk, A, attempt_id("P1"))
    started(desk, A)
    desk.perform(BeginPause(**ONE, reason="agreed", kind="stop-clock break"), LEE)
    desk.perform(EndPause(**ONE), LEE)
    noted = NoteVendorClock(
        **ONE, vendor_left_ms=left_ms(desk, "P1"), asked_line_ms=None
    )
    desk.perform(noted, LEE)
    noise = RecordIrregularity(
        session_id=A, code="ENV-NOISE", severity=1, scope="session", validity="none",
        attempt_ids=(attempt_id("P1"),), observed="A mower.", action_taken="Waited.",
        details=(("noise-source", "a mower"), ("minutes", "2")),
    )  # fmt: skip
    desk.perform(noise, LEE)
    advance(desk, 110 * MINUTE_MS)

    found = files(desk, tmp_path)

    told = " ".join(shown_values(found))
    for word in ("stop-clock", "1500", "agreed", "a mower", '"left_ms"'):
        assert word not in told
    (row,) = rows(found["attempts.csv"])
    assert row["elapsed_s"] == "5400"
    assert "took 1:30:00" in found["report.txt"]
    for word in ("took 1:50", "stop-clock", "agreed", "x1.5"):
        assert word not in found["report.txt"]
    assert row["note"] == ""


def test_what_tells_of_time_or_breaks_is_there_by_its_commitment_alone(
    desk: Desk, tmp_path: Path
) -> None:
    a_session(desk, 1)
    noted = NoteVendorClock(**ONE, vendor_left_ms=60_000, asked_line_ms=None)
    desk.perform(noted, LEE)
    desk.perform(BeginPause(**ONE, reason="screen froze"), LEE)
    desk.perform(EndPause(**ONE), LEE)

    hidden: dict[str, set[str]] = {}
    for line in files(desk, tmp_path)["events.jsonl"].splitlines():
        entry = json.loads(line)
        kind = json.loads(entry["fields"][0][2])[-1].removesuffix(".v1")
        for name, *rest in entry["fields"]:
            if len(rest) == 1:
                hidden.setdefault(kind, set()).add(name.removeprefix("body."))

    assert hidden.pop("irregularity-recorded") >= {"moments", "details", "told"}
    assert hidden == {
        "attempt-assigned": {
            *("factor_permille", "stop_clock", "paid", "carried_ms", "override"),
            *("overrules", "full_days", "walk_in"),
        },
        "pause-began": {"reason", "kind_of_pause"},
        "vendor-clock-noted": {"vendor_left_ms", "shown"},
    }


def test_an_earlier_name_and_an_update_that_changes_neither_stay_hidden(
    desk: Desk, tmp_path: Path
) -> None:
    planned(desk, ("P1", "P2"), A, "safety")
    for family, factor in (("FamilyP1", 1500), ("Better", 1500), ("Better", 1250)):
        changed = RegisterPerson(
            participant_id="P1", family_name=family, given_name="Kim",
            registration=Registration("safety", factor_permille=factor),
        )  # fmt: skip
        desk.register([changed], LEE)
        refresh_rolls(desk, frozenset({"P1"}), LEE)
    opened(desk, A)
    for one in ("P1", "P2"):
        seated(desk, A, attempt_id(one))
    started(desk, A)

    found = files(desk, tmp_path)

    assert "FamilyP1" not in "".join(found.values())
    entries = [json.loads(one)["fields"] for one in found["events.jsonl"].splitlines()]
    updates = [one for one in entries if "attempt-updated" in one[0][2]]
    shown = [{one[0] for one in fields if len(one) == 3} for fields in updates]
    assert shown == [
        {"entry", "at"},
        {"entry", "at", "body.attempt_id", "body.person", "body.user_code"},
        {"entry", "at"},
    ]


def test_session_that_was_not_ended_is_marked(desk: Desk, tmp_path: Path) -> None:
    a_session(desk, 1)
    advance(desk, 72 * 60 * MINUTE_MS)

    (row,) = rows(files(desk, tmp_path)["attempts.csv"])

    assert row["note"] == "over time"
    assert row["elapsed_s"] == "5400"


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

    (row,) = rows(sheets.attempt_sheet(desk.session(A), "TN-014", desk.zone))

    assert row["note"] == note


def test_a_sealed_revision_is_the_same_file_whatever_is_decided_later(
    desk: Desk, tmp_path: Path
) -> None:
    policy(desk, over_time_seconds=60)
    a_session(desk, 1)
    advance(desk, 90 * MINUTE_MS + 45_000)
    files(desk, tmp_path)
    (bundle,) = tmp_path.glob("*.zip")
    before = bundle.read_bytes()
    bundle.unlink()

    policy(desk, over_time_seconds=30)
    report = sealed_report(desk.definitions)
    again = write_bundle(desk, A, tmp_path, LEE, report=report)[0]

    assert again.read_bytes() == before
