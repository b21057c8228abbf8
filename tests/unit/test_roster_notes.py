"""No person becomes two, or another, without a warning before it is written."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands import planning as c
from cptkiosk.domain.events.planning import Room
from cptkiosk.roster.columns import Field
from cptkiosk.roster.guide import HOLDS, SAMPLE, column_guide
from cptkiosk.roster.importer import import_roster
from cptkiosk.roster.outcomes import list_outcomes
from support.center import DANA
from support.rosters import reader
from support.verdicts import refuses

DOCS = Path(__file__).parents[2] / "docs"
HEAD = "Student ID,Last Name,First Name,Birth Date,Assessment,User Code,Extended Time"


@pytest.fixture
def roster(desk: Desk, tmp_path: Path) -> Callable[..., Any]:
    """Import rows under the header as a roster file."""

    def imported(*rows: str, **options: Any) -> Any:
        path = tmp_path / "roster.csv"
        path.write_text("\n".join((HEAD, *rows)) + "\n", encoding="utf-8")
        return import_roster(desk, path, DANA, **options)

    return imported


def plan(desk: Desk, session_id: str) -> None:
    command = c.PlanSession(
        session_id=session_id,
        title="",
        starts_at_utc_ms=desk.now().utc_ms,
        module_ids=("safety",),
        rooms=(Room(name="204", rows=4, columns=6),),
    )
    desk.perform(command, DANA)


def said(found: Any) -> str:
    return "\n".join(note.text for note in found.notes)


def test_one_person_under_two_ids_is_pointed_out(roster: Callable[..., Any]) -> None:
    roster("77,Orr,Lee,2007-03-04,Safety,,")
    found = roster("9100,Orr,Lee,2007-03-04,Quality,,", dry_run=True)
    assert (
        "Orr, Lee (9100) has the same name and birth date as ID 77 on record"
        in said(found)
    )
    assert found.notes[0].row == 2


def test_one_person_twice_in_one_file_is_pointed_out(
    roster: Callable[..., Any],
) -> None:
    found = roster("1,Orr,Lee,2007-03-04,,,", "2,ORR,Lee,,,,", dry_run=True)
    assert "Orr" in said(found).title()
    assert "same name as ID 1 in row 2" in said(found)


def test_namesakes_born_on_other_days_are_two_people(
    roster: Callable[..., Any],
) -> None:
    found = roster("1,Orr,Lee,2007-03-04,,,", "2,Orr,Lee,2008-03-04,,,")
    assert found.notes == ()
    assert found.people.new == 2


def test_an_id_that_lost_its_zeros_is_pointed_out(roster: Callable[..., Any]) -> None:
    roster("00512,Orr,Lee,,Safety,,")
    found = roster("512,Orr-Ng,Lee,,Safety,,", dry_run=True)
    assert "except for leading zeros" in said(found)


def test_another_name_for_a_known_id_is_pointed_out(roster: Callable[..., Any]) -> None:
    roster("5,Orr,Lee,2007-03-04,Safety,,")
    found = roster("5,Ng,Lee,2007-03-04,Safety,,", dry_run=True)
    assert "Orr, Lee (5) is named Ng, Lee in this file" in said(found)


def test_the_id_of_another_person_is_rejected(
    desk: Desk, roster: Callable[..., Any]
) -> None:
    roster("5,Orr,Lee,2007-03-04,Safety,,")
    found = roster("5,Cole,Max,2006-01-02,Safety,,", "6,Poe,Di,,,,")
    assert "is Orr, Lee, born Mar 4, 2007, on record" in found.rejected[0].reason
    assert desk.candidate("5").person == "Orr, Lee"
    with refuses("row 2"):
        roster("5,Cole,Max,2006-01-02,Safety,,")


def test_a_person_missing_from_a_newer_list_is_pointed_out(
    desk: Desk, roster: Callable[..., Any]
) -> None:
    plan(desk, "a")
    ids = ("1,Orr,Lee", "2,Ng,Kim", "3,Poe,Di", "4,Ray,Cy")
    class_list = [f"{one},,Safety,," for one in ids]
    roster(*class_list, session_id="a")
    for options in ({"session_id": "a"}, {}):
        found = roster(*class_list[:2], dry_run=True, **options)
        assert (
            "Poe, Di (3) is on the attendance list of a but not in this file"
            in said(found)
        )
        assert "Ray, Cy (4) is on the attendance list of a" in said(found)
    assert roster(*class_list, session_id="a").notes == ()
    assert len(desk.session("a").attempts) == 4


def test_another_class_is_not_taken_for_a_newer_list(
    desk: Desk, roster: Callable[..., Any]
) -> None:
    plan(desk, "a")
    roster("1,Orr,Lee,,Safety,,", "2,Ng,Kim,,Safety,,", session_id="a")
    assert roster("8,Poe,Di,,Safety,,", dry_run=True).notes == ()


def test_people_of_another_module_are_named_with_the_session(
    desk: Desk, roster: Callable[..., Any]
) -> None:
    plan(desk, "a")
    found = roster("1,Orr,Lee,,Quality,,", "2,Ng,Kim,,Safety,,", session_id="a")
    assert "Orr, Lee (1) is registered for" in said(found)
    assert "not on its attendance list" in said(found)
    assert found.assigned == 1


def test_the_preview_shows_time_and_code_of_each_person(
    desk: Desk, roster: Callable[..., Any]
) -> None:
    found = roster("1,Orr,Lee,,Safety,K-17,1.5x", dry_run=True)
    (row,) = list_outcomes(desk, found, {"safety": "Safety"})
    assert row.why == "Safety, x1.5, code K-17"


def test_the_sample_is_read_without_a_note(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "sample.csv"
    path.write_text(SAMPLE, encoding="utf-8")
    found = import_roster(desk, path, DANA)
    assert (found.rejected, found.notes, found.roster.unused) == ((), (), ())
    assert found.people.new == 3


def test_the_columns_are_documented_as_they_are_read() -> None:
    assert set(HOLDS) == set(Field)
    text = (DOCS / "rosters.md").read_text(encoding="utf-8")
    for word, holds, names in column_guide():
        assert f"| {word} | {holds} | {'; '.join(names)} |" in text
    assert (DOCS / "sample-roster.csv").read_text(encoding="utf-8") == SAMPLE


def test_the_command_lists_the_columns(capsys: pytest.CaptureFixture[str]) -> None:
    from cptkiosk.cli.main import main

    assert main(["roster", "columns"]) == 0
    assert "participant ID: the school's own ID" in capsys.readouterr().out
    assert main(["roster", "columns", "--sample"]) == 0
    assert capsys.readouterr().out == SAMPLE


@pytest.mark.parametrize(
    "column", ["IEP Minutes", "504", "Accomm.", "Special Ed.", "Additional Time"]
)
def test_a_column_that_may_tell_of_extra_time_is_never_left_out_quietly(
    tmp_path: Path, column: str
) -> None:
    head = f"Participant ID,Last Name,First Name,Assessment,{column}\n"
    read = reader(tmp_path)

    notes = read(f"{head}1,Roe,Ann,Safety,No\n2,Poe,Bo,Safety,135\n").notes
    quiet = read(f"{head}1,Roe,Ann,Safety,No\n2,Poe,Bo,Safety,\n").notes

    assert [one.text for one in notes] == [
        f'Column "{column}" was not read, but row 3 says "135": is that extra time?'
    ]
    assert not quiet


@pytest.mark.parametrize("column", ["Extra Credit", "Homeroom", "Grade", "Test Date"])
def test_a_column_about_something_else_is_no_matter(
    tmp_path: Path, column: str
) -> None:
    head = f"Participant ID,Last Name,First Name,Assessment,{column}\n"
    assert not reader(tmp_path)(f"{head}1,Roe,Ann,Safety,yes\n").notes
