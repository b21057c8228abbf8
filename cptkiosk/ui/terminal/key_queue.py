"""Keys in the order they were typed, each answered before the next one is looked at.

Textual reads a key before it has carried out the one before: an Enter that closes a
dialog and moves the cursor takes many turns of the loop, and what is typed meanwhile
would reach the dialog that is closing, or the row that is about to be left.
"""

import asyncio
from collections.abc import Awaitable, Callable

from textual import events
from textual.app import App

QUIET_TURNS = 5
"""So many turns of the loop in a row without a message are needed to call it quiet;
between two messages of one key there are fewer."""

TURNS_MAX = 1000
"""A screen that waits for the disk in a handler must not hold up HALT for long."""


class KeyQueue:
    """Takes keys as they come, and hands them on one after the other."""

    def __init__(
        self, app: App[int], answer: Callable[[events.Event], Awaitable[None]]
    ) -> None:
        self._app = app
        self._answer = answer
        self._typed: asyncio.Queue[events.Event] = asyncio.Queue()

    def add_key(self, event: events.Event) -> None:
        """Take a key, or a paste, that comes after all those before."""
        self._typed.put_nowait(event)

    async def answer_keys(self) -> None:
        """Answer one key after the other, for as long as the app runs."""
        while True:
            event = await self._typed.get()
            await self._answer(event)
            await self._until_quiet()

    async def _until_quiet(self) -> None:
        """Let everything happen that follows from a key, but for the work of the desk."""
        quiet = 0
        for _ in range(TURNS_MAX):
            await asyncio.sleep(0)
            quiet = 0 if self._is_busy() else quiet + 1
            if quiet == QUIET_TURNS:
                return

    def _is_busy(self) -> bool:
        screens = self._app.screen_stack
        if any(one.message_queue_size for one in (self._app, *screens)):
            return True
        # Asked many times a key: a plain walk takes a third of Textual's own.
        found = list(screens[-1].children) if screens else []
        while found:
            widget = found.pop()
            if widget.message_queue_size:
                return True
            found.extend(widget.children)
        return False
