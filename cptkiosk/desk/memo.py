"""What was read of the record, kept until an entry is taken in that may change it."""

from collections.abc import Callable
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Memo(Generic[K, V]):
    """Values read for keys, as of an entry; the screen and the desk's thread share it.

    What is read while a later entry is taken in stays with the entry it was read for.
    """

    def __init__(self) -> None:
        self._held: tuple[int, dict[K, V]] = (-1, {})

    def recall(self, as_of: int, key: K, read: Callable[[K], V]) -> V:
        """Return the value of a key as of an entry; `read` is called once for each."""
        held = self._held
        if held[0] != as_of:
            held = self._held = (as_of, {})
        if key not in held[1]:
            held[1][key] = read(key)
        return held[1][key]
