"""Takes what a screen shows: as text, as a picture, and with what is wrong about it."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

from textual.containers import ScrollableContainer
from textual.widget import Widget
from textual.widgets import Static

from cptkiosk.desk import Desk
from cptkiosk.domain.text import cells
from cptkiosk.domain.values import Actor
from cptkiosk.ui.widgets.form import Form
from golden import people
from golden.svg import picture
from support.center import open_desk, staffed
from support.sitting import SMALL, Sitting, sit_down

SIZES = {"80x24": SMALL, "120x40": (120, 40)}


class Shot(NamedTuple):
    """One screen at one size."""

    size: str
    name: str
    text: str
    faults: tuple[str, ...]
    svg: str = ""


class Camera:
    """Stands before a kiosk and takes shots of it."""

    def __init__(self, at: Sitting) -> None:
        self.at = at
        self.shots: list[Shot] = []

    async def snap(self, name: str, *, color: bool = False) -> None:
        """Take the screen that is open, at every size."""
        for size, (width, height) in SIZES.items():
            if (width, height) != self.at.app.size:
                await self.at.resize(width, height)
            svg = picture(self.at.app) if color and size == "80x24" else ""
            text = self.at.frame + "\n"
            faults = tuple(faults_of(self.at))
            self.shots.append(Shot(size, name, text, faults, svg))
        await self.at.resize(*SMALL)


def faults_of(at: Sitting) -> list[str]:
    """Return which widgets show less than they hold, with nothing that says so."""
    found = []
    for widget in at.screen.query(Static):
        if not widget.display or not widget.is_on_screen or _scrolls(widget):
            continue
        size = widget.content_size
        needed = widget.get_content_height(at.screen.size, at.screen.size, size.width)
        if needed > size.height:
            said = " ".join(str(widget.render()).split())[:60]
            found.append(f"{widget.id or widget} holds {needed} lines: {said}")
    for one in at.screen.query(Widget):
        if one.display and not _scrolls(one) and _outside(at, one):
            found.append(f"{one} runs over the edge")
    for form in at.screen.query(Form):
        found += [f"the hint is cut: {hint}" for hint in _cut_hints(form)]
    return found


def _cut_hints(form: Form) -> list[str]:
    """Return what is said of the fields of a form, where it has no room for all of it."""
    room = form.query_one(".help").content_size.width
    hints = [form.help_on(field) for field in form.fields]
    return [hint for hint in hints if cells(hint) > room]


def _scrolls(widget: Widget) -> bool:
    """Tell whether something around the widget scrolls, and shows that it does."""
    return any(
        isinstance(one, ScrollableContainer) and one.show_vertical_scrollbar
        for one in widget.ancestors
        if isinstance(one, Widget)
    )


def _outside(at: Sitting, widget: Widget) -> bool:
    region, screen = widget.region, at.screen.region
    return bool(region) and not screen.contains_region(region)


@asynccontextmanager
async def camera_at(
    folder: Path,
    actor: Actor | None,
    before: Callable[[Desk], object] | None,
    *,
    wall: bool = False,
) -> AsyncIterator[Camera]:
    """Open a kiosk of a new center, brought to a point of the day by `before`."""
    desk = open_desk(folder / "data", people.afternoon())
    try:
        if before is not None:
            staffed(desk)
            before(desk)
        sitting = sit_down(desk, folder / "data", actor, SMALL, wall=wall)
        async with sitting as at:
            yield Camera(at)
    finally:
        desk.ledger.close()
