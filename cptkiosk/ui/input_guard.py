"""What does not come from fingers, or was meant for something else, acts on nothing.

Keys that come faster than a hand sends them, and pastes, are text. They go into a field
where one is asked for, but confirm nothing: their Enter is dropped, and so is a badge
scan whole, except where a PIN is asked for. Elsewhere a text that is the ID of someone on
the list, as a badge scanner types it, finds that person; all other text is dropped whole.
"""

import re
from typing import Protocol

from textual import events
from textual.screen import Screen

from cptkiosk.ui.dialogs.modal import KioskModal
from cptkiosk.ui.enter_guard import HELD, SOON, STRAY
from cptkiosk.ui.ports import Kiosk
from cptkiosk.ui.sized import too_small
from cptkiosk.ui.terminal.parser import REST_S, Burst, burst_of
from cptkiosk.ui.widgets.entries import Entry
from cptkiosk.ui.widgets.filterable_table import FilterableTable
from cptkiosk.ui.widgets.text_entry import TextEntry

IGNORED = "Pasted text was ignored."
FOUND = "Found by ID. Nothing was recorded. Enter does what the Next line says."
NOT_HERE = "No one on this list has that ID. Nothing was recorded."
"""The digits are not shown: they may be a PIN."""

SCANNED = "Scans are ignored while a question is open."
NOT_CONFIRMED = "Pasted text cannot confirm. Read the question, then press Enter."

SCAN = re.compile(r"\S*\d\S*\r\s*")
"""What a badge scanner sends: one word with a digit in it, and Enter."""

BLIND_KEYS = frozenset({"ctrl+l", "ctrl+r", "ctrl+q"})
"""Keys that work where the terminal is too small to show what others would do."""


class Terminal(Kiosk, Protocol):
    """The app, as keys reach it."""

    @property
    def screen(self) -> Screen[object]:
        """The screen in front."""


class InputGuard:
    """Tells which events reach no screen."""

    def __init__(self, kiosk: Terminal) -> None:
        self._kiosk = kiosk
        self._figures, self._figure_s = "", float("-inf")
        self._first_press: tuple[str, Screen[object] | None] = ("", None)
        """The last key, and the screen on which the first of its presses in a row was."""

    @property
    def _is_unseen(self) -> bool:
        """Whether no one sees what a key would do."""
        return too_small(self._kiosk.size) and not self._kiosk.options.wall

    def leaves_out(self, event: events.Event) -> bool:
        """Tell whether a key or a paste is to do nothing; say why, if it needs saying."""
        if isinstance(event, events.Paste):
            return self._leaves_out_paste(event)
        if not isinstance(event, events.Key):
            return False
        if self._is_unseen and event.key not in BLIND_KEYS:
            return True
        burst = burst_of(event)
        if burst is not None and self._leaves_out_burst(burst, event.key):
            return True
        if self._ends_a_scan(event) or self._repeats_opener(event):
            return True
        screen, guard = self._kiosk.screen, self._kiosk.enter_guard
        refused = guard.refuses(screen, event.key, event.time)
        if refused is None and not self._in_form and not self._asks_for_text:
            letter = event.character or ""
            refused = guard.refuses_again(screen, letter, event.time)
        if refused is not None:
            self._say_refused(refused)
        return refused is not None

    def _say_refused(self, why: str) -> None:
        """Say why a key did nothing; what was recorded stays in sight."""
        status = self._kiosk.status
        if why == STRAY or (why == HELD and status.shows_recorded):
            status.add_note(SOON)
        else:
            status.say(why, "warning")

    @property
    def _asks_for_text(self) -> bool:
        """Whether a letter would be typed, not pressed."""
        focused = self._kiosk.screen.focused
        return focused is not None and focused.check_consume_key("x", "x")

    @property
    def _in_form(self) -> bool:
        return not isinstance(self._kiosk.screen.focused, FilterableTable | None)

    def _leaves_out_paste(self, event: events.Paste) -> bool:
        if self._is_unseen:
            return True
        if self._asks_for_text:
            return False
        self._take_text(event.text)
        return True

    def _leaves_out_burst(self, burst: Burst, key: str) -> bool:
        """Let the text of a burst into the form in which it began, and nothing else."""
        if burst.dropped:
            return True
        if not self._takes(burst):
            burst.dropped = True
            self._take_text(burst.text)
        elif self._is_scan(burst.text):
            burst.dropped = True
            self._warn(SCANNED)
        elif self._in_form and key == "enter":
            burst.dropped = True
            self._warn(NOT_CONFIRMED)
        return burst.dropped

    def _is_scan(self, text: str) -> bool:
        """Tell whether text that came at once into a form is of a badge.

        Digits where a PIN is asked for may be that PIN, over a line that was held up.
        """
        focused = self._kiosk.screen.focused
        asks_for_pin = isinstance(focused, TextEntry) and focused.password
        return self._in_form and not asks_for_pin and bool(SCAN.fullmatch(text))

    def _warn(self, words: str) -> None:
        """Say why text did nothing: in the question itself, where one is open."""
        screen = self._kiosk.screen
        if isinstance(screen, KioskModal):
            screen.say_ignored(words)
        else:
            self._kiosk.status.say(words, "warning")

    def _takes(self, burst: Burst) -> bool:
        if self._asks_for_text:
            burst.began_on = burst.began_on or self._kiosk.screen
        return burst.began_on is self._kiosk.screen and (
            self._in_form or self._asks_for_text
        )

    def _ends_a_scan(self, key: events.Key) -> bool:
        """Take figures followed by Enter for an ID, also of a scanner that is slow."""
        figures, self._figures = self._figures, ""
        if self._in_form or self._asks_for_text:
            return False
        if key.time > self._figure_s + REST_S:
            figures = ""
        if key.character and key.character in "0123456789":
            self._figures, self._figure_s = figures + key.character, key.time
        elif key.key == "enter" and figures:
            self._take_text(figures)
            return True
        return False

    def _repeats_opener(self, event: events.Key) -> bool:
        """Tell whether a key that opened what is in front would choose an option there.

        Held, or pressed twice, it is no answer to what no one has read yet.
        """
        screen = self._kiosk.screen
        key, first_on = self._first_press
        if key != event.key:
            self._first_press = event.key, screen
            return False
        chooses = event.is_printable and isinstance(screen.focused, Entry)
        return chooses and screen is not first_on

    def _take_text(self, text: str) -> None:
        """Put the cursor on whose ID this is, or drop it; either is said."""
        wanted = text.strip()
        for table in self._kiosk.screen.query(FilterableTable):
            if wanted and table.move_to_id(wanted):
                screen, at_s = self._kiosk.screen, events.Event().time
                self._kiosk.enter_guard.note_choice(screen, at_s)
                self._kiosk.status.say(FOUND, "ok")
                return
        words = IGNORED
        if wanted.isascii() and wanted.isdecimal():
            words = SCANNED if self._kiosk.screen.is_modal else NOT_HERE
        self._warn(words)
