"""A changed signing key is announced before and after the seal."""

from pathlib import Path

from cptkiosk.desk import Desk
from cptkiosk.domain.state.session import Stage
from cptkiosk.ledger.signing import Signer
from cptkiosk.ui.screens.close_out.screen import CloseOutScreen
from cptkiosk.ui.screens.records import RecordsScreen
from support.center import LEE, LEE_PIN
from support.sessions import a_session
from support.sitting import sit_down


async def test_sealing_says_that_a_new_key_will_sign(desk: Desk, folder: Path) -> None:
    a_session(desk, 1, Stage.SEALED, session_id="b")
    a_session(desk, 1, Stage.ENDED)
    (folder / "installation.key").unlink()

    async with sit_down(desk, folder, LEE, (80, 24)) as sitting:
        await sitting.show(CloseOutScreen("a"))
        await sitting.press("s")
        assert "is missing. The next seal will use a new key" in sitting.words
        await sitting.fill(LEE_PIN)

    assert desk.session("a").stage is Stage.SEALED


async def test_verifying_says_that_another_key_signed(desk: Desk, folder: Path) -> None:
    a_session(desk, 1, Stage.SEALED)
    (folder / "installation.key").unlink()
    Signer(folder / "installation.key")

    async with sit_down(desk, folder, LEE, (80, 24)) as sitting:
        await sitting.show(RecordsScreen())
        await sitting.press("v")
        assert "1 signature by another key" in sitting.words


async def test_sealing_with_the_same_key_says_nothing_of_it(
    desk: Desk, folder: Path
) -> None:
    a_session(desk, 1, Stage.SEALED, session_id="b")
    a_session(desk, 1, Stage.ENDED)

    async with sit_down(desk, folder, LEE, (80, 24)) as sitting:
        await sitting.show(CloseOutScreen("a"))
        await sitting.press("s")
        assert "installation.key" not in sitting.words
