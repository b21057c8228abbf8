"""Screens of a session, made as the kiosk makes them."""

from textual.screen import Screen

from cptkiosk.ui.frame.session_screen import SessionScreen
from cptkiosk.ui.navigator import Route
from cptkiosk.ui.routes import ROUTES
from cptkiosk.ui.widgets.field_row import FieldRow
from cptkiosk.ui.widgets.form import Form


def screen_for(route: str, session_id: str, about: str = "") -> SessionScreen:
    """Return a new screen of a session, the cursor on what it is about."""
    screen: Screen[object] = ROUTES[Route(route)](session_id, starts_on=about)
    assert isinstance(screen, SessionScreen)
    return screen


def focused_field(form: Form) -> str:
    """Return the name of the field that keys go to, or nothing."""
    rows = form.query(FieldRow)
    return next((row.field.name for row in rows if row.entry.has_focus), "")
