"""Clocks are read in one place, and a drill's clock only runs faster."""

import time
from pathlib import Path

import pytest

from cptkiosk.domain.time.instants import Instant
from cptkiosk.host.clock import SpedClock, SystemClock

HOUR_NS = 3_600_000_000_000
needs_boottime = pytest.mark.skipif(
    not hasattr(time, "CLOCK_BOOTTIME"), reason="needs a boot clock"
)


class SetClock:
    """A clock that shows what it is set to."""

    def __init__(self, boot_ms: int) -> None:
        self.boot_ms = boot_ms

    def now(self) -> Instant:
        return Instant(
            utc_ms=self.boot_ms + 1_000_000, boot_ms=self.boot_ms, boot_id="b1"
        )

    def asleep_ms(self) -> int:
        return 0


@pytest.fixture
def proc(tmp_path: Path) -> Path:
    """A kernel that names its boot, with no time namespace."""
    folder = tmp_path / "proc"
    (folder / "sys/kernel/random").mkdir(parents=True)
    (folder / "sys/kernel/random/boot_id").write_text("boot-seven\n")
    (folder / "self").mkdir()
    return folder


@pytest.mark.skipif(
    not Path("/proc/sys/kernel/random/boot_id").exists(), reason="needs Linux"
)
def test_the_kernel_names_the_boot() -> None:
    named = Path("/proc/sys/kernel/random/boot_id").read_text().strip()

    assert SystemClock().now().boot_id == named


def test_time_does_not_run_backwards() -> None:
    clock = SystemClock()
    readings = [clock.now() for _ in range(1000)]

    assert readings == sorted(readings, key=lambda at: at.boot_ms)
    assert len({at.boot_id for at in readings}) == 1


def test_the_wall_clock_is_in_utc_milliseconds() -> None:
    assert abs(SystemClock().now().utc_ms - time.time() * 1000) < 5000


@needs_boottime
@pytest.mark.parametrize("offset_s", [86_400, -100])
def test_a_time_namespace_is_seen_through(proc: Path, offset_s: int) -> None:
    plain = SystemClock(proc).now()
    (proc / "self/timens_offsets").write_text(
        f"monotonic           9         9\nboottime   {offset_s}         0\n"
    )
    shifted = SystemClock(proc).now()

    assert shifted.boot_id == plain.boot_id == "boot-seven"
    assert abs(shifted.boot_ms - plain.boot_ms + offset_s * 1000) < 5000


@needs_boottime
@pytest.mark.parametrize("text", ["", "boottime\n", "nonsense 1 2 3\n"])
def test_offsets_that_say_nothing_change_nothing(proc: Path, text: str) -> None:
    (proc / "self/timens_offsets").write_text(text)

    found = SystemClock(proc).now().boot_ms
    assert abs(found - time.clock_gettime(time.CLOCK_BOOTTIME) * 1000) < 5000


def test_without_a_kernel_the_processes_of_a_boot_share_an_id(tmp_path: Path) -> None:
    first = SystemClock(tmp_path / "none", shared=tmp_path).now()
    second = SystemClock(tmp_path / "none", shared=tmp_path).now()

    assert first.boot_id == second.boot_id
    assert abs(second.boot_ms - time.monotonic() * 1000) < 5000


def test_without_a_kernel_another_boot_has_another_id(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = SystemClock(tmp_path / "none", shared=tmp_path).now()
    wall_ns = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: wall_ns() + HOUR_NS)
    after = SystemClock(tmp_path / "none", shared=tmp_path).now()

    assert after.boot_id != before.boot_id


@pytest.mark.parametrize("left", ["", "one", "a b c", "id not-a-number", "\xe9 1"])
def test_a_spoiled_shared_id_is_replaced(tmp_path: Path, left: str) -> None:
    SystemClock(tmp_path / "none", shared=tmp_path)
    (file,) = tmp_path.iterdir()
    file.write_text(left, encoding="utf-8")

    first = SystemClock(tmp_path / "none", shared=tmp_path).now().boot_id
    second = SystemClock(tmp_path / "none", shared=tmp_path).now().boot_id
    assert first == second


def test_a_process_has_its_own_id_if_none_can_be_stored(tmp_path: Path) -> None:
    nowhere = tmp_path / "absent"

    first = SystemClock(tmp_path / "none", shared=nowhere).now().boot_id
    second = SystemClock(tmp_path / "none", shared=nowhere).now().boot_id
    assert first
    assert first != second


@pytest.mark.parametrize("factor", [1, 20, 60, 2.5])
def test_a_drill_runs_faster_from_its_start(factor: float | int) -> None:
    base = SetClock(boot_ms=5_000)
    clock = SpedClock(base, factor=factor, start_utc_ms=1_700_000_000_000)
    assert clock.now().utc_ms == 1_700_000_000_000

    base.boot_ms += 1_000
    now = clock.now()

    assert now.utc_ms == 1_700_000_000_000 + 1_000 * factor
    assert now.boot_ms == 5_000 + 1_000 * factor
    assert now.boot_id == "b1-drill"


def test_a_drill_does_not_run_backwards() -> None:
    with pytest.raises(AssertionError):
        SpedClock(SetClock(0), factor=0, start_utc_ms=0)
