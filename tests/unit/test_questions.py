"""Questions are data: what they say, ask and make is seen without an app."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.base import AboutAttempt, SessionCommand
from cptkiosk.domain.commands.checkin import (
    DenyAttempt,
    FailGate,
    OpenCheckIn,
    PassGates,
    TakeSeat,
    WaiveGate,
)
from cptkiosk.domain.commands.closing import (
    AmendSession,
    ReconcileScratch,
    ReopenSession,
)
from cptkiosk.domain.commands.halt import UndoHalt
from cptkiosk.domain.commands.mistake import PutBack, ReplaceOutcome
from cptkiosk.domain.commands.planning import CancelSession
from cptkiosk.domain.commands.score import ExplainScore
from cptkiosk.domain.commands.testing import (
    BeginPause,
    EndEarly,
    FinishAttempt,
    NoteVendorClock,
    UndoStart,
)
from cptkiosk.domain.rules.checkin import ROOM_CHECKS
from cptkiosk.domain.state.attempt import Attempt, Gate
from cptkiosk.domain.state.session import Session, Stage
from cptkiosk.domain.values import MINUTE_MS
from cptkiosk.times.format import choose_format
from cptkiosk.ui.dialogs import (
    check_in,
    halt,
    scores,
    seats,
    session_steps,
    staff,
    testing,
)
from cptkiosk.ui.dialogs.question import (
    CommandQuestion,
    about_all,
    line_text,
    proposed_values,
    reason_in,
)
from cptkiosk.ui.dialogs.staff import check_both_pins
from cptkiosk.ui.widgets.fields import TextField, Values, build_field
from support.center import DANA, LEE
from support.sessions import a_session, advance, attempt, halted, hand_clock, line
from support.verdicts import refuses

CHICAGO = choose_format("America/Chicago", "auto")
P1 = AboutAttempt(session_id="a", attempt_id="P1-safety")
Ask = Callable[[Session, Attempt], CommandQuestion]


def nothing() -> None:
    """Do nothing once it is recorded."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about P1, and the command that its answers make."""

    ask: Ask
    answers: Values
    command: SessionCommand
    words: str


ASKED = {
    "put back": Asked(
        lambda session, one: testing.put_back(session, one, ""),
        Values(reason="wrong key"),
        PutBack(**P1, reason="wrong key"),
        "FamilyP1, Kim: restored",
    ),
    "end early": Asked(
        testing.end_early,
        Values(outcome="withdrawn", reason="ill"),
        EndEarly(**P1, outcome="withdrawn", reason="ill"),
        "FamilyP1, Kim: withdrawn",
    ),
    "time up": Asked(
        testing.confirm_time_up,
        Values(),
        FinishAttempt(**P1),
        "FamilyP1, Kim: finished",
    ),
    "ID": Asked(
        check_in.choose_id_kind,
        Values(kind="passport", note=""),
        PassGates(**P1, gates=(Gate.PHOTO_ID,), id_kind="passport", id_checked=True),
        "FamilyP1, Kim: photo ID checked, passport",
    ),
    "other name": Asked(
        check_in.pass_other_name,
        Values(kind="marriage", reason=" Kim Lee "),
        PassGates(**P1, gates=(Gate.NAME,), note="marriage: Kim Lee"),
        "FamilyP1, Kim: name checked, marriage",
    ),
    "gate not passed": Asked(
        lambda session, one: check_in.fail_gate(
            session, one, Gate.BELONGINGS, may_waive=True
        ),
        Values(reason="a phone"),
        FailGate(**P1, gate=Gate.BELONGINGS, reason="a phone"),
        "FamilyP1, Kim: belongings failed",
    ),
    "waived": Asked(
        lambda session, one: check_in.waive_gate(
            session, one, Gate.BELONGINGS, nothing
        ),
        Values(reason="medical device"),
        WaiveGate(**P1, gate=Gate.BELONGINGS, reason="medical device"),
        "FamilyP1, Kim: belongings waived",
    ),
    "denied by a proctor": Asked(
        lambda session, one: check_in.deny_entry(
            session, one, nothing, nothing, known="", call="Dana Ortiz"
        ),
        Values(reason="no ID", coordinator_called=False),
        DenyAttempt(**P1, reason="no ID", coordinator_called=False),
        "FamilyP1, Kim: denied",
    ),
    "denied by the coordinator": Asked(
        lambda session, one: check_in.deny_entry(
            session, one, nothing, nothing, known="", call=""
        ),
        Values(reason="no ID"),
        DenyAttempt(**P1, reason="no ID", coordinator_called=False),
        "FamilyP1, Kim: denied",
    ),
    "no score": Asked(
        lambda session, one: scores.explain_score(session, one, nothing),
        Values(state="pending", reason="vendor is down"),
        ExplainScore(**P1, state="pending", reason="vendor is down", seen_keyings=0),
        "FamilyP1, Kim: no score, pending",
    ),
    "paper": Asked(
        lambda session, _: session_steps.count_paper(session),
        Values(returned="3", note="", missing="2, 5"),
        ReconcileScratch(session_id="a", returned=3, missing=(2, 5), note=""),
        "scratch paper counted",
    ),
    "reopened": Asked(
        lambda session, _: session_steps.reopen_session(session),
        Values(reason="too soon"),
        ReopenSession(session_id="a", reason="too soon"),
        "session reopened",
    ),
    "amended": Asked(
        lambda session, _: session_steps.amend_session(session),
        Values(reason="a name"),
        AmendSession(session_id="a", reason="a name"),
        "record opened for amendment",
    ),
    "called off": Asked(
        lambda session, _: session_steps.cancel_session(session),
        Values(reason="snow"),
        CancelSession(session_id="a", reason="snow"),
        "session canceled",
    ),
    "start undone": Asked(
        lambda session, _: session_steps.undo_start(session, nothing),
        Values(),
        UndoStart(session_id="a"),
        "start undone",
    ),
    "opened": Asked(
        lambda session, _: session_steps.open_check_in(session, (), nothing),
        Values(checks=ROOM_CHECKS, free=True),
        OpenCheckIn(
            session_id="a", room_checks=ROOM_CHECKS, no_conflicts_declared=True
        ),
        "check-in opened",
    ),
    "seat": Asked(
        lambda session, one: seats.take_seat(session, one, 0),
        Values(seat="204|B2"),
        TakeSeat(**P1, room="204", seat="B2"),
        "FamilyP1, Kim: seat B2",
    ),
}


