"""Every screen in its main states, group by group."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from cptkiosk.desk import Desk
from cptkiosk.domain.commands import testing as c
from cptkiosk.domain.commands.closing import (
    ReconcileScratch,
    RecordBundle,
    SeeIrregularities,
)
from cptkiosk.domain.destinations import DestinationSettings
from cptkiosk.domain.values import MINUTE_MS, Actor
from cptkiosk.host.work_progress import WorkProgress
from cptkiosk.ui.dialogs.progress_dialog import WorkDialog
from cptkiosk.ui.screens.bundle_queue import BundleQueueScreen
from cptkiosk.ui.screens.find import FindScreen
from cptkiosk.ui.screens.irregularities import IrregularitiesScreen
from cptkiosk.ui.screens.irregularity import IrregularityScreen
from cptkiosk.ui.screens.muster import MusterScreen
from cptkiosk.ui.screens.person import PersonScreen
from cptkiosk.ui.screens.plan import PlanScreen
from cptkiosk.ui.screens.records import RecordsScreen
from cptkiosk.ui.screens.roster.check import RosterCheckScreen
from cptkiosk.ui.screens.roster.screen import RosterScreen
from cptkiosk.ui.screens.staff import StaffScreen
from cptkiosk.ui.screens.vendor.check import VendorCheckScreen
from golden import people
from golden.camera import Camera, Shot, camera_at
from support.center import DANA, DANA_PIN, LEE, LEE_PIN
from support.screens import screen_for
from support.sessions import advance, halted

Take = Callable[[Camera], Awaitable[None]]


class Group(NamedTuple):
    """Shots of one kiosk, whose record was brought to one point of the day."""

    before: Callable[[Desk], object] | None
    take: Take
    actor: Actor | None = LEE
    wall: bool = False


async def shots_of(group: Group, folder: Path) -> list[Shot]:
    """Take every shot of a group."""
    opened = camera_at(folder, group.actor, group.before, wall=group.wall)
    async with opened as camera:
        await group.take(camera)
        return camera.shots


async def _asked(camera: Camera, name: str, *keys: str) -> None:
    """Take the question that a key asks, then leave it; some ask nothing now."""
    behind = camera.at.screen
    await camera.at.press(*keys)
    await camera.snap(name)
    if camera.at.screen is not behind:
        await camera.at.press("escape")


# Before and around a session


async def _first_run(camera: Camera) -> None:
    await camera.snap("first-run")
    await camera.at.press(*["enter"] * 6)
    await camera.snap("first-run-errors")
    await _asked(camera, "help-first-run", "f1")


async def _sign_in(camera: Camera) -> None:
    await camera.snap("sign-in")
    await camera.at.press("enter")
    await camera.at.type("000000")
    await camera.at.press("enter")
    await camera.snap("sign-in-refused")
    await _asked(camera, "help-sign-in", "f1")


async def _today_empty(camera: Camera) -> None:
    await camera.snap("today-empty")
    await _asked(camera, "help-today", "question_mark")
    await camera.at.show(BundleQueueScreen())
    await camera.snap("upload-empty")
    await _asked(camera, "help-upload", "question_mark")
    await camera.at.show(StaffScreen())
    await camera.snap("staff")
    await _asked(camera, "help-staff", "question_mark")
    await camera.at.show(PlanScreen())
    await camera.snap("plan")
    await camera.at.press("tab", "tab", "tab", "enter")
    await camera.snap("plan-errors")
    await camera.at.press("escape")
    await camera.at.show(RecordsScreen())
    await camera.snap("records-empty")


async def _roster(camera: Camera) -> None:
    await camera.at.show(RosterScreen())
    await camera.snap("roster")
    await camera.at.type("rosters/northfield.csv")
    await camera.at.press("enter")
    await camera.snap("roster-found")
    for file in ("messy.tsv", "vendor-user-codes.csv"):
        await camera.at.show(RosterCheckScreen(ROSTERS / file))
        await camera.snap(f"roster-check-{file.partition('.')[0]}")
    await _asked(camera, "help-roster-check", "question_mark")
    await _asked(camera, "ask-columns", "c")
    await _asked(camera, "ask-reading", "e")
    progress = WorkProgress()
    progress(5_000, 20_000)
    await camera.at.show(WorkDialog("importing the roster", progress))
    await camera.snap("working")
    progress.request_stop()
    camera.at.showing(WorkDialog).finish()


OFFICIAL = Path(__file__).parents[1] / "data" / "reports" / "official.csv"
ROSTERS = Path(__file__).parents[1] / "data" / "rosters"


async def _planned(camera: Camera) -> None:
    await camera.snap("today-planned")
    await camera.at.show(screen_for("people", "a"))
    await camera.snap("people")
    await _asked(camera, "ask-open-check-in", "o")
    await _asked(camera, "ask-cancel", "C")
    await _asked(camera, "help-people", "question_mark")


async def _nobody(camera: Camera) -> None:
    await camera.at.show(screen_for("people", "a"))
    await camera.snap("people-empty")
    await camera.at.show(screen_for("check-in", "a"))
    await camera.snap("check-in-empty")
    await camera.at.show(screen_for("scores", "a"))
    await camera.snap("scores-empty")
    await camera.at.show(IrregularitiesScreen("a"))
    await camera.snap("irregularities-empty")


# At the door


async def _check_in(camera: Camera) -> None:
    await camera.snap("today-check-in")
    await camera.at.show(screen_for("check-in", "a"))
    await camera.snap("check-in", color=True)
    for name, key in {
        "ask-failed-gate": "x",
        "ask-deny": "d",
        "ask-waive": "w",
        "ask-seat": "z",
        "ask-name": "K",
        "ask-walk-in": "n",
        "ask-module": "M",
        "ask-hand-over": "H",
    }.items():
        await _asked(camera, name, key)
    await _asked(camera, "help-check-in", "question_mark")
    await camera.at.press("slash")
    await camera.at.type("chen")
    await camera.snap("check-in-find")
    await camera.at.press("escape")
    await camera.at.show(screen_for("start", "a"))
    await camera.snap("start-not-ready")


async def _start(camera: Camera) -> None:
    await camera.at.show(screen_for("start", "a"))
    await camera.snap("start")
    await _asked(camera, "help-start", "question_mark")
    await camera.at.press("enter")
    await camera.snap("countdown")


# While the clocks run


async def _testing(camera: Camera) -> None:
    await camera.snap("today-testing")
    await camera.at.show(screen_for("testing", "a"))
    await camera.snap("testing", color=True)
    for name, key in {
        "ask-pause": "p",
        "ask-credit": "c",
        "ask-halt": "h",
        "ask-end-early": "x",
        "ask-move": "z",
        "ask-vendor-clock": "v",
        "ask-note": "n",
        "ask-abandon": "X",
    }.items():
        await _asked(camera, name, key)
    await _asked(camera, "help-testing", "question_mark")
    await camera.at.press("i")
    await camera.snap("irregularity")
    await _asked(camera, "help-irregularity", "f1")
    await camera.at.press("escape")
    await camera.at.press("I")
    await camera.snap("irregularities")
    await camera.at.press("enter")
    await camera.snap("irregularity-whole")
    await camera.at.press("escape")
    await _asked(camera, "help-irregularities", "question_mark")
    await camera.at.press("escape")
    await _asked(camera, "ask-action", "colon")
    await _asked(camera, "seat-map", "m")
    await camera.at.show(FindScreen())
    await camera.snap("find")
    await _asked(camera, "help-find", "f1")
    await camera.at.press("escape")
    await camera.at.press("ctrl+l")
    await camera.snap("lock")
    await camera.at.resize(60, 15)
    camera.shots.append(Shot("80x24", "too-small", camera.at.frame + "\n", ()))


async def _announcing(camera: Camera) -> None:
    await camera.at.show(screen_for("testing", "a"))
    await camera.snap("testing-announce")
    await _asked(camera, "ask-announce", "a")


async def _on_24_hour_clock(camera: Camera) -> None:
    await camera.at.show(screen_for("testing", "a"))
    await camera.snap("testing-24-hour")
    await camera.at.show(PlanScreen())
    await camera.snap("plan-24-hour")


async def _walk_due(camera: Camera) -> None:
    await camera.at.show(screen_for("testing", "a"))
    await camera.snap("testing-walk")


async def _time_up(camera: Camera) -> None:
    await camera.at.show(screen_for("testing", "a"))
    await camera.snap("testing-time-up")
    await _asked(camera, "ask-finish", "enter")


async def _halted(camera: Camera) -> None:
    await camera.snap("today-halted")
    await camera.at.show(screen_for("testing", "a"))
    await camera.snap("halted")
    await camera.at.press("enter")
    await camera.snap("roll-call")
    await camera.at.show(MusterScreen("a"))
    await camera.snap("muster")
    await _asked(camera, "help-muster", "question_mark")
    await camera.at.press("escape", "enter")
    await camera.at.press("space")
    await camera.snap("roll-call-one-back")
    await _asked(camera, "ask-resume", "r")
    await _asked(camera, "help-roll-call", "question_mark")


# Afterward


async def _scores(camera: Camera) -> None:
    await camera.snap("today-scores")
    await camera.at.show(screen_for("scores", "a"))
    await camera.snap("scores", color=True)
    await _asked(camera, "ask-score", "s")
    await _asked(camera, "ask-no-score", "x")
    await _asked(camera, "help-scores", "question_mark")
    await camera.at.show(screen_for("close-out", "a"))
    await camera.snap("close-out")
    await _asked(camera, "ask-paper", "p")
    await _asked(camera, "help-close-out", "question_mark")
    await camera.at.show(RecordsScreen())
    await camera.snap("records")
    await _asked(camera, "help-records", "question_mark")
    await camera.at.show(PersonScreen("100411"))
    await camera.snap("person")
    for name, key in {
        "ask-fee": "f",
        "ask-supplement": "o",
        "ask-consent": "c",
        "ask-link": "l",
    }.items():
        await _asked(camera, name, key)
    await _asked(camera, "help-person", "question_mark")


async def _judged(camera: Camera) -> None:
    await camera.at.show(screen_for("scores", "a"))
    await camera.at.press("end")
    await _asked(camera, "ask-validity", "V")


async def _sealed(camera: Camera) -> None:
    await camera.at.show(screen_for("close-out", "a"))
    await camera.at.press("p", "1", "0", "enter", "enter")
    await camera.snap("close-out-ready")
    await _asked(camera, "ask-seal", "s")
    await camera.at.press("s", "enter")
    await camera.at.type(DANA_PIN)
    await camera.at.press("enter")
    await camera.snap("close-out-sealed")
    # The folder proposed has another name at each run.
    await _asked(camera, "ask-bundle", "b", *"usb")
    await camera.at.press("escape")
    await camera.at.show(BundleQueueScreen())
    await camera.snap("upload")
    record = camera.at.app.desk.record
    state = DestinationSettings("state", "https", "https://scores.example.gov")
    record.definitions = replace(record.definitions, destinations=(state,))
    await camera.at.show(BundleQueueScreen())
    await camera.snap("upload-queued")


async def _vendor(camera: Camera) -> None:
    await camera.at.show(VendorCheckScreen(OFFICIAL))
    await camera.snap("vendor-check")
    await _asked(camera, "help-vendor-check", "question_mark")
    await _asked(camera, "ask-vendor-scores", "s")
    await camera.at.press("enter")
    await camera.snap("vendor-recorded")
    await camera.at.show(screen_for("scores", "a"))
    await camera.snap("scores-official")
    await camera.at.show(PersonScreen("100801"))
    await camera.snap("person-official-differs")


async def _codes(camera: Camera) -> None:
    await camera.at.show(screen_for("close-out", "a"))
    await camera.snap("close-out-codes")
    await _asked(camera, "ask-codes", "c")


def _with_bundle(desk: Desk) -> None:
    people.settled(desk)
    for one in desk.session("a").in_force:
        seen = (one.event.irregularity_id,)
        desk.perform(SeeIrregularities(session_id="a", saw=seen), DANA)
    desk.perform(ReconcileScratch(session_id="a", returned=10), DANA)
    desk.seal("a", DANA, DANA_PIN)
    bundle = RecordBundle(
        session_id="a", destination="/media/usb", file_name="a.zip", sha256="0" * 64
    )
    desk.perform(bundle, DANA)


async def _wall(camera: Camera) -> None:
    await camera.snap("wall")
    await _asked(camera, "help-wall", "question_mark")


async def _wall_halted(camera: Camera) -> None:
    await camera.snap("wall-halted")


async def _wall_idle(camera: Camera) -> None:
    await camera.snap("wall-idle")


# Names that are hard to draw


async def _names(camera: Camera) -> None:
    for place in ("people", "check-in", "testing"):
        await camera.at.show(screen_for(place, "a"))
        await camera.snap(f"names-{place}")
    await camera.at.show(IrregularityScreen("a", (people.key("P1"),)))
    await camera.snap("names-irregularity")
    await camera.at.show(PersonScreen("P8"))
    await camera.snap("names-person")


def _before_announcement(desk: Desk) -> None:
    people.ready(desk)
    desk.perform(c.StartSession(session_id="a"), LEE)
    advance(desk, 60 * MINUTE_MS + 10_000)


def _after_the_end(desk: Desk) -> None:
    people.ready(desk)
    desk.perform(c.StartSession(session_id="a"), LEE)
    advance(desk, 90 * MINUTE_MS + 12_000)


def _halt(desk: Desk) -> None:
    people.running(desk)
    halted(desk, "a", 8_000)
    advance(desk, 4 * MINUTE_MS)


def _two(desk: Desk) -> None:
    people.next_week(desk)
    people.planned(desk)


def _hostile(desk: Desk) -> None:
    people.ready(desk, people.HOSTILE)
    desk.perform(c.StartSession(session_id="a"), LEE)
    advance(desk, 12 * MINUTE_MS)


def _on_24_hours(desk: Desk) -> None:
    people.running(desk)
    policies = replace(desk.definitions.policies, clock="24")
    desk.record.definitions = replace(desk.definitions, policies=policies)


GROUPS = {
    "first-run": Group(None, _first_run, actor=None),
    "sign-in": Group(people.running, _sign_in, actor=None),
    "today": Group(lambda _: None, _today_empty),
    "roster": Group(lambda _: None, _roster),
    "nobody": Group(people.plan, _nobody),
    "planned": Group(_two, _planned),
    "check-in": Group(people.checking_in, _check_in),
    "start": Group(people.ready, _start),
    "testing": Group(people.running, _testing),
    "announcing": Group(_before_announcement, _announcing),
    "24-hour": Group(_on_24_hours, _on_24_hour_clock),
    "walk-due": Group(people.walk_due, _walk_due),
    "time-up": Group(_after_the_end, _time_up),
    "halted": Group(_halt, _halted),
    "scores": Group(people.scored, _scores),
    "judged": Group(people.settled, _judged, actor=DANA),
    "sealed": Group(people.settled, _sealed),
    "vendor": Group(people.settled, _vendor, actor=DANA),
    "codes": Group(_with_bundle, _codes, actor=DANA),
    "wall": Group(people.running, _wall, wall=True, actor=None),
    "wall-halted": Group(_halt, _wall_halted, wall=True, actor=None),
    "wall-idle": Group(lambda _: None, _wall_idle, wall=True, actor=None),
    "names": Group(_hostile, _names),
}
"""What is taken together, by name."""

PINS = {DANA: DANA_PIN, LEE: LEE_PIN}
