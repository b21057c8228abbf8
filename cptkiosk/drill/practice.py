"""A record left at one stage of a session, on this machine's own clocks.

The day was played a moment ago, so that it stands at that stage now: a kiosk that is
opened on it goes on by the same clocks, as if it had been there all the time.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

from cptkiosk.domain.text import visible
from cptkiosk.domain.time.instants import Instant
from cptkiosk.domain.values import MINUTE_MS
from cptkiosk.drill.day import play_day
from cptkiosk.drill.sample_center import (
    COORDINATOR,
    LEAD_MS,
    PIN,
    PROCTOR,
    ROUND_MS,
    drill_desk,
)
from cptkiosk.drill.simulated_proctor import LINE_CELLS, DrillFailed, HandClock, Say
from cptkiosk.drill.until import Until
from cptkiosk.host.clock import SystemClock
from cptkiosk.host.data_directory import Paths
from cptkiosk.ledger.maintenance.verify import verify_ledger


def leave_record(
    paths: Paths, *, until: Until, people: int, seed: int, now: bool, say: Say
) -> None:
    """Leave a record at a stage, and say who can go on with it.

    Args:
        paths: where it is left; nothing is there yet.
        until: the stage.
        people: how many are on the roll.
        seed: what makes one day differ from another.
        now: plan the start for a whole minute, not for a multiple of five, so that
            the stage was reached within the last minute and not the last five.
        say: takes the lines.

    Raises:
        Refused: if the rules did not allow a step of an ordinary day.
        KioskError: if something could not be written, or does not fit.
    """
    mark_ms = MINUTE_MS if now else ROUND_MS
    clock = SystemClock()

    def play_past_day(root: Path, took_ms: int, tell: Say) -> tuple[str, int]:
        begin = latest_begin(clock.now(), took_ms, mark_ms)
        turned = HandClock.at(begin)
        with drill_desk(Paths(root), turned) as desk:
            session_id = play_day(
                desk,
                turned,
                seed=seed,
                people=people,
                folder=root / "bundles",
                say=tell,
                until=until,
                mark_ms=mark_ms,
            )
            verify_ledger(desk.ledger)
        return session_id, turned.now().utc_ms - begin.utc_ms

    # How long the day takes up to there shows once it is played; so it is played twice.
    with TemporaryDirectory(prefix="cptkiosk-drill-") as folder:
        _, took_ms = play_past_day(Path(folder), 0, lambda _line: None)
    session_id, again_ms = play_past_day(paths.root, took_ms, say)
    if again_ms != took_ms:
        raise DrillFailed("The same day took another time when it was played again.")
    for line in (
        "",
        f"Stage        {until}",
        f"Session      {session_id}",
        f"Coordinator  {COORDINATOR} (s1), PIN {PIN}",
        f"Proctor      {PROCTOR} (s2), PIN {PIN}",
        f"Record       {visible(str(paths.root), LINE_CELLS)}",
    ):
        say(line)


def latest_begin(now: Instant, took_ms: int, mark_ms: int) -> Instant:
    """Return the latest moment from which a day of `took_ms` is over by `now`.

    It is half a mark more than the lead before a mark, so that every day is planned
    for as long after its beginning. Just after a boot it may lie before the boot: the
    boot clock is below 0 then, and still runs evenly.
    """
    early_ms = (now.utc_ms - took_ms + LEAD_MS + mark_ms // 2) % mark_ms
    return now.plus(-took_ms - early_ms)
