"""Random commands of every kind, allowed or not."""

from collections.abc import Callable
from contextlib import suppress
from random import Random
from typing import TypeVar

from cptkiosk.desk import Desk
from cptkiosk.domain.commands import checkin as checkin_commands
from cptkiosk.domain.commands import closing as closing_commands
from cptkiosk.domain.commands import halt as halt_commands
from cptkiosk.domain.commands import irregularity as irregularity_commands
from cptkiosk.domain.commands import mistake as mistake_commands
from cptkiosk.domain.commands import planning as planning_commands
from cptkiosk.domain.commands import restart as restart_commands
from cptkiosk.domain.commands import score as score_commands
from cptkiosk.domain.commands import testing as testing_commands
from cptkiosk.domain.commands import vendor as vendor_commands
from cptkiosk.domain.commands.base import AboutAttempt, AttemptCommand, SessionCommand
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
Special = Callable[[], SessionCommand]


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

    def about(self) -> AboutAttempt:
        """Return the attempt it is about; sometimes none of this roll."""
        everybody = tuple(self.session.attempts) or ("P1-safety",)
        who = self.one_of(*everybody * 4, "P9-safety")
        return {"session_id": self.id, "attempt_id": who}

    def make(self, kind: type[SessionCommand]) -> SessionCommand:
        """Return a command of this kind."""
        special: Special | None = getattr(self, kind.__name__, None)
        if special is not None:
            return special()
        more = {"reason": self.reason()} if "reason" in kind.__annotations__ else {}
        if issubclass(kind, AttemptCommand):
            return kind(**self.about(), **more)
        return kind(session_id=self.id, **more)

    # What needs more than a reason

    def PlanSession(self) -> planning_commands.PlanSession:  # noqa: N802  # named like its command
        rooms = Room(name="204", rows=self.one_of(0, 1, 2), columns=3)
        return planning_commands.PlanSession(
            session_id=self.one_of(*SESSIONS),
            title="Another",
            starts_at_utc_ms=self.desk.now().utc_ms + self.one_of(0, 2, 4) * HOUR_MS,
            module_ids=self.one_of((), ("safety",), MODULES),
            rooms=(rooms,),
        )

    def AssignAttempt(self) -> planning_commands.AssignAttempt:  # noqa: N802
        return self.assignment(self.one_of(*PEOPLE))

    def assignment(self, who: str) -> planning_commands.AssignAttempt:
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

    def CorrectModule(self) -> planning_commands.CorrectModule:  # noqa: N802
        about = self.about()
        who = about["attempt_id"].partition("-")[0]
        who = who if who in PEOPLE else "P1"
        return planning_commands.CorrectModule(
            **about, instead=self.assignment(who), reason=self.reason()
        )

    def OpenCheckIn(self) -> checkin_commands.OpenCheckIn:  # noqa: N802
        return checkin_commands.OpenCheckIn(
            session_id=self.id,
            room_checks=self.one_of(ROOM_CHECKS, ROOM_CHECKS, ROOM_CHECKS[1:]),
            no_conflicts_declared=self.one_of(True, True, False),
        )

    def gate(self) -> str:
        return self.one_of(*(gate.value for gate in Gate), "horoscope")

    def PassGates(self) -> checkin_commands.PassGates:  # noqa: N802
        rest = tuple(gate.value for gate in Gate if gate.value != "seat")[2:]
        gates = self.one_of(("photo-id",), ("name",), rest, (self.gate(),), ())
        return self.one_of(
            gates_passed(self.about(), gates),
            gates_passed(self.about(), gates),
            checkin_commands.PassGates(**self.about(), gates=gates),
        )

    def WaiveGate(self) -> checkin_commands.WaiveGate:  # noqa: N802
        return checkin_commands.WaiveGate(
            **self.about(), gate=self.gate(), reason=self.reason()
        )

    def FailGate(self) -> checkin_commands.FailGate:  # noqa: N802
        return checkin_commands.FailGate(
            **self.about(), gate=self.gate(), reason=self.reason()
        )

    def TakeSeat(self) -> checkin_commands.TakeSeat:  # noqa: N802
        seat = self.one_of("", "", "A1", "b2", "Z9")
        return checkin_commands.TakeSeat(
            **self.about(), room=self.one_of("", "204"), seat=seat
        )

    def DenyAttempt(self) -> checkin_commands.DenyAttempt:  # noqa: N802
        called = self.one_of(True, False)
        return checkin_commands.DenyAttempt(
            **self.about(), reason=self.reason(), coordinator_called=called
        )

    def MarkAbsent(self) -> checkin_commands.MarkAbsent:  # noqa: N802
        who = self.about()["attempt_id"]
        return checkin_commands.MarkAbsent(session_id=self.id, attempt_ids=(who, who))

    def HandOver(self) -> checkin_commands.HandOver:  # noqa: N802
        return checkin_commands.HandOver(session_id=self.id, to=self.one_of(*STAFF))

    def HaltSession(self) -> halt_commands.HaltSession:  # noqa: N802
        ago_ms = self.one_of(0, 0, self.ms(5 * MINUTE_MS), -TICK_MS, HOUR_MS)
        return halt_commands.HaltSession(
            session_id=self.id, reason=self.reason(), ago_ms=ago_ms
        )

    def ResumeSession(self) -> halt_commands.ResumeSession:  # noqa: N802
        return halt_commands.ResumeSession(session_id=self.id, back=self.some())

    def BeginPause(self) -> testing_commands.BeginPause:  # noqa: N802
        kind = self.one_of("fault", "fault", "stop-clock break", "siesta")
        return testing_commands.BeginPause(
            **self.about(), reason=self.reason(), kind=kind
        )

    def GiveCredit(self) -> testing_commands.GiveCredit:  # noqa: N802
        minutes = self.one_of(-120, -20, -5, 0, 1, 6, 15, 16, 60)
        return testing_commands.GiveCredit(
            **self.about(), credit_ms=minutes * MINUTE_MS, reason=self.reason()
        )

    def IssueSheets(self) -> testing_commands.IssueSheets:  # noqa: N802
        return testing_commands.IssueSheets(
            **self.about(), count=self.one_of(0, 1, 1, 2)
        )

    def SeeIrregularities(self) -> closing_commands.SeeIrregularities:  # noqa: N802
        known = [one.event.irregularity_id for one in self.session.irregularities]
        saw = known[: len(known) - self.one_of(0, 0, 1)]
        return closing_commands.SeeIrregularities(session_id=self.id, saw=tuple(saw))

    def NoteVendorClock(self) -> testing_commands.NoteVendorClock:  # noqa: N802
        left_ms = self.one_of(-1, 0, 2_480_000, 10**9)
        return testing_commands.NoteVendorClock(
            **self.about(), vendor_left_ms=left_ms, asked_line_ms=None
        )

    def EndEarly(self) -> testing_commands.EndEarly:  # noqa: N802
        outcome = self.one_of("interrupted", "withdrawn", "dismissed", "finished")
        return testing_commands.EndEarly(
            **self.about(), outcome=outcome, reason=self.reason()
        )

    def Announce(self) -> testing_commands.Announce:  # noqa: N802
        minutes = self.one_of(30, 10, 5, 30, 10, 5, 7)
        return testing_commands.Announce(
            session_id=self.id, minutes=minutes, attempt_ids=self.some()
        )

    def TakeNote(self) -> irregularity_commands.TakeNote:  # noqa: N802
        who = self.one_of("", self.about()["attempt_id"])
        return irregularity_commands.TakeNote(
            session_id=self.id, text=self.reason(), attempt_id=who
        )

    def RecordIrregularity(self) -> irregularity_commands.RecordIrregularity:  # noqa: N802
        code = self.one_of(*("ENV-NOISE", "TEC-FREEZE", "TIM-MISSWARN") * 4, "NO-SUCH")
        fields: tuple[str, ...] = ()
        with suppress(KeyError):
            fields = self.desk.definitions.irregularity(code).fields
        known = [one.event.irregularity_id for one in self.session.in_force]
        return irregularity_commands.RecordIrregularity(
            session_id=self.id,
            code=code,
            severity=self.one_of(*(1, 2, 3, 3) * 4, 4),
            scope=self.one_of(*("attempt", "session", "session") * 4, "galaxy"),
            validity=self.one_of("none", "flag", "withhold"),
            attempt_ids=self.one_of((), self.some(), self.some()[:1]),
            observed=self.one_of(*("It was loud outside for a while.",) * 9, "x"),
            action_taken="Closed the window.",
            details=tuple((name, "10") for name in self.one_of(fields, fields, ())),
            told=self.one_of("", "Dana Ortiz"),
            supersedes=self.one_of("", "", "", "", *known, "a-i99"),
        )

    def KeyScore(self) -> score_commands.KeyScore:  # noqa: N802
        about = self.about()
        least = LEAST[about["attempt_id"].partition("-")[2]]
        shown = self.one_of(
            f"{least}", f"{least}", f"{least - 1}", "40", "10%", "99", "many", "76%"
        )
        verdict = self.one_of(*("", "", "pass", "not pass") * 4, "perhaps")
        return score_commands.KeyScore(
            **about,
            shown=shown,
            vendor_verdict=verdict,
            shown_as="" if "%" in shown else "raw",
        )

    def RecordOfficial(self) -> vendor_commands.RecordOfficial:  # noqa: N802
        keyed = self.KeyScore()
        return vendor_commands.RecordOfficial(
            **self.about(),
            shown=keyed.shown,
            vendor_verdict=keyed.vendor_verdict,
            shown_as=self.one_of(*(keyed.shown_as,) * 4, "", "percent"),
        )

    def PutBack(self) -> mistake_commands.PutBack:  # noqa: N802
        return mistake_commands.PutBack(**self.about(), reason=self.reason())

    def ReplaceOutcome(self) -> mistake_commands.ReplaceOutcome:  # noqa: N802
        outcome = self.one_of(*REALLY, *REALLY, "cancelled")
        return mistake_commands.ReplaceOutcome(
            **self.about(), outcome=outcome, reason=self.reason()
        )

    def ExplainScore(self) -> score_commands.ExplainScore:  # noqa: N802
        state = self.one_of("pending", "not applicable", "verified")
        return score_commands.ExplainScore(
            **self.about(), state=state, reason=self.reason()
        )

    def SettleDiscrepancy(self) -> score_commands.SettleDiscrepancy:  # noqa: N802
        uphold = self.one_of("score", "vendor", "neither")
        return score_commands.SettleDiscrepancy(
            **self.about(), uphold=uphold, reason=self.reason()
        )

    def DecideValidity(self) -> score_commands.DecideValidity:  # noqa: N802
        return score_commands.DecideValidity(
            **self.about(),
            validity=self.one_of("clean", "void", "withheld"),
            reason=self.reason(),
            reference=self.one_of("", "MSSC-7"),
        )

    def ReconcileScratch(self) -> closing_commands.ReconcileScratch:  # noqa: N802
        return closing_commands.ReconcileScratch(
            session_id=self.id,
            returned=self.one_of(-1, 0, 1, 2),
            note=self.one_of("", "torn"),
        )

    def BridgeBoot(self) -> restart_commands.BridgeBoot:  # noqa: N802
        return restart_commands.BridgeBoot(session_id=self.id, last=self.desk.now())

    def RecordBundle(self) -> closing_commands.RecordBundle:  # noqa: N802
        return closing_commands.RecordBundle(
            session_id=self.id, destination="usb", file_name="a.zip", sha256="0" * 64
        )


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
