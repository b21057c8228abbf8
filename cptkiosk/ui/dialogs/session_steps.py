"""What is asked about a whole session: to open, halt, end, close or give it up."""

from collections.abc import Callable, Sequence
from functools import partial

from cptkiosk.domain.commands.checkin import OpenCheckIn
from cptkiosk.domain.commands.closing import (
    AmendSession,
    ReconcileScratch,
    ReopenSession,
)
from cptkiosk.domain.commands.halt import UndoHalt
from cptkiosk.domain.commands.planning import CancelSession
from cptkiosk.domain.commands.restart import ConfirmRoomClock
from cptkiosk.domain.commands.testing import AbandonSession, UndoStart
from cptkiosk.domain.rules.checkin import ROOM_CHECKS
from cptkiosk.domain.rules.finishing import cut_short
from cptkiosk.domain.state.attempt import AttemptProgress
from cptkiosk.domain.state.blockers import scratch_issued
from cptkiosk.domain.state.session import Session
from cptkiosk.domain.values import plural
from cptkiosk.times.format import TimeFormat
from cptkiosk.ui.dialogs.question import (
    CommandQuestion,
    build_question,
)
from cptkiosk.ui.widgets.fields import Values


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
    return CommandQuestion.from_catalog(
        "open-check-in",
        {"odd": odd, "expected": expected},
        {"checks": {"options": ROOM_CHECKS}},
        command=lambda values: OpenCheckIn(
            session_id=session.session_id,
            room_checks=values.several("checks"),
            no_conflicts_declared=values.flag("free"),
        ),
        check=check_declared,
        then=then,
    )


def check_declared(values: Values) -> dict[str, str]:
    """Say what of the room and the declaration is not checked yet."""
    found = {}
    if left := len(ROOM_CHECKS) - len(values.several("checks")):
        found["checks"] = f"{plural(left, 'item')} left: press Space on each"
    if not values.flag("free"):
        found["free"] = "press Space if none applies; if one does, Esc and sign out"
    return found


def cancel_session(session: Session) -> CommandQuestion:
    """Ask why a session is called off."""
    return build_question("cancel-session", session, None, CancelSession)


def undo_start(session: Session, then: Callable[[], object]) -> CommandQuestion:
    """Ask before the start is taken back."""
    attempts = session.attempts.values()
    started = sum(one.start_line_ms is not None for one in attempts)
    details = {"started": started}
    return build_question("undo-start", session, None, UndoStart, details, then=then)


def undo_halt(
    session: Session,
    number: int,
    why: str,
    now_ms: Callable[[], int],
    times: TimeFormat,
) -> CommandQuestion:
    """Ask whether a halt was a mistake, and say what taking it back costs.

    Args:
        session: the session.
        number: which of its halts, from 1 on; 0 is the last.
        why: the reason, if it was typed already.
        now_ms: says what time it is, on the session's line.
        times: how the center writes them.
    """
    number = number or len(session.halts)
    since_ms, until_ms = session.halts[number - 1]
    details = {
        "number": number,
        "count": len(session.halts),
        "since": times.format_seconds(since_ms),
        "until": "now" if until_ms is None else times.format_seconds(until_ms),
        "stood_ms": lambda: (until_ms or now_ms()) - since_ms,
        "resumes": " All clocks resume." if until_ms is None else "",
    }
    make, fields = partial(UndoHalt, number=number), {"reason": {"value": why}}
    return build_question("undo-halt", session, None, make, details, fields)


def compare_room_clock(
    session: Session, now_ms: Callable[[], int], times: TimeFormat
) -> CommandQuestion:
    """Ask whether the bridged time agrees with the room clock.

    Args:
        session: one that was bridged over an absence of the machine.
        now_ms: says what time it is, on the session's line.
        times: how the center writes them.
    """
    bridge = session.unconfirmed_bridge
    assert bridge is not None, "its key is dimmed where nothing is open"
    return CommandQuestion.from_catalog(
        "compare-room-clock",
        {"away_ms": bridge.away_ms, "now": lambda: times.format_seconds(now_ms())},
        {"seconds": {"reads": int}},
        command=lambda values: ConfirmRoomClock(
            session_id=session.session_id,
            correction_ms=int(values.text("seconds")) * 1000,
        ),
    )


def abandon_session(session: Session) -> CommandQuestion:
    """Ask why the session is given up."""
    details = {"count": len(cut_short(session))}
    return build_question("abandon-session", session, None, AbandonSession, details)


def read_numbers(text: str) -> tuple[int, ...]:
    """Return the numbers of sheets: '2, 5'.

    Raises:
        ValueError: if something else is among them, or a number is too long.
    """
    numbers = text.replace(",", " ").split()
    if not all(one.isdecimal() and len(one) < 5 for one in numbers):
        raise ValueError("sheet numbers, for example 2, 5")
    return tuple(map(int, numbers))


def count_paper(session: Session) -> CommandQuestion:
    """Ask how many sheets came back; if not all, Down goes on to which are missing."""
    return CommandQuestion.from_catalog(
        "count-paper",
        {"count": scratch_issued(session)},
        {"missing": {"reads": read_numbers}},
        command=lambda values: ReconcileScratch(
            session_id=session.session_id,
            returned=int(values.text("returned")),
            missing=read_numbers(values.text("missing")),
            note=values.text("note"),
        ),
        draft=f"paper {session.session_id}",
    )


def reopen_session(session: Session) -> CommandQuestion:
    """Ask why the end is taken back."""
    return build_question("reopen-session", session, None, ReopenSession)


def amend_session(session: Session) -> CommandQuestion:
    """Ask why the sealed record is opened."""
    details = {"revision": session.revision, "next": session.revision + 1}
    return build_question("amend-session", session, None, AmendSession, details)
