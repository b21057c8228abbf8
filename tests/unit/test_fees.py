"""What a candidate owes: each sentence of the price list, with its figures."""

from pathlib import Path
from typing import Any

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands import testing as c
from cptkiosk.domain.people.eligibility_case import PastAttempt
from cptkiosk.domain.people.fees import Due, Statement, compute_statement
from cptkiosk.domain.rules import candidate_rules as pr
from cptkiosk.domain.state.attempt import AttemptProgress
from cptkiosk.domain.state.candidate import Candidate, Registration, Settlement
from cptkiosk.domain.state.score_state import ScoreState
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import Actor, Personal
from cptkiosk.reports.formats import Format, write_report
from cptkiosk.reports.statement import (
    group_statement,
    make_statement,
    person_statement,
    total_statement,
)
from cptkiosk.reports.text import render_text
from cptkiosk.services.assignment import build_assignment
from cptkiosk.services.people import list_accounts
from support.center import DANA, LEE, definitions
from support.sessions import a_session, register, roll
from support.verdicts import refuses

CORE = ("safety", "quality", "production", "maintenance")
REGISTRATION, ASSESSMENT = 2800, 2200


def taken(
    module: str = "safety",
    standing: AttemptProgress = AttemptProgress.FINISHED,
    session: str = "a",
    continues: str = "",
) -> PastAttempt:
    return PastAttempt(
        session_id=session,
        attempt_id=f"P1-{module}",
        module_id=module,
        standing=standing,
        score_state=ScoreState.NONE,
        planned_utc_ms=0,
        start_utc_ms=0,
        end_utc_ms=1,
        allowed_ms=0,
        left_ms=0,
        user_code="",
        passed=None,
        counts=False,
        void=False,
        continues=continues,
    )


def registered(
    *modules: str,
    paid: bool | None = None,
    supplements: tuple[str, ...] = (),
    settlements: tuple[Settlement, ...] = (),
) -> Candidate:
    return Candidate(
        participant_id="P1",
        registrations={one: Registration(one, paid=paid) for one in modules},
        supplements=supplements,
        settlements=settlements,
    )


def owed(
    candidate: Candidate, *past: PastAttempt, no_show_pays: bool = False
) -> Statement:
    return compute_statement(
        candidate,
        past,
        definitions().modules,
        definitions().fees,
        no_show_pays=no_show_pays,
    )


def line(owes: Statement, item: str) -> Due:
    """Return the line of a statement, which there must be."""
    found = owes.find_due(item)
    assert found is not None
    return found


TWO = (taken(), taken(session="b"))
GOES_ON = taken(session="b", continues="a/P1-safety")
BROKEN_OFF = taken(standing=AttemptProgress.INTERRUPTED)


@pytest.mark.parametrize(
    ("past", "assessments"),
    [
        pytest.param((), 1, id="an assessment is due before it is taken"),
        pytest.param((taken(),), 1, id="and once it was taken, once"),
        pytest.param(TWO, 2, id="a retake pays again"),
        pytest.param((BROKEN_OFF, GOES_ON), 1, id="going on pays nothing more"),
        pytest.param(
            (taken(standing=AttemptProgress.DENIED),), 1, id="a denial pays nothing"
        ),
        pytest.param(
            (taken(standing=AttemptProgress.CANCELLED), taken(session="b")),
            1,
            id="who was taken off the roll pays only for what they took",
        ),
        pytest.param(
            (taken(standing=AttemptProgress.ABSENT), taken(session="b")),
            1,
            id="who did not come pays only for what they took",
        ),
        pytest.param(
            (taken(standing=AttemptProgress.DISMISSED), taken(session="b")),
            2,
            id="who was dismissed has taken it",
        ),
    ],
)
def test_registration_is_due_once_and_each_assessment_when_taken(
    past: Any, assessments: int
) -> None:
    owes = owed(registered("safety"), *past)

    assert owes.due_cents == REGISTRATION + assessments * ASSESSMENT
    assert line(owes, "registration").due_cents == REGISTRATION
    assert len(owes.lines) == 1 + assessments


def test_an_absent_candidate_pays_if_the_center_says_so() -> None:
    past = (taken(standing=AttemptProgress.ABSENT), taken(session="b"))

    assert len(owed(registered("safety"), *past, no_show_pays=True).lines) == 3


def test_a_candidate_without_registrations_owes_nothing() -> None:
    assert owed(registered()).lines == ()


@pytest.mark.parametrize(
    ("modules", "supplements", "dollars"),
    [
        (CORE, (), 116),
        (CORE, ("5929",), 186),
        ((*CORE, "green"), (), 138),
        ((*CORE, "green"), ("5923",), 208),
    ],
)
def test_the_totals_of_the_program_sheet(
    modules: tuple[str, ...],
    supplements: tuple[str, ...],
    dollars: int,
) -> None:
    owes = owed(registered(*modules, supplements=supplements))

    assert owes.due_cents == owes.open_cents == dollars * 100
    assert owes.settled_cents == 0


@pytest.mark.parametrize(
    ("course", "without", "with_its_supplement"),
    [("5929", 22, 92), ("5923", 22, 92), ("5926", 44, 114)],
)
def test_a_course_has_its_modules_and_its_supplement(
    course: str, without: int, with_its_supplement: int
) -> None:
    plain = owed(registered(*CORE, "green"))
    more = owed(registered(*CORE, "green", supplements=("5929", "5923", "5926")))

    assert plain.of_course(course).due_cents == without * 100
    assert more.of_course(course).due_cents == with_its_supplement * 100


