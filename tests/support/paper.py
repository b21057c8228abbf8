"""Exam days kept by hand: what a person with paper and a stopwatch would know.

Nothing here asks the rules; it takes down what was allowed, and adds up by itself.
"""

from dataclasses import dataclass, field, fields

from cptkiosk.domain.commands.base import AttemptCommand, SessionCommand
from cptkiosk.domain.commands.checkin import MarkAbsent
from cptkiosk.domain.commands.halt import HaltSession, ResumeSession
from cptkiosk.domain.commands.irregularity import RecordIrregularity
from cptkiosk.domain.commands.mistake import PutBack, ReplaceOutcome
from cptkiosk.domain.commands.planning import AssignAttempt, CorrectModule
from cptkiosk.domain.commands.score import (
    DecideValidity,
    ExplainScore,
    KeyScore,
    SettleDiscrepancy,
)
from cptkiosk.domain.commands.testing import (
    AbandonSession,
    BeginPause,
    EndEarly,
    EndPause,
    EndSession,
    FinishAttempt,
    GiveCredit,
    StartLate,
    StartSession,
    UndoStart,
)
from cptkiosk.domain.state.session import Session
from support.sessions import COUNTDOWN_MS
from support.ticks import TICK_MS, span

OVER_MS = 60_000
"""How long after time was up an end says nothing against the score."""

KEPT = frozenset({"undo", "contradicted", "was_verified", "told_over"})
"""What an undo leaves as it is."""

EXAM_S = 90 * 60
DAY_MS = 24 * 60 * 60 * 1000
LEAST = {
    "safety": 64, "quality": 63, "production": 62, "maintenance": 63, "green": 74,
}  # fmt: skip
"""The least score that passes, from the program sheet."""


def exam_ms(factor_permille: int) -> int:
    """Return the time of an assessment with this accommodation."""
    return EXAM_S * factor_permille if factor_permille else DAY_MS


def enough(shown: str, module: str) -> bool:
    """Return whether a score passes."""
    # 76 % is 63 of 83 in Safety, which is not enough, and enough everywhere else.
    percents = {"10%": False, "76%": module != "safety"}
    return percents[shown] if shown in percents else int(shown) >= LEAST[module]


@dataclass
class Sheet:
    """What a person with paper and a stopwatch would know of one candidate."""

    allowed_ms: int
    start: int | None = None
    end: int | None = None
    paused: int = 0
    paused_since: int | None = None
    score: str = "none"
    shown: tuple[str, str] = ("", "")
    """What was keyed last, and the vendor's verdict beside it."""

    settled: str = ""
    contradicted: dict[str, str] = field(default_factory=dict)
    """The vendor's verdicts that differed from ours, by score; they are not undone."""

    held: bool = False
    """Whether they were dismissed, and nobody has decided about the score."""

    told_over: bool = False
    """Whether an end long after time was up is on record; that is not undone."""

    was_verified: bool = False
    """Whether it ever was; that is not undone."""

    struck: tuple[int, int] | None = None
    """Begin and end of a clock of which it turned out that it was not theirs."""

    carried: bool = False
    undo: list["Sheet"] = field(default_factory=list)

    @property
    def live(self) -> bool:
        return self.start is not None and self.end is None

    def step(self) -> None:
        """Keep what was, for an undo."""
        kept = {one.name: getattr(self, one.name) for one in fields(self)}
        self.undo.append(Sheet(**(kept | {"undo": []})))

    def back(self) -> None:
        if not self.undo:
            # A step of the check-in: no clock has run.
            assert self.start is None
            return
        before = self.undo.pop()
        for one in fields(self):
            if one.name not in KEPT:
                setattr(self, one.name, getattr(before, one.name))

    def used_ms(self, now: int, halted: int) -> int:
        """Count the ticks in which this clock ran, one by one."""
        if self.start is None:
            return 0
        paused = self.paused
        if self.paused_since is not None:
            paused |= span(self.paused_since, now)
        until = now if self.end is None else self.end
        ran = span(self.start, until) & ~paused & ~halted
        return ran.bit_count() * TICK_MS

    def key(self, shown: str, verdict: str, module: str) -> None:
        """Write a score down, for the first or the second time."""
        # What the vendor once said against it holds until they say something else.
        verdict = verdict or self.contradicted.get(shown, "")
        if self.score not in {"entered", "corrected"}:
            self.score = "corrected" if self.was_verified else "entered"
            self.shown = (shown, verdict)
        elif self.shown == (shown, verdict):
            self.score, self.was_verified = "verified", True
        elif self.shown[0] == shown and {self.shown[1], verdict} == {
            "",
            "pass" if enough(shown, module) else "not pass",
        }:
            # Only one of the two said what follows from the score anyway.
            self.shown = (shown, self.shown[1] or verdict)
            self.score, self.was_verified = "verified", True
        else:
            self.score = "mismatch"
        self.settled = ""
        agreed = self.score != "mismatch"
        if agreed and verdict and (verdict == "pass") != enough(shown, module):
            self.contradicted[shown] = verdict

    def passed(self, module: str) -> bool:
        """Return whether this is a pass without a contradiction left."""
        if self.score != "verified":
            return False
        shown, vendors = self.shown
        ours = enough(shown, module)
        if not vendors or self.settled == "score":
            return ours
        if self.settled == "vendor":
            return vendors == "pass"
        return ours and vendors == "pass"


