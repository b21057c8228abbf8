"""What is asked about a planned session before it opens, or is called off."""

from collections.abc import Callable, Sequence

from cptkiosk.domain import commands as c
from cptkiosk.domain.attempt import AttemptProgress
from cptkiosk.domain.planning import ROOM_CHECKS
from cptkiosk.domain.session import Session
from cptkiosk.domain.values import plural
from cptkiosk.ui.dialogs.question import REASON, CommandQuestion, from_fields
from cptkiosk.ui.widgets.fields import MultiChoiceField, ToggleField, Values

ROOM = MultiChoiceField(
    "checks", "The room", tuple((one, one) for one in ROOM_CHECKS), one_by_one=True
)


def open_check_in(
    session: Session, odd: Sequence[str], then: Callable[[], object]
) -> CommandQuestion:
    """Ask for the room checklist and the declaration.

    Args:
        session: the session.
        odd: what is odd about its date, each a sentence.
        then: what follows once it is open.
    """
    attempts = session.attempts.values()
    expected = sum(one.standing is not AttemptProgress.CANCELLED for one in attempts)
    return CommandQuestion(
        "Open check-in",
        (
            *odd,
            f"{plural(expected, 'person', 'people')} can be checked in from then on. Who"
            " teaches, supervises or is close to one of them may not run this session.",
        ),
        (ROOM, ToggleField("free", "No conflict")),
        command=lambda values: c.OpenCheckIn(
            session_id=session.session_id,
            room_checks=values.several("checks"),
            no_conflicts_declared=values.flag("free"),
        ),
        words="check-in opened",
        check=check_declared,
        then=then,
    )


def check_declared(values: Values) -> dict[str, str]:
    """Say what of the room and the declaration is not checked yet."""
    found = {}
    if left := len(ROOM_CHECKS) - len(values.several("checks")):
        found["checks"] = f"{plural(left, 'item')} to check: Space on each"
    if not values.flag("free"):
        found["free"] = "y if nobody here is linked with you; else sign out"
    return found


def cancel_session(session: Session) -> CommandQuestion:
    """Ask why a session is called off."""
    return CommandQuestion(
        f"Cancel {session.title}",
        ("Every attempt of it will be cancelled.",),
        (REASON,),
        command=from_fields(c.CancelSession, session_id=session.session_id),
        words="session cancelled",
    )
