"""The actions of a screen: its bindings, its line of keys and its help are made from them."""

from collections.abc import Callable
from functools import cached_property
from inspect import isawaitable, iscoroutine
from typing import Any, Protocol

from textual import events
from textual.binding import Binding

from cptkiosk.domain.commands.base import SessionCommand
from cptkiosk.domain.guidance.step import Step
from cptkiosk.ui.actions import ELSEWHERE, Action, Actions
from cptkiosk.ui.ports import ScreenPort
from cptkiosk.ui.session_clock_text import running
from cptkiosk.ui.widgets.bars import KeyHint

ENTER = "Enter"
GO_TO = "go-to"
"""The step to the row that is meant, where its key acts on the row under the cursor."""

KEY_OF_STEP = {"back": "Esc", "mark": "Space", "wait": "wait", "blocked": ""}
"""What the Next line says to press for a step that is not taken by Enter."""


class ActingPort(ScreenPort, Protocol):
    """A screen, as its actions see it."""

    def why_not(self, action: Action[Any]) -> str:
        """Return why an action is not possible now, or an empty string if it is."""

    def why_not_now(self, action: Action[Any]) -> str:
        """Return why an action was meant for what is gone, if it was."""

    def possible_now(self) -> Callable[[SessionCommand], bool]:
        """Return a quick check that rules commands out without reading the record."""


def _elsewhere(key: str, reason: str) -> Action[ScreenPort]:
    """Return the action of a key that only says where it does something."""
    return Action(
        f"elsewhere {key}",
        key,
        lambda _: None,
        lacks=lambda screen: "" if screen.kiosk.options.wall else reason,
    )


class ActionTable:
    """Everything a screen can do, its own actions first."""

    def __init__(
        self,
        own: Actions,
        common: Actions,
        also: Actions = (),
        screen: str = "",
        *,
        typing: bool = False,
    ) -> None:
        """Join the actions of a screen.

        Args:
            own: the screen's own; they take their keys from the common ones.
            common: what other screens can do as well.
            also: the same actions under keys that are never text.
            screen: whose words the actions have.
            typing: whether letters are text here, so that none can be a key.
        """
        own, common, also = (
            tuple(one.with_words(screen) for one in some)
            for some in (own, common, also)
        )
        taken = {one.key for one in own}
        found = own + tuple(one for one in common if one.key not in taken)
        if typing:
            found = tuple(one for one in found if not one.is_typed)
        self.all, self._own = found + also, own
        bound = {key for one in self.all for key in one.keys.split(",")}
        self._elsewhere = tuple(
            _elsewhere(key, reason)
            for key, reason in ELSEWHERE.items()
            if not typing and key not in bound
        )

    def by_id(self, id_: str) -> Action[Any]:
        """Return an action by its name."""
        return self._by_id[id_]

    @cached_property
    def _by_id(self) -> dict[str, Action[Any]]:
        return {one.id: one for one in reversed((*self.all, *self._elsewhere))}

    @property
    def bindings(self) -> list[Binding]:
        """The bindings of all keys, and of those that only have a reason to give."""
        return [one.binding for one in (*self.all, *self._elsewhere)]

    def key_of(self, step: Step) -> str:
        """Return the key that takes a step here; nothing if it is taken elsewhere."""
        if not step.by:
            return KEY_OF_STEP.get(step.action, ENTER)
        return next((one.shown_key for one in self.all if one.id == step.by), "")

    def has_key_of(self, step: Step) -> bool:
        """Return whether a step is taken here by a key of its own."""
        return any(one.id == step.by for one in self.all)

    @cached_property
    def _on_line(self) -> Actions:
        """What has a word on the line of keys, the alarm second if it is a common one."""
        alarm = next((one for one in self.all if one.is_alarm), None)
        shown = [
            one
            for one in self.all
            if one.label and (not one.is_alarm or one in self._own)
        ]
        if alarm is not None and alarm not in self._own:
            shown.insert(1, alarm)
        return tuple(shown)

    def hints(self, screen: ActingPort) -> tuple[KeyHint, ...]:
        """Return key, word and whether it is possible, for the line of keys.

        The alarm of another screen is left out while nothing runs, and Enter while the
        Next line names another key.
        """
        possible = screen.possible_now()
        judged = ((one, one.is_possible(screen, possible)) for one in self._on_line)
        return tuple(
            KeyHint(one.shown_key, one.word(screen) if one.word else one.label, enabled)
            for one, enabled in judged
            if enabled
            or (one.key != "enter" and (not one.is_alarm or one in self._own))
        )

    def help_rows(self, screen: ActingPort) -> list[tuple[str, str, str]]:
        """Return key, meaning and why it is not possible now, for the list of keys."""
        return [
            (one.shown_key, one.help, screen.why_not(one))
            for one in self.all
            if not one.is_alarm or running(screen.kiosk.desk)
        ]

    async def run_action(self, screen: ActingPort, id_: str) -> None:
        """Do what a key stands for, or say why not."""
        action = self.by_id(id_)
        reason = screen.why_not(action) or screen.why_not_now(action)
        if reason:
            screen.say(reason, "warning")
            return
        outcome = action.run(screen)
        # Awaiting a change of screens in the handler of one would block forever.
        if iscoroutine(outcome):
            await outcome

    async def take_at_once(self, screen: ActingPort, event: events.Key) -> bool:
        """Run the action of a key that opens a text input; return whether there was one."""
        for one in self.all:
            if one.at_once and one.shown_key == event.character:
                opened = one.run(screen)
                if isawaitable(opened):
                    await opened
                return True
        return False
