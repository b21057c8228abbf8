"""Reports as text."""

from typing import Any

from cptkiosk.desk import Desk
from cptkiosk.domain.state.session import Session
from cptkiosk.reports.session_report import session_document
from cptkiosk.reports.text import render_text


def session_report(desk: Desk, session: Session, **options: Any) -> str:
    """Return the report of a session as text."""
    document = session_document(
        session, desk.center, desk.times, desk.definitions, **options
    )
    return render_text(document)