def test_fees_paid_on_the_roster_are_settled() -> None:
    owes = owed(registered("safety", paid=True))

    assert line(owes, "safety-1").settled == ("paid (roster)",)
    assert owes.open_cents == REGISTRATION


def test_the_roster_pays_no_retake() -> None:
    owes = owed(registered("safety", paid=True), *TWO)

    assert line(owes, "safety-2").open_cents == ASSESSMENT


def test_a_part_paid_leaves_the_rest_open() -> None:
    part = Settlement("safety-1", 1000, "paid", Personal("R-7", "P1"))
    owes = owed(registered("safety", settlements=(part,)))

    assert line(owes, "safety-1").open_cents == 1200
    assert line(owes, "safety-1").settled == ("paid R-7",)


# Settling, through the desk


@pytest.fixture
def somebody(desk: Desk) -> Desk:
    register(desk, roll(1), "safety")
    return desk


def settle(desk: Desk, actor: Actor = LEE, **changes: Any) -> Statement:
    fields: dict[str, Any] = {
        "item": "safety-1",
        "how": "paid",
        "reference": "R-1",
    } | changes
    desk.perform(pr.SettleFee(participant_id="P1", **fields), actor)
    return desk.lookups.statement("P1")


def test_a_fee_is_settled_in_parts_until_nothing_is_open(somebody: Desk) -> None:
    assert line(settle(somebody, amount_cents=700), "safety-1").open_cents == 1500
    assert line(settle(somebody), "safety-1").open_cents == 0


def test_a_waiver_needs_the_coordinator(somebody: Desk) -> None:
    with refuses("Only a coordinator can waive a fee"):
        settle(somebody, how="waived")

    assert line(settle(somebody, DANA, how="waived"), "safety-1").open_cents == 0


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"amount_cents": 2201}, r"\$22.00 of it is due, not \$22.01"),
        ({"amount_cents": -1}, "of it is due"),
        ({"item": "green-1"}, '"green-1" is not a fee that is due'),
        ({"how": "cash"}, '"cash" is not a way to settle a fee'),
        ({"reference": " "}, "A reference is required"),
    ],
)
def test_nothing_is_settled_that_is_not_open(
    somebody: Desk, changes: dict[str, int] | dict[str, str], said: str
) -> None:
    with refuses(said):
        settle(somebody, **changes)

    assert somebody.lookups.statement("P1").settled_cents == 0


def test_a_settled_fee_cannot_be_settled_again(somebody: Desk) -> None:
    settle(somebody)
    with refuses("The fee safety-1 is already settled"):
        settle(somebody)


# Who is asked about, and what is printed


def test_a_session_has_what_was_taken_in_it(desk: Desk) -> None:
    a_session(desk, 2, Stage.ENDED)
    a_session(desk, 1, Stage.PLANNED, session_id="b", module="quality")

    found = list_accounts(desk, session_id="a")
    assert [one.participant_id for one in found] == ["P1", "P2"]
    assert total_statement(found).due_cents == 2 * ASSESSMENT
    everybody = list_accounts(desk)
    assert total_statement(everybody).due_cents == 3 * (REGISTRATION + ASSESSMENT)


def test_an_unknown_course_is_refused(desk: Desk) -> None:
    with refuses("5923, 5926, 5929"):
        list_accounts(desk, course="1234")


def test_a_statement_says_each_amount_in_eighty_columns(somebody: Desk) -> None:
    settle(somebody, reference="R" * 90)
    (account,) = list_accounts(somebody, participant_id="P1")
    text = render_text(person_statement(account, somebody.center, "2026-11-22"))

    assert "FamilyP1, Kim (ID P1)" in text
    total_line = next(line for line in text.splitlines() if line.startswith("Total"))
    assert total_line.split() == ["Total", "$50.00", "$22.00", "$28.00"]
    assert all(len(line) <= 80 for line in text.splitlines())


def test_a_session_statement_adds_everybody_up(desk: Desk) -> None:
    a_session(desk, 2, Stage.ENDED)
    found = list_accounts(desk, session_id="a", course="5929")
    document = group_statement(
        found, desk.center, "2026-11-22", session_id="a", course="5929"
    )
    text = render_text(document)

    assert "5929 only" in text
    assert text.splitlines()[-1].split() == [
        *("Grand", "total", "$44.00", "$0.00", "$44.00")
    ]


def test_a_statement_is_a_private_file_named_harmlessly(
    desk: Desk, tmp_path: Path
) -> None:
    register(desk, ("../../P 9",), "safety")
    report = make_statement(desk, "../../P 9")
    path = write_report(report, Format.TEXT, tmp_path / "reports")

    assert path.parent == tmp_path / "reports"
    assert path.stat().st_mode & 0o077 == 0
    assert "Family../../P 9, Kim" in path.read_text(encoding="utf-8")


def test_an_attempt_that_goes_on_is_the_same_assessment(desk: Desk) -> None:
    a_session(desk, 1)
    desk.perform(
        c.EndEarly(
            session_id="a",
            attempt_id="P1-safety",
            outcome="interrupted",
            reason="power cut",
        ),
        LEE,
    )
    before = desk.lookups.statement("P1").due_cents
    a_session(desk, 0, Stage.PLANNED, session_id="b")
    command = build_assignment(desk, "b", "P1", "safety", continues="a/P1-safety")
    desk.perform(command, DANA)

    assert desk.lookups.statement("P1").due_cents == before == REGISTRATION + ASSESSMENT
