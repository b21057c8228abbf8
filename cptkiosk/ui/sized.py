"""A screen that is styled once for the terminal's size, instead of three times."""

from typing import TypeVar

from textual import on
from textual.events import Compose, ScreenResume
from textual.geometry import Size
from textual.screen import Screen

Answer = TypeVar("Answer")

COLUMNS_MIN, LINES_MIN = 80, 24


def too_small(size: Size) -> bool:
    """Whether a terminal shows a message instead, and takes no key that acts unseen."""
    return size.width < COLUMNS_MIN or size.height < LINES_MIN


class SizedScreen(Screen[Answer]):
    """Knows the size of the terminal before it has any widgets.

    Textual tells a new screen of it after they are all there, and styles every one of
    them again for the classes that come of it, and again as the screen gets in front.
    """

    _is_new = True

    @on(Compose)
    def _take_size(self) -> None:
        width, height = self.app.size
        across = self.HORIZONTAL_BREAKPOINTS or self.app.HORIZONTAL_BREAKPOINTS
        down = self.VERTICAL_BREAKPOINTS or self.app.VERTICAL_BREAKPOINTS
        for cells, breakpoints in ((width, across), (height, down)):
            reached = [one for one in breakpoints or () if one[0] <= cells]
            if reached:
                self.add_class(max(reached)[1])

    @on(ScreenResume)
    def _keep_styles(self, event: ScreenResume) -> None:
        if self._is_new:
            event.refresh_styles = False
        self._is_new = False
