"""Testing: the clock, the next announcement, and the roll."""

from collections.abc import Iterator
from functools import partial
from typing import ClassVar

from textual import on
from textual.containers import Horizontal
from textual.events import Resize
from textual.widget import Widget

from cptkiosk.domain import commands as c
from cptkiosk.domain import guide
from cptkiosk.domain.session import Stage
from cptkiosk.domain.values import plural
from cptkiosk.ui import enter_guard, seats
from cptkiosk.ui.clocks import face_text
from cptkiosk.ui.dialogs import clocks as clock_questions
from cptkiosk.ui.dialogs import irregularity_fields as asked
from cptkiosk.ui.dialogs import testing as ask_about
from cptkiosk.ui.dialogs.asking import ask_command
from cptkiosk.ui.dialogs.question import CommandQuestion
from cptkiosk.ui.frame.kiosk_screen import Key
from cptkiosk.ui.keys import HALT, HAND_OVER
from cptkiosk.ui.navigator import Route
from cptkiosk.ui.screens.testing import view as testing_view
from cptkiosk.ui.screens.testing.acts import TestingActs
from cptkiosk.ui.widgets.face import Face
from cptkiosk.ui.widgets.plain_text import PlainText
from cptkiosk.ui.widgets.roll import Roll
from cptkiosk.ui.widgets.seat_map import SeatMap

MAP_FROM = 120
"""From so many columns on, the seat map stands beside the roll."""


