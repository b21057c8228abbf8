"""A screen of a session with a list of people: what its keys do to one of them."""

from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

from textual import events

from cptkiosk.domain.attempt import Attempt
from cptkiosk.domain.commands import SessionCommand
from cptkiosk.ui.actions import Action, Actions, Commands
from cptkiosk.ui.dialogs.question import CommandQuestion
from cptkiosk.ui.frame.kiosk_screen import FIND
from cptkiosk.ui.frame.session_screen import SessionScreen
from cptkiosk.ui.navigator import Route
from cptkiosk.ui.widgets.filterable_table import FilterableTable

S = TypeVar("S", bound="TableScreen")

CARD: Action["TableScreen"] = Action(
    "person", "P", "card", "Open the card of this person",
    lambda screen: screen.open_card(),
)  # fmt: skip
SEAT_MAP: Action["TableScreen"] = Action(
    "map", "m", "map", "Show the room as a grid of seats",
    lambda screen: screen.kiosk.navigator.open(Route.SEATS, screen),
)  # fmt: skip
"""On the screens with people who have seats."""


class TableScreen(SessionScreen):
    """A screen of a session whose keys act on the row under the cursor."""

    COMMON: ClassVar[Actions] = (FIND, CARD, *SessionScreen.COMMON)

    @property
    def current(self) -> Attempt | None:
        """The attempt under the cursor."""
        key = self.query_one(FilterableTable).cursor_key
        return self.session.attempts.get(key) if key else None

    def chosen_attempts(self) -> tuple[str, ...]:
        """Return the marked attempts, or the one under the cursor."""
        table = self.query_one(FilterableTable)
        here = table.cursor_key
        return table.marked or ((here,) if here else ())

    async def takes_at_once(self, event: events.Key) -> bool:
        """Begin the search, so that the very next key is typed into it."""
        searched = event.character == "/" and self.takes_actions
        if not searched:
            return await super().takes_at_once(event)
        self.query_one(FilterableTable).start_filter()
        return True

    def why_not_now(self, action: Action[Any]) -> str:
        """Return why a key for a row does nothing just now: the cursor has slipped."""
        if not action.acts_on_row(self):
            return ""
        table, kiosk = self.query_one(FilterableTable), self.kiosk
        return kiosk.enter_guard.refuses_row(table.slipped_s, kiosk.keys.key_s) or ""

    def unless_moved(self, go_on: Callable[[], object]) -> Callable[[], None]:
        """Return what moves the cursor on later, if nobody has moved it by then."""
        table = self.query_one(FilterableTable)
        steps = table.steps

        def still() -> None:
            if table.steps == steps:
                with table.by_itself():
                    go_on()

        return still

    def open_card(self) -> None:
        """Open the card of the person under the cursor."""
        if self.current is not None:
            self.show_card(self.current.participant_id)


def of_current(make: Callable[[S, Attempt], SessionCommand]) -> Callable[[S], Commands]:
    """Return what says what a key asks about the attempt under the cursor, if any."""

    def commands(screen: S) -> Commands:
        attempt = screen.current if screen.drawable else None
        return () if attempt is None else (make(screen, attempt),)

    return commands


def for_current(run: Callable[[S, Attempt], object]) -> Callable[[S], object]:
    """Return what does something for the attempt under the cursor, if there is one."""
    return lambda screen: (
        None if screen.current is None else run(screen, screen.current)
    )


def about_current(
    question: Callable[[S, Attempt], CommandQuestion],
) -> Callable[[S], CommandQuestion | None]:
    """Return what asks about the attempt under the cursor, if there is one."""

    def asked(screen: S) -> CommandQuestion | None:
        attempt = screen.current if screen.drawable else None
        return None if attempt is None else question(screen, attempt)

    return asked
