"""What screens and dialogs may ask of the app, and dialogs of the screen behind them.

They know these shapes and neither the app nor each other.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol, TypeVar

from textual.geometry import Size
from textual.message import Message

from cptkiosk.desk import Desk, Recorded
from cptkiosk.domain.attempt import Attempt
from cptkiosk.domain.commands import AboutAttempt, SessionCommand
from cptkiosk.domain.modules import Definitions
from cptkiosk.domain.session import Session
from cptkiosk.domain.values import Actor
from cptkiosk.host.clock import Clock
from cptkiosk.host.data_directory import Paths
from cptkiosk.ui.enter_guard import EnterGuard
from cptkiosk.ui.messages import CommandRequested
from cptkiosk.ui.navigator import Navigator
from cptkiosk.ui.terminal.glyphs import Glyphs
from cptkiosk.ui.terminal.key_queue import KeyQueue
from cptkiosk.ui.widgets.bars import Tone
from cptkiosk.ui.workers import RunsWork

T = TypeVar("T")


class ShowsStatus(Protocol):
    """A screen with a status line."""

    def show_said(self, text: str, tone: Tone, *, synced: bool = False) -> None:
        """Draw a word on the status line."""


class Kiosk(RunsWork, Protocol):
    """The app, as screens and dialogs see it."""

    actor: Actor | None
    sleep: Callable[[float], Awaitable[None]]

    @property
    def desk(self) -> Desk:
        """The one door to the record."""

    @property
    def navigator(self) -> Navigator:
        """What opens and closes screens."""

    @property
    def paths(self) -> Paths:
        """Where the data directory has its places."""

    @property
    def glyphs(self) -> Glyphs:
        """The signs that this terminal can show."""

    @property
    def machine_clock(self) -> Clock:
        """The clock of this machine; the desk's may be a rehearsal's."""

    @property
    def enter_guard(self) -> EnterGuard:
        """What tells which Enter nobody meant."""

    @property
    def keys(self) -> KeyQueue:
        """The keys that are still to be answered."""

    @property
    def lines_typed(self) -> list[str]:
        """The action lines typed so far, oldest first."""

    @property
    def notice(self) -> str:
        """What is shown on Today, at the sign-in and where a PIN is asked for."""

    @property
    def mark(self) -> str:
        """Two words about that, in the header of every screen."""

    @property
    def wall(self) -> bool:
        """Whether only the time is shown, and nothing is written."""

    @property
    def aside(self) -> Callable[[], Sequence[str]] | None:
        """What is said beside the record, as in a rehearsal."""

    @property
    def locked(self) -> bool:
        """Whether only the coordinator's PIN leads out."""

    @property
    def colored(self) -> bool:
        """Whether this terminal shows colors."""

    @property
    def size(self) -> Size:
        """The columns and lines of the terminal."""

    @property
    def shows_lock(self) -> bool:
        """Whether the terminal is locked: nothing may open in front of that."""

    @property
    def work_screen(self) -> ShowsStatus | None:
        """The screen in front, or the one behind a lock: what is done is about it."""

    def post_message(self, message: Message) -> bool:
        """Queue a message for the app."""

    async def on_desk(self, work: Callable[[], T]) -> T:
        """Run something at the desk, in its own thread, and return what it returns."""

    async def quietly(self, work: Callable[[], T]) -> T | None:
        """Run something at the desk; if it is refused or fails, say so."""

    async def attempt(self, work: Callable[[], T]) -> T | None:
        """Run something that somebody waits for, and draw what came of it."""

    async def perform(
        self,
        command: SessionCommand,
        done: Callable[[Recorded], object],
        refused: Callable[[], object] = lambda: None,
        asked: CommandRequested | None = None,
    ) -> None:
        """Carry out a command, and go on once it is recorded."""

    def say(
        self,
        text: str,
        tone: Tone,
        *,
        synced: bool = False,
        on: ShowsStatus | None = None,
    ) -> None:
        """Put a word on the status line of the screen that is open, or of one behind."""

    def say_recorded(self, recorded: Recorded, words: str) -> None:
        """Show on the status line what is now committed and synced."""

    def say_again(self) -> None:
        """Put the last word on the status line of a screen that has come to the front."""

    def forget_said(self) -> None:
        """Forget the last word, unless it was recorded: another screen has opened."""

    def redraw(self) -> None:
        """Let every open screen draw the record as it is now."""

    def repaint(self) -> None:
        """Draw the whole terminal again."""

    def lock(self) -> None:
        """Lock the terminal; what is open stays open behind the lock, but for PINs."""

    def press_halt(self, session_id: str = "") -> None:
        """Ask about the halt of a session, or of the one that runs."""

    def leave(self) -> None:
        """End the program; a locked-down one only with the coordinator's PIN."""

    def exit_with(self, code: int) -> None:
        """End the program with a return code."""

    def wear_look(self) -> None:
        """Put on the look that whoever sits here has chosen, if it can be shown."""

    def next_look(self) -> None:
        """Put on the next look, and keep it for whoever sits here."""


class ScreenPort(ShowsStatus, RunsWork, Protocol):
    """A screen, as its dialogs see it."""

    @property
    def kiosk(self) -> Kiosk:
        """The app."""

    @property
    def actor(self) -> Actor:
        """Who is signed in."""

    @property
    def definitions(self) -> Definitions:
        """Modules, policies and scripts in force."""

    @property
    def is_active(self) -> bool:
        """Whether it is in front."""

    def say(self, text: str, tone: Tone, *, synced: bool = False) -> None:
        """Put a word on this screen's status line, where it stays behind a question."""


class SessionPort(ScreenPort, Protocol):
    """A screen about one session, as its dialogs see it."""

    session_id: str

    @property
    def session(self) -> Session:
        """The session as it is recorded now."""

    @property
    def line_ms(self) -> int:
        """Now, on the session's line."""

    def why_refused(self, command: SessionCommand) -> str:
        """Return why the rules are against a step, even if a coordinator approves it."""

    def about(self, attempt: Attempt) -> AboutAttempt:
        """Return what every wish about an attempt names."""

    def person(self, attempt: Attempt) -> str:
        """Return somebody's name, told apart from another of the same name."""

    def may_take_over(self) -> tuple[str, ...]:
        """Return who of the staff does not run the session yet."""

    def clear_marks(self) -> None:
        """Take every mark off."""

    def ask(
        self,
        command: SessionCommand,
        words: str,
        then: Callable[[], object] | None = None,
        draft: str = "",
        always: Callable[[], object] | None = None,
    ) -> None:
        """Post a command; what follows it happens only while this screen is in front.

        What is `always` done follows whatever is in front by then.
        """


class CheckInPort(SessionPort, Protocol):
    """The check-in, as its dialogs see it."""

    def show_person(self, attempt_id: str) -> None:
        """Put the cursor on somebody."""
