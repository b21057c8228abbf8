"""Results in the forms that other systems take: profiles as files, and their faults."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from cptkiosk.cli.main import main
from cptkiosk.definitions.files import BadDefinition
from cptkiosk.definitions.profiles import load_profiles
from cptkiosk.desk import Desk
from cptkiosk.domain.state.candidate import RegisterPerson, Registration
from cptkiosk.errors import ExitCode
from support.center import LEE
from support.exams import registered, taken
from support.sessions import advance

DAY_MS = 24 * 3_600_000
MINE = """
title = "Ours"
rows = "results"
format = "csv"
file_name = "ours-{site_code}.csv"
source = "The district"
as_of = "2026-11"
column = [{ name = "who", value = "{participant_id}/{date:%m/%d/%Y}" }]
"""

Export = Callable[..., str]


@pytest.fixture
def export(desk: Desk, tmp_path: Path) -> Export:
    """Write a profile by the command line; return the text of its only file."""

    def write(name: str, *more: str) -> str:
        folder = tmp_path / "out"
        command = ("export", "--profile", name, "--to", str(folder), *more)
        code = main(["--data-dir", str(desk.ledger.path.parent), *command])
        assert code == ExitCode.DONE
        (path,) = folder.iterdir()
        text = path.read_text(encoding="utf-8")
        path.unlink()
        return text

    return write


@pytest.fixture
def own(desk: Desk) -> Path:
    folder = desk.ledger.path.parent / "definitions"
    folder.mkdir()
    return folder


@pytest.fixture
def scored(desk: Desk) -> Desk:
    """P1 failed in September and passed a month later; P2's score is not verified."""
    registered(desk, "000000001")
    taken(desk, "a", "20", who="000000001")
    advance(desk, 30 * DAY_MS)
    registered(desk, "000000001")
    taken(desk, "b", "70", who="000000001")
    registered(desk, "P2")
    taken(desk, "c", "", who="P2")
    return desk


