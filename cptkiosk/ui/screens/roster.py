"""Roster import: choose the file."""

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.widget import Widget

from cptkiosk.domain.guide import Step
from cptkiosk.domain.text import visible
from cptkiosk.settings import expanded
from cptkiosk.ui.screens.base import Key, KioskScreen
from cptkiosk.ui.screens.roster_check import RosterCheckScreen
from cptkiosk.ui.widgets.form import Form, TextField
from cptkiosk.ui.widgets.roll import Column, Roll, Row

IMPORTABLE = frozenset({".csv", ".tsv", ".txt", ".xlsx", ".xls", ".ods"})


def importable_files(folder: Path) -> tuple[Path, ...]:
    """Return the roster files and the folders in a folder, folders last."""
    try:
        found = [path for path in folder.iterdir() if not path.name.startswith(".")]
    except OSError:
        return ()
    files = sorted(path for path in found if path.suffix.lower() in IMPORTABLE)
    folders = sorted(path for path in found if path.is_dir())
    return (*files, *folders)


class RosterScreen(KioskScreen):
    """Chooses the file; nothing is written here."""

    TYPING = True

    KEYS: ClassVar[tuple[Key, ...]] = (
        Key("enter", "next", "check", "Check the file; nothing is written yet"),
    )

    def __init__(self) -> None:
        super().__init__()
        self._listed = ""

    def body(self) -> Iterator[Widget]:
        """Lay out path and list of files."""
        yield Form(TextField("path", "File", value=f"{Path.cwd()}/", max_cells=400))
        yield Roll(empty="No roster file here (CSV, TSV or XLSX). Type another folder.")

    def prepare(self) -> None:
        """List the files of the folder at hand."""
        self.query_one(Roll).set_columns([Column("Here", 40, grow=True)])

    def opened(self) -> None:
        """Go on once everything is drawn."""
        self._list(str(Path.cwd()) + "/")

    @on(Form.Changed)
    def typed(self, message: Form.Changed) -> None:
        """Show what the path could be completed to.

        Letters typed in a burst are told one by one, perhaps after Enter was pressed.
        """
        text = self._typed()
        if text != self._listed:
            self._list(text)

    def _typed(self) -> str:
        return str(self.query_one(Form).values()["path"])

    def _list(self, text: str) -> None:
        self._listed = text
        path = expanded(text)
        folder = path if text.endswith("/") else path.parent
        stem = "" if text.endswith("/") else path.name.casefold()
        self.query_one(Roll).set_rows(
            [
                Row(str(one), (visible(one.name) + ("/" if one.is_dir() else ""),))
                for one in importable_files(folder)
                if one.name.casefold().startswith(stem)
            ]
        )
        self.redraw()

    def next_step(self) -> Step:
        """Ask for the file."""
        return Step("type or choose a file - Enter checks it", "next")

    @on(Form.Submitted)
    async def submitted(self, message: Form.Submitted) -> None:
        """Check the file that was typed."""
        message.form.reopen()
        await self.do_next()

    async def do_next(self) -> None:
        """Open the folder, or check the file that is typed or offered to complete it."""
        typed = self._typed()
        if typed != self._listed:
            self._list(typed)
        offered = self.query_one(Roll).cursor_key
        path, is_file, is_folder = await self.kiosk.on_desk(
            lambda: _resolve(typed, offered)
        )
        if is_folder and not is_file:
            self.query_one(Form).set_values({"path": f"{path}/"})
            self._list(f"{path}/")
        else:
            self.query_one(Form).set_values({"path": str(path)})
            self._listed = str(path)
            self.app.push_screen(RosterCheckScreen(path))


def _resolve(typed: str, offered: str) -> tuple[Path, bool, bool]:
    """Return the path meant, and whether it is a file or a folder."""
    path = expanded(typed)
    if offered and not path.is_file():
        path = Path(offered)
    return path, path.is_file(), path.is_dir()
