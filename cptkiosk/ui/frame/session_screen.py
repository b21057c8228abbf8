"""What every screen about one session has: its stage, its commands, its questions."""

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar

from textual import events

from cptkiosk.desk import Recorded
from cptkiosk.domain.commands.base import AboutAttempt, SessionCommand
from cptkiosk.domain.commands.checkin import HandOver
from cptkiosk.domain.commands.mistake import UndoStep
from cptkiosk.domain.events.session import StepUndone
from cptkiosk.domain.guidance.next_step import STAGES, stage_index
from cptkiosk.domain.guidance.step import Step
from cptkiosk.domain.state.attempt import Attempt
from cptkiosk.domain.state.blockers import halt_name, halts_unreported
from cptkiosk.domain.state.session import Session, Stage
from cptkiosk.domain.values import Reason
from cptkiosk.ui.actions import Action, Actions
from cptkiosk.ui.dialogs.action_bar import ActionBar, carry_out
from cptkiosk.ui.dialogs.hand_over import ask_hand_over
from cptkiosk.ui.dialogs.irregularity_fields import halt
from cptkiosk.ui.dialogs.reports import offer_session_reports
from cptkiosk.ui.drafts import forget_draft
from cptkiosk.ui.frame.kiosk_screen import FIND, KioskScreen
from cptkiosk.ui.messages import CommandRequested
from cptkiosk.ui.navigator import Route
from cptkiosk.ui.next_screen import ROUTE_OF_STEP
from cptkiosk.ui.view import SessionView, SessionViews
from cptkiosk.ui.widgets.bars import Stages
from cptkiosk.ui.widgets.filterable_table import FilterableTable

OPENS = "open"
"""What a planned session is opened with, to ask at once whether check-in opens."""

NOBODY_ELSE = "No one else is on the staff list."

REPORT: Action["SessionScreen"] = Action(
    "irregularity", "i",
    lambda screen: screen.report_irregularity(),
)  # fmt: skip
REPORTS: Action["SessionScreen"] = Action(
    "reports", "I",
    lambda screen: screen.kiosk.navigator.lead(
        Route.IRREGULARITIES, screen.session_id
    ),
)  # fmt: skip
ACTION_LINE: Action["SessionScreen"] = Action(
    "act", "colon",
    lambda screen: screen.kiosk.navigator.open_dialog(
        ActionBar(screen), partial(carry_out, screen)
    ),
    at_once=True,
)  # fmt: skip
UNDO: Action["SessionScreen"] = Action(
    "undo", "u",
    lambda screen: screen.undo_last_step(),
    lambda screen: (UndoStep(session_id=screen.session_id, here_only=True),),
    verbs=("undo",),
)  # fmt: skip
HAND_OVER: Action["SessionScreen"] = Action(
    "hand_over", "H",
    ask_hand_over,
    lambda screen: [
        HandOver(session_id=screen.session_id, to=one)
        for one in screen.may_take_over()[:1]
    ],
    lambda screen: "" if screen.may_take_over() else NOBODY_ELSE,
)  # fmt: skip
"""On the screens of every stage in which someone runs the session."""

PRINT: Action["SessionScreen"] = Action(
    "print_list", "ctrl+p",
    offer_session_reports,
)  # fmt: skip

CARD: Action["SessionScreen"] = Action(
    "person", "P",
    lambda screen: screen.open_card(),
)  # fmt: skip
SEAT_MAP: Action["SessionScreen"] = Action(
    "map", "m",
    lambda screen: screen.kiosk.navigator.open(
        Route.SEATS, screen.session_id, screen.current, screen.table.move_to
    ),
)  # fmt: skip
"""On the screens with people who have seats."""


