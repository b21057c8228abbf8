"""Hostile text into every entry of every screen: only text comes out, nothing falls."""

import asyncio
import csv
import io
import json
import shutil
import tempfile
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from rich.color import ColorSystem
from textual import events
from textual.keys import _character_to_key
from textual.screen import ModalScreen, Screen

from cptkiosk.cli.main import main
from cptkiosk.desk import Desk
from cptkiosk.domain.events.irregularity import NoteTaken
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.text import FORMULA, BadText, cells, clean_text
from cptkiosk.ui.screens.irregularity import IrregularityScreen
from cptkiosk.ui.screens.person import PersonScreen
from cptkiosk.ui.screens.plan import PlanScreen
from cptkiosk.ui.screens.roster.screen import RosterScreen
from cptkiosk.ui.screens.sign_in import LockScreen
from cptkiosk.ui.terminal.screen_buffer import ScreenBuffer, cells_of
from cptkiosk.ui.widgets.text_entry import TextEntry
from cptkiosk.upload.sheets import format_table
from support import walk
from support.center import DANA, LEE, open_desk, staffed
from support.clock import HandClock
from support.hostile import FORMULAS as SUMS
from support.hostile import (
    KNOWN,
    MARKUP,
    SEQUENCES,
    STEERING,
    steering_in,
    texts,
)
from support.options import examples
from support.raw import raw
from support.screens import screen_for
from support.sessions import a_session, roll
from support.sitting import Sitting, sit_down
from support.terminal import Terminal

pytestmark = pytest.mark.slow

WIDTH, HEIGHT = 80, 24
TYPED = 12
"""So much of a text is also typed key by key; a paste brings all of it."""

NO_ENTRY = {"escape", "ctrl+l", "ctrl+q", "ctrl+r", "question_mark", "f1", "S", "slash"}
PLACES = {
    "first run": None,
    "lock": Stage.RUNNING,
    "plan": Stage.PLANNED,
    "roster": Stage.PLANNED,
    "irregularity": Stage.RUNNING,
    "card": Stage.ENDED,
    "people": Stage.PLANNED,
    "check-in": Stage.CHECK_IN,
    "start": Stage.CHECK_IN,
    "testing": Stage.RUNNING,
    "scores": Stage.ENDED,
    "close-out": Stage.ENDED,
}
SHORT = {"first run", "lock", "plan", "roster"}
EXPECTED = {
    "first run": {"name", "site_code", "time_zone", "coordinator", "pin", "again"},
    "lock": {"pin"},
    "plan": {"start", "rooms", "title"},
    "roster": {"path"},
    "irregularity": {"when"},
    "card": {"reference", "given_by"},
    "people": {"line"},
    "check-in": {"reason", "id", "family", "given", "code", "line"},
    "start": {"line"},
    "testing": {"text", "reason", "line"},
    "scores": {"score", "reason", "line"},
    "close-out": {"pin", "line"},
}
"""Entries that must have been met, so that a key that moved is noticed."""


def screen_of(place: str) -> Screen[Any] | None:
    """Return the screen of a place; nothing where the app opens it by itself."""
    screens: dict[str, Callable[[], Screen[Any] | None]] = {
        "lock": LockScreen,
        "plan": PlanScreen,
        "roster": RosterScreen,
        "irregularity": lambda: IrregularityScreen("a", ("P1-safety",)),
        "card": lambda: PersonScreen("P1"),
        "first run": lambda: None,
    }
    return screens.get(place, lambda: screen_for(place, "a"))()


class Hasty(Sitting):
    """A kiosk that is looked at as soon as the desk is done once."""

    async def settle(self) -> None:
        await self._pump()
        await self.app.commands.join()
        await self.app.worker.run_work(lambda: None)
        await self._pump()


