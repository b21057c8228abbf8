"""Testing: the clock, the next announcement, and the roll."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, ClassVar

from textual.containers import Horizontal
from textual.events import Resize
from textual.widget import Widget

from cptkiosk.domain.commands.base import STAND_IN, SessionCommand
from cptkiosk.domain.commands.halt import HaltSession
from cptkiosk.domain.commands.testing import (
    AbandonSession,
    Announce,
    EndSession,
    UndoStart,
)
from cptkiosk.domain.guidance.step import Step
from cptkiosk.domain.rules import announcing
from cptkiosk.domain.rules.room_walks import LogRoomWalk
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import Reason, plural
from cptkiosk.ui import enter_guard, seat_occupancy
from cptkiosk.ui.actions import Action
from cptkiosk.ui.dialogs import irregularity_fields as asked
from cptkiosk.ui.dialogs import seats as seat_questions
from cptkiosk.ui.dialogs import session_steps
from cptkiosk.ui.dialogs import testing as ask_about
from cptkiosk.ui.dialogs.asking import ask_command
from cptkiosk.ui.dialogs.credit import ask_credit
from cptkiosk.ui.frame.action_table import GO_TO
from cptkiosk.ui.frame.kiosk_screen import HALT, NEXT
from cptkiosk.ui.frame.session_screen import (
    HAND_OVER,
    PEOPLE_COMMON,
    SEAT_MAP,
    UNDO,
    SessionScreen,
)
from cptkiosk.ui.navigator import Route
from cptkiosk.ui.screens.testing import acts, rows
from cptkiosk.ui.widgets.big_clock import BigClock
from cptkiosk.ui.widgets.filterable_table import FilterableTable
from cptkiosk.ui.widgets.plain_text import PlainText
from cptkiosk.ui.widgets.seat_map import RoomShown, SeatMap

WIDTHS: list[tuple[int, str]] = [(0, "-narrow"), (120, "-mapped"), (150, "-wide")]
"""Classes by the columns of the screen: from '-mapped' on the seat map is shown."""

OWN_HALT: Action["TestingScreen"] = HALT


class TestingScreen(SessionScreen):
    """Everything about a running session."""

    DEFAULT_CSS = """
    TestingScreen {
        #people { height: 1fr; }
        #people FilterableTable { width: 1fr; }
        #beside { width: 39; padding: 0 0 0 1; display: none; }
        &.-mapped #beside, &.-wide #beside { display: block; }
    }
    """

    __test__ = False
    ROUTE = Route.TESTING
    HORIZONTAL_BREAKPOINTS = WIDTHS
    DRAWS_EACH_SECOND = True
    ENTER_RULE = enter_guard.TESTING
    LISTS_PEOPLE = True
    COMMON = PEOPLE_COMMON

    def compose_body(self) -> Iterator[Widget]:
        """Lay out the clock, what it means, and the roll."""
        with Horizontal(id="top"):
            yield BigClock()
            yield PlainText("", id="facts")
        with Horizontal(id="people"):
            yield FilterableTable(
                *rows.columns(self.session),
                empty="No one is on the attendance list. Press Esc to go back.",
                markable=True,
            )
            yield SeatMap(id="beside")

    # Drawing

    def draw_body(self) -> None:
        """Draw clock, facts and roll."""
        view = self.view
        self.set_class(view.session.stage is Stage.HALTED, "-halted")
        self.query_one(BigClock).text = view.face
        self.show_text("facts", "\n".join(rows.facts(view)))
        self.table.set_columns(rows.columns(view.session))
        self.table.set_listing(view.keys, partial(rows.row, view, self.kiosk.glyphs))

    def draw_current(self) -> None:
        """Draw the room beside the roll, where there is room for it."""
        if not self.drawable:
            return  # a size may come before the rest, and a drawing after it is gone
        beside = self.query_one("#beside", SeatMap)
        if not beside.display:
            return
        view, attempt = self.view, self.current
        room = seat_occupancy.room_of(view.session, attempt)
        shown = seat_occupancy.seats_of(view, room, self.kiosk.glyphs)
        here = attempt.seat if attempt is not None and attempt.seat in shown else ""
        seats = seat_occupancy.seat_rows(room)
        title = seat_occupancy.title_of(view, room)
        beside.room = RoomShown(seats, shown, here, title)

    def on_resize(self, event: Resize) -> None:
        """Draw the seat map, which stands beside the roll on a wide screen."""
        super().on_resize(event)
        self.call_after_refresh(self.draw_current)

    # Acting

    def go_back(self) -> object:
        """Take the marks off; if there are none, go back."""
        marks = len(self.table.marks)
        if not marks:
            return super().go_back()
        self.say(f"{plural(marks, 'row')} unmarked", "ok")
        self.table.clear_marks()
        return None

    def _halt_commands(self) -> Sequence[SessionCommand]:
        """Return the halt; once halted, the key leads to the attendance."""
        if self.session.stage is Stage.HALTED:
            return ()
        return (HaltSession(session_id=self.session_id, reason=STAND_IN),)

    def _announcements(self) -> Sequence[SessionCommand]:
        """Return the announcement that comes next; of none, nothing is announced."""
        call = self.view.next_call
        minutes, told = (call.minutes, call.attempt_ids) if call else (0, ())
        sid = self.session_id
        return (Announce(session_id=sid, minutes=minutes, attempt_ids=told),)

    def why_not(self, action: Action[Any]) -> str:
        """Point at the key for the start where there is no other step to undo."""
        reason = super().why_not(action)
        if action.id == UNDO.id and reason:
            if not super().why_not(self.action_table.by_id("undo_start")):
                return f"{reason} Press U to undo the start."
        return reason

    def next_step(self) -> Step:
        """Return the next step; one whose key acts on the cursor's row leads there first."""
        step = super().next_step()
        other = self.session.attempts.get(step.attempt_id)
        if step.by != "pause" or other is None or other is self.current:
            return step
        what = Reason("go-to-paused", person=self.person(other))
        return Step(what, GO_TO, attempt_id=step.attempt_id)

    async def take_step(self, step: Step) -> None:
        """Take a step of the guide."""
        if step.attempt_id:
            self.table.move_to(step.attempt_id)
            attempt = self.session.attempts[step.attempt_id]
        if step.action == GO_TO:
            return  # the key that the line shows now is for the row under the cursor
        if step.action == "late":
            acts.take_late(self, attempt)
        elif step.action == "finish":
            ask_about.ask_time_up(self, attempt)
        elif step.action == "credit":
            ask_credit(self, (attempt,))
        elif step.action == "resume":
            self.go_to(Route.ROLL_CALL, instead=False)
        elif step.action == "missed":
            self._explain_missed()
        elif step.action == "confirm":
            self.confirm_room_clock()
        else:
            await self.action_run(step.action)

    def announce_time(self) -> None:
        """Show the words to read aloud; Enter says that they were."""
        call = self.view.next_call
        if call is not None:
            ask_about.ask_announcement(self, call)

    def _explain_missed(self) -> None:
        policies = self.definitions.policies
        call = announcing.missed_call(self.session, self.line_ms, policies)
        if call is not None:
            form = asked.missed_announcement(call, self.line_ms)
            self.kiosk.navigator.open(
                Route.IRREGULARITY, self.session_id, call.attempt_ids, form
            )

    def confirm_room_clock(self) -> None:
        """Compare with the room clock after a reboot."""
        times = self.kiosk.desk.times
        ask_command(
            self,
            session_steps.compare_room_clock(self.session, lambda: self.line_ms, times),
        )

    def _room_walk(self) -> Sequence[SessionCommand]:
        return (LogRoomWalk(session_id=self.session_id),)

    def log_walk(self) -> None:
        """Log that the room was walked."""
        self.post_command(self._room_walk()[0], "room walk logged")

    def end_session(self) -> None:
        """End the session and go on to the scores."""
        self.post_command(
            EndSession(session_id=self.session_id),
            "session ended",
            partial(self.go_to, Route.SCORES),
        )

    ACTIONS: ClassVar[tuple[Action["TestingScreen"], ...]] = (
        NEXT,
        replace(OWN_HALT, commands=_halt_commands),
        Action("announce", "a", announce_time, _announcements),
        Action("take_break", "b", acts.take_break, acts.of_each(acts.break_command),
               lambda screen: acts.lacks_alike(screen, "on a break", lambda one: one.on_break),
               ("break", "back")),
        Action("pause", "p", acts.pause_clock, acts.of_each(acts.pause_command),
               lambda screen: acts.lacks_alike(screen, "paused", lambda one: one.is_paused),
               ("pause", "go")),
        Action("credit", "c",
               lambda screen: ask_credit(screen, screen.selected_attempts),
               acts.of_each_by("credit"), acts.lacks_people, ("credit",)),
        Action("finish", "f", acts.finish_attempts, acts.of_each_by("finish"),
               acts.lacks_people, ("finish",)),
        Action("end_early", "x",
               lambda screen: ask_command(
                   screen, ask_about.end_early(screen.session, acts.first_chosen(screen))),
               acts.of_each_by("interrupt"), acts.lacks_one,
               ("withdraw", "dismiss", "interrupt")),
        Action("late", "l",
               lambda screen: acts.take_late(screen, acts.first_chosen(screen)),
               lacks=acts.lacks_late),
        Action("seat", "z",
               lambda screen: seat_questions.ask_seat(screen, acts.first_chosen(screen)),
               acts.of_each(lambda screen, one: seat_questions.command(screen.session, one)),
               acts.lacks_one, ("seat",)),
        Action("vendor", "v",
               lambda screen: ask_command(screen, ask_about.compare_vendor_clock(
                   screen.session, acts.first_chosen(screen), screen.line_ms)),
               acts.of_each_by("vendor"), acts.lacks_one, ("vendor",)),
        SEAT_MAP,
        Action("note", "n",
               lambda screen: ask_command(
                   screen, ask_about.take_note(screen.session, screen.selected_attempts)),
               verbs=("note",)),
        Action("room_walk", "w", log_walk, _room_walk, verbs=("walk",)),
        Action("mark", "space", lambda screen: screen.table.toggle_mark()),
        Action("end", "e", end_session,
               lambda screen: (EndSession(session_id=screen.session_id),)),
        Action("undo_start", "U",
               lambda screen: ask_command(screen, session_steps.undo_start(
                   screen.session, partial(screen.go_to, Route.CHECK_IN))),
               lambda screen: (UndoStart(session_id=screen.session_id),)),
        Action("abandon", "X",
               lambda screen: ask_command(screen, session_steps.abandon_session(screen.session)),
               lambda screen: (AbandonSession(
                   session_id=screen.session_id, reason=STAND_IN),)),
        Action("scores", "g", lambda screen: screen.go_to(Route.SCORES, instead=False)),
        HAND_OVER,
    )  # fmt: skip
