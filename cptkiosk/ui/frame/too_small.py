"""What is shown where a terminal has too little room for a screen: the time goes on."""

from textual.geometry import Size

from cptkiosk.desk import Desk
from cptkiosk.ui.session_clock_text import enlarge_text
from cptkiosk.ui.sized import too_small
from cptkiosk.ui.widgets.plain_text import PlainText


class TooSmallNotice(PlainText):
    """Asks for more room; shown in place of everything else on the screen."""

    def __init__(self) -> None:
        super().__init__("", id="small")

    def fit(self, size: Size, desk: Desk) -> bool:
        """Show it where there is too little room; tell whether there is."""
        small = too_small(size)
        self.screen.set_class(small, "-small")
        self.draw_clocks(desk)
        return small

    def draw_clocks(self, desk: Desk) -> None:
        """Draw the clocks that run, where this is shown."""
        if self.screen.has_class("-small"):
            self.update(enlarge_text(desk))
