"""Long work: the bar that is shown, the clock behind it, and Esc in the middle."""

from pathlib import Path
from threading import Event

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.center_events import BackupWritten
from cptkiosk.domain.session import Stage
from cptkiosk.ledger.verify import verify
from cptkiosk.progress import Progress, Stopped
from cptkiosk.ui import care
from cptkiosk.ui.glyphs import ASCII, UNICODE
from cptkiosk.ui.screens.close_out import CloseOutScreen
from cptkiosk.ui.screens.records import RecordsScreen
from cptkiosk.ui.screens.roster_check import RosterCheckScreen
from cptkiosk.ui.screens.working import WorkDialog
from cptkiosk.ui.widgets.bars import HeaderBar
from cptkiosk.ui.widgets.progress import ProgressBar
from support.center import DANA, LEE, LEE_PIN
from support.clock import HandClock
from support.sessions import a_session, register
from support.sitting import Sitting, sit_down

ROWS = 20_000
WAIT_S = 60


@pytest.fixture
def big_roster(tmp_path: Path) -> Path:
    path = tmp_path / "big.csv"
    rows = (f"{100_000 + one},Family{one},Kim,Safety,C{one}" for one in range(ROWS))
    header = "Participant ID,Last Name,First Name,Assessment,User Code"
    path.write_text("\n".join((header, *rows)))
    return path


async def until(sitting: Sitting, is_so) -> None:
    """Wait, while the work goes on, until something is so."""
    for _ in range(WAIT_S * 20):
        if is_so():
            return
        await sitting.pilot.pause(0.05)
    raise AssertionError("it never came to that")


class Held:
    """Lets work stand in its middle, once armed, until it is stopped or let go."""

    def __init__(self) -> None:
        self.armed, self.let_go = Event(), Event()

    def stand(self, progress) -> None:
        self.armed.clear()
        for _ in range(WAIT_S * 100):
            if progress._stop.wait(0.01) or self.let_go.is_set():
                return


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Held:
    held, go_on = Held(), Progress.__call__

    def call(self, done, of) -> None:
        if 0 < done < of and held.armed.is_set():
            self._told = (done, of)
            held.stand(self)
        go_on(self, done, of)

    monkeypatch.setattr(Progress, "__call__", call)
    return held


async def stop_in_the_middle(sitting: Sitting, key: str, held) -> None:
    """Press a key that starts long work, and Esc while it stands in its middle."""
    held.armed.set()
    await sitting.pilot.press(key)
    await until(sitting, lambda: isinstance(sitting.screen, WorkDialog))
    dialog = sitting.screen
    await until(sitting, lambda: dialog._progress.told[0] > 0)
    await sitting.pilot.press("escape")
    await sitting.settle()
    assert dialog._progress.told[0] < dialog._progress.told[1]
    assert not isinstance(sitting.screen, WorkDialog)


async def test_an_import_stopped_in_the_middle_has_recorded_nothing(
    desk: Desk, folder: Path, big_roster: Path, held: Held
) -> None:
    before = desk.ledger.head()
    async with sit_down(desk, folder, DANA) as sitting:
        await sitting.show(RosterCheckScreen(big_roster))
        assert "20,000 new, 0 changed" in sitting.words

        await stop_in_the_middle(sitting, "enter", held)
        assert desk.ledger.head() == before
        assert desk.ledger.count("person") == 0
        assert "Nothing of it was kept" in sitting.words

        await sitting.press("enter")
        assert "the roster is recorded" in sitting.words
    assert desk.ledger.count("person") == ROWS


async def test_a_check_stopped_in_the_middle_leads_back_to_the_file(
    desk: Desk, folder: Path, big_roster: Path
) -> None:
    before = desk.ledger.head()
    async with sit_down(desk, folder, DANA) as sitting:
        sitting.app.push_screen(RosterCheckScreen(big_roster))
        await until(sitting, lambda: isinstance(sitting.screen, WorkDialog))
        await sitting.pilot.press("escape")
        await sitting.settle()
        assert not isinstance(sitting.screen, RosterCheckScreen | WorkDialog)
    assert desk.ledger.head() == before


async def test_the_clock_goes_on_while_the_bar_is_shown(
    desk: Desk, folder: Path, clock: HandClock, big_roster: Path
) -> None:
    async with sit_down(desk, folder, DANA) as sitting:
        sitting.app.push_screen(RosterCheckScreen(big_roster))
        await until(sitting, lambda: isinstance(sitting.screen, WorkDialog))
        behind = sitting.app.screen_stack[-2]
        seen = behind.query_one(HeaderBar)._said
        clock.advance(5_000)
        sitting.app.tick()
        assert behind.query_one(HeaderBar)._said != seen
        progress = sitting.screen._progress
        await until(sitting, lambda: progress.told[1] and "of 20,00" in sitting.words)
        await sitting.pilot.press("escape")
        await sitting.settle()


