"""Files and classes are short enough to be read in one go."""

from pathlib import Path

import cptkiosk
from support.sizes import CLASS_LINES, FILE_LINES, lengths

ROOT = Path(cptkiosk.__file__).parent


def test_every_file_and_class_is_short() -> None:
    assert lengths(ROOT) == {}


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
