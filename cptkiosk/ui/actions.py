"""What a screen can do: its keys, footer, help and tests read one table of actions.

An action names the function that does it, so a type checker sees that there is one.
Textual's bindings bring its keys. Textual's `check_action` would leave a key silent that
is not possible; here such a key is dimmed, and says why when it is pressed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Generic, TypeVar

from textual.binding import Binding

from cptkiosk.domain.commands.base import (
    STAND_IN,
    AboutAttempt,
    AttemptCommand,
    SessionCommand,
)
from cptkiosk.domain.commands.checkin import MarkAbsent
from cptkiosk.domain.values import plural
from cptkiosk.words import load_action_words, load_verb_words

S_contra = TypeVar("S_contra", contravariant=True)

KEY_NAMES = {
    "question_mark": "?",
    "slash": "/",
    "colon": ":",
    "enter": "Enter",
    "escape": "Esc",
    "space": "Space",
    "down": "Down",
    "up": "Up",
    "pagedown": "PgDn",
    "pageup": "PgUp",
    "left": "Left",
    "right": "Right",
    "tab": "Tab",
    "f8": "F8",
}

ELSEWHERE = {
    "u": "Nothing to undo here. In a session, u undoes your last step.",
    "i": "An irregularity belongs to a session. Open the session, then press i.",
    "colon": "The action line belongs to a session. Open the session, then press : there.",
    "slash": "There is no list to search here. On Today, / finds people and sessions.",
}
"""What keys that are the same everywhere say where they have nothing to act on."""


Commands = Sequence[SessionCommand]

Build = Callable[[AboutAttempt, Sequence[str]], SessionCommand]
"""Makes the command about someone that is typed; gets the words after its own."""

STAND_INS = {"reason": (STAND_IN,), "span": ("1s", STAND_IN), "clock": ("0s",)}
"""What is judged while the words that follow are still to be typed."""


@dataclass(frozen=True, slots=True)
class Verb:
    """A word of the action line: it does what a key does, whatever screen is open."""

    word: str
    build: Build
    about_people: bool = True
    wants: str = ""
    """What follows: nothing, reason, span, clock, seat, count, outcome or text."""

    asks: bool = False
    """Whether it is confirmed first, as its key would be."""

    one_only: bool = False
    """Whether it is for one person at a time, as everything is that is confirmed."""

    @property
    def help(self) -> str:
        """What it does, for the list of verbs."""
        return str(load_verb_words(self.word)["help"])

    @property
    def done(self) -> str:
        """What is said once it was done to one person."""
        one, _ = self._done_words
        return one

    def count(self, number: int) -> str:
        """Return how often it was done, in words: '3 credits given'."""
        return plural(number, *self._done_words)

    @property
    def _done_words(self) -> tuple[str, str]:
        one, many = load_verb_words(self.word).get("done", ("", ""))
        return one, many

    def command(self, about: AboutAttempt) -> SessionCommand:
        """Return what its key asks of the rules, before anything is typed."""
        return self.build(about, STAND_INS.get(self.wants, ()))


@dataclass(frozen=True)
class Action(Generic[S_contra]):
    """Something that a screen of type `S_contra` can do."""

    id: str
    """Its name in steps of the guide (`Step.by`) and in tests."""

    keys: str
    """Its keys as Textual calls them, split by commas; the first one is shown."""

    run: Callable[[S_contra], object]
    """Does it; what can be awaited is awaited."""

    commands: Callable[[S_contra], Commands] | None = None
    """What it would ask of the rules now: dims the key, and gives the reason."""

    lacks: Callable[[S_contra], str] | None = None
    """Why there is nothing on the screen to ask for, or an empty string; cheap."""

    verbs: tuple[str, ...] = ()
    """The words of the action line for it; two if its key takes back what it did."""

    priority: bool = False
    """Whether its keys come before what is focused."""

    at_once: bool = False
    """Whether its key opens what the very next keys are typed into."""

    is_alarm: bool = False
    """Whether it comes second on the line of keys, and only while a session runs."""

    word: Callable[[S_contra], str] | None = None
    """Its word on the line of keys where that changes; `label` elsewhere."""

    needs: Callable[[S_contra], object] | None = None
    """What there must be on the screen to ask for, else it says what it is without."""

    words: str = ""
    """The name of its words in the catalog, if not its own."""

    label: str = ""
    """From the catalog: its word on the line of keys, if it has one there."""

    help: str = ""
    """From the catalog: what it does, for the list of keys."""

    without: str = ""
    """From the catalog: what is said where there is nothing of what it needs."""

    @cached_property
    def key(self) -> str:
        """The key that is shown."""
        return self.keys.partition(",")[0]

    @cached_property
    def shown_key(self) -> str:
        """That key as the line of keys names it."""
        if self.key.startswith("ctrl+"):
            return f"^{self.key.removeprefix('ctrl+').upper()}"
        return KEY_NAMES.get(self.key, self.key)

    def with_words(self, screen: str) -> "Action[S_contra]":
        """Return it with its words on the screen of this name."""
        return replace(
            self, **load_action_words(screen, self.words or self.id)._asdict()
        )

    @property
    def binding(self) -> Binding:
        """What Textual brings its keys by."""
        return Binding(
            self.keys, f"run('{self.id}')", show=False, priority=self.priority
        )

    @property
    def is_typed(self) -> bool:
        """Whether its key is text, where something can be typed."""
        return len(self.key) == 1 or self.key in PRINTED

    def acts_on_row(self, screen: S_contra) -> bool:
        """Return whether it is about the people under the cursor."""
        commands = self.commands(screen) if self.commands is not None else ()
        return any(isinstance(one, AttemptCommand | MarkAbsent) for one in commands)

    def is_possible(
        self, screen: S_contra, possible: Callable[[SessionCommand], bool]
    ) -> bool:
        """Return whether its key is not dimmed: `possible` judges what it would ask."""
        if self.needs is not None and not self.needs(screen):
            return False
        if self.lacks is not None and self.lacks(screen):
            return False
        return self.commands is None or all(map(possible, self.commands(screen)))

    def why_not(
        self, screen: S_contra, why_refused: Callable[[SessionCommand], str]
    ) -> str:
        """Return why it is not possible now, or an empty string; asks `why_refused`."""
        if self.needs is not None and not self.needs(screen):
            return self.without
        if self.lacks is not None and (lacking := self.lacks(screen)):
            return lacking
        commands = self.commands(screen) if self.commands is not None else ()
        reason = next(filter(None, map(why_refused, commands)), "")
        if reason and len(commands) > 1:
            return f"{len(commands)} marked: {reason}"
        return reason


PRINTED = frozenset({"question_mark", "slash", "colon", "space"})
"""The keys with a name of their own that are text all the same."""

Actions = tuple[Action[Any], ...]
"""The table of a screen; each entry names a function of that screen or of a base."""
