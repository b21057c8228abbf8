"""Every command of the rule book in any order, with clocks that misbehave, at two desks.

A stopwatch, a score sheet and a cash box are kept by hand beside it (`support.paper`).
Each day is a seed, so that a day that fails can be had again: it is in the test's id.
CPTKIOSK_TEST_SEED, _RULE_DAYS and _RULE_STEPS set the first, how many, and how long.
"""

from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from cptkiosk.desk import Desk
from cptkiosk.domain.rules.decide import RULES
from support.options import USUAL_SEED, examples, option
from support.random_commands import RandomCommands
from support.rule_book import RuleBook
from support.sessions import a_session

FIRST = option("SEED", USUAL_SEED)
DAYS = option("RULE_DAYS", 12)
STEPS = option("RULE_STEPS", 70)


@pytest.mark.parametrize("seed", range(FIRST, FIRST + DAYS))
def test_the_rule_book_holds_on_any_day(seed: int, tmp_path: Path) -> None:
    book = RuleBook(seed, tmp_path / "data")
    for _ in range(STEPS):
        book.step()
    book.close_everything()
    for one in book.desks:
        one.ledger.close()


def test_there_is_a_random_command_of_every_kind(desk: Desk) -> None:
    a_session(desk)
    draw = RandomCommands(Random(0), desk, desk.session("a"))

    assert {type(draw.make(kind)) for kind in RULES} == set(RULES)


class RuleBookMachine(RuleBasedStateMachine):
    """The same days with Hypothesis at the dice, which shortens a day that fails."""

    def __init__(self) -> None:
        super().__init__()
        self.place = TemporaryDirectory()
        self.book: RuleBook | None = None

    @initialize(seed=st.integers(0, 2**32 - 1))
    def begin(self, seed: int) -> None:
        self.book = RuleBook(seed, Path(self.place.name) / "data")

    @rule(seed=st.integers(0, 2**32 - 1))
    def step(self, seed: int) -> None:
        assert self.book is not None
        self.book.random.seed(seed)
        self.book.step()

    def teardown(self) -> None:
        if self.book is not None:
            self.book.close_everything()
            for one in self.book.desks:
                one.ledger.close()
        self.place.cleanup()


TestRuleBook = RuleBookMachine.TestCase
TestRuleBook.settings = settings(max_examples=examples(3), stateful_step_count=30)
