"""Credentials: what was earned, on which day, until when, and what took it away."""

from typing import Any

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.irregularity import RecordIrregularity
from cptkiosk.domain.commands.score import DecideValidity, KeyScore, SettleDiscrepancy
from cptkiosk.domain.people.credentials import CredentialProgress, Passed, sum_passes
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.time.calendar import format_date
from cptkiosk.domain.values import DAY_MS, Actor
from cptkiosk.services.credentials import progress_of
from cptkiosk.services.people import list_standings
from cptkiosk.words import explain
from support.center import DANA, LEE, definitions
from support.sessions import (
    a_session,
    advance,
    ended,
    opened,
    planned,
    scored,
    seated,
    started,
)
from support.verdicts import refuses

DAYS = {
    "safety": "2026-01-05",
    "quality": "2026-02-06",
    "maintenance": "2026-04-08",
    "production": "2026-03-07",
}


def way(
    *modules: str, withdrawn: tuple[Passed, ...] = (), **days: str
) -> CredentialProgress:
    dates = DAYS | days
    return sum_passes(
        [Passed(one, dates[one]) for one in modules],
        definitions().modules,
        renewal_years=definitions().policies.renewal_years,
        withdrawn=withdrawn,
    )


def test_full_cpt_is_earned_on_the_day_of_the_fourth_core_pass() -> None:
    full = way(*DAYS)

    assert (full.core_passed, full.core_count) == (4, 4)
    assert full.eligible_on == "2026-04-08"
    assert len(full.certificates) == 4


def test_green_never_counts_towards_the_four() -> None:
    with_green = way("safety", "quality", "production", "green", green="2026-01-01")

    assert with_green.core_passed == 3
    assert with_green.eligible_on == ""
    assert explain(with_green.reason) == "3 of 4. Remaining: Maintenance Awareness"
    assert len(with_green.certificates) == 4


def test_a_later_green_does_not_move_the_day() -> None:
    assert way(*DAYS, "green", green="2026-12-01").eligible_on == "2026-04-08"


@pytest.mark.parametrize(
    ("last", "renew"),
    [("2026-04-08", "2031-04-08"), ("2028-02-29", "2033-03-01")],
)
def test_full_cpt_is_renewed_after_five_years(last: str, renew: str) -> None:
    full = way(*DAYS, maintenance=last)

    assert full.renew_by == renew
    since, until = format_date(last), format_date(renew)
    assert (
        explain(full.reason) == f"eligible for full CPT since {since}, renew by {until}"
    )


def test_the_first_pass_of_a_module_is_the_one_that_dates_it() -> None:
    passed = [Passed("safety", "2026-05-01"), Passed("safety", "2026-01-05")]
    found = sum_passes(passed, definitions().modules)

    assert [one.date for one in found.certificates] == ["2026-01-05"]


def test_a_pass_withdrawn_and_earned_again_is_not_reported_as_withdrawn() -> None:
    lost = (Passed("safety", "2025-01-01"), Passed("quality", "2025-01-01"))
    found = way("safety", withdrawn=lost)

    assert [one.module_id for one in found.withdrawn] == ["quality"]


# From the record


@pytest.fixture
def passed(desk: Desk) -> Desk:
    """P1 has passed all four, one session a day, none of them sealed."""
    for day, module in enumerate(DAYS):
        session_id = "a" if not day else f"d{day}"
        _pass(desk, session_id, module)
        advance(desk, DAY_MS)
    return desk


def _pass(desk: Desk, session_id: str, module: str, raw: int = 80) -> None:
    planned(desk, ("P1",), session_id, module)
    opened(desk, session_id)
    seated(desk, session_id, f"P1-{module}")
    started(desk, session_id)
    ended(desk, session_id)
    scored(desk, session_id, raw)


def withhold(desk: Desk, session_id: str, module: str) -> None:
    desk.perform(
        RecordIrregularity(
            session_id=session_id,
            code="ENV-ALARM",
            severity=3,
            scope="attempt",
            validity="withhold",
            attempt_ids=(f"P1-{module}",),
            observed="A phone rang.",
            action_taken="",
        ),
        LEE,
    )


