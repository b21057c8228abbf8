"""Long work, with a bar over the screen once it takes a while, and Esc to stop it."""

import asyncio
import logging
from collections.abc import Callable
from typing import ClassVar, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from cptkiosk.domain.values import Refused
from cptkiosk.errors import KioskError
from cptkiosk.host.work_progress import WorkProgress
from cptkiosk.ui.dialogs.modal import KioskModal
from cptkiosk.ui.ports import ScreenPort
from cptkiosk.ui.widgets.bars import ProgressBar, Tone
from cptkiosk.ui.widgets.plain_text import PlainText
from cptkiosk.words import explain

SHOWN_AFTER_S = 0.3
"""Work that is done sooner shows no bar."""

DRAWN_EACH_S = 0.25

T = TypeVar("T")
Work = Callable[[WorkProgress], T]
log = logging.getLogger("cptkiosk")


class WorkDialog(KioskModal[None]):
    """What is under way and how far it is; the clock behind it goes on."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "stop", "stop")]

    def __init__(self, title: str, progress: WorkProgress) -> None:
        super().__init__()
        self._title, self._progress = title, progress
        self._since_ms = 0
        self._finished = False

    def compose(self) -> ComposeResult:
        """Lay out title, bar and the key that stops."""
        with Vertical(id="dialog"):
            yield PlainText(self._title[:1].upper() + self._title[1:], id="title")
            yield ProgressBar()
            yield PlainText("Esc: stop (no partial result is kept)", id="keys")

    def on_mount(self) -> None:
        """Draw, now and again."""
        self._since_ms = self._now_ms()
        self._draw()
        self._go()
        self.set_interval(DRAWN_EACH_S, self._draw)

    def _now_ms(self) -> int:
        return self.kiosk.machine_clock.now().boot_ms

    def _draw(self) -> None:
        seconds = (self._now_ms() - self._since_ms) // 1000
        self.query_one(ProgressBar).said = (*self._progress.steps_done, seconds)

    def action_stop(self) -> None:
        """Let the work stop at its next step."""
        self._progress.request_stop()
        self.query_one("#keys", PlainText).update("Stopping at the next step ...")

    def finish(self) -> None:
        """Go: the work is done, or stopped."""
        self._finished = True
        self._go()

    def on_screen_resume(self) -> None:
        """Go, if the work ended behind something in front, such as the lock."""
        self._go()

    def _go(self) -> None:
        if self._finished and self.is_active and self.is_mounted:
            self.dismiss(None)


async def work_on(
    screen: ScreenPort,
    title: str,
    work: Work[T],
    *,
    beside: bool = False,
    standing: str = "",
    fails_on: ScreenPort | None = None,
) -> T | None:
    """Do long work for a screen; return what it returns, or `None` if it did not end.

    Must run in a worker of the screen: a handler that awaits it hears no Esc.

    Args:
        screen: who waits for it.
        title: what is under way.
        work: takes a `Progress` and calls it between its steps.
        beside: whether it stays off the desk, which then goes on with other things.
        standing: what was recorded before and stands all the same; it stays on the
            status line unless the work fails, and is said again then.
        fails_on: which screen says why the work failed, if not the one that waits.
    """
    progress = WorkProgress()
    kiosk = screen.kiosk
    if not standing:
        kiosk.status.say(f"{title} ...", "pending")
    dialog = WorkDialog(title, progress)
    run = asyncio.to_thread if beside else kiosk.worker.run_work
    task = asyncio.ensure_future(run(lambda: work(progress)))
    patience = asyncio.ensure_future(kiosk.sleep(SHOWN_AFTER_S))
    said: tuple[str, Tone] = ("", "ok")
    try:
        await asyncio.wait({task, patience}, return_when=asyncio.FIRST_COMPLETED)
        if not (task.done() or kiosk.navigator.shows_lock):
            screen.kiosk.navigator.open_dialog(dialog)
        found = await asyncio.shield(task)
        if progress.is_stopping:
            said = ("It finished before it could be stopped.", "ok")
    except Refused as refusal:
        said = (f"{standing}{explain(refusal)}", "warning")
    except KioskError as error:
        log.warning("%s", error)
        said = (f"{standing}{error}", "error")
    else:
        if said[0] or not standing:
            kiosk.status.say(*said, on=screen)
        return found
    finally:
        patience.cancel()
        if not task.done():
            # The one who waited is gone; no one could stop it later, or hears what came.
            progress.request_stop()
            task.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
        dialog.finish()
        kiosk.redraw_front()
    # Said on the screen that waits, it is there once the bar, or a lock, is gone.
    kiosk.status.say(*said, on=fails_on or screen)
    return None
