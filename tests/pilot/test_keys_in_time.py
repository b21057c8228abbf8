"""What time alone makes possible is shown as possible."""

from pathlib import Path

from cptkiosk.desk import Desk
from cptkiosk.domain.commands import testing as c
from support.center import LEE
from support.screens import screen_for
from support.sessions import COUNTDOWN_MS, advance, opened, planned, seated
from support.sitting import sit_down


async def test_a_halt_is_offered_as_soon_as_the_countdown_is_over(
    desk: Desk, folder: Path
) -> None:
    planned(desk, ("P1",), "a", "safety")
    opened(desk, "a")
    seated(desk, "a", "P1-safety")
    desk.perform(c.StartSession(session_id="a"), LEE)
    async with sit_down(desk, folder, LEE) as at:
        await at.show(screen_for("testing", "a"))
        assert "(h HALT)" in at.frame
        advance(desk, COUNTDOWN_MS + 1000)
        at.app.redraw_time()
        await at.settle()

        assert "h HALT" in at.frame
        assert "(h HALT)" not in at.frame
