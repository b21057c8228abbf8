"""A roll of a thousand people is as light as one of ten: ratios within one run.

See the figures with `pytest -n 0 -rP -m soak tests/benchmarks/test_roll.py`.
"""

import time
from collections.abc import Callable
from functools import partial

import pytest
from textual.app import App, ComposeResult

from cptkiosk.ui.widgets.filterable_table import Column, FilterableTable, Row

FEW, MANY = 10, 1_000
WITHIN = 3
TIMES = 60
REPEATS = 5
COLUMNS = (
    Column("Seat", 4), Column("Person", 16, grow=True), Column("Module", 8),
    Column("State", 13), Column("Left", 7, right=True), Column("Ends", 8, right=True),
)  # fmt: skip

pytestmark = [pytest.mark.slow, pytest.mark.soak]

Cost = Callable[[FilterableTable, tuple[str, ...], int], None]
"""Something done to a roll of these people, for the how-manieth time."""


class Lone(App[None]):
    """A roll as high as ten people and their head."""

    CSS = "FilterableTable { height: 11; }"

    def compose(self) -> ComposeResult:
        yield FilterableTable(*COLUMNS)


def row_of(second: int, key: str) -> Row:
    left = f"1:{second // 60:02}:{second % 60:02}"
    name = f"Family{key}, Kim"
    return Row(key, (f"A{key}", name, "Safety", "* testing", left, "15:35:00"))


def draw(table: FilterableTable) -> None:
    for y in range(table.size.height):
        table.render_line(y)


def tick(table: FilterableTable, keys: tuple[str, ...], second: int) -> None:
    """Do what a second does: every remaining time is another."""
    table.set_listing(keys, partial(row_of, second))
    draw(table)


def step(table: FilterableTable, keys: tuple[str, ...], at: int) -> None:
    """Do what an arrow key does."""
    table.move_by(1 if at % 2 else -1)
    draw(table)


async def cost_s(people: int, what: Cost) -> float:
    """Return what something takes on a roll of so many, at best."""
    app = Lone()
    async with app.run_test(size=(80, 24)) as pilot:
        table = app.query_one(FilterableTable)
        keys = tuple(f"{number}" for number in range(people))
        table.set_listing(keys, partial(row_of, 0))
        table.move_to(f"{people // 2}")
        await pilot.pause()
        best = float("inf")
        for _ in range(REPEATS):
            begun = time.process_time()
            for at in range(TIMES):
                what(table, keys, at)
            best = min(best, time.process_time() - begun)
        return best / TIMES


@pytest.mark.parametrize("what", [tick, step], ids=["tick", "key"])
async def test_a_thousand_people_are_as_light_as_ten(what: Cost) -> None:
    few = await cost_s(FEW, what)
    many = await cost_s(MANY, what)

    print(f"{FEW}: {few * 1e3:.2f} ms, {MANY}: {many * 1e3:.2f} ms, x{many / few:.1f}")
    assert many < WITHIN * few
