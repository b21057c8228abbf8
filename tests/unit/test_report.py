"""The report says what was settled, in 80 columns that nothing can break out of."""

import unicodedata
from typing import Any

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.base import Batch
from cptkiosk.domain.commands.checkin import MarkAbsent, WaiveGate
from cptkiosk.domain.commands.halt import ResumeSession, UndoHalt
from cptkiosk.domain.commands.irregularity import RecordIrregularity, TakeNote
from cptkiosk.domain.commands.planning import CancelSession
from cptkiosk.domain.commands.score import DecideValidity, KeyScore
from cptkiosk.domain.commands.testing import GiveCredit
from cptkiosk.domain.people.credentials import Passed, sum_passes
from cptkiosk.domain.state.candidate import RegisterPerson, Registration
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.text import cells
from cptkiosk.domain.values import HOUR_MS, MINUTE_MS
from cptkiosk.ledger.chain import Head
from cptkiosk.services.assignment import build_assignment, refresh_rolls
from support.center import DANA, DANA_PIN, LEE, definitions
from support.reports import session_report
from support.sessions import (
    a_session,
    advance,
    attempt_id,
    ended,
    halted,
    scored,
    seated,
    started,
)

NARRATIVE = "The alarm rang [red]and everybody left. " * 9
HOSTILE = (
    ("[red]Fox[/]", "Al"),
    ("=HYPERLINK('http://x')", "Test"),
    ("Esc\x1b]0;owned\x07aped", "\x1b[31mRed"),
    ("\u4f50\u85e4" * 20, "\u967d\u5b50"),
    ("\u0627\u0644\u0647\u0627\u0634\u0645\u064a", "\u202e\u0644\u064a\u0644\u0649"),
    ("Long" * 40, "Name"),
)


def report(desk: Desk, session_id: str = "a", **options: Any) -> str:
    return session_report(desk, desk.session(session_id), **options)


@pytest.fixture
def eventful(desk: Desk) -> Desk:
    """A session with a halt, a credit, an irregularity, scores, and no seal yet."""
    session = a_session(desk, 3)
    first, second, _ = session.attempts
    halted(desk, "a")
    advance(desk, 125_000)
    back = tuple(session.attempts)
    desk.perform(ResumeSession(session_id="a", back=back), LEE)
    desk.perform(
        GiveCredit(session_id="a", attempt_id=first, credit_ms=360_000, reason="noise"),
        LEE,
    )
    desk.perform(
        RecordIrregularity(
            session_id="a",
            code="ENV-ALARM",
            severity=2,
            scope="session",
            validity="flag",
            attempt_ids=(first, second),
            observed=NARRATIVE,
            action_taken="Everybody came back.",
            minutes_lost=2,
            details=(
                ("alarm-time", "09:10"),
                ("roll-call", "all back"),
                ("talk-observed", "none"),
            ),
        ),
        LEE,
    )
    advance(desk, 30 * 60_000)
    ended(desk, "a")
    scored(desk, "a", raw=63)
    return desk


def assert_harmless(text: str) -> None:
    for line in text.split("\n"):
        assert cells(line) <= 80, line
        kinds = {unicodedata.category(char) for char in line}
        assert not kinds & {"Cc", "Cf", "Cs"}, line


def test_a_report_says_everything_that_was_settled(eventful: Desk) -> None:
    desk = eventful
    desk.seal("a", DANA, DANA_PIN)
    text = report(desk, head=Head(77, "ab" * 32), sealed_utc_ms=desk.now().utc_ms)

    for fact in (
        "Northfield (TN-014)",
        "Time zone     Central time (America/Chicago)",
        "CDT (",
        "Halts         1, clocks stopped for 2:05",
        "Scratch paper 3 handed out, 3 returned",
        "revision 1",
        "Lee Wong (s2)",
        "entry 77",
        "ab" * 32,
        "FamilyP1, Kim",
        "63/83",
        "did not pass -1",
        "credit +6:00",
        "flagged",
        "a-i1",
        "ENV-ALARM",
        "Fire alarm",
        "Action taken: Everybody came back.",
        "2 minutes lost",
    ):
        assert fact in text
    assert_harmless(text)


def test_a_report_before_the_seal_says_what_is_open(desk: Desk) -> None:
    a_session(desk, 2, Stage.RUNNING)
    ended(desk, "a")
    text = report(desk)

    assert "ended; not sealed" in text
    assert "enter the score" in text
    assert "collect scratch paper" in text


def test_a_first_keying_is_not_shown(desk: Desk) -> None:
    a_session(desk, 1, Stage.RUNNING)
    ended(desk, "a")
    key = KeyScore(
        session_id="a", attempt_id=attempt_id("P1"), shown="71", shown_as="raw"
    )
    desk.perform(key, LEE)

    assert "71" not in report(desk)
    assert "entered" in report(desk)


def test_extra_time_and_notes_stay_out(desk: Desk) -> None:
    a_session(desk, 1, Stage.PLANNED)
    desk.perform(TakeNote(session_id="a", text="looks tired"), LEE)
    registration = Registration("safety", "X", factor_permille=1500)
    person = RegisterPerson(
        participant_id="P1",
        family_name="FamilyP1",
        given_name="Kim",
        registration=registration,
    )
    desk.registrar.register([person], DANA)
    refresh_rolls(desk, frozenset({"P1"}), DANA)
    text = report(desk)

    assert desk.session("a").attempts["P1-safety"].factor_permille == 1500
    assert "tired" not in text
    assert "1.5" not in text


