"""One person under two IDs, and two people of one name."""

import json
from pathlib import Path

import pytest

from cptkiosk.cli import main as cli
from cptkiosk.desk import Desk
from cptkiosk.desk.registrar import NAMESAKES_MAX
from cptkiosk.domain.commands.base import SessionCommand
from cptkiosk.domain.commands.checkin import ArriveLate, DenyAttempt, PassGates
from cptkiosk.domain.commands.score import KeyScore
from cptkiosk.domain.commands.testing import BeginPause, EndBreak, EndPause, GiveCredit
from cptkiosk.domain.events import candidate as e
from cptkiosk.domain.events.fact import Fact
from cptkiosk.domain.people.eligibility_findings import SAME_NAME
from cptkiosk.domain.rules import candidate_rules as pr
from cptkiosk.domain.state.candidate import Namesake, RegisterPerson, Registration
from cptkiosk.domain.text import may_be_one_name, name_words
from cptkiosk.domain.values import HOUR_MS, Actor, Refused
from cptkiosk.roster import people_notes
from cptkiosk.roster.importer import import_roster
from cptkiosk.roster.known_people import KnownPerson
from cptkiosk.roster.model import Note, RosterRow
from cptkiosk.roster.people_notes import ALIKE_MAX
from cptkiosk.services.assignment import build_assignment
from cptkiosk.words import explain
from support import exams, sessions
from support.center import DANA, LEE
from support.sessions import at_the_desk
from support.verdicts import keys, refusal

BORN = "2007-02-28"


def register(
    desk: Desk, who: str, family: str = "Brown", given: str = "Al", *,
    born: str = BORN, two_people: str = "", actor: Actor = LEE,
) -> tuple[Fact, ...] | Refused:  # fmt: skip
    row = RegisterPerson(
        participant_id=who, family_name=family, given_name=given, birth_date=born,
        registration=Registration("safety"), two_people=two_people,
    )  # fmt: skip
    (outcome,) = desk.registrar.register([row], actor)
    return outcome


def noticed(outcome: tuple[Fact, ...] | Refused) -> list[str]:
    """Return as whom somebody was registered once more."""
    assert not isinstance(outcome, Refused), outcome
    return [one.other for one in outcome if isinstance(one, e.NamesakeNoticed)]


@pytest.mark.parametrize(
    ("family", "given", "born", "others"),
    [
        ("Brown", "Al", BORN, ["P1"]),
        ("BROWN", "Al", BORN, ["P1"]),
        ("Brown", "Al", "2007-03-01", []),
        ("Brown", "Al", "", []),
        ("Browne", "Al", BORN, []),
    ],
)
def test_the_same_name_and_birth_date_under_two_ids_is_pointed_out(
    desk: Desk, family: str, given: str, born: str, others: list[str]
) -> None:
    register(desk, "P1")
    assert noticed(register(desk, "P2", family, given, born=born)) == others
    assert noticed(register(desk, "P2", family, given, born=born)) == []


def test_two_ids_in_one_roster_are_pointed_out_in_its_result(
    desk: Desk, tmp_path: Path
) -> None:
    roster = tmp_path / "roster.csv"
    roster.write_text(
        "ID,Last name,First name,Birth date,Module\n"
        f"P1,Brown,Al,{BORN},Safety\nP2,Brown,Al,{BORN},Safety\n"
    )
    (found,) = import_roster(desk, roster, LEE).namesakes
    assert (found.participant_id, found.other) == ("P2", "P1")


def test_the_coordinator_decides_that_they_are_two_people(desk: Desk) -> None:
    register(desk, "P1")
    register(desk, "P2")
    command = pr.DecideTwoPeople(
        participant_id="P2", other="P1", reason="two photo IDs"
    )

    assert "Only a coordinator can" in explain(desk.preview.refusal(command, LEE))
    desk.perform(command, DANA)
    assert str(desk.candidate("P2").namesakes[Namesake("P1")]) == "two photo IDs"
    assert noticed(register(desk, "P2")) == []


def test_two_ids_may_be_named_in_either_order(desk: Desk) -> None:
    register(desk, "P1")
    register(desk, "P2")
    command = pr.DecideTwoPeople(
        participant_id="P1", other="P2", reason="two photo IDs"
    )

    assert desk.preview.refusal(command, DANA) is None
    desk.perform(command, DANA)

    assert str(desk.candidate("P2").namesakes[Namesake("P1")]) == "two photo IDs"


