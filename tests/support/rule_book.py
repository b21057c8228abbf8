"""Exam days of one center with commands of every kind, at two desks."""

from pathlib import Path
from random import Random

from cptkiosk.domain.commands.base import AboutAttempt, SessionCommand
from cptkiosk.domain.commands.checkin import (
    ArriveLate,
    DenyAttempt,
    ExpectLate,
    HandOver,
    MarkAbsent,
    OpenCheckIn,
    TakeSeat,
)
from cptkiosk.domain.commands.closing import ReconcileScratch, SealSession
from cptkiosk.domain.commands.halt import ResumeSession
from cptkiosk.domain.commands.irregularity import RecordIrregularity, TakeNote
from cptkiosk.domain.commands.planning import CancelAttempt, CancelSession, PlanSession
from cptkiosk.domain.commands.restart import ConfirmRoomClock
from cptkiosk.domain.commands.score import ExplainScore, KeyScore, SettleDiscrepancy
from cptkiosk.domain.commands.testing import (
    AbandonSession,
    Announce,
    EndSession,
    FinishAttempt,
    StartLate,
    StartSession,
    UndoStart,
)
from cptkiosk.domain.events.irregularity import IrregularityRecorded
from cptkiosk.domain.events.planning import Room
from cptkiosk.domain.rules import candidate_rules as p
from cptkiosk.domain.rules.checkin import ROOM_CHECKS, needs_own_look
from cptkiosk.domain.rules.decide import RULES
from cptkiosk.domain.state import blockers
from cptkiosk.domain.state.attempt import Gate
from cptkiosk.domain.state.candidate import RegisterPerson, Registration
from cptkiosk.domain.state.session import Session
from cptkiosk.domain.values import HOUR_MS, MINUTE_MS, Actor, Refused, Role
from cptkiosk.services.assignment import build_assignment, refresh_rolls
from cptkiosk.words import explain
from support import rule_checks
from support.center import DANA, KIM, LEE
from support.exam_days import ExamDays
from support.paper import exam_ms
from support.random_commands import (
    MODULES,
    PEOPLE,
    RandomCommands,
    random_candidate_command,
    refused,
)
from support.sessions import COUNTDOWN_MS, gates_passed
from support.ticks import TICK_MS

SECOND = Actor("s4", Role.COORDINATOR)
ACTORS = (DANA, DANA, LEE, LEE, KIM)
RARE = {
    CancelSession, AbandonSession, CancelAttempt, DenyAttempt, MarkAbsent,
    PlanSession, EndSession, TakeNote, HandOver, RecordIrregularity,
}  # fmt: skip
KINDS = tuple(kind for kind in RULES for _ in range(1 if kind in RARE else 6))
DONE = {
    "finished", "dismissed", "withdrawn", "interrupted", "absent", "denied",
    "cancelled",
}  # fmt: skip
NEVER = {"absent", "denied", "cancelled"}
REST = tuple(gate.value for gate in Gate if gate is not Gate.SEAT)[2:]


