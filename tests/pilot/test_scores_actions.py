"""What is done about scores and the close-out, through the screen, judged by the ledger."""

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.irregularity import RecordIrregularity
from cptkiosk.domain.commands.score import DecideValidity, KeyScore
from cptkiosk.domain.state.score_state import ScoreState, Validity
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import Actor, Role
from cptkiosk.ui.dialogs.form_dialog import FormDialog
from cptkiosk.ui.screens.close_out.screen import CloseOutScreen
from cptkiosk.ui.screens.irregularities import IrregularitiesScreen
from support.center import DANA, DANA_PIN, LEE, LEE_PIN
from support.sessions import a_session, attempt, ended, scored
from support.sitting import SitDown, why_not

WHICH = "Is 70 the number of correct answers, or a percent?"


def over(desk: Desk, people: int = 1, module: str = "safety") -> None:
    """Bring a session to its scores."""
    a_session(desk, people, module=module)
    ended(desk, "a")


def key(
    desk: Desk, shown: str, *actors: Actor, verdict: str = "", about: str = "P1-safety"
) -> None:
    for actor in actors:
        command = KeyScore(
            session_id="a",
            attempt_id=about,
            shown=shown,
            vendor_verdict=verdict,
            shown_as="" if "%" in shown else "raw",
        )
        desk.perform(command, actor)


def withhold(desk: Desk, validity: str = "withhold") -> None:
    desk.perform(
        RecordIrregularity(
            session_id="a",
            code="ENV-ALARM",
            severity=3 if validity == "withhold" else 2,
            scope="attempt",
            validity=validity,
            attempt_ids=("P1-safety",),
            observed="A phone rang.",
            action_taken="",
        ),
        LEE,
    )


def decide(desk: Desk, validity: str, reference: str = "") -> None:
    command = DecideValidity(
        session_id="a",
        attempt_id="P1-safety",
        validity=validity,
        reason="as decided",
        reference=reference,
    )
    desk.perform(command, DANA)


# A discrepancy with the vendor


@pytest.fixture
def disputed(desk: Desk) -> Desk:
    """The score is one short, and the vendor says pass."""
    over(desk)
    key(desk, "63", LEE, DANA, verdict="pass")
    return desk


async def test_a_discrepancy_is_a_word_and_enter_settles_it(
    disputed: Desk, at: SitDown
) -> None:
    async with at("scores", DANA) as sitting:
        assert " discrepancy " in sitting.words
        await sitting.press("enter")
        sitting.showing(FormDialog)
        assert "63/83: did not pass by our calculation" in sitting.words
        await sitting.press("right", "enter")
        await sitting.fill("MSSC rescored it")

        assert attempt(disputed, "P1").settled == "vendor"
        assert attempt(disputed, "P1").has_passed
        assert "pass per vendor" in sitting.words
        assert "1 of 4" in sitting.words


async def test_our_own_arithmetic_may_be_upheld(disputed: Desk, at: SitDown) -> None:
    async with at("scores", DANA) as sitting:
        await sitting.press("t", "enter")
        await sitting.fill("the screen was misread")

        assert attempt(disputed, "P1").settled == "score"
        assert attempt(disputed, "P1").has_passed is False
        assert "did not pass, settled" in sitting.words


async def test_a_coordinator_approves_what_a_proctor_settles(
    disputed: Desk, at: SitDown
) -> None:
    async with at("scores") as sitting:
        before = disputed.ledger.head().seq
        await sitting.press("t", "enter")
        await sitting.fill("the printout says so")
        assert "A coordinator can enter a PIN here" in sitting.words
        assert "Only a coordinator can settle a discrepancy" in sitting.words
        await sitting.press("escape")
        assert disputed.ledger.head().seq == before

        await sitting.press("t", "enter")
        await sitting.fill("the printout says so")
        await sitting.fill(DANA_PIN)
        assert attempt(disputed, "P1").settled
        ((_, approved),) = disputed.session("a").approvals
        assert (approved.by, approved.asked_by) == ("s1", "s2")
        assert sitting.app.actor == LEE


# Validity


async def test_a_withheld_score_is_released(desk: Desk, at: SitDown) -> None:
    over(desk)
    withhold(desk)
    key(desk, "70", LEE, DANA)
    async with at("scores", DANA) as sitting:
        assert "pass, withheld" in sitting.words
        await sitting.press("V", "enter")
        await sitting.fill("it was an alarm clock", "")

        assert attempt(desk, "P1").validity is Validity.CLEAN
        assert attempt(desk, "P1").counts


