"""More time, breaks or consent once the doors are open: the coordinator's, with a reason."""

from dataclasses import replace
from typing import Any

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands import testing as c
from cptkiosk.domain.events import planning as e
from cptkiosk.domain.rules import candidate_rules as p
from cptkiosk.domain.state.candidate import RegisterPerson, Registration
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import MINUTE_MS, Actor, Refused
from cptkiosk.services.assignment import build_assignment, refresh_rolls
from cptkiosk.words import explain
from support.center import DANA, LEE
from support.sessions import a_session, attempt, left_ms

A = "a"


def row(
    factor: int | None = None, *, stop: bool | None = None, reason: str = "",
    who: str = "P1", module: str = "safety",
) -> RegisterPerson:  # fmt: skip
    return RegisterPerson(
        participant_id=who, family_name=f"Family{who}", given_name="Kim",
        registration=Registration(
            module, factor_permille=factor, stop_clock=stop
        ),
        reason=reason,
    )  # fmt: skip


def registered(desk: Desk, person: RegisterPerson, actor: Actor) -> str:
    """Register a person; return why it was refused, or an empty string."""
    (outcome,) = desk.registrar.register([person], actor)
    refresh_rolls(desk, frozenset({person.participant_id}), actor)
    return explain(outcome) if isinstance(outcome, Refused) else ""


def test_time_for_another_module_given_since_is_no_way_around(desk: Desk) -> None:
    a_session(desk, 2, Stage.CHECK_IN)
    before = row(1500, who="P8", module="quality")
    assert registered(desk, before, LEE) == ""
    assert "Only a coordinator can" in registered(
        desk, row(1500, who="P8", reason="a letter"), LEE
    )
    assert registered(desk, row(1500, who="P8", reason="a letter"), DANA) == ""


def test_time_for_another_module_given_before_is_theirs_for_each(desk: Desk) -> None:
    registered(desk, row(1500, who="P8", module="quality"), LEE)
    a_session(desk, 2, Stage.CHECK_IN)

    assert registered(desk, row(1500, who="P8"), LEE) == ""
    assert "Only a coordinator can" in registered(
        desk, row(2000, who="P8", reason="a letter"), LEE
    )


RAISED = {
    "extra time": row(3000, reason="a letter"),
    "untimed": row(0, reason="a letter"),
    "stop-clock breaks": row(stop=True, reason="a letter"),
    "walk-in": row(1500, who="P9", reason="a letter"),
}


@pytest.mark.parametrize("person", RAISED.values(), ids=RAISED)
@pytest.mark.parametrize("stage", [Stage.CHECK_IN, Stage.RUNNING, Stage.HALTED])
def test_proctor_gives_no_more_time_once_check_in_is_open(
    desk: Desk, person: RegisterPerson, stage: Stage
) -> None:
    a_session(desk, 2, stage)

    assert "Only a coordinator can" in registered(desk, person, LEE)
    assert attempt(desk, "P1").factor_permille == 1000
    assert registered(desk, person, DANA) == ""


def test_more_time_needs_a_reason_of_the_coordinator_too(desk: Desk) -> None:
    a_session(desk, 1, Stage.CHECK_IN)

    assert "needs a reason" in registered(desk, row(1500), DANA)
    assert registered(desk, row(1500, reason="a letter of the school"), DANA) == ""
    assert attempt(desk, "P1").factor_permille == 1500


def test_proctor_still_corrects_the_rest_of_a_registration(desk: Desk) -> None:
    a_session(desk, 1, Stage.CHECK_IN)

    assert registered(desk, row(), LEE) == ""
    assert registered(desk, row(1000, stop=False), LEE) == ""


def test_before_check_in_a_roster_brings_the_time(desk: Desk) -> None:
    a_session(desk, 1, Stage.PLANNED)

    assert registered(desk, row(1500, stop=True), LEE) == ""
    assert attempt(desk, "P1").factor_permille == 1500


def test_time_granted_for_one_module_comes_along_to_another(desk: Desk) -> None:
    registered(desk, row(1500, who="P2", module="quality"), LEE)
    a_session(desk, 1, Stage.CHECK_IN)

    assert registered(desk, row(1500, who="P2"), LEE) == ""


def test_consent_at_the_door_is_the_coordinators(desk: Desk) -> None:
    a_session(desk, 1, Stage.PLANNED)
    early = p.RecordConsent(participant_id="P1", given_by="Pat")
    assert desk.preview.refusal(early, LEE) is None
    a_session(desk, 1, Stage.CHECK_IN, "b")
    late = p.RecordConsent(participant_id="bP1", given_by="Pat", reason="came along")

    assert "Only a coordinator can" in explain(desk.preview.refusal(late, LEE))
    without = p.RecordConsent(participant_id="bP1", given_by="Pat")
    assert "needs a reason" in explain(desk.preview.refusal(without, DANA))
    assert desk.perform(late, DANA).entries


def test_time_approved_while_testing_is_shown_and_offered_as_a_credit(
    desk: Desk,
) -> None:
    a_session(desk, 2)
    assert registered(desk, row(1500, reason="a letter"), DANA) == ""

    (told,) = desk.needs.find_unchanged_clocks({"P1"})
    assert (told.session_id, told.owed.more_ms) == (A, 45 * MINUTE_MS)
    assert "after the start: +45:00" in explain(told.owed.reason)
    assert left_ms(desk, "P1") == 90 * MINUTE_MS
    step = desk.next_step(desk.session(A))
    assert (step.action, step.attempt_id) == ("credit", attempt(desk, "P1").attempt_id)

    credit = c.GiveCredit(
        session_id=A, attempt_id=step.attempt_id, credit_ms=told.owed.more_ms,
        reason="approved time",
    )  # fmt: skip
    desk.perform(credit, DANA)
    assert desk.needs.find_unchanged_clocks({"P1"}) == ()
    assert desk.next_step(desk.session(A)).action != "credit"


@pytest.mark.parametrize("change", [{"factor_permille": 1500}, {"stop_clock": True}])
@pytest.mark.parametrize("who", ["P1", "P2"])
def test_more_time_by_hand_once_the_doors_are_open_is_the_coordinators(
    desk: Desk, change: dict[str, Any], who: str
) -> None:
    registered(desk, row(who="P2"), LEE)
    a_session(desk, 1, Stage.CHECK_IN)
    by_hand = replace(build_assignment(desk, A, who, "safety"), **change)
    approved = replace(by_hand, override="a letter of the vendor")

    assert "Only a coordinator can" in explain(desk.preview.refusal(approved, LEE))
    assert "A reason is required" in explain(desk.preview.refusal(by_hand, DANA))
    (entry,) = desk.perform(approved, DANA).entries
    event = entry.event
    assert isinstance(event, e.AttemptAssigned | e.AttemptUpdated)
    why = event.override if isinstance(event, e.AttemptAssigned) else event.granted
    assert str(why) == "a letter of the vendor"


def test_time_registered_before_comes_along_by_hand(desk: Desk) -> None:
    registered(desk, row(1500, who="P2"), LEE)
    a_session(desk, 1, Stage.CHECK_IN)
    assert desk.preview.refusal(build_assignment(desk, A, "P2", "safety"), LEE) is None
