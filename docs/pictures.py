"""Take the pictures in README.md from the running program.

Run it from a checkout: `python docs/pictures.py` takes all of them, and
`python docs/pictures.py testing start` only these two. The people and the afternoon are
those of the golden frames, so a picture changes only when the program does.
"""

import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT)]

import argon2.profiles  # noqa: E402

from cptkiosk.desk import Desk  # noqa: E402
from cptkiosk.domain.values import MINUTE_MS  # noqa: E402
from cptkiosk.ui.screens.plan import PlanScreen  # noqa: E402
from cptkiosk.ui.screens.records import RecordsScreen  # noqa: E402
from cptkiosk.ui.screens.roster.check import RosterCheckScreen  # noqa: E402
from golden import people  # noqa: E402
from golden.camera import camera_at  # noqa: E402
from golden.svg import picture  # noqa: E402
from support.center import LEE  # noqa: E402
from support.screens import screen_for  # noqa: E402
from support.sessions import advance, halted  # noqa: E402
from support.sitting import Sitting  # noqa: E402

PICTURES = ROOT / "docs" / "pictures"
SAMPLE_ROSTER = ROOT / "docs" / "sample-roster.csv"


class Picture(NamedTuple):
    """What happened before, which screen is shown, how large, and in which colors."""

    before: Callable[[Desk], object] | None
    show: Callable[[Sitting], Awaitable[None]]
    size: tuple[int, int] = (80, 24)
    look: str = "cpt-dark"
    signed_in: bool = True
    wall: bool = False


def staff_only(_: Desk) -> None:
    """Leave the center as it is after its setup: a staff list and nothing else."""


def halted_for_an_alarm(desk: Desk) -> None:
    """Halt the running session, four minutes ago."""
    people.running(desk)
    halted(desk, "a")
    advance(desk, 4 * MINUTE_MS)


def session_screen(place: str, *keys: str) -> Callable[[Sitting], Awaitable[None]]:
    """Return how to open a screen of the session, then press keys on it."""

    async def show(sitting: Sitting) -> None:
        await sitting.show(screen_for(place, "a"))
        await sitting.press(*keys)

    return show


async def show_roster_check(sitting: Sitting) -> None:
    """Check the sample roster."""
    await sitting.show(RosterCheckScreen(SAMPLE_ROSTER))


async def show_plan(sitting: Sitting) -> None:
    """Plan a session of two modules."""
    await sitting.show(PlanScreen())
    await sitting.press("space", "down", "space")


async def show_records(sitting: Sitting) -> None:
    """Open the charts."""
    await sitting.show(RecordsScreen())


async def show_nothing(_: Sitting) -> None:
    """Leave the screen that opens first."""


PICTURES_TAKEN = {
    "first-run": Picture(None, show_nothing, signed_in=False),
    "roster": Picture(staff_only, show_roster_check),
    "plan": Picture(staff_only, show_plan),
    "check-in": Picture(people.checking_in, session_screen("check-in")),
    "start": Picture(people.ready, session_screen("start")),
    "testing": Picture(people.running, session_screen("testing")),
    "halted": Picture(halted_for_an_alarm, session_screen("testing")),
    "irregularity": Picture(people.running, session_screen("testing", "i")),
    "scores": Picture(people.scored, session_screen("scores")),
    "close-out": Picture(
        people.settled,
        session_screen("close-out", "p", "1", "0", "enter", "enter"),
    ),
    "testing-wide": Picture(people.running, session_screen("testing"), (120, 40)),
    "testing-bright": Picture(
        people.running, session_screen("testing"), look="cpt-bright"
    ),
    "testing-contrast": Picture(
        people.running, session_screen("testing"), look="cpt-contrast"
    ),
    "testing-mono": Picture(people.running, session_screen("testing"), look="cpt-mono"),
    "records": Picture(people.scored, show_records, (100, 36)),
    "wall": Picture(
        people.running, show_nothing, (100, 30), signed_in=False, wall=True
    ),
}


async def take(name: str, wanted: Picture) -> None:
    """Take one picture and write it to its file."""
    with tempfile.TemporaryDirectory() as folder:
        actor = LEE if wanted.signed_in else None
        kiosk = camera_at(Path(folder), actor, wanted.before, wall=wanted.wall)
        async with kiosk as camera:
            await camera.at.pilot.resize_terminal(*wanted.size)
            await wanted.show(camera.at)
            camera.at.app.theme = wanted.look
            await camera.at.settle()
            svg = picture(camera.at.app)
            (PICTURES / f"{name}.svg").write_text(svg, encoding="utf-8")


async def main() -> None:
    """Take the pictures named on the command line, or all of them."""
    PICTURES.mkdir(exist_ok=True)
    for name, wanted in PICTURES_TAKEN.items():
        if name in (sys.argv[1:] or PICTURES_TAKEN):
            await take(name, wanted)


if __name__ == "__main__":
    # No picture shows a PIN, so hashing them need not be slow.
    argon2.profiles.RFC_9106_LOW_MEMORY = argon2.profiles.CHEAPEST
    asyncio.run(main())
