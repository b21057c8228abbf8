"""Random exam days: no time made or lost, nothing lost or doubled, nothing half-done.

Each day is a seed, so that a day that fails can be had again: it is in the test's id.
"""

import random
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import TypeVar, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.base import AboutAttempt, SessionCommand
from cptkiosk.domain.commands.checkin import ArriveLate, ExpectLate, PassGates, TakeSeat
from cptkiosk.domain.commands.closing import ReopenSession, SealSession
from cptkiosk.domain.commands.halt import HaltSession, ResumeSession
from cptkiosk.domain.commands.irregularity import TakeNote
from cptkiosk.domain.commands.mistake import UndoStep
from cptkiosk.domain.commands.restart import ConfirmRoomClock
from cptkiosk.domain.commands.score import KeyScore
from cptkiosk.domain.commands.testing import (
    AbandonSession,
    BeginBreak,
    BeginPause,
    EndBreak,
    EndEarly,
    EndPause,
    EndSession,
    FinishAttempt,
    GiveCredit,
    StartLate,
    StartSession,
    UndoStart,
)
from cptkiosk.domain.events.fact import EVENT_TYPES, Fact
from cptkiosk.domain.events.halt import HaltUndone
from cptkiosk.domain.events.irregularity import Moment
from cptkiosk.domain.events.planning import AssignedModule, OddDate, Room
from cptkiosk.domain.events.results import AttemptResult
from cptkiosk.domain.events.session import StepUndone
from cptkiosk.domain.rules.photo_id import pass_photo_id
from cptkiosk.domain.state import session_changes
from cptkiosk.domain.state.candidate import RegisterPerson, Registration
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.state.session_log import LogEntryUndone
from cptkiosk.domain.values import HOUR_MS, MINUTE_MS, Personal, Refused
from cptkiosk.ledger.codec import decode_event, encode_event, find_commitments
from cptkiosk.ledger.maintenance.verify import rebuild_projections, verify_ledger
from cptkiosk.services.assignment import refresh_rolls
from cptkiosk.words import explain, explain_remedy
from support.center import DANA, LEE, open_desk, staffed
from support.clock import HandClock
from support.options import USUAL_SEED, examples, option
from support.paper import Paper
from support.sessions import COUNTDOWN_MS, attempt_id, opened, planned, seated
from support.ticks import TICK_MS

A = "a"
T = TypeVar("T", bound=Fact | Room | AssignedModule | AttemptResult | Moment | OddDate)
FIRST = option("SEED", USUAL_SEED)
DAYS = option("RULE_DAYS", 12)
STEPS = option("RULE_STEPS", 90)
BEAT_MS = 15_000


