"""Whether clocks may run past the vendor's testing window, and who says so."""

from collections.abc import Collection

from cptkiosk.domain.modules import Policies
from cptkiosk.domain.people.eligibility import outside_window
from cptkiosk.domain.rules.checks import reason_given
from cptkiosk.domain.rules.rule import Context
from cptkiosk.domain.state.attempt import Attempt
from cptkiosk.domain.state.session import Session, Stage
from cptkiosk.domain.time import timing
from cptkiosk.domain.values import Actor, Personal, Refused, Role


def why_beyond_window(
    session: Session,
    whom: Collection[str],
    said: str,
    context: Context,
    *,
    in_ms: int = 0,
) -> Personal | None:
    """Return why clocks run although the vendor's window closes before some end.

    Args:
        session: the session, with everything as it will be.
        whom: whose clocks run.
        said: why, as it was said.
        context: what else is known.
        in_ms: how soon they begin to run.

    Raises:
        Refused: if that is so, and nothing is said about it.
    """
    beyond = beyond_window(session, whom, context, in_ms=in_ms)
    if not beyond:
        return None
    if not said.strip():
        names = ", ".join(session.label(one) for one in beyond)
        raise Refused("beyond-window", names=names)
    return reason_given(said, session.session_id)


def coordinator_beyond_window(
    session: Session, changed: Attempt, said: str, context: Context
) -> Personal | None:
    """Return why one clock runs beyond the vendor's window: the coordinator says it.

    Raises:
        Refused: if it does, and they have not.
    """
    if session.stage is not Stage.RUNNING or changed.is_paused:
        return None
    whom = (changed.attempt_id,)
    ran = not session.attempts[changed.attempt_id].is_paused
    if ran and beyond_window(session, whom, context):
        return None
    why = why_beyond_window(session.with_attempt(changed), whom, said, context)
    if why is not None:
        context.actor.must_be_coordinator("pass-window")
    return why


def may_go_beyond(actor: Actor, policies: Policies) -> bool:
    """Return whether a running clock may end outside a vendor's window."""
    return bool(policies.testing_windows) and actor.role is Role.COORDINATOR


def beyond_window(
    session: Session, back: Collection[str], context: Context, *, in_ms: int = 0
) -> tuple[Attempt, ...]:
    """Return who would end outside the vendor's window if the clocks ran on now.

    Or soon: `in_ms` from now. An untimed candidate counts with the module's own time.
    """
    timeline_ms = session.timeline_ms(context.now)
    begins_utc_ms = context.now.utc_ms + in_ms
    return tuple(
        one
        for one in session.attempts.values()
        if one.attempt_id in back
        and outside_window(
            context.policies.testing_windows,
            context.local(begins_utc_ms),
            context.local(begins_utc_ms + _to_come_ms(session, one, timeline_ms)),
        )
    )


def _to_come_ms(session: Session, attempt: Attempt, timeline_ms: int) -> int:
    left_ms = session.left_ms(attempt, timeline_ms)
    if attempt.is_untimed:
        planned_ms = timing.planned_ms(attempt.module.minutes, timing.UNTIMED)
        left_ms = planned_ms - session.elapsed_ms(attempt, timeline_ms)
    return max(0, left_ms)
