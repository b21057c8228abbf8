"""Random commands of every kind, allowed or not."""

from collections.abc import Callable
from contextlib import suppress
from random import Random
from typing import Any, TypeVar

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.base import AboutAttempt, AttemptCommand, SessionCommand
from cptkiosk.domain.commands.planning import AssignAttempt
from cptkiosk.domain.events.planning import Room
from cptkiosk.domain.rules import candidate_rules as p
from cptkiosk.domain.rules.checkin import ROOM_CHECKS
from cptkiosk.domain.rules.mistakes import REALLY
from cptkiosk.domain.state.attempt import Gate
from cptkiosk.domain.state.session import Session
from cptkiosk.domain.values import HOUR_MS, MINUTE_MS, Refused
from cptkiosk.services.assignment import build_assignment
from cptkiosk.words import explain
from support.paper import LEAST
from support.sessions import gates_passed
from support.ticks import TICK_MS

PEOPLE = ("P1", "P2", "P3", "P4")
MODULES = ("safety", "quality", "production")
SESSIONS = ("a", "b", "d", "e")
STAFF = ("s1", "s2", "s3")
REASONS = ("noise", "noise", "noise", "noise", "noise", "noise", " ")
"""Reasons to draw from; one is blank."""


Drawn = TypeVar("Drawn")
Fields = dict[str, Any]


class RandomCommands:
    """Draws commands about one session in its present state."""

    def __init__(self, random: Random, desk: Desk, session: Session) -> None:
        self.random, self.desk, self.session = random, desk, session
        self.id = session.session_id

    def one_of(self, *values: Drawn) -> Drawn:
        return self.random.choice(values)

    def some(self) -> tuple[str, ...]:
        """Return some of the roll, mostly everybody."""
        everybody = tuple(self.session.attempts)
        away = self.one_of("", "", *everybody)
        return tuple(one for one in everybody if one != away)

    def reason(self) -> str:
        return self.random.choice(REASONS)

    def ms(self, longest: int) -> int:
        return self.random.randrange(0, longest, TICK_MS)

    def gate(self) -> str:
        return self.one_of(*(gate.value for gate in Gate), "horoscope")

    def about(self) -> AboutAttempt:
        """Return the attempt it is about; sometimes none of this roll."""
        everybody = tuple(self.session.attempts) or ("P1-safety",)
        who = self.one_of(*everybody * 4, "P9-safety")
        return {"session_id": self.id, "attempt_id": who}

    def make(self, kind: type[SessionCommand]) -> SessionCommand:
        """Return a command of this kind."""
        if kind is AssignAttempt:
            return self.assignment(self.one_of(*PEOPLE))
        fields: Fields = {"session_id": self.id}
        if issubclass(kind, AttemptCommand):
            fields |= self.about()
        if "reason" in kind.__annotations__:
            fields["reason"] = self.reason()
        if kind.__name__ in FIELDS:
            fields |= FIELDS[kind.__name__](self)
        return kind(**fields)

    def assignment(self, who: str) -> AssignAttempt:
        interrupted = [
            f"{name}/{one.attempt_id}"
            for name, session in self.desk.sessions.items()
            for one in session.attempts.values()
            if one.standing == "interrupted" and name != self.id
        ]
        continues, module = self.one_of("", *interrupted), self.one_of(*MODULES)
        if continues:
            who, module = continues.partition("/")[2].split("-")
        known = self.desk.candidate(who).registrations
        return build_assignment(
            self.desk,
            self.id,
            who,
            module if module in known else "safety",
            continues=continues,
            override=self.one_of("", "", "they ask for it"),
        )


def _other_module(draw: RandomCommands) -> Fields:
    about = draw.about()
    who = about["attempt_id"].partition("-")[0]
    return {**about, "instead": draw.assignment(who if who in PEOPLE else "P1")}


def _gates(draw: RandomCommands) -> Fields:
    rest = tuple(gate.value for gate in Gate if gate.value != "seat")[2:]
    gates = draw.one_of(("photo-id",), ("name",), rest, (draw.gate(),), ())
    looked_at = vars(gates_passed(draw.about(), gates))
    return draw.one_of(looked_at, looked_at, {"gates": gates})


def _irregularity(draw: RandomCommands) -> Fields:
    code = draw.one_of(*("ENV-NOISE", "TEC-FREEZE", "TIM-MISSWARN") * 4, "NO-SUCH")
    fields: tuple[str, ...] = ()
    with suppress(KeyError):
        fields = draw.desk.definitions.irregularity(code).fields
    known = [one.event.irregularity_id for one in draw.session.in_force]
    return {
        "code": code,
        "severity": draw.one_of(*(1, 2, 3, 3) * 4, 4),
        "scope": draw.one_of(*("attempt", "session", "session") * 4, "galaxy"),
        "validity": draw.one_of("none", "flag", "withhold"),
        "attempt_ids": draw.one_of((), draw.some(), draw.some()[:1]),
        "observed": draw.one_of(*("It was loud outside for a while.",) * 9, "x"),
        "action_taken": "Closed the window.",
        "details": tuple((name, "10") for name in draw.one_of(fields, fields, ())),
        "told": draw.one_of("", "Dana Ortiz"),
        "supersedes": draw.one_of("", "", "", "", *known, "a-i99"),
    }


def _score(draw: RandomCommands) -> Fields:
    about = draw.about()
    least = LEAST[about["attempt_id"].partition("-")[2]]
    shown = draw.one_of(
        f"{least}", f"{least}", f"{least - 1}", "40", "10%", "99", "many", "76%"
    )
    return {
        **about,
        "shown": shown,
        "vendor_verdict": draw.one_of(*("", "", "pass", "not pass") * 4, "perhaps"),
        "shown_as": "" if "%" in shown else "raw",
    }


