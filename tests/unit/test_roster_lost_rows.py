"""No person of a text vanishes: every line is read, rejected or named."""

from pathlib import Path

import pytest

from cptkiosk.roster.model import RosterUnreadable
from support.rosters import Read, reader, reasons

HEAD = "Student ID,Last Name,First Name,Assessment,Extended Time,Notes"


@pytest.fixture
def read(tmp_path: Path) -> Read:
    return reader(tmp_path)


def test_people_between_two_odd_quotation_marks_are_read(read: Read) -> None:
    roster = read(
        f'{HEAD}\n1,Ito,Kim,Safety,,"bus 4\n2,Orr,Al,Safety,2x,\n'
        '3,Poe,Di,Safety,,late"\n4,Ray,Cy,Safety,,\n'
    )
    assert [row.participant_id for row in roster.rows] == ["1", "2", "3", "4"]
    assert roster.rows[1].factor_permille == 2000
    assert any("stray quotation mark" in note.text for note in roster.notes)


def test_lines_in_a_quotation_that_cannot_be_parted_are_each_rejected(
    read: Read,
) -> None:
    roster = read(
        f'{HEAD}\n1,"Ito,Kim,Safety,,\n2,Orr,Al,Safety,2x,ok\n'
        '3,Poe,Di,Safety,,"\n4,Ray,Cy,Safety,,\n'
    )
    assert [row.participant_id for row in roster.rows] == ["4"]
    said = " ".join(reasons(roster).values())
    assert all(name in said for name in ("Ito", "Orr", "Poe"))


def test_a_quotation_over_two_rows_from_the_first_cell_on_names_both(
    read: Read,
) -> None:
    roster = read(
        f'{HEAD}\n"{7:017},Ito,Kim Alexandra Maria,Safety,,\n2,Orr,Al,Safety,,"nurse\n3,Poe,Di,Safety,,\n'
    )
    assert [row.participant_id for row in roster.rows] == ["3"]
    said = " ".join(reasons(roster).values())
    assert all(name in said for name in ("Ito", "Orr"))


def test_a_note_of_several_lines_is_one_cell(read: Read) -> None:
    roster = read(f'{HEAD}\n1,Ito,Kim,Safety,,"bus, late\nnurse, at 2"\n2,Orr,Al,,,\n')
    assert [row.row for row in roster.rows] == [2, 3]
    assert roster.rejected == ()


def test_a_second_header_in_another_order_is_followed(read: Read) -> None:
    roster = read(
        "Student ID,Last Name,First Name,Assessment\n1,Ito,Kim,Safety\n\n"
        "Last Name,First Name,Assessment,Student ID\nOrr,Al,Quality,2\n"
    )
    assert [(row.participant_id, row.family_name) for row in roster.rows] == [
        ("1", "Ito"),
        ("2", "Orr"),
    ]


def test_rows_below_a_header_without_ids_are_rejected(read: Read) -> None:
    roster = read(
        "Student ID,Last Name,First Name,Assessment\n1,Ito,Kim,Safety\n"
        "Last Name,First Name,Assessment\nOrr,Al,Quality\n"
    )
    assert [row.participant_id for row in roster.rows] == ["1"]
    assert "the header in row 3" in reasons(roster)[4]


def test_tables_beside_each_other_are_both_read(read: Read) -> None:
    roster = read(
        "Student ID,Last Name,Assessment,,Student ID,Last Name,Assessment\n"
        "1,Ito,Safety,,2,Orr,Quality\n3,Poe,Safety,,,,\n"
    )
    assert [row.participant_id for row in roster.rows] == ["1", "3", "2"]


def test_a_short_row_that_lost_a_cell_is_not_read_askew(read: Read) -> None:
    roster = read(f"{HEAD}\n1,Ito,Safety,2x\n2,Orr,Al,Safety\n")
    assert 2 in reasons(roster)
    assert [row.given_name for row in roster.rows] == ["Al"]
    assert any("fewer cells" in note.text for note in roster.notes)


@pytest.mark.parametrize(
    "first", ["    Points Possible,,,(read only),100,", "Total,5,,,,", "Average,,,,3,"]
)
def test_rows_that_an_export_adds_are_named_as_no_people(
    read: Read, first: str
) -> None:
    roster = read(f"{HEAD}\n{first}\n1,Ito,Kim,Safety,,\n")
    assert [row.participant_id for row in roster.rows] == ["1"]
    assert any("is not a person" in note.text for note in roster.notes)


