"""Text that is never markup, and is laid out again only where it changed."""

from textual.visual import VisualType
from textual.widgets import Static


class PlainText(Static):
    """A few lines of text on a screen.

    Screens draw themselves every second. What stayed the same costs nothing, where
    Textual would lay the whole screen out again.
    """

    def __init__(
        self,
        text: str = "",
        *,
        id: str | None = None,  # noqa: A002 - Textual's name
        classes: str | None = None,
    ) -> None:
        super().__init__(text, markup=False, id=id, classes=classes)

    def update(self, content: VisualType = "", *, layout: bool = True) -> None:
        """Show another text, if it is another one."""
        if content != self.content:
            super().update(content, layout=layout)
