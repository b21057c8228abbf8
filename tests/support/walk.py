"""Steps of the exam day as keys on a terminal, each waited for until it is recorded."""

import re
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from cptkiosk.desk import Desk
from cptkiosk.domain.commands import testing as c
from cptkiosk.domain.rules.checkin import ROOM_CHECKS
from cptkiosk.domain.time.instants import Instant
from cptkiosk.host.clock import SystemClock
from cptkiosk.ui.enter_guard import LONG_S, RESTS_S, SETTLES_S
from support.center import DANA, open_desk
from support.sessions import opened, planned, seated
from support.terminal import CURSOR_SIGN, FRAME_ENDS, WAIT_S, Terminal

COORDINATOR, PIN, SESSION = "Dana Ortiz", "482913", "a"
TODAY, PEOPLE, CURSOR = "new session", "On the list", CURSOR_SIGN
DRAWN_AFRESH = b"\x1b[2J"
NO_KEY = b"\x1b[I"
"""What a terminal says on getting the focus; it ends an Esc or half a sequence."""

QUESTION = "Esc: back"
"""What every question says, as long as it is open."""


class EarlierClock:
    """This machine's clock as it was some time ago."""

    def __init__(self, ago_ms: int) -> None:
        self._clock, self._ago_ms = SystemClock(), ago_ms

    def now(self) -> Instant:
        return self._clock.now().plus(-self._ago_ms)

    def asleep_ms(self) -> int:
        return self._clock.asleep_ms()


@contextmanager
def desk_of(folder: Path, *, ago_ms: int = 0) -> Iterator[Desk]:
    """Open the record that a program writes, beside it."""
    desk = open_desk(folder, EarlierClock(ago_ms), "beside")
    try:
        yield desk
    finally:
        desk.ledger.close()


def center(desk: Desk) -> None:
    """Set a center up that has one coordinator."""
    desk.center_log.init_center(
        "Northfield", "TN-0417", "America/Chicago", COORDINATOR, PIN
    )


def checking_in(folder: Path, people: tuple[str, ...]) -> None:
    """Leave a session with open doors."""
    with desk_of(folder) as desk:
        center(desk)
        planned(desk, people, SESSION, "safety")
        opened(desk, SESSION)


def running(folder: Path, people: tuple[str, ...], *, ago_ms: int = 60_000) -> None:
    """Leave a session that has been running for a while, everybody testing."""
    with desk_of(folder, ago_ms=ago_ms) as desk:
        center(desk)
        planned(desk, people, SESSION, "safety")
        opened(desk, SESSION)
        for one in desk.session(SESSION).attempts:
            seated(desk, SESSION, one)
        desk.perform(c.StartSession(session_id=SESSION), DANA)


def open_terminal(folder: Path, **options: object) -> Terminal:
    """Start the program on a data directory."""
    return Terminal("--data-dir", folder, **options)  # type: ignore[arg-type]


def shorten_countdown(folder: Path, seconds: int = 2) -> None:
    """Let a session of a center start sooner after its Enter than it usually does."""
    own = folder / "definitions"
    own.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    policies = f"start_countdown_seconds = {seconds}\n"
    (own / "policies.toml").write_text(policies, "utf-8")


def look() -> None:
    """Read what the screen says, as a person does before they press Enter.

    An Enter too soon after another, or after a change, is not taken. So time has to
    pass; that it is more than enough on a busy machine changes nothing.
    """
    time.sleep(max(LONG_S, SETTLES_S, RESTS_S))


def take_next(terminal: Terminal) -> None:
    """Read the Next line, and do what it says."""
    look()
    terminal.press("enter")


def fill(terminal: Terminal, *answers: str) -> None:
    """Fill the fields of a form in, one after the other; nothing leaves one as it is."""
    for answer in answers:
        keys = ("clear", answer, "enter") if answer else ("enter",)
        terminal.press(*keys)


