"""A scroll bar that can be read without color: arrows where there is more."""

from rich.color import Color
from rich.segment import Segment, Segments
from rich.style import Style
from textual.scrollbar import ScrollBarRender

UP, DOWN, THUMB, TRACK = "↑", "↓", "█", "│"


class PlainScrollBar(ScrollBarRender):
    """Draws signs instead of colored blanks; nothing here is pressed by a mouse."""

    @classmethod
    def render_bar(
        cls,
        size: int = 25,
        virtual_size: float = 50,
        window_size: float = 20,
        position: float = 0,
        thickness: int = 1,
        vertical: bool = True,
        back_color: Color = Color.parse("default"),  # noqa: B008 - as in Textual
        bar_color: Color = Color.parse("default"),  # noqa: B008
    ) -> Segments:
        """Return the bar, one sign a line."""
        style = Style(color=bar_color, bgcolor=back_color)
        signs = _signs(size, virtual_size, window_size, position) if vertical else []
        signs = signs or [" "] * size
        return Segments(
            [Segment(f"{sign:<{thickness}}", style) for sign in signs],
            new_lines=vertical,
        )


def _signs(
    size: int, virtual_size: float, window_size: float, position: float
) -> list[str]:
    """Return the signs from top to bottom; none where everything is in sight."""
    hidden = virtual_size - window_size
    if hidden <= 0 or size < 3:
        return []
    room = size - 2
    thumb = max(1, min(room, round(room * window_size / virtual_size)))
    start = round((room - thumb) * min(1.0, position / hidden))
    middle = [THUMB if start <= at < start + thumb else TRACK for at in range(room)]
    up = UP if position > 0 else TRACK
    down = DOWN if position < hidden else TRACK
    return [up, *middle, down]
