"""How every pilot sits down: a kiosk in memory, at one screen of a session."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.values import Actor
from support.center import LEE
from support.screens import screen_for
from support.sitting import SMALL, SitDown, Sitting, sit_down


@pytest.fixture
def at(desk: Desk, folder: Path) -> SitDown:
    """Return how to sit down at a screen of a session's walk."""

    @asynccontextmanager
    async def sit(
        place: str,
        actor: Actor = LEE,
        *,
        size: tuple[int, int] = SMALL,
        session: str = "a",
    ) -> AsyncIterator[Sitting]:
        async with sit_down(desk, folder, actor, size) as sitting:
            await sitting.show(screen_for(place, session))
            yield sitting

    return sit