def test_a_person_of_another_name_needs_no_decision(desk: Desk) -> None:
    register(desk, "P1")
    register(desk, "P3", "Young")
    command = pr.DecideTwoPeople(participant_id="P3", other="P1", reason="?")
    assert "do not share a name" in explain(desk.preview.refusal(command, DANA))


def test_a_namesake_of_the_staff_is_registered_with_the_coordinators_reason(
    desk: Desk,
) -> None:
    refused = register(desk, "P1", "Wong", "Lee")
    assert isinstance(refused, Refused)
    assert "a coordinator can register the candidate with a reason" in explain(refused)
    by_proctor = register(desk, "P1", "Wong", "Lee", two_people="another Lee")
    assert isinstance(by_proctor, Refused)
    assert "Only a coordinator can" in explain(by_proctor)

    register(desk, "P1", "Wong", "Lee", two_people="another Lee", actor=DANA)
    decided = desk.candidate("P1").namesakes[Namesake("s2", of_staff=True)]
    assert str(decided) == "another Lee"
    assert not isinstance(register(desk, "P1", "Wong", "Lee"), Refused)


@pytest.mark.parametrize(
    ("given", "alike"),
    [("Lee", True), ("Lee A.", True), ("Lee Bo", False), ("Al", False)],
)
def test_a_middle_initial_hides_no_staff_member(
    desk: Desk, given: str, alike: bool
) -> None:
    assert isinstance(register(desk, "P1", "Wong", given), Refused) is alike


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Robin Hale", "Hale, Robin J.", True),
        ("Robin J Hale", "Robin James Hale", True),
        ("Robin J Hale", "Robin K Hale", False),
        ("Robin James Hale", "Robin John Hale", False),
        ("R Hale", "Robin Hale", False),
        ("", "", False),
    ],
)
def test_an_initial_stands_for_a_middle_name_and_for_no_other(
    one: str, other: str, alike: bool
) -> None:
    assert may_be_one_name(name_words(one), name_words(other)) is alike
    assert may_be_one_name(name_words(other), name_words(one)) is alike


