"""Putting registered people on a session's roll: one way for screens, rosters, scripts."""

from collections.abc import Iterable
from dataclasses import dataclass

from cptkiosk import lists
from cptkiosk.desk import Desk
from cptkiosk.domain.attempt import Progress
from cptkiosk.domain.values import Actor, Refused

TAKEN_OFF = "was taken off the roll; only a person puts them back"


@dataclass(frozen=True, slots=True)
class NotAssigned:
    """Somebody who was not put on the roll, and why."""

    participant_id: str
    reason: str


def everyone(desk: Desk, module_ids: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Return who is registered for these modules and has not passed them yet."""
    return tuple(
        (participant_id, module_id)
        for participant_id, module_id in lists.registered(desk.ledger, module_ids)
        if not any(
            past.counts and past.module_id == module_id
            for past in lists.history(desk.ledger, participant_id)
        )
    )


def assign(
    desk: Desk,
    session_id: str,
    who: Iterable[tuple[str, str]],
    actor: Actor,
    *,
    again: bool = False,
) -> tuple[int, int, tuple[NotAssigned, ...]]:
    """Put registered people on a session's roll, for the modules that it runs.

    Args:
        desk: where it is recorded.
        session_id: the session.
        who: participant and module ids, first come first served.
        actor: who asks.
        again: also who was taken off the roll; only for people chosen by hand.

    Returns:
        How many were put on the roll, how many were on it, and who was not put on it.
    """
    assigned, before, refused = 0, 0, []
    for participant_id, module_id in dict.fromkeys(who):
        session = desk.session(session_id)
        if module_id not in session.module_ids:
            continue
        known = session.attempts.get(f"{participant_id}-{module_id}")
        taken_off = known is not None and known.standing is Progress.CANCELLED
        if taken_off and not again:
            refused.append(NotAssigned(participant_id, TAKEN_OFF))
            continue
        if known is not None and not taken_off:
            before += 1
            continue
        try:
            wish = desk.assignment(session_id, participant_id, module_id)
            desk.perform(wish, actor)
            assigned += 1
        except Refused as refusal:
            refused.append(NotAssigned(participant_id, str(refusal)))
    return assigned, before, tuple(refused)
