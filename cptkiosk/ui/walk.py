"""From one screen to the next: where a step of the guide leads."""

from typing import TYPE_CHECKING

from cptkiosk.domain.guide import Step
from cptkiosk.ui.widgets.roll import Roll

if TYPE_CHECKING:
    from cptkiosk.ui.screens.base import KioskScreen
    from cptkiosk.ui.screens.session import SessionScreen

PLACES = {
    "plan": "people",
    "open": "check-in",
    "check-in": "check-in",
    "gate": "check-in",
    "deny": "check-in",
    "waive": "check-in",
    "hand-over": "check-in",
    "start": "start",
    "testing": "testing",
    "confirm": "testing",
    "resume": "testing",
    "finish": "testing",
    "announce": "testing",
    "credit": "testing",
    "missed": "testing",
    "late": "testing",
    "end": "testing",
    "scores": "scores",
    "close-out": "close-out",
    "seal": "close-out",
    "bundle": "close-out",
    "amend": "close-out",
    "irregularities": "irregularities",
}
"""The screen on which each step is taken; 'today' and 'none' lead nowhere else."""

NOT_YET = "Not yet: the Next line counts down. Nothing was recorded."
BESIDE = frozenset({"irregularities"})
"""Places that lie beside the walk."""


def screen_for(place: str, session_id: str, about: str = "") -> "SessionScreen":
    """Return a new screen of a session by its place, the cursor on what it is about."""
    from cptkiosk.ui.screens.check_in import CheckInScreen
    from cptkiosk.ui.screens.close_out import CloseOutScreen
    from cptkiosk.ui.screens.irregularities import IrregularitiesScreen
    from cptkiosk.ui.screens.people import PeopleScreen
    from cptkiosk.ui.screens.scores import ScoresScreen
    from cptkiosk.ui.screens.start import StartScreen
    from cptkiosk.ui.screens.testing import TestingScreen

    screens: dict[str, type[SessionScreen]] = {
        "people": PeopleScreen,
        "check-in": CheckInScreen,
        "start": StartScreen,
        "testing": TestingScreen,
        "scores": ScoresScreen,
        "close-out": CloseOutScreen,
        "irregularities": IrregularitiesScreen,
    }
    screen = screens[place](session_id)
    screen.starts_on = about
    return screen


async def follow(screen: "SessionScreen", step: Step) -> None:
    """Take a step of the guide: here if it belongs here, else on its own screen."""
    place = PLACES.get(step.action, "")
    if step.action == "today":
        await show_today(screen)
    elif not place and screen.session.running and screen.PLACE != "testing":
        # Another terminal started: whatever is next, it is seen there.
        go_to(screen, screen_for("testing", screen.session_id))
    elif step.key == "wait":
        screen.say(NOT_YET, "warning")
    elif step.action == "hand-over" and not screen.why_not("hand_over"):
        await screen.action_press("hand_over")
    elif not place:
        key = screen.key_of(step)
        screen.say(f"Press {key}: {step.text}." if key else f"{step.text}.", "warning")
    elif place == screen.PLACE:
        await screen.take(step)
    else:
        lead(screen, place, step.attempt_id)


def lead(screen: "SessionScreen", place: str, about: str = "") -> None:
    """Go on to a place of the walk; from a list beside it Esc comes back."""
    target = screen_for(place, screen.session_id, about)
    go_to(screen, target, instead=place not in BESIDE)


def go_to(
    screen: "KioskScreen", target: "SessionScreen", *, instead: bool = True
) -> object:
    """Show a screen of a session; go back to it where it is open: none stands twice.

    Args:
        screen: the one in front.
        target: what is shown.
        instead: whether it takes the place of the one in front, or comes over it.
    """
    app = screen.app
    for twin in app.screen_stack:
        if type(twin) is type(target) and twin.session_id == target.session_id:
            return _back_to(twin, target.starts_on)
    return app.switch_screen(target) if instead else app.push_screen(target)


def _back_to(twin: "SessionScreen", about: str) -> object:
    """Close what is in front of an open screen, and put its cursor on what it is about."""
    closed: object = None
    while twin.app.screen is not twin:
        closed = twin.app.pop_screen()
    for roll in twin.query(Roll):
        with roll.by_itself():
            roll.move_to(about)
    return closed


async def show_today(screen: "KioskScreen") -> None:
    """Go back to Today, whatever is open."""
    from cptkiosk.ui.screens.today import TodayScreen

    while len(screen.app.screen_stack) > 2 and not isinstance(
        screen.app.screen, TodayScreen
    ):
        screen.app.pop_screen()
