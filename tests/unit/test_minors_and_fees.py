"""Consent for those under eighteen, and what an unpaid fee does at check-in."""

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.rules import candidate_rules as p
from cptkiosk.domain.time.calendar import age_in_years
from cptkiosk.domain.values import DAY_MS, Actor
from cptkiosk.services.assignment import assign_people
from support.center import DANA, LEE
from support.exams import (
    allowed,
    assignment,
    eligible_gate,
    local,
    objection,
    opening,
    planned,
    policy,
    registered,
    rolled,
    taken,
)
from support.sessions import advance, attempt_id
from support.verdicts import refuses

A, B = "a", "b"
P1 = attempt_id("P1")


# Minors


@pytest.mark.parametrize(
    ("born", "day", "years"),
    [
        ("2008-09-22", "2026-09-21", 17),
        ("2008-09-21", "2026-09-21", 18),
        ("2008-02-29", "2026-02-28", 17),
        ("2008-02-29", "2026-03-01", 18),
        ("2008-02-29", "2028-02-28", 19),
        ("2008-02-29", "2028-02-29", 20),
        ("2026-09-21", "2026-09-21", 0),
    ],
)
def test_a_person_is_a_year_older_on_their_birthday(
    born: str, day: str, years: int
) -> None:
    assert age_in_years(born, day) == years


@pytest.mark.parametrize(("born", "may"), [("2008-09-22", False), ("2008-09-21", True)])
def test_a_parent_consents_until_the_eighteenth_birthday(
    desk: Desk, born: str, may: bool
) -> None:
    registered(desk, "P1", born=born)
    planned(desk, B)
    assert allowed(desk, assignment(desk)) is may

    desk.perform(p.RecordConsent(participant_id="P1", given_by="Ana Brown"), LEE)
    assert allowed(desk, assignment(desk))


@pytest.mark.parametrize(
    ("day", "may"), [("2027-02-28T09:00", False), ("2027-03-01T09:00", True)]
)
def test_a_person_born_on_29_february_comes_of_age_on_1_march(
    desk: Desk, day: str, may: bool
) -> None:
    # Nobody born on a 29 February is 18 in a leap year, so 15 stands for it as well.
    registered(desk, "P1", born="2012-02-29")
    policy(desk, consent_under_age=15)
    planned(desk, B, at=local(day))

    assert allowed(desk, assignment(desk)) is may


def test_a_center_may_ask_for_no_consent(desk: Desk) -> None:
    registered(desk, "P1", born="2012-01-01")
    planned(desk, B)
    assert not allowed(desk, assignment(desk))

    policy(desk, consent_under_age=0)
    assert allowed(desk, assignment(desk))


def test_the_person_who_gave_consent_is_named(desk: Desk) -> None:
    registered(desk, "P1", born="2012-01-01")
    with refuses("The name of the person who gave consent is missing"):
        desk.perform(p.RecordConsent(participant_id="P1", given_by=" "), LEE)


# Fees


@pytest.mark.parametrize("blocks", [False, True])
@pytest.mark.parametrize("paid", [None, True, False])
def test_an_unpaid_fee_warns_or_blocks_as_the_center_says(
    desk: Desk, paid: bool | None, blocks: bool
) -> None:
    policy(desk, blocks_unpaid=blocks)
    registered(desk, "P1", paid=paid)
    planned(desk, B)
    warned = objection(desk, "fee")

    assert (warned is not None) is (paid is False)
    assert allowed(desk, assignment(desk)) is not (blocks and paid is False)
    assert allowed(desk, assignment(desk, override="invoiced later"), DANA)


@pytest.mark.parametrize(("who", "may"), [(LEE, False), (DANA, True)])
def test_only_a_coordinator_is_offered_to_assign_in_spite_of_a_fee(
    desk: Desk, who: Actor, may: bool
) -> None:
    policy(desk, blocks_unpaid=True)
    registered(desk, "P1", paid=False)
    planned(desk, B)
    _, _, (refused,) = assign_people(desk, B, [("P1", "safety")], who)

    assert refused.overridable is may
    why = "invoiced later"
    _, _, left = assign_people(desk, B, [("P1", "safety")], who, override=why)
    assert not left if may else not left[0].overridable


@pytest.mark.parametrize("blocks", [True, False])
def test_a_retake_is_unpaid_whatever_a_roster_says_of_the_first_time(
    desk: Desk, blocks: bool
) -> None:
    policy(desk, blocks_unpaid=blocks)
    registered(desk, "P1", paid=True)
    taken(desk, A, "40")
    registered(desk, "P1", paid=True)
    advance(desk, 20 * DAY_MS)
    planned(desk, B)
    rolled(desk, B)
    desk.perform(opening(B), LEE)
    attempt = desk.session(B).attempts[P1]

    assert "fee" in [one.rule for one in desk.preview.against(B, attempt)]
    assert allowed(desk, eligible_gate()) is not blocks
    settle = p.SettleFee(
        participant_id="P1", item="safety-2", how="paid", reference="R-1"
    )
    desk.perform(settle, LEE)
    assert allowed(desk, eligible_gate())
    assert "fee" not in [one.rule for one in desk.preview.against(B, attempt)]


@pytest.mark.parametrize("how", ["paid", "invoiced", "waived"])
def test_a_fee_settled_under_people_is_settled(desk: Desk, how: str) -> None:
    policy(desk, blocks_unpaid=True)
    registered(desk, "P1", paid=False)
    planned(desk, B)
    assert not allowed(desk, assignment(desk))

    settled = p.SettleFee(
        participant_id="P1", item="safety-1", how=how, reference="R-1042"
    )
    desk.perform(settled, DANA)
    due = desk.lookups.statement("P1").find_due("safety-1")
    assert due is not None
    assert due.open_cents == 0
    assert objection(desk, "fee") is None
    assert allowed(desk, assignment(desk))
