"""Power cuts on a real file system: a disk in a file, stopped at a random instant.

A usual run makes 4 cuts with each journal that the rule chooses. CPTKIOSK_TEST_CUTS sets
that number (150 makes the 300 cuts of a thorough run), CPTKIOSK_TEST_SEED the chance.
"""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from cptkiosk.domain.state.session import Stage
from cptkiosk.host.clock import SystemClock
from support import power
from support.center import open_desk, staffed
from support.journals import RULED, WEAK, Journal, chosen
from support.kept import Lost, assert_kept
from support.options import chance, option
from support.processes import Nursery, a_nursery
from support.sessions import a_session

CUTS = option("CUTS", 4)
WEAK_CUTS = 100
WRITERS = 2
LONGEST_S = 0.4

pytestmark = [pytest.mark.slow, pytest.mark.timeout(60 + 4 * CUTS)]


@pytest.fixture(scope="module", autouse=True)
def disks(tmp_path_factory: pytest.TempPathFactory) -> None:
    why = power.no_disks(tmp_path_factory.mktemp("probe"))
    if why:
        pytest.skip(why)


@pytest.fixture
def nursery(journal: Journal, tmp_path: Path) -> Iterator[Nursery]:
    with a_nursery(tmp_path / "said", own_sqlite=journal.own_sqlite) as made:
        yield made


@pytest.fixture
def image(journal: Journal, tmp_path: Path) -> Path:
    """A disk with a ledger on it, in which a session may be written to."""
    made = tmp_path / "new.img"
    power.new_disk(made)
    with power.disk(made, tmp_path / "new") as place, chosen(journal):
        desk = staffed(open_desk(place / "data", SystemClock()))
        a_session(desk, 1, stage=Stage.CHECK_IN)
        desk.ledger.close()
    return made


class Cuts:
    """Cuts the power of one copy of a disk after the other."""

    def __init__(self, nursery: Nursery, image: Path, journal: Journal) -> None:
        self._nursery = nursery
        self._image = image
        self._journal = journal
        self._count = 0
        self.kept = 0

    def cut(self, after_s: float) -> None:
        """Have some write, cut the power after a while, and look at what is left.

        Raises:
            Lost: if something acknowledged is missing.
        """
        self._count += 1
        folder = self._image.parent
        print(f"cut {self._count} after {after_s:.4f} s")
        used, left = folder / "used.img", folder / "left.img"
        power.copy_disk(self._image, used)
        with power.disk(used, folder / "used") as place:
            said = self._written(place, after_s)
            power.copy_disk(used, left)
        with power.disk(left, folder / "left") as place:
            self.kept += assert_kept(place / "data", self._journal, said)

    def _written(self, place: Path, after_s: float) -> list[str]:
        with ExitStack() as stack:
            writers = []
            for number in range(WRITERS):
                arguments = (place / "data", "a", f"w{number}", self._journal.value)
                one = self._nursery.start("write", *arguments)
                stack.callback(one.kill)
                writers.append(one)
            for one in writers:
                one.wait_for("ready")
            time.sleep(after_s)
            # Not what is said while the power goes: ext4 that is shut down answers a
            # sync under way with success, of any program. No processor outlives its power.
            said = [line for one in writers for line in one.said()]
            power.cut_power(place)
        return said


@pytest.fixture
def cuts(nursery: Nursery, image: Path, journal: Journal) -> Cuts:
    return Cuts(nursery, image, journal)


@pytest.mark.parametrize("journal", RULED)
def test_acknowledged_entries_survive_a_power_cut(cuts: Cuts, journal: Journal) -> None:
    random = chance()
    for _ in range(CUTS):
        cuts.cut(random.uniform(0, LONGEST_S))
    print(f"{journal}: {CUTS} cuts, {cuts.kept} acknowledged steps found again")
    assert cuts.kept > CUTS


@pytest.mark.parametrize("journal", WEAK)
def test_a_journal_that_is_too_weak_is_seen_to_lose(
    cuts: Cuts, journal: Journal
) -> None:
    random = chance()
    for turn in range(WEAK_CUTS):
        try:
            cuts.cut(random.uniform(0.05, LONGEST_S))
        except Lost as lost:
            print(f"{journal}: cut {turn + 1} lost: {lost}")
            return
    pytest.fail(f"{WEAK_CUTS} cuts lost nothing, which this should have")
