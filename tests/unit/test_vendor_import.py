"""The vendor's official report: how its rows are matched, shown and recorded."""

from collections.abc import Callable
from pathlib import Path

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.mistake import UndoStep
from cptkiosk.domain.commands.score import KeyScore
from cptkiosk.domain.state.official import Official
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import NeedsCoordinator, Refused
from cptkiosk.errors import UsageError
from cptkiosk.roster.model import ReadOptions
from cptkiosk.vendor.importer import (
    Outcome,
    Plan,
    load_report,
    plan_import,
    record_plan,
)
from support.center import DANA, LEE
from support.sessions import a_session, attempt, attempt_id, ended
from support.vendor_reports import report_row, report_rows, write_csv, write_xlsx

A = "a"
AS_FOUND = ReadOptions()
Write = Callable[[Path, list[list[str]]], Path]


def plan_of(desk: Desk, path: Path, shown_as: str = "") -> Plan:
    return plan_import(desk, load_report(desk, path, AS_FOUND, shown_as), LEE)


def outcomes(plan: Plan) -> dict[Outcome, int]:
    return {one: count for one in Outcome if (count := plan.count_rows(one))}


def why(plan: Plan, what: Outcome) -> str:
    return next(one.why for one in plan.rows if one.what is what)


@pytest.fixture
def sealed(desk: Desk) -> Desk:
    """A sealed session of four, each with 70 correct answers."""
    a_session(desk, 4, Stage.SEALED)
    return desk


# A whole report


@pytest.mark.parametrize(
    ("write", "name"), [(write_csv, "scores.csv"), (write_xlsx, "scores.xlsx")]
)
def test_a_report_of_forty_rows_is_shown_recorded_and_known_the_second_time(
    desk: Desk, tmp_path: Path, write: Write, name: str
) -> None:
    a_session(desk, 20, Stage.SEALED)
    a_session(desk, 20, Stage.SEALED, "b", "quality")
    rows = [*report_rows(desk), *report_rows(desk, "b")]
    stranger = ["NM-02", "XX-999", "Nobody", "Kim", "Safety", "90%", "Pass", ""]
    rows[3] = stranger
    rows[5][5:7] = ["50%", "Fail"]
    path = write(tmp_path / name, rows)

    plan = plan_of(desk, path)

    assert outcomes(plan) == {
        Outcome.DIFFERS: 1,
        Outcome.NOT_HERE: 1,
        Outcome.MISSING: 1,
        Outcome.CONFIRMS: 38,
    }
    assert "XX-999" in why(plan, Outcome.NOT_HERE)
    assert "50%, did not pass; here 70, pass" in why(plan, Outcome.DIFFERS)
    head = desk.ledger.head().seq
    record_plan(desk, plan, DANA)
    states = [
        one.official for here in "ab" for one in desk.session(here).attempts.values()
    ]
    assert states.count(Official.OFFICIAL) == 38
    assert states.count(Official.DIFFERS) == 1
    assert desk.ledger.head().seq == head + 41

    again = plan_of(desk, path)

    assert outcomes(again) == {
        Outcome.NOT_HERE: 1,
        Outcome.MISSING: 1,
        Outcome.SAME: 39,
    }
    with pytest.raises(Refused, match="report-nothing-new"):
        record_plan(desk, again, DANA)


def test_only_a_coordinator_records_a_report(sealed: Desk, tmp_path: Path) -> None:
    plan = plan_of(sealed, write_csv(tmp_path / "r.csv", report_rows(sealed)))
    assert plan.count_rows(Outcome.CONFIRMS) == 4

    with pytest.raises(NeedsCoordinator):
        record_plan(sealed, plan, LEE)
    assert attempt(sealed, "P1").official is Official.PRELIMINARY


def test_a_plan_is_not_recorded_once_the_record_has_changed(
    desk: Desk, tmp_path: Path
) -> None:
    a_session(desk, 2, Stage.ENDED)
    plan = plan_of(desk, write_csv(tmp_path / "r.csv", report_rows(desk)))
    key = KeyScore(
        session_id=A, attempt_id=attempt_id("P1"), shown="71", shown_as="raw"
    )
    desk.perform(key, DANA)

    with pytest.raises(Refused, match="report-plan-old"):
        record_plan(desk, plan, DANA)


def test_a_recorded_report_is_undone_as_one_step(desk: Desk, tmp_path: Path) -> None:
    a_session(desk, 3, Stage.ENDED)
    plan = plan_of(desk, write_csv(tmp_path / "r.csv", report_rows(desk)))
    record_plan(desk, plan, DANA)

    desk.perform(UndoStep(session_id=A), DANA)

    states = {one.official for one in desk.session(A).attempts.values()}
    assert states == {Official.PRELIMINARY}


