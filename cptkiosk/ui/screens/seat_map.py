"""The seat map: a room as it is, and the way back to the roll by Enter."""

from collections.abc import Callable, Iterator
from typing import ClassVar

from textual.widget import Widget

from cptkiosk.domain.events.planning import Room
from cptkiosk.domain.guidance.step import Step
from cptkiosk.domain.state.attempt import NEVER_STARTED, Attempt, AttemptProgress
from cptkiosk.domain.values import plural
from cptkiosk.ui import attempt_rows, seat_occupancy
from cptkiosk.ui.actions import Action, Commands
from cptkiosk.ui.dialogs import seats as seat_questions
from cptkiosk.ui.frame.session_screen import SessionScreen
from cptkiosk.ui.navigator import Route
from cptkiosk.ui.terminal.screen_buffer import harmless
from cptkiosk.ui.widgets.plain_text import PlainText
from cptkiosk.ui.widgets.seat_map import RoomShown, SeatMap, step_seat

LEGEND = "{testing} testing  {on_break} break  {paused} paused  {time_up} time up"
LEGEND += "  {finished} finished  {seated} seated"
LEGEND += "  {withdrawn}{dismissed}{interrupted} ended early  . free"


class SeatMapScreen(SessionScreen):
    """The seats of one room at a time; Enter shows who sits there on the roll."""

    ROUTE = Route.SEATS
    DRAWS_EACH_SECOND = True

    def __init__(
        self, session_id: str, shown: Attempt | None, show: Callable[[str], object]
    ) -> None:
        """Show a room of a session.

        Args:
            session_id: which session.
            shown: who is under the cursor first; without anyone, the first seat.
            show: puts the cursor of the roll on an attempt.
        """
        super().__init__(session_id)
        self._show = show
        self._seat = shown.seat if shown is not None else ""
        self._room_name = shown.room if shown is not None else ""

    def compose_body(self) -> Iterator[Widget]:
        """Lay out the room, the person who sits under the cursor, and the signs."""
        yield SeatMap()
        yield PlainText("", id="sits")
        glyphs = self.kiosk.glyphs
        signs = {
            one.name.lower(): attempt_rows.state_sign(one, glyphs)
            for one in AttemptProgress
        }
        legend = LEGEND.format(**signs, on_break=glyphs.on_break)
        yield PlainText(legend, id="legend")

    @property
    def _room(self) -> Room:
        rooms = self.session.rooms
        return next((one for one in rooms if one.name == self._room_name), rooms[0])

    @property
    def _selected_seat(self) -> str:
        """The seat under the cursor: the first of a room that has none of that name."""
        labels = self._room.seat_labels()
        return self._seat if self._seat in labels else labels[0]

    @property
    def current(self) -> Attempt | None:
        """Who sits under the cursor."""
        if not self.drawable:
            return None
        return self.view.sitting(self._room).get(self._selected_seat)

    @property
    def selected_attempts(self) -> tuple[Attempt, ...]:
        """Who sits under the cursor, if anyone does."""
        return (self.current,) if self.current else ()

    # Drawing

    def draw_body(self) -> None:
        """Draw the room."""
        view, room = self.view, self._room
        shown = seat_occupancy.seats_of(view, room, self.kiosk.glyphs)
        title = seat_occupancy.title_of(view, room)
        unseated = [
            one
            for one in view.by_name
            if not one.seat and one.standing not in NEVER_STARTED
        ]
        if unseated:
            title += f"   {plural(len(unseated), 'person', 'people')} without a seat"
        rows = seat_occupancy.seat_rows(room)
        self.query_one(SeatMap).room = RoomShown(
            rows, shown, self._selected_seat, title
        )
        self.show_text("sits", harmless(self._sits()))

    def _sits(self) -> str:
        one, view = self.current, self.view
        if one is None:
            return f"{self._selected_seat}  empty seat"
        session, line_ms, glyphs = view.session, view.line_ms, self.kiosk.glyphs
        parts = [
            f"{self._selected_seat}  {self.person(one)}",
            one.module.short,
            attempt_rows.state_words(one, view.progress(one), glyphs),
        ]
        if one.start_line_ms is not None and one.end_line_ms is None:
            parts.append(
                f"{attempt_rows.left_text(session, one, line_ms, glyphs.dash)} left"
            )
        parts.append(attempt_rows.badges(one, line_ms))
        return "   ".join(filter(None, parts))

    def next_step(self) -> Step:
        """Say where Enter leads."""
        one = self.current
        if one is not None:
            return Step(f"show {self.person(one)} in the list", "next")
        return Step("arrow keys move between seats - Esc to go back", "back")

    def _seating(self) -> Commands:
        one = self.current
        return () if one is None else (seat_questions.command(self.session, one),)

    # Acting

    async def follow(self, step: Step) -> None:
        """Go back to the roll, the cursor on the person who sits here."""
        if self.current is not None:
            self._show(self.current.attempt_id)
        self.dismiss_to_previous()

    def _step(self, rows: int, columns: int) -> None:
        self._seat = step_seat(
            seat_occupancy.seat_rows(self._room), self._selected_seat, rows, columns
        )
        self.redraw_record()

    def choose_seat(self) -> None:
        """Move the person who sits under the cursor, or let two people swap seats."""
        if self.current is not None:
            seat_questions.ask_seat(self, self.current)

    def show_next_room(self) -> None:
        """Show the next room."""
        names = [one.name for one in self.session.rooms]
        at = names.index(self._room.name) + 1
        self._room_name, self._seat = names[at % len(names)], ""
        self.redraw_record()

    ACTIONS: ClassVar[tuple[Action["SeatMapScreen"], ...]] = (
        Action("next", "enter", lambda screen: screen.next_line.press_enter(),
               needs=lambda screen: screen.current),
        Action("up", "up", lambda screen: screen._step(-1, 0)),
        Action("down", "down", lambda screen: screen._step(1, 0)),
        Action("left", "left", lambda screen: screen._step(0, -1)),
        Action("right", "right", lambda screen: screen._step(0, 1)),
        Action("seat", "z", choose_seat, _seating,
               needs=lambda screen: screen.current),
        Action("room", "tab", show_next_room,
               needs=lambda screen: len(screen.session.rooms) > 1),
        Action("list", "m", lambda screen: screen.go_back()),
    )  # fmt: skip
