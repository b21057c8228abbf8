"""Once everybody is resolved what comes next is the start: the late come later."""

from cptkiosk.desk import Desk
from cptkiosk.domain.state.attempt import AttemptProgress
from cptkiosk.domain.state.session import Stage
from cptkiosk.ui.screens.start import StartScreen
from support.sessions import a_session, attempt, attempt_id, seated
from support.sitting import SitDown


async def test_the_last_person_marked_late_leads_to_the_start(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 2, Stage.CHECK_IN)
    seated(desk, "a", attempt_id("P1"))
    async with at("check-in") as sitting:
        await sitting.press("l")
        assert "Next: start 1 clock: everyone is accounted for" in sitting.words
        await sitting.press("enter")
        sitting.showing(StartScreen)
        assert attempt(desk, "P2").standing is AttemptProgress.LATE_EXPECTED


async def test_a_candidate_marked_late_who_comes_before_the_start_is_checked_in(
    desk: Desk, at: SitDown
) -> None:
    a_session(desk, 2, Stage.CHECK_IN)
    seated(desk, "a", attempt_id("P1"))
    async with at("check-in") as sitting:
        await sitting.press("l", "home", "end", "l")
        assert attempt(desk, "P2").standing is AttemptProgress.EXPECTED
        assert "FamilyP2, Kim - photo ID" in sitting.words
