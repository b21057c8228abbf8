"""Scores, verdicts and credentials; and PINs, which are counted just as exactly."""

from fractions import Fraction
from pathlib import Path

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.base import AboutAttempt
from cptkiosk.domain.commands.irregularity import RecordIrregularity
from cptkiosk.domain.commands.planning import CancelAttempt
from cptkiosk.domain.commands.score import KeyScore
from cptkiosk.domain.events.fact import Entry
from cptkiosk.domain.events.planning import AssignedModule
from cptkiosk.domain.people.credentials import Passed, sum_passes
from cptkiosk.domain.state.score_state import ScoreState, Validity
from cptkiosk.domain.state.scoring import (
    least_passing,
    reaches_cut,
    read_score,
    verdict,
)
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import Actor, Refused, Role
from cptkiosk.ledger.ledger import Ledger
from cptkiosk.ledger.maintenance.verify import verify_ledger
from cptkiosk.services.assignment import build_assignment, copy_module
from cptkiosk.ui.screens.scores.words import difference_text
from cptkiosk.words import explain
from support.center import DANA, DANA_PIN, LEDGER, LEE, LEE_PIN, definitions, open_desk
from support.sessions import a_session, advance, attempt, ended, hand_clock
from support.verdicts import refuses

A = "a"
KEY: AboutAttempt = {"session_id": A, "attempt_id": "P1-safety"}

CUTS = {
    "safety": (83, 64),
    "quality": (84, 63),
    "production": (83, 62),
    "maintenance": (86, 63),
    "green": (94, 74),
}
"""Items and least passing raw score of each module, from the program's own table."""


def module(name: str = "safety") -> AssignedModule:
    return copy_module(definitions().module(name))


def large(items: int = 200, cut_percent: int = 75) -> AssignedModule:
    """Return a module with so many items that a percent means several scores."""
    return AssignedModule(
        module_id="x", name="X", short="X", edition="1", core=True, items=items,
        minutes=90, cut_percent=cut_percent,
    )  # fmt: skip


def test_every_module_is_in_the_table() -> None:
    assert set(CUTS) == {one.id for one in definitions().modules}


@pytest.mark.parametrize(("name", "figures"), list(CUTS.items()))
def test_the_least_passing_score_passes_and_one_less_does_not(
    name: str, figures: tuple[int, int]
) -> None:
    items, least = figures
    one = module(name)

    assert one.items == items
    assert least_passing(one.items, one.cut_percent) == least
    assert reaches_cut(least, one.items, one.cut_percent)
    assert not reaches_cut(least - 1, one.items, one.cut_percent)
    assert (verdict(least, least, one).passed, verdict(least, least, one).distance) == (
        True, 0,
    )  # fmt: skip
    below = verdict(least - 1, least - 1, one)
    assert (below.passed, below.distance) == (False, -1)


@pytest.mark.parametrize(
    ("name", "raw", "shown"), [("safety", 63, "76%"), ("green", 73, "78%")]
)
def test_a_score_that_prints_as_the_cut_may_still_fail(
    name: str, raw: int, shown: str
) -> None:
    one = module(name)

    assert round(100 * Fraction(raw, one.items)) == one.cut_percent
    assert not reaches_cut(raw, one.items, one.cut_percent)
    reading = read_score(shown, one, "rounded")
    assert (reading.raw_min, reading.raw_max) == (raw, raw)
    assert not verdict(reading.raw_min, reading.raw_max, one).passed


@pytest.mark.parametrize("name", list(CUTS))
def test_every_score_reads_back_from_its_own_percent(name: str) -> None:
    one = module(name)
    for raw in range(one.items + 1):
        for text in (f"{100 * raw / one.items:.2f}%", f"{100 * raw / one.items:.1f} %"):
            reading = read_score(text, one)
            assert (reading.raw_min, reading.raw_max) == (raw, raw)


def test_a_percent_on_one_side_of_the_cut_keeps_its_range() -> None:
    reading = read_score("80%", large())

    assert (reading.raw_min, reading.raw_max) == (159, 161)
    assert reading.raw_min < reading.raw_max
    assert verdict(reading.raw_min, reading.raw_max, large()).passed
    assert verdict(159, 161, large()).distance == 9
    assert verdict(99, 101, large()).distance == -49