def test_a_test_student_is_no_person(read: Read) -> None:
    roster = read('Student,SIS User ID,Section\n"Ito, Kim",1,A\n"Student, Test",9,A\n')
    assert [row.participant_id for row in roster.rows] == ["1"]
    assert "not a person" in reasons(roster)[3]


@pytest.mark.parametrize(
    ("content", "name", "what"),
    [
        ("<html><table><tr><td>1</td></tr></table></html>", "r.xls", "a web page"),
        ("<TABLE border=1><TR><TH>Student ID</TH></TR></TABLE>", "r.xls", "a web page"),
        (
            '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:'
            'office:spreadsheet"/>',
            "r.xls",
            "an XML spreadsheet",
        ),
        (
            '<?xml version="1.0"?><office:document xmlns:office="x"'
            ' office:mimetype="application/vnd.oasis.opendocument.spreadsheet"'
            "><office:body><office:spreadsheet/></office:body></office:document>",
            "r.xls",
            "an XML spreadsheet",
        ),
        ('<?xml version="1.0"?><students/>', "r.xls", "an XML file"),
        (
            "MIME-Version: 1.0\nContent-Type: multipart/related\n\n<html></html>",
            "r.xls",
            "a web page",
        ),
        ("\ufeff<html><body></body></html>", "r.xls", "a web page"),
        ('ID;PWXL;N;E\nC;Y1;X1;K"Student ID"\n', "r.xls", "a sheet for other"),
        ('{"url":"https://docs.example.org/a","doc_id":"a"}', "r.gsheet", "a link"),
        ('[{"id": 1}]', "r.csv", "a data file"),
        ("%PDF-1.7\n", "r.csv", "a PDF"),
        (b"\x1f\x8b\x08rest", "r.csv", "a compressed file"),
    ],
)
def test_a_file_is_named_for_what_it_is(
    read: Read, content: str | bytes, name: str, what: str
) -> None:
    with pytest.raises(RosterUnreadable, match=f"is {what}.*, not a roster"):
        read(content, name)


@pytest.mark.parametrize("name", ["r.xls", "R.XLSX", "r.ods"])
def test_text_that_is_named_as_a_workbook_is_read_and_named(
    read: Read, name: str
) -> None:
    roster = read(f"{HEAD}\n007,Ito,Kim,Safety,,\n".replace(",", "\t"), name)
    assert [row.participant_id for row in roster.rows] == ["007"]
    assert any("is text, not a workbook" in note.text for note in roster.notes)


def test_a_name_with_a_comma_never_becomes_the_id_beside_it(read: Read) -> None:
    roster = read(
        "Assessment,Student Name,Student ID,Notes\n"
        "Safety,Fox, Zoë,601479373,\nSafety,Ng, Ana,573439433,\n"
    )
    assert not roster.rows
    assert all("a name with a comma" in why for why in reasons(roster).values())


def test_a_suffix_is_nobodys_first_name(read: Read) -> None:
    roster = read(f"{HEAD}\n1,Vu, Jr.,Gus,Safety,,\n2,Ii,Vi,Safety,,\n")
    assert [row.participant_id for row in roster.rows] == ["2"]
    assert reasons(roster).keys() == {2}


def test_days_first_below_one_header_are_so_below_the_next(read: Read) -> None:
    roster = read(
        "Student ID,Last Name,First Name,Birth Date\n1,Ito,Kim,23/5/2007\n"
        "Last Name,First Name,Birth Date,Student ID\nOrr,Al,10/4/2009,2\n"
    )
    assert not roster.rows
    assert "can be read in two ways" in reasons(roster)[4]


def test_a_row_with_a_cell_too_many_is_not_read_askew(read: Read) -> None:
    roster = read(
        "Last Name,First Name,Student ID,Assessment,Notes\n"
        "Ito,Kim,1,Safety,\nOrr,Al, B.,2,Safety,\nPoe,Di,3,Safety,\n"
    )
    assert [row.participant_id for row in roster.rows] == ["1", "3"]
    assert "more cells than the header" in reasons(roster)[3]
