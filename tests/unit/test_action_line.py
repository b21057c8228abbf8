"""What is typed after the colon: read as commands, completed, or refused with a reason."""

from dataclasses import replace
from typing import Any

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.checkin import MarkAbsent, TakeSeat
from cptkiosk.domain.commands.halt import HaltSession
from cptkiosk.domain.commands.irregularity import TakeNote
from cptkiosk.domain.commands.mistake import ReplaceOutcome, UndoStep
from cptkiosk.domain.commands.testing import (
    BeginBreak,
    EndEarly,
    FinishAttempt,
    IssueSheets,
    NoteVendorClock,
)
from cptkiosk.domain.state.candidate import RegisterPerson, Registration
from cptkiosk.domain.state.session import Session
from cptkiosk.domain.time.timing import read_span
from cptkiosk.domain.values import MINUTE_MS, Refused
from cptkiosk.services.assignment import build_assignment
from cptkiosk.ui.action_line import completions, fill_command, read_line
from cptkiosk.ui.naming import with_time_left
from cptkiosk.words import explain, explain_remedy
from support.center import DANA, LEE
from support.quick import Centers
from support.sessions import (
    a_session,
    attempt_id,
    ended,
    line,
    opened,
    planned,
    seated,
    started,
)
from support.verdicts import refuses


@pytest.fixture
def desk(centers: Centers) -> Desk:
    """Eight people of session a are testing."""
    return centers.copy("eight", lambda desk: a_session(desk, 8))


@pytest.fixture
def empty(centers: Centers) -> Desk:
    """No person is registered."""
    return centers.copy("empty", lambda desk: desk)


@pytest.fixture
def session(desk: Desk) -> Session:
    return desk.session("a")


def read_commands(desk: Desk, session: Session, text: str) -> tuple[Any, ...]:
    return read_line(text, session).commands


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("6", 360_000), ("6m", 360_000), ("90s", 90_000), ("6 m", 360_000), ("6:30", 390_000),
        ("1:02:03", 3_723_000), ("-2", -120_000), ("+1m", 60_000), ("0", 0),
    ],
)  # fmt: skip
def test_a_time_is_read_as_people_type_it(text: str, ms: int) -> None:
    assert read_span(text) == ms


@pytest.mark.parametrize(
    "text", ["", "m", "6:60", "6:5", "six", "1:2:3", "1:75:00", "1e3"]
)
def test_an_invalid_time_is_not_read_as_a_time(text: str) -> None:
    assert read_span(text) is None


def test_seats_by_number_get_a_credit_with_its_reason(
    desk: Desk, session: Session
) -> None:
    found = read_commands(desk, session, "7,2 credit 6m fire alarm")

    assert [one.attempt_id for one in found] == ["P7-safety", "P2-safety"]
    assert {(one.credit_ms, one.reason) for one in found} == {
        (6 * MINUTE_MS, "fire alarm")
    }


@pytest.mark.parametrize(
    ("who", "attempts"),
    [
        ("A1", ["P1"]), ("a1", ["P1"]), ("204/A2", ["P2"]), ("P3", ["P3"]),
        ("FamilyP4", ["P4"]), ("familyp5", ["P5"]), ("A1-A3", ["P1", "P2", "P3"]),
        ("1,1,A1", ["P1"]), ("all", [f"P{n}" for n in range(1, 9)]),
    ],
)  # fmt: skip
def test_people_are_named_by_seat_number_id_name_or_all(
    desk: Desk, session: Session, who: str, attempts: list[str]
) -> None:
    found = read_commands(desk, session, f"{who} break")

    assert [one.attempt_id for one in found] == [f"{one}-safety" for one in attempts]


def test_the_desk_does_what_was_read(desk: Desk, session: Session) -> None:
    for command in read_commands(desk, session, "2 pause screen froze"):
        desk.perform(command, LEE)

    assert desk.session("a").attempts["P2-safety"].is_paused


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("halt alarm", HaltSession), ("undo", UndoStep),
        ("note window open", TakeNote), ("1 note feels ill", TakeNote),
        ("1 finish", FinishAttempt), ("1 vendor 41:20", NoteVendorClock),
        ("1 sheets", IssueSheets), ("1 sheets 2", IssueSheets),
        ("1 seat b3", TakeSeat), ("1 dismiss notes found", EndEarly),
    ],
)  # fmt: skip
def test_each_verb_makes_the_command_of_its_key(
    desk: Desk, session: Session, text: str, kind: type
) -> None:
    assert isinstance(read_commands(desk, session, text)[0], kind)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "Nothing was typed"), ("1 jump", "Unknown action in \"1 jump\"."), ("FamilyP1, Kim brake", "in \"FamilyP1, Kim brake\"."),
        ("break", 'Who is "'), ("Z9 break", "No one here matches \"Z9\""),
        ("Family break", "could be"), ("1 credit alarm", "A length of time is missing"),
        ("1 credit 6m", "The reason is missing"), ("halt", "The reason is missing"),
        ("99 break", "No one here matches \"99\""), ("1 sheets two", "is missing or unclear"),
    ],
)  # fmt: skip
def test_an_impossible_value_is_refused_with_possible_ones(
    desk: Desk, session: Session, text: str, says: str
) -> None:
    with pytest.raises(Refused) as refused:
        read_commands(desk, session, text)

    assert says in explain(refused.value)
    assert explain_remedy(refused.value)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("cr", "credit"), ("A", "A1"), ("A1,A", "A1,A1"), ("A1 fi", "finish"),
        ("fam", "FamilyP1"), ("A1 pause sc", "screen froze"), ("A1 seat ", "B3"),
        ("A1 credit 6m al", "alarm"), ("al", "all"), ("zz", ""), ("A1 note a", ""),
    ],
)  # fmt: skip
def test_the_last_word_is_completed(session: Session, text: str, first: str) -> None:
    found = completions(text, session)

    assert (found[0] if found else "") == first


