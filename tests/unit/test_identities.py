"""One ID may be a participant's, a member of staff's and a session's at once."""

from pathlib import Path

import pytest

from cptkiosk.cli.main import main
from cptkiosk.desk import Desk
from cptkiosk.domain.commands.halt import ResumeSession
from cptkiosk.domain.commands.irregularity import TakeNote
from cptkiosk.domain.rules.candidate_rules import ForgetPerson
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import FORGOTTEN
from cptkiosk.ledger.maintenance.salvage import look_for
from cptkiosk.ledger.maintenance.verify import rebuild_projections, verify_ledger
from support.center import DANA, LEDGER, LEE, LEE_PIN, open_desk
from support.clock import HandClock
from support.sessions import (
    attempt_id,
    ended,
    halted,
    opened,
    planned,
    scored,
    seated,
    started,
)

ALARM = "fire alarm"


def sat(desk: Desk, session_id: str, *people: str) -> None:
    """Run a session of this ID to its seal, with a halt and a remark on each person."""
    planned(desk, people, session_id, "safety")
    opened(desk, session_id)
    for one in people:
        seated(desk, session_id, attempt_id(one))
    started(desk, session_id)
    for one in people:
        note = TakeNote(
            session_id=session_id, attempt_id=attempt_id(one), text=f"{one} coughs"
        )
        desk.perform(note, LEE)
    halted(desk, session_id)
    back = tuple(map(attempt_id, people))
    desk.perform(ResumeSession(session_id=session_id, back=back), LEE)
    ended(desk, session_id)
    scored(desk, session_id)
    desk.seal(session_id, LEE, LEE_PIN)
    assert desk.session(session_id).stage is Stage.SEALED


def forgotten(desk: Desk, participant_id: str) -> None:
    command = ForgetPerson(participant_id=participant_id, reason="own request")
    assert desk.candidates.forget(command, DANA) > 0


def intact(desk: Desk, folder: Path, clock: HandClock) -> Desk:
    """Verify and fold the ledger, and return a desk that has read it again."""
    verify_ledger(desk.ledger)
    rebuild_projections(desk.ledger, "s1")
    verify_ledger(desk.ledger)
    return open_desk(folder, clock, "t2")


def notes(desk: Desk, session_id: str) -> set[str]:
    return {note.text.text for _, _, note in desk.session(session_id).notes}


@pytest.mark.parametrize("staff_id", ["s1", "s2"])
def test_forgetting_a_participant_leaves_staff_of_the_same_id(
    desk: Desk, folder: Path, clock: HandClock, staff_id: str
) -> None:
    sat(desk, "a", staff_id, "P2")
    forgotten(desk, staff_id)

    anew = intact(desk, folder, clock)
    assert anew.candidate(staff_id).family_name.text == FORGOTTEN
    assert [one.name.text for one in anew.center.staff.values()] == [
        "Dana Ortiz", "Lee Wong",
    ]  # fmt: skip
    assert anew.pins.sign_in("s2", LEE_PIN) == LEE
    anew.ledger.close()


def test_forgetting_a_participant_leaves_a_session_of_the_same_id(
    desk: Desk, folder: Path, clock: HandClock
) -> None:
    sat(desk, "b", "P2")
    sat(desk, "a", "b")
    forgotten(desk, "b")

    anew = intact(desk, folder, clock)
    assert anew.session("b").reasons[0][2].text == ALARM
    assert notes(anew, "b") == {"P2 coughs"}
    assert notes(anew, "a") == {FORGOTTEN}
    anew.ledger.close()


def test_forgetting_a_person_leaves_the_namesake_of_their_session(
    desk: Desk, folder: Path, clock: HandClock
) -> None:
    sat(desk, "a", "a", "P2")
    forgotten(desk, "P2")

    anew = intact(desk, folder, clock)
    assert notes(anew, "a") == {"a coughs", FORGOTTEN}
    assert anew.session("a").attempts["a-safety"].person.text == "Familya, Kim"
    assert anew.session("a").reasons[0][2].text == FORGOTTEN
    anew.ledger.close()


def test_a_salvage_keeps_staff_who_share_an_id_with_a_forgotten_person(
    desk: Desk, folder: Path, tmp_path: Path
) -> None:
    sat(desk, "a", "s2")
    forgotten(desk, "s2")
    desk.ledger.close()

    found = look_for(folder / LEDGER, tmp_path)
    assert "Lee Wong" in {one.text for one in found.texts}
    assert "Familys2" not in {one.text for one in found.texts}


def test_the_command_line_forgets_only_the_named_person(
    desk: Desk, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sat(desk, "a", "s2")
    desk.ledger.close()
    data = ["--data-dir", str(folder)]

    assert main(["person", "forget", "s2", "--because", "own request", *data]) == 0
    assert main(["ledger", "verify", *data]) == 0
    capsys.readouterr()
    assert main(["staff", "list", *data]) == 0
    assert "Lee Wong" in capsys.readouterr().out
