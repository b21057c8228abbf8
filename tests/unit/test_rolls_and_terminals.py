"""What a corrected roster changes on a roll, and two terminals on one ledger."""

from pathlib import Path

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.irregularity import TakeNote
from cptkiosk.domain.commands.planning import CancelAttempt
from cptkiosk.domain.commands.testing import BeginPause, EndPause
from cptkiosk.domain.events.fact import Entry
from cptkiosk.domain.state.candidate import RegisterPerson, Registration
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import Refused
from cptkiosk.services.assignment import refresh_rolls
from support.center import DANA, LEE, open_desk
from support.sessions import a_session, attempt, progress
from support.verdicts import keys, refuses

A = "a"


# Rosters


def again(participant_id: str, given_name: str) -> RegisterPerson:
    return RegisterPerson(
        participant_id=participant_id,
        family_name=f"Family{participant_id}",
        given_name=given_name,
        registration=Registration("safety"),
    )


def test_a_corrected_roster_reaches_the_rolls_not_yet_started(desk: Desk) -> None:
    a_session(desk, 2, stage=Stage.CHECK_IN)
    desk.registrar.register([again("P1", "Kimberly")], LEE)

    refresh_rolls(desk, frozenset({"P1"}), LEE)

    assert attempt(desk, "P1").person.text == "FamilyP1, Kimberly"


def test_a_corrected_roster_does_not_restore_removed_candidates(desk: Desk) -> None:
    a_session(desk, 2, stage=Stage.CHECK_IN)
    desk.perform(CancelAttempt(**keys("P1"), reason="moved"), LEE)
    desk.registrar.register([again("P1", "Kimberly")], LEE)

    refresh_rolls(desk, frozenset({"P1"}), LEE)

    assert progress(desk, "P1") == "cancelled"


def test_a_roster_row_about_staff_is_refused_and_the_rest_goes_in(desk: Desk) -> None:
    rows = [
        RegisterPerson(participant_id="S", family_name="Wong", given_name="LEE"),
        RegisterPerson(participant_id="T", family_name="Wong", given_name="Ann"),
    ]

    staff, other = desk.registrar.register(rows, DANA)

    assert isinstance(staff, Refused)
    assert isinstance(other, tuple)
    assert desk.candidate("S").participant_id == ""
    assert desk.candidate("T").person == "Wong, Ann"


def test_a_dry_run_says_what_would_happen_and_leaves_nothing(desk: Desk) -> None:
    head = desk.ledger.head()

    (outcome,) = desk.registrar.register([again("P9", "Kim")], LEE, dry_run=True)

    assert isinstance(outcome, tuple)
    assert len(outcome) == 2
    assert desk.ledger.head() == head
    assert desk.ledger.rows("SELECT count(*) FROM person") == [(0,)]


def test_a_user_code_belongs_to_one_person(desk: Desk) -> None:
    one = Registration("safety", "SAME")
    rows = [
        RegisterPerson(
            participant_id=who, family_name=who, given_name="K", registration=one
        )
        for who in ("P1", "P2")
    ]

    first, second = desk.registrar.register(rows, LEE)

    assert isinstance(first, tuple)
    assert isinstance(second, Refused)


# Several terminals


def test_two_terminals_see_and_continue_each_others_steps(
    desk: Desk, folder: Path
) -> None:
    a_session(desk)
    other = open_desk(folder, desk.clock, "t2")
    other.session(A)
    desk.perform(BeginPause(**keys("P1"), reason="froze"), LEE)

    other.perform(EndPause(**keys("P1")), DANA)
    desk.catch_up()

    assert desk.session(A) == other.session(A)
    assert not attempt(desk, "P1").is_paused
    other.ledger.close()


def test_entries_written_during_a_read_are_not_missed(desk: Desk, folder: Path) -> None:
    a_session(desk, stage=Stage.PLANNED)
    other = open_desk(folder, desk.clock, "t2")
    desk.perform(TakeNote(session_id=A, text="before"), LEE)
    read_after = other.ledger.read_after

    def meanwhile(seq: int) -> tuple[Entry, ...]:
        desk.perform(TakeNote(session_id=A, text="meanwhile"), LEE)
        return read_after(seq)

    other.ledger.read_after = meanwhile  # type: ignore[method-assign]
    other.session(A)
    other.ledger.read_after = read_after  # type: ignore[method-assign]

    assert other.session(A) == desk.session(A)
    other.perform(TakeNote(session_id=A, text="after"), DANA)
    other.ledger.close()


def test_an_unplanned_session_does_not_exist(desk: Desk) -> None:
    with refuses("no session zzz"):
        desk.session("zzz")
