"""A simulated day kept by hand: which clock ran in which tick of true time.

It knows nothing of lines, offsets and intervals. Each tick is a bit of a number, set
while a clock stood still; the time used is the number of bits not set.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from cptkiosk.domain.commands.base import SessionCommand
from cptkiosk.domain.commands.halt import HaltSession
from cptkiosk.domain.commands.restart import ConfirmRoomClock
from cptkiosk.domain.commands.testing import GiveCredit
from support.sessions import COUNTDOWN_MS
from support.ticks import TICK_MS, span

GATES = 9
RETURNS = {"late-arrival.v1", "attempt-expected-late.v1"}
OUTCOMES = {
    "attempt-finished.v1": "finished",
    "attempt-absent.v1": "absent",
    "attempt-denied.v1": "denied",
    "attempt-cancelled.v1": "cancelled",
}
STARTED = {"finished", "dismissed", "withdrawn", "interrupted"}
"""Outcomes of those whose clock had been started."""

FORGETS = {
    "late-start.v1",
    "validity-decided.v1",
    "discrepancy-settled.v1",
    "outcome-replaced.v1",
}
"""What is done to somebody and cannot be undone, nor anything before it."""

NO_STEP = FORGETS | {"step-undone.v1", "attempt-assigned.v1", "note-taken.v1"}


GATES_OF: dict[str, Callable[[Mapping[str, Any]], Iterable[str]]] = {
    "gates-passed.v1": lambda body: body["gates"],
    "gate-waived.v1": lambda body: (body["gate"],),
    "seat-taken.v1": lambda body: ("seat",),
}
"""Which gates are behind somebody after an entry."""


@dataclass(frozen=True)
class Sheet:
    """What a person with paper and a stopwatch would know of one candidate."""

    allowed_ms: int
    gates: frozenset[str] = frozenset()
    start: int | None = None
    end: int | None = None
    paused: int = 0
    paused_since: int | None = None
    outcome: str = ""
    struck: tuple[int, int] | None = None
    """First and last tick of a clock of which it turned out that it was not theirs."""

    before: "Sheet | None" = None
    """The sheet before the last step, for an undo."""

    def used_ms(self, now: int, halted: int) -> int:
        """Count the ticks in which this clock ran, one by one."""
        if self.start is None:
            return 0
        stopped = halted | self.pauses(now)
        until = now if self.end is None else self.end
        return (span(self.start, until) & ~stopped).bit_count() * TICK_MS

    def pauses(self, now: int) -> int:
        """Return the ticks in which this clock alone stood still."""
        if self.paused_since is None:
            return self.paused
        return self.paused | span(self.paused_since, now)


@dataclass
class Paper:
    """One session, kept by hand."""

    session_id: str
    allowed_ms: Mapping[str, int]
    """What each attempt that may be assigned is allowed."""

    sheets: dict[str, Sheet] = field(default_factory=dict)
    now: int = 0
    begun: int = 0
    ended: int = 0
    halted: int = 0
    halted_since: int | None = None
    error_ms: int = 0
    """By how much the kiosk's line is behind true time since a reboot it could not
    bridge; put right when the room clock is compared."""

    unbridged: bool = False
    """Whether the kiosk knows at which reboot that came about."""

    seals: int = 0

    def left_ms(self, attempt_id: str) -> int:
        """Return the time a candidate has left."""
        sheet = self.sheets[attempt_id]
        return sheet.allowed_ms - sheet.used_ms(self.now, self.stops())

    def stops(self) -> int:
        """Return the ticks in which every clock stood still."""
        if self.halted_since is None:
            return self.halted
        return self.halted | span(self.halted_since, self.now)

    def take_in(
        self, kind: str, body: Mapping[str, Any], command: SessionCommand | None
    ) -> None:
        """Write down a step; only who and what is taken from the entry."""
        self._about_all(kind, command)
        about = body.get("attempt_id", "")
        if kind == "attempt-assigned.v1":
            known = self.sheets.get(about)
            # Who comes back has their sheet of scratch paper still.
            kept = known.gates & {"scratch"} if known else frozenset[str]()
            self.sheets[about] = Sheet(self.allowed_ms[about], kept)
        elif kind == "step-undone.v1":
            before = self.sheets[about].before
            assert before is not None, f"{about} took no step"
            self.sheets[about] = before
        elif about:
            self._about_one(kind, body, command)

    def _about_all(self, kind: str, command: SessionCommand | None) -> None:
        match kind:
            case "session-started.v1":
                self._start()
            case "start-undone.v1":
                self._each(start=None)
            case "session-cancelled.v1":
                self._cancel()
            case "session-halted.v1":
                ago_ms = command.ago_ms if isinstance(command, HaltSession) else 0
                self.halted_since = self.now - ago_ms // TICK_MS
            case "halt-undone.v1":
                self.halted_since = None
            case "session-resumed.v1" | "session-abandoned.v1":
                self.halted, self.halted_since = self.stops(), None
                self.ended = self.now
            case "session-ended.v1":
                self.ended = self.now
            case "room-clock-confirmed.v1":
                assert isinstance(command, ConfirmRoomClock)
                self.error_ms -= command.correction_ms
                self.unbridged = False
            case "session-sealed.v1":
                self.seals += 1

    def _each(self, **changes: Any) -> None:
        for name, sheet in self.sheets.items():
            self.sheets[name] = replace(sheet, **changes)

    def _cancel(self) -> None:
        for name, sheet in self.sheets.items():
            outcome = sheet.outcome or "cancelled"
            self.sheets[name] = replace(sheet, outcome=outcome)

    def _start(self) -> None:
        self.begun = self.now + COUNTDOWN_MS // TICK_MS
        for name, sheet in self.sheets.items():
            if not sheet.outcome and len(sheet.gates) == GATES:
                self.sheets[name] = replace(sheet, start=self.begun, before=None)
            else:
                self.sheets[name] = replace(sheet, before=None)

    def _about_one(
        self, kind: str, body: Mapping[str, Any], command: SessionCommand | None
    ) -> None:
        name = body["attempt_id"]
        old = self.sheets[name]
        new = self._after(kind, body, command, old)
        if kind not in NO_STEP:
            new = replace(new, before=old)
        elif kind in FORGETS:
            new = replace(new, before=None)
        self.sheets[name] = new

    def _after(
        self,
        kind: str,
        body: Mapping[str, Any],
        command: SessionCommand | None,
        sheet: Sheet,
    ) -> Sheet:
        gates = GATES_OF.get(kind)
        if gates is not None:
            sheet = replace(sheet, gates=sheet.gates | set(gates(body)))
        match kind:
            case "attempt-absent.v1":
                return replace(sheet, outcome="absent", gates=sheet.gates - {"seat"})
            case "outcome-replaced.v1":
                return self._ended_otherwise(sheet, body["outcome"])
            case "late-start.v1":
                return replace(sheet, start=self.now)
            case "pause-began.v1":
                return replace(sheet, paused_since=self.now)
            case "pause-ended.v1":
                paused = sheet.pauses(self.now)
                return replace(sheet, paused=paused, paused_since=None)
            case "credit-given.v1":
                assert isinstance(command, GiveCredit)
                return replace(sheet, allowed_ms=sheet.allowed_ms + command.credit_ms)
            case "attempt-finished.v1" | "attempt-ended-early.v1":
                outcome = OUTCOMES.get(kind) or body["outcome"]
                paused = sheet.pauses(self.now)
                return replace(
                    sheet,
                    end=self.now, paused=paused, paused_since=None, outcome=outcome,
                )  # fmt: skip
        if kind in RETURNS:
            return replace(sheet, outcome="")
        return replace(sheet, outcome=OUTCOMES.get(kind, sheet.outcome))

    def _ended_otherwise(self, sheet: Sheet, outcome: str) -> Sheet:
        """Return the sheet after an outcome was replaced."""
        clock = sheet.struck
        if sheet.start is not None and sheet.end is not None:
            clock = (sheet.start, sheet.end)
        sheet = replace(sheet, outcome=outcome, struck=clock)
        if outcome not in STARTED or (clock is None and outcome == "withdrawn"):
            return replace(sheet, start=None, end=None, gates=sheet.gates - {"seat"})
        begin, end = clock or (self.begun, self.begun)
        sheet = replace(sheet, start=begin, end=end)
        # Who was there and has no clock of their own stayed to the end, or their time's.
        while clock is None and end < self.ended and self._has_time(sheet):
            end += 1
            sheet = replace(sheet, end=end)
        return sheet

    def _has_time(self, sheet: Sheet) -> bool:
        return sheet.used_ms(self.now, self.stops()) < sheet.allowed_ms
