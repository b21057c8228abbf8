"""What the testing screen asks about one person's clock, and reads aloud."""

from collections.abc import Sequence

from cptkiosk.domain import commands as c
from cptkiosk.domain import timing
from cptkiosk.domain.attempt import Attempt
from cptkiosk.domain.next_step import DueAnnouncement, minutes_to_read
from cptkiosk.domain.session import Session
from cptkiosk.domain.testing import PAUSES, STOP_CLOCK_BREAK
from cptkiosk.domain.values import plural
from cptkiosk.ui.dialogs.asking import ask_command
from cptkiosk.ui.dialogs.question import (
    CommandQuestion,
    choice_field,
    each_named,
    reason_fields,
    reason_in,
)
from cptkiosk.ui.naming import persons, who_text
from cptkiosk.ui.ports import SessionPort
from cptkiosk.ui.widgets.fields import TextField, Values
from cptkiosk.ui.widgets.validators import Readable

FAULTS = (
    "workstation fault",
    "assessment froze",
    "network lost",
    "illness",
)
APPROVED = "approved by the vendor"
NAMED_MAX = 8
CLOCK_FORM = "as the screen shows it: 41:20 or 1:12:05"


def ask_announcement(screen: SessionPort, call: DueAnnouncement) -> None:
    """Show what is to be read aloud and to whom; Enter records that it was.

    The words name the minutes really left, for as long as the question is open.
    """
    people = [screen.session.attempts[one] for one in call.attempt_ids]
    count = plural(len(people), "person", "people")
    named = [f"{one.seat} {screen.person(one)}".strip() for one in people[:NAMED_MAX]]
    if len(people) > NAMED_MAX:
        named.append(f"and {len(people) - NAMED_MAX} more")

    def minutes_now() -> int:
        return minutes_to_read(screen.session, call, screen.line_ms)

    def left() -> str:
        return plural(minutes_now(), "minute")

    def words() -> str:
        return screen.definitions.scripts.announcement(minutes_now(), len(people))

    question = CommandQuestion(
        lambda: f"Read aloud: {left()} left for {count}",
        ("; ".join(named),),
        command=lambda _: c.Announce(
            session_id=screen.session_id,
            minutes=call.minutes,
            attempt_ids=call.attempt_ids,
        ),
        words=lambda _: f"{left()} announced to {count}",
        aloud=words,
        enter="record it as read",
    )
    ask_command(screen, question)


def pause_clocks(
    session: Session, people: Sequence[Attempt], *, may_break: bool
) -> CommandQuestion:
    """Ask why the clocks of these people are stopped.

    Args:
        session: the session.
        people: whose clocks.
        may_break: whether it may also be a break during which the clock stops.
    """

    def kind_in(values: Values) -> str:
        return values.text("kind", PAUSES[0])

    fields = reason_fields((APPROVED, *FAULTS) if may_break else FAULTS)
    if may_break:
        fields = (choice_field("kind", "Kind", tuple(reversed(PAUSES))), *fields)
    whose = "Their clock stops" if len(people) == 1 else "These clocks stop"
    return CommandQuestion(
        f"Pause {persons(session, people)}",
        (
            *each_named(session, people),
            f"{whose}; all others run on. p lets it run on again.",
        ),
        fields,
        command=lambda values: [
            c.BeginPause(
                **session.about(one),
                kind=kind_in(values),
                reason=reason_in(values),
            )
            for one in people
        ],
        words=lambda values: f"paused, {kind_in(values)}: {who_text(session, people)}",
    )


def ask_pause(screen: SessionPort, people: Sequence[Attempt]) -> None:
    """Ask why the clocks of these people are stopped."""
    breaks = (
        c.BeginPause(**screen.about(one), kind=STOP_CLOCK_BREAK, reason="?")
        for one in people
    )
    may_break = not any(map(screen.why_refused, breaks))
    ask_command(screen, pause_clocks(screen.session, people, may_break=may_break))


def compare_vendor_clock(
    session: Session, attempt: Attempt, asked_ms: int
) -> CommandQuestion:
    """Ask which remaining time the vendor's screen shows, against ours just now.

    Args:
        session: the session.
        attempt: whose clock.
        asked_ms: when this is asked, on the session's line.
    """
    left_ms, name = session.left_ms(attempt, asked_ms), session.label(attempt)

    def vendor_ms(values: Values) -> int:
        return timing.read_clock(values.text("left")) or 0

    return CommandQuestion(
        f"Vendor's clock of {name}",
        (
            f"Ours showed {timing.clock_text(left_ms)} left when this was asked; say what"
            " theirs showed then.",
        ),
        (
            TextField(
                "left",
                "Their screen showed",
                help="41:20 or 1:12:05",
                validators=(Readable(timing.read_clock, CLOCK_FORM),),
            ),
        ),
        command=lambda values: c.NoteVendorClock(
            **session.about(attempt),
            vendor_left_ms=vendor_ms(values),
            asked_line_ms=asked_ms,
        ),
        words=lambda values: f"{name}: {drift_text(vendor_ms(values) - left_ms)}",
    )


def drift_text(drift_ms: int) -> str:
    """Return what the vendor's clock leaves more or less than ours."""
    if abs(drift_ms) < 1000:
        return "the vendor's clock agrees"
    more = "more" if drift_ms > 0 else "less"
    return f"the vendor's clock leaves {timing.span_text(abs(drift_ms))} {more}"