def test_a_percent_on_both_sides_of_the_cut_is_refused_with_the_range() -> None:
    with refuses("149 to 151 of 200"):
        read_score("75%", large())
    assert read_score("74.5%", large()).raw_max == 149
    assert read_score("75.0%", large()).raw_min == 150
    assert read_score("75.0%", large()).raw_max == 150


def test_a_percent_no_score_has_is_refused() -> None:
    with refuses("No score of 83 items is shown as 3%"):
        read_score("3%", module(), "rounded")
    with refuses("No score of 83 items is shown as 5%"):
        read_score("5%", module(), "cut-off")


@pytest.mark.parametrize("text", ["84", "100", "999"])
def test_more_than_all_is_refused_with_the_range(text: str) -> None:
    with refuses(f"{text} is not possible.*from 0 to 83"):
        read_score(text, module())


@pytest.mark.parametrize(
    "text",
    ["", " ", "pass", "-1", "+64", "6 4", "64/83", "1e2", "0x40", "64.5.1", "64%%",
     "%", "½", "²", "1000", "NaN", "64\n65", "64 %%"],
)  # fmt: skip
def test_text_other_than_a_number_is_refused_with_the_range(text: str) -> None:
    with refuses("from 0 to 83"):
        read_score(text, module())


@pytest.mark.parametrize("text", ["64.0", "63,9", "76.5"])
def test_a_raw_score_is_whole(text: str) -> None:
    with refuses("not a whole number"):
        read_score(text, module())


@pytest.mark.parametrize("text", ["100.01%", "101%", "999 %", "100,5%"])
def test_more_than_a_hundred_percent_is_refused(text: str) -> None:
    with refuses("more than 100"):
        read_score(text, module())


@pytest.mark.parametrize(
    ("text", "raw"),
    [
        ("77,11%", 64),
        ("77.11 %", 64),
        (" 64 ", 64),
        ("0", 0),
        ("083", 83),
        ("0%", 0),
        ("100%", 83),
    ],
)
def test_scores_are_understood_as_people_type_them(text: str, raw: int) -> None:
    assert read_score(text, module()).raw_min == raw


# Through the desk


def key(desk: Desk, shown: str, verdict_: str = "", *, actor: Actor = LEE) -> None:
    desk.perform(
        KeyScore(
            **KEY,
            shown=shown,
            vendor_verdict=verdict_,
            shown_as="" if "%" in shown else "raw",
        ),
        actor,
    )


@pytest.fixture
def over(desk: Desk) -> Desk:
    """A desk with a session in which one person has finished."""
    a_session(desk, 1)
    ended(desk, A)
    return desk


def test_two_equal_keyings_verify_and_only_then_count(over: Desk) -> None:
    key(over, "64")
    assert attempt(over, "P1").score.state is ScoreState.ENTERED
    assert not attempt(over, "P1").counts

    key(over, "64", actor=DANA)

    one = attempt(over, "P1")
    assert one.score.state is ScoreState.VERIFIED
    assert (one.score.keyed_by, one.score.verified_by) == ("s2", "s1")
    assert one.counts


@pytest.mark.parametrize(
    "second", [("63", ""), ("64", "not pass"), ("63", "pass"), ("78.31%", "pass")]
)
def test_keyings_that_differ_are_a_mismatch_and_are_keyed_again(
    over: Desk, second: tuple[str, str]
) -> None:
    key(over, "64")
    key(over, *second)
    assert attempt(over, "P1").score.state is ScoreState.MISMATCH
    assert attempt(over, "P1").verdict is None

    key(over, "63")
    key(over, "63")

    assert attempt(over, "P1").score.state is ScoreState.VERIFIED
    assert not attempt(over, "P1").counts