def test_the_command_line_names_and_settles_them(
    desk: Desk, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    roster = tmp_path / "roster.csv"
    roster.write_text(
        "ID,Last name,First name,Birth date,Module\n"
        f"P1,Brown,Al,{BORN},Safety\nP2,Brown,Al,{BORN},Safety\nP3,Wong,Lee,,Safety\n"
    )
    at = ["--data-dir", str(folder)]
    told = ["--two-people", "P3", "--because", "another Lee"]
    assert cli.main(["roster", "import", str(roster), *told, "--json", *at]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["namesakes"] == [{"participant_id": "P2", "other": "P1"}]
    assert answer["rejected"] == []

    because = ["--because", "two photo IDs"]
    assert cli.main(["person", "two-people", "P2", "P1", *because, *at]) == 0
    capsys.readouterr()
    assert cli.main(["person", "show", "P2", "--json", *at]) == 0
    (one,) = json.loads(capsys.readouterr().out)["namesakes"]
    assert one == {"other": "P1", "of_staff": False, "two_people": "two photo IDs"}


def rows_of(count: int, family: str = "Roe{}") -> list[RegisterPerson]:
    """Return as many people, all born the same day."""
    return [
        RegisterPerson(
            participant_id=f"L{at}", family_name=family.format(at), given_name="Ann",
            birth_date=BORN, registration=Registration("safety"),
        )
        for at in range(count)
    ]  # fmt: skip


def test_the_names_of_a_long_list_are_each_looked_at_a_few_times(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at = []

    def counted(name: str) -> frozenset[str]:
        looked_at.append(name)
        return name_words(name)

    monkeypatch.setattr("cptkiosk.desk.registrar.name_words", counted)

    desk.registrar.register(rows_of(300), LEE, dry_run=True)

    # Each name as a row, as one that is known by then, and against two of the staff.
    assert len(looked_at) <= 300 * 4


def test_a_list_filled_down_with_one_person_is_asked_about_a_few_at_a_time(
    desk: Desk, tmp_path: Path
) -> None:
    outcomes = desk.registrar.register(rows_of(40, "Roe"), LEE)
    asked = [noticed(one) for one in outcomes]
    assert asked[1] == ["L0"]
    assert [len(one) for one in asked[-30:]] == [NAMESAKES_MAX] * 30

    path = tmp_path / "roster.csv"
    lines = [f"M{at},Roe,Ann,{BORN},Safety" for at in range(9)]
    header = "Participant ID,Last Name,First Name,Birth Date,Assessment"
    path.write_text("\n".join([header, *lines]))
    notes = import_roster(desk, path, LEE, dry_run=True).notes

    last = [one.text for one in notes if one.row == 10]
    assert len(last) == ALIKE_MAX + 1
    assert "same name as 45 more" in last[-1]


def test_a_list_filled_down_without_birth_dates_is_looked_through_once(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[str] = []
    same_name = people_notes._same_name

    def counted(row: RosterRow, me: KnownPerson, other: KnownPerson) -> Note | None:
        compared.append(other.participant_id)
        return same_name(row, me, other)

    monkeypatch.setattr(people_notes, "_same_name", counted)
    path = tmp_path / "roster.csv"
    lines = [f"M{at},Roe,Ann,Safety" for at in range(200)]
    path.write_text(
        "\n".join(["Participant ID,Last Name,First Name,Assessment", *lines])
    )
    notes = import_roster(desk, path, LEE, dry_run=True).notes

    assert "same name as 196 more" in notes[-1].text
    assert len(compared) <= 200 * ALIKE_MAX


def two_sessions(desk: Desk, apart_ms: int) -> None:
    """Two of one name, on the rolls of two sessions so far apart."""
    for who, session_id, in_ms in (("P1", "a", 0), ("P2", "b", apart_ms)):
        row = RegisterPerson(
            participant_id=who,
            family_name="Brown",
            given_name="Al",
            registration=Registration("safety", f"CODE-{who}"),
        )
        desk.registrar.register([row], LEE)
        exams.planned(desk, session_id, in_ms=in_ms)
        exams.rolled(desk, session_id, who)


@pytest.mark.parametrize(
    ("apart_ms", "told"), [(HOUR_MS, True), (-HOUR_MS, True), (24 * HOUR_MS, False)]
)
def test_one_of_the_same_name_in_another_session_of_the_day_is_pointed_out(
    desk: Desk, apart_ms: int, told: bool
) -> None:
    two_sessions(desk, apart_ms)
    desk.perform(exams.opening("a"), LEE)
    one = desk.session("a").attempts["P1-safety"]
    found = [each for each in desk.preview.against("a", one) if each.rule == SAME_NAME]
    assert bool(found) is told
    for each in found:
        assert "session b today: ID P2" in explain(each.reason)
        assert not each.is_blocking
    # It is said at the gate, and keeps no candidate from passing it.
    at_the_desk(desk, "a", "P1-safety")
    assert not desk.session("a").attempts["P1-safety"].in_spite_of


@pytest.mark.parametrize(
    "command",
    [
        EndBreak(**keys("P1")),
        EndPause(**keys("P1")),
        BeginPause(**keys("P1"), kind="stop-clock break", reason="agreed"),
        GiveCredit(**keys("P1"), credit_ms=-10 * HOUR_MS, reason="too much"),
        PassGates(**keys("P1"), gates=("name",)),
        ArriveLate(**keys("P1")),
        KeyScore(**keys("P1"), shown="64", shown_as="raw"),
        DenyAttempt(**keys("P1"), reason="no ID", coordinator_called=True),
    ],
    ids=lambda command: type(command).__name__,
)
def test_a_refusal_tells_two_people_of_one_name_apart(
    desk: Desk, command: SessionCommand
) -> None:
    sessions.planned(desk, (), "a", "safety")
    for who in ("P1", "P2"):
        born, code = f"1990-04-0{who[1]}", Registration("safety", f"CODE-{who}")
        row = RegisterPerson(
            participant_id=who, family_name="Brown", given_name="Al", birth_date=born,
            registration=code,
        )  # fmt: skip
        desk.registrar.register([row], LEE)
        desk.perform(build_assignment(desk, "a", who, "safety"), LEE)
    sessions.opened(desk, "a")
    for who in ("P1", "P2"):
        sessions.seated(desk, "a", f"{who}-safety")
    sessions.started(desk, "a")

    assert "Brown, Al (ID P1)" in refusal(desk, command, LEE)
