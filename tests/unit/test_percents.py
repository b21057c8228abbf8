"""What a number on the test screen stands for: correct answers, or a percent."""

from dataclasses import replace
from typing import Any, Literal

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands import score as c
from cptkiosk.domain.commands.base import AboutAttempt
from cptkiosk.domain.events.planning import AssignedModule
from cptkiosk.domain.state.score_state import ScoreState
from cptkiosk.domain.state.scoring import reaches_cut, read_score, sign_decides
from cptkiosk.domain.values import Refused
from cptkiosk.services.assignment import copy_module
from cptkiosk.words import explain
from support.center import LEE, definitions
from support.sessions import a_session, attempt, attempt_id, ended
from support.verdicts import refuses

KEY: AboutAttempt = {"session_id": "a", "attempt_id": attempt_id("P1")}
MODULES = [copy_module(one) for one in definitions().modules]


def module(name: str) -> AssignedModule:
    return copy_module(definitions().module(name))


@pytest.fixture
def over(desk: Desk) -> Desk:
    """A desk with a session in which one person has finished."""
    a_session(desk, 1)
    ended(desk, "a")
    return desk


def test_percent_that_passes_if_cut_off_and_fails_if_rounded_is_not_taken() -> None:
    green = module("green")

    with refuses("73 to 74 of 94: some pass, some do not"):
        read_score("78%", green)
    assert read_score("78%", green, "rounded").raw_max == 73
    assert read_score("78%", green, "cut-off").raw_min == 74


@pytest.mark.parametrize("one", MODULES, ids=lambda one: one.module_id)
def test_unknown_percent_never_turns_a_score_into_the_other_verdict(
    one: AssignedModule,
) -> None:
    for raw in range(one.items + 1):
        exact = 100 * raw / one.items
        for shown in {f"{exact:.0f}%", f"{int(exact)}%"}:
            try:
                reading = read_score(shown, one)
            except Refused:
                continue
            assert reading.raw_min <= raw <= reading.raw_max
            verdicts = {
                reaches_cut(meant, one.items, one.cut_percent)
                for meant in (reading.raw_min, raw, reading.raw_max)
            }
            assert len(verdicts) == 1


def test_range_on_one_side_of_the_cut_is_kept() -> None:
    reading = read_score("81%", module("safety"))

    assert (reading.raw_min, reading.raw_max) == (67, 68)


@pytest.mark.parametrize("raw", range(84))
def test_sign_decides_only_where_the_verdicts_may_differ(raw: int) -> None:
    assert sign_decides(f"{raw}", module("safety"), "unknown") == (64 <= raw <= 76)


def test_number_without_a_sign_is_asked_about_however_often_it_is_keyed(
    over: Desk,
) -> None:
    for _ in range(3):
        with refuses("75 correct answers pass; 75 percent may"):
            over.perform(c.KeyScore(**KEY, shown="75"), LEE)
    assert attempt(over, "P1").score.state is ScoreState.NONE


def test_number_that_is_said_to_be_a_percent_is_read_as_one(over: Desk) -> None:
    for _ in range(2):
        over.perform(c.KeyScore(**KEY, shown="75", shown_as="percent"), LEE)

    score = attempt(over, "P1").score
    assert (score.state, score.raw_max, score.shown) == ("verified", 63, "75%")
    assert attempt(over, "P1").has_passed is False


@pytest.mark.parametrize(
    "answer", [{"shown_as": "raw"}, {"vendor_verdict": "pass"}], ids=str
)
def test_number_is_taken_as_correct_answers_once_that_is_clear(
    over: Desk, answer: dict[str, Any]
) -> None:
    for _ in range(2):
        over.perform(c.KeyScore(**KEY, shown="75", **answer), LEE)

    assert attempt(over, "P1").score.raw_min == 75
    assert attempt(over, "P1").counts


def test_vendor_that_fails_a_number_which_passes_leaves_a_discrepancy(
    over: Desk,
) -> None:
    for _ in range(2):
        over.perform(c.KeyScore(**KEY, shown="75", vendor_verdict="not pass"), LEE)

    assert attempt(over, "P1").has_discrepancy
    assert not attempt(over, "P1").counts


@pytest.mark.parametrize("shown", ["63", "77", "60", "83"])
def test_number_that_means_the_same_either_way_is_taken_at_once(
    over: Desk, shown: str
) -> None:
    over.perform(c.KeyScore(**KEY, shown=shown), LEE)

    assert attempt(over, "P1").score.state is ScoreState.ENTERED


def test_center_that_knows_how_percents_are_made_says_so(over: Desk) -> None:
    known = replace(over.definitions.policies, percent_shown="rounded")
    over.record.definitions = replace(over.definitions, policies=known)

    over.perform(c.KeyScore(**KEY, shown="81%"), LEE)

    assert attempt(over, "P1").score.raw_min == attempt(over, "P1").score.raw_max


@pytest.mark.parametrize(
    ("policy", "raw"), [("raw", (75, 75)), ("percent", (62, 62)), ("either", None)]
)
def test_the_policy_says_what_a_number_without_a_sign_is(
    over: Desk, policy: Literal["either", "raw", "percent"], raw: tuple[int, int] | None
) -> None:
    known = replace(
        over.definitions.policies, score_shown=policy, percent_shown="rounded"
    )
    over.record.definitions = replace(over.definitions, policies=known)
    command = c.KeyScore(**KEY, shown="75")
    if raw is None:
        assert "correct answers" in explain(over.preview.refusal(command, LEE))
        return
    over.perform(command, LEE)
    score = attempt(over, "P1").score
    assert (score.raw_min, score.raw_max) == raw
