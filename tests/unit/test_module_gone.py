"""A center takes the file of a module away while rolls and registrations still name it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.state.candidate import RegisterPerson, Registration
from cptkiosk.domain.state.session import Stage
from cptkiosk.services.assignment import build_assignment, refresh_rolls
from support.center import LEE, open_desk
from support.clock import HandClock
from support.sessions import a_session
from support.verdicts import refuses


@pytest.fixture
def gone(desk: Desk, folder: Path, clock: HandClock) -> Iterator[Desk]:
    """A desk that knows a module no more, with people on two rolls, one of them its."""
    shipped = desk.definitions
    sixth = replace(shipped.modules[0], id="sixth", name="Sixth", short="Sixth")
    desk.record.definitions = replace(shipped, modules=(*shipped.modules, sixth))
    a_session(desk, 2, stage=Stage.CHECK_IN, module="sixth")
    a_session(desk, 2, stage=Stage.CHECK_IN, session_id="b")
    desk.ledger.close()
    again = open_desk(folder, clock)
    yield again
    again.ledger.close()


def test_a_corrected_roster_still_corrects_every_other_roll(gone: Desk) -> None:
    people = {"P1": "sixth", "bP1": "safety"}
    gone.registrar.register(
        [
            RegisterPerson(
                participant_id=one,
                family_name="Corrected",
                given_name="Kim",
                registration=Registration(module, f"CODE-{module}-{one}"),
            )
            for one, module in people.items()
        ],
        LEE,
    )
    refresh_rolls(gone, frozenset(people), LEE)
    assert gone.session("b").attempts["bP1-safety"].person.text == "Corrected, Kim"
    assert gone.session("a").attempts["P1-sixth"].person.text == "FamilyP1, Kim"


def test_it_is_said_which_module_and_what_to_do(gone: Desk) -> None:
    with refuses(r'Module "sixth" is not defined.*Put its file back'):
        build_assignment(gone, "a", "P1", "sixth")
