"""Releases at the vendor, and what the official report says of a score."""

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.base import AboutAttempt, Batch
from cptkiosk.domain.commands.closing import AmendSession, RecordBundle
from cptkiosk.domain.commands.irregularity import RecordIrregularity
from cptkiosk.domain.commands.mistake import UndoStep
from cptkiosk.domain.commands.score import ExplainScore, KeyScore, SettleDiscrepancy
from cptkiosk.domain.commands.vendor import RecordOfficial, ReleaseCode
from cptkiosk.domain.rules.vendor_results import list_reports_due, list_unreleased
from cptkiosk.domain.state.attempt import Attempt
from cptkiosk.domain.state.blockers import score_lacks, to_look_at
from cptkiosk.domain.state.official import Official
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.time.calendar import business_days_later
from cptkiosk.words import describe_step, explain_why
from support.center import DANA, DANA_PIN, LEE
from support.exams import policy, registered, taken
from support.sessions import a_session, advance, attempt, attempt_id
from support.verdicts import refusal

A = "a"
DAY_MS = 24 * 3_600_000
ONE: AboutAttempt = {"session_id": A, "attempt_id": attempt_id("P1")}
TWO: AboutAttempt = {"session_id": A, "attempt_id": attempt_id("P2")}
GREEN: AboutAttempt = {"session_id": A, "attempt_id": attempt_id("P1", "green")}


def attempt_of_green(desk: Desk) -> Attempt:
    return desk.session(A).attempts[GREEN["attempt_id"]]


def key(desk: Desk, shown: str, times: int = 2, verdict: str = "") -> None:
    command = KeyScore(**ONE, shown=shown, shown_as="raw", vendor_verdict=verdict)
    for _ in range(times):
        desk.perform(command, DANA)


def report(desk: Desk, shown: str, verdict: str = "", shown_as: str = "") -> None:
    desk.perform(
        RecordOfficial(
            **ONE,
            shown=shown,
            vendor_verdict=verdict,
            shown_as=shown_as or ("" if "%" in shown else "raw"),
        ),
        DANA,
    )


def official(desk: Desk) -> Official:
    return attempt(desk, "P1").official


def next_text(desk: Desk) -> str:
    return describe_step(desk.next_step(desk.session(A)))


def sealed(desk: Desk) -> Desk:
    """Return a desk with a sealed session of two, each with 70 correct answers."""
    a_session(desk, 2, stage=Stage.SEALED)
    bundle = RecordBundle(
        session_id=A, destination="x", file_name="x.zip", sha256="0" * 64
    )
    desk.perform(bundle, DANA)
    return desk


# The axis


def test_a_score_goes_from_preliminary_to_released_to_official(over: Desk) -> None:
    assert official(over) is Official.NONE
    key(over, "64")
    assert official(over) is Official.PRELIMINARY

    over.perform(ReleaseCode(**ONE), DANA)
    assert official(over) is Official.RELEASED

    report(over, "64")
    assert official(over) is Official.OFFICIAL
    assert attempt(over, "P1").counts


def test_an_official_score_needs_no_release_on_record(over: Desk) -> None:
    key(over, "64")
    report(over, "64")

    assert official(over) is Official.OFFICIAL


@pytest.mark.parametrize(
    ("shown", "verdict", "becomes"),
    [
        ("64", "", Official.OFFICIAL),
        ("64", "pass", Official.OFFICIAL),
        ("77%", "", Official.OFFICIAL),
        ("77.11%", "pass", Official.OFFICIAL),
        ("65", "", Official.DIFFERS),
        ("63", "", Official.DIFFERS),
        ("64", "not pass", Official.DIFFERS),
        ("78%", "", Official.DIFFERS),
        ("64%", "", Official.DIFFERS),
    ],
)
def test_a_report_confirms_only_the_same_score_and_verdict(
    over: Desk, shown: str, verdict: str, becomes: Official
) -> None:
    key(over, "64")
    before = attempt(over, "P1").score

    report(over, shown, verdict)

    assert official(over) is becomes
    assert attempt(over, "P1").score == before
    assert attempt(over, "P1").counts is (becomes is Official.OFFICIAL)


@pytest.mark.parametrize("raw", ["73", "74"])
def test_a_percent_that_could_be_pass_or_fail_confirms_either_score(
    desk: Desk, raw: str
) -> None:
    registered(desk, "P1", "green")
    taken(desk, A, raw, module="green")

    desk.perform(RecordOfficial(**GREEN, shown="78%"), DANA)

    assert attempt_of_green(desk).official is Official.OFFICIAL


def test_the_same_report_again_changes_nothing(over: Desk) -> None:
    key(over, "64")
    report(over, "64")
    head = over.ledger.head()

    report(over, "64")

    assert over.ledger.head() == head


def test_a_bare_number_in_a_report_must_be_said_to_be_raw_or_percent(
    over: Desk,
) -> None:
    key(over, "64")

    text = refusal(over, RecordOfficial(**ONE, shown="64"), DANA)

    assert "correct answers or a percent" in text


