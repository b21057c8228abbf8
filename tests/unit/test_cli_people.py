"""`person show`, `fees`, `credentials`, `session show`: the screens' answers, for scripts."""

import json
from pathlib import Path
from typing import Any

import pytest

from cptkiosk.cli import main as cli
from cptkiosk.desk import Desk
from cptkiosk.domain.commands.irregularity import RecordIrregularity
from cptkiosk.domain.commands.score import KeyScore, SettleDiscrepancy
from cptkiosk.domain.rules import candidate_rules as pr
from cptkiosk.domain.state.candidate import RegisterPerson, Registration
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.time.calendar import is_school_year, school_year
from cptkiosk.domain.values import Actor
from cptkiosk.errors import ExitCode
from support.center import DANA, LEE
from support.sessions import a_session, ended

CORE = ("safety", "quality", "production", "maintenance")


class Shell:
    """Asks about one data directory, beside the desk that writes it."""

    def __init__(self, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self._root, self._capsys = root, capsys

    def run(self, *arguments: str, code: ExitCode = ExitCode.DONE) -> str:
        """Return what was said, as an answer or as a complaint."""
        done = cli.main([*arguments, "--data-dir", str(self._root)])
        said = self._capsys.readouterr()
        assert done == code, said.err
        assert not (said.err if code is ExitCode.DONE else said.out)
        return said.out + said.err

    def json(self, *arguments: str) -> Any:
        return json.loads(self.run(*arguments, "--json"))


@pytest.fixture
def shell(desk: Desk, folder: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(folder, capsys)


@pytest.fixture
def kim(desk: Desk) -> Desk:
    """Kim is registered for everything but Green, with one supplement."""
    people = [
        RegisterPerson(
            participant_id="K1",
            family_name="Ito",
            given_name="Kim",
            birth_date="2008-02-29",
            registration=Registration(
                module, f"C-{module}", code_expires="2027-01-31", stop_clock=True
            ),
        )
        for module in CORE
    ]
    desk.registrar.register(people, DANA)
    desk.perform(pr.OrderSupplement(participant_id="K1", course="5929"), LEE)
    paid = pr.SettleFee(
        participant_id="K1", item="registration", how="paid", reference="R-1"
    )
    desk.perform(paid, LEE)
    return desk


def key(
    desk: Desk, attempt_id: str, shown: str, verdict: str = "", actor: Actor = LEE
) -> None:
    desk.perform(
        KeyScore(
            session_id="a",
            attempt_id=attempt_id,
            shown=shown,
            vendor_verdict=verdict,
            shown_as="" if "%" in shown else "raw",
        ),
        actor,
    )


def test_fees_of_a_person_in_cents_for_scripts_and_dollars_for_people(
    shell: Shell, kim: Desk
) -> None:
    answer = shell.json("fees", "--person", "K1")
    (person,) = answer["people"]

    assert (answer["due_cents"], answer["settled_cents"]) == (18600, 2800)
    assert answer["open_cents"] == person["open_cents"] == 15800
    assert person["lines"][0]["settled"] == ["paid R-1"]
    assert "Total" in shell.run("fees", "--person", "K1")
    assert "$158.00" in shell.run("fees", "--person", "K1")


@pytest.mark.parametrize(
    ("course", "cents"), [("5929", 9200), ("5923", 2200), ("5926", 4400)]
)
def test_fees_are_cut_by_course(
    shell: Shell, kim: Desk, course: str, cents: int
) -> None:
    answer = shell.json("fees", "--course", course)

    assert answer["course"] == course
    assert answer["due_cents"] == cents
    assert all(
        course in line["courses"]
        for person in answer["people"]
        for line in person["lines"]
    )


def test_fees_of_a_session_are_of_what_was_taken_there(shell: Shell, kim: Desk) -> None:
    a_session(kim, 2)

    assert shell.json("fees", "--session", "a")["due_cents"] == 4400
    assert shell.json("fees")["due_cents"] == 18600 + 2 * 5000
    assert "$286.00" in shell.run("fees")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (
            ("person", "show", "X9"),
            ExitCode.REFUSED,
            "No candidate has participant ID X9",
        ),
        (("fees", "--person", "X9"), ExitCode.REFUSED, "No candidate has"),
        (("fees", "--session", "z"), ExitCode.REFUSED, "There is no session z"),
        (("fees", "--course", "12"), ExitCode.REFUSED, "5923, 5926, 5929"),
        (("credentials", "--course", "12"), ExitCode.REFUSED, "No module belongs"),
        (("credentials", "--school-year", "2026"), ExitCode.REFUSED, "like 2026-2027"),
        (("credentials", "--school-year", "2026-2028"), ExitCode.REFUSED, "like 2026-"),
        (("fees", "--person", "K1", "--session", "a"), ExitCode.USAGE, "not both"),
    ],
)
def test_an_unanswerable_request_gets_one_sentence(
    shell: Shell, kim: Desk, arguments: tuple[str, ...], code: ExitCode, said: str
) -> None:
    complaint = shell.run(*arguments, code=code)

    assert said in complaint
    assert complaint.startswith("cptkiosk: ")
    assert len(complaint.splitlines()) == 1


