"""What a rehearsal says beside the kiosk: marked, so that it is taken for no record."""

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Horizontal

from cptkiosk.ui.widgets.plain_text import PlainText

MARK = "REHEARSAL"


class RehearsalBar(Horizontal):
    """A marked line that wraps, and takes no room while there is nothing to say."""

    DEFAULT_CSS = """
    RehearsalBar {
        display: none;
        height: auto;
        padding: 0 1;
        background: $surface;
        &.-says { display: block; }
        #mark { width: 11; height: auto; color: $accent; text-style: bold reverse; }
        #lines { width: 1fr; height: auto; padding: 0 0 0 1; text-style: bold; }
    }
    """

    def compose(self) -> ComposeResult:
        """Lay out the mark and what is said."""
        yield PlainText(f" {MARK} ", id="mark")
        yield PlainText("", id="lines")

    def show_lines(self, lines: Sequence[str]) -> None:
        """Say `lines`, each on its own; nothing takes the line away."""
        self.query_one("#lines", PlainText).update("\n".join(lines))
        self.set_class(bool(lines), "-says")
