"""Roster import: choose a file, see what it would change, then Enter."""

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.widget import Widget
from textual.widgets import Static

from cptkiosk.domain.guide import Step
from cptkiosk.domain.text import visible
from cptkiosk.domain.values import plural
from cptkiosk.roster.importer import ImportResult, import_roster
from cptkiosk.ui.screens.base import Key, KioskScreen
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
    """Nothing is written before the second Enter."""

    TYPING = True

    KEYS: ClassVar[tuple[Key, ...]] = (
        Key("enter", "next", "import", "Check the file; then import what was shown"),
    )

    def __init__(self) -> None:
        super().__init__()
        self._path: Path | None = None
        self._found: ImportResult | None = None
        self._done = False
        self._listed = ""

    def body(self) -> Iterator[Widget]:
        """Lay out path, list of files, and what was found."""
        yield Form(TextField("path", "File", value=f"{Path.cwd()}/", max_cells=400))
        yield Static("", id="found", markup=False)
        yield Roll(empty="No roster file here (CSV, TSV or XLSX).")

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
        if self._found is not None:
            self._found, self._done = None, False
            self.query_one(Roll).set_columns([Column("Here", 40, grow=True)])
            self.query_one("#found", Static).update("")
        path = Path(text).expanduser()
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
        """Check, import, or go back."""
        if self._done:
            return Step(
                "the roster is recorded - go back and plan a session", "back", "Esc"
            )
        if self._found is None:
            return Step("type or choose a file - Enter checks it", "next")
        return Step("nothing is written yet - Enter records this", "next")

    @on(Form.Submitted)
    async def submitted(self, message: Form.Submitted) -> None:
        """Check the file that was typed."""
        message.form.reopen()
        await self.do_next()

    async def do_next(self) -> None:
        """Record what was shown; before that, check the file or open the folder."""
        if self._done:
            self.do_back()
        elif self._found is not None and self._path is not None:
            await self._import(self._path, dry_run=False)
        else:
            await self._check(self._typed())

    async def _check(self, typed: str) -> None:
        """Take what is typed, or what the list offers to complete it with."""
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
            await self._import(path, dry_run=True)

    async def _import(self, path: Path, *, dry_run: bool) -> None:
        desk, actor = self.kiosk.desk, self.actor
        found = await self.kiosk.attempt(
            lambda: import_roster(desk, path, actor, dry_run=dry_run)
        )
        if found is None:
            return
        self._path, self._found, self._done = path, found, not dry_run
        self._show(found, dry_run=dry_run)
        if not dry_run:
            self.say(
                "The roster is recorded; the same file again changes nothing.", "ok"
            )

    def _show(self, found: ImportResult, *, dry_run: bool) -> None:
        lines = [
            f"{'Would be' if dry_run else 'Is'} recorded from {visible(str(self._path), 60)}",
            f"  people         {found.people.new} new  {found.people.changed} changed"
            f"  {found.people.same} same",
            f"  registrations  {found.registrations.new} new"
            f"  {found.registrations.changed} changed  {found.registrations.same} same",
            f"  {plural(len(found.rejected), 'row')} rejected"
            + (", listed below" if found.rejected else ""),
        ]
        self.query_one("#found", Static).update("\n".join(lines))
        roll = self.query_one(Roll)
        roll.empty = "No row is rejected."
        roll.set_columns(
            [Column("Row", 6, right=True), Column("Rejected because", 60, grow=True)]
        )
        roll.set_rows(
            [
                Row(f"{one.row}", (str(one.row), one.reason), "attention")
                for one in found.rejected
            ]
        )
        self.redraw()


def _resolve(typed: str, offered: str) -> tuple[Path, bool, bool]:
    """Return the path meant, and whether it is a file or a folder."""
    path = Path(typed).expanduser()
    if offered and not path.is_file():
        path = Path(offered)
    return path, path.is_file(), path.is_dir()
