"""Every wish of the rule book in any order, with clocks that misbehave, at two desks.

A stopwatch, a score sheet and a cash box are kept by hand beside it (`support.paper`).
Each day is a seed, so that a day that fails can be had again: it is in the test's id.
For other and longer ones:

    RULE_BOOK_DAYS=1000-1500 RULE_BOOK_STEPS=300 pytest --timeout=0 tests/property
"""

import os
from collections import Counter
from itertools import count
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from cptkiosk import credentials
from cptkiosk.desk import Desk
from cptkiosk.domain import blockers, session
from cptkiosk.domain import commands as c
from cptkiosk.domain import personal_record as p
from cptkiosk.domain.attempt import Gate
from cptkiosk.domain.candidate import RegisterPerson, Registration
from cptkiosk.domain.planning import ROOM_CHECKS
from cptkiosk.domain.rules import RULES
from cptkiosk.domain.session_events import Room, StepUndone
from cptkiosk.domain.values import HOUR_MS, MINUTE_MS, Actor, Refused, Role
from cptkiosk.ledger import tables
from cptkiosk.ledger.verify import verify
from support.center import DANA, LEE, open_desk, staffed
from support.clock import HandClock
from support.paper import TICK_MS, Paper, exam_ms
from support.sessions import COUNTDOWN_MS, a_session
from support.wishes import MODULES, PEOPLE, Wishes, personal, refused

FIRST, _, LAST = os.environ.get("RULE_BOOK_DAYS", "0-20").partition("-")
STEPS = int(os.environ.get("RULE_BOOK_STEPS", "70"))
BEAT_MS = 60_000
KIM = Actor("s3", Role.PROCTOR)
SECOND = Actor("s4", Role.COORDINATOR)
ACTORS = (DANA, DANA, LEE, LEE, KIM)
RARE = {
    c.CancelSession, c.AbandonSession, c.CancelAttempt, c.DenyAttempt, c.MarkAbsent,
    c.PlanSession, c.EndSession, c.TakeNote, c.HandOver, c.RecordIrregularity,
}  # fmt: skip
KINDS = tuple(kind for kind in RULES for _ in range(1 if kind in RARE else 6))
DONE = {
    "finished", "dismissed", "withdrawn", "interrupted", "absent", "denied",
    "cancelled",
}  # fmt: skip
NEVER = {"absent", "denied", "cancelled"}
PRICES = {"registration": 2800, "assessment": 2200, "supplement": 7000}
REST = tuple(gate.value for gate in Gate if gate is not Gate.SEAT)[2:]


