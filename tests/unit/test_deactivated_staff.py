"""Who is deactivated does nothing more here; a center keeps one coordinator."""

import json
from pathlib import Path

import pytest

from cptkiosk.cli.main import main
from cptkiosk.desk import Desk
from cptkiosk.domain.commands import irregularity as c
from cptkiosk.domain.events.center import SignedOut
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import Actor, Role
from cptkiosk.errors import ExitCode
from cptkiosk.words import describe_step
from support.center import DANA, DANA_PIN, LEE, LEE_PIN, open_desk
from support.sessions import a_session
from support.verdicts import refuses


def test_a_deactivated_person_cannot_sign_in_until_reactivated(desk: Desk) -> None:
    desk.staff.change_staff("s2", DANA, active=False)
    with refuses("Lee Wong has been deactivated"):
        desk.pins.sign_in("s2", LEE_PIN)

    desk.staff.change_staff("s2", DANA, active=True)
    assert desk.pins.sign_in("s2", LEE_PIN) == LEE


def test_a_person_deactivated_while_signed_in_records_nothing_more(
    desk: Desk, folder: Path
) -> None:
    a_session(desk, 1, Stage.RUNNING, "a")
    desk.staff.change_staff("s2", DANA, active=False)
    head = desk.ledger.head()

    with refuses("deactivated"):
        desk.perform(c.TakeNote(session_id="a", text="later"), LEE)
    desk.pins.sign_out(LEE)
    assert desk.ledger.head() == head


def test_the_last_active_coordinator_stays_one(desk: Desk) -> None:
    with refuses("only active coordinator"):
        desk.staff.change_staff("s1", DANA, active=False)
    with refuses("only active coordinator"):
        desk.staff.change_staff("s1", DANA, role=Role.PROCTOR)

    desk.staff.change_staff("s2", DANA, role=Role.COORDINATOR)
    desk.staff.change_staff("s1", DANA, active=False)
    assert desk.center.coordinators == {"s2"}
    with refuses("only active coordinator"):
        desk.staff.change_staff("s2", Actor("s2", Role.COORDINATOR), active=False)


def test_only_a_coordinator_changes_the_staff(desk: Desk) -> None:
    with refuses("coordinator"):
        desk.staff.change_staff("s1", LEE, active=False)
    with refuses("coordinator"):
        desk.staff.change_staff("s2", LEE, role=Role.COORDINATOR)


def test_a_coordinator_made_a_proctor_acts_as_one_at_once(desk: Desk) -> None:
    desk.staff.change_staff("s2", DANA, role=Role.COORDINATOR)
    now = desk.pins.sign_in("s2", LEE_PIN)
    assert now.role is Role.COORDINATOR
    desk.staff.change_staff("s2", DANA, role=Role.PROCTOR)

    with refuses("is now a proctor"):
        desk.staff.add_staff("Sam Lee", Role.PROCTOR, "604817", "", now)
    assert desk.pins.sign_in("s2", LEE_PIN).role is Role.PROCTOR


def test_a_session_led_by_a_deactivated_person_must_be_handed_over(
    desk: Desk,
) -> None:
    a_session(desk, 1, Stage.RUNNING, "a")
    assert desk.session("a").lead == "s2"
    desk.staff.change_staff("s2", DANA, active=False)

    step = desk.next_step(desk.session("a"))
    assert describe_step(step) == "hand over the session: Lee Wong was deactivated"
    desk.hand_over("a", DANA, DANA_PIN, "s1", DANA_PIN)
    assert desk.session("a").lead == "s1"


def test_it_is_the_same_after_opening_again(desk: Desk, folder: Path) -> None:
    desk.staff.change_staff("s2", DANA, role=Role.COORDINATOR)
    desk.staff.change_staff("s2", DANA, active=False)

    assert open_desk(folder, desk.clock, "lab2").center == desk.center


def test_the_command_changes_and_lists(
    desk: Desk, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.ledger.close()
    staff = ["--data-dir", str(folder), "staff"]
    change = [*staff, "change", "--name", "Lee Wong"]

    assert main([*change, "--deactivate", "--json"]) == ExitCode.DONE
    assert json.loads(capsys.readouterr().out)["active"] is False
    assert main([*staff, "list"]) == ExitCode.DONE
    assert "deactivated" in capsys.readouterr().out
    given = ("--reactivate", "--role", "coordinator", "--trained-on", "2026-02-01")
    assert main([*change, *given]) == ExitCode.DONE
    assert "coordinator, active, trained on Feb 1, 2026" in capsys.readouterr().out
    assert main(change) == ExitCode.USAGE
    gone = [*staff, "change", "--name", "Nobody", "--deactivate"]
    assert main(gone) == ExitCode.REFUSED


def test_a_terminal_that_has_not_looked_since_records_nothing_for_them(
    desk: Desk, folder: Path
) -> None:
    a_session(desk, 1, Stage.RUNNING, "a")
    other = open_desk(folder, desk.clock, "t2")
    other.session("a")
    desk.staff.change_staff("s2", DANA, active=False)
    head = desk.ledger.head()

    with refuses("deactivated"):
        other.perform(c.TakeNote(session_id="a", text="later"), LEE)
    other.pins.sign_out(LEE)
    assert desk.ledger.head() == head
    other.ledger.close()


def test_a_request_from_a_deactivated_person_cannot_be_approved(desk: Desk) -> None:
    a_session(desk, 1, Stage.RUNNING, "a")
    desk.staff.change_staff("s2", DANA, active=False)
    approved = desk.pins.check_approver("s1", DANA_PIN, LEE)

    with refuses("Lee Wong has been deactivated"):
        desk.perform(c.TakeNote(session_id="a", text="later"), approved)


def test_a_coordinator_made_a_proctor_can_still_sign_out(desk: Desk) -> None:
    desk.staff.change_staff("s2", DANA, role=Role.COORDINATOR)
    now = desk.pins.sign_in("s2", LEE_PIN)
    desk.staff.change_staff("s2", DANA, role=Role.PROCTOR)

    desk.pins.sign_out(now)

    last = list(desk.ledger.read_stream("center"))[-1]
    assert (last.actor, type(last.event)) == ("s2", SignedOut)


def test_the_command_changes_everything_or_nothing(
    desk: Desk, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    head = desk.ledger.head()
    desk.ledger.close()
    change = ["--data-dir", str(folder), "staff", "change", "--name", "Dana Ortiz"]

    assert main([*change, "--trained-on", "2026-02-01", "--deactivate"]) == (
        ExitCode.REFUSED
    )
    assert "only active coordinator" in capsys.readouterr().err
    assert open_desk(folder, desk.clock).ledger.head() == head
