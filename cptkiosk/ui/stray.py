"""An Enter too many: meant for a form that has just closed, felt by what is behind it."""

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