def first_run(terminal: Terminal) -> None:
    """Fill the first form in, down to Today."""
    terminal.wait_for("Coordinator", "PIN again")
    fill(terminal, "Northfield", "TN-0417", "America/Chicago", COORDINATOR, PIN, PIN)
    terminal.wait_for(TODAY)


def sign_in(terminal: Terminal, pin: str = PIN) -> None:
    """Sign the only member of the staff in, down to Today."""
    terminal.wait_for("PIN", COORDINATOR)
    terminal.press("enter", pin, "enter")
    terminal.wait_for(TODAY)


def enter_session(terminal: Terminal, *shows: str) -> None:
    """Sign in, and open the first session of Today."""
    sign_in(terminal)
    terminal.wait_for("Morning")
    terminal.press("enter")
    terminal.wait_for(*shows)


def import_roster(terminal: Terminal, path: str, *, finds: str) -> None:
    """Check a roster file and record it, from Today and back."""
    terminal.press("r")
    terminal.wait_for("File")
    terminal.press("clear", path, "enter")
    terminal.wait_for(finds)
    terminal.press("enter")
    terminal.wait_for("the roster is recorded")
    back_to_today(terminal)


def is_answered(terminal: Terminal, within_s: float = WAIT_S) -> bool:
    """Have the screen drawn afresh: whatever was pressed before has been dealt with."""
    before = len(terminal.raw)
    terminal.send(NO_KEY)
    terminal.press("redraw")
    deadline = time.monotonic() + within_s
    while FRAME_ENDS not in terminal.raw[before:].partition(DRAWN_AFRESH)[2]:
        terminal.pump(0.05)
        if time.monotonic() > deadline or terminal.ended:
            return False
    terminal.settled()
    return True


def wait_answered(terminal: Terminal) -> None:
    """Wait until whatever was pressed before has been dealt with."""
    assert is_answered(terminal), terminal.text


def leave_screen(terminal: Terminal) -> None:
    """Press Esc, and wait until the screen is another."""
    before = terminal.text
    terminal.press("esc")
    terminal.wait_until(lambda: terminal.text != before, "another screen")


def back_to_today(terminal: Terminal) -> None:
    """Press Esc until Today is there."""
    for _ in range(4):
        if TODAY in terminal.settled():
            return
        leave_screen(terminal)
    terminal.wait_for(TODAY)


def plan(terminal: Terminal, modules: Iterable[int], rooms: str = "204:4x6") -> None:
    """Plan a session of the modules at these places of the list; ends at its people."""
    terminal.press("n")
    terminal.wait_for("Modules", "Rooms and seats")
    at = 0
    for module in modules:
        terminal.press(*["down"] * (module - at), "space")
        at = module
    terminal.press("enter")
    fill(terminal, "", rooms, "")
    terminal.wait_for(PEOPLE)


def open_check_in(terminal: Terminal) -> None:
    """Open the doors: check each item of the room, and declare no conflict."""
    terminal.press("o")
    terminal.wait_for(QUESTION)
    terminal.press(*["space", "down"] * (len(ROOM_CHECKS) - 1), "space", "enter")
    terminal.record("y", "enter")
    terminal.wait_for("CHECK-IN", "photo ID")


def go_to(terminal: Terminal, name: str) -> None:
    """Put the cursor of a roll on a person who is in sight."""
    terminal.wait_until(
        lambda: min(_place(terminal, one) for one in (CURSOR, name)) >= 0,
        f"{name} and a cursor",
    )
    # Once all is drawn: a Next line that has just grown moves the rows.
    terminal.settled()
    while steps := _place(terminal, name) - _place(terminal, CURSOR):
        before = _place(terminal, CURSOR)
        terminal.press(*["down" if steps > 0 else "up"] * abs(steps))
        terminal.wait_until(
            lambda before=before: _place(terminal, CURSOR) != before,  # type: ignore[misc]
            f"the cursor on its way to {name}",
        )
        # It may have gone on by itself meanwhile, as it does after a seat.
        look()
        terminal.settled()


