"""What the testing screen asks about one person's clock, and reads aloud."""

from collections.abc import Callable, Iterator, Sequence
from typing import ClassVar, NamedTuple

from textual.widget import Widget

from cptkiosk.domain import commands as c
from cptkiosk.domain import timing
from cptkiosk.domain.attempt import Attempt
from cptkiosk.domain.guide import Call, minutes_to_read
from cptkiosk.domain.testing import PAUSES, STOP_CLOCK_BREAK
from cptkiosk.domain.values import plural
from cptkiosk.ui.dialogs.common_fields import choice, reason_fields, reason_in
from cptkiosk.ui.dialogs.dialog import AskDialog, Refusal
from cptkiosk.ui.naming import who_text
from cptkiosk.ui.ports import SessionPort
from cptkiosk.ui.widgets.form import TextField, Values
from cptkiosk.ui.widgets.plain_text import PlainText
from cptkiosk.ui.work import is_open

FAULTS = (
    "workstation fault",
    "assessment froze",
    "network lost",
    "illness",
)
APPROVED = "approved by the vendor"
NAMED_MAX = 8


class ToRead(NamedTuple):
    """What is read aloud, and what it is about."""

    title: str
    text: str


class ReadAloudDialog(AskDialog):
    """Words to read aloud to people, then Enter says that it was done.

    They name the minutes really left, for as long as the question is open.
    """

    ENTER: ClassVar[str] = "record it as read"

    def __init__(
        self, words: Callable[[], ToRead], lines: Sequence[str], refusal: Refusal
    ) -> None:
        super().__init__(words().title, lines, refusal=refusal)
        self._words = words

    def more(self) -> Iterator[Widget]:
        """Show the words, with room around them."""
        yield PlainText(self._words().text, classes="aloud")

    def tick(self) -> None:
        """Name the minutes that are left now."""
        if is_open(self):
            now = self._words()
            self.query_one("#title", PlainText).update(now.title)
            self.query_one(".aloud", PlainText).update(now.text)


def announce(screen: SessionPort, call: Call) -> None:
    """Show what is to be read aloud and to whom; Enter records that it was."""
    people = [screen.session.attempts[one] for one in call.attempt_ids]
    count = plural(len(people), "person", "people")
    named = [f"{one.seat} {screen.person(one)}".strip() for one in people[:NAMED_MAX]]
    if len(people) > NAMED_MAX:
        named.append(f"and {len(people) - NAMED_MAX} more")
    wish = c.Announce(
        session_id=screen.session_id,
        minutes=call.minutes,
        attempt_ids=call.attempt_ids,
    )

    def minutes_now() -> int:
        return minutes_to_read(screen.session, call, screen.line_ms)

    def words() -> ToRead:
        minutes = minutes_now()
        return ToRead(
            f"Read aloud: {plural(minutes, 'minute')} left for {count}",
            screen.definitions.scripts.announcement(minutes, len(people)),
        )

    dialog = ReadAloudDialog(
        words, ("; ".join(named),), lambda _: screen.why_refused(wish)
    )

    def answered(values: Values | None) -> None:
        if values is not None:
            said = plural(minutes_now(), "minute")
            screen.ask(wish, f"{said} announced to {count}")

    screen.kiosk.navigator.ask(dialog, answered)


def pause(screen: SessionPort, people: Sequence[Attempt]) -> None:
    """Ask why the clocks of these people are stopped."""

    def wishes(kind: str, reason: str) -> list[c.BeginPause]:
        return [
            c.BeginPause(**screen.about(one), kind=kind, reason=reason)
            for one in people
        ]

    def kind_in(values: Values) -> str:
        return values.text("kind", PAUSES[0])

    breaks = wishes(STOP_CLOCK_BREAK, "?")
    may_break = not any(screen.why_refused(one) for one in breaks)
    fields = reason_fields((APPROVED, *FAULTS) if may_break else FAULTS)
    if may_break:
        fields = (choice("kind", "Kind", tuple(reversed(PAUSES))), *fields)
    whose = "Their clock stops" if len(people) == 1 else "These clocks stop"
    screen.ask_for_each(
        f"Pause {screen.persons(people)}",
        (
            *screen.each_named(people),
            f"{whose}; all others run on. p lets it run on again.",
        ),
        fields,
        lambda values: wishes(kind_in(values), reason_in(values)),
        lambda values: f"paused, {kind_in(values)}: {who_text(screen.session, people)}",
    )


def vendor_clock(screen: SessionPort, attempt: Attempt) -> None:
    """Ask which remaining time the vendor's screen shows, against ours just now."""
    asked_ms = screen.line_ms
    left_ms = screen.session.left_ms(attempt, asked_ms)

    def vendor_ms(values: Values) -> int:
        return timing.read_clock(values.text("left")) or 0

    def check(values: Values) -> dict[str, str]:
        if timing.read_clock(values.text("left")) is None:
            return {"left": "as the screen shows it: 41:20 or 1:12:05"}
        return {}

    screen.ask_first(
        f"Vendor's clock of {screen.person(attempt)}",
        (
            f"Ours showed {timing.clock_text(left_ms)} left when this was asked; say what"
            " theirs showed then.",
        ),
        (TextField("left", "Their screen showed", help="41:20 or 1:12:05"),),
        lambda values: c.NoteVendorClock(
            **screen.about(attempt),
            vendor_left_ms=vendor_ms(values),
            asked_line_ms=asked_ms,
        ),
        lambda values: (
            f"{screen.person(attempt)}: {drift_text(vendor_ms(values) - left_ms)}"
        ),
        check=check,
    )


def drift_text(drift_ms: int) -> str:
    """Return what the vendor's clock leaves more or less than ours."""
    if abs(drift_ms) < 1000:
        return "the vendor's clock agrees"
    more = "more" if drift_ms > 0 else "less"
    return f"the vendor's clock leaves {timing.span_text(abs(drift_ms))} {more}"
