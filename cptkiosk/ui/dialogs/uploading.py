"""Uploads what waits, beside the desk, with a bar and Esc to stop it."""

from collections.abc import Sequence

from cptkiosk.domain.values import plural
from cptkiosk.host.work_progress import WorkProgress
from cptkiosk.ui.dialogs.progress_dialog import work_on
from cptkiosk.ui.ports import ScreenPort


async def upload_waiting(screen: ScreenPort, names: Sequence[str]) -> None:
    """Send what waits to these destinations, and say what came of it.

    A halt or a break on another screen does not wait for the network: the upload has
    the record open once more. Must run in a worker of the screen; see `work_on`.
    """
    desk, actor = screen.kiosk.desk, screen.actor

    def send_bundles(progress: WorkProgress) -> tuple[int, tuple[str, ...]]:
        # Start-up time: bundles are uploaded by few.
        from cptkiosk.reports.sealed import sealed_report
        from cptkiosk.upload.outbox import Uploader, open_beside

        with open_beside(desk) as beside:
            report = sealed_report(desk.definitions)
            run = Uploader(beside, actor, report).send_waiting(names, progress)
        reasons = (f"{one.due.destination.name}: {one.reason}" for one in run.failed)
        return len(run.sent), tuple(reasons)

    found = await work_on(screen, "uploading", send_bundles, beside=True)
    await screen.kiosk.worker.quietly(desk.catch_up)
    if found is None:
        return
    sent, reasons = found
    said = f"{plural(sent, 'bundle')} delivered" if sent or not reasons else ""
    if reasons:
        said = "; ".join(filter(None, (said, reasons[0])))
    screen.kiosk.status.say(
        said if reasons else f"{said}.", "error" if reasons else "ok"
    )