class RuleBook:
    """Exam days of one center, and the paper kept beside them."""

    def __init__(self, seed: int, folder: Path) -> None:
        self.random = Random(seed)
        self.folder = folder
        self.clock = HandClock()
        self.desks = [staffed(open_desk(self.folder, self.clock, "t1"))]
        self.desks[0].add_staff("Kim Park", Role.PROCTOR, "551177", "", DANA)
        self.desks.append(open_desk(self.folder, self.clock, "t2"))
        self.papers: dict[str, Paper] = {}
        self.box: Counter[tuple[str, str]] = Counter()
        self.supplements: Counter[str] = Counter()
        self.codes = count(1)
        self.turn = 0
        self.counts: Counter[tuple[str, bool]] = Counter()
        self.plan()

    def desk(self):
        """Return one desk, then the other."""
        self.turn += 1
        desk = self.desks[self.turn % 2]
        desk.catch_up()
        return desk

    # The day before

    def plan(self) -> None:
        random = self.random
        for who in PEOPLE:
            for module in MODULES[: random.randint(1, 3)]:
                self.register(random, who, module)
        now_ms = self.clock.now().utc_ms
        for name, hours in (("a", 0), ("b", 3)):
            wish = c.PlanSession(
                session_id=name, title=name, starts_at_utc_ms=now_ms + hours * HOUR_MS,
                module_ids=MODULES, rooms=(Room(name="204", rows=2, columns=4),),
            )  # fmt: skip
            self.do(wish, DANA)
        for number in range(random.choice((0, 5, 15, 18, 18, 18, 22, 22))):
            self.onwards("a", random)
            if number == len(PEOPLE) and random.random() < 0.5:
                late = c.ExpectLate(session_id="a", attempt_id="P1-safety")
                self.do(late, DANA)

    def register(self, random, who, module: str) -> None:
        registration = Registration(
            module,
            f"CODE-{next(self.codes)}",
            factor_permille=random.choice((1000, 1000, 1250, 1500, 0)),
            paid=random.choice((None, True, False)),
            stop_clock=random.random() < 0.5,
        )
        row = RegisterPerson(
            participant_id=who, family_name=f"Family{who}", given_name="Kim",
            registration=registration,
        )  # fmt: skip
        (outcome,) = self.desk().register([row], LEE)
        assert not isinstance(outcome, Refused)

    # What anybody might ask

    def any_session(self, random):
        desk = self.desk()
        going_on = [
            name
            for name in sorted(self.papers)
            if desk.session(name).stage not in {"planned", "sealed", "cancelled"}
        ]
        return random.choice((*going_on * 4, *sorted(self.papers)))

    def ask(self) -> None:
        times = self.random.randint(1, 6)
        for _ in range(times):
            kind = self.random.choice(KINDS)
            self.wish(self.random, kind, self.any_session(self.random))

    def ask_what_this_stage_allows(self) -> None:
        times = self.random.randint(1, 6)
        random = self.random
        for _ in range(times):
            name = self.any_session(random)
            stage = self.desk().session(name).stage
            kinds = [kind for kind in KINDS if stage in RULES[kind][0]]
            self.wish(random, random.choice(kinds), name)

    def wish(self, random, kind, name: str) -> None:
        desk, actor = self.desk(), random.choice(ACTORS)
        wishes = Wishes(random, desk, desk.session(name))
        some = [wishes.make(kind) for _ in range(random.choice((1, 6)))]
        possible = (one for one in some if not desk.why_not(one, actor))
        self.do(next(possible, some[0]), actor)

    def go_on(self) -> None:
        times = self.random.randint(1, 12)
        random = self.random
        name = self.any_session(random)
        for _ in range(times):
            if not self.onwards(name, random):
                break

    def onwards(self, name: str, random):
        """Do what comes next in a session, as somebody would who has no trouble."""
        now = self.desk().session(name)
        about = {"session_id": name}
        match now.stage:
            case "planned":
                return self.do(self.next_to_plan(now), DANA)
            case "check-in":
                return self.do(self.next_at_the_door(now), DANA)
            case "running":
                if now.version == now.started_version and random.random() < 0.2:
                    return self.do(c.UndoStart(**about), DANA)
                self.advance(random.randrange(0, 20 * MINUTE_MS, TICK_MS))
                for one in now.attempts.values():
                    if one.standing == "testing":
                        step = c.FinishAttempt(**about, attempt_id=one.attempt_id)
                        return random.random() < 0.2 and self.do(step, LEE)
                return self.do(c.EndSession(**about), LEE)
            case "halted":
                return self.do(c.ResumeSession(**about, back=tuple(now.attempts)), LEE)
            case "ended" | "abandoned":
                return self.do(self.next_to_close(now), DANA)
        return False

    def next_to_plan(self, now):
        on_roll = {one.participant_id for one in now.attempts.values()}
        for who in PEOPLE:
            if who not in on_roll:
                return self.desk().assignment(now.session_id, who, "safety")
        return c.OpenCheckIn(
            session_id=now.session_id, room_checks=ROOM_CHECKS,
            no_conflicts_declared=True,
        )  # fmt: skip

    def next_at_the_door(self, now):
        for one in now.attempts.values():
            about = {"session_id": now.session_id, "attempt_id": one.attempt_id}
            passed = one.passed_gates
            waits = one.late and one.standing == "late-expected"
            if waits or one.standing in {"expected", "checked-in"}:
                for gates in (("photo-id",), ("name",), REST):
                    if not set(gates) <= passed:
                        return c.PassGates(**about, gates=gates)
                return c.TakeSeat(**about)
        return c.StartSession(session_id=now.session_id)

    def next_who_is_late(self, now):
        """Return what lets somebody in late, if there is somebody."""
        for one in now.attempts.values():
            about = {"session_id": now.session_id, "attempt_id": one.attempt_id}
            if one.standing == "seated":
                return c.StartLate(**about)
            if one.late and one.standing in {"late-expected", "checked-in"}:
                return self.next_at_the_door(now)
            if one.standing in {"absent", "late-expected"}:
                return c.ArriveLate(**about)
        return None

    def running(self):
        desk = self.desk()
        return [
            desk.session(name)
            for name in sorted(self.papers)
            if desk.session(name).stage == "running"
        ]

    def somebody_comes_late(self) -> None:
        for now in self.running():
            note = c.TakeNote(session_id=now.session_id, text="the door opens")
            self.do(note, DANA)
            for _ in range(6):
                step = self.next_who_is_late(self.desk().session(now.session_id))
                if step is None or not self.do(step, DANA):
                    break

    def time_runs_short(self) -> None:
        for now in self.running():
            testing = [
                one.attempt_id
                for one in now.attempts.values()
                if one.standing == "testing" and not one.untimed
            ]
            if not testing:
                continue
            minutes = self.random.choice((30, 10, 5, 0))
            left_ms = self.papers[now.session_id].left_ms(self.random.choice(testing))
            self.advance(max(0, left_ms - minutes * MINUTE_MS))
            call = c.Announce(
                session_id=now.session_id, minutes=minutes, attempt_ids=tuple(testing)
            )
            self.do(call, LEE)

    def next_to_close(self, now):
        """Return what a coordinator does next until a session can be sealed."""
        about = {"session_id": now.session_id}
        if now.unconfirmed is not None:
            return c.ConfirmRoomClock(**about)
        for one in now.attempts.values():
            key = {**about, "attempt_id": one.attempt_id}
            if one.standing in NEVER or not blockers.score_lacks(one):
                continue
            if one.discrepancy and one.score.state == "verified":
                return c.SettleDiscrepancy(**key, uphold="score", reason="a letter")
            if one.score.state in {"entered", "corrected"}:
                shown, vendors = (
                    self.papers[now.session_id].sheets[one.attempt_id].shown
                )
                wish = c.KeyScore(**key, shown=shown, vendor_verdict=vendors)
            else:
                wish = c.KeyScore(**key, shown="40")
            if "one assessment has one score" in self.desk().why_not(wish, DANA):
                return c.ExplainScore(**key, state="not applicable", reason="goes on")
            return wish
        for found in now.in_force:
            if found.event.missing:
                return self.completed(now, found.event)
        if blockers.scratch_open(now):
            return c.ReconcileScratch(**about, returned=0, note="all shredded")
        return c.SealSession(**about)

    def completed(self, now, event):
        code = self.desk().definitions.irregularity(event.code)
        return c.RecordIrregularity(
            session_id=now.session_id, code=event.code, severity=event.severity,
            scope=event.scope, validity="none",
            attempt_ids=event.attempt_ids or tuple(now.attempts),
            observed="It was loud outside, for a long while." * 3,
            action_taken="Closed the window.", told="Dana Ortiz",
            details=tuple((name, "10") for name in code.fields),
            supersedes=event.irregularity_id,
        )  # fmt: skip

    # What is asked about candidates

    def ask_about_a_candidate(self) -> None:
        random = self.random
        command, actor = personal(random), random.choice(ACTORS)
        desk = self.desk()
        head = desk.ledger.head()
        before = desk.candidate(command.participant_id)
        open_cents = {
            one.item: one.open_cents
            for one in desk.statement(command.participant_id).lines
        }
        if refused(lambda: desk.note(command, actor)):
            assert desk.ledger.head() == head
            assert desk.candidate(command.participant_id) == before
            return
        match command:
            case p.SettleFee():
                cents = command.amount_cents or open_cents[command.item]
                self.box[command.participant_id, command.item] += cents
            case p.OrderSupplement():
                self.supplements[command.participant_id] += 1

    def import_a_roster(self) -> None:
        random = self.random
        who = random.choice(PEOPLE)
        self.register(random, who, random.choice(MODULES))
        desk = self.desk()
        off = {
            (name, one.attempt_id): one.factor_permille
            for name in self.papers
            for one in desk.session(name).attempts.values()
        }
        desk.refresh_rolls(frozenset({who}), LEE)
        for (name, attempt_id), factor in off.items():
            now = desk.session(name).attempts[attempt_id]
            sheet = self.papers[name].sheets[attempt_id]
            if now.factor_permille != factor and not sheet.carried:
                registered = desk.candidate(who).registrations[now.module.module_id]
                for one in (sheet, *sheet.undo):
                    one.allowed_ms = exam_ms(registered.time_permille)
            if now.undo is None:
                sheet.undo.clear()

    # What clocks do

    def advance(self, ms: int) -> None:
        """Let time pass as a terminal lives through it, beating as it goes."""
        while ms:
            some = min(ms, BEAT_MS)
            self.sleep(some)
            self.desk().beat()
            ms -= some

    def sleep(self, ms: int) -> None:
        self.clock.advance(ms)
        for paper in self.papers.values():
            paper.pass_ms(ms)

    def span_ms(self, longest_ms):
        return self.random.randrange(0, longest_ms, TICK_MS)

    def wait(self) -> None:
        longest_ms = self.random.choice((2_000, 30_000, 8 * MINUTE_MS, HOUR_MS))
        self.advance(self.span_ms(longest_ms))

    def suspend(self) -> None:
        self.sleep(self.span_ms(20 * MINUTE_MS))
        self.desk().beat()

    def set_the_wall_clock(self) -> None:
        self.clock.step_wall(self.random.randint(-(10**8), 10**8))
        self.advance(BEAT_MS)

    def reboot(self) -> None:
        gap_ms = self.span_ms(20 * MINUTE_MS)
        self.clock.reboot(gap_ms, up_ms=self.random.randint(0, 10**6))
        for paper in self.papers.values():
            paper.pass_ms(gap_ms)
        self.terminals_again()

    def lose_the_clock(self) -> None:
        """Reboot with a wall clock that cannot be right."""
        self.advance(BEAT_MS)
        desk = self.desk()
        running = [
            name for name in self.papers if desk.session(name).stage == "running"
        ]
        self.clock.reboot(self.random.choice((-1, -(10**10), 6 * HOUR_MS + 1)))
        self.terminals_again()
        for name in running:
            self.papers[name].halt(0)

    def terminals_again(self) -> None:
        for one in self.desks:
            one.ledger.close()
        self.desks = [open_desk(self.folder, self.clock, f"t{n}") for n in (1, 2)]
        for one in self.desks:
            one.attach()

    # How it is done and seen

    def do(self, command, actor: Actor):
        """Carry a wish out, or see that its refusal changed nothing; return if it did."""
        desk, name = self.desk(), command.session_id
        why = desk.why_not(command, actor)
        head, rows, known = desk.ledger.head(), stored(desk), desk.sessions
        before = known.get(name, session.Session())
        recorded, said = None, ""
        try:
            # Without the PINs, which take their time to check.
            recorded = desk._carry_out(command, actor)
        except Refused as refusal:
            said = str(refusal)
        assert said == why
        if recorded is None or not recorded.entries:
            assert desk.sessions == known
            assert desk.ledger.head() == head
            assert stored(desk) == rows
            assert recorded is not None or said.endswith(".")
            self.counts[type(command).__name__, False] += 1
            return False
        self.take_down(command, recorded, before, desk)
        self.counts[type(command).__name__, True] += 1
        return True

    def take_down(self, command, recorded, before, desk: Desk) -> None:
        name = command.session_id
        if isinstance(command, c.PlanSession):
            self.papers[name] = Paper({})
            return
        paper = self.papers[name]
        undone = recorded.entries[-1].event
        if isinstance(undone, StepUndone):
            paper.sheets[undone.attempt_id].back()
            return
        assigned = getattr(command, "instead", command)
        carried_ms = None
        if isinstance(assigned, c.AssignAttempt) and assigned.continues:
            other, _, attempt_id = assigned.continues.partition("/")
            carried_ms = self.papers[other].left_ms(attempt_id)
        paper.take_in(command, before, carried_ms)

    # What must hold

    def no_time_is_made_or_lost(self) -> None:
        desk = self.desk()
        for name, paper in self.papers.items():
            now = desk.session(name)
            line_ms, stops = now.line_ms(desk.now()), paper.stops()
            for one in now.attempts.values():
                sheet = paper.sheets[one.attempt_id]
                used_ms = sheet.used_ms(paper.now, stops)
                assert now.elapsed_ms(one, line_ms) == used_ms, one.attempt_id
                assert one.allowed_ms == sheet.allowed_ms, one.attempt_id
                assert now.left_ms(one, line_ms) == sheet.allowed_ms - used_ms

    def the_record_says_the_same_as_memory(self) -> None:
        for desk in self.desks:
            desk.catch_up()
        for name in self.papers:
            replayed = session.replay(self.desks[0].ledger.read(f"session/{name}"))
            assert self.desks[0].session(name) == replayed
            assert self.desks[1].session(name) == replayed

    def no_credential_follows_that_the_scores_do_not_support(self) -> None:
        desk = self.desk()
        for who in PEOPLE:
            earned = {
                one.module_id for one in credentials.progress_of(desk, who).certificates
            }
            assert earned == {
                module
                for name, paper in self.papers.items()
                for module in MODULES
                if f"{who}-{module}" in paper.sheets
                and desk.session(name).attempts[f"{who}-{module}"].standing not in NEVER
                and paper.counts(f"{who}-{module}", module)
            }, who

    def nobody_is_in_two_places(self) -> None:
        begun = [
            one
            for name in self.papers
            for one in self.desk().session(name).attempts.values()
            if one.start_line_ms is not None
        ]
        testing = Counter(
            one.participant_id for one in begun if one.standing.value not in DONE
        )
        assert not testing or max(testing.values()) == 1, testing
        holders = {(one.user_code, one.participant_id) for one in begun}
        codes = Counter(code for code, _ in holders if code)
        assert not codes or max(codes.values()) == 1, codes

    def the_statement_adds_up(self) -> None:
        desk = self.desk()
        for who in PEOPLE:
            registered = desk.candidate(who).registrations
            times = Counter(
                one.module.module_id
                for name in self.papers
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
            settled = {item: self.box[who, item] for item in items}
            for module, one in registered.items():
                if one.paid and not settled[f"{module}-1"]:
                    settled[f"{module}-1"] = PRICES["assessment"]
            statement = desk.statement(who)
            extra = PRICES["supplement"] * self.supplements[who]
            assert statement.due_cents == sum(items.values()) + extra
            assert statement.settled_cents == sum(settled.values())

    def a_sealed_session_has_one_outcome_for_each(self) -> None:
        desk = self.desk()
        for name in self.papers:
            now = desk.session(name)
            if now.stage == "sealed":
                assert {one.standing.value for one in now.attempts.values()} <= DONE

    def the_tables_follow_from_the_entries(self) -> None:
        assert verify(self.desk().ledger).entries == self.desk().ledger.head().seq

    def check(self) -> None:
        self.no_time_is_made_or_lost()
        self.the_record_says_the_same_as_memory()
        self.no_credential_follows_that_the_scores_do_not_support()
        self.nobody_is_in_two_places()
        self.the_statement_adds_up()
        self.a_sealed_session_has_one_outcome_for_each()

    def step(self) -> None:
        some = (
            (self.ask_what_this_stage_allows, 10), (self.ask, 2), (self.go_on, 1),
            (self.somebody_comes_late, 1), (self.time_runs_short, 0.5),
            (self.ask_about_a_candidate, 2), (self.import_a_roster, 0.5),
            (self.wait, 3), (self.suspend, 0.5), (self.set_the_wall_clock, 0.7),
            (self.reboot, 0.5), (self.lose_the_clock, 0.2),
        )  # fmt: skip
        steps, weights = zip(*some, strict=True)
        self.random.choices(steps, weights)[0]()
        self.check()
        if self.random.random() < 0.2:
            self.the_tables_follow_from_the_entries()

    # The end of the day

    def close_everything(self) -> None:
        """Bring every session to its end: there is always a way for a coordinator."""
        for who in PEOPLE:
            for staff_id, relation in self.desk().candidate(who).conflicts.items():
                if relation:
                    withdraw = p.WithdrawConflict(
                        participant_id=who, staff_id=staff_id, reason="settled"
                    )
                    # Nobody withdraws a conflict of their own.
                    own = staff_id == DANA.staff_id
                    self.desk().note(withdraw, SECOND if own else DANA)
        for name in self.papers:
            for _ in range(100):
                now = self.desk().session(name)
                if now.stage in {"sealed", "cancelled"}:
                    break
                step = self.last_steps(now)
                assert self.do(step, DANA), self.desk().why_not(step, DANA)
            assert now.stage in {"sealed", "cancelled"}
        self.check()
        self.the_tables_follow_from_the_entries()

    def last_steps(self, now):
        about = {"session_id": now.session_id}
        if now.stage in {"planned", "check-in"}:
            return c.CancelSession(**about, reason="the day is over")
        if now.stage in {"ended", "abandoned"}:
            return self.next_to_close(now)
        if now.unconfirmed is not None:
            return c.ConfirmRoomClock(**about)
        if now.stage == "halted":
            return c.ResumeSession(**about, back=tuple(now.attempts))
        if now.line_ms(self.clock.now()) < now.start_line_ms:
            self.advance(COUNTDOWN_MS)
        for one in now.attempts.values():
            key = {**about, "attempt_id": one.attempt_id}
            if one.standing == "testing":
                return c.FinishAttempt(**key)
            if one.standing in {"checked-in", "seated"}:
                return c.DenyAttempt(**key, reason="too late", coordinator_called=True)
            if one.standing not in DONE:
                return c.MarkAbsent(**about, attempt_ids=(one.attempt_id,))
        return c.EndSession(**about)


def stored(desk: Desk):
    """Return every row of the projected tables."""
    return {name: desk.ledger.rows(f"SELECT * FROM {name}") for name in tables.TABLES}


@pytest.mark.parametrize("seed", range(int(FIRST), int(LAST)))
def test_the_rule_book_holds_on_any_day(seed: int, tmp_path: Path) -> None:
    book = RuleBook(seed, tmp_path / "data")
    for _ in range(STEPS):
        book.step()
    book.close_everything()
    for one in book.desks:
        one.ledger.close()


def test_there_is_a_wish_of_every_kind(desk: Desk) -> None:
    a_session(desk)
    wishes = Wishes(Random(0), desk, desk.session("a"))

    assert {type(wishes.make(kind)) for kind in RULES} == set(RULES)


class RuleBookMachine(RuleBasedStateMachine):
    """The same days with Hypothesis at the dice, which shortens a day that fails."""

    def __init__(self) -> None:
        super().__init__()
        self.place = TemporaryDirectory()
        self.book: RuleBook | None = None

    @initialize(seed=st.integers(0, 2**32 - 1))
    def begin(self, seed: int) -> None:
        self.book = RuleBook(seed, Path(self.place.name) / "data")

    @rule(seed=st.integers(0, 2**32 - 1))
    def step(self, seed: int) -> None:
        self.book.random.seed(seed)
        self.book.step()

    def teardown(self) -> None:
        if self.book is not None:
            self.book.close_everything()
            for one in self.book.desks:
                one.ledger.close()
        self.place.cleanup()


TestRuleBook = RuleBookMachine.TestCase
TestRuleBook.settings = settings(
    max_examples=3,
    stateful_step_count=30,
    deadline=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
