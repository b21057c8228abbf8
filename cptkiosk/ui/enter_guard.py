"""An Enter that no one meant: for what has just closed or changed, or of a held key.

Enter takes the next step on every screen, so one too many takes a step as well: it passes
a gate unseen, answers the question that has just opened, or starts the clocks. Only time
tells it apart: a key is for what its finger could have seen. So the guard keeps since when
each screen says what Enter does there, where the last Enter was pressed, and what it
closed, and judges by the rule of the screen in front. The times below are judgments of
how fast people read and keyboards repeat: a shorter one lets a held key through, a longer
one drops what someone quick has meant.
"""

from dataclasses import dataclass
from weakref import WeakKeyDictionary

LONG_S = 0.3
"""The person who waits this long has seen that the form is gone."""

SETTLES_S = 0.5
"""After this long, a person has read what the changed Next line says."""

RESTS_S = 1.0
"""A key held down repeats sooner than this, also for the first time."""

AGAIN_S = 0.7
"""The same letter sooner than this may be of a key that is held down."""

REPEATABLE = frozenset({"T"})
"""Letters that may be pressed again at once: they record nothing."""

AGAIN = "{} was pressed twice quickly, so the second press was ignored. Check, then press it."
MOVED = "The next step has just changed, so Enter did nothing. Check, then press it."
HELD = "Enter was held down, so it did nothing. Release it, read, then press it once."
OPENED = "This has just opened, so Enter did nothing. Read it, then press Enter."
SLIPPED = "The rows have just changed, so nothing was done. Check, then press it."
NEXT_ROW = "The cursor has moved to another person. Press it again for them."
STRAY = ""
"""The key was for a form that has already taken it: only `SOON` is said."""

SOON = "second Enter ignored: too soon"
"""Said beside what stays in sight, such as what the first Enter recorded."""

CURSOR_KEYS = frozenset({"up", "down", "pageup", "pagedown", "home", "end"})


@dataclass(frozen=True, slots=True)
class EnterRule:
    """What an Enter on a screen may be one too many of."""

    closes: str = ""
    """What Enter here closes: form or question. What is behind gets no second one."""

    follows: str = "question"
    """After the closing of what an Enter is taken here at once: two in a row are the
    way to work there."""

    rests: bool = False
    """Whether Enter does here what no one may do by chance, such as pass an identity
    check: the key must have rested before, or another one been pressed."""

    settles: bool = False
    """Whether what Enter does here can change while a finger is on its way."""


# Which screen has which rule; a screen names its own as `ENTER_RULE`.
LIST = EnterRule()
FORM = EnterRule(closes="form")
QUESTION = EnterRule(closes="question")
CAREFUL_LIST = EnterRule(follows="")  # scores, muster: a second Enter goes too far
START = EnterRule(rests=True)  # what Enter does there is done to everyone in the room
CHECK_IN = EnterRule(rests=True, settles=True)
TESTING = EnterRule(follows="", settles=True)


@dataclass(slots=True)
class _Line:
    """What Enter does on a screen, and since when someone can have read it."""

    step: str
    since_s: float
    first: str = ""
    """What the first Enter says instead of acting; nothing once it was said, or where
    someone chose the line themselves."""


class EnterGuard:
    """Tells which Enter does nothing, by the rule of the screen it is pressed on.

    All times are those of events, in seconds.
    """

    def __init__(self, *, watches: bool = True) -> None:
        """Watch, unless someone else turns the hands and nothing is too soon."""
        self._watches = watches
        self._closed, self._closed_s = "", float("-inf")
        self._key_s = self._enter_s = float("-inf")
        self._entered_on: object = None
        self._chosen_s = float("-inf")
        self._pressed: tuple[str, object, float] = ("", None, float("-inf"))
        self._same_s = float("inf")
        """When the letter that is pressed was pressed before, if no other key was since."""

        self._named = False
        """Whether the last Enter only named who is next: that stays in sight."""

        self._seen: WeakKeyDictionary[object, _Line] = WeakKeyDictionary()

    def note_shown(
        self,
        screen: object,
        step: str,
        at_s: float,
        *,
        searching: bool = False,
        first: str = "",
    ) -> None:
        """Take in what Enter on a screen does, as someone sees it from now on.

        A person who moves the cursor, or searches, chose that. Else the first
        Enter says `first`, if that is given, however late it comes; what it says follows
        what the same step would do by then.
        """
        if not _rule(screen).settles:
            return
        known = self._seen.get(screen)
        if known is None or known.step != step:
            chosen = searching or at_s < self._chosen_s + SETTLES_S
            self._seen[screen] = (
                _Line(step, float("-inf")) if chosen else _Line(step, at_s, first)
            )
        elif known.first:
            known.first = first

    def note_choice(self, screen: object, at_s: float) -> None:
        """Take in that someone moved the cursor: they know what Enter does there."""
        self._chosen_s = at_s
        if (line := self._seen.get(screen)) is not None:
            line.since_s, line.first = float("-inf"), ""

    def opened_late(self, screen: object, at_s: float) -> None:
        """Take in a question that no key has opened: an Enter may be on its way."""
        self._seen[screen] = _Line("", at_s)

    def refuses_row(self, slipped_s: float) -> str | None:
        """Return why the last key does nothing to a row: it was pressed for another one.

        Args:
            slipped_s: when the cursor last came to another row, or marks went, by itself.
        """
        if not self._watches:
            return None
        if self._key_s < slipped_s + SETTLES_S:
            return SLIPPED
        # The same letter moved the cursor here: pressed once more, it is meant.
        return NEXT_ROW if self._same_s < slipped_s < self._key_s else None

    def refuses_again(self, screen: object, letter: str, at_s: float) -> str | None:
        """Return why a letter pressed again at once on a list does nothing."""
        before, self._pressed = self._pressed, (letter, screen, at_s)
        same = bool(letter) and before[:2] == (letter, screen)
        self._same_s = before[2] if same else float("inf")
        if not self._watches or not letter.isalpha() or letter in REPEATABLE:
            return None
        again = same and at_s < before[2] + AGAIN_S
        return AGAIN.format(letter) if again else None

    def refuses(self, screen: object, key: str, at_s: float) -> str | None:
        """Return why a key does nothing: words, or `STRAY`; `None` if it acts."""
        self._key_s = at_s
        entered_s, self._enter_s = self._enter_s, float("-inf")
        entered_on, self._entered_on = self._entered_on, None
        line = self._seen.get(screen)
        if key in CURSOR_KEYS:
            self.note_choice(screen, at_s)
        if key != "enter" or not self._watches:
            return None
        self._enter_s, self._entered_on = at_s, screen
        rule = _rule(screen)
        if rule.closes:
            if entered_on not in (None, screen) and at_s < entered_s + AGAIN_S:
                # The Enter that opened this, still held down or pressed twice.
                self._entered_on = entered_on
                return OPENED
            if line is not None and at_s < line.since_s + SETTLES_S:
                return OPENED
            self._closed, self._closed_s = rule.closes, at_s
            return None
        if self._closed != rule.follows and at_s < self._closed_s + LONG_S:
            self._closed_s = at_s
            return STRAY
        if rule.rests and at_s < entered_s + RESTS_S:
            return STRAY if self._named else HELD
        self._named = line is not None and bool(line.first)
        if line is not None and line.first:
            words, line.first = line.first, ""
            line.since_s = float("-inf")
            return words
        if line is not None and at_s < line.since_s + SETTLES_S:
            return MOVED
        return None


def _rule(screen: object) -> EnterRule:
    rule = getattr(screen, "ENTER_RULE", LIST)
    assert isinstance(rule, EnterRule)
    return rule
