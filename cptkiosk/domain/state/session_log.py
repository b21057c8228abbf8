"""The log of a session: what was done in the room that changes no clock and no attempt.

The entry of such an event (`LogFact`) is appended to `Session.log` as it is, and the
rules of its subject read it there. The person who logged it can undo it like any other
step of theirs. Both entries stay on record; the log shows neither.
"""

from collections.abc import Mapping
from dataclasses import replace

from cptkiosk.domain.events.fact import Entry, Fact, fact
from cptkiosk.domain.state.halt_changes import Handler
from cptkiosk.domain.state.session import Session


@fact("log-entry-undone.v1")
class LogEntryUndone(Fact):
    """An entry of the session's log was undone; both entries stay."""

    seq: int
    """The number of the entry that was taken back."""

    step: str


def append_entry(session: Session, entry: Entry) -> Session:
    """Return the session with one more entry in its log."""
    return replace(session, log=(*session.log, entry))


def _after_log_entry_undone(
    event: LogEntryUndone, session: Session, entry: Entry, timeline_ms: int
) -> Session:
    log = tuple(one for one in session.log if one.seq != event.seq)
    return replace(session, log=log)


HANDLERS: Mapping[type[Fact], Handler] = {
    LogEntryUndone: _after_log_entry_undone,
}
"""What each event about the log does."""
