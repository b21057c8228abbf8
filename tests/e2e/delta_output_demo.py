"""A small program for a real terminal: a list, a dialogue, and hostile names."""

import sys

from rich.console import RenderableType
from textual.app import App, ComposeResult
from textual.screen import ModalScreen, Screen
from textual.widgets import Label

from cptkiosk.ui.terminal.delta_output import DeltaOutputApp
from cptkiosk.ui.theme import DARK
from cptkiosk.ui.widgets.bars import (
    HeaderBar,
    HeaderText,
    KeyBar,
    KeyHint,
    Status,
    StatusBar,
)
from cptkiosk.ui.widgets.filterable_table import Column, FilterableTable, Row

# Joined emoji are left out: of those, the app that sends everything loses count.
NAMES = ("Alvarez, María", "陽子 Sato", "Nguye\u0302\u0303n, Zoë", "محمد علي")
HOSTILE = ("\x1b]52;c;x\x07", "\x9b2J", "a\u202eb\u2066c", "[red]x[/foo]")


class Dialogue(ModalScreen[None]):
    CSS = "Dialogue { align: center middle; } Label { width: 30; height: 5; border: ascii; }"
    BINDINGS = [("x", "dismiss", "Close")]  # noqa: RUF012

    def compose(self) -> ComposeResult:
        yield Label("a dialogue over the list", markup=False)


class Demo(DeltaOutputApp):
    BINDINGS = [  # noqa: RUF012
        ("d", "dialogue", "Dialogue"),
        ("r", "redraw", "Redraw"),
        ("h", "hostile", "Hostile"),
    ]

    def compose(self) -> ComposeResult:
        yield HeaderBar()
        yield FilterableTable(
            Column("Seat", 5), Column("Person", 20, grow=True), Column("Left", 8)
        )
        yield StatusBar()
        yield KeyBar()

    def on_mount(self) -> None:
        self.register_theme(DARK)
        self.theme = DARK.name
        self.fill(NAMES)
        self.query_one(HeaderBar).said = HeaderText("A college", "clock")
        self.query_one(StatusBar).said = Status("ready")
        self.query_one(KeyBar).said = (
            KeyHint("d", "dialogue"),
            KeyHint("r", "redraw"),
        )

    def fill(self, names: tuple[str, ...]) -> None:
        rows = (
            Row(str(n), (f"A{n}", names[n % len(names)], "0:42:41")) for n in range(200)
        )
        self.query_one(FilterableTable).set_rows(rows)

    def on_filterable_table_moved(self, event: FilterableTable.Moved) -> None:
        self.query_one(StatusBar).said = Status(f"row {event.key}")

    def action_dialogue(self) -> None:
        self.push_screen(Dialogue())

    def action_redraw(self) -> None:
        self.repaint()

    def action_hostile(self) -> None:
        self.fill(HOSTILE)
        self.query_one(HeaderBar).said = HeaderText(HOSTILE[0], HOSTILE[1])
        self.mount(Label("raw " + " ".join(HOSTILE), markup=False))
        self.query_one(StatusBar).said = Status("hostile")


class Stock(Demo):
    """The same, sent in Textual's own way."""

    def _display(
        self, screen: Screen[object], renderable: RenderableType | None
    ) -> None:
        App._display(self, screen, renderable)


if __name__ == "__main__":
    demo = Stock if sys.argv[1:] == ["stock"] else Demo
    demo().run(mouse=False)