class Typist:
    """Fills each entry of one place with what should not be there."""

    def __init__(self, place: str, hostile: Sequence[str]) -> None:
        self.place, self._hostile = place, hostile
        self.met: set[str] = set()
        self._next = 0

    async def sit_down(self, folder: Path) -> None:
        clock = HandClock()
        desk = open_desk(folder, clock)
        stage = PLACES[self.place]
        if stage is not None:
            a_session(staffed(desk), people=2, stage=stage)
        try:
            actor = None if stage is None else DANA
            async with sit_down(desk, folder, actor, (WIDTH, HEIGHT)) as sitting:
                self.sitting = Hasty(sitting.app, sitting.pilot)
                await self.go_through()
                assert sitting.app._exception is None
        finally:
            desk.ledger.close()
        only_text_is_kept(folder)

    async def go_through(self) -> None:
        """Fill the screen's own entries, then those behind each of its keys."""
        if screen_of(self.place) is None:
            await self.fill()
            return
        await self.open()
        if self.sitting.screen.query(TextEntry):
            await self.fill()
            return
        depth = len(self.sitting.app.screen_stack)
        for key in self.sitting.screen.action_table.all:
            if key.key in NO_ENTRY or key.key == "i":
                continue
            await self.sitting.press(key.key)
            await self.fill()
            await self.back_to(depth)
        await self.search()

    async def back_to(self, depth: int) -> None:
        """Leave whatever a key led to, and open the place again."""
        if self.sitting.screen is self._front:
            return
        while len(self.sitting.app.screen_stack) >= depth > 1:
            await self.sitting.app.pop_screen()
        await self.open()

    async def open(self) -> None:
        """Open the place."""
        self._front = screen_of(self.place)
        assert self._front is not None
        await self.sitting.show(self._front)

    async def fill(self) -> None:
        """Put hostile text into every entry in front, and try to have it recorded."""
        entries = [*self.sitting.screen.query(TextEntry)]
        if not entries:
            return
        for entry in entries:
            if not entry.is_attached:
                break
            text = self._hostile[self._next % len(self._hostile)]
            self._next += 1
            self.met.add(entry._field.name)
            entry.focus()
            entry.fill("")
            entry.post_message(events.Paste(text))
            await self.sitting._pump()
            await self.type(text)
            assert cells(entry.value) <= entry._field.max_cells
            self.look()
        is_line = entries[0]._field.name == "line"
        before = self.sitting.screen
        await self.sitting.press("enter" if is_line else "ctrl+s")
        self.look()
        if isinstance(before, ModalScreen) and self.sitting.screen is before:
            await self.sitting.press("escape")
        self.look()

    async def search(self) -> None:
        """Type hostile text where letters find a row."""
        await self.sitting.press("slash")
        await self.type(self._hostile[self._next % len(self._hostile)])
        self.look()
        await self.sitting.press("escape")

    async def type(self, text: str) -> None:
        """Type the beginning of a text as the keys that the driver would tell."""
        for char in text[:TYPED]:
            if char.isprintable():
                self.sitting.app.post_message(events.Key(_character_to_key(char), char))
        await self.sitting._pump()

    def look(self) -> None:
        """Check what a terminal would be sent for the whole frame."""
        buffer = ScreenBuffer(WIDTH, HEIGHT)
        strips = self.sitting.screen._compositor.render_strips()
        assert len(strips) == HEIGHT
        for y, strip in enumerate(strips):
            assert strip.cell_length <= WIDTH, strip.text
            buffer.draw_cells(0, y, cells_of(strip, ColorSystem.TRUECOLOR))
        found = steering_in(buffer.take_output())
        assert not found, f"{type(self.sitting.screen).__name__} sends {found}"


def only_text_is_kept(folder: Path) -> None:
    """Check that no entry, text about a person or draft holds what could steer."""
    with raw(folder / "ledger.db") as connection:
        kept = [
            *connection.execute("SELECT 'entry', body FROM entry"),
            *connection.execute("SELECT 'draft', body FROM draft"),
        ]
        names = connection.execute("SELECT text FROM personal").fetchall()
    for what, body in kept:
        for text in strings_in(json.loads(body)):
            assert not STEERING.search(text), (what, text)
    for (text,) in names:
        assert not STEERING.search(text), text


