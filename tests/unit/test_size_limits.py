"""Files and classes are short enough to be read in one go; the exceptions only shrink."""

from pathlib import Path

import pytest

import cptkiosk
from support.ratchet import differences
from support.sizes import CLASS_LINES, FILE_LINES, lengths

ROOT = Path(cptkiosk.__file__).parent

OTHER_EXCEPTIONS = {
    "domain/next_step.py": 500,
}
"""What below and beside the UI is longer than it may be, in lines, rounded up to ten."""


def test_the_ui_is_short_without_exception() -> None:
    assert lengths(ROOT / "ui") == {}


def test_everything_else_is_short_but_for_what_is_listed() -> None:
    found = lengths(ROOT)
    others = {name: found[name] for name in found if not name.startswith("ui/")}

    assert differences(others, OTHER_EXCEPTIONS) == []


def test_a_long_file_and_a_long_class_are_found(tmp_path: Path) -> None:
    (tmp_path / "short.py").write_text("\n" * FILE_LINES)
    (tmp_path / "long.py").write_text("\n" * (FILE_LINES + 1))
    (tmp_path / "deep").mkdir()
    methods = "    def f(self): ...\n"
    (tmp_path / "deep" / "classes.py").write_text(
        f"class Long:\n{methods * CLASS_LINES}"
        f"class Fits:\n{methods * (CLASS_LINES - 201)}"
    )

    assert lengths(tmp_path) == {
        "long.py": FILE_LINES + 1,
        "deep/classes.py:Long": CLASS_LINES + 1,
    }


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


def test_what_is_not_listed_may_not_be_long() -> None:
    assert differences({"a.py": 401}, {}) == ["a.py: 401 is too much"]
