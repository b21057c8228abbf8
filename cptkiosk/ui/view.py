"""What is drawn of a session, computed once for each entry of the ledger and each second.

A key is answered by drawing the rows, the bars, the Next line and the keys, and all
of them ask the same: who is where, what comes next, what is possible. Asked of the rules
each time, that was most of the work for a key. Two things may make an answer untrue: an
entry that is taken in, and time. So a view is kept until an entry is taken in, or a
second ends: the wall clock's, the session's, or that of anyone whose time runs. Theirs
end at other moments after a halt or a pause that did not last whole seconds, and so does
what follows from them: time that is up, and announcements.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.base import SessionCommand
from cptkiosk.domain.events.planning import Room
from cptkiosk.domain.guidance.step import Step
from cptkiosk.domain.rules.announcing import DueAnnouncement, next_call
from cptkiosk.domain.state.attempt import OUTCOMES, WAITING, Attempt, AttemptProgress
from cptkiosk.domain.state.blockers import SETTLED_FOR_START
from cptkiosk.domain.state.session import Session, Stage
from cptkiosk.domain.time.instants import Instant
from cptkiosk.domain.values import Actor
from cptkiosk.times.format import TimeFormat
from cptkiosk.ui import attempt_rows
from cptkiosk.ui.session_clock_text import brief_text, face_text
from cptkiosk.words import explain


@dataclass(frozen=True, eq=False)
class SessionView:
    """A session at one moment, for one person at the terminal."""

    desk: Desk
    session: Session
    actor: Actor
    line_ms: int
    """The moment, on the session's line."""

    @cached_property
    def times(self) -> TimeFormat:
        """How the center writes times."""
        return self.desk.times

    @cached_property
    def next_step(self) -> Step:
        """What to do next in this session."""
        return self.desk.next_step(self.session, self.actor)

    @cached_property
    def is_possible(self) -> Callable[[SessionCommand], bool]:
        """A quick check that rules commands out without reading the record."""
        return self.desk.preview.possible_now(self.session, self.actor)

    @cached_property
    def _refusals(self) -> dict[SessionCommand, str]:
        return {}

    def why_refused(self, command: SessionCommand) -> str:
        """Return why the rules are against a command, even if a coordinator approves it."""
        if command not in self._refusals:
            why = explain(
                self.desk.preview.refusal(command, self.actor, approvable=True)
            )
            self._refusals[command] = why
        return self._refusals[command]

    @cached_property
    def next_call(self) -> DueAnnouncement | None:
        """The announcement that comes next, if there is one."""
        policies = self.desk.definitions.policies
        return next_call(self.session, self.line_ms, policies)

    @cached_property
    def seated_attempts(self) -> tuple[Attempt, ...]:
        """Who has a seat and has not begun."""
        people = self.session.attempts.values()
        return tuple(one for one in people if one.standing is AttemptProgress.SEATED)

    @cached_property
    def unresolved_count(self) -> int:
        """How many are still to be brought to a seat, or off the roll."""
        people = self.session.attempts.values()
        if self.session.running:
            to_come = WAITING | {AttemptProgress.SEATED}
            return sum(one.standing in to_come for one in people)
        return sum(one.standing not in SETTLED_FOR_START for one in people)

    # The clock

    @cached_property
    def face(self) -> str:
        """What the big clock shows."""
        return face_text(self.session, self.line_ms)

    @property
    def brief_clock(self) -> str:
        """The time left, and whether it is halted, in a few cells."""
        return brief_text(self.session, self.face)

    @property
    def halted_ms(self) -> int:
        """How long the session has been halted; 0 if it is not."""
        halted = self.session.stage is Stage.HALTED
        return self.line_ms - self.session.halts[-1][0] if halted else 0

    @cached_property
    def ends(self) -> Mapping[int, int]:
        """How many people end at which instant of the line, of those whose time ends."""
        ends = (
            self.session.end_ms(one, self.line_ms)
            for one in self.session.timed_attempts
        )
        counts = Counter(end for end in ends if end is not None)
        return dict(sorted(counts.items()))

    # The people

    @cached_property
    def by_name(self) -> tuple[Attempt, ...]:
        """The attempts by name."""
        return attempt_rows.sorted_roll(self.session)

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The IDs of the attempts, in that order."""
        return tuple(one.attempt_id for one in self.by_name)

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Each attempt's name, with the whole ID where two people share it."""
        return attempt_rows.names(self.session)

    @cached_property
    def _progress(self) -> dict[str, AttemptProgress]:
        return {}

    def progress(self, attempt: Attempt) -> AttemptProgress:
        """Return where an attempt stands, what follows from the clock included."""
        about = attempt.attempt_id
        if about not in self._progress:
            self._progress[about] = self.session.progress(attempt, self.line_ms)
        return self._progress[about]

    @cached_property
    def _seats(self) -> Mapping[str, Mapping[str, Attempt]]:
        # Of two at one seat the one whose outcome is open comes last, and stays.
        people = sorted(
            (one for one in self.session.attempts.values() if one.has_seat),
            key=lambda one: one.standing not in OUTCOMES,
        )
        rooms: dict[str, dict[str, Attempt]] = {}
        for one in people:
            rooms.setdefault(one.room, {})[one.seat] = one
        return rooms

    def sitting(self, room: Room) -> Mapping[str, Attempt]:
        """Return who sits in a room, by seats; who has finished, until it is given away."""
        return self._seats.get(room.name, {})


class SessionViews:
    """The views of sessions that a screen shows, each kept for as long as it holds."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[object, SessionView]] = {}

    def of(self, session: Session, desk: Desk, actor: Actor) -> SessionView:
        """Return the view of a session as it is recorded now."""
        now = desk.now()
        line_ms = session.timeline_ms(now)
        as_of = (desk.version, actor, *_seconds(session, now, line_ms))
        found = self._kept.get(session.session_id)
        if found is not None and found[0] == as_of and found[1].session is session:
            if session.stage is not Stage.RUNNING or _are_same_seconds(
                found[1], line_ms
            ):
                return found[1]
        view = SessionView(desk, session, actor, line_ms)
        self._kept[session.session_id] = (as_of, view)
        return view


def _seconds(session: Session, now: Instant, line_ms: int) -> tuple[int, int]:
    """Return the second of the wall clock, and that of the session's own clock."""
    return now.utc_ms // 1000, (line_ms - (session.start_line_ms or 0)) // 1000


def _are_same_seconds(view: SessionView, line_ms: int) -> bool:
    """Return whether no second has ended since of anyone whose time runs."""
    return all(
        (view.line_ms - end) // 1000 == (line_ms - end) // 1000 for end in view.ends
    )
