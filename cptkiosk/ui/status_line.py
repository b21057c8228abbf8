"""What the status line says, on which screen, and whether it says it again."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Protocol, runtime_checkable

from textual.app import App

from cptkiosk.desk import Desk, Recorded
from cptkiosk.domain.commands.base import SessionCommand
from cptkiosk.domain.commands.mistake import UndoStep
from cptkiosk.domain.commands.testing import UndoStart
from cptkiosk.domain.events.session import named_in
from cptkiosk.domain.events.testing import SessionEnded, SessionStarted
from cptkiosk.domain.values import Actor
from cptkiosk.ui.naming import recorded_words
from cptkiosk.ui.navigator import Route, route_of
from cptkiosk.ui.widgets.bars import Tone
from cptkiosk.ui.widgets.filterable_table import FilterableTable
from cptkiosk.words import describe_event

OFFERS: dict[type, tuple[str, Callable[[str], SessionCommand]]] = {
    SessionStarted: (
        "press U to undo",
        lambda session_id: UndoStart(session_id=session_id),
    ),
    SessionEnded: (
        "press u to undo",
        lambda session_id: UndoStep(session_id=session_id, here_only=True),
    ),
}
"""What is offered behind some words, for as long as a command of a session is possible."""


@runtime_checkable
class ShowsStatus(Protocol):
    """A screen with a status line."""

    def show_said(self, text: str, tone: Tone, *, synced: bool = False) -> None:
        """Draw a word on the status line."""


@dataclass(frozen=True, slots=True)
class _Said:
    """The last word: only what was recorded follows from one screen to the next."""

    text: str = ""
    tone: Tone = "ok"
    synced: bool = False
    on: object = None
    without_offer: str = ""
    offered: SessionCommand | None = None
    """What is offered behind it, for as long as it is possible."""


class StatusLine:
    """Says what came of a key, on the screen that it was about.

    A word stays in sight there when a question over it closes. Only what was recorded
    follows to another screen: an error or a hint would look like a new one there.
    """

    def __init__(self, app: App[Any], desk: Desk) -> None:
        self._app = app
        self._desk = desk
        self._last = _Said()

    # Where

    @property
    def screen(self) -> ShowsStatus | None:
        """The screen in front, whatever dialogs lie over it."""
        return next(reversed(self._screens()), None)

    @property
    def work_screen(self) -> ShowsStatus | None:
        """The screen in front, or the one behind a lock: what is done is about it."""
        screens = self._screens()
        while len(screens) > 1 and route_of(screens[-1]) is Route.LOCK:
            screens.pop()
        return next(reversed(screens), None)

    def behind_lock(self, screen: ShowsStatus | None) -> ShowsStatus | None:
        """Return a screen that waits, if a lock has come in front of it."""
        screens = self._screens()
        locked = any(route_of(one) is Route.LOCK for one in screens)
        return screen if locked and screen in screens else None

    def _screens(self) -> list[ShowsStatus]:
        return [one for one in self._app.screen_stack if isinstance(one, ShowsStatus)]

    # What

    @property
    def shows_recorded(self) -> bool:
        """Whether the last word in sight is of what was recorded."""
        return self._last.synced

    def say(
        self,
        text: str,
        tone: Tone,
        *,
        synced: bool = False,
        on: ShowsStatus | None = None,
    ) -> None:
        """Put a word on the status line of the screen that is open, or of one behind."""
        screen = on or (self.work_screen if synced else self.screen)
        if route_of(screen) is not Route.LOCK:
            # What a lock says is over with it; what is behind waits for its turn.
            self._last = _Said(text, tone, synced, screen)
        if screen is not None:
            screen.show_said(text, tone, synced=synced)

    def add_note(self, words: str) -> None:
        """Show words behind the last word for now: both are to be read."""
        screen, last = self.screen, self._last
        if screen is None:
            return
        if not last.text or not (last.synced or last.on is screen):
            screen.show_said(f"{words[:1].upper()}{words[1:]}.", "warning")
        else:
            screen.show_said(
                f"{last.text.rstrip('.')} - {words}", last.tone, synced=last.synced
            )

    def take_back(self, text: str, on: ShowsStatus) -> None:
        """Clear a word from the status line of a screen, if it is the last one there."""
        if self._last.text == text and self._last.on is on:
            self.say("", "ok", on=on)

    def say_recorded(self, recorded: Recorded, words: str) -> None:
        """Say what is now committed and synced, and take off the marks it is done with."""
        if not recorded.entries:
            self.say("That is already on record.", "ok")
            return
        about = {name for one in recorded.entries for name in named_in(one.event)}
        for screen in self._app.screen_stack:
            for table in screen.query(FilterableTable):
                table.unmark(about)
        entry = recorded.entries[-1]
        words = (
            recorded_words(self._desk.sessions, recorded.entries, words)
            or describe_event(entry.event, "undone")
            or "undone"
        )
        at = self._desk.times.format_seconds(entry.at.utc_ms)
        said = f"{at}  #{recorded.seq}: {words}"
        if offer := OFFERS.get(type(entry.event)):
            words, command = offer
            self.say(f"{said}; {words}", "ok", synced=True)
            undo = command(entry.stream.partition("/")[2])
            self._last = replace(self._last, without_offer=said, offered=undo)
        else:
            self.say(said, "ok", synced=True)

    def withdraw_offer(self, actor: Actor | None) -> None:
        """Take an offer back that no longer stands: time, or another step, ended it."""
        last = self._last
        if last.offered is None or actor is None:
            return
        # The whole rule, as the list of keys asks it: the quick check knows no time limit.
        if self._desk.preview.refusal(last.offered, actor, approvable=True):
            on = last.on if isinstance(last.on, ShowsStatus) else None
            self.say(last.without_offer, last.tone, synced=last.synced, on=on)

    def say_again(self) -> None:
        """Put the last word on the status line of a screen that has come to the front."""
        last, front = self._last, self._app.screen
        if last.synced or last.on is front:
            self.say(last.text, last.tone, synced=last.synced)
            self._last = replace(last, on=self._last.on)
        elif isinstance(front, ShowsStatus):
            front.show_said("", "ok")

    def forget_message(self) -> None:
        """Forget the last word, unless it was recorded: another screen has opened."""
        if not self._last.synced:
            self._last = _Said()
