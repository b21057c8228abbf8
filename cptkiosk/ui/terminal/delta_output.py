"""An app that sends the terminal only the cells that changed, and nothing harmful.

Textual repaints a whole widget for one changed digit. Over a thin line that costs
twenty times the bytes, so the app keeps a copy of the screen and sends differences.
This leans on private parts of Textual 8; a test on a real terminal holds it in place.

The copy is right only as long as everything written passes here. Whatever else may
have reached the terminal (a stop and its return, a resize, a message of the system on
the same line) makes it worthless, and a cell that it believes to be drawn stays wrong
for good. So after each of these the copy is dropped and the screen drawn on an empty
one. A terminal that reads too slowly gets no more frames until it has caught up: the
thread that writes takes 30, then Textual's loop waits for it, and no key, no clock and
no HALT would be answered meanwhile. The frame that is owed then shows what is so by now.
"""

from collections.abc import Callable

from rich.color import ColorSystem
from rich.console import RenderableType
from textual import events, on
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.app import App
from textual.driver import Driver
from textual.screen import Screen
from textual.strip import Strip

from cptkiosk.ui.terminal.glyphs import UNICODE, Glyphs
from cptkiosk.ui.terminal.screen_buffer import Cell, ScreenBuffer, cells_of

# Shift in, full scrolling region, plain style, empty screen: what a stray message or
# a binary file shown on the same terminal may have undone.
_START_AFRESH = "\x0f\x1b[r\x1b[0m\x1b[2J"


Cells = Callable[[Strip], list[Cell]]
"""Makes cells of a strip, as this terminal shows them."""

FRAMES_BEHIND = 6
"""Writes in the queue of a terminal that reads; Textual blocks at 30."""


class DeltaOutputApp(App[int]):
    """An app whose every byte passes one narrow door.

    Behaves as any other app where there is no terminal, as under test.
    """

    glyphs: Glyphs = UNICODE
    """The signs that widgets draw with; set it before the first screen."""

    colored = True
    """Whether the terminal has colors, and no one asked for none."""

    spelled: Callable[[str], str] | None = None
    """Makes text that the terminal can show, where that is not every text."""

    _buffer: ScreenBuffer | None = None
    _owed = False
    """Whether a frame was left out because the terminal did not take the last ones."""

    _owed_afresh = False
    """Whether that frame was to be drawn on an empty screen."""

    @on(events.Mount)
    def _watch_for_return(self) -> None:
        """Start afresh whenever the terminal comes back from elsewhere."""
        self.app_resume_signal.subscribe(self, lambda _: self.repaint())

    @on(events.Resize)
    def _start_afresh(self) -> None:
        """Draw on an empty screen, as terminals shift their text when resized."""
        if self.screen_stack:
            self.repaint()

    def repaint(self) -> None:
        """Draw everything again, whatever the terminal shows now."""
        driver = self._terminal()
        if driver is not None and behind(driver):
            self._owed = self._owed_afresh = True
            return
        self._draw_afresh(driver)

    def _draw_afresh(self, driver: Driver | None) -> None:
        self._buffer, self._owed_afresh = None, False
        if driver is not None:
            driver.write(_START_AFRESH)
        self.screen.refresh()

    def _terminal(self) -> Driver | None:
        """Return the driver if a real, full terminal is behind it."""
        ready = self._running and not self._closed and not self.is_headless
        driver = self._driver if ready else None
        return None if driver is None or driver.is_inline else driver

    def _display(
        self, screen: Screen[object], renderable: RenderableType | None
    ) -> None:
        """Send what `renderable` changes on the terminal.

        What is no plain update of the screen is left to Textual, and the next frame
        is then sent whole.
        """
        driver = self._terminal()
        if not (
            driver is not None
            and not self._batch_count
            and isinstance(renderable, LayoutUpdate | ChopsUpdate)
        ):
            if renderable is not None and not self._batch_count:
                self._buffer = None
            super()._display(screen, renderable)
            return
        if behind(driver):
            # A loop that waits for the terminal would answer nothing else meanwhile.
            self._owed = True
            self.post_display_hook()
            return
        try:
            self._send(driver, self._difference(renderable))
        finally:
            self.post_display_hook()

    def catch_up_display(self) -> None:
        """Send what was left out, once the terminal takes frames again."""
        driver = self._terminal()
        if self._owed and driver is not None and not behind(driver):
            self._owed = False
            if self._owed_afresh or self._buffer is None:
                self._draw_afresh(driver)
            else:
                self.screen.refresh()

    def _difference(self, update: LayoutUpdate | ChopsUpdate) -> str:
        """Return the control codes and text that bring `update` to the terminal."""
        size = (self.size.width, self.size.height)
        buffer = self._buffer
        if buffer is None or buffer.size != size:
            buffer = self._buffer = ScreenBuffer(*size)

        def cells(strip: Strip) -> list[Cell]:
            return cells_of(strip, self.sent_colors, self.spelled)

        if isinstance(update, LayoutUpdate):
            _put_lines(buffer, update, cells)
        else:
            _put_spans(buffer, update, cells)
        return buffer.take_output()

    @property
    def sent_colors(self) -> ColorSystem | None:
        """Which colors are sent, if any."""
        if not self.colored:
            return None
        return self.console._color_system or ColorSystem.TRUECOLOR

    def _send(self, driver: Driver, text: str) -> None:
        """Write `text` as one frame, and the cursor where input methods look."""
        place = self.screen.outer_size.clamp_offset(self.cursor_position)
        if not text and place == self._previous_cursor_position:
            return
        self._previous_cursor_position = place
        self._begin_update()
        driver.write(f"{text}\x1b[{place.y + 1};{place.x + 1}H")
        self._end_update()
        driver.flush()


def behind(driver: Driver) -> bool:
    """Return whether the terminal has not taken what was written last."""
    writer = getattr(driver, "_writer_thread", None)
    return writer is not None and writer._queue.qsize() >= FRAMES_BEHIND


def _put_lines(buffer: ScreenBuffer, update: LayoutUpdate, cells_in: Cells) -> None:
    """Put whole lines into `buffer`."""
    for y, strips in enumerate(update.strips, update.region.y):
        x = update.region.x
        for strip in strips:
            cells = cells_in(strip)
            buffer.draw_cells(x, y, cells)
            x += len(cells)


def _put_spans(buffer: ScreenBuffer, update: ChopsUpdate, cells_in: Cells) -> None:
    """Put the parts of lines that changed into `buffer`."""
    for y, left, right in update.spans:
        ends = update.chop_ends[y]
        for end, (x, strip) in zip(ends, update.chops[y].items(), strict=False):
            if strip is None or x >= right or end <= left:
                continue
            start, stop = max(x, left), min(end, right)
            part = strip.crop(start - x, stop - x)
            buffer.draw_cells(start, y, cells_in(part))
