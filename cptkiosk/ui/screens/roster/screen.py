"""Roster import, or the import of the vendor's report: choose the file."""

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.events import Key as Pressed
from textual.widget import Widget

from cptkiosk.domain.guidance.step import Step
from cptkiosk.domain.text import visible
from cptkiosk.host.paths import expand_home, is_file, is_folder, working_folder
from cptkiosk.ui.actions import Action
from cptkiosk.ui.frame.kiosk_screen import KioskScreen
from cptkiosk.ui.navigator import Route
from cptkiosk.ui.screens.roster.files import Offered, offered_for
from cptkiosk.ui.widgets.fields import TextField
from cptkiosk.ui.widgets.filterable_table import Column, FilterableTable, Row
from cptkiosk.ui.widgets.form import Form
from cptkiosk.ui.widgets.text_entry import TextEntry


class RosterScreen(KioskScreen):
    """Chooses the file; nothing is written here."""

    ROUTE = Route.ROSTER
    TYPING = True

    def __init__(self, leads_to: Route = Route.ROSTER_CHECK) -> None:
        super().__init__()
        self._leads_to = leads_to
        self._listed = ""
        self._offered = Offered("", (), "")

    def compose_body(self) -> Iterator[Widget]:
        """Lay out path and list of files."""
        yield Form(TextField("path", "File", value=_find_start_folder(), max_cells=400))
        yield FilterableTable(Column("Files here", 40, grow=True))

    def finish_opening(self) -> None:
        """List the files of the folder at hand."""
        self._list(_find_start_folder())

    @on(Form.Changed)
    def show_completion(self, message: Form.Changed) -> None:
        """Show what the path could be completed to.

        Letters typed in a burst are told one by one, perhaps after Enter was pressed.
        """
        self._list_typed()

    def _list_typed(self) -> str:
        """List what the path could become, if it is another; return it."""
        text = self.form.values().text("path")
        if text != self._listed:
            self._list(text)
        return text

    @property
    def _entry(self) -> TextEntry:
        return self.query_one(TextEntry)

    def _list(self, text: str) -> None:
        self._listed, self._offered = text, offered_for(text)
        table = self.table
        table.empty = self._offered.nothing
        table.set_rows(
            Row(str(one), (visible(one.name) + ("/" if is_folder(one) else ""),))
            for one in self._offered.paths
        )
        self.redraw_record()

    # Completing

    def _completes(self, key: str) -> bool:
        """Complete the path, or go through the list; tell whether a key does either."""
        if key == "tab":
            self.complete_path()
        elif key in {"up", "down", "shift+tab"}:
            self._choose(1 if key == "down" else -1)
        else:
            return False
        return True

    async def takes_at_once(self, event: Pressed) -> bool:
        """Let keys go to the path again: from the list letters are text of it, too."""
        if not self.drawable:
            return False
        if self._entry.has_focus:
            return self._completes(event.key)
        if not self.table.has_focus:
            return False
        back = event.key in {"tab", "shift+tab"}
        if back or event.is_printable or event.key == "backspace":
            self.set_focus(self._entry)
        return back

    def complete_path(self) -> None:
        """Add what all that could be meant begin with; then offer one after the other."""
        text = self._list_typed()
        if longer := self._offered.longer(text):
            self._entry.fill(longer)
            self._list(longer)
        elif len(self._offered.paths) > 1:
            self._choose(1)
        elif self._offered.paths:
            self.table.focus()

    def _choose(self, step: int) -> None:
        """Put the next of what is listed into the path."""
        text, names = self._list_typed(), self._offered.names
        if not names:
            return
        at = -1 if step > 0 else 0
        if text in names:
            at = names.index(text)
        at = (at + step) % len(names)
        self.table.move_to(str(self._offered.paths[at]))
        # The list stays as it is, to go on in it.
        self._listed = names[at]
        self._entry.fill(names[at])

    def next_step(self) -> Step:
        """Ask for the file."""
        return Step("type or choose a file, then Enter to check it", "next")

    @on(Form.Submitted)
    async def take_submission(self, message: Form.Submitted) -> None:
        """Check the file that was typed."""
        message.form.reopen()
        await self.take_next_step()

    async def take_next_step(self) -> None:
        """Open the folder, or check the file that is typed or offered to complete it."""
        typed, table = self._list_typed(), self.table
        offered, chosen = table.cursor_key, table.has_focus
        path, is_file, is_folder = await self.kiosk.worker.run_work(
            lambda: _resolve(typed, offered, chosen=chosen)
        )
        if is_folder and not is_file:
            self.form.set_values({"path": f"{path}/"})
            self._list(f"{path}/")
        else:
            self.form.set_values({"path": str(path)})
            self._listed = str(path)
            self.kiosk.navigator.open(self._leads_to, path)

    ACTIONS: ClassVar[tuple[Action["RosterScreen"], ...]] = (
        Action("next", "enter", take_next_step),
        Action("complete", "tab", complete_path),
    )  # fmt: skip


def _resolve(typed: str, offered: str, *, chosen: bool) -> tuple[Path, bool, bool]:
    """Return the path meant, and whether it is a file or a folder."""
    path = expand_home(typed)
    if offered and (chosen or not is_file(path)):
        path = Path(offered)
    return path, is_file(path), is_folder(path)


def _find_start_folder() -> str:
    """Return the working folder as the beginning of a path."""
    return f"{working_folder()}".rstrip("/") + "/"
