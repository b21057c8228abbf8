"""The two looks: calm and dark, and one for those who want no colour at all."""

from textual.theme import Theme

DARK = Theme(
    name="cpt-dark",
    primary="#7dc4e4",
    secondary="#aab3c2",
    accent="#7dc4e4",
    foreground="#d8dee9",
    background="#12161c",
    surface="#181d25",
    panel="#212834",
    boost="#2c3646",
    success="#a6da95",
    warning="#eed49f",
    error="#f5a97f",
    dark=True,
)
MONO = Theme(
    name="cpt-mono",
    primary="#ffffff",
    secondary="#c0c0c0",
    accent="#ffffff",
    foreground="#e4e4e4",
    background="#000000",
    surface="#080808",
    panel="#1c1c1c",
    boost="#303030",
    success="#e4e4e4",
    warning="#ffffff",
    error="#ffffff",
    dark=True,
)
THEMES = (DARK, MONO)
