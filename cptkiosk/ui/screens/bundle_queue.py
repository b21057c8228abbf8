"""Upload: sealed revisions that wait, where each went, and what proves it."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import ClassVar

from cptkiosk.desk import Desk
from cptkiosk.domain.guidance.step import Step
from cptkiosk.domain.text import visible
from cptkiosk.domain.values import Refused, plural
from cptkiosk.errors import DestinationError
from cptkiosk.host.paths import expand_home
from cptkiosk.host.work_progress import Stopped, WorkProgress
from cptkiosk.services.deliveries import Arrived, Due
from cptkiosk.ui.actions import Action
from cptkiosk.ui.bundle_rows import BundleRows, Listed, row_key
from cptkiosk.ui.dialogs.folder import ask_folder
from cptkiosk.ui.dialogs.form_dialog import ask_question
from cptkiosk.ui.dialogs.progress_dialog import work_on
from cptkiosk.ui.dialogs.question import Question
from cptkiosk.ui.dialogs.uploading import upload_waiting
from cptkiosk.ui.frame.body import ListBody
from cptkiosk.ui.frame.kiosk_screen import FIND
from cptkiosk.ui.frame.reading_screen import ReadingScreen
from cptkiosk.ui.navigator import Route
from cptkiosk.ui.widgets.fields import Values
from cptkiosk.ui.widgets.filterable_table import Column
from cptkiosk.ui.workers import begin
from cptkiosk.upload.queue import Queue, Queues, Waiting, list_drives
from cptkiosk.upload.receipts import latest_receipt, read_receipt
from cptkiosk.words import describe_error

NO_DESTINATIONS = "The center's settings name no destination."


class BundleQueueScreen(ReadingScreen[Queue]):
    """The queue first, then what has arrived."""

    ROUTE = Route.UPLOAD
    BODY = ListBody(
        Column("Session", 18, grow=True),
        Column("Rev", 3, right=True),
        Column("State", 10),
        Column("Tries", 5, right=True),
        Column("When", 12),
        Column("Destination or reason", 23, grow=True),
        empty="No session has been sealed yet. Press Esc to go back.",
        below=("whole",),
    )

    def __init__(self) -> None:
        super().__init__()
        self._listed: dict[str, Listed] = {}
        self._queues: Queues | None = None

    def read_record(self, desk: Desk) -> Queue:
        """Return what waits and what has arrived."""
        self._queues = self._queues or Queues(desk)
        return self._queues.read_queue()

    @property
    def _queue(self) -> Queue:
        return self.found or Queue((), ())

    def draw_body(self) -> None:
        """Draw what waits, and below it what is there."""
        rows, queue = BundleRows(self._day), self._queue
        listed: tuple[Listed, ...] = (
            *queue.due,
            *queue.waiting,
            *queue.arrived,
            *queue.written,
        )
        self._listed = {row_key(one): one for one in listed}
        self.table.set_rows([rows.make_row(one) for one in listed])

    def _day(self, utc_ms: int) -> str:
        desk = self.kiosk.desk
        return desk.times.format_near(utc_ms, desk.now().utc_ms)

    def draw_current(self) -> None:
        """Show the whole of the line under the cursor."""
        here = self._selected_bundle
        lines = BundleRows(self._day).make_lines(here) if here is not None else ()
        self.show_text("whole", "\n".join(visible(line, 400) for line in lines))

    @property
    def _selected_bundle(self) -> Listed | None:
        """The bundle under the cursor."""
        return self._listed.get(self.table.cursor_key)

    def next_step(self) -> Step:
        """Upload or write what waits, take receipts, or go back."""
        if due := self._queue.due:
            places = len({one.destination.name for one in due})
            to = "" if places == 1 else f" to {plural(places, 'destination')}"
            text = f"{plural(len(due), 'bundle')} to upload{to} - u to upload all"
            return Step(text, "u", by="upload")
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

    def _lacks_due(self) -> str:
        if self._queue.due:
            return ""
        if self._queue.outboxes:
            return "Nothing to upload. Every destination has everything."
        return NO_DESTINATIONS

    # Receipts

    def import_receipt(self) -> None:
        """Ask which file, then import it."""
        last = self._queue.last_folder
        found = latest_receipt((*list_drives(), Path(last)))
        question = Question.from_catalog(
            "import-receipt" if found else "find-receipt",
            {"name": visible(found.name, 60) if found else ""},
            {"file": {"value": str(found or f"{last}/")}},
        )

        def take_answer(values: Values) -> None:
            begin(self, partial(self._import, values.text("file")), "receipt")

        ask_question(self.kiosk, question, take_answer)

    async def _import(self, file: str) -> None:
        desk, actor, path = self.kiosk.desk, self.actor, expand_home(file)
        recorded = await self.kiosk.worker.attempt(
            lambda: desk.bundles.import_receipt(read_receipt(path), actor)
        )
        if recorded is not None:
            self.kiosk.status.say_recorded(recorded, "receipt imported")

    # Writing

    def take_next_step(self) -> None:
        """Upload or write the one under the cursor; ask for a folder if none is known."""
        chosen, last = self._selected_bundle, self._queue.last_folder
        if isinstance(chosen, Arrived):
            self.say(f"{chosen.event.destination} already has this bundle.", "ok")
        elif isinstance(chosen, Due):
            self._upload((chosen,))
        elif isinstance(chosen, Waiting) and last:
            begin(self, partial(self._write, (chosen.session_id,), last), "write")
        elif chosen is not None:
            self._ask_destination("Write the bundle", (chosen.session_id,))

    def upload_all(self) -> None:
        """Send what waits to every destination."""
        self._upload(self._queue.due)

    def _upload(self, bundles: Sequence[Due]) -> None:
        names = tuple(dict.fromkeys(one.destination.name for one in bundles))
        begin(self, partial(self._send, names), "upload")

    async def _send(self, names: Sequence[str]) -> None:
        await upload_waiting(self, names)
        self.redraw_record()

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
        Action("next", "enter", take_next_step,
               needs=lambda screen: screen.table.cursor_key),
        Action("upload", "u", upload_all, lacks=_lacks_due),
        Action("write_all", "s", write_all, needs=lambda screen: screen._queue.waiting),
        Action("receipt", "r", import_receipt,
               needs=lambda screen: screen._queue.written),
        Action("vendor", "v",
               lambda screen: screen.kiosk.navigator.open(
                   Route.ROSTER, Route.VENDOR_CHECK)),
        FIND,
    )  # fmt: skip
