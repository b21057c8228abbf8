"""What is asked about a whole session: to open, halt, end, close or give it up."""

from collections.abc import Callable, Sequence

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
from cptkiosk.domain.time import timing
from cptkiosk.domain.values import plural
from cptkiosk.times.format import TimeFormat
from cptkiosk.ui.dialogs.question import CommandQuestion, ask_why
from cptkiosk.ui.widgets.fields import MultiChoiceField, TextField, ToggleField, Values
from cptkiosk.ui.widgets.validators import Readable

ROOM = MultiChoiceField(
    "checks",
    "Room checklist",
    tuple((one, one) for one in ROOM_CHECKS),
    one_by_one=True,
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
            f"Opens check-in for {plural(expected, 'person', 'people')}. Anyone who teaches,"
            " supervises, or is related to a candidate cannot run this session.",
        ),
        (ROOM, ToggleField("free", "I have no conflict")),
        command=lambda values: OpenCheckIn(
            session_id=session.session_id,
            room_checks=values.several("checks"),
            no_conflicts_declared=values.flag("free"),
        ),
        words="check-in opened",
        check=check_declared,
        enter="open",
        then=then,
    )


def check_declared(values: Values) -> dict[str, str]:
    """Say what of the room and the declaration is not checked yet."""
    found = {}
    if left := len(ROOM_CHECKS) - len(values.several("checks")):
        found["checks"] = f"{plural(left, 'item')} left: press Space on each"
    if not values.flag("free"):
        found["free"] = "y if you have no conflict with anyone here; otherwise sign out"
    return found


def cancel_session(session: Session) -> CommandQuestion:
    """Ask why a session is called off."""
    return ask_why(
        f"Cancel {session.title}",
        "Every attempt in it will be canceled.",
        lambda why: CancelSession(session_id=session.session_id, reason=why),
        "session canceled",
    )


def undo_start(session: Session, then: Callable[[], object]) -> CommandQuestion:
    """Ask before the start is taken back."""
    attempts = session.attempts.values()
    started = sum(one.start_line_ms is not None for one in attempts)
    return CommandQuestion(
        "Undo the start",
        (
            f"{plural(started, 'person returns', 'people return')} to seated.",
            "The time worked so far does not count.",
        ),
        command=lambda _: UndoStart(session_id=session.session_id),
        words="start undone",
        then=then,
    )


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
    since = times.format_seconds(since_ms)
    until = "now" if until_ms is None else times.format_seconds(until_ms)
    on = " All clocks resume." if until_ms is None else ""

    def cost() -> str:
        stood = timing.span_text((until_ms or now_ms()) - since_ms)
        return (
            f"The halt lasted from {since} to {until}. Its {stood} will count as time used"
            f" for everyone.{on}"
        )

    return ask_why(
        f"Undo halt {number} of {len(session.halts)}",
        cost,
        lambda reason: UndoHalt(
            session_id=session.session_id, number=number, reason=reason
        ),
        f"halt {number} undone",
        known=why,
    )


def compare_room_clock(
    session: Session, now_ms: Callable[[], int], times: TimeFormat
) -> CommandQuestion:
    """Ask whether the bridged time agrees with the room clock.

    Args:
        session: one that was bridged over an absence of the machine.
        now_ms: says what time it is, on the session's line.
        times: how the center writes them.
    """
    assert session.unconfirmed_bridge is not None, (
        "its key is dimmed where nothing is open"
    )
    away = timing.span_text(session.unconfirmed_bridge.away_ms)
    return CommandQuestion(
        "Compare with the room clock",
        (
            lambda: (
                f"This computer restarted and was off for {away}. Its clock shows"
                f" {times.format_seconds(now_ms())}."
            ),
            "Trust the room clock: the computer's clock may have changed.",
            "If both show the same time, press Enter. If not, enter the difference in"
            " seconds.",
        ),
        (
            TextField(
                "seconds",
                "Room clock ahead by",
                value="0",
                help="seconds; use - if the room clock is behind",
                validators=(Readable(int, "whole seconds, for example 0 or -12"),),
            ),
        ),
        command=lambda values: ConfirmRoomClock(
            session_id=session.session_id,
            correction_ms=int(values.text("seconds")) * 1000,
        ),
        words="room clock confirmed",
    )


def abandon_session(session: Session) -> CommandQuestion:
    """Ask why the session is given up."""
    count = plural(len(cut_short(session)), "attempt")
    return ask_why(
        "Abandon the session",
        f"{count} will be interrupted. This cannot be undone.",
        lambda why: AbandonSession(session_id=session.session_id, reason=why),
        "session abandoned",
    )


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
    return CommandQuestion(
        "Scratch paper",
        (f"{plural(scratch_issued(session), 'sheet')} handed out.",),
        (
            TextField("returned", "Sheets returned", digits=True),
            TextField("note", "Note", required=False, help="if the counts differ"),
            TextField(
                "missing",
                "Missing sheets",
                required=False,
                help="numbers, for example 2, 5",
                validators=(Readable(read_numbers),),
            ),
        ),
        command=lambda values: ReconcileScratch(
            session_id=session.session_id,
            returned=int(values.text("returned")),
            missing=read_numbers(values.text("missing")),
            note=values.text("note"),
        ),
        words="scratch paper counted",
        draft=f"paper {session.session_id}",
        submit_at="note",
    )


def reopen_session(session: Session) -> CommandQuestion:
    """Ask why the end is taken back."""
    return ask_why(
        "Reopen the session",
        "The session runs again. Everything on record stays.",
        lambda why: ReopenSession(session_id=session.session_id, reason=why),
        "session reopened",
    )


def amend_session(session: Session) -> CommandQuestion:
    """Ask why the sealed record is opened."""
    return ask_why(
        "Amend the sealed record",
        f"Revision {session.revision} stays. Sealing again makes revision"
        f" {session.revision + 1}.",
        lambda why: AmendSession(session_id=session.session_id, reason=why),
        "record opened for amendment",
    )
