"""What comes next on a screen: the line that says it, and Enter, which does it."""

from collections.abc import Callable
from typing import Protocol

from cptkiosk.domain.guidance.step import Step
from cptkiosk.ui.enter_guard import MOVED
from cptkiosk.ui.frame.action_table import ENTER
from cptkiosk.ui.ports import ScreenPort
from cptkiosk.words import describe_step

NOT_YET = "Not yet. The Next line shows the countdown. Nothing was recorded."


class SteppingPort(ScreenPort, Protocol):
    """A screen with a Next line."""

    def next_step(self) -> Step:
        """Return what to do next here."""

    def redraw_record(self) -> None:
        """Draw the record as it is now."""

    async def follow(self, step: Step) -> None:
        """Take a step where it belongs."""


class NextLine:
    """The step that the line shows, which is the one that Enter takes.

    A screen says what its step is and how it is taken; it never reads the cursor or the
    record again when Enter is pressed, so that line, key and deed are one.
    """

    def __init__(self, screen: SteppingPort, key_of: Callable[[Step], str]) -> None:
        """Show steps on a screen; `key_of` returns the key that takes one there."""
        self._screen, self._key_of = screen, key_of
        self.step = Step("go back", "back")

    @property
    def key(self) -> str:
        """The key that the line shows."""
        return self._key_of(self.step)

    def lacks_enter(self) -> str:
        """Return what to do if the line names another key than Enter, or none."""
        key = self.key
        if key == ENTER:
            return ""
        if self.step.action == "wait":
            return NOT_YET
        what = describe_step(self.step)
        return f"Press {key}: {what}." if key else f"{what}."

    async def press_enter(self) -> None:
        """Take the step that is shown, unless another one has become due since."""
        step = self._screen.next_step()
        if (step.action, step.attempt_id) == (self.step.action, self.step.attempt_id):
            await self._screen.follow(step)
        else:
            self._screen.redraw_record()
            self._screen.say(MOVED, "warning")
