"""Take the pictures of README and docs from the running program, always the same ones.

Run it from a checkout: `python docs/pictures.py`. They show the people and the afternoon
of the golden frames, so what the pictures show is tested as well.
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
from cptkiosk.ui.screens.records import RecordsScreen  # noqa: E402
from golden import people  # noqa: E402
from golden.camera import camera_at  # noqa: E402
from golden.svg import picture  # noqa: E402
from support.center import LEE  # noqa: E402
from support.screens import screen_for  # noqa: E402
from support.sitting import Sitting  # noqa: E402

PICTURES = ROOT / "docs" / "pictures"


class Picture(NamedTuple):
    """What is taken: who did what before, which screen, how large, in which look."""

    before: Callable[[Desk], object]
    show: Callable[[Sitting], Awaitable[None]]
    size: tuple[int, int] = (80, 24)
    look: str = "cpt-dark"
    wall: bool = False


def at(place: str) -> Callable[[Sitting], Awaitable[None]]:
    """Return how to open a screen of the session."""
    return lambda sitting: sitting.show(screen_for(place, "a"))


async def records(sitting: Sitting) -> None:
    """Open the charts."""
    await sitting.show(RecordsScreen())


async def nothing(_: Sitting) -> None:
    """Leave what is open."""


TAKEN = {
    "testing": Picture(people.running, at("testing")),
    "testing-wide": Picture(people.running, at("testing"), (120, 40)),
    "testing-bright": Picture(people.running, at("testing"), look="cpt-bright"),
    "testing-contrast": Picture(people.running, at("testing"), look="cpt-contrast"),
    "testing-mono": Picture(people.running, at("testing"), look="cpt-mono"),
    "check-in": Picture(people.checking_in, at("check-in")),
    "scores": Picture(people.scored, at("scores")),
    "records": Picture(people.scored, records, (100, 36)),
    "wall": Picture(people.running, nothing, (100, 30), wall=True),
}


async def take(name: str, wanted: Picture) -> None:
    """Take one picture and write it."""
    with tempfile.TemporaryDirectory() as folder:
        actor = None if wanted.wall else LEE
        kiosk = camera_at(Path(folder), actor, wanted.before, wall=wanted.wall)
        async with kiosk as camera:
            await camera.at.pilot.resize_terminal(*wanted.size)
            await wanted.show(camera.at)
            camera.at.app.theme = wanted.look
            await camera.at.settle()
            svg = picture(camera.at.app)
            (PICTURES / f"{name}.svg").write_text(svg, encoding="utf-8")


async def main() -> None:
    """Take those that are named, or all."""
    PICTURES.mkdir(exist_ok=True)
    for name, wanted in TAKEN.items():
        if name in (sys.argv[1:] or TAKEN):
            await take(name, wanted)


if __name__ == "__main__":
    # Nobody's PIN is in a picture, so they need not be hashed slowly.
    argon2.profiles.RFC_9106_LOW_MEMORY = argon2.profiles.CHEAPEST
    asyncio.run(main())
