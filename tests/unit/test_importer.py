"""A roster goes in once, however often it is imported."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands import planning as c
from cptkiosk.domain.events.planning import Room
from cptkiosk.domain.state.attempt import AttemptProgress
from cptkiosk.domain.state.session import Stage
from cptkiosk.errors import UsageError
from cptkiosk.roster import importer
from cptkiosk.roster.importer import Counts, import_roster
from support.center import DANA
from support.verdicts import refuses

ROSTERS = sorted((Path(__file__).parents[1] / "data" / "rosters").iterdir())
HEAD = (
    "Participant ID,Last Name,First Name,Assessment,User Code,Birth Date,Extended Time"
)
TWO = f"{HEAD}\n1,Brown,DeShawn,safety,A1,,\n2,Lee,Kim,safety,A2,,\n"


@pytest.fixture
def roster(desk: Desk, tmp_path: Path) -> Callable[..., Any]:
    """Import text as a roster file."""

    def imported(text: str, **options: Any) -> Any:
        path = tmp_path / "roster.csv"
        path.write_text(text, encoding="utf-8")
        return import_roster(desk, path, DANA, **options)

    return imported


@pytest.fixture
def session_id(desk: Desk) -> str:
    plan = c.PlanSession(
        session_id="a",
        title="",
        starts_at_utc_ms=desk.now().utc_ms,
        module_ids=("safety", "quality"),
        rooms=(Room(name="204", rows=4, columns=6),),
    )
    desk.perform(plan, DANA)
    return "a"


def entries(desk: Desk) -> int:
    return desk.ledger.head().seq


@pytest.mark.parametrize("path", ROSTERS, ids=lambda path: path.name)
def test_a_roster_as_it_came_changes_nothing_the_second_time(
    desk: Desk, path: Path
) -> None:
    first = import_roster(desk, path, DANA)
    before = entries(desk)
    second = import_roster(desk, path, DANA)

    assert first.people.new > 0
    assert first.registrations.new > 0
    assert second.people == Counts(same=first.people.new)
    assert second.registrations == Counts(same=first.registrations.new)
    assert second.rejected == first.rejected
    assert entries(desk) == before


def test_a_dry_run_says_the_same_and_writes_nothing(
    desk: Desk, roster: Callable[..., Any]
) -> None:
    before = entries(desk)
    shown = roster(TWO, dry_run=True)

    assert shown.people == Counts(new=2)
    assert entries(desk) == before
    assert desk.candidate("1").version == 0
    assert roster(TWO).people == shown.people


def test_a_roster_read_once_can_be_shown_and_then_applied(
    desk: Desk, tmp_path: Path
) -> None:
    path = tmp_path / "roster.csv"
    path.write_text(TWO, encoding="utf-8")
    read = importer.load_roster(desk, path)
    path.unlink()

    assert importer.apply_roster(desk, read, DANA, dry_run=True).people.new == 2
    assert importer.apply_roster(desk, read, DANA).people.new == 2
    assert read.encoding == "utf-8"


def test_a_person_with_two_modules_is_one_person(roster: Callable[..., Any]) -> None:
    found = roster(f"{HEAD}\n1,Brown,Kim,safety,,,\n1,Brown,Kim,quality,,2007-01-02,\n")

    assert found.people == Counts(new=1)
    assert found.registrations == Counts(new=2)


def test_a_corrected_name_and_code_count_as_changed(
    desk: Desk, roster: Callable[..., Any]
) -> None:
    roster(TWO)
    found = roster(TWO.replace("DeShawn", "Deshawn").replace("A2", "A9"))

    assert found.people == Counts(changed=1, same=1)
    assert found.registrations == Counts(changed=1, same=1)
    assert desk.candidate("1").given_name.text == "Deshawn"


def test_staff_and_taken_codes_are_rejected_by_row(roster: Callable[..., Any]) -> None:
    roster(TWO)
    found = roster(
        f"{HEAD}\n9,Wong,Lee,safety,B1,,\n,Nobody,No,safety,,,\n3,Diaz,Ana,safety,A1,,\n"
        "4,Fox,Al,safety,B4,,\n"
    )

    assert [one.row for one in found.rejected] == [2, 3, 4]
    assert "staff" in found.rejected[0].reason
    assert "participant 1" in found.rejected[2].reason
    assert found.people == Counts(new=1)


@pytest.mark.parametrize(
    "text",
    ["", "\n\n", f"{HEAD}\n", f"{HEAD}\n,Nobody,No,safety,,,\n", "just a letter\n"],
    ids=["empty", "blank", "no people", "only rejected rows", "no roster"],
)
def test_a_file_without_people_is_refused_and_loses_nothing(
    desk: Desk, roster: Callable[..., Any], text: str
) -> None:
    roster(TWO)
    before = entries(desk)

    with pytest.raises(UsageError, match=r"Nothing was changed\."):
        roster(text)
    assert entries(desk) == before
    assert desk.candidate("1").person == "Brown, DeShawn"


def test_a_file_of_staff_alone_is_refused(
    desk: Desk, roster: Callable[..., Any]
) -> None:
    before = entries(desk)

    with refuses("row 2"):
        roster(f"{HEAD}\n9,Wong,Lee,safety,B1,,\n")
    assert entries(desk) == before


def test_the_file_goes_on_the_roll_of_a_session(
    desk: Desk, roster: Callable[..., Any], session_id: str
) -> None:
    found = roster(f"{TWO}3,Fox,Al,green,A3,,\n", session_id=session_id)

    assert (found.assigned, found.not_assigned) == (2, ())
    assert set(desk.session(session_id).attempts) == {"1-safety", "2-safety"}


def test_the_roll_is_the_same_the_second_time(
    desk: Desk, roster: Callable[..., Any], session_id: str
) -> None:
    roster(TWO, session_id=session_id)
    before = entries(desk)
    again = roster(TWO, session_id=session_id)

    assert (again.assigned, again.on_roll_before, again.not_assigned) == (0, 2, ())
    assert entries(desk) == before


def test_a_candidate_with_two_of_its_modules_gets_the_first(
    desk: Desk, roster: Callable[..., Any], session_id: str
) -> None:
    text = f"{HEAD}\n1,Brown,Kim,safety,,,\n1,Brown,Kim,quality,,,\n"
    found = roster(text, session_id=session_id)

    assert found.assigned == 1
    assert [one.participant_id for one in found.not_assigned] == ["1"]
    assert set(desk.session(session_id).attempts) == {"1-safety"}


def test_a_correction_reaches_the_roll(
    desk: Desk, roster: Callable[..., Any], session_id: str
) -> None:
    roster(TWO, session_id=session_id)
    roster(TWO.replace("DeShawn", "Deshawn").replace("A1,,", "A1,,1.5x"))
    attempt = desk.session(session_id).attempts["1-safety"]

    assert attempt.person.text == "Brown, Deshawn"
    assert attempt.factor_permille == 1500


SHORT = "Participant ID,Last name,First name,Assessment"


def test_a_roster_without_time_and_stop_clock_takes_neither_away(
    desk: Desk, roster: Callable[..., Any], session_id: str
) -> None:
    head = f"{SHORT},Extended time,Stop clock"
    roster(f"{head}\n1,Brown,Kim,safety,1.5x,yes\n", session_id=session_id)
    roster(f"{SHORT}\n1,Brown,Kim,safety\n")
    known = desk.candidate("1").registrations["safety"]
    on_roll = desk.session(session_id).attempts["1-safety"]

    for one in (known, on_roll):
        assert (one.factor_permille, one.stop_clock) == (1500, True)


def test_a_roster_that_says_no_takes_the_extra_time_away(
    desk: Desk, roster: Callable[..., Any]
) -> None:
    head = f"{SHORT},Extended time"
    roster(f"{head}\n1,Brown,Kim,safety,1.5x\n")
    roster(f"{head}\n1,Brown,Kim,safety,No\n")

    assert desk.candidate("1").registrations["safety"].factor_permille == 1000


def test_a_new_candidate_has_standard_time_by_default(
    desk: Desk, roster: Callable[..., Any]
) -> None:
    roster(f"{SHORT}\n1,Brown,Kim,safety\n")

    assert desk.candidate("1").registrations["safety"].factor_permille == 1000


def test_a_candidate_taken_off_the_roll_stays_off_it(
    desk: Desk, roster: Callable[..., Any], session_id: str
) -> None:
    roster(TWO, session_id=session_id)
    off = c.CancelAttempt(session_id="a", attempt_id="1-safety", reason="moved away")
    desk.perform(off, DANA)
    before = entries(desk)
    found = roster(TWO, session_id=session_id)

    assert desk.session("a").attempts["1-safety"].standing is AttemptProgress.CANCELLED
    assert [one.participant_id for one in found.not_assigned] == ["1"]
    assert entries(desk) == before


def test_a_session_that_is_not_there_is_refused_before_anything_is_written(
    desk: Desk, roster: Callable[..., Any]
) -> None:
    before = entries(desk)

    with refuses("no session z"):
        roster(TWO, session_id="z")
    assert entries(desk) == before


def test_a_finished_session_takes_no_candidates(
    desk: Desk, roster: Callable[..., Any], session_id: str
) -> None:
    desk.perform(c.CancelSession(session_id="a", reason="storm"), DANA)
    found = roster(TWO, session_id=session_id)

    assert desk.session("a").stage is Stage.CANCELLED
    assert (found.assigned, len(found.not_assigned)) == (0, 2)
    assert found.people.new == 2
