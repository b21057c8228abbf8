"""What screens and dialogs may ask of the app, and dialogs of the screen behind them.

They know these shapes and neither the app nor each other.
"""

from collections.abc import Awaitable, Callable
from typing import Protocol

from textual.geometry import Size
from textual.message import Message

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.base import AboutAttempt, SessionCommand
from cptkiosk.domain.modules import Definitions
from cptkiosk.domain.state.attempt import Attempt
from cptkiosk.domain.state.session import Session
from cptkiosk.domain.values import Actor
from cptkiosk.host.clock import Clock
from cptkiosk.host.data_directory import Paths
from cptkiosk.ui.desk_worker import DeskWorker
from cptkiosk.ui.enter_guard import EnterGuard
from cptkiosk.ui.looks import Looks
from cptkiosk.ui.navigator import Navigator
from cptkiosk.ui.options import KioskOptions
from cptkiosk.ui.status_line import ShowsStatus, StatusLine
from cptkiosk.ui.terminal.glyphs import Glyphs
from cptkiosk.ui.widgets.bars import Tone
from cptkiosk.ui.workers import RunsWork


class Kiosk(RunsWork, Protocol):
    """The app, as screens and dialogs see it: its parts, and what it does itself."""

    actor: Actor | None
    """Who is signed in."""

    desk: Desk
    """The one door to the record."""

    worker: DeskWorker
    """What runs work at the desk."""

    status: StatusLine
    """What says what came of it."""

    navigator: Navigator
    """What opens and closes screens."""

    enter_guard: EnterGuard
    """What tells which Enter no one meant."""

    lines_typed: list[str]
    """The action lines typed so far, oldest first."""

    looks: Looks
    """The colors to choose from."""

    glyphs: Glyphs
    """The signs that this terminal can show."""

    options: KioskOptions
    """How the kiosk was opened."""

    paths: Paths
    """Where the data directory has its places."""

    machine_clock: Clock
    """The clock of this machine; the desk's may be a rehearsal's."""

    sleep: Callable[[float], Awaitable[None]]

    @property
    def size(self) -> Size:
        """The columns and lines of the terminal."""

    def post_message(self, message: Message) -> bool:
        """Queue a message for the app."""

    def redraw_front(self) -> None:
        """Let the screen in front draw the record as it is now."""

    def repaint(self) -> None:
        """Draw the whole terminal again."""

    def sign_in(self, actor: Actor) -> None:
        """Let someone work here, who looks at it as they have chosen."""

    def lock(self) -> None:
        """Lock the terminal; what is open stays open behind the lock, but for PINs."""

    async def finish_commands(self) -> None:
        """Wait until every command that was asked for has been recorded, or refused."""

    def press_halt(self, session_id: str = "") -> None:
        """Ask about the halt of a session, or of the one that runs."""

    def leave_kiosk(self) -> None:
        """End the program; a locked-down one only with the coordinator's PIN."""

    def exit(self, *, return_code: int = 0) -> None:
        """End the program."""


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
        """Return what every command about an attempt names."""

    def person(self, attempt: Attempt) -> str:
        """Return someone's name, told apart from another of the same name."""

    def may_take_over(self) -> tuple[str, ...]:
        """Return who of the staff does not run the session yet."""

    def clear_marks(self) -> None:
        """Take every mark off."""

    def post_command(
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
        """Put the cursor on someone."""