def strings_in(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, one in value.items():
            yield key
            yield from strings_in(one)
    elif isinstance(value, list):
        for one in value:
            yield from strings_in(one)


# To make an example smaller would go through whole screens for minutes.
FUZZ = settings(phases=(Phase.explicit, Phase.reuse, Phase.generate))


@pytest.mark.parametrize("place", PLACES)
def test_no_entry_lets_anything_but_text_in_or_out(place: str) -> None:
    @settings(FUZZ, max_examples=examples(3 if place in SHORT else 1))
    @given(known=st.permutations(KNOWN), more=st.lists(texts, max_size=8))
    def fuzz(known: Sequence[str], more: Sequence[str]) -> None:
        hostile = [one for pair in zip_longest(more, known) for one in pair if one]
        typist = Typist(place, hostile)
        with tempfile.TemporaryDirectory() as folder:
            asyncio.run(typist.sit_down(Path(folder)))
        assert typist.met >= EXPECTED[place], "entries that were never met"

    fuzz()


@settings(FUZZ, max_examples=examples(2))
@given(words=st.lists(st.text(min_size=1, max_size=60), min_size=6, max_size=6))
def test_a_note_is_kept_as_it_was_given_or_refused_with_a_reason(
    words: list[str],
) -> None:
    async def write(folder: Path) -> None:
        desk = staffed(open_desk(folder, HandClock()))
        a_session(desk, people=1)
        try:
            async with sit_down(desk, folder, LEE, (WIDTH, HEIGHT)) as proctor:
                sitting = Hasty(proctor.app, proctor.pilot)
                await sitting.show(screen_for("testing", "a"))
                for text in (*words, *SUMS, *MARKUP):
                    await noted(sitting, desk, text)
        finally:
            desk.ledger.close()

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(write(Path(folder)))


async def noted(sitting: Sitting, desk: Desk, text: str) -> None:
    """Write a note, and check what became of it."""
    before = desk.ledger.head().seq
    await sitting.press("n")
    (entry,) = sitting.screen.query(TextEntry)
    entry.post_message(events.Paste(text))
    await sitting._pump()
    shown = entry.value
    await sitting.press("enter")
    new = desk.ledger.read_after(before)
    if new:
        note = new[-1].event
        assert isinstance(note, NoteTaken)
        kept = note.text.text
        assert unicodedata.normalize("NFC", shown).split() == kept.split()
        if text.isprintable() and cells(text) < 400:
            assert unicodedata.normalize("NFC", text).split() == kept.split()
        return
    await Sitting.settle(sitting)
    assert not shown.strip() or why_refused(shown) in sitting.words, sitting.words
    await sitting.press("escape")


def why_refused(text: str) -> str:
    """Return the beginning of why a text is not let in."""
    try:
        clean_text(text, cells_max=400)
    except BadText as bad:
        return str(bad)[:20]
    return "nothing speaks against it"


@settings(FUZZ, max_examples=examples(100))
@given(rows=st.lists(st.tuples(texts, st.text(max_size=20)), min_size=1, max_size=4))
def test_no_cell_of_a_table_is_a_formula_or_steers(
    rows: list[tuple[str, str]],
) -> None:
    made = format_table(("one", "two"), rows)

    read = list(csv.reader(io.StringIO(made)))
    assert len(read) == 1 + len(rows)
    for row in read:
        assert len(row) == 2
        for cell in row:
            assert not cell.startswith(FORMULA)
            assert not STEERING.search(cell)


NAMES = (
    *(
        "../../no-such",
        "/no/such",
        "-rf",
        "--help-me",
        ".hidden",
        "...",
        "",
        " ",
        "~nobody-x/y",
    ),
    *(
        "a\nb",
        "a\x1b[2Jb",
        "a\x1b]52;c;eA==\x07",
        "\u202egpj.exe",
        "a\udcffb",
        "x" * 300,
    ),
    *("d/" * 2_100, "/dev/null/x", "nul\x00l", "=1+1", "[/foo]"),
)


@pytest.mark.parametrize("name", NAMES, ids=lambda name: ascii(name)[:24])
@pytest.mark.parametrize(
    "command",
    [
        ("roster", "import"),
        ("bundle", "a", "--to"),
        ("ledger", "restore"),
        ("ledger", "salvage", "--to"),
    ],
    ids=" ".join,
)
def test_a_file_name_plays_no_trick(
    closed: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    command: tuple[str, ...] | tuple[str, str],
    name: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    before = {path for path in tmp_path.rglob("*") if closed not in path.parents}

    code = outcome(["--data-dir", str(closed), *command, name])

    said = capfd.readouterr()
    assert "Traceback" not in said.err + said.out
    assert not steering_in((said.err + said.out).replace("\n", " ")), said
    after = {path for path in tmp_path.rglob("*") if closed not in path.parents}
    if code:
        assert after == before
    with raw(closed / "ledger.db") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.parametrize("name", NAMES, ids=lambda name: ascii(name)[:24])
def test_a_backup_is_where_its_name_says_or_nowhere(
    closed: Path,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    name: str,
) -> None:
    inside = tmp_path / "one" / "two" / "three"
    inside.mkdir(parents=True)
    monkeypatch.chdir(inside)

    code = outcome(["--data-dir", str(closed), "ledger", "backup", "--to", name])

    said = capfd.readouterr()
    assert "Traceback" not in said.err + said.out
    assert not steering_in((said.err + said.out).replace("\n", " ")), said
    assert (code == 0) == ("verified" in said.out), said


def outcome(arguments: Sequence[str]) -> int:
    """Run a command in this process, and return its exit code."""
    try:
        return main(arguments)
    except SystemExit as left:
        return int(left.code or 0)


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory, cheap_pins: None) -> Path:
    """The folder of a record with a sealed session, to be copied."""
    folder = tmp_path_factory.mktemp("sealed") / "data"
    desk = staffed(open_desk(folder, HandClock()))
    a_session(desk, people=1, stage=Stage.SEALED)
    desk.ledger.close()
    return folder


@pytest.fixture
def closed(sealed: Path, tmp_path: Path) -> Path:
    """A record with a sealed session, open in no program."""
    return Path(shutil.copytree(sealed, tmp_path / "data"))


def test_only_text_reaches_a_real_terminal(folder: Path) -> None:
    walk.running(folder, roll(2))
    with walk.open_terminal(folder) as terminal:
        terminal.wait_for(walk.COORDINATOR, "PIN")
        spray(terminal)
        # Some of it were keys, such as Home: what is left on either side goes.
        terminal.press("clear", "\x0b", walk.PIN, "enter")
        terminal.wait_for("Morning", walk.TODAY)
        terminal.press("enter")
        terminal.wait_for("TESTING", "Ends")
        for key, shows in (
            ("n", "Note about"),
            (":", "Enter: run"),
            ("i", "Seen or heard"),
        ):
            terminal.press(key)
            terminal.wait_for(shows)
            spray(terminal)
            terminal.press("enter")
            terminal.settled()
            terminal.press("esc")
            terminal.settled()
            walk.back_to_today(terminal)
            walk.look()
            terminal.press("enter")
            terminal.wait_for("TESTING", "Ends")
        terminal.press("/")
        spray(terminal)
        terminal.press("esc")
        assert not steering_in(terminal.raw.decode())
    only_text_is_kept(folder)


def spray(terminal: Terminal) -> None:
    """Send every known sequence as a terminal or a line would, but for keys of ours."""
    for text in (*SEQUENCES, "\u202e\u200b", "Z" + "\u0301" * 200):
        if "\r" not in text:
            terminal.send(text.encode("utf-8", "surrogatepass"))
    terminal.send(b"\xff\xfe\xed\xa0\x80")
    terminal.settled()
