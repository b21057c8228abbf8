"""What the Next line says Enter does, Enter does: on every screen, stage and row."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.closing import ReconcileScratch
from cptkiosk.domain.commands.testing import GiveCredit
from cptkiosk.domain.guidance.step import Step
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import MINUTE_MS
from cptkiosk.ui.dialogs.form_dialog import FormDialog
from cptkiosk.ui.frame.action_table import ENTER
from cptkiosk.ui.frame.session_screen import SessionScreen
from cptkiosk.ui.navigator import route_of
from cptkiosk.ui.next_screen import ROUTE_OF_STEP
from cptkiosk.ui.widgets.filterable_table import FilterableTable
from cptkiosk.words import describe_step
from support.center import DANA, LEE
from support.crowds import A, in_stage
from support.irregularities import record
from support.screens import screen_for
from support.sessions import a_session, advance, attempt_id, ended, seated
from support.sitting import Sitting, events_of, sit_down

PLACES = (
    "people", "check-in", "start", "testing", "muster", "roll-call", "scores",
    "close-out",
)  # fmt: skip


@dataclass(frozen=True)
class Deed:
    """What one Enter did."""

    events: tuple[Any, ...]
    title: str
    """The title of the question that it opened, or an empty string."""

    place: str
    """The screen that is in front afterward."""

    about: str
    """What the cursor of that screen is on, or the person whose card it is."""

    then: Step | None
    """The step of that screen's Next line."""

    @property
    def names(self) -> tuple[str, ...]:
        """The kinds of what was recorded."""
        return tuple(type(one).__name__ for one in self.events)


def is_of(step: Step, name: str, deed: Deed) -> bool:
    """Return whether something was recorded or asked about the person of the step."""
    recorded = [getattr(one, "attempt_id", "") for one in deed.events]
    return step.attempt_id in recorded or name in deed.title


Promise = Callable[[Step, str, Deed], bool]
PROMISES: dict[str, Promise] = {
    "go-to": lambda step, _, deed: deed.about == step.attempt_id and not deed.events,
    "start": lambda _, __, deed: "SessionStarted" in deed.names,
    "open": lambda _, __, deed: deed.title.startswith("Open check-in"),
    "plan": lambda _, __, deed: "CandidateAssigned" in deed.names,
    "end": lambda _, __, deed: "SessionEnded" in deed.names,
    "announce": lambda _, __, deed: deed.title.startswith(("Read aloud", "Say quietly")),
    "missed": lambda _, __, deed: deed.place == "irregularity",
    "report": lambda _, __, deed: deed.place == "irregularity",
    "late": lambda step, name, deed: (
        is_of(step, name, deed) or (deed.place, deed.about) == ("check-in", step.attempt_id)
    ),
    "person": lambda _, __, deed: deed.place == "person",
    "resume": lambda _, __, deed: deed.place == "roll-call",
    "close-out": lambda _, __, deed: "scratch paper" in deed.title.lower(),
    "seal": lambda _, __, deed: deed.title == "Sign and seal",
    "amend": lambda _, __, deed: "mend" in deed.title,
    "bundle": lambda _, __, deed: deed.title == "Write the results bundle",
    "today": lambda _, __, deed: deed.place == "today",
    "leave": lambda _, __, deed: not deed.events and not deed.title,
    "next": lambda _, __, deed: deed.place != "" and bool(deed.events or deed.title),
}  # fmt: skip
"""Whether a deed is what a step promised; `is_of` for steps that are not here."""


def keeps(step: Step, name: str, deed: Deed, place: str) -> bool:
    """Return whether Enter did what was promised, or led to where it is promised again."""
    led = deed.place != place and deed.place == ROUTE_OF_STEP.get(step.action)
    if led and deed.then is not None and not deed.title:
        same_person = step.attempt_id in {"", deed.then.attempt_id, deed.about}
        return same_person and not deed.events
    return PROMISES.get(step.action, is_of)(step, name, deed)


async def press_enter(sitting: Sitting, desk: Desk, place: str) -> str:
    """Press Enter on the screen in front; return what differs from the promise."""
    screen = sitting.screen
    assert isinstance(screen, SessionScreen)
    step, key, line = screen.next_line.step, screen.next_line.key, sitting.frame
    assert describe_step(step)[:30] in line
    one = screen.session.attempts.get(step.attempt_id)
    name = "nobody" if one is None else one.person.text.partition(",")[0]
    before = len(events_of(desk))
    await sitting.press("enter")
    front = sitting.screen
    base = front if isinstance(front, SessionScreen) else None
    tables = list(base.query(FilterableTable)) if base is not None else []
    deed = Deed(
        tuple(events_of(desk)[before:]),
        _title(front),
        str(route_of(front) or ""),
        tables[0].cursor_key if tables else "",
        base.next_line.step if base is not None else None,
    )
    said = f"{place}: {step.action} {describe_step(step)!r} [{key}] -> {deed}"
    if key == ENTER:
        return "" if keeps(step, name, deed, place) else said
    # Muster goes on by Enter whatever Next says, as its line of keys has it.
    untouched = not deed.events and (not deed.title or place == "muster")
    return "" if untouched else said