class Paper:
    """The same day, kept by hand: which clocks ran in which tick of true time."""

    def __init__(self, allowed_ms: dict[str, int], *, late_clock: str = "own") -> None:
        self.now = 0
        self.begun = 0
        self.ended = 0
        self.late_clock = late_clock
        self.halts: list[int] = []
        """The halts that are over and count, the ticks of each."""

        self.halted_since: int | None = None
        self.sheets = {one: Sheet(ms) for one, ms in allowed_ms.items()}
        self.validity: dict[str, str] = {}

    def pass_ms(self, ms: int) -> None:
        assert ms % TICK_MS == 0
        self.now += ms // TICK_MS

    def stops(self) -> int:
        halted = 0
        for ticks in (*self.halts, self.halting()):
            halted |= ticks
        return halted

    def halting(self) -> int:
        return 0 if self.halted_since is None else span(self.halted_since, self.now)

    def left_ms(self, name: str) -> int:
        """Return the time a candidate has left, negative once it is up."""
        sheet = self.sheets[name]
        return sheet.allowed_ms - sheet.used_ms(self.now, self.stops())

    def halt(self, ago_ms: int) -> None:
        self.halted_since = self.now - ago_ms // TICK_MS

    def resume(self, back: tuple[str, ...]) -> None:
        for name, sheet in self.sheets.items():
            if sheet.live and name not in back:
                self.over(sheet)
        if self.halted_since is not None:
            self.halts.append(self.halting())
        self.halted_since = None

    def undo_halt(self, number: int) -> None:
        """Know that this halt, from 1 on, counts no more."""
        if number > len(self.halts):
            self.halted_since = None
        else:
            del self.halts[number - 1]

    def start(self, before: Session) -> None:
        self.begun = self.now + COUNTDOWN_MS // TICK_MS
        for one in before.attempts.values():
            sheet = self.sheets[one.attempt_id]
            sheet.undo.clear()
            if one.standing == "seated":
                sheet.start = self.begun

    def take_in(
        self, command: SessionCommand, before: Session, carried_ms: int | None = None
    ) -> None:
        """Write down a command that was allowed.

        Args:
            command: what it was.
            before: the session as it was.
            carried_ms: what the attempt had left that an assignment continues.
        """
        match command:
            case StartSession():
                self.start(before)
            case UndoStart():
                for sheet in self.sheets.values():
                    sheet.start = None
            case HaltSession():
                self.halt(command.ago_ms)
            case ResumeSession():
                self.resume(command.back)
            case AbandonSession() | EndSession():
                self.resume(())
                self.ended = self.now
            case AttemptCommand():
                if isinstance(command, CorrectModule):
                    self.assign(command.instead, before, carried_ms, revives=True)
                self.about_one(command, self.sheets[command.attempt_id])
            case AssignAttempt():
                self.assign(command, before, carried_ms)
            case _:
                self.about_some(command, before)

    def assign(
        self,
        command: AssignAttempt,
        before: Session,
        carried_ms: int | None,
        *,
        revives: bool = False,
    ) -> None:
        name = f"{command.participant_id}-{command.module.module_id}"
        known = before.attempts.get(name)
        allowed_ms = exam_ms(command.factor_permille)
        if known is None or known.standing == "cancelled":
            if command.continues:
                assert carried_ms is not None
                allowed_ms = carried_ms
            self.sheets[name] = Sheet(allowed_ms, carried=bool(command.continues))
            return
        sheet = self.sheets[name]
        if known.standing in {"absent", "denied"}:
            # That can still be taken back, and then the roster holds as well.
            del sheet.undo[:-1]
        else:
            sheet.undo.clear()
        for one in (sheet, *sheet.undo):
            if not sheet.carried:
                one.allowed_ms = allowed_ms
        if known.standing == "absent" and revives:
            sheet.step()

    def about_some(self, command: SessionCommand, before: Session) -> None:
        match command:
            case MarkAbsent():
                self.absent(command, before)
            case RecordIrregularity():
                self.note(command, before)

    def absent(self, command: MarkAbsent, before: Session) -> None:
        for name in set(command.attempt_ids) & set(self.sheets):
            if before.attempts[name].standing in {"expected", "late-expected"}:
                self.sheets[name].step()

    def note(self, command: RecordIrregularity, before: Session) -> None:
        effect = "withhold" if command.severity == 3 else command.validity
        weight = {"flag": 1, "withhold": 2}
        settled: set[str] = set()
        for old in (one.event for one in before.irregularities):
            lighter = weight.get(effect, 0) <= weight.get(old.validity, 0)
            if old.irregularity_id == command.supersedes and lighter:
                if command.severity <= old.severity:
                    settled = set(old.attempt_ids)
        for name in command.attempt_ids:
            if name in settled:
                continue
            known = self.validity.get(name, "clean")
            if effect == "withhold" and known != "void":
                self.validity[name] = "withheld"
            elif effect == "flag" and known == "clean":
                self.validity[name] = "flagged"

    def runs(self, command: StartLate | PutBack | ReplaceOutcome, sheet: Sheet) -> None:
        """Let a clock begin, or run as it really did; no undo leads back."""
        if isinstance(command, ReplaceOutcome):
            self.ended_otherwise(command.outcome, sheet)
        elif isinstance(command, PutBack):
            sheet.end, sheet.score, sheet.settled, sheet.held = None, "none", "", False
        else:
            sheet.start = self.begun if self.late_clock == "group" else self.now
        sheet.undo.clear()

    def ended_otherwise(self, outcome: str, sheet: Sheet) -> None:
        """Write down a replaced outcome, once the session is over."""
        sheet.score, sheet.settled, sheet.held = "none", "", outcome == "dismissed"
        if sheet.start is not None and sheet.end is not None:
            sheet.struck = (sheet.start, sheet.end)
        if outcome in {"absent", "denied"}:
            sheet.start = sheet.end = None
        elif sheet.struck is not None:
            sheet.start, sheet.end = sheet.struck
        elif outcome != "withdrawn":
            sheet.start = sheet.end = self.begun
            # Until it was all over, or their time was up.
            while sheet.end < self.ended and (
                sheet.used_ms(self.now, self.stops()) < sheet.allowed_ms
            ):
                sheet.end += 1

    def about_one(self, command: AttemptCommand, sheet: Sheet) -> None:
        if isinstance(command, StartLate | PutBack | ReplaceOutcome):
            self.runs(command, sheet)
            return
        sheet.step()
        match command:
            case BeginPause():
                sheet.paused_since = self.now
            case EndPause():
                assert sheet.paused_since is not None
                sheet.paused |= span(sheet.paused_since, self.now)
                sheet.paused_since = None
            case GiveCredit():
                sheet.allowed_ms += command.credit_ms
            case FinishAttempt() | EndEarly():
                sheet.undo.pop()
                self.ends(command)
            case KeyScore():
                module = command.attempt_id.rpartition("-")[2]
                sheet.key(command.shown, command.vendor_verdict, module)
            case ExplainScore():
                sheet.score, sheet.settled = command.state, ""
            case SettleDiscrepancy():
                sheet.settled = command.uphold
            case DecideValidity():
                self.validity[command.attempt_id] = command.validity
                sheet.held = False

    def ends(self, command: FinishAttempt | EndEarly) -> None:
        """Write down an end: what is odd about it stands against the score."""
        name = command.attempt_id
        sheet = self.sheets[name]
        self.over(sheet)
        sheet.held = isinstance(command, EndEarly) and command.outcome == "dismissed"
        untimed = sheet.allowed_ms >= DAY_MS
        if -self.left_ms(name) > OVER_MS and not untimed and not sheet.told_over:
            sheet.told_over = True
            if self.validity.get(name, "clean") == "clean":
                self.validity[name] = "flagged"

    def over(self, sheet: Sheet) -> None:
        sheet.step()
        if sheet.paused_since is not None:
            sheet.paused |= span(sheet.paused_since, self.now)
            sheet.paused_since = None
        sheet.end = self.now

    def counts(self, name: str, module: str) -> bool:
        """Return whether a credential follows from this attempt."""
        kept = self.validity.get(name, "clean") in {"clean", "flagged"}
        return kept and not self.sheets[name].held and self.sheets[name].passed(module)
