"""What a seal leaves as files: the report to print, a verified copy, the bundle."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from cptkiosk.desk import Recorded
from cptkiosk.domain.rules.closing import may_send
from cptkiosk.domain.text import visible
from cptkiosk.domain.values import Actor, BundleKind
from cptkiosk.errors import DestinationError
from cptkiosk.host.paths import expand_home
from cptkiosk.host.work_progress import WorkProgress
from cptkiosk.ui.dialogs.approval import attempt_as
from cptkiosk.ui.dialogs.folder import ask_folder
from cptkiosk.ui.dialogs.progress_dialog import work_on
from cptkiosk.ui.dialogs.reports import offer_reports, report_maker
from cptkiosk.ui.ledger_maintenance import backed_up
from cptkiosk.ui.ports import SessionPort
from cptkiosk.ui.workers import begin

if TYPE_CHECKING:
    from cptkiosk.reports.formats import Report

ASKED = {
    BundleKind.RESULTS: (
        "Write the results bundle",
        "Scores only: no accommodations, no times, no notes.",
    ),
    BundleKind.RECORD: (
        "Write the record bundle",
        "Everything, with accommodations and notes. A coordinator approves it.",
    ),
}
"""By kind, how the question for a folder begins."""


class SealOutputs:
    """Writes what belongs to the seal of a session, for the person at its screen."""

    def __init__(self, screen: SessionPort) -> None:
        self._screen = screen
        self._typed = ""

    async def write_out(self, sealed: Recorded, words: str) -> None:
        """Write the report and a verified copy; the seal stands without them too."""
        await self._screen.kiosk.worker.quietly(self._report)
        await self._back_up(sealed, words)

    def _report(self) -> Path:
        # Start-up time: what is written with a seal is loaded then.
        from cptkiosk.reports.formats import Format, write_report

        folder = self._screen.kiosk.paths.reports
        return write_report(self._make_sealed(), Format.TEXT, folder)

    def _make_sealed(self) -> "Report":
        # Start-up time: what is written with a seal is loaded then.
        from cptkiosk.reports.sealed import make_sealed
        from cptkiosk.upload.bundle import take_snapshot

        sealed = take_snapshot(self._screen.kiosk.desk, self._screen.session_id)
        return make_sealed(sealed, self._screen.definitions)

    def print_report(self) -> None:
        """Ask what of the sealed session is printed or saved."""
        of_session = partial(
            report_maker, self._screen, session_id=self._screen.session_id
        )
        reports = {
            "session report": self._make_sealed,
            "fees": of_session("fees"),
            "irregularities": of_session("irregularities"),
        }
        offer_reports(self._screen, reports)

    async def _back_up(self, sealed: Recorded, words: str) -> None:
        desk, actor = self._screen.kiosk.desk, self._screen.actor
        target = self._screen.kiosk.paths.backups / f"ledger-{sealed.seq:08}.db"
        copied = await work_on(
            self._screen,
            "sealed; backing up",
            lambda told: backed_up(desk, target, told),
            beside=True,
            standing=f"#{sealed.seq}: {words}. ",
        )
        if copied is not None:
            await self._screen.kiosk.worker.quietly(
                lambda: desk.center_log.record_backup(target.name, copied, actor)
            )

    def write_bundle(self, kind: BundleKind, refused: str = "") -> None:
        """Ask for a folder, write the bundle, read it back."""
        written = self._screen.session.bundles
        last = self._typed or (written[-1].destination if written else "")
        title, notice = ASKED[kind]

        def take_answer(folder: str) -> None:
            # What was typed comes back if it could not be written there.
            self._typed = folder
            begin(self._screen, partial(self._approve, folder, kind), "bundle")

        ask_folder(self._screen, title, last, take_answer, notice, refused)

    async def _approve(self, folder: str, kind: BundleKind) -> None:
        """Write it as the person who asked, or as a coordinator who approves it."""

        def find_sender(by: Actor) -> Actor:
            may_send(kind, by)
            return by

        def write_as(by: Actor) -> None:
            begin(self._screen, partial(self._bundle, folder, kind, by), "bundle")

        await attempt_as(self._screen.kiosk, self._screen.actor, find_sender, write_as)

    async def _bundle(self, folder: str, kind: BundleKind, actor: Actor) -> None:
        desk, session_id = self._screen.kiosk.desk, self._screen.session_id

        failures: list[str] = []

        def write(progress: WorkProgress) -> Path:
            # Start-up time: what is written with a seal is loaded then.
            from cptkiosk.reports.sealed import sealed_report
            from cptkiosk.upload.folder import write_bundle

            report = sealed_report(desk.definitions)
            target = expand_home(folder)
            try:
                return write_bundle(
                    desk,
                    session_id,
                    target,
                    actor,
                    kind=kind,
                    report=report,
                    told=progress,
                )[0]
            except DestinationError as error:
                failures.append(str(error))
                raise

        path = await work_on(self._screen, "writing the bundle", write)
        if failures and self._screen.is_active:
            self.write_bundle(kind, failures[0])
        elif path is not None:
            # The app's word: the work's own dialog has just been in front.
            self._screen.kiosk.status.say(
                f"{kind} bundle written and read back: {visible(str(path), 60)}", "ok"
            )
