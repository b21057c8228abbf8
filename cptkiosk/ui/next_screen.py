"""Which screen comes next: where a step is taken, and where a session is opened."""

from cptkiosk.domain.state.blockers import score_lacks
from cptkiosk.domain.state.session import Session, Stage
from cptkiosk.ui.navigator import Route

ROUTE_OF_STEP = {
    "plan": Route.PEOPLE,
    "open": Route.PEOPLE,
    "check-in": Route.CHECK_IN,
    "gate": Route.CHECK_IN,
    "deny": Route.CHECK_IN,
    "waive": Route.CHECK_IN,
    "hand-over": Route.CHECK_IN,
    "start": Route.START,
    "testing": Route.TESTING,
    "confirm": Route.TESTING,
    "resume": Route.TESTING,
    "finish": Route.TESTING,
    "announce": Route.TESTING,
    "credit": Route.TESTING,
    "missed": Route.TESTING,
    "late": Route.TESTING,
    "end": Route.TESTING,
    "scores": Route.SCORES,
    "close-out": Route.CLOSE_OUT,
    "seal": Route.CLOSE_OUT,
    "bundle": Route.CLOSE_OUT,
    "amend": Route.CLOSE_OUT,
    "person": Route.CLOSE_OUT,
    "release": Route.CLOSE_OUT,
    "vendor": Route.CLOSE_OUT,
    "irregularities": Route.IRREGULARITIES,
}
"""The screen on which each step of the guide is taken; others lead nowhere else."""

ROUTE_OF_STAGE = {
    Stage.PLANNED: Route.PEOPLE,
    Stage.CHECK_IN: Route.CHECK_IN,
    Stage.RUNNING: Route.TESTING,
    Stage.HALTED: Route.TESTING,
    Stage.ENDED: Route.SCORES,
    Stage.ABANDONED: Route.SCORES,
    Stage.SEALED: Route.CLOSE_OUT,
    Stage.CANCELLED: Route.PEOPLE,
}
"""The screen of each stage; see `route_for` for where a session is opened."""


def route_for(session: Session) -> Route:
    """Return the screen on which a session is opened: where its next work is done."""
    route = ROUTE_OF_STAGE[session.stage]
    lacking = any(map(score_lacks, session.attempts.values()))
    return Route.CLOSE_OUT if route is Route.SCORES and not lacking else route
