"""Which screen each route leads to: the only file that imports screens."""

from cptkiosk.ui.navigator import Route, Routes
from cptkiosk.ui.screens.bundle_queue import BundleQueueScreen
from cptkiosk.ui.screens.check_in.screen import CheckInScreen
from cptkiosk.ui.screens.close_out.screen import CloseOutScreen
from cptkiosk.ui.screens.find import FindScreen
from cptkiosk.ui.screens.first_run import FirstRunScreen
from cptkiosk.ui.screens.irregularities import IrregularitiesScreen
from cptkiosk.ui.screens.irregularity import IrregularityScreen
from cptkiosk.ui.screens.muster import MusterScreen
from cptkiosk.ui.screens.person import PersonScreen
from cptkiosk.ui.screens.plan import PlanScreen
from cptkiosk.ui.screens.records import RecordsScreen
from cptkiosk.ui.screens.roll_call import RollCallScreen
from cptkiosk.ui.screens.roster.check import RosterCheckScreen
from cptkiosk.ui.screens.roster.screen import RosterScreen
from cptkiosk.ui.screens.scores.screen import ScoresScreen
from cptkiosk.ui.screens.seat_map import SeatMapScreen
from cptkiosk.ui.screens.session_roster import SessionRosterScreen
from cptkiosk.ui.screens.sign_in import LockScreen, SignInScreen
from cptkiosk.ui.screens.staff import StaffScreen
from cptkiosk.ui.screens.start import StartScreen
from cptkiosk.ui.screens.testing.screen import TestingScreen
from cptkiosk.ui.screens.today import TodayScreen
from cptkiosk.ui.screens.vendor.check import VendorCheckScreen
from cptkiosk.ui.screens.wall import WallScreen

ROUTES: Routes = {
    Route.CHECK_IN: CheckInScreen,
    Route.CLOSE_OUT: CloseOutScreen,
    Route.FIND: FindScreen,
    Route.FIRST_RUN: FirstRunScreen,
    Route.IRREGULARITIES: IrregularitiesScreen,
    Route.IRREGULARITY: IrregularityScreen,
    Route.LOCK: LockScreen,
    Route.MUSTER: MusterScreen,
    Route.PEOPLE: SessionRosterScreen,
    Route.PERSON: PersonScreen,
    Route.PLAN: PlanScreen,
    Route.RECORDS: RecordsScreen,
    Route.ROLL_CALL: RollCallScreen,
    Route.ROSTER: RosterScreen,
    Route.ROSTER_CHECK: RosterCheckScreen,
    Route.SCORES: ScoresScreen,
    Route.SEATS: SeatMapScreen,
    Route.SIGN_IN: SignInScreen,
    Route.STAFF: StaffScreen,
    Route.START: StartScreen,
    Route.TESTING: TestingScreen,
    Route.TODAY: TodayScreen,
    Route.UPLOAD: BundleQueueScreen,
    Route.VENDOR_CHECK: VendorCheckScreen,
    Route.WALL: WallScreen,
}
