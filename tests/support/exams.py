"""Exams taken day after day through the desk: what a candidate's history is made of."""

from dataclasses import replace
from datetime import datetime
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.base import AboutAttempt, SessionCommand
from cptkiosk.domain.commands.checkin import (
    ExpectLate,
    MarkAbsent,
    OpenCheckIn,
    PassGates,
)
from cptkiosk.domain.commands.closing import ReconcileScratch
from cptkiosk.domain.commands.irregularity import RecordIrregularity
from cptkiosk.domain.commands.planning import AssignAttempt, PlanSession
from cptkiosk.domain.commands.restart import ConfirmRoomClock
from cptkiosk.domain.commands.score import KeyScore
from cptkiosk.domain.commands.testing import EndEarly, EndSession, FinishAttempt
from cptkiosk.domain.events.planning import Room
from cptkiosk.domain.people.eligibility_findings import Finding
from cptkiosk.domain.rules.checkin import ROOM_CHECKS
from cptkiosk.domain.state.candidate import RegisterPerson, Registration
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import Actor, Refused
from cptkiosk.services import credentials
from cptkiosk.services.assignment import build_assignment
from cptkiosk.words import explain
from support.center import DANA, LEE
from support.reports import session_report
from support.sessions import a_session, advance, attempt_id, seated, started

CHICAGO = ZoneInfo("America/Chicago")
ROOM = Room(name="204", rows=5, columns=6)
_codes = count(1)


def local(text: str, *, fold: int = 0) -> int:
    """Return the instant at which a clock in Chicago shows this, in UTC milliseconds."""
    moment = datetime.fromisoformat(text).replace(tzinfo=CHICAGO, fold=fold)
    return round(moment.timestamp() * 1000)


def policy(desk: Desk, **changes: Any) -> None:
    """Let the center decide otherwise."""
    policies = replace(desk.definitions.policies, **changes)
    desk.record.definitions = replace(desk.definitions, policies=policies)


def registered(
    desk: Desk,
    who: str,
    module: str = "safety",
    *,
    born: str = "1990-04-02",
    code: str = "",
    **registration: object,
) -> None:
    """Register a person for a module, with a new code of their own."""
    row = RegisterPerson(
        participant_id=who,
        family_name=f"Family{who}",
        given_name="Kim",
        birth_date=born,
        registration=Registration(
            module,
            code or f"NEW-{next(_codes)}",
            **registration,  # type: ignore[arg-type]
        ),
    )
    for outcome in desk.registrar.register([row], LEE):
        assert not isinstance(outcome, Refused), outcome


def planned(
    desk: Desk,
    session_id: str,
    *modules: str,
    at: int | None = None,
    in_ms: int = 0,
) -> None:
    """Plan a session with an empty roll."""
    plan = PlanSession(
        session_id=session_id,
        title="Morning",
        starts_at_utc_ms=desk.now().utc_ms + in_ms if at is None else at,
        module_ids=modules or ("safety",),
        rooms=(ROOM,),
    )
    desk.perform(plan, LEE)


def opening(session_id: str) -> OpenCheckIn:
    return OpenCheckIn(
        session_id=session_id, room_checks=ROOM_CHECKS, no_conflicts_declared=True
    )


def rolled(
    desk: Desk, session_id: str, who: str = "P1", module: str = "safety", **choices: str
) -> None:
    """Put a person on a roll, as the proctor; with a reason as the coordinator."""
    actor = DANA if "override" in choices else LEE
    desk.perform(build_assignment(desk, session_id, who, module, **choices), actor)


def refusal(desk: Desk, command: SessionCommand, actor: Actor = LEE) -> str:
    """Return why a command is refused, having seen that nothing was written."""
    head = desk.ledger.head()
    with pytest.raises(Refused) as error:
        desk.perform(command, actor)
    assert desk.ledger.head() == head
    return explain(error.value)


def allowed(desk: Desk, command: SessionCommand, actor: Actor = LEE) -> bool:
    """Return whether a command would be carried out now."""
    return not explain(desk.preview.refusal(command, actor))


