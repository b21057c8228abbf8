"""Styles a new screen once for the terminal's size, instead of three times.

Textual tells a new screen its size after all widgets are there, and styles every one of
them again for the classes that come of it, and again as the screen gets in front.
"""

from typing import Any

from textual.geometry import Size
from textual.screen import Screen

COLUMNS_MIN, LINES_MIN = 80, 24


def too_small(size: Size) -> bool:
    """Whether a terminal shows a message instead, and takes no key that acts unseen."""
    return size.width < COLUMNS_MIN or size.height < LINES_MIN


def add_size_classes(screen: Screen[Any]) -> None:
    """Give a screen the classes of the terminal's size before it has any widgets.

    Only widgets are styled by these, and each is as it is mounted.
    """
    width, height = screen.app.size
    across = screen.HORIZONTAL_BREAKPOINTS or screen.app.HORIZONTAL_BREAKPOINTS
    down = screen.VERTICAL_BREAKPOINTS or screen.app.VERTICAL_BREAKPOINTS
    for cells, breakpoints in ((width, across), (height, down)):
        reached = [one for one in breakpoints or () if one[0] <= cells]
        if reached:
            screen.add_class(max(reached)[1], update=False)
