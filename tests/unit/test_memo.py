"""What was read of the record is kept until an entry may have changed it."""

from cptkiosk.desk.memo import Memo


def test_a_value_is_read_once_for_each_entry() -> None:
    memo, read = Memo[str, int](), list[str]()

    def count(key: str) -> int:
        read.append(key)
        return len(read)

    assert [memo.recall(7, key, count) for key in ("a", "b", "a")] == [1, 2, 1]
    assert memo.recall(8, "a", count) == 3
    assert read == ["a", "b", "a"]


def test_a_read_before_an_entry_is_not_used_after_it() -> None:
    memo = Memo[str, str]()

    def overtaken(_: str) -> str:
        assert memo.recall(8, "a", lambda _: "after") == "after"
        return "before"

    assert memo.recall(7, "a", overtaken) == "before"
    assert memo.recall(8, "a", lambda _: "read again") == "after"