@pytest.mark.parametrize("name", ASKED)
def test_the_answers_of_a_question_make_its_command_and_its_words(
    desk: Desk, name: str
) -> None:
    a_session(desk, 2)
    asked = ASKED[name]
    question = asked.ask(desk.session("a"), attempt(desk, "P1"))

    assert {one.name for one in question.fields} == asked.answers.keys()
    assert question.command(asked.answers) == asked.command
    words = question.words
    said = words if isinstance(words, str) else words(asked.answers)
    assert said == asked.words
    # Each detail that they name is given.
    assert line_text(question.title)
    assert "{" not in question.consequences


@pytest.mark.parametrize("name", ASKED)
def test_a_proposed_answer_makes_a_command_of_the_same_kind(
    desk: Desk, name: str
) -> None:
    a_session(desk, 2)
    asked = ASKED[name]
    question = asked.ask(desk.session("a"), attempt(desk, "P1"))

    assert type(question.command(proposed_values(question))) is type(asked.command)


def test_a_pause_of_several_people_stops_the_clock_of_each(desk: Desk) -> None:
    a_session(desk, 3)
    people = [attempt(desk, one) for one in ("P1", "P3")]
    question = testing.pause_clocks(desk.session("a"), people, may_break=False)

    assert line_text(question.title) == "Pause 2 people"
    assert "FamilyP1, Kim; FamilyP3, Kim" in question.consequences
    made = question.command(Values(reason="illness", words="fever"))
    assert made == [
        BeginPause(
            session_id="a",
            attempt_id=f"{one}-safety",
            kind="fault",
            reason="illness: fever",
        )
        for one in ("P1", "P3")
    ]


def test_the_vendors_clock_is_compared_as_of_when_it_was_asked(desk: Desk) -> None:
    a_session(desk, 1)
    asked_ms = line(desk)
    question = testing.compare_vendor_clock(
        desk.session("a"), attempt(desk, "P1"), asked_ms
    )
    advance(desk, MINUTE_MS)

    assert question.command(Values(left="1:12:05")) == NoteVendorClock(
        **P1, vendor_left_ms=4_325_000, asked_line_ms=asked_ms
    )