def test_progress_is_reported_to_its_owner(desk: Desk) -> None:
    a_session(desk, 2, Stage.PLANNED)
    way = sum_passes([Passed("quality", "2026-01-05")], definitions().modules)
    text = report(desk, progress={"P2": way})

    assert text.count("1 of 4") == 1
    assert text.index("ID P2") < text.index("1 of 4")


@pytest.mark.parametrize("stage", list(Stage))
def test_every_stage_has_a_report(desk: Desk, stage: Stage) -> None:
    if stage is Stage.CANCELLED:
        a_session(desk, 1, Stage.PLANNED)
        desk.perform(CancelSession(session_id="a", reason="storm"), LEE)
    else:
        a_session(desk, 1, stage)
    text = report(desk)

    assert str(stage) in text.lower()
    assert_harmless(text)


def test_names_from_outside_stay_text(desk: Desk) -> None:
    a_session(desk, 1, Stage.PLANNED)
    people = [
        RegisterPerson(
            participant_id=f"H{number}",
            family_name=family,
            given_name=given,
            registration=Registration("safety", f"H{number}"),
        )
        for number, (family, given) in enumerate(HOSTILE)
    ]
    desk.registrar.register(people, DANA)
    for one in people:
        desk.perform(build_assignment(desk, "a", one.participant_id, "safety"), DANA)
    text = report(desk)

    assert_harmless(text)
    assert "[red]Fox[/], Al" in text
    assert "=HYPERLINK(" in text
    assert all(f"ID H{number}" in text for number in range(len(HOSTILE)))


def test_a_report_names_who_released_a_score_and_who_asked_for_it(
    eventful: Desk,
) -> None:
    desk = eventful
    one = next(iter(desk.session("a").attempts))
    breach = RecordIrregularity(
        session_id="a", code="ENV-NOISE", severity=3, scope="attempt",
        validity="withhold", attempt_ids=(one,), observed="A phone rang.",
        action_taken="Noted.", details=(("noise-source", "a phone"), ("minutes", "2")),
        told="Dana Ortiz",
    )  # fmt: skip
    desk.perform(breach, LEE)
    released = DecideValidity(
        session_id="a", attempt_id=one, validity="clean", reason="wrong person"
    )
    desk.perform(released, desk.pins.check_approver("s1", DANA_PIN, LEE))

    text = " ".join(report(desk).split())
    assert "FamilyP1, Kim: score released: wrong person. Dana Ortiz (s1)" in text
    assert (
        "Dana Ortiz (s1) approved deciding whether a score counts, requested by Lee"
        " Wong (s2)"
    ) in text
    assert "Halted" in text
    assert "fire alarm" in text


def test_a_report_says_in_words_whatever_was_approved(desk: Desk) -> None:
    a_session(desk, 1)
    halted(desk, "a")
    undo = UndoHalt(session_id="a", reason="a false alarm")
    advance(desk, HOUR_MS)
    desk.perform(undo, desk.pins.check_approver("s1", DANA_PIN, LEE))
    desk.perform(
        TakeNote(session_id="a", text="calm again"),
        desk.pins.check_approver("s1", DANA_PIN, LEE),
    )

    text = " ".join(report(desk).split())
    assert "approved undoing a halt, requested by Lee Wong (s2)" in text
    assert "approved note taken, requested by" in text
    assert "False halt" in text
    assert ".v1" not in text


def test_a_report_says_whose_step_was_approved_which_and_why(desk: Desk) -> None:
    a_session(desk, 3, Stage.CHECK_IN)
    waive = WaiveGate(
        session_id="a", attempt_id=attempt_id("P1"),
        gate="photo-id", reason="known for years",
    )  # fmt: skip
    desk.perform(waive, desk.pins.check_approver("s1", DANA_PIN, LEE))
    for one in ("P2", "P3"):
        seated(desk, "a", attempt_id(one))
    absent = MarkAbsent(session_id="a", attempt_ids=(attempt_id("P1"),))
    desk.perform(absent, LEE)
    started(desk, "a")
    credits_ = tuple(
        GiveCredit(
            session_id="a", attempt_id=attempt_id(one),
            credit_ms=20 * MINUTE_MS, reason="the network was down",
        )
        for one in ("P2", "P3")
    )  # fmt: skip
    batch = Batch(session_id="a", commands=credits_)
    desk.perform(batch, desk.pins.check_approver("s1", DANA_PIN, LEE))

    text = " ".join(report(desk).split())
    asked = "requested by Lee Wong (s2)"
    assert (
        f"approved waiving a check-in item, {asked}: FamilyP1, Kim, photo ID: known for years"
    ) in text
    assert (
        f"approved a credit, {asked}: FamilyP2, Kim; FamilyP3, Kim, 20:00:"
        " the network was down"
    ) in text


def test_a_report_says_of_a_draft_that_the_kiosk_made_it(desk: Desk) -> None:
    a_session(desk, 1)
    advance(desk, 2 * HOUR_MS)
    ended(desk, "a")

    text = " ".join(report(desk).split())
    assert "effect on score: flag; drafted by the kiosk, Sep 21, 2026" in text
    assert "recorded by Lee Wong" not in text
