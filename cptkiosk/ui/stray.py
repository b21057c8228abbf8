"""An Enter too many: for a form that has closed, a step that is over, or held down."""

LONG_S = 0.3
"""Whoever waits this long has seen that the form is gone."""


class StrayEnters:
    """Tells which Enter was meant for a form or a question that is gone.

    Screens say what an Enter on them may linger as (`ENTER_LINGERS`), and of which
    kind they take an Enter at once all the same (`ENTER_TAKES`), because there two in
    a row are the way to work. Held down, the key goes on being one too many.
    """

    def __init__(self, long_s: float = LONG_S) -> None:
        self._long_s = long_s
        self._lingers, self._until_s = "", 0.0

    def takes(self, screen: object, pressed_s: float) -> bool:
        """Return whether an Enter pressed on `screen` is one too many."""
        lingers = str(getattr(screen, "ENTER_LINGERS", ""))
        if lingers:
            self._lingers, self._until_s = lingers, pressed_s + self._long_s
            return False
        taken = self._lingers == getattr(screen, "ENTER_TAKES", "")
        if taken or pressed_s >= self._until_s:
            return False
        self._until_s = pressed_s + self._long_s
        return True


SETTLES_S = 0.4
"""Whoever presses this long after the Next line changed has read what it says."""

MOVED = "The next step has just changed, so Enter did nothing. Look, then press it."


class MovedSteps:
    """Tells which Enter was meant for a step that has just given way to another.

    Time alone can change what is next, while a finger is on its way. Screens on which
    that may happen say so (`STEP_MOVES`).
    """

    def __init__(self, settles_s: float = SETTLES_S) -> None:
        self._settles_s = settles_s
        self._seen: tuple[object, str] = (None, "")
        self._moved_s = float("-inf")

    def shown(self, screen: object, action: str, at_s: float) -> None:
        """Take in what is next on a screen, as somebody sees it now."""
        if not getattr(screen, "STEP_MOVES", False):
            return
        before, self._seen = self._seen, (screen, action)
        if before[0] is screen and before[1] != action:
            self._moved_s = at_s

    def takes(self, screen: object, pressed_s: float) -> bool:
        """Return whether an Enter pressed on `screen` came too soon after a change."""
        return self._seen[0] is screen and pressed_s < self._moved_s + self._settles_s


RESTS_S = 1.0
"""A key held down repeats sooner than this, also for the first time."""

HELD = "Enter was held down, so it did nothing. Let go, read, and press it once."


class HeldEnters:
    """Tells which Enter comes of a key that is held down, or hammered.

    On screens where a single one does what nobody may do by chance (`ENTER_RESTS`) the
    key must have rested before, wherever it was pressed; or another has been pressed.
    """

    def __init__(self, rests_s: float = RESTS_S) -> None:
        self._rests_s = rests_s
        self._pressed_s = float("-inf")

    def takes(self, screen: object, key: str, pressed_s: float) -> bool:
        """Return whether a key pressed on `screen` is an Enter that has not rested."""
        before, self._pressed_s = self._pressed_s, float("-inf")
        if key != "enter":
            return False
        self._pressed_s = pressed_s
        rests = getattr(screen, "ENTER_RESTS", False)
        return rests and pressed_s < before + self._rests_s