def decide(
    desk: Desk,
    session_id: str,
    module: str,
    validity: str,
    reference: str = "",
    actor: Actor = DANA,
) -> None:
    desk.perform(
        DecideValidity(
            session_id=session_id,
            attempt_id=f"P1-{module}",
            validity=validity,
            reason="as decided",
            reference=reference,
        ),
        actor,
    )


def test_all_four_from_the_record_make_full_cpt(passed: Desk) -> None:
    found = progress_of(passed, "P1")
    last = passed.session("d3").attempts["P1-production"].start_line_ms
    assert last is not None

    assert found.core_passed == 4
    assert found.eligible_on == passed.local_date(last)


def test_a_later_void_withdraws_the_certificate_and_the_full_one(passed: Desk) -> None:
    withhold(passed, "d1", "quality")
    assert [one.module_id for one in progress_of(passed, "P1").withdrawn] == ["quality"]

    decide(passed, "d1", "quality", "void", "MSSC-2026-17")
    found = progress_of(passed, "P1")
    assert found.core_passed == 3
    assert found.eligible_on == ""
    assert [one.module_id for one in found.withdrawn] == ["quality"]
    assert passed.session("d1").attempts["P1-quality"].void_reference == "MSSC-2026-17"


def test_a_release_gives_it_back(passed: Desk) -> None:
    withhold(passed, "d1", "quality")
    decide(passed, "d1", "quality", "clean")

    assert progress_of(passed, "P1").core_passed == 4
    assert progress_of(passed, "P1").withdrawn == ()


def test_a_center_does_not_void_on_its_own(passed: Desk) -> None:
    withhold(passed, "d1", "quality")
    with refuses("cannot void a score on its own"):
        decide(passed, "d1", "quality", "void")
    with refuses("Only a coordinator can"):
        decide(passed, "d1", "quality", "clean", actor=LEE)


def test_no_credential_follows_from_a_discrepancy_until_it_is_settled(
    desk: Desk,
) -> None:
    a_session(desk, 1, Stage.RUNNING)
    ended(desk, "a")
    for actor in (LEE, DANA):
        key = KeyScore(
            session_id="a",
            attempt_id="P1-safety",
            shown="63",
            vendor_verdict="pass",
        )
        desk.perform(key, actor)
    assert progress_of(desk, "P1").certificates == ()

    settle = SettleDiscrepancy(
        session_id="a", attempt_id="P1-safety", uphold="vendor", reason="rescored"
    )
    desk.perform(settle, DANA)
    assert [one.module_id for one in progress_of(desk, "P1").certificates] == ["safety"]


@pytest.mark.parametrize(
    ("course", "certificates", "to_go"),
    [
        ("5929", ["safety"], ()),
        ("5923", [], ("Quality Practices and Measurement",)),
        (
            "5926",
            [],
            ("Manufacturing Processes and Production", "Maintenance Awareness"),
        ),
    ],
)
def test_a_course_shows_its_own_modules_only(
    desk: Desk, course: str, certificates: list[object] | list[str], to_go: Any
) -> None:
    _pass(desk, "a", "safety")
    (one,) = list_standings(desk, participant_id="P1", course=course)

    assert [each.module_id for each in one.certificates] == certificates
    assert one.to_go == to_go
    assert one.progress.core_passed == 1


def test_a_course_lists_who_has_to_do_with_it(desk: Desk) -> None:
    a_session(desk, 2, Stage.PLANNED)
    a_session(desk, 1, Stage.PLANNED, session_id="b", module="quality")

    assert [one.participant_id for one in list_standings(desk, course="5929")] == [
        "P1",
        "P2",
    ]
    assert [one.participant_id for one in list_standings(desk, course="5923")] == [
        "bP1"
    ]
    assert len(list_standings(desk)) == 3