async def test_short_work_shows_no_bar(
    desk: Desk, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = []
    monkeypatch.setattr(WorkDialog, "on_mount", lambda one: shown.append(one.id or "."))
    path = tmp_path / "small.csv"
    path.write_text("Participant ID,Last Name,Assessment\n7,Ng,Safety\n")
    async with sit_down(desk, folder, DANA) as sitting:
        await sitting.show(RosterCheckScreen(path))
        await sitting.press("enter")
    assert desk.ledger.count("person") == 1
    assert not shown


async def test_a_big_ledger_is_verified_beside_the_desk_and_can_be_stopped(
    desk: Desk, folder: Path, held: Held
) -> None:
    register(desk, tuple(f"B{one}" for one in range(ROWS)), "safety")
    before = desk.ledger.head()
    async with sit_down(desk, folder, DANA) as sitting:
        await sitting.show(RecordsScreen())
        await stop_in_the_middle(sitting, "v", held)
        assert "stopped" in sitting.words.casefold()

        await sitting.press("v")
        assert f"Verified: {before.seq:,} entries" in sitting.words
    assert desk.ledger.head() == before


async def test_a_backup_stopped_leaves_no_copy_and_no_word_of_one(
    desk: Desk, folder: Path, held: Held
) -> None:
    before = desk.ledger.head()
    async with sit_down(desk, folder, DANA) as sitting:
        await sitting.show(RecordsScreen())
        await stop_in_the_middle(sitting, "b", held)
        assert "no copy is kept" in sitting.words
        assert not list(sitting.app.paths.backups.iterdir())
        assert desk.ledger.head() == before

        await sitting.press("b")
        (copy,) = sitting.app.paths.backups.iterdir()
        assert copy.name in sitting.words
    (entry,) = desk.ledger.read_after(before.seq)
    assert entry.event == BackupWritten(name=copy.name, entries=before.seq)


async def test_a_seal_stands_though_its_backup_is_stopped(
    desk: Desk, folder: Path, held: Held
) -> None:
    a_session(desk, 1, Stage.ENDED)
    async with sit_down(desk, folder, LEE) as sitting:
        await sitting.show(CloseOutScreen("a"))
        await sitting.press("s")
        held.armed.set()
        await sitting.pilot.press(*LEE_PIN, "enter")
        await until(sitting, lambda: isinstance(sitting.screen, WorkDialog))
        await sitting.pilot.press("escape")
        await sitting.settle()
        assert "sealed as revision 1. The backup was stopped" in sitting.words
    assert desk.session("a").stage is Stage.SEALED


async def test_a_backup_that_ends_late_takes_no_later_word_away(
    desk: Desk, folder: Path, held: Held
) -> None:
    a_session(desk, 1, Stage.ENDED)
    async with sit_down(desk, folder, LEE) as sitting:
        await sitting.show(CloseOutScreen("a"))
        await sitting.press("s")
        held.armed.set()
        await sitting.pilot.press(*LEE_PIN, "enter")
        await until(sitting, lambda: isinstance(sitting.screen, WorkDialog))
        await until(sitting, lambda: "sealed as revision 1" in sitting.words)
        head = desk.ledger.head()
        sitting.app.say("a later word", "ok")
        held.let_go.set()
        await until(sitting, lambda: desk.ledger.head().seq > head.seq)
        await sitting.settle()
        assert "a later word" in sitting.words


async def test_a_wrong_pin_keeps_the_seals_question_open(
    desk: Desk, folder: Path
) -> None:
    a_session(desk, 1, Stage.ENDED)
    async with sit_down(desk, folder, LEE) as sitting:
        await sitting.show(CloseOutScreen("a"))
        await sitting.press("s")
        await sitting.fill("111222")
        assert "That PIN is not right" in sitting.words
        await sitting.fill(LEE_PIN)
        assert "sealed as revision 1" in sitting.words
    assert desk.session("a").stage is Stage.SEALED


def test_the_bar_says_in_numbers_how_far_it_is_without_colour_or_signs() -> None:
    bar = ProgressBar()
    bar._done, bar._of, bar._seconds = 5_000, 20_000, 4
    for glyphs in (ASCII, UNICODE):
        text = "".join(piece for piece, _ in bar.pieces(60, glyphs))
        assert len(text) == 60
        assert "5,000 of 20,000   25 %  4 s" in text
        assert 6 < text.count(glyphs.full) < 10


def test_work_stops_at_its_next_step_and_not_before() -> None:
    progress = Progress()
    progress(1, 3)
    progress.stop()
    assert progress.told == (1, 3)
    with pytest.raises(Stopped):
        progress(2, 3)


def test_a_verification_that_is_watched_finds_the_same(
    desk: Desk, folder: Path
) -> None:
    a_session(desk, 2, Stage.SEALED)
    told = []

    class Heard(Progress):
        def __call__(self, done, of) -> None:
            told.append(done)
            super().__call__(done, of)

    found = care.verified(desk.ledger.path, "t2", Heard())
    assert found == verify(desk.ledger)
    assert told == sorted(told)
    assert len(set(told)) > 5