@pytest.mark.parametrize(
    ("first", "second"),
    [(("64", "pass"), ("64", "")), (("64", ""), ("77.11%", "pass"))],
)
def test_keyings_that_mean_the_same_agree_though_only_one_names_the_verdict(
    over: Desk, first: tuple[str, str], second: tuple[str, str]
) -> None:
    key(over, *first)
    key(over, *second)
    one = attempt(over, "P1")
    assert one.score.state is ScoreState.VERIFIED
    assert (one.score.raw_min, one.score.vendor_verdict) == (64, "pass")
    assert one.counts
    assert not one.differing
    verify_ledger(over.ledger)


def test_a_verdict_that_contradicts_the_score_is_no_agreement(over: Desk) -> None:
    key(over, "63", "pass")
    key(over, "63")
    # The contradiction holds for both: it is asked about, never passed over.
    assert attempt(over, "P1").has_discrepancy


def test_two_keyings_that_differ_say_how(over: Desk) -> None:
    key(over, "64", "pass")
    key(over, "64", "not pass")
    said = difference_text(attempt(over, "P1"))
    assert said == "The two entries differ in pass or did not pass."

    key(over, "80", "pass")
    key(over, "80%", "pass")
    said = difference_text(attempt(over, "P1"))
    assert said == "One entry was taken as correct answers, the other as a percent."

    key(over, "61", "not pass")
    key(over, "62", "not pass")
    # What was entered stays hidden: both are entered again.
    assert difference_text(attempt(over, "P1")) == "The two entries differ."


def test_a_verified_score_is_corrected_by_the_coordinator_and_verified_again(
    over: Desk,
) -> None:
    key(over, "63")
    key(over, "63")
    with refuses("coordinator"):
        key(over, "64")
    key(over, "64", actor=DANA)
    assert not attempt(over, "P1").counts

    key(over, "64", actor=DANA)

    assert attempt(over, "P1").counts


def test_no_credential_follows_from_a_discrepancy(over: Desk) -> None:
    key(over, "63", "pass")
    key(over, "63", "pass", actor=DANA)

    one = attempt(over, "P1")
    assert one.has_discrepancy
    assert not one.counts
    for _ in range(2):
        key(over, "64", "not pass", actor=DANA)
    assert attempt(over, "P1").has_discrepancy
    assert not attempt(over, "P1").counts


def test_a_withheld_score_does_not_count(over: Desk) -> None:
    key(over, "70")
    key(over, "70")
    command = RecordIrregularity(
        session_id=A, code="MIS-DEVICE1", severity=3, scope="attempt",
        validity="withhold", attempt_ids=("P1-safety",), observed="A phone.",
        action_taken="Taken.",
    )  # fmt: skip
    over.perform(command, LEE)

    assert attempt(over, "P1").validity is Validity.WITHHELD
    assert not attempt(over, "P1").counts


def test_a_withheld_score_stays_withheld_when_the_candidate_rejoins_the_roll(
    desk: Desk,
) -> None:
    a_session(desk, 1, stage=Stage.PLANNED)
    command = RecordIrregularity(
        session_id=A, code="ID-IMPERS", severity=3, scope="attempt",
        validity="withhold", attempt_ids=("P1-safety",), observed="Another face.",
        action_taken="Sent home.",
    )  # fmt: skip
    desk.perform(command, LEE)
    desk.perform(CancelAttempt(**KEY, reason="impostor"), LEE)
    desk.perform(build_assignment(desk, A, "P1", "safety"), LEE)

    assert attempt(desk, "P1").validity is Validity.WITHHELD
    assert attempt(desk, "P1").irregularities == 1


# Credentials


def test_the_core_four_make_the_certificate_on_the_day_of_the_last() -> None:
    modules = definitions().modules
    days = {
        "safety": "2026-09-01",
        "maintenance": "2026-11-20",
        "quality": "2026-10-05",
        "production": "2026-10-04",
    }
    earned = sum_passes([Passed(*one) for one in days.items()], modules)

    assert earned.eligible_on == "2026-11-20"
    assert earned.core_passed == earned.core_count == 4
    assert len(earned.certificates) == 4
    assert earned.to_go == ()


def test_three_of_four_names_what_is_to_go_and_green_does_not_help() -> None:
    passed = [
        Passed(one, "2026-09-01")
        for one in ("safety", "quality", "production", "green")
    ]
    earned = sum_passes(passed, definitions().modules)

    assert earned.eligible_on == ""
    assert explain(earned.reason) == "3 of 4. Remaining: Maintenance Awareness"
    assert len(earned.certificates) == 4