class TestingScreen(TestingActs):
    """Everything about a running session."""

    DEFAULT_CSS = """
    TestingScreen {
        #people { height: 1fr; }
        #people Roll { width: 1fr; }
        #beside { width: 39; padding: 0 0 0 1; display: none; }
    }
    """

    __test__ = False
    ROUTE = Route.TESTING
    ENTER_RULE = enter_guard.TESTING
    KEYS: ClassVar[tuple[Key, ...]] = (
        Key("enter", "next", "next", "Do what the Next line says"),
        HALT,
        Key("a", "announce", "announce", "Read aloud how many minutes are left"),
        Key("b", "take_break", "break", "Break out or back; the clock runs on"),
        Key(
            "p", "pause", "pause", "Stop this clock alone: a fault, or a granted break"
        ),
        Key("c", "credit", "credit", "Give time back, with a reason"),
        Key("f", "finish", "finished", "The vendor's screen shows submitted"),
        Key(
            "x", "end_early", "end early", "Dismiss, withdraw or interrupt this person"
        ),
        Key("l", "late", "late", "Check a late arrival in, and start their clock"),
        Key("z", "seat", "seat", "Another seat, or swap with whoever sits there"),
        Key(
            "v", "vendor", "vendor", "Compare with the time left on the vendor's screen"
        ),
        Key("m", "map", "map", "Show the room as a grid of seats"),
        Key("n", "note", "note", "Keep a remark about this person"),
        Key("space", "mark", "mark", "Mark this row: b p c f n act on all marked ones"),
        Key("e", "end", "end", "End the session"),
        Key("U", "undo_start", "undo start", "Take the start back, within two minutes"),
        Key("X", "abandon", "abandon", "Give the session up"),
        Key("g", "scores", "scores", "Key scores of those who have finished"),
        HAND_OVER,
    )

    _listing: testing_view.Listing | None = None

    def body(self) -> Iterator[Widget]:
        """Lay out the clock, what it means, and the roll."""
        with Horizontal(id="top"):
            yield Face()
            yield PlainText("", id="facts")
        with Horizontal(id="people"):
            yield Roll(empty="Nobody is on the roll. Esc goes back.", markable=True)
            yield SeatMap(id="beside")

    def prepare(self) -> None:
        """Name the columns."""
        self.query_one(Roll).set_columns(testing_view.columns(self.session))
        self._place_map(self.app.size.width)

    # Drawing

    def tick(self) -> None:
        """Draw the clock and every remaining time."""
        super().tick()
        if self.drawable:
            self.draw()

    def draw(self) -> None:
        """Draw clock, facts and roll."""
        session, line_ms, zone = self.session, self.line_ms, self.kiosk.desk.zone
        facts = testing_view.facts(session, line_ms, zone)
        self.set_class(session.stage is Stage.HALTED, "-halted")
        self.query_one(Face).show(face_text(session, line_ms))
        self.query_one("#facts", PlainText).update("\n".join(facts))
        if self._listing is None or self._listing.session is not session:
            glyphs = self.kiosk.glyphs
            self._listing = testing_view.Listing(session, zone, glyphs)
            self.query_one(Roll).set_columns(testing_view.columns(session))
        row_of = partial(self._listing.row, line_ms)
        self.query_one(Roll).set_listing(self._listing.keys, row_of)
        self._draw_map()

    @on(Roll.Moved)
    def _draw_map(self) -> None:
        """Draw the room beside the roll, where there is room for it."""
        if not self.drawable:
            return  # a size may come before the rest, and a drawing after it is gone
        beside = self.query_one("#beside", SeatMap)
        if not beside.display:
            return
        session, attempt = self.session, self.current
        room = seats.room_of(session, attempt)
        shown = seats.seats_of(session, room, self.line_ms, self.kiosk.glyphs)
        here = attempt.seat if attempt is not None and attempt.seat in shown else ""
        beside.show(room, shown, here, seats.title_of(session, room))

    def on_resize(self, event: Resize) -> None:
        """Show the seat map beside the roll on a wide screen."""
        super().on_resize(event)
        if self.drawable:
            self._place_map(event.size.width)

    def _place_map(self, width: int) -> None:
        beside = self.query_one("#beside", SeatMap)
        if beside.display != (width >= MAP_FROM):
            beside.display = width >= MAP_FROM
            self.call_after_refresh(self._draw_map)

    # Acting

    def probes(self) -> dict[str, c.SessionCommand]:
        """Name the wishes behind the keys."""
        sid = self.session_id
        found: dict[str, c.SessionCommand] = {
            "end": c.EndSession(session_id=sid),
            "undo_start": c.UndoStart(session_id=sid),
            "abandon": c.AbandonSession(session_id=sid, reason="?"),
            "undo": c.UndoStep(session_id=sid),
        }
        if self.session.stage is not Stage.HALTED:
            found["halt"] = c.HaltSession(session_id=sid, reason="?")
        call = guide.next_call(self.session, self.line_ms, self.definitions.policies)
        told = call.attempt_ids if call else ()
        minutes = call.minutes if call else 0
        found["announce"] = c.Announce(
            session_id=sid, minutes=minutes, attempt_ids=told
        )
        if chosen := self.chosen:
            found |= self.probes_about(chosen[0])
        return found

    def why_not(self, action: str) -> str:
        """Point at the key for the start where there is no other step to undo."""
        reason = super().why_not(action)
        if action == "undo" and reason and not super().why_not("undo_start"):
            return f"{reason} Press U to take the start back."
        return reason

    async def take(self, step: guide.Step) -> None:
        """Take a step of the guide."""
        if step.attempt_id and not self.query_one(Roll).move_to(step.attempt_id):
            return
        if step.action == "late":
            self.take_late(self.session.attempts[step.attempt_id])
        elif step.action == "finish":
            attempt = self.session.attempts[step.attempt_id]
            ask_command(self, ask_about.time_up(self.session, attempt))
        elif step.action == "missed":
            self._explain_missed()
        elif self.session.unconfirmed is not None:
            self.do_confirm()
        elif step.action != "testing":
            await self.action_press(step.action)

    def do_announce(self) -> None:
        """Show the words to read aloud; Enter says that they were."""
        call = guide.next_call(self.session, self.line_ms, self.definitions.policies)
        if call is not None:
            clock_questions.announce(self, call)

    def _explain_missed(self) -> None:
        policies = self.definitions.policies
        call = guide.missed_call(self.session, self.line_ms, policies)
        if call is not None:
            form = asked.missed_announcement(call, self.line_ms)
            self.kiosk.navigator.open(
                Route.IRREGULARITY, self.session_id, call.attempt_ids, form
            )

    def do_resume(self) -> None:
        """Take the roll call, then let the clocks run on."""
        self.kiosk.navigator.go_to(Route.ROLL_CALL, self.session_id, instead=False)

    def do_confirm(self) -> None:
        """Compare with the room clock after a reboot."""
        zone = self.kiosk.desk.zone
        ask_command(self, ask_about.room_clock(self.session, self.line_ms, zone))

    def do_end(self) -> None:
        """End the session and go on to the scores."""
        self.ask(
            c.EndSession(session_id=self.session_id),
            "session ended; u takes that back",
            self._to_scores,
        )

    def _to_scores(self) -> object:
        return self.kiosk.navigator.go_to(Route.SCORES, self.session_id)

    def do_undo_start(self) -> None:
        """Take the start back."""
        started = sum(
            one.start_line_ms is not None for one in self.session.attempts.values()
        )
        count = plural(started, "person goes", "people go")
        question = CommandQuestion(
            "Take the start back",
            (f"{count} back to seated.", "The time they have worked is not counted."),
            command=lambda _: c.UndoStart(session_id=self.session_id),
            words="start undone",
            then=self._to_check_in,
        )
        ask_command(self, question)

    def _to_check_in(self) -> object:
        return self.kiosk.navigator.go_to(Route.CHECK_IN, self.session_id)

    def do_abandon(self) -> None:
        """Ask why, then give the session up."""
        ask_command(self, ask_about.abandon(self.session))

    async def do_scores(self) -> None:
        """Key scores while others are still testing."""
        self.kiosk.navigator.go_to(Route.SCORES, self.session_id, instead=False)
