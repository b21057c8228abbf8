"""What a report and a bundle tell of results that were doubted, moved or decided."""

import csv
import io
from typing import Any

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.irregularity import RecordIrregularity
from cptkiosk.domain.commands.score import DecideValidity, KeyScore, SettleDiscrepancy
from cptkiosk.domain.commands.testing import NoteVendorClock
from cptkiosk.domain.state.session import Stage
from cptkiosk.services.credentials import progress_of
from cptkiosk.upload import sheets
from support.center import DANA, LEE
from support.reports import session_report
from support.sessions import a_session, ended


def report(desk: Desk, **options: Any) -> str:
    return session_report(desk, desk.session("a"), **options)


def row(desk: Desk, attempt_id: str) -> dict[str, str]:
    """Return a row of the bundle's table of attempts."""
    text = sheets.attempt_sheet(desk.session("a"), "TN-014", desk.zone)
    rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    return next(one for one in rows if one["attempt_id"] == attempt_id)


def key(desk: Desk, about: str, shown: str, verdict: str = "") -> None:
    for actor in (LEE, DANA):
        command = KeyScore(
            session_id="a",
            attempt_id=about,
            shown=shown,
            vendor_verdict=verdict,
            shown_as="" if "%" in shown else "raw",
        )
        desk.perform(command, actor)


def irregularity(desk: Desk, **changes: Any) -> None:
    fields: dict[str, Any] = {
        "code": "ENV-ALARM",
        "severity": 3,
        "scope": "attempt",
        "validity": "withhold",
        "attempt_ids": ("P1-safety",),
        "observed": "The alarm rang.",
        "action_taken": "Everybody left.",
    }
    desk.perform(RecordIrregularity(session_id="a", **fields | changes), LEE)


@pytest.fixture
def decided(desk: Desk) -> Desk:
    """P1 is void, P2 passes per vendor, and P1's clock was compared."""
    a_session(desk, 2)
    line_ms = desk.session("a").timeline_ms(desk.now())
    left_ms = desk.session("a").left_ms(
        desk.session("a").attempts["P1-safety"], line_ms
    )
    note = NoteVendorClock(
        session_id="a", attempt_id="P1-safety", vendor_left_ms=left_ms + 30_000
    )
    desk.perform(note, LEE)
    irregularity(desk)
    ended(desk, "a")
    key(desk, "P1-safety", "70")
    key(desk, "P2-safety", "63", "pass")
    desk.perform(
        DecideValidity(
            session_id="a",
            attempt_id="P1-safety",
            validity="void",
            reason="copied",
            reference="MSSC-17",
        ),
        DANA,
    )
    desk.perform(
        SettleDiscrepancy(
            session_id="a", attempt_id="P2-safety", uphold="vendor", reason="rescored"
        ),
        DANA,
    )
    return desk


def test_a_report_tells_who_ran_it_and_what_was_decided(decided: Desk) -> None:
    ways = {one: progress_of(decided, one) for one in ("P1", "P2")}
    words = " ".join(report(decided, progress=ways).split())

    for said in (
        "Lead proctor Lee Wong (s2)",
        "void (reference MSSC-17)",
        "vendor's clock showed 0:30 more",
        "discrepancy settled: pass per vendor",
        "withdrawn: Safety, passed Sep 21, 2026",
        "63/83 pass -1",
    ):
        assert said in words


def test_a_bundle_has_the_verdict_that_holds_and_what_was_decided(
    decided: Desk,
) -> None:
    void, settled = row(decided, "P1-safety"), row(decided, "P2-safety")

    assert (void["passed"], void["validity"]) == ("1", "void")
    assert (void["void_reference"], void["counts"]) == ("MSSC-17", "0")
    assert (void["drift_ms"], void["continues"]) == ("30000", "")
    assert (settled["verdict"], settled["passed"]) == ("not pass", "1")
    assert (settled["settled"], settled["counts"]) == ("vendor", "1")


def test_a_bundle_tells_no_result_that_was_keyed_only_once(desk: Desk) -> None:
    a_session(desk, 1)
    ended(desk, "a")
    command = KeyScore(
        session_id="a", attempt_id="P1-safety", shown="70", shown_as="raw"
    )
    desk.perform(command, LEE)

    assert row(desk, "P1-safety")["passed"] == ""


def test_an_irregularity_is_reported_in_full(desk: Desk) -> None:
    a_session(desk, 1)
    irregularity(
        desk,
        details=(("alarm-time", "14:02"),),
        observer="Pat Ng",
        witnesses="Ana Diaz",
        told="MSSC at 14:30",
        vendor_case="V-88",
        completed="no",
        void_recommended=True,
    )
    words = " ".join(report(desk).split())

    for said in (
        "FamilyP1, Kim (seat",
        "Alarm time: 14:02",
        "Observer: Pat Ng",
        "Witnesses: Ana Diaz",
        "Told: MSSC at 14:30",
        "Vendor case: V-88",
        "Test completed: no",
        "Recommended: Void the score",
        "STILL MISSING:",
    ):
        assert said in words


def test_an_irregularity_that_was_superseded_is_marked_and_lacks_nothing(
    desk: Desk,
) -> None:
    a_session(desk, 1)
    irregularity(desk, observed="It rang.")
    first = desk.session("a").irregularities[0].event.irregularity_id
    irregularity(desk, supersedes=first)
    text = report(desk)

    assert "SUPERSEDED by a-i2" in text
    assert "Supersedes: a-i1" in text
    assert text.count("STILL MISSING") == 1


def test_entries_after_the_seal_are_reported(desk: Desk) -> None:
    a_session(desk, 1, Stage.SEALED)
    assert "after the seal" not in report(desk)
    irregularity(desk)

    assert "Something was recorded after the seal" in report(desk)
