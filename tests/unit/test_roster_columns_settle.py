"""What a column says as a whole, and names in all their forms."""

from pathlib import Path

import pytest

from cptkiosk.roster.names import split_name
from support.rosters import Read, reader, reasons

HEAD = "Student ID,Last Name,First Name,Birth Date,Assessment"


@pytest.fixture
def read(tmp_path: Path) -> Read:
    return reader(tmp_path)


def test_one_day_first_date_puts_the_whole_column_in_doubt(read: Read) -> None:
    roster = read(
        f"{HEAD}\n1,Ito,Kim,03/04/2008,\n2,Orr,Al,26/06/2007,\n"
        "3,Poe,Di,05/05/2008,\n4,Ray,Cy,2008-03-04,\n"
    )
    assert [(row.participant_id, row.birth_date) for row in roster.rows] == [
        ("3", "2008-05-05"),
        ("4", "2008-03-04"),
    ]
    assert 'row 3 ("26/06/2007") has its day first' in reasons(roster)[2]


def test_a_long_id_that_ends_in_noughts_is_doubted_with_its_column(read: Read) -> None:
    rounded = read(f"{HEAD}\n40028812345678900,Ito,Kim,,\n")
    assert "was rounded by a spreadsheet" in reasons(rounded)[2]
    exact = read(f"{HEAD}\n40028812345678900,Ito,Kim,,\n40028812345678917,Orr,Al,,\n")
    assert exact.rejected == ()


@pytest.mark.parametrize("id_", ["7-Mar", "Mar-07", "3/7/2026", "2026-03-07", "1:05"])
def test_an_id_that_a_spreadsheet_made_a_date_is_rejected(read: Read, id_: str) -> None:
    assert "was changed to a date" in reasons(read(f"{HEAD}\n{id_},Ito,Kim,,\n"))[2]


def test_an_id_that_looks_like_a_month_is_an_id(read: Read) -> None:
    assert read(f"{HEAD}\nMAR-7,Ito,Kim,,\n").rows[0].participant_id == "MAR-7"


@pytest.mark.parametrize("id_", ['="00417"', '"=""00417"""', "'00417"])
def test_an_id_kept_as_text_by_a_trick_is_read_without_it(read: Read, id_: str) -> None:
    assert read(f"{HEAD}\n{id_},Ito,Kim,,\n").rows[0].participant_id == "00417"


@pytest.mark.parametrize("cell", ["#N/A", "#REF!", "#NAME?", "Err:502", "#######"])
def test_a_failed_formula_in_a_text_is_rejected(read: Read, cell: str) -> None:
    assert "formula error" in reasons(read(f"{HEAD}\n1,Ito,Kim,,{cell}\n"))[2]


def test_an_id_without_the_zeros_of_the_others_is_pointed_out(read: Read) -> None:
    roster = read(f"{HEAD}\n004511,Ito,Kim,,\n4512,Orr,Al,,\n")
    (note,) = roster.notes
    assert note.row == 3
    assert "4512 lacks the leading zeros" in note.text


@pytest.mark.parametrize(
    "name", ["NuÃ±ez", "N\ufffdnez", "Mu?oz", "PeÃ±a", "FranÃ§ois"]
)
def test_a_name_that_lost_letters_is_never_written(read: Read, name: str) -> None:
    roster = read(f"{HEAD}\n1,{name},Kim,,\n2,Peña,Al,,\n")
    assert [row.family_name for row in roster.rows] == ["Peña"]
    assert "lost letters" in reasons(roster)[2]


@pytest.mark.parametrize("encoding", ["cp850", "mac-roman", "cp1251"])
def test_an_encoding_that_cannot_be_right_is_asked_for(
    read: Read, encoding: str
) -> None:
    names = ("Иванова", "Орлова") if encoding == "cp1251" else ("Pérez", "Muñoz")
    text = "".join(f"{n},{name},Kim,,\n" for n, name in enumerate(names))
    roster = read(f"{HEAD}\n{text}9,Ito,Al,,\n".encode(encoding))
    assert [row.participant_id for row in roster.rows] == ["9"]
    assert "may be in another encoding" in reasons(roster)[2]