class Day:
    """One random day at two terminals, with a clock that misbehaves."""

    def __init__(self, seed: int, folder: Path) -> None:
        self.random = random.Random(seed)
        self.clock = HandClock()
        self.folder = folder
        self.desks = [staffed(open_desk(folder, self.clock, "t1"))]
        self.desks.append(open_desk(folder, self.clock, "t2"))
        self.people = tuple(f"P{n}" for n in range(1, self.random.randint(3, 6)))
        self.factors = {
            one: self.random.choice((1000, 1000, 1250, 1500)) for one in self.people
        }
        self.check_in()
        self.paper = Paper(
            {attempt_id(one): 90 * 60 * factor for one, factor in self.factors.items()}
        )
        self.counts = {"allowed": 0, "refused": 0}
        if self.random.random() < 0.8:
            self.do(StartSession(session_id=A))
            self.advance(COUNTDOWN_MS)

    @property
    def desk(self) -> Desk:
        return self.random.choice(self.desks)

    def check_in(self) -> None:
        first = self.desks[0]
        planned(first, self.people, A, "safety")
        for one, factor in self.factors.items():
            registration = Registration("safety", factor_permille=factor)
            row = RegisterPerson(
                participant_id=one, family_name=f"Family{one}", given_name="Kim",
                registration=registration,
            )  # fmt: skip
            first.registrar.register([row], LEE)
        refresh_rolls(first, frozenset(self.people), LEE)
        opened(first, A)
        late = self.random.random() < 0.5
        for one in self.people[late:]:
            seated(first, A, attempt_id(one))
        if late:
            command = ExpectLate(session_id=A, attempt_id=attempt_id(self.people[0]))
            first.perform(command, LEE)

    def step(self) -> None:
        if self.random.random() < 0.3:
            self.random.choices(
                (self.wait, self.set_wall, self.reboot, self.lose_the_clock),
                (12, 3, 1.5, 0.5),
            )[0]()
        else:
            self.do(self.draw_command())
        self.check()

    # What clocks do

    def advance(self, ms: int) -> None:
        """Let time pass as a terminal lives through it, beating as it goes."""
        while ms:
            some = min(ms, BEAT_MS)
            self.clock.advance(some)
            self.paper.pass_ms(some)
            self.desk.boots.beat()
            ms -= some

    def wait(self) -> None:
        longest = self.random.choice((2_000, 30_000, 8 * MINUTE_MS))
        self.advance(self.random.randrange(0, longest, TICK_MS))

    def set_wall(self) -> None:
        self.clock.step_wall(
            self.random.choice((-1, 1)) * self.random.randint(1, 10**8)
        )
        self.advance(BEAT_MS)

    def reboot(self) -> None:
        gap_ms = self.random.randrange(0, 20 * MINUTE_MS, TICK_MS)
        self.clock.reboot(gap_ms, up_ms=self.random.randint(0, 10**6))
        self.paper.pass_ms(gap_ms)
        self.terminals_again()

    def lose_the_clock(self) -> None:
        """Reboot with a wall clock that cannot be right."""
        self.advance(BEAT_MS)
        self.desks[0].catch_up()
        running = self.desks[0].session(A).stage
        self.clock.reboot(self.random.choice((-1, -(10**10), 6 * HOUR_MS + 1)))
        self.terminals_again()
        if running is Stage.RUNNING:
            self.paper.halt(0)

    def terminals_again(self) -> None:
        for one in self.desks:
            one.ledger.close()
        self.desks = [open_desk(self.folder, self.clock, f"t{n}") for n in (1, 2)]
        for one in self.random.sample(self.desks, 2):
            if self.random.random() < 0.5:
                one.boots.beat()
            one.boots.attach()

    # What people do

    def draw_command(self) -> SessionCommand:
        r = self.random
        who = attempt_id(r.choice(self.people))
        key: AboutAttempt = {"session_id": A, "attempt_id": who}
        everybody = tuple(map(attempt_id, self.people))
        some: Callable[[], tuple[str, ...]] = lambda: tuple(  # noqa: E731
            one for one in everybody if r.random() < 0.9
        )
        minutes = r.choice((-20, -5, -1, 1, 6, 14, 16, 60))
        commands: list[tuple[float, Callable[[], SessionCommand]]] = [
            (3, lambda: StartSession(session_id=A)),
            (0.5, lambda: UndoStart(session_id=A)),
            (2, lambda: HaltSession(
                session_id=A, reason="alarm",
                ago_ms=r.choice((0, 0, r.randrange(0, 5 * MINUTE_MS, TICK_MS))))),
            (3, lambda: ResumeSession(session_id=A, back=some())),
            (2, lambda: ConfirmRoomClock(session_id=A)),
            (5, lambda: BeginPause(**key, reason="froze")),
            (5, lambda: EndPause(**key)),
            (2, lambda: BeginBreak(**key)),
            (2, lambda: EndBreak(**key)),
            (3, lambda: GiveCredit(
                **key, credit_ms=minutes * MINUTE_MS, reason="noise")),
            (1, lambda: FinishAttempt(**key)),
            (0.4, lambda: EndEarly(**key, outcome="withdrawn", reason="ill")),
            (4, lambda: UndoStep(session_id=A)),
            (1, lambda: ArriveLate(**key)),
            (1, lambda: pass_photo_id(key, "passport")),
            (1, lambda: PassGates(**key, gates=("name",))),
            (1, lambda: PassGates(**key, gates=(
                "eligible", "agreement", "belongings", "accommodations", "scratch",
                "user-code"))),
            (1, lambda: TakeSeat(**key)),
            (1, lambda: StartLate(**key)),
            (1, lambda: KeyScore(**key, shown=f"{r.randint(0, 90)}")),
            (1, lambda: TakeNote(session_id=A, text="window")),
            (0.5, lambda: EndSession(session_id=A)),
            (0.2, lambda: ReopenSession(session_id=A, reason="too early")),
            (0.05, lambda: AbandonSession(session_id=A, reason="flood")),
            (0.3, lambda: SealSession(session_id=A)),
        ]  # fmt: skip
        weights = [weight for weight, _ in commands]
        return r.choices([make for _, make in commands], weights)[0]()

    def do(self, command: SessionCommand) -> None:
        desk = self.desk
        actor = self.random.choice((DANA, LEE))
        desk.catch_up()
        before, head = desk.session(A), desk.ledger.head()
        recorded = why = allow = None
        try:
            # Without the PIN, which takes its time to check.
            recorded = desk._carry_out(command, actor)
        except Refused as refused:
            why, allow = explain(refused), explain_remedy(refused)
        if recorded is None:
            self.counts["refused"] += 1
            assert why
            assert why.endswith(".")
            assert allow, f"{why} does not say what would allow it"
            assert desk.session(A) == before
            assert desk.ledger.head() == head
            return
        self.counts["allowed"] += 1
        assert recorded.entries
        undone = recorded.entries[0].event
        if isinstance(undone, StepUndone):
            self.paper.sheets[undone.attempt_id].back()
        elif isinstance(undone, HaltUndone):
            self.paper.undo_halt(undone.number)
        elif not isinstance(undone, LogEntryUndone):
            self.paper.take_in(command, before)

    # What must hold

    def check(self) -> None:
        desk = self.desk
        desk.catch_up()
        session = desk.session(A)
        assert session == session_changes.replay(
            desk.ledger.read_stream(f"session/{A}")
        )
        line_ms, stops = session.timeline_ms(desk.now()), self.paper.stops()
        for one in session.attempts.values():
            sheet = self.paper.sheets[one.attempt_id]
            used_ms = sheet.used_ms(self.paper.now, stops)
            assert session.elapsed_ms(one, line_ms) == used_ms, one.attempt_id
            assert one.allowed_ms == sheet.allowed_ms
            assert session.left_ms(one, line_ms) == sheet.allowed_ms - used_ms

    def close(self) -> None:
        assert (
            verify_ledger(self.desks[0].ledger).entries
            == self.desks[0].ledger.head().seq
        )
        before = verify_ledger(self.desks[0].ledger)
        rebuild_projections(self.desks[0].ledger, "s1")
        assert verify_ledger(self.desks[1].ledger) == before
        for one in self.desks:
            one.ledger.close()


