"""A session told again once the room clock has shown how long a restart took.

After a restart a session may go on before anyone knows how long it was off. The figure
comes later, from the room clock, and moves every instant recorded since: the entries
stay as they are, and what they add up to is computed again from the first restart on.
"""

from collections.abc import Callable
from dataclasses import replace

from cptkiosk.domain.events.fact import Entry, Fact
from cptkiosk.domain.events.halt import SessionHalted
from cptkiosk.domain.events.restart import BootBridged, RoomClockConfirmed
from cptkiosk.domain.state.session import Session

Evolve = Callable[[Session, Entry], Session]


def retell_session(
    session: Session, event: RoomClockConfirmed, evolve: Evolve
) -> Session:
    """Return the session on the timeline that the room clock has put right.

    What was recorded since the first restart is told again, each entry by `evolve`.
    """
    if session.before_gaps is None:
        return session
    if not event.shares_ms:
        return _retell_one_gap(
            session, session.before_gaps, event.correction_ms, evolve
        )
    corrected, by_ms, shares = session.before_gaps, 0, iter(event.shares_ms)
    for one in session.since_gaps:
        if isinstance(one.event, BootBridged):
            by_ms += next(shares)
        told = _correct_event(one.event, by_ms)
        corrected = evolve(corrected, replace(one, event=told))
    return corrected


def _retell_one_gap(
    session: Session, before: Session, by_ms: int, evolve: Evolve
) -> Session:
    """Return what a figure made of a session while it was taken to be of one gap only:
    of the first that the wall clock could not tell, else of the last.
    """
    untold = [one for one in session.gaps if not one.event.usable]
    anchor = (untold or session.gaps[-1:])[0].event
    # One number for two gaps says nothing about either: no time is taken by a guess.
    guess = len(untold) > 1 and any(one.stops for one in session.gaps)
    corrected, since = before, False
    for one in session.since_gaps:
        since = since or one.event is anchor
        told = one.event
        if since:
            told = _correct_event(told, by_ms, halts=not guess)
            guess = guess and not isinstance(told, SessionHalted)
        corrected = evolve(corrected, replace(one, event=told))
    return corrected


def _correct_event(event: Fact, by_ms: int, *, halts: bool = True) -> Fact:
    """Return what was told on a timeline that was wrong by so much as it truly was.

    What the room clock shows has passed is time used, not time stopped.
    """
    if isinstance(event, BootBridged):
        return replace(event, offset_ms=event.offset_ms + by_ms)
    if isinstance(event, SessionHalted) and halts:
        return replace(event, since_line_ms=event.since_line_ms + by_ms)
    return event
