"""`vendor import`: what a script gets, what is only shown, and what is recorded."""

import json
from pathlib import Path
from typing import Any

import pytest

from cptkiosk.cli.main import main
from cptkiosk.desk import Desk
from cptkiosk.domain.state.official import Official
from cptkiosk.domain.state.session import Stage
from cptkiosk.errors import ExitCode
from support.center import open_desk
from support.sessions import a_session, attempt
from support.vendor_reports import report_rows, write_csv, write_xlsx

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def report(desk: Desk, tmp_path: Path) -> Path:
    """A report with one other score, and nothing of P4."""
    a_session(desk, 4, Stage.SEALED)
    rows = report_rows(desk)
    rows[1][5:7] = ["50%", "Fail"]
    return write_xlsx(tmp_path / "report.xlsx", rows[:3])


def official(desk: Desk, folder: Path) -> list[Official]:
    again = open_desk(folder, desk.clock, "lab2")
    return [one.official for one in again.session("a").attempts.values()]


def run(folder: Path, *arguments: str) -> int:
    return main(["--data-dir", str(folder), "vendor", "import", *arguments])


def answer(capsys: Capture) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_a_plan_is_printed_and_only_yes_records_it(
    desk: Desk, folder: Path, report: Path, capsys: Capture
) -> None:
    assert run(folder, str(report)) == ExitCode.DONE
    shown = capsys.readouterr().out
    assert "differs 1, missing 1, confirms 2" in shown
    assert "50%, did not pass; here 70, pass" in shown
    assert "run it again with --yes" in shown
    assert set(official(desk, folder)) == {Official.PRELIMINARY}

    assert run(folder, str(report), "--yes") == ExitCode.DONE
    assert "3 official scores recorded, 1 to decide" in capsys.readouterr().out
    assert official(desk, folder).count(Official.OFFICIAL) == 2
    assert official(desk, folder).count(Official.DIFFERS) == 1

    assert run(folder, str(report), "--yes") == ExitCode.DONE
    assert "Nothing to record" in capsys.readouterr().out


def test_a_script_gets_the_rows_and_whether_they_were_recorded(
    folder: Path, report: Path, capsys: Capture
) -> None:
    assert run(folder, str(report), "--json") == ExitCode.DONE
    first = answer(capsys)
    assert first["recorded"] is False
    assert first["counts"]["confirms"] == 2
    assert first["columns"]["percent"] == "Total %"
    assert {one["outcome"] for one in first["rows"]} == {
        "differs", "missing", "confirms",
    }  # fmt: skip

    assert run(folder, str(report), "--json", "--yes") == ExitCode.DONE
    assert answer(capsys)["recorded"] is True


def test_a_bare_number_needs_an_option(
    desk: Desk, folder: Path, tmp_path: Path, capsys: Capture
) -> None:
    a_session(desk, 1, Stage.SEALED)
    code = attempt(desk, "P1").user_code
    path = write_csv(tmp_path / "r.csv", [[code, "70"]], ("Test ID", "Score"))
    named = ["--column", "user code=Test ID"]

    assert run(folder, str(path), *named, "--yes") == ExitCode.REFUSED
    assert "--scores raw" in capsys.readouterr().err
    assert run(folder, str(path), *named, "--yes", "--scores", "raw") == ExitCode.DONE
    assert official(desk, folder) == [Official.OFFICIAL]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--column", "user code=Nonsense"], 'no column "Nonsense"'),
        (["--column", "shoe size=Usercode"], "is not a column meaning"),
        (["--column", "-=Total %"], "needs a column for the score"),
        (["--encoding", "klingon"], "is not an encoding"),
    ],
)
def test_a_wrong_option_is_told_and_changes_nothing(
    folder: Path, report: Path, capsys: Capture, arguments: list[str], said: str
) -> None:
    assert run(folder, str(report), *arguments, "--yes") == ExitCode.USAGE
    error = capsys.readouterr().err
    assert said in error
    assert "Nothing was changed" in error
