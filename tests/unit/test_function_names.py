"""Functions are called by verb and object; what is not so yet only becomes less."""

from pathlib import Path

import pytest

import cptkiosk
from support.names import function_names, is_one_word, is_participle
from support.ratchet import differences

ROOT = Path(cptkiosk.__file__).parent
ONE_WORD_PERCENT = 18
"""How many in a hundred functions may be called by one word, `run` and `main` included."""

PARTICIPLES = 10
"""How many may be called by a participle alone, in tens."""


def test_ever_fewer_functions_are_called_by_one_word() -> None:
    names = list(function_names(ROOT))
    percent = -(-100 * sum(map(is_one_word, names)) // len(names))

    assert differences({"one word": percent}, {"one word": ONE_WORD_PERCENT}, 1) == []


def test_ever_fewer_functions_are_called_by_a_participle() -> None:
    count = sum(map(is_participle, function_names(ROOT)))

    assert differences({"participles": count}, {"participles": PARTICIPLES}) == []


def test_no_function_is_without_a_name() -> None:
    assert "_" not in set(function_names(ROOT))


@pytest.mark.parametrize("name", ["said", "_kept", "weighed", "unknown", "added"])
def test_a_participle_alone_is_counted(name: str) -> None:
    assert is_participle(name)


@pytest.mark.parametrize("name", ["seed", "need", "kept_files", "red", "reading", "_"])
def test_another_name_is_not_taken_for_one(name: str) -> None:
    assert not is_participle(name)


def test_every_function_of_a_file_is_counted_but_not_those_python_names(
    tmp_path: Path,
) -> None:
    (tmp_path / "shop.py").write_text(
        "class Till:\n"
        "    def __init__(self): ...\n"
        "    async def count_cash(self):\n"
        "        def counted(): ...\n"
        "def _(): ...\n"
    )

    names = sorted(function_names(tmp_path))

    assert names == ["_", "count_cash", "counted"]
    assert [is_one_word(name) for name in names] == [True, False, True]
