"""PINs: tried, waited for, reset; and the interpreter that is refused."""

import subprocess
import sys
from pathlib import Path

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.state.center import FREE_TRIES, LOCK_TRIES
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import HOUR_MS, MINUTE_MS, Refused, Role
from cptkiosk.words import explain
from support.center import DANA, DANA_PIN, LEE, LEE_PIN, open_desk
from support.sessions import a_session, advance, dated_now, hand_clock
from support.verdicts import refuses

WRONG, NEW = "000000", "581604"
SAM_PIN = "615283"


def fail(desk: Desk, times: int) -> None:
    for _ in range(times):
        with refuses("not correct"):
            desk.pins.sign_in("s2", WRONG)
        hand_clock(desk).advance(HOUR_MS)


def wait(desk: Desk) -> str:
    with refuses("Too many wrong PINs") as error:
        desk.pins.sign_in("s2", LEE_PIN)
    return explain(error.value)


@pytest.fixture
def waiting(desk: Desk) -> Desk:
    fail(desk, FREE_TRIES)
    with refuses("not correct"):
        desk.pins.sign_in("s2", WRONG)
    return desk


@pytest.mark.parametrize("step_ms", [HOUR_MS, -HOUR_MS])
def test_setting_the_wall_clock_does_not_shorten_or_stretch_a_wait(
    waiting: Desk, step_ms: int
) -> None:
    hand_clock(waiting).step_wall(step_ms)
    assert "30 seconds" in wait(waiting)
    hand_clock(waiting).advance(30_000)
    waiting.pins.sign_in("s2", LEE_PIN)


def test_a_wall_clock_set_back_over_a_reboot_costs_one_wait_at_most(
    waiting: Desk,
) -> None:
    hand_clock(waiting).reboot(-24 * HOUR_MS)
    assert "30 seconds" in wait(waiting)


def test_a_try_at_another_terminal_counts_before_this_one_is_recorded(
    waiting: Desk, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_clock(waiting).advance(30_000)
    other = open_desk(folder, waiting.clock, "t2")

    def meanwhile(_pin: str, _stored: str) -> bool:
        monkeypatch.undo()
        with refuses("not correct"):
            other.pins.sign_in("s2", WRONG)
        return True

    monkeypatch.setattr("cptkiosk.desk.pins.pin_fits", meanwhile)
    with refuses("Too many wrong PINs"):
        waiting.pins.sign_in("s2", LEE_PIN)
    other.ledger.close()


def test_a_new_pin_unlocks(desk: Desk) -> None:
    fail(desk, LOCK_TRIES)
    with refuses("administrator can set a new PIN"):
        desk.pins.sign_in("s2", LEE_PIN)

    desk.staff.set_pin("s2", NEW, DANA)

    assert desk.pins.sign_in("s2", NEW) == LEE
    with pytest.raises(Refused):
        desk.pins.sign_in("s2", LEE_PIN)


@pytest.mark.parametrize("pin", ["123456", "777777", "12345", "48291a", ""])
def test_a_pin_that_is_easy_to_guess_is_refused_wherever_it_is_set(
    desk: Desk, pin: str
) -> None:
    with refuses("PIN"):
        desk.staff.add_staff("Kim Park", Role.PROCTOR, pin, "2026-01-15", DANA)
    with refuses("PIN"):
        desk.staff.set_pin(LEE.staff_id, pin, DANA)
    assert "Kim Park" not in {one.name for one in desk.center.staff.values()}


def test_ones_own_pin_takes_the_old_one_and_anothers_the_coordinator(
    desk: Desk,
) -> None:
    with refuses("coordinator"):
        desk.staff.set_pin("s1", NEW, LEE)
    with refuses("not correct"):
        desk.staff.set_pin("s2", NEW, LEE, old_pin=DANA_PIN)
    with refuses("easy to guess"):
        desk.staff.set_pin("s2", "111111", LEE, old_pin=LEE_PIN)
    with refuses("staff list"):
        desk.staff.set_pin("s9", NEW, DANA)

    desk.staff.set_pin("s2", NEW, LEE, old_pin=LEE_PIN)

    assert desk.pins.sign_in("s2", NEW) == LEE


def run(*arguments: str, pin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments], input=pin, capture_output=True, text=True,
        check=False,
    )  # fmt: skip


def test_the_command_line_sets_a_pin(desk: Desk, folder: Path) -> None:
    command = ["-m", "cptkiosk", "--data-dir", str(folder), "staff", "pin", "--name"]

    dated_now(desk)
    done = run(*command, "lee wong", "--pin-stdin", pin=f"{NEW}\n")
    unknown = run(*command, "Nobody", "--pin-stdin", pin=f"{NEW}\n")

    assert done.returncode == 0, done.stderr
    assert "Lee Wong" in done.stdout
    assert unknown.returncode == 1
    assert desk.pins.sign_in("s2", NEW) == LEE


def test_python_without_its_assertions_is_refused() -> None:
    done = run("-O", "-m", "cptkiosk", "--version")

    assert done.returncode == 2
    assert "Run it without -O" in done.stderr


@pytest.mark.parametrize(
    ("own", "theirs", "whose"),
    [("000000", SAM_PIN, "s2"), (LEE_PIN, "000000", "s3"), (LEE_PIN, LEE_PIN, "s3")],
)
def test_a_hand_over_takes_the_pin_of_each(
    desk: Desk, own: str, theirs: str, whose: str
) -> None:
    desk.staff.add_staff("Sam Roe", Role.PROCTOR, SAM_PIN, "", DANA)
    a_session(desk)
    before = desk.session("a")

    with refuses("PIN"):
        desk.hand_over("a", LEE, own, "s3", theirs)
    assert desk.session("a") == before
    assert [one for one in ("s2", "s3") if desk.center.staff[one].failed] == [whose]

    advance(desk, MINUTE_MS)
    desk.hand_over("a", LEE, LEE_PIN, "s3", SAM_PIN)
    assert desk.session("a").lead == "s3"


def test_a_seal_takes_the_pin_of_its_signer(desk: Desk) -> None:
    a_session(desk, 1, Stage.ENDED)

    with refuses("PIN"):
        desk.seal("a", LEE, DANA_PIN)
    assert desk.session("a").stage is Stage.ENDED

    advance(desk, MINUTE_MS)
    desk.seal("a", LEE, LEE_PIN)
    assert desk.session("a").signed_by == LEE.staff_id


def test_signing_in_and_changing_a_pin_need_the_right_pin(desk: Desk) -> None:
    with refuses("PIN"):
        desk.pins.sign_in("s2", DANA_PIN)
    with refuses("PIN"):
        desk.staff.set_pin("s1", NEW, DANA, old_pin=LEE_PIN)