@pytest.mark.parametrize("seed", range(FIRST, FIRST + DAYS))
def test_no_time_is_made_or_lost_on_any_day(seed: int, tmp_path: Path) -> None:
    day = Day(seed, tmp_path / "data")
    for _ in range(STEPS):
        day.step()
    day.close()

    assert all(day.counts.values()), "something was allowed, and something refused"


# Round trips

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
SMALL = st.integers(-(2**53), 2**53)
PERSONAL = st.builds(
    Personal,
    TEXT.map(lambda text: f"said in confidence: {text}"),
    st.sampled_from(["P1", "P2", "a", ""]),
)


def values(hint: object) -> st.SearchStrategy[object]:
    """Return what a field with this type may hold."""
    if get_origin(hint) is tuple:
        kinds = get_args(hint)
        if kinds[-1] is not Ellipsis:
            return st.tuples(*map(values, kinds))
        return st.lists(values(kinds[0]), max_size=3).map(tuple)
    if hint in {Room, AssignedModule, AttemptResult, Moment, OddDate}:
        return made(hint)
    known = {
        str: TEXT,
        int: SMALL,
        bool: st.booleans(),
        bool | None: st.sampled_from([None, False, True]),
        int | None: st.none() | SMALL,
        Personal: PERSONAL,
        Personal | None: st.none() | PERSONAL,
    }
    return known[hint]  # type: ignore[index]


def made(cls: type[T]) -> st.SearchStrategy[T]:
    hints = get_type_hints(cls)
    # Facts are made dataclasses by their base, which the types do not tell.
    names = [one.name for one in fields(cls)]  # type: ignore[arg-type]
    return st.builds(cls, **{name: values(hints[name]) for name in names})


@pytest.mark.parametrize("kind", sorted(EVENT_TYPES))
@settings(max_examples=examples(25))
@given(data=st.data())
def test_every_event_reads_back_and_keeps_what_is_personal_outside(
    kind: str, data: st.DataObject
) -> None:
    event = data.draw(made(EVENT_TYPES[kind]))

    written, body, kept = encode_event(event)

    texts = {one.commitment: one.text for one in kept}
    assert written == kind
    assert decode_event(kind, body, texts.get) == event
    assert "said in confidence" not in body
    assert find_commitments(body) == set(texts)
    _, again, kept_again = encode_event(event)
    assert len(again) == len(body)
    salts = {one.salt for one in (*kept, *kept_again)}
    assert len(salts) == len(kept) + len(kept_again)