async def test_a_void_needs_the_decision_from_outside(desk: Desk, at: SitDown) -> None:
    over(desk)
    withhold(desk)
    key(desk, "70", LEE, DANA)
    async with at("scores", DANA) as sitting:
        await sitting.press("V", "right", "enter")
        await sitting.fill("cheating", "")
        assert "cannot void a score on its own" in sitting.words
        assert attempt(desk, "P1").validity is Validity.WITHHELD

        await sitting.fill("MSSC-17")
        assert attempt(desk, "P1").validity is Validity.VOID
        assert attempt(desk, "P1").void_reference == "MSSC-17"
        assert "pass, void" in sitting.words
        assert "void by MSSC-17" in sitting.words


async def test_a_void_is_taken_back(desk: Desk, at: SitDown) -> None:
    over(desk)
    withhold(desk)
    decide(desk, "void", "MSSC-17")
    async with at("scores", DANA) as sitting:
        await sitting.press("V", "enter")
        await sitting.fill("MSSC took it back")
        assert attempt(desk, "P1").validity is Validity.CLEAN


async def test_a_flag_is_cleared(desk: Desk, at: SitDown) -> None:
    over(desk)
    withhold(desk, "flag")
    async with at("scores", DANA) as sitting:
        assert "flagged" in sitting.words
        await sitting.press("V", "enter")
        await sitting.fill("nothing came of it")
        assert attempt(desk, "P1").validity is Validity.CLEAN


async def test_validity_is_dimmed_for_a_clean_score_alone(
    desk: Desk, at: SitDown
) -> None:
    over(desk)
    async with at("scores", DANA) as sitting:
        assert "No irregularity" in why_not(sitting, "validity")
    withhold(desk)
    async with at("scores") as sitting:
        assert not why_not(sitting, "validity")


# What was keyed


@pytest.mark.parametrize(
    ("module", "raw", "shown", "below"),
    [("safety", "63", "63/83 (75.90%)", 1), ("green", "73", "73/94 (77.66%)", 1)],
)
async def test_a_score_that_rounds_up_to_the_cut_does_not_pass(
    desk: Desk, at: SitDown, module: str, raw: str, shown: str, below: int
) -> None:
    over(desk, module=module)
    key(desk, raw, LEE, DANA, about=f"P1-{module}")
    async with at("scores", DANA) as sitting:
        assert (
            f"{shown}: did not pass, {below} below the passing score" in sitting.words
        )
        assert "not pass" in sitting.words


async def test_a_first_keying_stays_hidden(desk: Desk, at: SitDown) -> None:
    over(desk)
    key(desk, "71", LEE)
    async with at("scores", DANA) as sitting:
        assert "71" not in sitting.words
        assert "hidden until the second entry" in sitting.words


async def test_everything_ever_keyed_is_shown_with_who_keyed_it(
    desk: Desk, at: SitDown
) -> None:
    over(desk)
    key(desk, "71", LEE)
    key(desk, "70", DANA)
    async with at("scores", DANA) as sitting:
        assert "The two entries differ." in sitting.words
        assert "! differ" in sitting.words
        # Both are made again, without those that differ in sight.
        assert "71" not in sitting.words
        await sitting.press("s")
        await sitting.fill("80")
        await sitting.press("s")
        await sitting.fill("80")

        assert len(attempt(desk, "P1").keyings) == 4
        assert "71 (Lee Wong), 70 (Dana Ortiz), 80 (Dana Ortiz)" in sitting.words
        assert "The same person made both entries" in sitting.words


async def test_two_people_keying_is_not_pointed_out(desk: Desk, at: SitDown) -> None:
    over(desk)
    key(desk, "70", LEE, DANA)
    async with at("scores", DANA) as sitting:
        assert "same person" not in sitting.words


# The close-out


async def test_a_line_about_an_irregularity_leads_to_it(
    desk: Desk, at: SitDown
) -> None:
    over(desk)
    withhold(desk, "flag")
    scored(desk, "a")
    async with at("close-out", DANA) as sitting:
        assert "complete irregularity ENV-ALARM" in sitting.words
        await sitting.press("enter")
        sitting.showing(IrregularitiesScreen)


async def test_entries_after_the_seal_lead_to_an_amendment(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 1, Stage.SEALED)
    withhold(desk, "flag")
    async with at("close-out", DANA) as sitting:
        assert (
            "amend the session: entries were recorded after the seal" in sitting.words
        )
        await sitting.press("end", "enter")
        await sitting.fill("found out later")
        assert desk.session("a").stage is Stage.ENDED


async def test_the_lead_signs_at_another_persons_screen(
    desk: Desk, at: SitDown
) -> None:
    over(desk)
    scored(desk, "a")
    desk.staff.add_staff("Sam Roe", Role.PROCTOR, "482915", "2026-01-15", DANA)
    async with at("close-out", Actor("s3", Role.PROCTOR)) as sitting:
        sitting.showing(CloseOutScreen)
        assert (
            "Next: ask Lee Wong to sign, or take over the session Enter"
            in sitting.words
        )
        await sitting.press("end", "enter")
        await sitting.press("right", "enter")
        await sitting.fill(LEE_PIN)
    assert desk.session("a").signed_by == LEE.staff_id


