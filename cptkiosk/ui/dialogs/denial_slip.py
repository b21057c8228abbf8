"""What is written for somebody turned away."""

from cptkiosk.domain.text import visible
from cptkiosk.reports.slip import write_slip
from cptkiosk.ui import local_time
from cptkiosk.ui.ports import SessionPort


async def write_denial_slip(screen: SessionPort, attempt_id: str) -> None:
    """Write the slip of somebody denied, and say where it is."""
    desk, session_id = screen.kiosk.desk, screen.session_id
    folder = screen.kiosk.paths.reports
    written = await screen.kiosk.worker.quietly(
        lambda: write_slip(desk, session_id, attempt_id, folder)
    )
    if written is None:
        return
    path, denied = written
    at = local_time.time_text(denied.at.utc_ms, desk.zone)
    person = screen.person(screen.session.attempts[attempt_id])
    words = f"{at}  #{denied.seq}  {person}: denied. Slip {path.name} in"
    words += f" {visible(str(path.parent), 160)}"
    screen.kiosk.status.say(words, "ok", synced=True)