def test_a_blank_that_does_not_break_lines_tells_of_dos(read: Read) -> None:
    text = f"{HEAD}\n1,Ito\xa0,Kim,,\n2,Orr,Al,,\n"
    roster = read(text.encode("cp850"))
    assert [row.participant_id for row in roster.rows] == ["2"]
    assert "may be in another encoding" in reasons(roster)[2]


@pytest.mark.parametrize(
    "name", ["D'Ávila", "Šimić", "O\u2019Brien", "Zoë", "Çelik", "Œuvray"]
)
def test_a_windows_text_with_good_names_is_read(read: Read, name: str) -> None:
    found = read(f"{HEAD}\n1,{name},Kim,,\n".replace("ć", "c").encode("cp1252"))
    assert found.rejected == ()


@pytest.mark.parametrize(
    ("whole", "family", "given"),
    [
        ("Lee Orr Jr.", "Orr Jr.", "Lee"),
        ("Lee Orr, Jr.", "Orr Jr.", "Lee"),
        ("Orr, Jr., Lee", "Orr Jr.", "Lee"),
        ("Orr, Lee, III", "Orr III", "Lee"),
        ("Orr Sr, Lee Ann", "Orr Sr", "Lee Ann"),
        ("Ana de la Vega", "de la Vega", "Ana"),
        ("Piet van der Meer", "van der Meer", "Piet"),
        ("DICK VAN DYKE", "VAN DYKE", "DICK"),
        ("Sukarno", "Sukarno", ""),
        ("Van Ng", "Ng", "Van"),
        ("Le Thi Hoa", "Hoa", "Le Thi"),
        ("Ana Maria Reyes", "Reyes", "Ana Maria"),
    ],
)
def test_a_whole_name_is_parted_where_people_part_it(
    whole: str, family: str, given: str
) -> None:
    assert split_name(whole) == (family, given)


@pytest.mark.parametrize(
    "header", ["State ID,Student ID", "ID,SIS User ID", "sourcedId,Local ID"]
)
def test_the_schools_own_id_is_taken_and_the_choice_is_said(
    read: Read, header: str
) -> None:
    roster = read(f"{header},Last Name\n9,1,Ito\n")
    assert roster.rows[0].participant_id == "1"
    assert "The participant ID is" in roster.notes[0].text


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        *[("Status", "Withdrawn"), ("status", "tobedeleted"), ("Status", "not active")],
        *[("role", "teacher"), ("Role", "TaEnrollment"), ("enabledUser", "FALSE")],
    ],
)
def test_a_person_not_in_the_file_itself_is_rejected(
    read: Read, column: str, cell: str
) -> None:
    roster = read(f"Student ID,Name,{column}\n1,Kim Ito,{cell}\n2,Al Orr,\n")
    assert [row.participant_id for row in roster.rows] == ["2"]
    assert "Ito, Kim (1)" in reasons(roster)[2]


@pytest.mark.parametrize(
    ("column", "cell"),
    [("Status", "Active"), ("role", "student"), ("enabledUser", "true")],
)
def test_a_person_added_by_the_file_itself_is_read(
    read: Read, column: str, cell: str
) -> None:
    assert len(read(f"Student ID,Name,{column}\n1,Kim Ito,{cell}\n").rows) == 1


def test_two_columns_on_time_must_not_disagree(read: Read) -> None:
    roster = read(
        "Student ID,Name,Extended Time,Accommodations\n1,Kim Ito,,1.5x\n"
        "2,Al Orr,2x,2x\n3,Di Poe,,small group\n"
    )
    assert [row.participant_id for row in roster.rows] == ["2", "3"]
    assert '"Accommodations" says "1.5x"' in reasons(roster)[2]
