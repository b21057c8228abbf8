"""Work beside the screen: started here, one of each kind at a time."""

from collections.abc import Callable, Coroutine
from typing import Any, cast

from textual.dom import DOMNode


def begin(
    node: DOMNode, work: Callable[[], Coroutine[Any, Any, None]], group: str
) -> None:
    """Start `work` for a node; what is still under way in the same group is dropped."""
    node.run_worker(cast("Any", work), exclusive=True, group=group)
