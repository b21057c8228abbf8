"""The one door: a wish goes in, and what was recorded comes out.

For every wish the desk takes the ledger's write lock, catches up with what other
terminals wrote, lets the rules decide, appends, commits, and only then moves on. So
several terminals work on one session without losing or doubling a step.
"""

from cptkiosk.desk.record import CENTER, NOBODY, Recorded
from cptkiosk.desk.sessions import SessionDesk, assigned

__all__ = ["CENTER", "NOBODY", "Desk", "Recorded", "assigned"]


class Desk(SessionDesk):
    """State of the streams at hand, and the only way to change them."""
