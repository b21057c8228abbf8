"""From one screen to the next: the only place where the stack of screens changes."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, TypeVar

from textual.app import App
from textual.await_complete import AwaitComplete
from textual.screen import Screen
from textual.widget import AwaitMount

T = TypeVar("T")


class Route(StrEnum):
    """The name of a screen: what leads to it names this, and never its class."""

    CHECK_IN = "check-in"
    CLOSE_OUT = "close-out"
    FIND = "find"
    FIRST_RUN = "first-run"
    IRREGULARITIES = "irregularities"
    IRREGULARITY = "irregularity"
    LOCK = "lock"
    MUSTER = "muster"
    PEOPLE = "people"
    PERSON = "person"
    PLAN = "plan"
    RECORDS = "records"
    ROLL_CALL = "roll-call"
    ROSTER = "roster"
    ROSTER_CHECK = "roster-check"
    SCORES = "scores"
    SEATS = "seats"
    SIGN_IN = "sign-in"
    STAFF = "staff"
    START = "start"
    TESTING = "testing"
    TODAY = "today"
    UPLOAD = "upload"
    VENDOR_CHECK = "vendor-check"
    WALL = "wall"


Routes = Mapping[Route, Callable[..., Screen[Any]]]

BASE_SCREENS = 2
"""Textual's own empty screen, and the first of ours: they are never left."""


class Navigator:
    """Opens, replaces and closes screens by their routes."""

    def __init__(self, app: App[Any], routes: Routes) -> None:
        self._app = app
        self._routes = routes

    # What is open

    @property
    def can_go_back(self) -> bool:
        """Whether there is a screen behind the one in front."""
        return len(self._app.screen_stack) > BASE_SCREENS

    def is_open(self, route: Route, session_id: str = "") -> bool:
        """Whether a screen, or the one of a session, is open, in front or behind others."""
        return any(
            route_of(one) is route and session_id in {"", session_of(one)}
            for one in self._app.screen_stack
        )

    @property
    def shows_lock(self) -> bool:
        """Whether the terminal is locked: nothing may open in front of that."""
        return self.is_open(Route.LOCK)

    def is_asking(self, *names: str) -> bool:
        """Whether a question of one of these names is open, in front or behind."""
        return any(one.name in names for one in self._app.screen_stack)

    @property
    def front(self) -> Screen[Any]:
        """The screen, or the dialog, in front."""
        return self._app.screen

    @property
    def session_id(self) -> str:
        """The session that the frontmost screen about any session is about."""
        stack = reversed(self._app.screen_stack)
        return next(filter(None, map(session_of, stack)), "")

    # Moving

    def open(self, route: Route, *about: Any, **options: Any) -> object:
        """Open a screen in front of what is there."""
        return self._app.push_screen(self._routes[route](*about, **options))

    def replace(self, route: Route, *about: Any, **options: Any) -> object:
        """Open a screen in place of the one in front."""
        return self._app.switch_screen(self._routes[route](*about, **options))

    def open_dialog(
        self, dialog: Screen[T], answered: Callable[[T | None], None] | None = None
    ) -> AwaitMount:
        """Open a dialog; `answered` gets what it is left with."""
        return self._app.push_screen(dialog, answered)

    def back(self) -> AwaitComplete:
        """Close the screen in front."""
        return self._app.pop_screen()

    def go_to(
        self, route: Route, session_id: str, about: str = "", *, instead: bool = True
    ) -> object:
        """Show a screen of a session; go back to it where it is open: none stands twice.

        Args:
            route: which screen.
            session_id: the session.
            about: the attempt, or the irregularity, that the cursor is put on.
            instead: whether it takes the place of the one in front, or comes over it.
        """
        for twin in self._app.screen_stack:
            if (route_of(twin), session_of(twin)) == (route, session_id):
                return self._back_to(twin, about)
        move = self.replace if instead else self.open
        return move(route, session_id, starts_on=about)

    def lead(self, route: Route, session_id: str, about: str = "") -> object:
        """Go on to a screen of the session's walk; from one beside it Esc comes back."""
        beside = route is Route.IRREGULARITIES
        return self.go_to(route, session_id, about, instead=not beside)

    def _back_to(self, twin: Screen[Any], about: str) -> object:
        """Close what is in front of an open screen, and put its cursor on something."""
        closed: object = None
        while self._app.screen is not twin:
            closed = self.back()
        stand_on = getattr(twin, "stand_on", None)
        if stand_on is not None:
            stand_on(about)
        return closed

    def show_today(self) -> None:
        """Go back to Today, whatever is open."""
        while self.can_go_back and route_of(self._app.screen) is not Route.TODAY:
            self.back()


def route_of(screen: object) -> Route | None:
    """Return the route that leads to a screen; none leads to a dialog."""
    return getattr(screen, "ROUTE", None)


def session_of(screen: Screen[Any]) -> str:
    """Return the session that a screen is about, or an empty string."""
    return getattr(screen, "session_id", "")
