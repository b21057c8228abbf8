"""Long work: the bar that is shown, the clock behind it, and Esc in the middle."""

import asyncio
from pathlib import Path
from threading import Event

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.events.center import BackupWritten
from cptkiosk.domain.state.session import Stage
from cptkiosk.host.work_progress import Stopped, WorkProgress
from cptkiosk.ledger import progress_reader
from cptkiosk.ledger.maintenance.verify import verify_ledger
from cptkiosk.ui import ledger_maintenance
from cptkiosk.ui.dialogs.progress_dialog import SHOWN_AFTER_S, WorkDialog
from cptkiosk.ui.screens.close_out.screen import CloseOutScreen
from cptkiosk.ui.screens.records import RecordsScreen
from cptkiosk.ui.screens.roster.check import RosterCheckScreen
from cptkiosk.ui.terminal.glyphs import ASCII, UNICODE
from cptkiosk.ui.widgets.bars import HeaderBar, ProgressBar
from support.center import DANA, LEE, LEE_PIN
from support.clock import HandClock
from support.sessions import a_session, register
from support.sitting import Sitting, sit_down

ROWS = 200
WAIT_S = 60


@pytest.fixture
def big_roster(tmp_path: Path) -> Path:
    path = tmp_path / "big.csv"
    rows = (f"{100_000 + one},Family{one},Kim,Safety,C{one}" for one in range(ROWS))
    header = "Participant ID,Last Name,First Name,Assessment,User Code"
    path.write_text("\n".join((header, *rows)))
    return path


class Held:
    """Lets work stand in its middle, once armed, until it is stopped or let go."""

    def __init__(self) -> None:
        self.armed, self._stands, self._goes_on = Event(), Event(), Event()

    def stand(self) -> None:
        """Stand, in the thread of the work."""
        self.armed.clear()
        self._stands.set()
        assert self._goes_on.wait(WAIT_S)
        self._goes_on.clear()

    async def middle(self) -> None:
        """Wait until the work stands."""
        assert await asyncio.to_thread(self._stands.wait, WAIT_S)
        self._stands.clear()

    def let_go(self) -> None:
        """Let the work go on."""
        self._goes_on.set()


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Held:
    held, go_on, stop = Held(), WorkProgress.__call__, WorkProgress.request_stop

    def call(self: WorkProgress, done: int, of: int) -> None:
        if 0 < done < of and held.armed.is_set():
            self._told = (done, of)
            held.stand()
        go_on(self, done, of)

    def stopped(self: WorkProgress) -> None:
        stop(self)
        held.let_go()

    monkeypatch.setattr(WorkProgress, "__call__", call)
    monkeypatch.setattr(WorkProgress, "request_stop", stopped)
    monkeypatch.setattr(progress_reader, "STEPS", 100)
    return held


async def begin_and_hold(sitting: Sitting, held: Held, *keys: str) -> WorkDialog:
    """Press keys that start long work, and return its bar, shown in the middle."""
    held.armed.set()
    await sitting.press_meanwhile(*keys)
    await held.middle()
    await sitting.pass_time(SHOWN_AFTER_S)
    return sitting.showing(WorkDialog)


async def stop_in_the_middle(sitting: Sitting, held: Held, *keys: str) -> None:
    """Press keys that start long work, and Esc while it stands in its middle."""
    dialog = await begin_and_hold(sitting, held, *keys)
    await sitting.press("escape")
    done, of = dialog._progress.steps_done
    assert 0 < done < of
    assert not isinstance(sitting.screen, WorkDialog)


async def test_an_import_stopped_in_the_middle_has_recorded_nothing(
    desk: Desk, folder: Path, big_roster: Path, held: Held
) -> None:
    before = desk.ledger.head()
    async with sit_down(desk, folder, DANA) as sitting:
        await sitting.show(RosterCheckScreen(big_roster))
        assert f"{ROWS} new, 0 changed" in sitting.words

        await stop_in_the_middle(sitting, held, "enter")
        assert desk.ledger.head() == before
        assert desk.ledger.count_rows("person") == 0
        assert "Nothing was recorded" in sitting.words

        await sitting.press("enter")
        assert "the roster is recorded" in sitting.words
    assert desk.ledger.count_rows("person") == ROWS


async def test_a_check_stopped_in_the_middle_leads_back_to_the_file(
    desk: Desk, folder: Path, big_roster: Path, held: Held
) -> None:
    before = desk.ledger.head()
    async with sit_down(desk, folder, DANA) as sitting:
        held.armed.set()
        sitting.app.push_screen(RosterCheckScreen(big_roster))
        await stop_in_the_middle(sitting, held)
        assert not isinstance(sitting.screen, RosterCheckScreen)
    assert desk.ledger.head() == before