@pytest.mark.parametrize(
    "command", [ReleaseCode(**ONE), RecordOfficial(**ONE, shown="64", shown_as="raw")]
)
def test_only_a_coordinator_records_what_the_vendor_did(
    over: Desk, command: ReleaseCode | RecordOfficial
) -> None:
    assert "coordinator" in refusal(over, command, LEE)


def test_a_code_is_released_once(over: Desk) -> None:
    over.perform(ReleaseCode(**ONE), DANA)

    assert "already" in refusal(over, ReleaseCode(**ONE), DANA)


# A report as an entry


def test_a_report_counts_as_the_second_entry(over: Desk) -> None:
    key(over, "64", times=1)

    report(over, "64", "pass")

    assert score_lacks(attempt(over, "P1")) == ""
    assert official(over) is Official.OFFICIAL
    assert len(attempt(over, "P1").keyings) == 2


def test_a_percent_counts_as_the_second_entry_of_the_same_score(over: Desk) -> None:
    key(over, "63", times=1)

    report(over, "76%")

    assert attempt(over, "P1").score.raw_max == 63
    assert official(over) is Official.OFFICIAL


@pytest.mark.parametrize(("shown", "verdict"), [("65", ""), ("64", "not pass")])
def test_a_report_that_contradicts_the_one_entry_makes_both_due_again(
    over: Desk, shown: str, verdict: str
) -> None:
    key(over, "64", times=1)

    report(over, shown, verdict)

    assert "differ" in score_lacks(attempt(over, "P1"))
    assert official(over) is Official.RELEASED
    key(over, "65")
    assert official(over) is (Official.OFFICIAL if shown == "65" else Official.DIFFERS)


def test_a_report_without_any_entry_is_the_first(over: Desk) -> None:
    report(over, "64")
    assert "again" in score_lacks(attempt(over, "P1"))

    key(over, "64", times=1)
    assert official(over) is Official.OFFICIAL


def test_a_percent_that_could_be_pass_or_fail_is_no_entry(desk: Desk) -> None:
    registered(desk, "P1", "green")
    taken(desk, A, "", module="green")

    desk.perform(RecordOfficial(**GREEN, shown="78%"), DANA)

    assert attempt_of_green(desk).keyings == ()
    assert attempt_of_green(desk).official is Official.RELEASED


def test_a_reported_entry_is_undone_as_one_step(over: Desk) -> None:
    key(over, "64", times=1)
    before = attempt(over, "P1").score
    report(over, "65")

    over.perform(UndoStep(session_id=A), DANA)

    assert attempt(over, "P1").score == before
    assert attempt(over, "P1").at_vendor.report is None


def test_releases_of_several_people_are_undone_together(desk: Desk) -> None:
    a_session(desk, 2, stage=Stage.ENDED)
    both = (ReleaseCode(**ONE), ReleaseCode(**TWO))
    desk.perform(Batch(session_id=A, commands=both), DANA)
    assert attempt(desk, "P2").official is Official.RELEASED

    desk.perform(UndoStep(session_id=A), DANA)

    assert official(desk) is Official.PRELIMINARY
    assert attempt(desk, "P2").official is Official.PRELIMINARY


# Differences


def test_a_difference_keeps_the_session_open_until_the_coordinator_decides(
    over: Desk,
) -> None:
    key(over, "64")
    report(over, "70")
    assert score_lacks(attempt(over, "P1")) == "official score differs - settle it"

    settle = SettleDiscrepancy(**ONE, uphold="vendor", reason="their letter")
    assert "twice" in refusal(over, settle, DANA)
    settle = SettleDiscrepancy(**ONE, uphold="score", reason="a clerical error")
    over.perform(settle, DANA)

    assert score_lacks(attempt(over, "P1")) == ""
    assert official(over) is Official.DIFFERS


def test_a_corrected_score_becomes_official_without_a_new_report(over: Desk) -> None:
    key(over, "64")
    report(over, "70")

    key(over, "70")

    assert official(over) is Official.OFFICIAL


@pytest.mark.parametrize(("uphold", "passes"), [("vendor", False), ("score", True)])
def test_another_verdict_of_the_report_can_be_upheld(
    over: Desk, uphold: str, *, passes: bool
) -> None:
    key(over, "64")
    report(over, "64", "not pass")

    over.perform(SettleDiscrepancy(**ONE, uphold=uphold, reason="their letter"), DANA)

    assert attempt(over, "P1").has_passed is passes
    assert (official(over) is Official.OFFICIAL) is not passes


def test_a_new_report_reopens_what_was_settled_before(over: Desk) -> None:
    key(over, "64", verdict="not pass")
    over.perform(SettleDiscrepancy(**ONE, uphold="score", reason="a misprint"), DANA)

    report(over, "64", "pass")
    assert score_lacks(attempt(over, "P1")) == ""

    report(over, "63", "not pass")
    assert "official" in score_lacks(attempt(over, "P1"))


