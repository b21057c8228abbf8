"""The way of a command to the desk, and back to the screen that asked for it."""

import asyncio
from functools import partial

from cptkiosk.desk import Recorded
from cptkiosk.domain.state.overtaken import Overtaken
from cptkiosk.domain.values import Refused
from cptkiosk.ui.dialogs.approval import attempt_as
from cptkiosk.ui.dialogs.asking import ask_again
from cptkiosk.ui.messages import CommandRequested
from cptkiosk.ui.ports import Kiosk


class CommandQueue:
    """Carries commands to the desk one after the other; keys are answered meanwhile."""

    def __init__(self, kiosk: Kiosk) -> None:
        self._kiosk = kiosk
        self._asked: asyncio.Queue[CommandRequested] = asyncio.Queue()

    def add_command(self, asked: CommandRequested) -> None:
        """Take a command that comes after all those before."""
        self._asked.put_nowait(asked)

    async def join(self) -> None:
        """Wait until every command has been recorded, or refused."""
        await self._asked.join()

    async def record_commands(self) -> None:
        """Carry one command after the other, for as long as the app runs."""
        while True:
            asked = await self._asked.get()
            try:
                await self._carry(asked)
            finally:
                self._asked.task_done()

    async def _carry(self, asked: CommandRequested) -> None:
        """Carry out a command; where another terminal was quicker, ask about it again."""
        work = partial(self._kiosk.desk.perform, asked.command)

        def take_refusal(refusal: Refused | None) -> None:
            if isinstance(refusal, Overtaken):
                ask_again(self._kiosk, refusal, asked)

        done = partial(self._report_recorded, asked)
        await attempt_as(self._kiosk, asked.actor, work, done, take_refusal)

    def _report_recorded(self, asked: CommandRequested, recorded: Recorded) -> None:
        self._kiosk.status.say_recorded(recorded, asked.words)
        if asked.then is not None:
            asked.then(recorded)
