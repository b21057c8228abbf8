"""What the testing screen asks about one person's clock, and reads aloud."""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.widget import Widget
from textual.widgets import Static

from cptkiosk.domain import commands as c
from cptkiosk.domain import timing
from cptkiosk.domain.attempt import Attempt
from cptkiosk.domain.guide import Call
from cptkiosk.domain.testing import PAUSES, STOP_CLOCK_BREAK
from cptkiosk.domain.values import HOUR_MS, MINUTE_MS, plural
from cptkiosk.ui.screens.dialogs import AskDialog
from cptkiosk.ui.widgets.form import ChoiceField, Field, TextField, Values

if TYPE_CHECKING:
    from cptkiosk.ui.screens.testing import TestingScreen

FAULTS = (
    "workstation fault",
    "assessment froze",
    "network lost",
    "illness",
)
APPROVED = "approved by the vendor"
VENDOR_CLOCK = re.compile(r"(?:(\d{1,2}):(?=\d\d:))?(\d{1,3}):([0-5]\d)")
NAMED_MAX = 8


class ReadAloudDialog(AskDialog):
    """Words to read aloud to people, then Enter says that it was done."""

    ENTER: ClassVar[str] = "says it was read"

    def __init__(self, title: str, lines: Sequence[str], words: str) -> None:
        super().__init__(title, lines)
        self._words = words

    def more(self) -> Iterator[Widget]:
        """Show the words, with room around them."""
        yield Static(self._words, classes="aloud", markup=False)


def announce(screen: "TestingScreen", call: Call) -> None:
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
    said = f"{call.minutes} minutes announced to {count}"
    words = screen.definitions.scripts.announcement(call.minutes, len(people))
    dialog = ReadAloudDialog(
        f"Read aloud: {call.minutes} minutes left for {count}",
        ("; ".join(named),),
        words,
    )

    def answered(values: Values | None) -> None:
        if values is not None:
            screen.ask(wish, said)

    screen.app.push_screen(dialog, answered)


def pause(screen: "TestingScreen", attempt: Attempt) -> None:
    """Ask why one clock is stopped."""

    def wish(kind: str, reason: str) -> c.BeginPause:
        return c.BeginPause(
            session_id=screen.session_id,
            attempt_id=attempt.attempt_id,
            kind=kind,
            reason=reason,
        )

    def made(values: Values) -> c.BeginPause:
        return wish(str(values.get("kind", PAUSES[0])), _reason(values))

    desk = screen.kiosk.desk
    may_break = not desk.why_not(wish(STOP_CLOCK_BREAK, "?"), screen.actor)
    reasons = (APPROVED, *FAULTS) if may_break else FAULTS
    fields: list[Field] = [
        _choice("reason", "Reason", reasons),
        TextField("words", "In words", required=False),
    ]
    if may_break:
        fields.insert(0, _choice("kind", "Kind", tuple(reversed(PAUSES))))
    screen.ask_first(
        f"Pause {screen.person(attempt)}",
        ("Their clock stops; all others run on. p lets it run on again.",),
        fields,
        made,
        lambda values: f"{screen.person(attempt)}: paused, {made(values).kind}",
    )


def vendor_clock(screen: "TestingScreen", attempt: Attempt) -> None:
    """Ask which remaining time the vendor's screen shows."""

    def check(values: Values) -> dict[str, str]:
        if parse_clock(str(values["left"])) is None:
            return {"left": "as the screen shows it: 41:20 or 1:12:05"}
        return {}

    def vendor_ms(values: Values) -> int:
        return parse_clock(str(values["left"])) or 0

    def words(values: Values) -> str:
        drift_ms = vendor_ms(values) - screen.session.left_ms(attempt, screen.line_ms)
        return f"{screen.person(attempt)}: {drift_text(drift_ms)}"

    left = timing.clock_text(screen.session.left_ms(attempt, screen.line_ms))
    screen.ask_first(
        f"Vendor's clock of {screen.person(attempt)}",
        (f"Ours showed {left} left when this was asked.",),
        (TextField("left", "Their screen shows", help="41:20 or 1:12:05"),),
        lambda values: c.NoteVendorClock(
            session_id=screen.session_id,
            attempt_id=attempt.attempt_id,
            vendor_left_ms=vendor_ms(values),
        ),
        words,
        check=check,
    )


def parse_clock(text: str) -> int | None:
    """Return the milliseconds of '1:12:05' or '41:20', if readable."""
    match = VENDOR_CLOCK.fullmatch(text.strip())
    if match is None:
        return None
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    if match[1] and minutes >= 60:
        return None
    return hours * HOUR_MS + minutes * MINUTE_MS + seconds * 1000


def drift_text(drift_ms: int) -> str:
    """Return what the vendor's clock leaves more or less than ours."""
    if abs(drift_ms) < 1000:
        return "the vendor's clock agrees"
    more = "more" if drift_ms > 0 else "less"
    return f"the vendor's clock leaves {timing.span_text(abs(drift_ms))} {more}"


def _choice(name: str, label: str, words: tuple[str, ...]) -> Field:
    return ChoiceField(
        name, label, tuple((word, word) for word in words), value=words[0]
    )


def _reason(values: Values) -> str:
    typed = str(values.get("words", "")).strip()
    return f"{values['reason']}: {typed}" if typed else str(values["reason"])