async def test_the_clock_goes_on_while_the_bar_is_shown(
    desk: Desk, folder: Path, clock: HandClock, big_roster: Path, held: Held
) -> None:
    async with sit_down(desk, folder, DANA) as sitting:
        held.armed.set()
        sitting.app.push_screen(RosterCheckScreen(big_roster))
        dialog = await begin_and_hold(sitting, held)
        behind = sitting.app.screen_stack[-2]
        seen = behind.query_one(HeaderBar).said
        clock.advance(5_000)
        sitting.app.redraw_time()
        assert behind.query_one(HeaderBar).said != seen
        await sitting.pass_time(4)
        dialog._draw()
        await sitting.draw()
        done, of = dialog._progress.steps_done
        assert f"{done} of {of}" in sitting.words
        assert "4 s" in sitting.words
        held.let_go()
        await sitting.settle()


async def test_only_work_that_takes_a_while_shows_a_bar(
    desk: Desk, folder: Path, big_roster: Path, held: Held
) -> None:
    async with sit_down(desk, folder, DANA) as sitting:
        await sitting.show(RosterCheckScreen(big_roster))
        assert "new" in sitting.words, "done before any time has passed"

        held.armed.set()
        await sitting.press_meanwhile("enter")
        await held.middle()
        await sitting.pass_time(SHOWN_AFTER_S - 0.001)
        assert not isinstance(sitting.screen, WorkDialog)
        await sitting.pass_time(0.001)
        sitting.showing(WorkDialog)
        held.let_go()
        await sitting.settle()
        assert not isinstance(sitting.screen, WorkDialog)
    assert desk.ledger.count_rows("person") == ROWS


async def test_a_big_ledger_is_verified_beside_the_desk_and_can_be_stopped(
    desk: Desk, folder: Path, held: Held
) -> None:
    register(desk, tuple(f"B{one}" for one in range(ROWS)), "safety")
    before = desk.ledger.head()
    async with sit_down(desk, folder, DANA) as sitting:
        await sitting.show(RecordsScreen())
        await stop_in_the_middle(sitting, held, "v")
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
        await stop_in_the_middle(sitting, held, "b")
        assert "No copy was kept" in sitting.words
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
        await stop_in_the_middle(sitting, held, *LEE_PIN, "enter")
        assert "sealed as revision 1. The backup was stopped" in sitting.words
    assert desk.session("a").stage is Stage.SEALED


async def test_a_backup_that_ends_late_takes_no_later_word_away(
    desk: Desk, folder: Path, held: Held
) -> None:
    a_session(desk, 1, Stage.ENDED)
    async with sit_down(desk, folder, LEE) as sitting:
        await sitting.show(CloseOutScreen("a"))
        await sitting.press("s")
        await begin_and_hold(sitting, held, *LEE_PIN, "enter")
        assert "sealed as revision 1" in sitting.words
        head = desk.ledger.head()
        sitting.app.status.say("a later word", "ok")
        held.let_go()
        await sitting.settle()
        assert desk.ledger.head().seq > head.seq
        assert "a later word" in sitting.words


async def test_a_wrong_pin_keeps_the_seals_question_open(
    desk: Desk, folder: Path
) -> None:
    a_session(desk, 1, Stage.ENDED)
    async with sit_down(desk, folder, LEE) as sitting:
        await sitting.show(CloseOutScreen("a"))
        await sitting.press("s")
        await sitting.fill("111222")
        assert "That PIN is not correct" in sitting.words
        await sitting.fill(LEE_PIN)
        assert "sealed as revision 1" in sitting.words
    assert desk.session("a").stage is Stage.SEALED


def test_the_bar_says_in_numbers_how_far_it_is_without_color_or_signs() -> None:
    bar = ProgressBar()
    bar.said = (5_000, 20_000, 4)
    for glyphs in (ASCII, UNICODE):
        text = "".join(piece for piece, _ in bar.draw_line(0, 60, glyphs))
        assert len(text) == 60
        assert "5,000 of 20,000   25%  4 s" in text
        assert 6 < text.count(glyphs.full) < 10


def test_work_stops_at_its_next_step_and_not_before() -> None:
    progress = WorkProgress()
    progress(1, 3)
    progress.request_stop()
    assert progress.steps_done == (1, 3)
    with pytest.raises(Stopped):
        progress(2, 3)


def test_a_verification_that_is_watched_finds_the_same(
    desk: Desk, folder: Path
) -> None:
    a_session(desk, 2, Stage.SEALED)
    told: list[int] = []

    class Heard(WorkProgress):
        def __call__(self, done: int, of: int) -> None:
            told.append(done)
            super().__call__(done, of)

    found = ledger_maintenance.verify_file(desk, Heard())
    assert found == verify_ledger(desk.ledger)
    assert told == sorted(told)
    assert len(set(told)) > 5