def _place(terminal: Terminal, text: str) -> int:
    """Return the line of a roll that shows a text, -1 if none does."""
    lines = [line.partition("│")[0] for line in terminal.lines]
    titles = (y for y, line in enumerate(lines) if "Person " in line)
    rows = range(next(titles, len(lines)) + 1, len(lines) - 2)
    return next((y for y in rows if text in lines[y]), -1)


def pass_first(terminal: Terminal) -> None:
    """Pass the first gate, named before if the cursor came there by itself."""
    before = terminal.recorded
    look()
    terminal.press("enter")
    terminal.wait_until(
        lambda: terminal.recorded > before or AGAIN in terminal.text, "an answer"
    )
    if AGAIN in terminal.text:
        look()
        terminal.record("enter")


def pass_all_gates(terminal: Terminal, *, is_late: bool = False) -> None:
    """Bring the person under the cursor from the photo ID to a seat."""
    pass_first(terminal)
    for _ in range(2 if is_late else 1):  # the arrival, the photo ID, the name
        look()
        terminal.record("enter")
    terminal.record("space")
    if "[ ] eligible, with a warning" in terminal.settled():  # no birth date on record
        look()
        terminal.record("enter")
        look()
    terminal.record("enter")


def start(terminal: Terminal) -> None:
    """Start everyone seated, and wait until the countdown is over."""
    terminal.press("s")
    terminal.wait_for("Read aloud")
    terminal.press("enter")
    terminal.wait_for("TESTING", "starts at")
    terminal.wait_gone("starts at")


def leave_question(terminal: Terminal) -> None:
    """Go back from a question, if it is still open."""
    if QUESTION in terminal.settled():
        terminal.press("esc")
        terminal.wait_gone(QUESTION)


def press_and_confirm(terminal: Terminal, key: str, shows: str) -> None:
    """Press a key that asks before it acts on several people, and confirm."""
    terminal.press(key)
    terminal.wait_for(QUESTION, shows)
    terminal.press("enter")


def finish_early(terminal: Terminal) -> None:
    """Finish the person under the cursor, who still has time left."""
    terminal.press("f")
    terminal.wait_for(QUESTION, "Finish: ")
    terminal.record("enter")


def answer(terminal: Terminal, key: str, shows: str, *answers: str) -> str:
    """Press a key, answer or confirm what it asks, and wait until that is recorded."""
    terminal.press(key)
    terminal.wait_for(QUESTION, shows)
    before = terminal.recorded
    fill(terminal, *(answers or ("",)))
    return terminal.wait_until(
        lambda: terminal.recorded > before, f"an entry after #{before} by {key}"
    )


AGAIN = "Enter again to check off"
"""Said by the first Enter where the cursor came to somebody by itself."""

CLOCK = re.compile(r"\b(\d):(\d\d):(\d\d)\b")
TICK_S = 1.5
"""What is left is shown in whole seconds, and drawn a moment after each of them."""


def ends_at_s(folder: Path, *, credit_s: float = 0) -> float:
    """Return when a candidate who started with the group has to end, as a UTC time."""
    with desk_of(folder) as desk:
        start_ms = desk.session(SESSION).start_line_ms
    assert start_ms is not None
    return start_ms / 1000 + 90 * 60 + credit_s


def wait_left(terminal: Terminal, name: str, end_utc_s: float) -> None:
    """Wait until a candidate's row shows the time that is left until `end_utc_s`.

    A machine may be too busy to show a second in time, but not each of them.
    """

    def is_right() -> bool:
        found = CLOCK.search(terminal.row(name, "Safety"))
        if found is None:
            return False
        hours, minutes, seconds = map(int, found.groups())
        left_s = hours * 3600 + minutes * 60 + seconds
        return abs(end_utc_s - time.time() - left_s) <= TICK_S

    terminal.wait_until(is_right, f"the time that {name} has left")