def test_a_halt_taken_back_says_how_long_it_stood(desk: Desk) -> None:
    a_session(desk, 1)
    halted(desk, "a")
    advance(desk, 2 * MINUTE_MS)
    question = session_steps.undo_halt(
        desk.session("a"), 0, "", lambda: line(desk), CHICAGO
    )

    assert line_text(question.title) == "Undo halt 1 of 1"
    assert "Its 2:00 will count as time used" in question.consequences
    made = question.command(Values(reason="false alarm"))
    assert made == UndoHalt(session_id="a", number=1, reason="false alarm")


def test_a_halt_that_still_stands_costs_more_while_it_is_asked_about(
    desk: Desk,
) -> None:
    a_session(desk, 1)
    halted(desk, "a")
    question = session_steps.undo_halt(
        desk.session("a"), 0, "", lambda: line(desk), CHICAGO
    )
    assert "Its 0:00 will" in question.consequences
    advance(desk, 2 * MINUTE_MS)
    assert "Its 2:00 will" in question.consequences


def test_the_time_compared_with_the_room_clock_goes_on(desk: Desk) -> None:
    a_session(desk, 1)
    desk.boots.beat()
    hand_clock(desk).reboot(MINUTE_MS)
    desk.boots.attach()
    question = session_steps.compare_room_clock(
        desk.session("a"), lambda: line(desk), CHICAGO
    )
    before = question.consequences
    advance(desk, 2 * MINUTE_MS)
    assert CHICAGO.format_seconds(line(desk)) in question.consequences
    assert before != question.consequences


def test_a_reason_typed_before_a_halt_stands_first_and_once(desk: Desk) -> None:
    a_session(desk, 1)
    typed, known = (
        halt.halt_session(desk.session("a"), words, line(desk), CHICAGO, "2:00")
        for words in ("gas leak", "weather")
    )

    assert proposed_values(typed)["reason"] == "gas leak"
    assert proposed_values(known)["reason"] == "weather"
    assert len(typed.fields[0].options) == len(known.fields[0].options) + 1  # type: ignore[union-attr]


def test_an_outcome_replaced_is_read_on_the_day_of_the_session(desk: Desk) -> None:
    a_session(desk, 1, Stage.ENDED)
    one = attempt(desk, "P1")
    assert one.start_line_ms is not None
    question = testing.replace_outcome(
        desk.session("a"), one, "dismissed", "", desk.times, nothing
    )
    answers = Values(outcome="dismissed", reason="a phone", stopped="")
    begun = desk.times.format_seconds(one.start_line_ms)

    assert question.command(answers) == ReplaceOutcome(
        **P1,
        outcome="dismissed",
        reason="a phone",
        seen_standing=one.standing.value,
        seen_end_line_ms=one.end_line_ms,
    )
    stopped = question.command(Values(answers | {"stopped": begun}))
    assert isinstance(stopped, ReplaceOutcome)
    assert stopped.stopped_line_ms is not None
    assert abs(stopped.stopped_line_ms - one.start_line_ms) < MINUTE_MS


def test_a_step_for_several_people_names_each_person_once(
    desk: Desk,
) -> None:
    a_session(desk, 3)
    session = desk.session("a")
    people = list(session.attempts.values())
    commands = [FinishAttempt(**session.about(one)) for one in people]
    question = about_all(
        session,
        "Finish: 3 people",
        people,
        commands,
        "finished",
        lines=("1 still testing: FamilyP2, Kim",),
        named=("P2-safety",),
    )

    assert question.lines[:2] == [
        "1 still testing: FamilyP2, Kim",
        "FamilyP1, Kim; FamilyP3, Kim",
    ]
    assert question.command(Values()) == commands


def test_a_chosen_reason_takes_the_words_typed_besides() -> None:
    assert reason_in(Values(reason="alarm", words=" kitchen ")) == "alarm: kitchen"
    assert reason_in(Values(reason="alarm", words="  ")) == "alarm"


def test_an_answer_is_read_by_its_type_only() -> None:
    values = Values(reason="ill", sure=True, rooms=("204",))

    assert values.text("reason") == "ill"
    assert values.flag("sure")
    assert values.several("rooms") == ("204",)
    assert values.text("beyond", "") == ""
    for wrong in (lambda: values.text("sure"), lambda: values.flag("reason")):
        with pytest.raises(TypeError):
            wrong()
    with pytest.raises(KeyError):
        values.text("beyond")


