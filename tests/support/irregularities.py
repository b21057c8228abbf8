"""Irregularities recorded beside a screen, and the fields of their form."""

from typing import Any

from cptkiosk.desk import Desk
from cptkiosk.domain.commands import irregularity as c
from cptkiosk.ui.widgets.form import Form
from support.center import LEE
from support.sessions import attempt_id
from support.sitting import Sitting

FIRST = attempt_id("P1")
PEOPLE = (FIRST, attempt_id("P2"))


def recorded(desk: Desk) -> list[Any]:
    """Return the events of all irregularities, in the order recorded."""
    return [one.event for one in desk.session("a").irregularities]


def record(desk: Desk, code: str = "TEC-STATION", **changes: Any) -> str:
    """Record an irregularity beside the screen; it may lack something."""
    fields = {
        "severity": 1, "scope": "attempt", "validity": "none", "action_taken": "",
        "attempt_ids": (FIRST,), "observed": "the screen is black", **changes,
    }  # fmt: skip
    desk.perform(c.RecordIrregularity(session_id="a", code=code, **fields), LEE)
    irregularity_id: str = recorded(desk)[-1].irregularity_id
    return irregularity_id


async def go_to(sitting: Sitting, name: str) -> None:
    """Go down to a field of the form."""
    form = sitting.screen.query_one(Form)
    form.focus_field(name)
    await sitting.settle()
