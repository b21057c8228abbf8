"""Today's order and Next line: what is said is what Enter does."""

from itertools import product

import pytest

from cptkiosk.domain.guidance.session_order import (
    Item,
    find_task,
    next_step,
    sort_items,
)
from cptkiosk.domain.rules.receipts import Upload
from cptkiosk.domain.state.session import Stage
from cptkiosk.words import describe_step, explain_brief

WIDEST_TO_DO = 13
"""Cells of that column on Today."""


def item(
    name: str,
    stage: Stage,
    *,
    upload: Upload = Upload.NONE,
    people: int = 4,
    scores: int = 0,
    at: int = 0,
) -> Item:
    return Item(name, f"Session {name}", stage, at, people, scores, upload)


def sealed(name: str, upload: Upload) -> Item:
    return item(name, Stage.SEALED, upload=upload)


def test_the_session_that_needs_attention_comes_first_and_enter_opens_it() -> None:
    items = sort_items(
        [
            sealed("proved", Upload.RECEIVED),
            item("off", Stage.CANCELLED),
            sealed("sent", Upload.WRITTEN),
            sealed("new", Upload.WAITING),
            item("late", Stage.PLANNED, at=9),
            item("soon", Stage.PLANNED, at=5, people=0),
        ]
    )
    names = [one.session_id for one in items]
    assert names == ["soon", "late", "new", "sent", "proved", "off"]
    step = next_step(items, "soon", anybody=True)
    assert step.action == "next"
    assert describe_step(step) == "add people to Session soon"


def test_elsewhere_the_line_says_what_enter_does_there_and_what_comes_first() -> None:
    items = sort_items([item("soon", Stage.PLANNED), sealed("old", Upload.WRITTEN)])
    step = next_step(items, "old", anybody=True)
    assert step.action == "next"
    assert describe_step(step) == (
        "review sealed Session old - more urgent: open check-in, Session soon"
    )


@pytest.mark.parametrize("anybody", [True, False])
def test_cancelled_sessions_alone_need_nothing(anybody: bool) -> None:
    step = next_step([item("off", Stage.CANCELLED)], "off", anybody=anybody)
    assert (describe_step(step), step.by) == ("plan the next session", "plan")


def test_bundles_without_a_receipt_are_counted_once_nothing_else_is_due() -> None:
    items = sort_items([sealed("a", Upload.WRITTEN), sealed("b", Upload.RECEIVED)])
    step = next_step(items, "a", anybody=True)
    assert describe_step(step) == "plan the next session; 1 bundle awaiting a receipt"


def test_with_no_session_the_roster_or_a_plan_comes_first() -> None:
    assert next_step((), "", anybody=False).by == "roster"
    assert next_step((), "", anybody=True).by == "plan"


@pytest.mark.parametrize("stage", Stage)
def test_the_task_fits_its_column(stage: Stage) -> None:
    for people, scores, upload in product((0, 4), (0, 99), Upload):
        one = item("x", stage, people=people, scores=scores, upload=upload)
        assert 0 < len(explain_brief(find_task(one))) <= WIDEST_TO_DO