@pytest.mark.parametrize("typed", ["12", " 12 ", ""])
def test_a_line_that_can_be_read_is_taken_and_an_empty_one_left_alone(
    typed: str,
) -> None:
    assert TextField("n", "N", reads=int, form="a whole number").find_fault(typed) == ""


def test_a_line_that_cannot_be_read_is_answered_in_words() -> None:
    def fault(reads: Callable[[str], object], form: str = "") -> str:
        return TextField("n", "N", reads=reads, form=form).find_fault("x")

    assert fault(int, "a whole number") == "a whole number"
    assert fault(int) == "invalid literal for int() with base 10: 'x'"
    assert fault(lambda _: None, "nothing") == "nothing"


def test_the_help_of_a_gate_that_may_not_be_waived_names_the_coordinator(
    desk: Desk,
) -> None:
    a_session(desk, 1)
    session, one = desk.session("a"), attempt(desk, "P1")
    mine, theirs = (
        check_in.fail_gate(session, one, Gate.NAME, may_waive=may)
        for may in (True, False)
    )

    assert "waive it (w)" in mine.consequences
    assert "have a coordinator waive it" in theirs.consequences
    assert isinstance(mine.fields[-1], TextField)


def test_the_numbers_of_missing_sheets_are_read_or_refused_in_words() -> None:
    assert session_steps.read_numbers("2, 5  17") == (2, 5, 17)
    assert session_steps.read_numbers("") == ()
    for wrong in ("2-5", "none", "12345"):
        with pytest.raises(ValueError, match="for example 2, 5"):
            session_steps.read_numbers(wrong)


def test_a_room_and_a_declaration_that_are_not_checked_are_named() -> None:
    unchecked = Values(checks=ROOM_CHECKS[1:], free=False)

    assert session_steps.check_declared(unchecked) == {
        "checks": "1 item left: press Space on each",
        "free": "press Space if none applies; if one does, Esc and sign out",
    }
    assert session_steps.check_declared(Values(checks=ROOM_CHECKS, free=True)) == {}


def test_a_staff_question_opens_only_with_permission(desk: Desk) -> None:
    lee = desk.center.staff[LEE.staff_id]
    trained = staff.set_training(desk, lee)
    role = staff.change_role(desk, lee)

    trained.work(Values(trained="8/31/2026"), DANA)
    role.work(Values(role="coordinator"), DANA)

    assert desk.center.staff[LEE.staff_id].trained_on == "2026-08-31"
    assert LEE.staff_id in desk.center.coordinators
    with refuses(r"Nothing was changed"):
        staff.change_active(desk, lee).work(Values(sure="no"), DANA)


def test_the_old_pin_is_asked_for_only_of_ones_own(desk: Desk) -> None:
    lee = desk.center.staff[LEE.staff_id]

    def names(*, own: bool) -> list[str]:
        return [one.name for one in staff.reset_pin(desk, lee, 6, own=own).fields]

    assert names(own=True) == ["old", "pin", "again"]
    assert names(own=False) == ["pin", "again"]


def test_a_new_pin_is_refused_in_words_and_compared_with_its_repetition() -> None:
    pin = build_field("pin", label="New PIN", **staff.new_pin(6))
    assert isinstance(pin, TextField)

    assert pin.find_fault("482913") == ""
    assert "easy to guess" in pin.find_fault("111111")
    assert "6 to 12 digits" in pin.find_fault("12")
    assert check_both_pins(Values(pin="482913", again="482913")) == {}
    assert check_both_pins(Values(pin="482913", again="482914")) == {
        "again": "the two PINs do not match"
    }
    assert check_both_pins(Values(role="proctor")) == {}


def test_a_number_that_may_be_a_percent_is_asked_about_with_one_key(desk: Desk) -> None:
    session = a_session(desk, 1, Stage.ENDED)
    one, policies = attempt(desk, "P1"), desk.definitions.policies
    question = scores.key_score(session, one, policies, LEE.staff_id)
    keyed = Values(score="70", verdict="")
    follow_up = question.follow_up
    assert follow_up is not None

    assert follow_up.asks(keyed).startswith("Is 70 the number of correct answers")
    for key, made in {"c": "raw", "p": "percent"}.items():
        field, value = follow_up.answers[key]
        command = scores.score_keyed(session, one, Values(keyed | {field: value}))
        assert command.shown_as == made
    assert follow_up.asks(Values(keyed | {"score": "84%"})) == ""
