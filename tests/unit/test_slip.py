"""The slip that a candidate who was not admitted takes home."""

import stat
from pathlib import Path

import pytest

from cptkiosk.desk import Desk, Recorded
from cptkiosk.domain.commands.checkin import DenyAttempt
from cptkiosk.domain.commands.mistake import UndoStep
from cptkiosk.domain.state.attempt import AttemptProgress
from cptkiosk.domain.state.candidate import RegisterPerson, Registration
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.text import cells
from cptkiosk.domain.values import Role
from cptkiosk.errors import DestinationError
from cptkiosk.reports.slip import write_slip
from cptkiosk.services.assignment import build_assignment
from support.center import DANA, LEE
from support.sessions import a_session, attempt_id, opened, planned
from support.verdicts import refuses

REASON = "photo ID: the licence expired on 2025-03-01"


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    return tmp_path / "reports"


def deny(desk: Desk, participant_id: str = "P1", reason: str = REASON) -> Recorded:
    command = DenyAttempt(
        session_id="a",
        attempt_id=attempt_id(participant_id),
        reason=reason,
        coordinator_called=True,
    )
    return desk.perform(command, LEE)


def slip(desk: Desk, reports: Path, participant_id: str = "P1") -> str:
    path, _ = write_slip(desk, "a", attempt_id(participant_id), reports)
    return path.read_text(encoding="utf-8")


def test_it_says_who_what_why_when_and_whom_to_call(desk: Desk, reports: Path) -> None:
    a_session(desk, people=1, stage=Stage.CHECK_IN)
    deny(desk)
    text = slip(desk, reports)
    said = (
        "Northfield (TN-014)", "Sep 21, 2026, 9:13:20 AM CDT", "FamilyP1, Kim", "P1",
        "Safety", REASON, "Decided by    Lee Wong",
        "Contact       Dana Ortiz, coordinator",
        "There is no score, and this does not count as an attempt",
    )  # fmt: skip
    for words in said:
        assert words in " ".join(text.split("\n")), words


def test_it_fits_80_columns_whatever_is_written_in_it(
    desk: Desk, reports: Path
) -> None:
    planned(desk, ("P1",), "a", "safety")
    wide = RegisterPerson(
        participant_id="P1",
        family_name="永" * 58,
        given_name="和",
        registration=Registration("safety", "CODE-safety-P1"),
    )
    desk.registrar.register([wide], LEE)
    desk.perform(build_assignment(desk, "a", "P1", "safety"), LEE)
    opened(desk, "a")
    deny(desk, reason="x" * 300)
    assert max(map(cells, slip(desk, reports).split("\n"))) <= 80


def test_written_again_it_is_the_same_file_with_the_same_words(
    desk: Desk, reports: Path
) -> None:
    a_session(desk, people=1, stage=Stage.CHECK_IN)
    deny(desk)
    first = slip(desk, reports)
    assert slip(desk, reports) == first
    assert len(list(reports.iterdir())) == 1


def test_a_deactivated_coordinator_is_not_named(desk: Desk, reports: Path) -> None:
    a_session(desk, people=1, stage=Stage.CHECK_IN)
    deny(desk)
    desk.staff.change_staff("s2", DANA, role=Role.COORDINATOR)
    desk.staff.change_staff("s1", DANA, active=False)
    assert "Dana Ortiz" not in slip(desk, reports)


def test_a_second_denial_after_an_undo_has_its_own_slip(
    desk: Desk, reports: Path
) -> None:
    a_session(desk, people=1, stage=Stage.CHECK_IN)
    deny(desk, reason="first reason")
    slip(desk, reports)
    desk.perform(UndoStep(session_id="a"), LEE)
    deny(desk, reason="second reason")
    assert "second reason" in slip(desk, reports)
    assert len(list(reports.iterdir())) == 2


def test_only_this_user_may_read_it(desk: Desk, reports: Path) -> None:
    a_session(desk, people=1, stage=Stage.CHECK_IN)
    deny(desk)
    path, _ = write_slip(desk, "a", attempt_id("P1"), reports)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(reports.stat().st_mode) == 0o700


def test_no_other_candidate_gets_a_slip(desk: Desk, reports: Path) -> None:
    a_session(desk, people=1, stage=Stage.CHECK_IN)
    with refuses("Only a denied candidate"):
        write_slip(desk, "a", attempt_id("P1"), reports)
    assert not reports.exists()


def test_a_folder_that_takes_nothing_is_said_and_the_denial_stands(
    desk: Desk, reports: Path
) -> None:
    a_session(desk, people=1, stage=Stage.CHECK_IN)
    deny(desk)
    reports.write_text("a file in the way", encoding="utf-8")
    with pytest.raises(DestinationError, match="could not be written"):
        write_slip(desk, "a", attempt_id("P1"), reports)
    assert desk.session("a").attempts["P1-safety"].standing is AttemptProgress.DENIED
