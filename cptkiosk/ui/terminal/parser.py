"""What comes from a terminal, told apart: keys, pastes, and all that no finger sent.

Terminals also send answers to questions, reports and noise. None of that may act as
keys, also when a line cuts it in two or loses its end.

Textual's own parser compares what comes with the sequences it knows, and reissues all
others as single keys. Here those letters would act: `h` opens HALT, `f` the end of
someone's exam. So this parser follows the grammar that all sequences share (ECMA-48)
to their end, and only then asks whether it is a key. What is not known is dropped whole.
An Esc that a slow line delivers alone counts as that key; what else belongs to its
sequence is still taken off if it comes within a second.
"""

import re
from collections.abc import Generator, Iterable

from textual import constants, events
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._keyboard_protocol import FUNCTIONAL_KEYS
from textual._parser import ParseEOF, ParseTimeout, Peek1, Read1, TokenCallback
from textual._xterm_parser import XTermParser
from textual.keys import Keys
from textual.message import Message

ESC, BEL, CAN, SUB = "\x1b", "\x07", "\x18", "\x1a"
CSI, SS3 = "[", "O"
STRINGS = "]P_^X"
"""After Esc: what begins a text that goes on to its terminator (OSC, DCS, APC, PM, SOS)."""

C1 = {"\x9b": CSI, "\x8f": SS3, "\x9d": "]", "\x90": "P", "\x9f": "_", "\x9e": "^"}
"""The same in one character."""

PASTE, PASTED = "\x1b[200~", "\x1b[201~"
FOCUS = {"\x1b[I": events.AppFocus, "\x1b[O": events.AppBlur}

WANTED = re.compile(r"\x1b\[(\?\d+;\d\$y|48;[\d:]+;[\d:]+;[\d:]+;[\d:]+t)")
"""Reports that Textual's driver asks for: modes, and sizes."""

EXTENDED = re.compile(r"\x1b\[(?P<code>\d*)[\d:;]*(?P<end>[u~A-S])")

REST_S = 1.0
"""How long the rest of a sequence, or of a paste, may stay away before it is given up."""

LONGEST_SEQUENCE, LONGEST_PASTE = 4096, 65536
"""Characters that are kept; of what is longer the end is still waited for."""

GAP_S = 0.025
"""Keys that come sooner after each other than this come from no hand."""

DIFFERENT_MIN = 4
"""So many different characters at once, Enter among them, are a burst: a paste that is
not marked as one, or noise. Fewer, or one again and again, can be a hand whose line was
held up."""

Reading = Generator[Read1 | Peek1, str, None]