def named(desk: Desk, *names: tuple[str, str]) -> Session:
    """Run a session of people with these names."""
    planned(desk, (), "a", "safety")
    for at, (family, given) in enumerate(names, 1):
        desk.registrar.register(
            [
                RegisterPerson(
                    participant_id=f"P{at}",
                    family_name=family,
                    given_name=given,
                    registration=Registration("safety", f"CODE-{at}"),
                )
            ],
            LEE,
        )
        desk.perform(build_assignment(desk, "a", f"P{at}", "safety"), LEE)
    opened(desk, "a")
    for at, _ in enumerate(names, 1):
        seated(desk, "a", attempt_id(f"P{at}"))
    started(desk, "a")
    return desk.session("a")


@pytest.mark.parametrize(
    "text", ["Go break", "go break", '"Go" break', "Go, Kim break", "A1 break"]
)
def test_a_person_whose_name_is_a_verb_can_be_named(empty: Desk, text: str) -> None:
    session = named(empty, ("Go", "Kim"), ("Ann", "Lee"))
    (found,) = read_commands(empty, session, text)
    assert found == BeginBreak(session_id="a", attempt_id="P1-safety")


def test_a_verb_in_a_reason_or_a_remark_stays_there(empty: Desk) -> None:
    session = named(empty, ("Go", "Kim"), ("Ann", "Lee"))
    (paused,) = read_commands(empty, session, "A2 pause let them go back")
    assert paused.reason == "let them go back"
    (note,) = read_commands(empty, session, "note break at ten, go on after")
    assert note.text == "break at ten, go on after"
    (noted,) = read_commands(empty, session, 'A1 note said "late"')
    assert noted.text == 'said "late"'


def test_a_verb_that_is_nobodys_name_acts(desk: Desk, session: Session) -> None:
    with refuses('Who is "go" for'):
        read_commands(desk, session, "go break")


def test_an_absent_candidate_is_found_by_part_of_a_name(empty: Desk) -> None:
    planned(empty, ("P1", "P2"), "a", "safety")
    opened(empty, "a")
    absent = (attempt_id("P1"),)
    empty.perform(MarkAbsent(session_id="a", attempt_ids=absent), LEE)
    seated(empty, "a", attempt_id("P2"))
    started(empty, "a")

    (command,) = read_commands(
        empty, empty.session("a"), "familyp1 outcome finished was here"
    )

    assert command == ReplaceOutcome(
        session_id="a",
        attempt_id=attempt_id("P1"),
        outcome="finished",
        reason="was here",
    )


def test_the_outcomes_are_offered_after_their_verb(session: Session) -> None:
    assert completions("A1 outcome a", session) == ("absent",)
    assert completions("A1 outcome absent a", session) == ()


def test_an_unknown_outcome_is_refused_with_the_known_ones(
    desk: Desk, session: Session
) -> None:
    with refuses('"away" is not an outcome'):
        read_commands(desk, session, "A1 outcome away with the fairies")


@pytest.mark.parametrize("line", ["A1 outcome", "A1 outcome finished later, by camera"])
def test_the_time_alone_of_an_outcome_can_be_corrected(desk: Desk, line: str) -> None:
    ended(desk, "a")
    session = desk.session("a")
    (typed,) = read_line(line, session).commands
    assert desk.preview.refusal(fill_command(typed, session), DANA) is None


def test_an_untimed_candidate_still_has_time_when_finished(desk: Desk) -> None:
    session = desk.session("a")
    one = replace(session.attempts[attempt_id("P1")], factor_permille=0)
    people = {**session.attempts, one.attempt_id: one}
    session = replace(session, attempts=people)

    (text,) = with_time_left(session, (one,), line(desk)).values()
    assert text == "FamilyP1, Kim untimed"