def begun(
    desk: Desk, session_id: str, who: str = "P1", module: str = "safety", **choices: str
) -> AboutAttempt:
    """Bring a person to the start of a session of their own; return what names them."""
    planned(desk, session_id, module)
    rolled(desk, session_id, who, module, **choices)
    desk.perform(opening(session_id), LEE)
    seated(desk, session_id, attempt_id(who, module))
    started(desk, session_id)
    return {"session_id": session_id, "attempt_id": attempt_id(who, module)}


def keyed(desk: Desk, key: AboutAttempt, shown: str, verdict: str = "") -> None:
    """Key a score twice."""
    for _ in range(2):
        command = KeyScore(
            **key,
            shown=shown,
            vendor_verdict=verdict,
            shown_as="" if "%" in shown else "raw",
        )
        desk.perform(command, LEE)


def taken(
    desk: Desk,
    session_id: str,
    shown: str = "40",
    *,
    who: str = "P1",
    module: str = "safety",
    how: str = "finished",
    minutes: int = 60,
) -> AboutAttempt:
    """Let a person take a module in a session of its own, down to its end and score."""
    key = begun(desk, session_id, who, module)
    advance(desk, minutes * 60_000)
    if how == "finished":
        desk.perform(FinishAttempt(**key), LEE)
    else:
        desk.perform(EndEarly(**key, outcome=how, reason="had to go"), LEE)
    desk.perform(EndSession(session_id=session_id), LEE)
    if shown:
        keyed(desk, key, shown)
    return key


def no_show(desk: Desk) -> None:
    """P1 is on the roll of session a and does not come."""
    planned(desk, "a")
    rolled(desk, "a")
    desk.perform(opening("a"), LEE)
    desk.perform(MarkAbsent(session_id="a", attempt_ids=(attempt_id("P1"),)), LEE)


def assignment(
    desk: Desk, session_id: str = "b", who: str = "P1", module: str = "safety",
    **more: str,
) -> AssignAttempt:  # fmt: skip
    """Return the command that puts a person on a roll."""
    return build_assignment(desk, session_id, who, module, **more)


def eligible_gate(
    session_id: str = "b", who: str = "P1", module: str = "safety"
) -> PassGates:
    """Return the command that passes the first gate at the desk."""
    return PassGates(
        session_id=session_id, attempt_id=attempt_id(who, module), gates=("eligible",)
    )


def objection(desk: Desk, rule: str, **more: str) -> Finding | None:
    """Return what one rule has against putting P1 on the roll of session b."""
    against = desk.preview.against_assigning(assignment(desk, **more))
    return next((one for one in against if one.rule == rule), None)


def certificates(desk: Desk, who: str = "P1") -> list[str]:
    """Return the modules a person holds a certificate for."""
    done = credentials.progress_of(desk, who)
    return [passed.module_id for passed in done.certificates]


def irregularity(
    code: str = "ENV-NOISE", severity: int = 1, **changes: Any
) -> RecordIrregularity:
    """Return an irregularity about P1 in session a."""
    fields: dict[str, Any] = {
        "session_id": "a", "code": code, "severity": severity, "scope": "attempt",
        "validity": "none", "attempt_ids": (attempt_id("P1"),),
        "observed": "It was not as it should have been.", "action_taken": "Written down.",
    } | changes  # fmt: skip
    return RecordIrregularity(**fields)


def ready_to_seal(desk: Desk) -> None:
    """Key the score of P1 in session a, and count the scratch paper."""
    keyed(desk, {"session_id": "a", "attempt_id": attempt_id("P1")}, "64")
    desk.perform(ReconcileScratch(session_id="a", returned=1), LEE)


def compared(by_ms: int) -> ConfirmRoomClock:
    """Return the command that confirms the room clock of session a, off by so much."""
    return ConfirmRoomClock(session_id="a", correction_ms=by_ms)


def one_is_late(desk: Desk) -> None:
    """Start session a with P1 testing and P2 expected late."""
    a_session(desk, 2, Stage.CHECK_IN)
    seated(desk, "a", attempt_id("P1"))
    desk.perform(ExpectLate(session_id="a", attempt_id=attempt_id("P2")), LEE)
    started(desk, "a")


def report_of(desk: Desk, session_id: str = "a") -> str:
    """Return the report of a session as one line of text."""
    return " ".join(session_report(desk, desk.session(session_id)).split())
