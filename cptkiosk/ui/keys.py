"""What keys are called, and what those say that do nothing on a screen."""

from dataclasses import dataclass

SHOWN = {
    "question_mark": "?",
    "slash": "/",
    "colon": ":",
    "enter": "Enter",
    "escape": "Esc",
    "space": "Space",
    "down": "Down",
    "up": "Up",
    "left": "Left",
    "right": "Right",
    "tab": "Tab",
    "f8": "F8",
}

ELSEWHERE = {
    "u": "Nothing can be undone here: u undoes your last step on a session's screens.",
    "i": "An irregularity belongs to a session: open the session, then press i.",
    "colon": "The action line belongs to a session: open the session, then press :.",
    "slash": "There is no list to search here: / on Today finds people and sessions.",
}
"""What keys that are the same everywhere say where they have nothing to act on."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key, what it does, and what the help says about it."""

    key: str
    action: str
    label: str
    help: str

    @property
    def shown(self) -> str:
        """The key as the key line names it."""
        if self.key in SHOWN:
            return SHOWN[self.key]
        return self.key.replace("ctrl+", "^") if "+" in self.key else self.key


HALT = Key("h", "halt", "HALT", "Stop every clock (alarm); then take attendance")
TYPED_HALT = Key("f8", "halt", "HALT", "Stop every clock; works while you type, too")
"""Works everywhere, also where h is text."""

TYPED_HELP = Key("ctrl+g", "help", "help", "Show what every key does here; F1 too")
"""The key for the help where ? is text; terminals may swallow F1."""

HAND_OVER = Key(
    "H", "hand_over", "hand over", "Somebody else runs the session; both sign"
)
"""On the screens of every stage in which somebody runs the session."""
