"""Text that would steer a terminal, hide, or drown a screen; and what gives it away."""

import re

from hypothesis import strategies as st

SEQUENCES = (
    "\x1b]52;c;ZXZpbA==\x07",
    "\x1b]0;owned\x07",
    "\x1b[2J\x1b[H",
    "\x1b[6n",
    "\x1b[?1049l",
    '\x1bP$q"p\x1b\\',
    "\x1bP+q544e\x1b\\",
    "\x1b_Gi=1;AAAA\x1b\\",
    "\x1b^pm\x1b\\",
    "\x1bc",
    "\x9b31m",
    "\x9d0;owned\x9c",
    "\x90q\x9c",
    "\x0e\x0f\x08\x7f\x00",
    "\x1b[200~pasted\x1b[201~",
    "\r\nsecond line",
)
DIRECTIONS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
UNSEEN = "\u00ad\u034f\u115f\u180e\u200b\u200c\u200d\u2060\u2800\u3164\ufeff\U000e0041"
HALVES = "\ud800\udbff\udc80\udcff\udfff"
SEPARATORS = "\u0085\u2028\u2029\x0b\x0c"
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x","y")')
MARKUP = ("[red]x[/]", "[/foo]", "[@click=app.quit()]q[/]", "{x}", "%s%n", "\\")
PATHS = (
    *("../../etc/passwd", "/etc/shadow", "~", "~nobody-of-that-name/x", "-rf", "..."),
    *("/dev/tty", "/dev/zero", "/proc/self/mem", "/", "", " ", "a/" * 150, "x" * 300),
)
PLAIN = "Aé陽 \U0001f468\u200d\U0001f469 0"

KNOWN = (
    *("\x1b]52;c;ZXZpbA==\x07", "\u202egnorts", "x" * 10_000, "=1+1", "12"),
    *("~nobody-of-that-name/x", "a\ud800b", "\x9b31m\x1b[2J", "[/foo]", "../" * 9),
    *("Z" + "\u0300\u0489" * 5_000, "x" * 300, "\u200b\u2060", "A1 break", "\x00"),
)
"""A handful that every place gets, in one order or another."""

texts = st.one_of(
    st.sampled_from((*SEQUENCES, *FORMULAS, *MARKUP, *PATHS)),
    st.lists(
        st.one_of(
            st.sampled_from(SEQUENCES),
            st.text(DIRECTIONS + UNSEEN + HALVES + SEPARATORS + PLAIN, max_size=12),
            st.text(max_size=12),
        ),
        min_size=1,
        max_size=4,
    ).map("".join),
    st.sampled_from(("e\u0301", "\u0e33", "\U0001f1e6")).map(lambda one: one * 5_000),
    st.sampled_from(("e", "陽", "\u202e", "\x1b[A", "\u200d")).map(
        lambda one: (one * 10_000)[:10_000]
    ),
    st.just("Z" + "\u0300\u0301\u0302\u0489" * 2_500),
)
"""One hostile text."""

STEERING = re.compile(f"[\x00-\x1f\x7f-\x9f\u2028\u2029{DIRECTIONS}\ud800-\udfff]")
"""What a terminal or a reader may take for more than letters."""

SENT = re.compile(r"\x1b\[[<>=?]?[0-9;]*[ $!]?[A-Za-z]|\x1b[78=>]")
"""The sequences that the program itself sends: places, colors, modes."""

POINTER = "\x1b]22;default\x07"
"""Textual's own, for a mouse that the kiosk does not even listen to."""


def steering_in(written: str) -> str:
    """Return the first thing in what was written that is no place, color or letter."""
    rest = SENT.sub("", written.replace(POINTER, "").replace("\x0f", ""))
    found = STEERING.search(rest.replace("\r\n", ""))
    return repr(rest[max(0, found.start() - 20) : found.end() + 20]) if found else ""