class SessionScreen(KioskScreen):
    """A screen about one session."""

    session_id: str

    LISTS_PEOPLE: ClassVar[bool] = False
    """Whether each row of its list is an attempt, which keys act on."""

    COMMON: ClassVar[Actions] = (
        REPORT,
        REPORTS,
        ACTION_LINE,
        UNDO,
        *KioskScreen.COMMON,
        PRINT,
    )

    def __init__(self, session_id: str, *, starts_on: str = "") -> None:
        """Show a session.

        Args:
            session_id: which session.
            starts_on: what the cursor starts on: an attempt, or an irregularity; or
                `OPENS`.
        """
        super().__init__()
        self.session_id = session_id
        self.starts_on = starts_on

        self._views = SessionViews()
        self._ticked = ""

    @property
    def session(self) -> Session:
        """The session as it is recorded now."""
        return self.kiosk.desk.record.sessions[self.session_id]

    @property
    def view(self) -> SessionView:
        """The session as it is drawn now."""
        return self._views.of(self.session, self.kiosk.desk, self.actor)

    @property
    def line_ms(self) -> int:
        """Now, on the session's line."""
        return self.session.timeline_ms(self.kiosk.desk.now())

    def show_step(self, step: Step) -> None:
        """Draw the Next line, and note when it changed."""
        super().show_step(step)
        searching = any(table.filtering for table in self.query(FilterableTable))
        # The time of an event, as that of the keys it is compared with.
        self.kiosk.enter_guard.note_shown(
            self,
            self.identify_step(step),
            events.Event().time,
            searching=searching,
            first=self.said_first(step),
        )

    def identify_step(self, step: Step) -> str:
        """Return what must have been seen for a while before Enter does it."""
        return step.action

    def said_first(self, step: Step) -> str:
        """Return what the first Enter says where the cursor came to a row by itself."""
        return ""

    def next_step(self) -> Step:
        """Return what to do next in this session: here, or on the Testing screen."""
        step = self.view.next_step
        waits = step.action in {"none", "wait"} and self.session.running
        elsewhere = waits and self.ROUTE != Route.TESTING
        if elsewhere and not self.action_table.has_key_of(step):
            return Step(Reason("go-to-testing", what=step.what), "testing")
        return step

    def redraw_time(self) -> None:
        """Draw the Next line too: it counts down."""
        super().redraw_time()
        if self.drawable:
            step = self.next_step()
            known, self._ticked = self._ticked, step.action
            self.show_step(step)
            if known != step.action:
                # Time alone made something else possible, such as a halt at the start.
                self.draw_keys()

    def draw_stage(self) -> None:
        """Draw where the session is on its walk."""
        session = self.session
        where = "room " + ", ".join(room.name for room in session.rooms)
        if session.stage is Stage.CANCELLED:
            where = "CANCELLED"
        self.stages.said = Stages(STAGES, stage_index(session), where)

    def report_irregularity(self) -> None:
        """Open the form for an irregularity."""
        chosen = tuple(one.attempt_id for one in self.selected_attempts)
        self.kiosk.navigator.open(Route.IRREGULARITY, self.session_id, chosen)

    @property
    def current(self) -> Attempt | None:
        """The attempt under the cursor, if this lists people."""
        listed = self.LISTS_PEOPLE and self.drawable
        return self.session.attempts.get(self.table.cursor_key) if listed else None

    @property
    def selected_attempts(self) -> tuple[Attempt, ...]:
        """The attempts that are marked, or the one under the cursor."""
        if not (self.LISTS_PEOPLE and self.drawable):
            return ()
        keys = self.table.marked_keys or filter(None, (self.table.cursor_key,))
        return tuple(map(self.session.attempts.__getitem__, keys))

    def why_not_now(self, action: Action[Any]) -> str:
        """Return why a key for a row does nothing just now: the cursor has slipped.

        Rows that are marked stay what they are.
        """
        if (
            not self.LISTS_PEOPLE
            or not action.acts_on_row(self)
            or self.table.marked_keys
        ):
            return ""
        return self.kiosk.enter_guard.refuses_row(self.table.slipped_s) or ""

    def unless_moved(self, go_on: Callable[[], object]) -> Callable[[], None]:
        """Return what moves the cursor on later, if no one has moved it by then."""
        table, steps = self.table, self.table.steps

        def still() -> None:
            if table.steps == steps:
                with table.by_itself():
                    go_on()

        return still

    def open_card(self) -> None:
        """Open the card of the person under the cursor."""
        if self.current is not None:
            self.show_card(self.current.participant_id)

    def possible_now(self) -> Callable[[SessionCommand], bool]:
        """Return a quick check that rules commands out without reading the record."""
        return self.view.is_possible

    def why_refused(self, command: SessionCommand) -> str:
        """Return why the rules are against a step, even if a coordinator approves it."""
        return self.view.why_refused(command)

    def may_take_over(self) -> tuple[str, ...]:
        """Return who of the staff does not run the session yet."""
        staff, lead = self.kiosk.desk.center.active_members, self.session.lead
        return tuple(one.staff_id for one in staff if one.staff_id != lead)

    def show_card(self, participant_id: str) -> None:
        """Open a person's card over this screen."""
        self.kiosk.navigator.open(Route.PERSON, participant_id)

    def clocks(self) -> tuple[str, ...]:
        """Return the time left in this session if it runs, else in those that do."""
        if not self.session.running:
            return super().clocks()
        return (self.view.brief_clock,)

    def undo_last_step(self) -> None:
        """Undo the asker's own last step, and show whose it was."""
        tables = [(table, table.steps) for table in self.query(FilterableTable)]

        def follow(recorded: Recorded) -> None:
            found = (one.event for one in recorded.entries)
            undone = [one for one in found if isinstance(one, StepUndone)]
            for table, steps in tables if undone and self.is_active else ():
                if table.steps == steps:
                    with table.by_itself():
                        table.move_to(undone[0].attempt_id)

        undo = UndoStep(session_id=self.session_id, here_only=True)
        self.post_message(CommandRequested(undo, "", self.actor, follow))

    def post_command(
        self,
        command: SessionCommand,
        words: str,
        then: Callable[[], object] | None = None,
        draft: str = "",
        always: Callable[[], object] | None = None,
    ) -> None:
        """Post a command; what follows it happens only while this screen is in front.

        What is `always` done follows whatever is in front by then, such as a lock.

        Once it is recorded, the draft of the form that made it is forgotten.
        """

        def follow(_: Recorded) -> None:
            forget_draft(self.kiosk, draft)
            if always is not None:
                always()
            if then is not None and self.is_active:
                then()

        self.post_message(CommandRequested(command, words, self.actor, follow))

    def about(self, attempt: Attempt) -> AboutAttempt:
        """Return what every command about an attempt names."""
        return {"session_id": self.session_id, "attempt_id": attempt.attempt_id}

    def person(self, attempt: Attempt) -> str:
        """Return someone's name, told apart from another of the same name."""
        return self.session.label(attempt)

    async def follow(self, step: Step) -> None:
        """Take a step of the guide: here if it belongs here, else on its own screen."""
        route, navigator = ROUTE_OF_STEP.get(step.action), self.kiosk.navigator
        if step.action == "today":
            navigator.show_today()
        elif step.action == "report":
            report_halt(self, step.attempt_id)
        elif step.action == "hand-over" and not self.why_not(HAND_OVER):
            ask_hand_over(self)
        elif route is None or route is self.ROUTE:
            await self.take_step(step)
        else:
            navigator.lead(route, self.session_id, step.attempt_id)

    async def take_step(self, step: Step) -> None:
        """Take a step of the guide that belongs on this screen."""

    def go_to(self, route: Route, *, instead: bool = True) -> object:
        """Show another screen of this session, in place of this one or over it."""
        return self.kiosk.navigator.go_to(route, self.session_id, instead=instead)

    def clear_marks(self) -> None:
        """Take every mark off."""
        for table in self.query(FilterableTable):
            table.clear_marks()

    def stand_on(self, about: str) -> None:
        """Put the cursor on an attempt, or on an irregularity."""
        for table in self.query(FilterableTable):
            with table.by_itself():
                table.move_to(about)


PEOPLE_COMMON: Actions = (FIND, CARD, *SessionScreen.COMMON)
"""What every screen can do that lists people."""


def report_halt(screen: SessionScreen, name: str) -> None:
    """Open the form for what a session was halted for, as far as it is known."""
    named = [
        one for one in halts_unreported(screen.session) if halt_name(one[0]) == name
    ]
    if not named:
        screen.report_irregularity()
        return
    (at, why), desk = named[0], screen.kiosk.desk
    given = halt(screen.session, at, why, desk.now().utc_ms, desk.times)
    people = given.values.several("people")
    screen.kiosk.navigator.open(Route.IRREGULARITY, screen.session_id, people, given)
