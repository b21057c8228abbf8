"""What the close-out does about the vendor: user codes released, and the official report."""

from cptkiosk.domain.commands.vendor import ReleaseCode
from cptkiosk.domain.rules.vendor_results import list_unreleased
from cptkiosk.domain.state.attempt import Attempt
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.text import visible
from cptkiosk.ui.actions import Action, Commands
from cptkiosk.ui.dialogs.asking import ask_command
from cptkiosk.ui.dialogs.vendor import release_codes
from cptkiosk.ui.frame.session_screen import SessionScreen
from cptkiosk.ui.navigator import Route
from cptkiosk.ui.widgets.filterable_table import Row

CODE = "code "
"""How the keys of lines begin that name a user code to release."""


def list_codes(screen: SessionScreen) -> tuple[Attempt, ...]:
    """Return whose user codes are to be released, if the center keeps track of that."""
    days = screen.definitions.policies.official_report_days
    sealed = screen.session.stage is Stage.SEALED
    return list_unreleased(screen.session) if sealed and days else ()


def code_rows(screen: SessionScreen) -> list[Row]:
    """Return a line for each user code to release."""
    rows = []
    for one in list_codes(screen):
        code = visible(one.user_code)
        about = f"{screen.person(one)}, {one.module.short}"
        text = f"release user code {code}: {about}"
        rows.append(Row(f"{CODE}{one.attempt_id}", ("[ ]", text), "attention"))
    return rows


def explain_codes(screen: SessionScreen) -> str:
    """Return who releases user codes and what for, if any is to be released."""
    if not list_codes(screen):
        return ""
    return (
        f"Coordinator {screen.kiosk.desk.center.coordinator_names} releases the user codes"
        " on the test vendor's website; then the vendor publishes the official scores."
    )


def ask_release(screen: SessionScreen) -> None:
    """Ask whether the user codes that are listed were released."""
    ask_command(screen, release_codes(screen.session))


def choose_report(screen: SessionScreen) -> None:
    """Choose the file of the vendor's official report."""
    screen.kiosk.navigator.open(Route.ROSTER, Route.VENDOR_CHECK)


def _release_commands(screen: SessionScreen) -> Commands:
    return tuple(ReleaseCode(**screen.about(one)) for one in list_codes(screen))


def _lacks_codes(screen: SessionScreen) -> str:
    if screen.session.stage is not Stage.SEALED:
        return "User codes are released once the session is sealed."
    return "" if list_codes(screen) else "No user code is left to release."


ACTIONS: tuple[Action[SessionScreen], ...] = (
    Action("release", "c", ask_release, _release_commands, lacks=_lacks_codes),
    Action("vendor", "v", choose_report),
)  # fmt: skip
