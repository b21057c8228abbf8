"""The check-in, as a proctor does it: the first one gate by gate, then in few keys."""

from random import Random

from cptkiosk.domain.commands import checkin as c
from cptkiosk.domain.rules.checkin import ROOM_CHECKS, needs_own_look
from cptkiosk.domain.rules.photo_id import ID_KINDS
from cptkiosk.domain.state.attempt import Gate
from cptkiosk.domain.terms import display_term
from cptkiosk.drill.roles import Roles
from cptkiosk.drill.simulated_proctor import SimulatedProctor

STEP_MS = 8_000
"""How long a step of the check-in takes, unless so many people are waiting."""

TOGETHER = (
    Gate.ELIGIBLE,
    Gate.AGREEMENT,
    Gate.BELONGINGS,
    Gate.ACCOMMODATIONS,
    Gate.SCRATCH,
    Gate.USER_CODE,
)
"""Gates that one key passes, but for those with a known problem."""


def check_in(hands: SimulatedProctor, cast: Roles, rng: Random) -> None:
    """Open the doors and take everyone to a seat before the planned start."""
    session_id = hands.session_id
    hands.do(
        c.OpenCheckIn(
            session_id=session_id, room_checks=ROOM_CHECKS, no_conflicts_declared=True
        ),
        "check-in opened: room checked, no conflicts declared",
    )
    hands.do(
        c.MarkAbsent(session_id=session_id, attempt_ids=(cast.late,)),
        f"{hands.name(cast.late)}: absent",
    )
    if cast.missing:
        hands.do(
            c.ExpectLate(session_id=session_id, attempt_id=cast.missing),
            f"{hands.name(cast.missing)}: called, running late",
        )
    lead_ms = hands.session.starts_at_utc_ms - hands.desk.now().utc_ms
    steps = 4 * len(cast.seated) + len(TOGETHER)
    step_ms = min(STEP_MS, lead_ms // 2 // steps)
    for place, attempt_id in enumerate(cast.seated):
        check_in_one(hands, attempt_id, step_ms, rng, slowly=place == 0)


def check_in_one(
    hands: SimulatedProctor,
    attempt_id: str,
    step_ms: int,
    rng: Random,
    *,
    slowly: bool = False,
) -> None:
    """Take one person through the gates; the first of the day gate by gate."""
    name = hands.name(attempt_id)
    one = hands.attempt(attempt_id)
    found = hands.desk.preview.against(hands.session_id, one)
    minded = needs_own_look(one, found)
    alone = TOGETHER if slowly else tuple(gate for gate in TOGETHER if gate in minded)
    together = tuple(gate for gate in TOGETHER if gate not in alone)
    groups = [*filter(None, [together]), *((gate,) for gate in alone)]
    kind = rng.choice(ID_KINDS[:-1])
    for gates in ((Gate.PHOTO_ID,), (Gate.NAME,), *groups):
        command = c.PassGates(
            session_id=hands.session_id,
            attempt_id=attempt_id,
            gates=tuple(gate.value for gate in gates),
            id_kind=kind if gates == (Gate.PHOTO_ID,) else "",
            id_checked=gates == (Gate.PHOTO_ID,),
        )
        words = ", ".join(map(display_term, gates))
        hands.pass_time(step_ms)
        hands.do(
            command,
            f"{name}: {words}{f', {display_term(command.id_kind)}' if command.id_kind else ''}",
        )
    hands.pass_time(step_ms)
    seat = c.TakeSeat(session_id=hands.session_id, attempt_id=attempt_id)
    recorded = hands.desk.perform(seat, hands.actor)
    one = hands.attempt(attempt_id)
    hands.tell_sentence(f"{name}: seat {one.seat} in room {one.room}", recorded.seq)
