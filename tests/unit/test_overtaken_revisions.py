"""A sealed revision that is known to be incomplete does not leave the center."""

from pathlib import Path

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.closing import AmendSession, RecordBundle
from cptkiosk.domain.commands.irregularity import RecordIrregularity
from cptkiosk.domain.state.session import Stage
from cptkiosk.upload.folder import write_bundle
from support.center import DANA, DANA_PIN, LEE
from support.sessions import a_session, attempt_id
from support.verdicts import refuses

BREACH = RecordIrregularity(
    session_id="a", code="MIS-NOTES", severity=3, scope="attempt", validity="withhold",
    attempt_ids=(attempt_id("P1"),), observed="A sheet in the bin.",
    action_taken="Kept it.", details=(("evidence-kept", "in the safe"),),
    told="the coordinator, at once",
)  # fmt: skip


@pytest.fixture
def overtaken(desk: Desk) -> Desk:
    """A desk with a sealed session in which a breach was found afterwards."""
    a_session(desk, 1, Stage.SEALED)
    desk.perform(BREACH, LEE)
    return desk


def write(desk: Desk, folder: Path) -> Path:
    return write_bundle(desk, "a", folder, LEE, report=lambda _: "report\n")[0]


def test_overtaken_revision_is_not_written(overtaken: Desk, tmp_path: Path) -> None:
    with refuses(r"Revision 1 .* is out of date.*amend the session"):
        write(overtaken, tmp_path)

    assert list(tmp_path.glob("*.zip")) == []
    assert overtaken.session("a").bundles == ()


def test_overtaken_revision_is_not_recorded_as_written(overtaken: Desk) -> None:
    command = RecordBundle(
        session_id="a", destination="stick", file_name="a.zip", sha256="0" * 64
    )
    with refuses("out of date"):
        overtaken.perform(command, LEE)


def test_amended_revision_is_written(overtaken: Desk, tmp_path: Path) -> None:
    overtaken.perform(AmendSession(session_id="a", reason="a breach"), DANA)
    overtaken.seal("a", DANA, DANA_PIN)

    assert "-r2" in write(overtaken, tmp_path).name