async def test_a_session_is_handed_over_at_the_close_out_to_who_is_signed_in(
    desk: Desk, at: SitDown
) -> None:
    over(desk)
    scored(desk, "a")
    desk.staff.add_staff("Sam Roe", Role.PROCTOR, "482915", "2026-01-15", DANA)
    async with at("close-out", Actor("s3", Role.PROCTOR)) as sitting:
        await sitting.press("H")
        await sitting.fill("", "", LEE_PIN, "482915")
        assert desk.session("a").lead == "s3"
        assert "sign and seal: everything is settled" in sitting.words
        await sitting.press("end", "enter")
        await sitting.fill("482915")
    assert desk.session("a").signed_by == "s3"


async def test_next_names_whose_score_enter_keys(desk: Desk, at: SitDown) -> None:
    over(desk, 3)
    key(desk, "70", LEE)
    async with at("scores", DANA) as sitting:
        for name in ("FamilyP1", "FamilyP2", "FamilyP3"):
            assert sitting.words.partition("Next: ")[2].startswith(name)
            await sitting.press("enter")
            assert f"{name}, Kim - Safety" in sitting.words
            await sitting.press("escape", "down")


# A number without a sign


@pytest.mark.parametrize(("key", "shown"), [("c", "70"), ("p", "70%")])
async def test_a_number_that_may_be_a_percent_takes_one_key_more(
    desk: Desk, at: SitDown, key: str, shown: str
) -> None:
    over(desk)
    async with at("scores") as sitting:
        await sitting.press("7", "0", "enter")
        assert WHICH in sitting.words
        await sitting.press(key)
        score = attempt(desk, "P1").score
        assert (score.state, score.shown) == (ScoreState.ENTERED, shown)


async def test_escape_goes_back_to_the_number(desk: Desk, at: SitDown) -> None:
    over(desk)
    async with at("scores") as sitting:
        await sitting.press("7", "0", "enter", "escape", "backspace", "backspace")
        await sitting.press("1", "0", "enter")
        assert attempt(desk, "P1").score.shown == "10"


async def test_two_entries_that_differ_in_the_verdict_alone_say_so(
    desk: Desk, at: SitDown
) -> None:
    over(desk)
    for verdict, who in (("pass", LEE), ("not pass", DANA)):
        command = KeyScore(
            session_id="a", attempt_id="P1-safety", shown="71",
            vendor_verdict=verdict, shown_as="raw",
        )  # fmt: skip
        desk.perform(command, who)
    async with at("scores", DANA) as sitting:
        assert "The two entries differ in pass or did not pass." in sitting.words


async def test_next_counts_the_scores_that_are_due(desk: Desk, at: SitDown) -> None:
    over(desk, people=2)
    async with at("scores") as sitting:
        for due in (
            "(4 entries left)",
            "(3 entries left)",
            "(2 entries left)",
            "Enter",
        ):
            line = sitting.frame.splitlines()[2]
            assert due in line
            assert line.endswith("Enter")
            await sitting.press(*"81", "enter")
        assert "left)" not in sitting.frame.splitlines()[2]


async def test_a_number_takes_its_letters_and_rejects_other_keys(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 1)
    ended(desk, "a")
    async with at("scores") as sitting:
        await sitting.press("7", "0", "enter")
        assert WHICH in sitting.words
        assert "Enter: save" not in sitting.words
        assert "c: correct answers p: percent Esc: back to the number" in sitting.words
        for keys in (["enter"], ["6", "4", "enter"], ["q"]):
            await sitting.press(*keys)
            assert f"Press a letter. {WHICH}" in sitting.words
            assert "No one on this list" not in sitting.words
        await sitting.press("escape")
        assert "Enter: save" in sitting.words
        await sitting.press("enter", "c")
        assert attempt(desk, "P1").score.state is ScoreState.ENTERED


@pytest.mark.parametrize(
    "keys", [("tab", "tab"), ("shift+tab",), ("tab", "enter"), ("ctrl+g", "escape")]
)
async def test_a_number_takes_its_letter_after_any_key(
    desk: Desk, at: SitDown, keys: tuple[str, ...]
) -> None:
    a_session(desk, 1)
    ended(desk, "a")
    async with at("scores") as sitting:
        await sitting.press("7", "0", "enter", *keys)
        assert WHICH in sitting.words
        await sitting.press("c")
        assert attempt(desk, "P1").score.state is ScoreState.ENTERED
