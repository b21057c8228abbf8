"""Upload: sealed revisions that wait, where each was written, and what proves it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.widget import Widget

from cptkiosk.domain.guidance.next_step import Step
from cptkiosk.domain.text import visible
from cptkiosk.domain.values import Refused, plural
from cptkiosk.errors import DestinationError
from cptkiosk.host.paths import expand_home
from cptkiosk.host.work_progress import Stopped, WorkProgress
from cptkiosk.ui.actions import Action
from cptkiosk.ui.dialogs.folder import ask_folder
from cptkiosk.ui.dialogs.form_dialog import ask_question
from cptkiosk.ui.dialogs.progress_dialog import work_on
from cptkiosk.ui.dialogs.question import Question
from cptkiosk.ui.frame.kiosk_screen import FIND, KioskScreen
from cptkiosk.ui.navigator import Route
from cptkiosk.ui.widgets.fields import TextField, Values
from cptkiosk.ui.widgets.filterable_table import Column, FilterableTable, Row
from cptkiosk.ui.widgets.plain_text import PlainText
from cptkiosk.ui.workers import begin
from cptkiosk.upload.queue import Queue, Queues, Waiting, Written, list_drives
from cptkiosk.upload.receipts import latest_receipt, read_receipt
from cptkiosk.words import describe_error

NOTHING_WAITS = "Nothing to write. Every sealed revision has been written."
NOTHING_WRITTEN = "No bundle has been written yet, so there is nothing to confirm."
WHOLE_LINES = 5


COLUMNS = (
    Column("Session", 18, grow=True),
    Column("Rev", 3, right=True),
    Column("State", 10),
    Column("Tries", 5, right=True),
    Column("When", 12),
    Column("Destination or reason", 23, grow=True),
)


class BundleQueueScreen(KioskScreen):
    """The queue first, then what has its receipt; nothing goes over a network."""

    ROUTE = Route.UPLOAD

    def __init__(self) -> None:
        super().__init__()
        self._queue = Queue((), ())
        self._queues: Queues | None = None

    def compose_body(self) -> Iterator[Widget]:
        """Lay out the list, and the whole of the line under the cursor."""
        yield FilterableTable(
            *COLUMNS, empty="No session has been sealed yet. Press Esc to go back."
        )
        whole = PlainText("", id="whole")
        whole.styles.height = WHOLE_LINES
        yield whole

    def redraw_record(self) -> None:
        """Read the queue again; drawing follows."""
        begin(self, self._read_queue, "queue")

    async def _read_queue(self) -> None:
        desk = self.kiosk.desk
        queues = self._queues = self._queues or Queues(desk)
        found = await self.kiosk.worker.quietly(queues.read_queue)
        if found is not None:
            self._queue = found
            super().redraw_record()

    def draw_body(self) -> None:
        """Draw what waits, and below it what was written."""
        rows = [*map(self._waiting_row, self._queue.waiting)]
        rows += map(self._written_row, self._queue.written)
        self.table.set_rows(rows)
        self._show_whole()

    def _day(self, utc_ms: int) -> str:
        desk = self.kiosk.desk
        return desk.times.format_near(utc_ms, desk.now().utc_ms)

    def _waiting_row(self, one: Waiting) -> Row:
        state, when, why = "waiting", "-", ""
        if one.failures:
            last = one.failures[-1]
            state, when, why = "failed", self._day(last.at_utc_ms), last.reason
        named = (f"{one.title}  {one.session_id}", f"{one.revision}", state)
        cells = (*named, f"{len(one.failures)}", when, why)
        return Row(one.session_id, cells, "attention")

    def _written_row(self, one: Written) -> Row:
        state, at_ms, tone = "no receipt", one.at_utc_ms, ""
        if one.receipt is not None:
            state, at_ms, tone = "receipt", one.receipt.received_utc_ms, "good"
        elif one.replaced:
            state, tone = "replaced", "quiet"
        named = (f"{one.title}  {one.session_id}", f"{one.revision}", state)
        cells = (*named, f"{one.tries}", self._day(at_ms), one.destination)
        return Row(f"#{one.seq}", cells, tone)

    @on(FilterableTable.Moved)
    def _show_whole(self) -> None:
        lines: tuple[str, ...] = ()
        match self._selected_bundle:
            case Written() as written:
                lines = self._written_lines(written)
            case Waiting() as waiting:
                lines = self._waiting_lines(waiting)
        text = "\n".join(visible(line, 400) for line in lines)
        self.query_one("#whole", PlainText).update(text)

    def _waiting_lines(self, one: Waiting) -> tuple[str, ...]:
        if not one.failures:
            return ("Sealed. The bundle has not been written yet.",)
        last = one.failures[-1]
        tries = plural(len(one.failures), "try", "tries")
        return (f"{tries}, most recently to {last.destination}:", last.reason)

    def _written_lines(self, one: Written) -> tuple[str, ...]:
        proof = "Awaiting confirmation. When a receipt arrives, press r to import it."
        if one.receipt is not None:
            day = self._day(one.receipt.received_utc_ms)
            proof = f"Confirmed on {day} by {one.receipt.received_by.text}"
        elif one.replaced:
            proof = "Replaced by a later revision before it was confirmed."
        tries = plural(one.tries, "try", "tries")
        return (
            f"{one.destination}/{one.file_name}",
            f"SHA-256 {one.sha256}",
            f"Written {self._day(one.at_utc_ms)}, {tries}. {proof}",
        )

    @property
    def _selected_bundle(self) -> Waiting | Written | None:
        """The bundle under the cursor."""
        found: dict[str, Waiting | Written] = {
            one.session_id: one for one in self._queue.waiting
        }
        found |= {f"#{one.seq}": one for one in self._queue.written}
        return found.get(self.table.cursor_key)

    def next_step(self) -> Step:
        """Write what waits, take receipts, or go back."""
        count, unproved = len(self._queue.waiting), len(self._queue.unproved_bundles)
        if count:
            return Step(
                f"{plural(count, 'bundle')} to write - s to write all",
                "s",
                by="write_all",
            )
        if unproved:
            bundles = plural(unproved, "bundle")
            return Step(
                f"{bundles} awaiting confirmation - r to import a receipt",
                "receipt",
                by="receipt",
            )
        return Step("nothing left to write - go back", "back")

    def _lacks_waiting(self) -> str:
        return "" if self._queue.waiting else NOTHING_WAITS

    def _lacks_written(self) -> str:
        return "" if self._queue.written else NOTHING_WRITTEN

    def _lacks_row(self) -> str:
        here = self.table.cursor_key
        return "" if here else "No session has been sealed yet."

    # Receipts

    def import_receipt(self) -> None:
        """Ask which file, then import it."""
        last = self._queue.last_folder
        found = latest_receipt((*list_drives(), Path(last)))
        lines = (
            "A receipt confirms that a bundle arrived complete. It is checked against the"
            " bundle written here.",
            f"Found: {visible(found.name, 60)}."
            if found
            else "No receipt found in the last destination or on a USB drive.",
        )
        field = TextField("file", "File", value=str(found or f"{last}/"), max_cells=400)

        def take_answer(values: Values) -> None:
            begin(self, partial(self._import, values.text("file")), "receipt")

        ask_question(
            self.kiosk,
            Question("Import a receipt", lines, (field,), enter="import"),
            take_answer,
        )

    async def _import(self, file: str) -> None:
        desk, actor, path = self.kiosk.desk, self.actor, expand_home(file)
        recorded = await self.kiosk.worker.attempt(
            lambda: desk.bundles.import_receipt(read_receipt(path), actor)
        )
        if recorded is not None:
            self.kiosk.status.say_recorded(recorded, "receipt imported")

    # Writing

    def take_next_step(self) -> None:
        """Write the one under the cursor where the last one went; ask for a place else."""
        chosen, last = self._selected_bundle, self._queue.last_folder
        if isinstance(chosen, Waiting) and last:
            begin(self, partial(self._write, (chosen.session_id,), last), "write")
        elif chosen is not None:
            self._ask_destination("Write the bundle", (chosen.session_id,))

    def write_all(self) -> None:
        """Ask where to, then write all that wait."""
        waiting = tuple(one.session_id for one in self._queue.waiting)
        self._ask_destination(f"Write {plural(len(waiting), 'bundle')}", waiting)

    def _ask_destination(self, title: str, session_ids: Sequence[str]) -> None:
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

        def write(progress: WorkProgress) -> int:
            # Start-up time: bundles are written by few.
            from cptkiosk.reports.sealed import sealed_report
            from cptkiosk.upload.folder import STEPS, write_bundle

            report, target = sealed_report(desk.definitions), expand_home(folder)
            for at, session_id in enumerate(session_ids):

                def report_step(done: int, of: int, before: int = at * STEPS) -> None:
                    progress(before + done, len(session_ids) * STEPS)

                try:
                    write_bundle(
                        desk, session_id, target, actor, report=report, told=report_step
                    )
                except Stopped as stopped:
                    raise Stopped(
                        "bundles-stopped",
                        written=at - len(failed),
                        count=len(session_ids),
                    ) from stopped
                except (Refused, DestinationError) as error:
                    failed[session_id] = describe_error(error)
            return len(session_ids) - len(failed)

        count = await work_on(self, "writing", write)
        if count is not None:
            self._say(count, folder, failed)
        self.redraw_record()

    def _say(self, count: int, folder: str, failed: dict[str, str]) -> None:
        done = (
            f"{plural(count, 'bundle')} written to {visible(folder, 200)} and verified"
        )
        if not failed:
            self.kiosk.status.say(f"{done}.", "ok")
            return
        why = next(iter(failed.values()))
        words = f"{plural(len(failed), 'bundle')} not written: {why}"
        self.kiosk.status.say(f"{done}; {words}" if count else words, "error")

    ACTIONS: ClassVar[tuple[Action["BundleQueueScreen"], ...]] = (
        Action("next", "enter", "write",
               "Write the current bundle to the last destination",
               take_next_step, lacks=_lacks_row),
        Action("write_all", "s", "write all", "Write all waiting bundles to a folder or USB drive",
               write_all, lacks=_lacks_waiting),
        Action("receipt", "r", "receipt", "Import a receipt file",
               import_receipt, lacks=_lacks_written),
        replace(FIND, help="Find a session by typing"),
    )  # fmt: skip
