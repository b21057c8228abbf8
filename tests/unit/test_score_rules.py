"""Cut scores, second keying, and what contradicts the vendor's verdict."""

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.base import AboutAttempt
from cptkiosk.domain.commands.closing import ReconcileScratch, SealSession
from cptkiosk.domain.commands.score import ExplainScore, KeyScore, SettleDiscrepancy
from cptkiosk.domain.state.scoring import reaches_cut
from support.center import DANA, LEE
from support.exams import allowed, certificates, refusal, registered, taken
from support.sessions import attempt_id

A = "a"
P1, P2 = attempt_id("P1"), attempt_id("P2")
ONE: AboutAttempt = {"session_id": A, "attempt_id": P1}


# Scores


@pytest.mark.parametrize(
    ("module", "raw", "items", "cut", "is_pass"),
    [
        ("safety", 63, 83, 76, False),
        ("safety", 64, 83, 76, True),
        ("quality", 62, 84, 75, False),
        ("quality", 63, 84, 75, True),
        ("production", 61, 83, 74, False),
        ("production", 62, 83, 74, True),
        ("maintenance", 62, 86, 73, False),
        ("maintenance", 63, 86, 73, True),
        ("green", 73, 94, 78, False),
        ("green", 74, 94, 78, True),
    ],
)
def test_one_point_makes_the_difference(
    desk: Desk, module: str, raw: int, items: int, cut: int, is_pass: bool
) -> None:
    assert reaches_cut(raw, items, cut) is is_pass
    registered(desk, "P1", module)
    taken(desk, A, f"{raw}", module=module)

    assert certificates(desk) == ([module] if is_pass else [])


def test_a_score_keyed_once_earns_nothing(over: Desk) -> None:
    over.perform(KeyScore(**ONE, shown="64", shown_as="raw"), LEE)
    assert certificates(over) == []

    over.perform(KeyScore(**ONE, shown="64", shown_as="raw"), LEE)
    assert certificates(over) == ["safety"]


# Discrepancies


@pytest.mark.parametrize(
    ("shown", "vendor", "uphold", "earned"),
    [
        ("64", "not pass", "score", True),
        ("64", "not pass", "vendor", False),
        ("63", "pass", "score", False),
        ("63", "pass", "vendor", True),
    ],
)
def test_a_discrepancy_is_settled_either_way_and_the_credential_follows(
    over: Desk, shown: str, vendor: str, uphold: str, earned: bool
) -> None:
    for _ in range(2):
        command = KeyScore(
            **ONE,
            shown=shown,
            vendor_verdict=vendor,
            shown_as="" if "%" in shown else "raw",
        )
        over.perform(command, DANA)
    over.perform(ReconcileScratch(session_id=A, returned=1), LEE)
    assert certificates(over) == []
    assert not allowed(over, SealSession(session_id=A))

    settle = SettleDiscrepancy(**ONE, uphold=uphold, reason="vendor's letter")
    assert "Only a coordinator can" in refusal(over, settle, LEE)
    over.perform(settle, DANA)
    assert certificates(over) == (["safety"] if earned else [])
    assert allowed(over, SealSession(session_id=A))
    assert not allowed(over, settle, DANA)


def test_a_discrepancy_is_settled_once_the_score_is_verified(over: Desk) -> None:
    over.perform(KeyScore(**ONE, shown="64", vendor_verdict="not pass"), LEE)
    settle = SettleDiscrepancy(**ONE, uphold="score", reason="vendor's letter")

    assert "takes two entries that agree" in refusal(over, settle, DANA)


@pytest.mark.parametrize(("vendor", "proctor_may"), [("not pass", False), ("", True)])
def test_a_score_the_vendor_contradicts_is_set_aside_by_the_coordinator_alone(
    over: Desk, vendor: str, proctor_may: bool
) -> None:
    keyed_once = KeyScore(**ONE, shown="64", vendor_verdict=vendor, shown_as="raw")
    over.perform(keyed_once, LEE)
    aside = ExplainScore(**ONE, state="pending", reason="the vendor looks into it")

    assert allowed(over, aside, LEE) is proctor_may
    assert allowed(over, aside, DANA)


def test_a_new_score_needs_a_new_decision(over: Desk) -> None:
    for _ in range(2):
        over.perform(KeyScore(**ONE, shown="63", vendor_verdict="pass"), DANA)
    settle = SettleDiscrepancy(**ONE, uphold="vendor", reason="vendor's letter")
    over.perform(settle, DANA)
    for _ in range(2):
        over.perform(KeyScore(**ONE, shown="62", vendor_verdict="pass"), DANA)

    assert certificates(over) == []
    assert not allowed(over, SealSession(session_id=A), DANA)
