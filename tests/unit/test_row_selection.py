"""Which rows of a table are shown, where its cursor is, and what is marked."""

import pytest

from cptkiosk.ui.widgets.row_selection import FILTER_MAX, RowFilter, RowSelection
from cptkiosk.ui.widgets.table_rows import Row


def row_of(key: str) -> Row:
    return Row(key, (f"Person {key.upper()}",), id_=f"10{ord(key)}")


def listing(keys: str, at: str = "") -> RowSelection:
    """Return these rows, the cursor on one of them."""
    rows = RowSelection()
    rows.set_keys(tuple(keys))
    rows.apply_filter(row_of, nearest=True)
    rows.move_to(keys.index(at) if at else 0)
    return rows


def search(rows: RowSelection, text: str) -> None:
    rows.filter.text = text
    rows.apply_filter(row_of, nearest=False)


def test_cursor_stays_within_the_rows() -> None:
    rows = listing("abc")
    rows.move_to(-5)
    assert rows.key == "a"
    rows.move_to(99)
    assert rows.key == "c"


@pytest.mark.parametrize(
    ("keys", "cursor"), [("xbac", "b"), ("ac", "c"), ("a", "a"), ("", "")]
)
def test_cursor_keeps_its_row_or_goes_to_the_nearest(keys: str, cursor: str) -> None:
    rows = listing("abc", "b")
    rows.set_keys(tuple(keys))
    rows.apply_filter(row_of, nearest=True)

    assert rows.key == cursor


def test_cursor_comes_back_after_a_search_without_results() -> None:
    rows = listing("abc", "b")
    search(rows, "nobody")
    assert (rows.key, list(rows.shown)) == ("", [])
    search(rows, "")
    assert rows.key == "b"


def test_marks_end_with_their_rows_but_not_with_a_search() -> None:
    rows = listing("abc")
    rows.marks = frozenset("ab")
    search(rows, "person c")
    assert rows.marks == frozenset("ab")
    rows.set_keys(("b", "c"))
    assert rows.marks == frozenset("b")


def test_search_finds_every_word_anywhere_also_in_the_id() -> None:
    rows = listing("abc")
    search(rows, "1098 pers")

    assert rows.shown == ["b"]


def test_search_reads_a_row_again_once_it_says_something_else() -> None:
    found = RowFilter()
    found.add("new")
    assert found.keys_of([Row("a", ("old",))]) == []
    assert found.keys_of([Row("a", ("new",))]) == ["a"]


def test_backspace_on_an_empty_search_ends_it() -> None:
    found = RowFilter()
    found.typing = True
    assert found.edit("x", "x")
    assert found.edit("backspace", None)
    assert (found.typing, found.text) == (True, "")
    assert found.edit("backspace", None)
    assert not found.typing


def test_search_takes_no_endless_text_and_leaves_other_keys_alone() -> None:
    found = RowFilter()
    found.add("x" * (FILTER_MAX + 1))

    assert len(found.text) == FILTER_MAX
    assert not found.edit("f8", None)