def test_a_score_that_was_explained_away_differs_from_any_report(over: Desk) -> None:
    explain = ExplainScore(**ONE, state="not applicable", reason="left at once")
    over.perform(explain, DANA)

    report(over, "64")

    assert official(over) is Official.DIFFERS
    texts = [
        explain_why(one.reason) for one in to_look_at(over.session(A), lambda *_: True)
    ]
    assert any("official report has a score" in text for text in texts)


# After the seal


def test_a_confirmation_leaves_the_sealed_revision_current(desk: Desk) -> None:
    sealed(desk)

    report(desk, "70")

    assert official(desk) is Official.OFFICIAL
    assert not desk.session(A).changed_since_seal


def test_a_difference_leads_to_a_correction_in_a_new_revision(desk: Desk) -> None:
    sealed(desk)
    before = attempt(desk, "P1").score

    report(desk, "71")

    assert attempt(desk, "P1").score == before
    assert desk.session(A).changed_since_seal
    assert next_text(desk) == "amend the session: an official score differs"
    desk.perform(AmendSession(session_id=A, reason="official report"), DANA)
    key(desk, "71")
    desk.seal(A, DANA, DANA_PIN)
    assert official(desk) is Official.OFFICIAL
    assert not desk.session(A).changed_since_seal


def test_a_difference_settled_for_our_score_does_not_return(desk: Desk) -> None:
    sealed(desk)
    report(desk, "71")
    desk.perform(AmendSession(session_id=A, reason="official report"), DANA)
    settle = SettleDiscrepancy(**ONE, uphold="score", reason="they agreed by mail")
    desk.perform(settle, DANA)

    desk.seal(A, DANA, DANA_PIN)

    assert official(desk) is Official.DIFFERS
    assert not desk.session(A).changed_since_seal


def test_a_report_after_the_seal_is_no_entry_of_a_pending_score(desk: Desk) -> None:
    a_session(desk, 1, stage=Stage.ENDED)
    desk.perform(ExplainScore(**ONE, state="pending", reason="no network"), DANA)
    desk.seal(A, DANA, DANA_PIN)

    before = attempt(desk, "P1")

    report(desk, "70")

    assert attempt(desk, "P1").keyings == before.keyings
    assert attempt(desk, "P1").score == before.score
    assert official(desk) is Official.DIFFERS
    assert desk.session(A).changed_since_seal


# What comes next


def test_next_asks_for_the_release_and_then_for_the_report(desk: Desk) -> None:
    sealed(desk)
    assert next_text(desk) == "release 2 user codes on the vendor's website"
    assert "Dana" in describe_step(desk.next_step(desk.session(A), LEE))
    for one in (ONE, TWO):
        desk.perform(ReleaseCode(**one), DANA)
    assert "go back" in next_text(desk)
    today, expected = desk.today(), business_days_later(desk.today(), 2)

    while desk.today() < expected:
        assert "go back" in next_text(desk)
        advance(desk, DAY_MS // 4)

    assert today < expected
    assert next_text(desk) == "import the vendor's official report: 2 scores due"
    report(desk, "70")
    assert "1 score due" in next_text(desk)


def test_no_report_is_due_before_the_release(desk: Desk) -> None:
    a_session(desk, 2, stage=Stage.ENDED)
    desk.perform(ReleaseCode(**ONE), DANA)

    due = list_reports_due(desk.session(A), "2999-01-01", desk.local_date, 2)

    assert due == (attempt(desk, "P1"),)


def test_a_center_can_do_without_the_reminders(desk: Desk) -> None:
    policy(sealed(desk), official_report_days=0)

    assert "go back" in next_text(desk)


def test_only_verified_scores_are_on_the_list_of_codes_to_release(over: Desk) -> None:
    key(over, "64", times=1)
    assert list_unreleased(over.session(A)) == ()

    key(over, "64", times=1)
    assert list_unreleased(over.session(A)) == (attempt(over, "P1"),)

    report(over, "64")
    assert list_unreleased(over.session(A)) == ()


def test_a_withheld_score_waits_for_the_coordinator_before_its_release(
    over: Desk,
) -> None:
    key(over, "64")
    breach = RecordIrregularity(
        session_id=A, code="ENV-ALARM", severity=3, scope="attempt",
        validity="withhold", attempt_ids=(ONE["attempt_id"],),
        observed="A phone rang.", action_taken="",
    )  # fmt: skip
    over.perform(breach, DANA)

    assert list_unreleased(over.session(A)) == ()


@pytest.mark.parametrize(
    ("date", "days", "later"),
    [
        ("2026-11-23", 2, "2026-11-25"),
        ("2026-11-26", 2, "2026-11-30"),
        ("2026-11-27", 1, "2026-11-30"),
        ("2026-11-28", 2, "2026-12-01"),
        ("2026-11-28", 0, "2026-11-28"),
    ],
)
def test_weekends_are_no_business_days(date: str, days: int, later: str) -> None:
    assert business_days_later(date, days) == later