def test_a_report_counts_as_the_second_entry_and_does_not_show_the_first(
    desk: Desk, tmp_path: Path
) -> None:
    a_session(desk, 2)
    ended(desk, A)
    for who, raw in (("P1", "70"), ("P2", "61")):
        key = KeyScore(
            session_id=A, attempt_id=attempt_id(who), shown=raw, shown_as="raw"
        )
        desk.perform(key, LEE)
    rows = [report_row(attempt(desk, who), "84.34%") for who in ("P1", "P2")]

    plan = plan_of(desk, write_csv(tmp_path / "r.csv", rows))

    assert outcomes(plan) == {Outcome.ENTRY: 2}
    assert "61" not in "".join(one.why for one in plan.rows)
    record_plan(desk, plan, DANA)
    assert attempt(desk, "P1").official is Official.OFFICIAL
    assert "mismatch" in attempt(desk, "P2").score.state


# Raw or percent


def test_a_number_without_a_sign_is_asked_about_before_anything_is_recorded(
    sealed: Desk, tmp_path: Path
) -> None:
    rows = [[one.user_code, "70"] for one in sealed.session(A).attempts.values()]
    path = write_csv(tmp_path / "r.csv", rows, ("User Code", "Score"))

    plan = plan_of(sealed, path)

    assert plan.report.asks_which
    assert outcomes(plan) == {Outcome.REJECTED: 4}
    with pytest.raises(Refused, match="report-raw-or-percent"):
        record_plan(sealed, plan, DANA)
    assert outcomes(plan_of(sealed, path, "raw")) == {Outcome.CONFIRMS: 4}
    assert outcomes(plan_of(sealed, path, "percent")) == {Outcome.DIFFERS: 4}


@pytest.mark.parametrize(
    ("header", "shown", "what"),
    [
        ("Raw Score", "70", Outcome.CONFIRMS),
        ("# Correct", "70", Outcome.CONFIRMS),
        ("% Correct", "84.34", Outcome.CONFIRMS),
        ("Percent", "84%", Outcome.CONFIRMS),
        ("Score", "84%", Outcome.CONFIRMS),
        ("Percent", "70", Outcome.DIFFERS),
        ("Raw Score", "84%", Outcome.REJECTED),
        ("Raw Score", "n/a", Outcome.REJECTED),
        ("Percent", "184", Outcome.REJECTED),
        ("Raw Score", "-70", Outcome.REJECTED),
        ("Raw Score", "", Outcome.REJECTED),
    ],
)
def test_the_header_says_what_a_score_is(
    sealed: Desk, tmp_path: Path, header: str, shown: str, what: Outcome
) -> None:
    rows = [[attempt(sealed, "P1").user_code, shown]]

    plan = plan_of(sealed, write_csv(tmp_path / "r.csv", rows, ("User Code", header)))

    assert plan.rows[0].what is what or plan.count_rows(what) == 1


def test_a_percent_beside_the_number_must_mean_the_same(
    sealed: Desk, tmp_path: Path
) -> None:
    codes = [attempt(sealed, who).user_code for who in ("P1", "P2")]
    rows = [[codes[0], "70", "84.3"], [codes[1], "70", "77"]]
    headers = ("User Code", "Raw Score", "Percent")

    plan = plan_of(sealed, write_csv(tmp_path / "r.csv", rows, headers))

    assert (plan.count_rows(Outcome.CONFIRMS), plan.count_rows(Outcome.REJECTED)) == (
        1,
        1,
    )
    assert "77%" in why(plan, Outcome.REJECTED)


# Whose score it is


