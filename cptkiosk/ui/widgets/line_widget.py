"""What all widgets share that are drawn line by line, by Textual's line API."""

from collections.abc import Sequence

from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from cptkiosk.ui.terminal.glyphs import Glyphs
from cptkiosk.ui.widgets.drawing import Piece, glyphs_of, strip_of


def looks(*names: str) -> set[str]:
    """Return the component classes of these looks; a widget names those it uses."""
    return {f"look--{name}" for name in names}


class LineWidget(Widget):
    """Draws lines of pieces, each in a look; a look is the same on every screen."""

    DEFAULT_CSS = """
    LineWidget {
        color: $foreground;
        .look--strong { text-style: bold; }
        .look--muted { color: $text-muted; }
        .look--quiet { color: $text-disabled; }
        .look--key { color: $primary; text-style: bold; }
        .look--good { color: $success; }
        .look--attention { color: $warning; }
        .look--warning { color: $warning; text-style: bold; }
        .look--alert { color: $error; text-style: bold; }
    }
    """

    def draw_line(self, y: int, width: int, glyphs: Glyphs) -> Sequence[Piece]:
        """Return `width` cells of the line `y`; nothing if there is no such line."""
        return ()

    def render_line(self, y: int) -> Strip:
        """Draw one line."""
        width = self.content_size.width
        pieces = self.draw_line(y, width, glyphs_of(self)) if width else ()
        if not pieces:
            return Strip.blank(width, self.rich_style)
        return strip_of(pieces, self.style_of)

    def style_of(self, look: str) -> Style:
        """Return the style of a look; nothing is the look of the widget itself."""
        return (
            self.get_component_rich_style(f"look--{look}") if look else self.rich_style
        )
