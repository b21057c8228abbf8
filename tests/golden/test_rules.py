"""What holds on every frame, whatever it shows: nothing cut silently, nothing crooked."""

import re
from pathlib import Path

import pytest
from rich.cells import cell_len

from golden.camera import SIZES

FRAMES = Path(__file__).parent / "frames"
ALL = sorted(FRAMES.glob("*/*.txt"))
NAMES = [one for one in ALL if one.stem.startswith("names-")]
EMPTY = [one for one in ALL if one.stem.endswith("-empty")]
OVER = ("ask-", "help-", "irregularity-whole", "too-small")
"""Frames on which something lies over the Next line, or takes its place."""

OPEN = [one for one in ALL if not one.stem.startswith(OVER)]
TOO_SMALL = [one for one in ALL if one.stem == "too-small"]
ROLLS = [one for one in NAMES if one.stem not in {"names-irregularity", "names-person"}]
"""Frames with columns of names; a form and a card have no such columns."""

HARMFUL = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]"
)
DOES = re.compile(r"\b(Press|Enter|Esc|[Tt]ype|appear)\b")


def lines_of(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").removesuffix("\n").split("\n")


def called(path: Path) -> str:
    return f"{path.parent.name} {path.stem}"


def column_of(line: str, word: str) -> int:
    """Return the cell in which a word begins."""
    return cell_len(line[: line.index(word)])


@pytest.mark.parametrize("size", sorted({one.parent for one in ALL}), ids=called)
def test_a_frame_fits_its_screen_and_holds_only_text(size: Path) -> None:
    columns, rows = (int(one) for one in size.name.split("x"))
    for path in size.glob("*.txt"):
        lines = lines_of(path)

        assert len(lines) <= rows, called(path)
        assert [one for one in lines if cell_len(one) > columns] == []
        assert not HARMFUL.search("\n".join(lines)), called(path)


def test_there_are_frames_for_every_rule() -> None:
    assert all((OPEN, TOO_SMALL, ROLLS, NAMES, EMPTY))
    assert {one.parent.name for one in OPEN} == set(SIZES)


def test_the_next_line_says_what_to_do() -> None:
    silent = [p for p in OPEN if not re.match(r" Next: \S.{4,}", lines_of(p)[2])]
    assert silent == []


def test_the_last_line_names_the_keys() -> None:
    named = re.compile(r"(\? (more|help)|\^G help|\^Q leave)")
    last = {path: [x for x in lines_of(path) if x.strip()][-1] for path in OPEN}
    assert [path for path, line in last.items() if not named.search(line)] == []


@pytest.mark.parametrize("path", TOO_SMALL, ids=called)
def test_a_window_too_small_says_what_to_do(path: Path) -> None:
    last = [one for one in lines_of(path) if one.strip()][-1]
    assert "Enlarge" in last


@pytest.mark.parametrize("path", EMPTY, ids=called)
def test_an_empty_list_says_what_to_do(path: Path) -> None:
    body = lines_of(path)[3:-1]

    assert any(DOES.search(one) for one in body), "\n".join(body)


@pytest.mark.parametrize("path", ROLLS, ids=called)
def test_columns_are_straight_whatever_people_are_called(path: Path) -> None:
    for word in ("Safety", "● testing", " yes", " B1  ", " A1  "):
        rows = [one for one in lines_of(path)[4:] if one[:3].strip() in {"", "›"}]  # noqa: RUF001
        found = {column_of(one, word) for one in rows if one.count(word) == 1}
        assert len(found) <= 1


@pytest.mark.parametrize("path", NAMES, ids=called)
def test_a_name_that_is_too_long_ends_in_an_ellipsis(path: Path) -> None:
    for line in lines_of(path):
        if "LongLong" in line and "Long" * 25 not in line:
            assert re.search(r"LongL?o?n?g?…", line), line
