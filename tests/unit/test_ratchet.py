"""A table of exceptions neither grows nor outlives its need."""

import pytest

from support.ratchet import differences


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (421, "a.py: grew from 420 to 421"),
        (420, None),
        (411, None),
        (410, "a.py: no longer 420, say 410"),
        (0, "a.py: no longer 420, take it out"),
    ],
)
def test_an_exception_neither_grows_nor_outlives_its_need(
    lines: int, said: str | None
) -> None:
    found = {"a.py": lines} if lines else {}

    assert differences(found, {"a.py": 420}) == ([said] if said else [])


def test_a_file_not_listed_may_not_be_long() -> None:
    assert differences({"a.py": 401}, {}) == ["a.py: 401 is too much"]
