"""Work beside the screen: started here, one of each kind at a time."""

from collections.abc import Callable, Coroutine
from typing import Any, Protocol, cast

from textual.screen import Screen


class RunsWork(Protocol):
    """What work beside the screen is started for: a screen, or the app."""

    def run_worker(
        self, work: Any, *, group: str = "default", exclusive: bool = False
    ) -> object:
        """Start work; it ends at the latest when this is closed."""


def begin(
    node: RunsWork, work: Callable[[], Coroutine[Any, Any, None]], group: str
) -> None:
    """Start `work` for a node; what is still under way in the same group is dropped."""
    node.run_worker(cast("Any", work), exclusive=True, group=group)


def is_open(screen: Screen[Any]) -> bool:
    """Return whether a screen is among those that are open.

    What was put off until after a drawing may come when the screen has been left, and
    what it would draw into is there no more.
    """
    return screen.is_attached and screen in screen.app.screen_stack
