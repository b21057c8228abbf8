"""The looks to choose from: calm, for bright rooms, of high contrast, without color.

Whatever is colored is said in a word and a sign as well, so each look only has to be
readable: text has a contrast of 4.5 to 1, in the one for weak eyes of 7 to 1.
"""

from collections.abc import Mapping

from textual.theme import Theme


def _look(
    name: str,
    *,
    ground: tuple[str, str, str],
    text: tuple[str, str, str],
    accent: str,
    good: str,
    warning: str,
    error: str,
    dark: bool = True,
) -> Theme:
    """Return a theme whose every color is named, none worked out from others.

    Args:
        name: what it is known by.
        ground: behind the page, behind bars and questions, behind the header.
        text: plain, beside the point, and done with.
        accent: the clock, keys, and where we are.
        good: what is settled.
        warning: what someone should look at.
        error: what someone must look at.
        dark: whether the ground is darker than the text.
    """
    page, bar, header = ground
    plain, muted, quiet = text
    named = {
        "text": plain,
        "text-muted": muted,
        "text-disabled": quiet,
        "text-primary": accent,
        "text-accent": accent,
        "text-success": good,
        "text-warning": warning,
        "text-error": error,
        "scrollbar": muted,
        "scrollbar-background": bar,
        "scrollbar-corner-color": bar,
        "border": accent,
    }
    return Theme(
        name=name,
        primary=accent,
        secondary=muted,
        accent=accent,
        foreground=plain,
        background=page,
        surface=bar,
        panel=header,
        boost=header,
        success=good,
        warning=warning,
        error=error,
        dark=dark,
        variables=named,
    )


DARK = _look(
    "cpt-dark",
    ground=("#12161c", "#181d25", "#212834"),
    text=("#d8dee9", "#a3adbd", "#8a94a4"),
    accent="#7dc4e4",
    good="#a6da95",
    warning="#eed49f",
    error="#f5a97f",
)
BRIGHT = _look(
    "cpt-bright",
    ground=("#fbfaf6", "#f1efe8", "#e4e1d6"),
    text=("#1c222b", "#474f5c", "#555d6a"),
    accent="#0a4f7a",
    good="#1d5c25",
    warning="#7a4300",
    error="#9c1f10",
    dark=False,
)
CONTRAST = _look(
    "cpt-contrast",
    ground=("#000000", "#000000", "#0000aa"),
    text=("#ffffff", "#ffffff", "#d0d0d0"),
    accent="#55ffff",
    good="#55ff55",
    warning="#ffff55",
    error="#ff9090",
)
MONO = _look(
    "cpt-mono",
    ground=("#000000", "#000000", "#000000"),
    text=("#ffffff", "#ffffff", "#ffffff"),
    accent="#ffffff",
    good="#ffffff",
    warning="#ffffff",
    error="#ffffff",
)
THEMES = (DARK, BRIGHT, CONTRAST, MONO)
WORDS = {
    DARK.name: "dark",
    BRIGHT.name: "bright, for bright rooms",
    CONTRAST.name: "high contrast",
    MONO.name: "no color",
}
"""What each look is called."""

COLORLESS_TERMINALS = ("vt52", "vt100", "vt102", "vt220", "vt320", "vt420")
FEW_COLORS = ("linux", "ansi", "xterm", "screen", "rxvt", "cygwin", "pcansi")
"""Terminals of sixteen colors at most, under exactly this name."""


def shows_colors(environ: Mapping[str, str]) -> bool:
    """Return whether a terminal has colors, and no one asked for none.

    See https://no-color.org for NO_COLOR, which counts if it says anything.
    """
    term = environ.get("TERM", "")
    return not (
        environ.get("NO_COLOR")
        or term in COLORLESS_TERMINALS
        or term.endswith(("-m", "-mono"))
    )


def first_look(environ: Mapping[str, str]) -> str:
    """Return the look of someone who has chosen none, on this terminal."""
    if not shows_colors(environ):
        return MONO.name
    term, more = environ.get("TERM", ""), environ.get("COLORTERM", "")
    few = term in FEW_COLORS or term.endswith("-16color")
    # Soft colors would all become the same gray.
    return CONTRAST.name if few and not more else DARK.name


def look_after(name: str) -> str:
    """Return the look that comes after another one, the first after the last."""
    names = [one.name for one in THEMES]
    at = names.index(name) if name in names else -1
    return names[(at + 1) % len(names)]