@pytest.mark.parametrize(
    ("headers", "row", "what"),
    [
        (("Participant ID", "Test", "Raw"), ("P1", "Safety", "70"), Outcome.CONFIRMS),
        (("Participant ID", "Raw"), ("P1", "70"), Outcome.CONFIRMS),
        (("Participant ID", "Raw"), ("P99", "70"), Outcome.NOT_HERE),
        (("Name", "Raw"), ("Kim FamilyP1", "70"), Outcome.CONFIRMS),
        (("Name", "Raw"), ("FamilyP1, Kim", "70"), Outcome.CONFIRMS),
        (("Name", "Raw"), ("Somebody Else", "70"), Outcome.NOT_HERE),
        (
            ("Participant ID", "Test", "Raw"),
            ("P1", "Quality", "70"),
            Outcome.REJECTED,
        ),
        (
            ("User Code", "Name", "Raw"),
            ("CODE-safety-P1", "FamilyP2, Kim", "70"),
            Outcome.NOT_HERE,
        ),
        (
            ("User Code", "Participant ID", "Raw"),
            ("CODE-safety-P1", "P2", "70"),
            Outcome.NOT_HERE,
        ),
        (
            ("User Code", "Test", "Raw"),
            ("CODE-safety-P1", "Quality", "70"),
            Outcome.REJECTED,
        ),
        (
            ("User Code", "Participant ID", "Raw"),
            ("OTHER", "P1", "70"),
            Outcome.REJECTED,
        ),
        (("User Code", "Raw"), (" code-SAFETY-p1 ", "70"), Outcome.CONFIRMS),
        (
            ("User Code", "Test", "Raw"),
            ("CODE-safety-P1", "Basket Weaving", "70"),
            Outcome.REJECTED,
        ),
    ],
)
def test_a_row_is_matched_by_code_or_by_person_and_contradicts_nothing(
    sealed: Desk,
    tmp_path: Path,
    headers: tuple[str, ...],
    row: tuple[str, ...],
    what: Outcome,
) -> None:
    plan = plan_of(sealed, write_csv(tmp_path / "r.csv", [row], headers))

    found = [one for one in plan.rows if one.what is not Outcome.MISSING]
    assert [one.what for one in found] == [what]


def test_two_rows_that_differ_about_one_person_are_both_left_out(
    sealed: Desk, tmp_path: Path
) -> None:
    code = attempt(sealed, "P1").user_code
    rows = [[code, "70"], [code, "71"]]

    plan = plan_of(sealed, write_csv(tmp_path / "r.csv", rows, ("Code", "Raw")))

    assert plan.count_rows(Outcome.REJECTED) == 2
    assert plan.to_record == ()


def test_the_same_row_twice_counts_once(sealed: Desk, tmp_path: Path) -> None:
    code = attempt(sealed, "P1").user_code
    rows = [[code, "70"], [code, "70"]]

    plan = plan_of(sealed, write_csv(tmp_path / "r.csv", rows, ("Code", "Raw")))

    assert (plan.count_rows(Outcome.CONFIRMS), plan.count_rows(Outcome.SAME)) == (1, 1)


def test_a_row_without_a_code_is_matched_by_person_and_module(
    sealed: Desk, tmp_path: Path
) -> None:
    rows = [["", "P1", "Safety", "70"]]
    headers = ("User Code", "Participant ID", "Assessment", "Raw")

    plan = plan_of(sealed, write_csv(tmp_path / "r.csv", rows, headers))

    assert plan.count_rows(Outcome.CONFIRMS) == 1


# Files that are no report


@pytest.mark.parametrize("text", ["", "PK\x03\x04x", "%PDF-1.7\n"])
def test_a_file_of_another_kind_is_refused_with_a_sentence(
    sealed: Desk, tmp_path: Path, text: str
) -> None:
    path = tmp_path / "r.csv"
    path.write_text(text)

    with pytest.raises(UsageError, match="Nothing was changed") as error:
        load_report(sealed, path, AS_FOUND)

    assert "roster" not in f"{error.value}"


@pytest.mark.parametrize(
    "text", ["a,b\n1,2\n", "User Code\nX\n", "Score\n70\n", "User Code,Score\n"]
)
def test_a_report_without_people_or_scores_says_what_it_lacks(
    sealed: Desk, tmp_path: Path, text: str
) -> None:
    path = tmp_path / "r.csv"
    path.write_text(text)

    report = load_report(sealed, path, AS_FOUND)

    assert "r.csv" in report.trouble
    assert report.rows == ()


def test_columns_can_be_named_by_hand(sealed: Desk, tmp_path: Path) -> None:
    code = attempt(sealed, "P1").user_code
    path = write_csv(tmp_path / "r.csv", [[code, "70", "1"]], ("Ref", "Pts.", "Score"))
    named = (("Ref", "user code"), ("Pts.", "correct answers"), ("Score", "-"))

    report = load_report(sealed, path, ReadOptions(named=named))

    assert plan_import(sealed, report, LEE).count_rows(Outcome.CONFIRMS) == 1


def test_half_a_correct_answer_is_refused_also_beside_a_percent(
    sealed: Desk, tmp_path: Path
) -> None:
    code = attempt(sealed, "P1").user_code
    path = write_csv(
        tmp_path / "r.csv",
        [[code, "69.5", "84.34%"]],
        ("User Code", "Number Correct", "Percent"),
    )

    assert "69.5" in why(plan_of(sealed, path), Outcome.REJECTED)