def test_a_second_pass_of_a_module_earns_nothing_more_and_moves_no_date() -> None:
    passed = [Passed("safety", "2026-10-01"), Passed("safety", "2026-09-01")]
    earned = sum_passes(passed, definitions().modules)

    assert earned.certificates == (Passed("safety", "2026-09-01"),)
    assert earned.core_passed == 1


def test_nothing_passed_is_none_of_four() -> None:
    earned = sum_passes([], definitions().modules)

    assert (earned.core_passed, len(earned.to_go), earned.eligible_on) == (0, 4, "")


# PINs


def wrong(desk: Desk) -> str:
    with pytest.raises(Refused) as refused:
        desk.pins.sign_in("s2", "000001")
    return explain(refused.value)


def test_the_right_pin_signs_in_with_the_role_on_record(desk: Desk) -> None:
    assert desk.pins.sign_in("s1", DANA_PIN).role is Role.COORDINATOR
    assert desk.pins.sign_in("s2", LEE_PIN) == LEE
    assert desk.ledger.read_stream("center")[-1].actor == "s2"


@pytest.mark.parametrize("pin", ["", DANA_PIN, LEE_PIN[:-1], LEE_PIN + "0"])
def test_any_other_pin_does_not(desk: Desk, pin: str) -> None:
    with refuses("not correct"):
        desk.pins.sign_in("s2", pin)


def test_no_pin_is_in_the_file(desk: Desk, folder: Path) -> None:
    wrong(desk)
    desk.ledger.close()

    content = (folder / "ledger.db").read_bytes()
    assert LEE_PIN.encode() not in content
    assert b"000001" not in content


def test_the_fifth_wrong_pin_makes_the_next_try_wait_and_each_more_doubles(
    desk: Desk,
) -> None:
    for _ in range(5):
        assert "not correct" in wrong(desk)

    for wait_ms in (30_000, 60_000, 120_000):
        assert "Try again in" in wrong(desk)
        advance(desk, wait_ms - 1)
        assert "in 1 second." in wrong(desk)
        advance(desk, 1)
        assert "not correct" in wrong(desk)


def test_even_the_right_pin_waits(desk: Desk) -> None:
    for _ in range(5):
        wrong(desk)
    with refuses("30 seconds"):
        desk.pins.sign_in("s2", LEE_PIN)
    advance(desk, 30_000)

    desk.pins.sign_in("s2", LEE_PIN)

    assert desk.center.staff["s2"].failed == 0


def test_the_tenth_wrong_pin_locks_across_terminals_and_reboots(
    desk: Desk, folder: Path
) -> None:
    for _ in range(9):
        wrong(desk)
        advance(desk, 86_400_000)
    again = open_desk(folder, desk.clock, "t2")
    assert "not correct" in wrong(again)
    advance(again, 86_400_000)
    hand_clock(desk).reboot(0)
    third = open_desk(folder, desk.clock, "t3")

    for one in (desk, again, third):
        with refuses("locked after 10"):
            one.pins.sign_in("s2", LEE_PIN)
    assert third.pins.sign_in("s1", DANA_PIN) == DANA
    again.ledger.close()
    third.ledger.close()


def test_a_try_that_falls_into_the_opening_of_a_terminal_counts_once(
    desk: Desk, folder: Path
) -> None:
    ledger = Ledger(folder / LEDGER, "t2")
    read = ledger.read_stream

    def meanwhile(stream: str, after_version: int = 0) -> tuple[Entry, ...]:
        if stream == "center":
            wrong(desk)
        return read(stream, after_version)

    ledger.read_stream = meanwhile  # type: ignore[method-assign]
    again = Desk(ledger, desk.clock, definitions())
    again.catch_up()

    assert again.center.staff["s2"].failed == 1
    assert again.center == desk.center
    ledger.close()


def test_waiting_writes_nothing(desk: Desk) -> None:
    for _ in range(5):
        wrong(desk)
    head = desk.ledger.head()

    wrong(desk)

    assert desk.ledger.head() == head