def _official(draw: RandomCommands) -> Fields:
    keyed = {**_score(draw), **draw.about()}
    return {**keyed, "shown_as": draw.one_of(*(keyed["shown_as"],) * 4, "", "percent")}


def _seen(draw: RandomCommands) -> Fields:
    known = [one.event.irregularity_id for one in draw.session.irregularities]
    return {"saw": tuple(known[: len(known) - draw.one_of(0, 0, 1)])}


FIELDS: dict[str, Callable[[RandomCommands], Fields]] = {
    "PlanSession": lambda draw: {
        "session_id": draw.one_of(*SESSIONS),
        "title": "Another",
        "starts_at_utc_ms": draw.desk.now().utc_ms + draw.one_of(0, 2, 4) * HOUR_MS,
        "module_ids": draw.one_of((), ("safety",), MODULES),
        "rooms": (Room(name="204", rows=draw.one_of(0, 1, 2), columns=3),),
    },
    "CorrectModule": _other_module,
    "OpenCheckIn": lambda draw: {
        "room_checks": draw.one_of(ROOM_CHECKS, ROOM_CHECKS, ROOM_CHECKS[1:]),
        "no_conflicts_declared": draw.one_of(True, True, False),
    },
    "PassGates": _gates,
    "WaiveGate": lambda draw: {"gate": draw.gate()},
    "FailGate": lambda draw: {"gate": draw.gate()},
    "TakeSeat": lambda draw: {
        "room": draw.one_of("", "204"),
        "seat": draw.one_of("", "", "A1", "b2", "Z9"),
    },
    "DenyAttempt": lambda draw: {"coordinator_called": draw.one_of(True, False)},
    "MarkAbsent": lambda draw: {"attempt_ids": (draw.about()["attempt_id"],) * 2},
    "HandOver": lambda draw: {"to": draw.one_of(*STAFF)},
    "HaltSession": lambda draw: {
        "ago_ms": draw.one_of(0, 0, draw.ms(5 * MINUTE_MS), -TICK_MS, HOUR_MS)
    },
    "ResumeSession": lambda draw: {"back": draw.some()},
    "BeginPause": lambda draw: {
        "kind": draw.one_of("fault", "fault", "stop-clock break", "siesta")
    },
    "GiveCredit": lambda draw: {
        "credit_ms": draw.one_of(-120, -20, -5, 0, 1, 6, 15, 16, 60) * MINUTE_MS
    },
    "IssueSheets": lambda draw: {"count": draw.one_of(0, 1, 1, 2)},
    "SeeIrregularities": _seen,
    "NoteVendorClock": lambda draw: {
        "vendor_left_ms": draw.one_of(-1, 0, 2_480_000, 10**9)
    },
    "EndEarly": lambda draw: {
        "outcome": draw.one_of("interrupted", "withdrawn", "dismissed", "finished")
    },
    "Announce": lambda draw: {
        "minutes": draw.one_of(30, 10, 5, 30, 10, 5, 7),
        "attempt_ids": draw.some(),
    },
    "TakeNote": lambda draw: {
        "text": draw.reason(),
        "attempt_id": draw.one_of("", draw.about()["attempt_id"]),
    },
    "RecordIrregularity": _irregularity,
    "KeyScore": _score,
    "RecordOfficial": _official,
    "ReplaceOutcome": lambda draw: {
        "outcome": draw.one_of(*REALLY, *REALLY, "cancelled")
    },
    "ExplainScore": lambda draw: {
        "state": draw.one_of("pending", "not applicable", "verified")
    },
    "SettleDiscrepancy": lambda draw: {
        "uphold": draw.one_of("score", "vendor", "neither")
    },
    "DecideValidity": lambda draw: {
        "validity": draw.one_of("clean", "void", "withheld"),
        "reference": draw.one_of("", "MSSC-7"),
    },
    "ReconcileScratch": lambda draw: {
        "returned": draw.one_of(-1, 0, 1, 2),
        "note": draw.one_of("", "torn"),
    },
    "BridgeBoot": lambda draw: {"last": draw.desk.now()},
    "RecordBundle": lambda draw: {
        "destination": "usb", "file_name": "a.zip", "sha256": "0" * 64,
    },
}  # fmt: skip
"""What a command needs beyond whom it is about and a reason, by its name."""


def random_candidate_command(random: Random) -> p.CandidateCommand:
    """Return a random command about a candidate's own record."""

    def one_of(*values: Drawn) -> Drawn:
        return random.choice(values)

    who = one_of(*PEOPLE, "P9")
    item = one_of("registration", "safety-1", "safety-2", "quality-1", "tea-1")
    cents = one_of(0, 0, 500, 2200, 10_000, -1)
    how = one_of("paid", "waived", "invoiced", "forgot")
    return one_of(
        p.RecordConsent(participant_id=who, given_by=one_of("Ana", "")),
        p.DeclareConflict(
            participant_id=who, staff_id=one_of("s2", "s9"), relation="family"
        ),
        p.WithdrawConflict(participant_id=who, staff_id="s2", reason=one_of(*REASONS)),
        p.OrderSupplement(participant_id=who, course=one_of("5929", "5923", "0000")),
        p.SettleFee(
            participant_id=who, item=item, how=how, reference=one_of("R-1", ""),
            amount_cents=cents,
        ),
    )  # fmt: skip


def refused(action: Callable[[], object]) -> str:
    """Run the action; return why it was refused, or an empty string."""
    try:
        action()
    except Refused as refusal:
        return explain(refusal)
    return ""
