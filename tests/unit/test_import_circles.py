"""No module needs one that needs it back, not even inside a function or for a type."""

from pathlib import Path

import pytest

import cptkiosk
from support.imports import import_circle, imports_without_reason

ROOT = Path(cptkiosk.__file__).parent


def package(folder: Path, **sources: str) -> Path:
    root = folder / "shop"
    root.mkdir()
    for name, source in {"__init__": "", **sources}.items():
        (root / f"{name}.py").write_text(source)
    return root


def test_no_imports_go_in_a_circle() -> None:
    assert import_circle(ROOT) == []


def test_every_import_inside_a_function_gives_its_reason() -> None:
    assert imports_without_reason(ROOT) == []


@pytest.mark.parametrize(
    "back",
    [
        "from shop import till\n",
        "import shop.till\n",
        "from shop.till import count\n",
        "def late():\n    # Start-up time: rarely needed.\n    import shop.till\n",
        "class A:\n    async def late(self):\n        from shop import till\n",
        "if TYPE_CHECKING:\n    from shop.till import Till\n",
    ],
)
def test_a_circle_is_found_wherever_the_import_stands(
    tmp_path: Path, back: str
) -> None:
    root = package(tmp_path, till="from shop import goods\n", goods=back)

    assert sorted(set(import_circle(root))) == ["shop.goods", "shop.till"]


def test_a_circle_over_several_modules_is_reported_in_order(tmp_path: Path) -> None:
    root = package(
        tmp_path,
        door="import shop.till\n",
        till="import shop.goods\n",
        goods="import shop.store\n",
        store="import shop.till\n",
    )

    circle = import_circle(root)

    assert circle[0] == circle[-1]
    assert "till goods store till goods" in " ".join(
        name.removeprefix("shop.") for name in (*circle, *circle[1:])
    )


def test_downward_imports_make_no_circle(tmp_path: Path) -> None:
    root = package(
        tmp_path,
        door="from shop import goods, till\n",
        till="from shop.goods import price\n",
        goods="import json\nfrom shop import __version__\n",
    )

    assert import_circle(root) == []


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("import json\n", []),
        ("def late():\n    import json\n", [2]),
        ("class A:\n    def late(self):\n        import json\n", [3]),
        ("def late():\n    import json  # start-up time\n", []),
        ("def late():\n    # Start-up time.\n    import json\n    import re\n", []),
        ("def late():\n    # Start-up time.\n    import json\n\n    import re\n", [5]),
        ("def late():\n    import re\n    # Start-up time.\n    import json\n", [2]),
        ("def late():\n    # Another import closes a circle.\n    import json\n", [3]),
    ],
)
def test_an_import_inside_a_function_without_a_reason_is_found(
    tmp_path: Path, source: str, lines: list[int]
) -> None:
    root = package(tmp_path, till=source)

    assert imports_without_reason(root) == [f"shop/till.py:{one}" for one in lines]