def _title(screen: object) -> str:
    if not isinstance(screen, FormDialog):
        return ""
    title = screen._question.title
    return title() if callable(title) else title


async def walk(
    desk: Desk, folder: Path, places: tuple[str, ...] = PLACES, rows: int = 99
) -> list[str]:
    """Press Enter on the first rows of screens; return where it broke its promise."""
    wrong = []
    async with sit_down(desk, folder, DANA) as sitting:
        for place in places:
            at, keys = 0, ("",)
            while at < min(len(keys), rows):
                while sitting.app.navigator.can_go_back:
                    await sitting.app.pop_screen()
                await sitting.show(screen_for(place, A))
                for table in sitting.screen.query(FilterableTable):
                    keys = keys if at else table.shown_keys or ("",)
                    table.move_to(keys[at])
                await sitting.settle()
                at += 1
                if isinstance(sitting.screen, SessionScreen):
                    wrong.append(await press_enter(sitting, desk, place))
    return list(filter(None, wrong))


@pytest.mark.parametrize("stage", Stage)
async def test_enter_keeps_what_the_next_line_promises(
    desk: Desk, folder: Path, stage: Stage
) -> None:
    in_stage(desk, stage)
    every = {Stage.CHECK_IN, Stage.RUNNING}
    places = [one for one in PLACES if stage not in every or one != "check-in"]
    assert await walk(desk, folder, tuple(places), rows=1) == []
    if stage in every:
        assert await walk(desk, folder, ("check-in",)) == []


async def test_enter_keeps_its_promise_while_everybody_is_seated(
    desk: Desk, folder: Path
) -> None:
    session = a_session(desk, 2, Stage.CHECK_IN)
    for one in session.attempts:
        seated(desk, A, one)
    assert await walk(desk, folder, ("check-in", "start", "close-out")) == []


@pytest.mark.parametrize("minutes", [59, 62, 92])
async def test_enter_keeps_its_promise_around_announcements(
    desk: Desk, folder: Path, minutes: int
) -> None:
    a_session(desk, 2)
    advance(desk, minutes * MINUTE_MS)
    places = ("testing", "scores", "check-in")
    assert await walk(desk, folder, places, rows=1) == []


async def test_enter_keeps_its_promise_beside_marks(desk: Desk, folder: Path) -> None:
    a_session(desk, 2)
    ask = GiveCredit(
        session_id=A, attempt_id=attempt_id("P1"), credit_ms=-89 * MINUTE_MS,
        reason="wrong test",
    )  # fmt: skip
    desk.perform(ask, DANA)
    advance(desk, 2 * MINUTE_MS)
    async with sit_down(desk, folder, LEE) as sitting:
        await sitting.show(screen_for("testing", A))
        await sitting.press("end", "space")
        assert await press_enter(sitting, desk, "testing") == ""


async def test_enter_keeps_its_promise_on_each_line_of_the_close_out(
    desk: Desk, folder: Path
) -> None:
    """The signature is one line among others: what Next says is of the line alone."""
    a_session(desk, 2)
    record(desk)
    ended(desk, A)
    assert await walk(desk, folder, ("scores", "close-out")) == []
    desk.perform(ReconcileScratch(session_id=A, returned=2), LEE)
    assert await walk(desk, folder, ("close-out",)) == []


async def test_enter_only_shows_a_step_that_became_due_since_the_line_was_drawn(
    desk: Desk, folder: Path
) -> None:
    a_session(desk, 2)
    advance(desk, 60 * MINUTE_MS)
    async with sit_down(desk, folder, LEE) as sitting:
        await sitting.show(screen_for("testing", A))
        assert "announce 30 minutes left" in sitting.words
        # It is missed by now, but the line has not been drawn again.
        advance(desk, 2 * MINUTE_MS)
        await sitting.press("enter")
        assert "Enter did nothing" in sitting.words
        assert 'say why "30 minutes left" was not announced' in sitting.words
        assert route_of(sitting.screen) == "testing"