class Burst:
    """Keys that came at once, as no hand sends them."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.dropped = False
        """Whether the rest does nothing any more: one of them met no field of text."""

        self.began_on: object = None
        """The screen on which a field took the first of them."""


class TerminalParser(XTermParser):
    """Textual's parser with a grammar that takes whole sequences, known or not."""

    def parse(self, token_callback: TokenCallback[Message]) -> Reading:
        """Turn characters into events, until the input ends."""
        self._tell = token_callback
        try:
            while True:
                char = yield self.read1()
                if char in C1:
                    yield from self._sequence(C1[char])
                elif char == ESC:
                    yield from self._escape()
                elif not "\x80" <= char <= "\x9f":
                    self._tell_keys(char)
        except ParseEOF:
            return

    def _tell_keys(self, sequence: str, *, alt: bool = False) -> None:
        try:
            keys = list(self._sequence_to_key_events(sequence, alt=alt))
        except (ValueError, OverflowError):
            return  # a number that is no character
        for key in keys:
            if alt:
                # On no screen a key, and no letter of a text.
                self._tell(events.Key(key.key, None))
            elif key.key != Keys.Ignore:
                self._tell(key)

    def _escape(self) -> Reading:
        """Take an Esc, and what may belong to it."""
        try:
            char = yield self.read1(constants.ESCAPE_DELAY)
            while char == ESC:
                self._tell(events.Key("escape", ESC))
                char = yield self.read1(constants.ESCAPE_DELAY)
        except ParseTimeout:
            self._tell(events.Key("escape", ESC))
            yield from self._late_rest()
            return
        yield from self._after_escape(char)

    def _after_escape(self, char: str) -> Reading:
        """Take what an Esc and the character after it begin."""
        if char in (CSI, SS3) or char in STRINGS:
            yield from self._sequence(char)
        else:
            self._tell_keys(char, alt=True)

    def _late_rest(self) -> Reading:
        """Take the rest of a sequence whose Esc came too early to be known as its start."""
        try:
            char = yield self.read1(REST_S)
        except ParseTimeout:
            return
        if char in "[]":
            yield from self._sequence(char)
        elif char == ESC:
            yield from self._escape()
        else:
            self._tell_keys(char)

    def _sequence(self, kind: str) -> Reading:
        """Take a sequence to its end; what stays without one is dropped."""
        try:
            if kind in STRINGS:
                yield from self._string()
            elif kind == SS3:
                char = yield self.read1(constants.ESCAPE_DELAY)
                self._tell_keys(f"{ESC}{SS3}{char}")
            else:
                yield from self._control()
        except ParseTimeout:
            return

    def _string(self) -> Reading:
        """Pass over a text to its terminator."""
        left = LONGEST_SEQUENCE
        while left:
            char = yield self.read1(REST_S)
            if char in (BEL, CAN, SUB, "\x9c"):
                return
            if char == ESC:
                char = yield self.read1(REST_S)
                if char != "\\":
                    # Its end was lost, and something else begins.
                    yield from self._after_escape(char)
                return
            left -= 1

    def _control(self) -> Reading:
        """Take a control sequence, and act on those that are keys."""
        sequence = f"{ESC}{CSI}"
        while not _is_whole(sequence):
            char = yield self.read1(REST_S)
            if char == ESC:
                # Its end was lost, and something else begins.
                yield from self._escape()
                return
            if char in (CAN, SUB):
                return
            sequence = (sequence + char)[:LONGEST_SEQUENCE]
        if sequence == f"{ESC}{CSI}M":
            for _ in range(3):  # a mouse that no one asked for
                yield self.read1(REST_S)
        elif sequence == PASTE:
            yield from self._paste()
        elif sequence in FOCUS:
            self._tell(FOCUS[sequence]())
        else:
            self._tell_control(sequence)

    def _tell_control(self, sequence: str) -> None:
        """Act on a whole control sequence, if it is a key or what the driver asked for."""
        if WANTED.fullmatch(sequence):
            for report in XTermParser().feed(sequence):
                self._tell(report)
        elif sequence in ANSI_SEQUENCES_KEYS or _is_key(sequence):
            self._tell_keys(sequence)

    def _paste(self) -> Reading:
        """Take a paste; one that is never closed ends when nothing more comes."""
        text = ""
        try:
            while True:
                char = yield self.read1(REST_S)
                text += char
                if text.endswith(PASTED):
                    text = text.removesuffix(PASTED)
                    break
                text = text[:LONGEST_PASTE] + text[LONGEST_PASTE:][-len(PASTED) :]
        except ParseTimeout:
            pass
        self._tell(events.Paste(text.replace("\x00", "")))


def _is_whole(sequence: str) -> bool:
    """Tell whether a control sequence has its end."""
    if sequence in ANSI_SEQUENCES_KEYS or sequence in FOCUS:
        return True
    # Keys of the Linux console have a bracket and one more letter.
    return len(sequence) > 2 and sequence[2:] != CSI and "@" <= sequence[-1] <= "~"


def _is_key(sequence: str) -> bool:
    """Tell whether this is a key of Kitty's protocol, and not just formed like one."""
    if (found := EXTENDED.fullmatch(sequence)) is None:
        return False
    return (
        found["end"] == "u" or f"{found['code'] or 1}{found['end']}" in FUNCTIONAL_KEYS
    )


def mark_bursts(messages: Iterable[Message]) -> list[Message]:
    """Return what came at once, its keys marked where no hand can have sent them.

    An Enter before the first letter is not of the text: someone pressed it before.
    """
    found = list(messages)
    keys = [one for one in found if isinstance(one, events.Key)]
    while keys and not _is_letter(keys[0]):
        del keys[0]
    different = {key.character for key in keys if _is_letter(key) or key.key == "enter"}
    if len(different) >= DIFFERENT_MIN:
        burst = Burst("".join(key.character or "" for key in keys))
        for key in keys:
            key.burst = burst  # type: ignore[attr-defined]
    return found


def _is_letter(key: events.Key) -> bool:
    return key.is_printable and key.character != " "


def burst_of(key: events.Key) -> Burst | None:
    """Return the burst that a key came in, if it did."""
    burst = getattr(key, "burst", None)
    return burst if isinstance(burst, Burst) else None
