"""What the vendor's results ask for once a session is sealed and its bundle written."""

from collections.abc import Callable

from cptkiosk.domain.guidance.step import Reader, Step
from cptkiosk.domain.modules import Policies
from cptkiosk.domain.rules.vendor_results import list_reports_due, list_unreleased
from cptkiosk.domain.state.blockers import Who
from cptkiosk.domain.state.session import Session, Stage
from cptkiosk.domain.values import Reason


def find_vendor_step(
    session: Session,
    policies: Policies,
    reader: Reader,
    today: str,
    day_of: Callable[[int], str],
) -> Step | None:
    """Return the step that the vendor's results ask for, or `None`.

    Args:
        session: as it is recorded.
        policies: what the center has decided.
        reader: who is signed in, and the names of others to ask.
        today: the ISO date at the center.
        day_of: returns the ISO date of an instant.
    """
    days = policies.official_report_days
    if not days or session.stage is not Stage.SEALED:
        return None
    if codes := list_unreleased(session):
        what, action = Reason("release-on-site", codes=len(codes)), "release"
    elif due := list_reports_due(session, today, day_of, days):
        what, action = Reason("import-report", due=len(due)), "vendor"
    else:
        return None
    what = reader.address(what, Who.COORDINATOR, session.lead)
    return Step(what, action, who=Who.COORDINATOR)
