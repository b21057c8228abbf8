"""Exams taken day after day through the desk: what a candidate's history is made of."""

from dataclasses import replace
from datetime import datetime
from itertools import count
from zoneinfo import ZoneInfo

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain import commands as c
from cptkiosk.domain.candidate import RegisterPerson, Registration
from cptkiosk.domain.planning import ROOM_CHECKS
from cptkiosk.domain.session_events import Room
from cptkiosk.domain.values import Actor, Refused
from support.center import DANA, LEE
from support.sessions import advance, attempt_id, seated, started

CHICAGO = ZoneInfo("America/Chicago")
ROOM = Room(name="204", rows=5, columns=6)
_codes = count(1)


def local(text: str, *, fold: int = 0) -> int:
    """Return the instant at which a clock in Chicago shows this, in UTC milliseconds."""
    moment = datetime.fromisoformat(text).replace(tzinfo=CHICAGO, fold=fold)
    return round(moment.timestamp() * 1000)


def policy(desk: Desk, **changes: object) -> None:
    """Let the center decide otherwise."""
    policies = replace(desk.definitions.policies, **changes)
    desk.definitions = replace(desk.definitions, policies=policies)


def registered(
    desk: Desk,
    who: str,
    module: str = "safety",
    *,
    born: str = "",
    code: str = "",
    **registration: object,
) -> None:
    """Register somebody for a module, with a code of their own that is new."""
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
    for outcome in desk.register([row], LEE):
        assert not isinstance(outcome, Refused), outcome


def planned(
    desk: Desk,
    session_id: str,
    *modules: str,
    at: int | None = None,
    in_ms: int = 0,
) -> None:
    """Plan a session with nobody on its roll."""
    plan = c.PlanSession(
        session_id=session_id,
        title="Morning",
        starts_at_utc_ms=desk.now().utc_ms + in_ms if at is None else at,
        module_ids=modules or ("safety",),
        rooms=(ROOM,),
    )
    desk.perform(plan, LEE)


def opening(session_id: str) -> c.OpenCheckIn:
    return c.OpenCheckIn(
        session_id=session_id, room_checks=ROOM_CHECKS, no_conflicts_declared=True
    )


def rolled(
    desk: Desk, session_id: str, who: str = "P1", module: str = "safety", **wish: str
) -> None:
    """Put somebody on a roll, as the proctor; with a reason as the coordinator."""
    actor = DANA if "override" in wish else LEE
    desk.perform(desk.assignment(session_id, who, module, **wish), actor)


def refusal(desk: Desk, command: c.SessionCommand, actor: Actor = LEE) -> str:
    """Return why a wish is refused, having seen that nothing was written."""
    head = desk.ledger.head()
    with pytest.raises(Refused) as error:
        desk.perform(command, actor)
    assert desk.ledger.head() == head
    return str(error.value)


def allowed(desk: Desk, command: c.SessionCommand, actor: Actor = LEE) -> bool:
    """Return whether a wish would be carried out now."""
    return not desk.why_not(command, actor)


def begun(
    desk: Desk, session_id: str, who: str = "P1", module: str = "safety", **wish: str
) -> dict[str, str]:
    """Bring somebody to the start of a session of their own; return what names them."""
    planned(desk, session_id, module)
    rolled(desk, session_id, who, module, **wish)
    desk.perform(opening(session_id), LEE)
    seated(desk, session_id, attempt_id(who, module))
    started(desk, session_id)
    return {"session_id": session_id, "attempt_id": attempt_id(who, module)}


def keyed(desk: Desk, key: dict[str, str], shown: str, verdict: str = "") -> None:
    """Key a score twice."""
    for _ in range(2):
        wish = c.KeyScore(**key, shown=shown, vendor_verdict=verdict)
        desk.perform(wish, LEE)


def taken(
    desk: Desk,
    session_id: str,
    shown: str = "40",
    *,
    who: str = "P1",
    module: str = "safety",
    how: str = "finished",
    minutes: int = 60,
) -> dict[str, str]:
    """Let somebody take a module in a session of its own, down to its end and score."""
    key = begun(desk, session_id, who, module)
    advance(desk, minutes * 60_000)
    if how == "finished":
        desk.perform(c.FinishAttempt(**key), LEE)
    else:
        desk.perform(c.EndEarly(**key, outcome=how, reason="had to go"), LEE)
    desk.perform(c.EndSession(session_id=session_id), LEE)
    if shown:
        keyed(desk, key, shown)
    return key