def cells(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_the_shipped_profiles_are_whole() -> None:
    assert set(load_profiles(None)) == {"results", "oneroster", "edfi", "nm-stars"}


def test_people_get_every_verified_result(scored: Desk, export: Export) -> None:
    text = export("results")

    assert text.startswith("\ufeff")
    header, *rows = cells(text)
    assert header[:4] == ["Center", "Session", "Date", "ID"]
    assert [(row[1], row[8], row[11], row[13]) for row in rows] == [
        ("a", "20", "not pass", "no"),
        ("b", "70", "pass", "yes"),
    ]


def test_one_session_or_one_school_year_is_exported(
    scored: Desk, export: Export
) -> None:
    assert len(cells(export("results", "--session", "b"))) == 2
    assert len(cells(export("results", "--year", "2026-2027"))) == 3
    assert len(cells(export("results", "--year", "2025-2026"))) == 1


def test_a_name_that_a_spreadsheet_would_run_is_shown(
    desk: Desk, export: Export
) -> None:
    row = RegisterPerson(
        participant_id="P1", family_name="=1+1", given_name="@SUM(A1)",
        birth_date="1990-04-02", registration=Registration("safety", "C1"),
    )  # fmt: skip
    desk.registrar.register([row], LEE)
    taken(desk, "a", "70")

    _, row_cells = cells(export("results"))

    assert row_cells[4:6] == ["'=1+1", "'@SUM(A1)"]


def test_oneroster_has_the_columns_of_results_csv(scored: Desk, export: Export) -> None:
    header, first, _ = cells(export("oneroster"))

    assert ",".join(header) == (
        "sourcedId,status,dateLastModified,lineItemSourcedId,studentSourcedId,"
        "scoreStatus,score,scoreDate,comment,textScore,classSourcedId,inProgress,"
        "incomplete,late,missing"
    )
    assert first[0] == "TN-014-a-000000001-safety"
    assert first[2].endswith(".000Z")
    assert first[3:9] == [
        *("cpt-safety", "000000001", "fully graded", "20", "2026-09-21", ""),
    ]


def test_edfi_is_one_resource_in_each_line(scored: Desk, export: Export) -> None:
    _, made = map(json.loads, export("edfi").splitlines())

    assert made["studentReference"] == {"studentUniqueId": "000000001"}
    assert made["schoolYearTypeReference"] == {"schoolYear": 2027}
    assert made["scoreResults"][0]["result"] == "70"
    assert made["performanceLevels"][0]["performanceLevelDescriptor"].endswith("#Pass")


def test_the_state_file_needs_the_centers_codes_and_then_has_what_was_earned(
    scored: Desk, export: Export, own: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ["--data-dir", str(scored.ledger.path.parent)]
    assert main([*where, "export", "--profile", "nm-stars"]) == ExitCode.USAGE
    said = capsys.readouterr().err
    assert 'DISTRICT CODE: "{district}" is empty' in said
    assert 'codes.credential has no code for "safety"' in said
    assert "Nothing was written" in said
    assert not (scored.ledger.path.parent / "reports").exists()

    (own / "profile-nm-stars.toml").write_text(
        'values = {district = "001", location = "034"}\n'
        'codes = {credential = {safety = "MSSC-S"}}\n'
    )
    header, row = cells(export("nm-stars"))

    assert header[2:4] == ["STUDENT ID", "LOCATION CODE"]
    assert row == [
        *("001", "2027-06-30", "000000001", "034", "0", "IS", "MSSC-S", "2026-10-21")
    ]


def test_a_value_that_does_not_fit_is_named_and_nothing_is_written(
    desk: Desk, own: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    registered(desk, "P1")
    taken(desk, "a", "70")
    (own / "profile-nm-stars.toml").write_text(
        'values = {district = "1", location = "034"}\n'
        'codes = {credential = {safety = "S"}}\n'
    )
    where = ["--data-dir", str(desk.ledger.path.parent)]

    assert main([*where, "export", "--profile", "nm-stars"]) == ExitCode.USAGE

    said = capsys.readouterr().err
    assert 'DISTRICT CODE: "1" is not of the form [0-9]{3}' in said
    assert 'P1, STUDENT ID: "P1" is not of the form [0-9]{9}' in said


def test_a_new_profile_is_a_file(scored: Desk, export: Export, own: Path) -> None:
    (own / "profile-ours.toml").write_text(MINE)

    _, first, second = cells(export("ours"))

    assert first == ["000000001/09/21/2026"]
    assert second == ["000000001/10/21/2026"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            ("{participant_id}", "{time_left}"),
            "column[0].value: {time_left} is not known",
        ),
        (("{date:%m", "{site_code:%m"), "{site_code} is not a date"),
        (("%Y}", "%Y"), "its braces do not match"),
        (('rows = "results"', 'rows = "people"'), "rows: "),
        (('title = "Ours"\n', ""), "title: missing"),
        (("ours-{site_code}", "../{site_code}"), "file_name: "),
        (('"who",', '"who", codes = "x",'), 'there is no table "codes.x"'),
        (('"who",', '"who", pattern = "(",'), "not a regular expression"),
        (('"who",', '"who", width = 3,'), "column[0].width: unknown key"),
        (("{participant_id}", "{participant_id.__class__}"), "is not known here"),
    ],
)
def test_a_fault_names_file_key_and_reason(
    tmp_path: Path, change: tuple[str, str], said: str
) -> None:
    own = tmp_path / "definitions"
    own.mkdir()
    (own / "profile-ours.toml").write_text(MINE.replace(*change))

    with pytest.raises(BadDefinition) as found:
        load_profiles(own)

    assert str(found.value).startswith("definitions/profile-ours.toml, ")
    assert said in str(found.value)


def test_the_profiles_are_listed(
    desk: Desk, own: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (own / "profile-ours.toml").write_text(MINE)

    main(["--data-dir", str(desk.ledger.path.parent), "export"])

    said = capsys.readouterr().out
    assert "definitions/profile-ours.toml" in said
    assert "nm-stars" in said


def test_an_unknown_profile_is_refused(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ["--data-dir", str(desk.ledger.path.parent)]

    assert main([*where, "export", "--profile", "x"]) == ExitCode.USAGE
    assert 'no profile "x"' in capsys.readouterr().err


def test_a_profile_with_a_fault_keeps_no_kiosk_from_opening(
    desk: Desk, own: Path
) -> None:
    from cptkiosk.definitions.load import open_definitions

    (own / "profile-ours.toml").write_text("not toml")

    assert open_definitions(own, own / "none").fault == ""
