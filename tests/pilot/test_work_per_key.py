"""How much is done for one key: calls are counted, so that it is the same everywhere.

Counted are calls of our own functions in the thread of the screen, while a key is
answered and drawn; what the desk does beside it holds no key up. A limit leaves room for
one or two more conditions in a rule, and is otherwise only lowered.
"""

import inspect
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import pytest

import cptkiosk
from cptkiosk.desk import Desk
from cptkiosk.domain.rules.decide import decide
from cptkiosk.domain.state.session import Stage
from cptkiosk.ledger.reading import Reader
from support.sessions import a_session, ended
from support.sitting import SMALL, SitDown

PRODUCT = str(Path(cptkiosk.__file__).parent)
PEOPLE = 24
RESUMED = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
"""What is called once and goes on many times: going on is no call."""

POLLS = ("/ui/terminal/key_queue.py", "/ui/terminal/delta_output.py")
"""What is called until something else is done, more often on a busy machine."""

ADVICE = (
    "Compute once what several checks of a rule need, such as the time left. If the work is"
    " needed, raise the limit and give the reason in the commit."
)


class Work:
    """What was called while a key was answered."""

    def __init__(self) -> None:
        self.calls = Counter[str]()

    def note(self, frame: FrameType, event: str, _: object) -> None:
        code = frame.f_code
        ours = event == "call" and code.co_filename.startswith(PRODUCT)
        if ours and not code.co_flags & RESUMED:
            place = code.co_filename.removeprefix(PRODUCT)
            if place not in POLLS:
                self.calls[f"{place}:{code.co_qualname}"] += 1

    @property
    def total(self) -> int:
        return sum(self.calls.values())

    def of(self, function: object) -> int:
        """Return how often a function was called."""
        name = getattr(function, "__qualname__", "")
        return sum(n for one, n in self.calls.items() if one.endswith(f":{name}"))

    def __str__(self) -> str:
        most = (f"{n:6} {name}" for name, n in self.calls.most_common(40))
        return "\n".join((f"{self.total} calls", *most))


@contextmanager
def counted() -> Iterator[Work]:
    work = Work()
    sys.setprofile(work.note)
    try:
        yield work
    finally:
        sys.setprofile(None)


@dataclass(frozen=True)
class Key:
    """A key, what comes before it, and how much may be done for it."""

    name: str
    place: str
    stage: Stage
    before: tuple[str, ...]
    key: str
    calls: int
    decided: int = 2
    queries: int = 0


KEYS = (
    Key("a break", "testing", Stage.RUNNING, ("b", "b"), "b", 2180),
    Key("a mark", "testing", Stage.RUNNING, ("space", "up"), "space", 850, 0),
    Key("a halt that is confirmed", "testing", Stage.RUNNING, ("h",), "enter", 4300),
    # The rules at the door ask the whole record of the person at the desk.
    Key("a gate", "check-in", Stage.CHECK_IN, ("enter",), "enter", 3900, queries=9),
    Key("a keyed score", "scores", Stage.ENDED, ("7", "0", "enter"), "c", 2530),
)


@pytest.mark.parametrize("one", KEYS, ids=lambda one: one.name)
async def test_a_key_costs_no_more_than(desk: Desk, at: SitDown, one: Key) -> None:
    if one.stage is Stage.ENDED:
        a_session(desk, PEOPLE)
        ended(desk, "a")
    else:
        a_session(desk, PEOPLE, one.stage)
    async with at(one.place, size=SMALL) as sitting:
        for key in one.before:
            await sitting.press(key)
        before = desk.ledger.head()
        with counted() as work:
            await sitting.press(one.key)

        assert (desk.ledger.head() != before) is (one.name != "a mark")
        assert work.total <= one.calls, f"{one.calls} allowed. {ADVICE}\n{work}"
        assert work.of(decide) <= one.decided, str(work)
        assert work.of(Reader.rows) <= one.queries, str(work)