def test_a_person_is_shown_with_everything_known_of_them(
    shell: Shell, kim: Desk
) -> None:
    kim.perform(pr.RecordConsent(participant_id="K1", given_by="Mary Ito"), LEE)
    kim.perform(
        pr.DeclareConflict(participant_id="K1", staff_id="s2", relation="family"), LEE
    )
    answer = shell.json("person", "show", "K1")
    text = shell.run("person", "show", "K1")

    assert answer["consent_given_by"] == "Mary Ito"
    assert answer["conflicts"] == [{"staff_id": "s2", "relation": "family"}]
    assert answer["fees"]["open_cents"] == 15800
    assert answer["credentials"]["core_count"] == 4
    first = answer["registrations"][0]
    assert (first["code_expires"], first["stop_clock"]) == ("2027-01-31", True)
    for said in (
        "Mary Ito",
        "expires Jan 31, 2027",
        "stop-clock breaks",
        "$158.00",
    ):
        assert said in text
    assert all(len(line) <= 80 for line in text.splitlines())


def test_a_person_has_every_attempt_with_its_result(shell: Shell, desk: Desk) -> None:
    a_session(desk, 1)
    ended(desk, "a")
    key(desk, "P1-safety", "63", "pass")
    (attempt,) = shell.json("person", "show", "P1")["attempts"]
    assert (attempt["progress"], attempt["raw_min"]) == ("finished", None)

    key(desk, "P1-safety", "63", "pass", DANA)
    settle = SettleDiscrepancy(
        session_id="a", attempt_id="P1-safety", uphold="vendor", reason="rescored"
    )
    desk.perform(settle, DANA)
    (attempt,) = shell.json("person", "show", "P1")["attempts"]
    assert (attempt["raw_min"], attempt["passed"]) == (63, True)
    assert (attempt["settled"], attempt["counts"]) == ("vendor", True)
    assert "63/83 pass per vendor" in shell.run("person", "show", "P1")


def test_credentials_name_who_earned_what(shell: Shell, desk: Desk) -> None:
    a_session(desk, 1, Stage.ENDED)
    (one,) = shell.json("credentials", "--course", "5929")["credentials"]

    assert [each["module_id"] for each in one["certificates"]] == ["safety"]
    assert (one["core_passed"], one["core_count"], one["to_go"]) == (1, 4, [])
    assert shell.json("credentials", "--course", "5923")["credentials"] == []
    assert "1 of 4" in shell.run("credentials")
    assert shell.run("credentials", "--course", "5923").startswith("No registration")


def test_credentials_are_cut_by_school_year(shell: Shell, desk: Desk) -> None:
    a_session(desk, 1, Stage.ENDED)
    year = school_year(desk.local_date(desk.now().utc_ms), "07-01")
    before = "-".join(str(int(one) - 1) for one in year.split("-"))

    answer = shell.json("credentials", "--school-year", year)
    assert (answer["program"], answer["school_year"]) == ("Machining Technology", year)
    (one,) = answer["credentials"]
    assert [each["module_id"] for each in one["certificates"]] == ["safety"]
    assert f"Machining Technology, {year}" in shell.run(
        "credentials", "--school-year", year
    )
    assert shell.json("credentials", "--school-year", before)["credentials"] == []
    said = shell.run("credentials", "--school-year", before)
    assert said.startswith(f"No one passed a module in {before}.")


@pytest.mark.parametrize(
    ("date", "year"),
    [
        ("2026-06-30", "2025-2026"),
        ("2026-07-01", "2026-2027"),
        ("2026-12-31", "2026-2027"),
        ("2027-01-01", "2026-2027"),
    ],
)
def test_a_school_year_begins_on_its_first_day(date: str, year: str) -> None:
    assert school_year(date, "07-01") == year
    assert is_school_year(year)


def test_a_session_says_who_runs_it_and_what_comes_next(
    shell: Shell, desk: Desk
) -> None:
    a_session(desk, 2)
    shown = shell.json("session", "show", "a")

    assert shown["lead"] == LEE.staff_id
    assert [one["place"] for one in shown["blockers"]] == ["testing", "testing"]
    assert shown["next"]["text"]
    assert {one["override"] for one in shown["attempts"]} == {""}
    assert {one["untimed"] for one in shown["attempts"]} == {False}


def test_a_first_keying_is_in_no_answer_until_the_second(
    shell: Shell, desk: Desk
) -> None:
    a_session(desk, 1)
    ended(desk, "a")
    key(desk, "P1-safety", "71")
    (attempt,) = shell.json("session", "show", "a")["attempts"]
    assert (attempt["keyings"], attempt["raw_min"], attempt["passed"]) == (
        [],
        None,
        None,
    )

    key(desk, "P1-safety", "70", actor=DANA)
    (attempt,) = shell.json("session", "show", "a")["attempts"]
    assert attempt["score_state"] == "mismatch"
    assert attempt["keyings"] == [
        {"shown": "71", "by": "s2"},
        {"shown": "70", "by": "s1"},
    ]


def test_a_session_has_its_irregularities_with_what_is_missing(
    shell: Shell, desk: Desk
) -> None:
    a_session(desk, 1)
    command = RecordIrregularity(
        session_id="a",
        code="ENV-ALARM",
        severity=2,
        scope="session",
        validity="flag",
        attempt_ids=("P1-safety",),
        observed="The alarm rang.",
        action_taken="",
        details=(("alarm-time", "14:02"),),
    )
    desk.perform(command, LEE)
    (one,) = shell.json("session", "show", "a")["irregularities"]

    assert one["details"] == {"alarm-time": "14:02"}
    assert "alarm-time" not in one["missing"]
    assert one["missing"]
    assert one["supersedes"] == ""


@pytest.mark.parametrize("command", ["person", "person show", "fees", "credentials"])
def test_each_command_has_a_sentence_and_an_example(
    shell: Shell, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    assert cli.main([*command.split(), "--help"]) == ExitCode.DONE
    said = capsys.readouterr().out
    assert f"example:\n  cptkiosk {command}" in said
