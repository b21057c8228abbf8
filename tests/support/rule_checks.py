"""What holds on any day of the rule book, judged by what was kept on paper."""

from collections import Counter
from collections.abc import Iterable

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.base import SessionCommand
from cptkiosk.domain.state import session_changes
from cptkiosk.domain.state.session import Session
from cptkiosk.domain.values import Actor
from cptkiosk.ledger.maintenance.verify import verify_ledger
from cptkiosk.services import credentials
from cptkiosk.words import explain
from support.exam_days import ExamDays
from support.random_commands import MODULES, PEOPLE

DONE = {
    "finished", "dismissed", "withdrawn", "interrupted", "absent", "denied",
    "cancelled",
}  # fmt: skip
NEVER = {"absent", "denied", "cancelled"}
PRICES = {"registration": 2800, "assessment": 2200, "supplement": 7000}


def no_time_is_made_or_lost(days: ExamDays) -> None:
    desk = days.desk()
    for name, paper in days.papers.items():
        now = desk.session(name)
        line_ms, stops = now.timeline_ms(desk.now()), paper.stops()
        for one in now.attempts.values():
            sheet = paper.sheets[one.attempt_id]
            used_ms = sheet.used_ms(paper.now, stops)
            assert now.elapsed_ms(one, line_ms) == used_ms, one.attempt_id
            assert one.allowed_ms == sheet.allowed_ms, one.attempt_id
            assert now.left_ms(one, line_ms) == sheet.allowed_ms - used_ms


def the_record_says_the_same_as_memory(days: ExamDays) -> None:
    for desk in days.desks:
        desk.catch_up()
    for name in days.papers:
        replayed = session_changes.replay(
            days.desks[0].ledger.read_stream(f"session/{name}")
        )
        assert days.desks[0].session(name) == replayed
        assert days.desks[1].session(name) == replayed


def no_credential_follows_that_the_scores_do_not_support(days: ExamDays) -> None:
    desk = days.desk()
    for who in PEOPLE:
        earned = {
            one.module_id for one in credentials.progress_of(desk, who).certificates
        }
        assert earned == {
            module
            for name, paper in days.papers.items()
            for module in MODULES
            if f"{who}-{module}" in paper.sheets
            and desk.session(name).attempts[f"{who}-{module}"].standing not in NEVER
            and paper.counts(f"{who}-{module}", module)
        }, who


def nobody_is_in_two_places(days: ExamDays) -> None:
    begun = [
        one
        for name in days.papers
        for one in days.desk().session(name).attempts.values()
        if one.start_line_ms is not None
    ]
    testing = Counter(
        one.participant_id for one in begun if one.standing.value not in DONE
    )
    assert not testing or max(testing.values()) == 1, testing
    holders = {(one.user_code, one.participant_id) for one in begun}
    codes = Counter(code for code, _ in holders if code)
    assert not codes or max(codes.values()) == 1, codes


def the_statement_adds_up(days: ExamDays) -> None:
    desk = days.desk()
    for who in PEOPLE:
        registered = desk.candidate(who).registrations
        times = Counter(
            one.module.module_id
            for name in days.papers
            for one in desk.session(name).attempts.values()
            if one.participant_id == who
            and one.standing not in NEVER
            and not (one.standing == "interrupted" and one.start_line_ms is None)
            and not one.continues
        )
        items = {"registration": PRICES["registration"]}
        for module in MODULES:
            due = max(times[module], 1) if module in registered else times[module]
            for number in range(1, due + 1):
                items[f"{module}-{number}"] = PRICES["assessment"]
        settled = {item: days.box[who, item] for item in items}
        for module, one in registered.items():
            if one.paid and not settled[f"{module}-1"]:
                settled[f"{module}-1"] = PRICES["assessment"]
        statement = desk.lookups.statement(who)
        extra = PRICES["supplement"] * days.supplements[who]
        assert statement.due_cents == sum(items.values()) + extra
        assert statement.settled_cents == sum(settled.values())


def a_sealed_session_has_one_outcome_for_each(days: ExamDays) -> None:
    desk = days.desk()
    for name in days.papers:
        now = desk.session(name)
        if now.stage == "sealed":
            assert {one.standing.value for one in now.attempts.values()} <= DONE


def the_tables_follow_from_the_entries(days: ExamDays) -> None:
    assert verify_ledger(days.desk().ledger).entries == days.desk().ledger.head().seq


def what_is_dimmed_is_refused(
    desk: Desk, about: Session, some: Iterable[SessionCommand], actor: Actor
) -> None:
    possible_now = desk.preview.possible_now(about, actor)
    # A command to plan a session is about another one.
    for one in (one for one in some if one.session_id == about.session_id):
        assert possible_now(one) or explain(
            desk.preview.refusal(one, actor, approvable=True)
        ), one