class RuleBook(ExamDays):
    """Exam days of one center, and the paper kept beside them."""

    def __init__(self, seed: int, folder: Path) -> None:
        super().__init__(seed, folder)
        self.plan()

    # The day before

    def plan(self) -> None:
        random = self.random
        for who in PEOPLE:
            for module in MODULES[: random.randint(1, 3)]:
                self.register(random, who, module)
        now_ms = self.clock.now().utc_ms
        for name, hours in (("a", 0), ("b", 3)):
            command = PlanSession(
                session_id=name, title=name, starts_at_utc_ms=now_ms + hours * HOUR_MS,
                module_ids=MODULES, rooms=(Room(name="204", rows=2, columns=4),),
            )  # fmt: skip
            self.do(command, DANA)
        for number in range(random.choice((0, 5, 15, 18, 18, 18, 22, 22))):
            self.onwards("a", random)
            if number == len(PEOPLE) and random.random() < 0.5:
                late = ExpectLate(session_id="a", attempt_id="P1-safety")
                self.do(late, DANA)

    def register(self, random: Random, who: str, module: str) -> None:
        registration = Registration(
            module,
            f"CODE-{next(self.codes)}",
            factor_permille=random.choice((1000, 1000, 1250, 1500, 0)),
            paid=random.choice((None, True, False)),
            stop_clock=random.random() < 0.5,
        )
        row = RegisterPerson(
            participant_id=who, family_name=f"Family{who}", given_name="Kim",
            registration=registration, reason="a letter of the school",
        )  # fmt: skip
        (outcome,) = self.desk().registrar.register([row], DANA)
        assert not isinstance(outcome, Refused)

    # What anybody might ask

    def any_session(self, random: Random) -> str:
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
            self.ask_for(self.random, kind, self.any_session(self.random))

    def ask_what_this_stage_allows(self) -> None:
        times = self.random.randint(1, 6)
        random = self.random
        for _ in range(times):
            name = self.any_session(random)
            stage = self.desk().session(name).stage
            kinds = [kind for kind in KINDS if stage in RULES[kind].stages]
            self.ask_for(random, random.choice(kinds), name)

    def ask_for(self, random: Random, kind: type[SessionCommand], name: str) -> None:
        desk, actor = self.desk(), random.choice(ACTORS)
        draw = RandomCommands(random, desk, desk.session(name))
        some = [draw.make(kind) for _ in range(random.choice((1, 6)))]
        rule_checks.what_is_dimmed_is_refused(desk, desk.session(name), some, actor)
        possible = (
            one for one in some if not explain(desk.preview.refusal(one, actor))
        )
        self.do(next(possible, some[0]), actor)

    def go_on(self) -> None:
        times = self.random.randint(1, 12)
        random = self.random
        name = self.any_session(random)
        for _ in range(times):
            if not self.onwards(name, random):
                break

    def onwards(self, name: str, random: Random) -> bool:
        """Do what comes next in a session where all goes well."""
        now = self.desk().session(name)
        about = {"session_id": name}
        match now.stage:
            case "planned":
                return self.do(self.next_to_plan(now), DANA)
            case "check-in":
                return self.do(self.next_at_the_door(now), DANA)
            case "running":
                if now.version == now.started_version and random.random() < 0.2:
                    return self.do(UndoStart(**about), DANA)
                self.advance(random.randrange(0, 20 * MINUTE_MS, TICK_MS))
                for one in now.attempts.values():
                    if one.standing == "testing":
                        step = FinishAttempt(**about, attempt_id=one.attempt_id)
                        return random.random() < 0.2 and self.do(step, LEE)
                return self.do(EndSession(**about), LEE)
            case "halted":
                return self.do(ResumeSession(**about, back=tuple(now.attempts)), LEE)
            case "ended" | "abandoned":
                return self.do(self.next_to_close(now), DANA)
        return False

    def next_to_plan(self, now: Session) -> SessionCommand:
        on_roll = {one.participant_id for one in now.attempts.values()}
        for who in PEOPLE:
            if who not in on_roll:
                return build_assignment(self.desk(), now.session_id, who, "safety")
        return OpenCheckIn(
            session_id=now.session_id, room_checks=ROOM_CHECKS,
            no_conflicts_declared=True,
        )  # fmt: skip

    def next_at_the_door(self, now: Session) -> SessionCommand:
        for one in now.attempts.values():
            about: AboutAttempt = {
                "session_id": now.session_id,
                "attempt_id": one.attempt_id,
            }
            passed = one.passed_gates
            waits = one.late and one.standing == "late-expected"
            if waits or one.standing in {"expected", "checked-in"}:
                alone = one.paid is False or needs_own_look(one, ())
                rest = [(gate,) for gate in REST] if alone else [REST]
                for gates in (("photo-id",), ("name",), *rest):
                    if not set(gates) <= passed:
                        return gates_passed(about, gates)
                return TakeSeat(**about)
        return StartSession(session_id=now.session_id)

    def next_who_is_late(self, now: Session) -> SessionCommand | None:
        """Return what admits a late candidate, or None."""
        for one in now.attempts.values():
            about: AboutAttempt = {
                "session_id": now.session_id,
                "attempt_id": one.attempt_id,
            }
            if one.standing == "seated":
                return StartLate(**about)
            if one.late and one.standing in {"late-expected", "checked-in"}:
                return self.next_at_the_door(now)
            if one.standing in {"absent", "late-expected"}:
                return ArriveLate(**about)
        return None

    def running(self) -> list[Session]:
        desk = self.desk()
        return [
            desk.session(name)
            for name in sorted(self.papers)
            if desk.session(name).stage == "running"
        ]

    def somebody_comes_late(self) -> None:
        for now in self.running():
            note = TakeNote(session_id=now.session_id, text="the door opens")
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
                if one.standing == "testing" and not one.is_untimed
            ]
            if not testing:
                continue
            minutes = self.random.choice((30, 10, 5, 0))
            left_ms = self.papers[now.session_id].left_ms(self.random.choice(testing))
            self.advance(max(0, left_ms - minutes * MINUTE_MS))
            call = Announce(
                session_id=now.session_id, minutes=minutes, attempt_ids=tuple(testing)
            )
            self.do(call, LEE)

    def next_to_close(self, now: Session) -> SessionCommand:
        """Return what a coordinator does next until a session can be sealed."""
        about = {"session_id": now.session_id}
        if now.unconfirmed_bridge is not None:
            return ConfirmRoomClock(session_id=now.session_id)
        for one in now.attempts.values():
            key: AboutAttempt = {
                "session_id": now.session_id,
                "attempt_id": one.attempt_id,
            }
            if one.standing in NEVER or not blockers.score_lacks(one):
                continue
            if one.has_discrepancy and one.score.state == "verified":
                return SettleDiscrepancy(**key, uphold="score", reason="a letter")
            if one.score.state in {"entered", "corrected"}:
                shown, vendors = (
                    self.papers[now.session_id].sheets[one.attempt_id].shown
                )
                command = KeyScore(
                    **key,
                    shown=shown,
                    vendor_verdict=vendors,
                    shown_as="" if "%" in shown else "raw",
                )
            else:
                command = KeyScore(**key, shown="40")
            refusal = self.desk().preview.refusal(command, DANA)
            if refusal is not None and refusal.code == "score-continued":
                return ExplainScore(**key, state="not applicable", reason="goes on")
            return command
        for found in now.in_force:
            if found.event.missing:
                return self.completed(now, found.event)
        if blockers.scratch_open(now):
            return ReconcileScratch(
                session_id=now.session_id, returned=0, note="all shredded"
            )
        return SealSession(session_id=about["session_id"])

    def completed(
        self, now: Session, event: IrregularityRecorded
    ) -> RecordIrregularity:
        code = self.desk().definitions.irregularity(event.code)
        return RecordIrregularity(
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
        command, actor = random_candidate_command(random), random.choice(ACTORS)
        desk = self.desk()
        head = desk.ledger.head()
        before = desk.candidate(command.participant_id)
        open_cents = {
            one.item: one.open_cents
            for one in desk.lookups.statement(command.participant_id).lines
        }
        if refused(lambda: desk.perform(command, actor)):
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
        refresh_rolls(desk, frozenset({who}), LEE)
        for (name, attempt_id), factor in off.items():
            now = desk.session(name).attempts[attempt_id]
            sheet = self.papers[name].sheets[attempt_id]
            if now.factor_permille != factor and not sheet.carried:
                registered = desk.candidate(who).registrations[now.module.module_id]
                for one in (sheet, *sheet.undo):
                    one.allowed_ms = exam_ms(registered.time_permille)
            if now.undo is None:
                sheet.undo.clear()

    def check(self) -> None:
        rule_checks.no_time_is_made_or_lost(self)
        rule_checks.the_record_says_the_same_as_memory(self)
        rule_checks.no_credential_follows_that_the_scores_do_not_support(self)
        rule_checks.nobody_is_in_two_places(self)
        rule_checks.the_statement_adds_up(self)
        rule_checks.a_sealed_session_has_one_outcome_for_each(self)

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
            rule_checks.the_tables_follow_from_the_entries(self)

    # The end of the day

    def close_everything(self) -> None:
        """Bring every session to its end: there is always a way for a coordinator."""
        for who in PEOPLE:
            for staff_id, relation in self.desk().candidate(who).conflicts.items():
                if relation:
                    withdraw = p.WithdrawConflict(
                        participant_id=who, staff_id=staff_id, reason="settled"
                    )
                    # A person cannot withdraw their own conflict.
                    own = staff_id == DANA.staff_id
                    self.desk().perform(withdraw, SECOND if own else DANA)
        for name in self.papers:
            for _ in range(100):
                now = self.desk().session(name)
                if now.stage in {"sealed", "cancelled"}:
                    break
                step = self.last_steps(now)
                assert self.do(step, DANA), self.desk().preview.refusal(step, DANA)
            assert now.stage in {"sealed", "cancelled"}
        self.check()
        rule_checks.the_tables_follow_from_the_entries(self)

    def last_steps(self, now: Session) -> SessionCommand:
        about = {"session_id": now.session_id}
        if now.stage in {"planned", "check-in"}:
            return CancelSession(**about, reason="the day is over")
        if now.stage in {"ended", "abandoned"}:
            return self.next_to_close(now)
        if now.unconfirmed_bridge is not None:
            return ConfirmRoomClock(session_id=now.session_id)
        if now.stage == "halted":
            return ResumeSession(**about, back=tuple(now.attempts))
        assert now.start_line_ms is not None
        if now.timeline_ms(self.clock.now()) < now.start_line_ms:
            self.advance(COUNTDOWN_MS)
        for one in now.attempts.values():
            key: AboutAttempt = {
                "session_id": now.session_id,
                "attempt_id": one.attempt_id,
            }
            if one.standing == "testing":
                return FinishAttempt(**key)
            if one.standing in {"checked-in", "seated"}:
                return DenyAttempt(**key, reason="too late", coordinator_called=True)
            if one.standing not in DONE:
                return MarkAbsent(
                    session_id=now.session_id, attempt_ids=(one.attempt_id,)
                )
        return EndSession(**about)
