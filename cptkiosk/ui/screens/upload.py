"""Upload: sealed revisions that wait to be written out, and what was written where."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import ClassVar

from textual import on
from textual.widget import Widget
from textual.widgets import Static

from cptkiosk.domain.guide import Step
from cptkiosk.domain.text import visible
from cptkiosk.domain.values import Refused, plural
from cptkiosk.errors import DestinationError
from cptkiosk.progress import Progress, Stopped
from cptkiosk.settings import expanded
from cptkiosk.ui import times
from cptkiosk.ui.screens.base import Key, KioskScreen
from cptkiosk.ui.screens.folder_question import ask_folder
from cptkiosk.ui.screens.working import work_on
from cptkiosk.ui.widgets.roll import Column, Roll, Row
from cptkiosk.ui.work import begin
from cptkiosk.upload.queue import Queue, Queues, Written

NOTHING_WAITS = "Nothing waits: every sealed revision was written."


class UploadScreen(KioskScreen):
    """The queue first, then what was written; nothing goes over a network."""

    KEYS: ClassVar[tuple[Key, ...]] = (
        Key("enter", "next", "write", "Write the bundle under the cursor to a folder"),
        Key("s", "write_all", "write all", "Write all bundles that wait to a folder"),
        Key("slash", "find", "find", "Find a session by typing"),
    )

    def __init__(self) -> None:
        super().__init__()
        self._queue = Queue((), ())
        self._queues: Queues | None = None
        self._failed: dict[str, str] = {}

    def body(self) -> Iterator[Widget]:
        """Lay out the list, and the whole of the line under the cursor."""
        yield Roll(empty="No session has been sealed yet. Esc goes back.")
        whole = Static("", id="whole", markup=False)
        whole.styles.height = 4
        yield whole

    def prepare(self) -> None:
        """Name the columns."""
        self.query_one(Roll).set_columns(
            [
                Column("Session", 22, grow=True),
                Column("Rev", 3, right=True),
                Column("State", 8),
                Column("When", 12),
                Column("Where, or why not", 24, grow=True),
            ]
        )

    def redraw(self) -> None:
        """Read the queue again; drawing follows."""
        begin(self, self._read, "queue")

    async def _read(self) -> None:
        desk = self.kiosk.desk
        queues = self._queues = self._queues or Queues(desk)
        found = await self.kiosk.quietly(queues.read)
        if found is not None:
            self._queue = found
            super().redraw()

    def draw(self) -> None:
        """Draw what waits, and below it what was written."""
        desk = self.kiosk.desk
        now_ms, zone = desk.now().utc_ms, desk.zone
        rows = []
        for line in self._queue.waiting:
            why = self._failed.get(line.session_id, "")
            state = "failed" if why else "waiting"
            cells = (f"{line.title}  {line.session_id}", f"{line.revision}", state)
            rows.append(Row(line.session_id, (*cells, "-", why), "attention"))
        for one in self._queue.written:
            when = times.day_text(one.at_utc_ms, now_ms, zone)
            cells = (f"{one.title}  {one.session_id}", f"{one.revision}", "written")
            rows.append(Row(f"#{one.seq}", (*cells, when, one.destination), "good"))
        self.query_one(Roll).set_rows(rows)
        self._show_whole()

    @on(Roll.Moved)
    def _show_whole(self) -> None:
        one, text = self._chosen_written(), ""
        session_id = self._chosen_waiting()
        if one is not None:
            text = f"{one.destination}/{one.file_name}\nSHA-256 {one.sha256}"
        elif session_id:
            text = self._failed.get(
                session_id, "Sealed; its bundle is not written yet."
            )
        self.query_one("#whole", Static).update(visible_lines(text))

    def _chosen_waiting(self) -> str:
        key = self.query_one(Roll).cursor_key
        waiting = {one.session_id for one in self._queue.waiting}
        return key if key in waiting else ""

    def _chosen_written(self) -> Written | None:
        key = self.query_one(Roll).cursor_key
        return next((one for one in self._queue.written if f"#{one.seq}" == key), None)

    def next_step(self) -> Step:
        """Write what waits, or go back."""
        count = len(self._queue.waiting)
        if not count:
            return Step("nothing waits to be written - go back", "back", "Esc")
        return Step(f"{plural(count, 'bundle')} to write - s writes all", "s", "s")

    def why_not(self, action: str) -> str:
        """Return why an action is not possible now, or nothing if it is."""
        if not self.drawable:
            return ""
        if action == "write_all" and not self._queue.waiting:
            return NOTHING_WAITS
        if action == "next" and not self.query_one(Roll).cursor_key:
            return "No session has been sealed yet."
        return ""

    def do_find(self) -> None:
        """Let the list take what is typed."""
        self.query_one(Roll).start_filter()

    # Writing

    def do_next(self) -> None:
        """Ask where to, then write the one under the cursor; once more if it was."""
        written = self._chosen_written()
        session_id = written.session_id if written else self._chosen_waiting()
        self._ask("Write the bundle", (session_id,))

    def do_write_all(self) -> None:
        """Ask where to, then write all that wait."""
        waiting = tuple(one.session_id for one in self._queue.waiting)
        self._ask(f"Write {plural(len(waiting), 'bundle')}", waiting)

    def _ask(self, title: str, session_ids: Sequence[str]) -> None:
        ask_folder(
            self,
            title,
            self._queue.last_folder,
            lambda folder: begin(
                self, partial(self._write, session_ids, folder), "write"
            ),
        )

    async def _write(self, session_ids: Sequence[str], folder: str) -> None:
        desk, actor = self.kiosk.desk, self.actor
        failed: dict[str, str] = {}

        def write(progress: Progress) -> int:
            from cptkiosk.reports.sealed import sealed_report
            from cptkiosk.upload.folder import STEPS, write_bundle

            report, target = sealed_report(desk.definitions), expanded(folder)
            for at, session_id in enumerate(session_ids):

                def told(done: int, of: int, before: int = at * STEPS) -> None:
                    progress(before + done, len(session_ids) * STEPS)

                try:
                    write_bundle(
                        desk, session_id, target, actor, report=report, told=told
                    )
                except Stopped as stopped:
                    raise Stopped(
                        f"Stopped: {plural(at - len(failed), 'bundle')} of"
                        f" {len(session_ids)} written, the others were left as they were."
                    ) from stopped
                except (Refused, DestinationError) as error:
                    failed[session_id] = str(error)
            return len(session_ids) - len(failed)

        count = await work_on(self, "writing", write)
        for session_id in session_ids:
            self._failed.pop(session_id, None)
        self._failed |= failed
        if count is not None:
            self._say(count, folder, failed)
        self.redraw()

    def _say(self, count: int, folder: str, failed: dict[str, str]) -> None:
        done = f"{plural(count, 'bundle')} in {visible(folder, 200)}, read back"
        if not failed:
            self.kiosk.say(f"{done}.", "ok")
            return
        why = next(iter(failed.values()))
        words = f"{plural(len(failed), 'bundle')} not written: {why}"
        self.kiosk.say(f"{done}; {words}" if count else words, "error")


def visible_lines(text: str) -> str:
    """Return text harmless to show, its lines kept."""
    return "\n".join(visible(line, 400) for line in text.split("\n"))
