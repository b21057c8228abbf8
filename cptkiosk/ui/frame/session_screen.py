"""What every screen about one session has: its walk, its wishes, its questions."""

from collections.abc import Callable
from functools import partial
from typing import ClassVar

from textual import events

from cptkiosk.desk import Recorded
from cptkiosk.domain.attempt import Attempt
from cptkiosk.domain.commands import (
    AboutAttempt,
    AttemptCommand,
    HandOver,
    MarkAbsent,
    SessionCommand,
    UndoStep,
)
from cptkiosk.domain.guide import STAGES, Step, stage_index
from cptkiosk.domain.session import Session, Stage
from cptkiosk.domain.session_events import StepUndone
from cptkiosk.ui.action_line import Action
from cptkiosk.ui.clocks import brief_clock
from cptkiosk.ui.dialogs.action_bar import ActionBar, carry_out
from cptkiosk.ui.dialogs.hand_over import ask_hand_over
from cptkiosk.ui.drafts import forget
from cptkiosk.ui.frame.kiosk_screen import Key, KioskScreen
from cptkiosk.ui.messages import Asked
from cptkiosk.ui.navigator import ROUTE_OF_STEP, Route
from cptkiosk.ui.widgets.roll import Roll

NOT_YET = "Not yet: the Next line counts down. Nothing was recorded."


class SessionScreen(KioskScreen):
    """A screen about one session."""

    ROUTE: ClassVar[Route]
    """What leads here; also where this screen is on the session's walk."""

    COMMON: ClassVar[tuple[Key, ...]] = (
        Key("i", "irregularity", "report", "Record an irregularity"),
        Key("I", "reports", "reports", "Show the irregularities on record"),
        Key("colon", "act", "line", "Type an action: A1 break; A1,A2 credit 6m alarm"),
        Key("u", "undo", "undo", "Undo your last step (both entries stay on record)"),
        *KioskScreen.COMMON,
    )

    def __init__(self, session_id: str, *, starts_on: str = "") -> None:
        """Show a session.

        Args:
            session_id: which session.
            starts_on: what the cursor starts on: an attempt, or an irregularity.
        """
        super().__init__()
        self.session_id = session_id
        self.starts_on = starts_on

        self._ticked = ""

    @property
    def session(self) -> Session:
        """The session as it is recorded now."""
        return self.kiosk.desk.sessions[self.session_id]

    @property
    def line_ms(self) -> int:
        """Now, on the session's line."""
        return self.session.line_ms(self.kiosk.desk.now())

    def show_step(self, step: Step) -> None:
        """Draw the Next line, and note when it changed."""
        super().show_step(step)
        searching = any(roll.filtering for roll in self.query(Roll))
        # The time of an event, as that of the keys it is compared with.
        self.kiosk.enter_guard.shown(
            self,
            self.guarded(step),
            events.Event().time,
            searching=searching,
            first=self.said_first(step),
        )

    def guarded(self, step: Step) -> str:
        """Return what must have been seen for a while before Enter does it."""
        return step.action

    def said_first(self, step: Step) -> str:
        """Return what the first Enter says where the cursor came to a row by itself."""
        return ""

    def next_step(self) -> Step:
        """Return what to do next in this session."""
        return self.kiosk.desk.next_step(self.session, self.actor)

    def tick(self) -> None:
        """Draw the Next line too: it counts down."""
        super().tick()
        if self.drawable:
            step = self.next_step()
            known, self._ticked = self._ticked, step.action
            self.show_step(step)
            if known != step.action:
                # Time alone made something else possible, such as a halt at the start.
                self.draw_keys()

    def draw_stage(self) -> None:
        """Draw where the session is on its walk."""
        where = "room " + ", ".join(room.name for room in self.session.rooms)
        if self.session.stage is Stage.CANCELLED:
            where = "CANCELLED"
        self.stages.show(STAGES, stage_index(self.session), where)

    async def takes_at_once(self, event: events.Key) -> bool:
        """Open the action line, so that the very next key is typed into it."""
        if event.character != ":" or not self.takes_actions:
            return False
        await self.kiosk.navigator.ask(*self._action_bar())
        return True

    @property
    def takes_actions(self) -> bool:
        """Whether a colon is a key here, and no text."""
        typing = any(roll.filtering for roll in self.query(Roll))
        return self.drawable and self.is_active and not self.TYPING and not typing

    def do_act(self) -> None:
        """Open the action line."""
        self.kiosk.navigator.ask(*self._action_bar())

    def _action_bar(self) -> tuple[ActionBar, Callable[[Action | None], None]]:
        return ActionBar(self), partial(carry_out, self)

    def do_irregularity(self) -> None:
        """Open the form for an irregularity."""
        chosen = self.chosen_attempts()
        self.kiosk.navigator.open(Route.IRREGULARITY, self.session_id, chosen)

    def do_reports(self) -> None:
        """Show what is on record of irregularities."""
        self.kiosk.navigator.lead(Route.IRREGULARITIES, self.session_id)

    def chosen_attempts(self) -> tuple[str, ...]:
        """Return the attempts that are marked or under the cursor."""
        return ()

    def why_not(self, action: str) -> str:
        """Return why an action is not possible now, or nothing if it is."""
        if action != "hand_over":
            return super().why_not(action)
        others = self.may_take_over()
        if not others:
            return "There is nobody else on the staff list."
        return self.why_refused(HandOver(session_id=self.session_id, to=others[0]))

    def at_a_glance(self) -> Callable[[SessionCommand], bool]:
        """Return what says which wishes are not refused, without asking the rules."""
        return self.kiosk.desk.possible_now(self.session, self.actor)

    def may_take_over(self) -> tuple[str, ...]:
        """Return who of the staff does not run the session yet."""
        staff, lead = self.kiosk.desk.center.active, self.session.lead
        return tuple(one.staff_id for one in staff if one.staff_id != lead)

    def do_hand_over(self) -> None:
        """Let somebody else run the session."""
        ask_hand_over(self)

    def show_card(self, participant_id: str) -> None:
        """Open a person's card over this screen."""
        self.kiosk.navigator.open(Route.PERSON, participant_id)

    def clocks(self) -> tuple[str, ...]:
        """Return the time left in this session if it runs, else in those that do."""
        if not self.session.running:
            return super().clocks()
        return (brief_clock(self.kiosk.desk, self.session),)

    def do_halt(self) -> object:
        """Stop every clock of this session if it runs, else of the one that does."""
        self.kiosk.press_halt(self.session_id)
        return None

    def do_undo(self) -> None:
        """Undo the asker's own last step, and show whose it was."""
        rolls = [(roll, roll.steps) for roll in self.query(Roll)]

        def follow(recorded: Recorded) -> None:
            found = (one.event for one in recorded.entries)
            undone = [one for one in found if isinstance(one, StepUndone)]
            for roll, steps in rolls if undone and self.is_active else ():
                if roll.steps == steps:
                    with roll.by_itself():
                        roll.move_to(undone[0].attempt_id)

        undo = UndoStep(session_id=self.session_id, here_only=True)
        self.post_message(Asked(undo, "", follow))

    def ask(
        self,
        command: SessionCommand,
        words: str,
        then: Callable[[], object] | None = None,
        draft: str = "",
    ) -> None:
        """Post a wish; what follows it happens only while this screen is in front.

        Once it is recorded, the draft of the form that made it is forgotten.
        """

        def follow(_: Recorded) -> None:
            forget(self.kiosk, draft)
            if then is not None and self.is_active:
                then()

        self.post_message(Asked(command, words, follow))

    def about(self, attempt: Attempt) -> AboutAttempt:
        """Return what every wish about an attempt names."""
        return {"session_id": self.session_id, "attempt_id": attempt.attempt_id}

    def person(self, attempt: Attempt) -> str:
        """Return somebody's name, told apart from another of the same name."""
        return self.session.label(attempt)

    async def do_next(self) -> None:
        """Do what the Next line says."""
        await self.follow(self.next_step())

    async def follow(self, step: Step) -> None:
        """Take a step of the guide: here if it belongs here, else on its own screen."""
        route, navigator = ROUTE_OF_STEP.get(step.action), self.kiosk.navigator
        if step.action == "today":
            navigator.show_today()
        elif route is None and self.session.running and self.ROUTE != Route.TESTING:
            # Another terminal started: whatever is next, it is seen there.
            navigator.go_to(Route.TESTING, self.session_id)
        elif step.key == "wait":
            self.say(NOT_YET, "warning")
        elif step.action == "hand-over" and not self.why_not("hand_over"):
            await self.action_press("hand_over")
        elif route is None:
            key = self.key_of(step)
            words = f"Press {key}: {step.text}." if key else f"{step.text}."
            self.say(words, "warning")
        elif route is self.ROUTE:
            await self.take(step)
        else:
            navigator.lead(route, self.session_id, step.attempt_id)

    def clear_marks(self) -> None:
        """Take every mark off."""
        for roll in self.query(Roll):
            roll.clear_marks()

    def stand_on(self, about: str) -> None:
        """Put the cursor on an attempt, or on an irregularity."""
        for roll in self.query(Roll):
            with roll.by_itself():
                roll.move_to(about)

    async def take(self, step: Step) -> None:
        """Take a step of the guide that belongs on this screen."""


class RollScreen(SessionScreen):
    """A screen of a session whose keys act on the row under the cursor."""

    COMMON: ClassVar[tuple[Key, ...]] = (
        Key("slash", "find", "find", "Find a person by typing"),
        Key("P", "person", "card", "Open the card of this person"),
        *SessionScreen.COMMON,
    )

    @property
    def current(self) -> Attempt | None:
        """The attempt under the cursor."""
        key = self.query_one(Roll).cursor_key
        return self.session.attempts.get(key) if key else None

    def chosen_attempts(self) -> tuple[str, ...]:
        """Return the marked attempts, or the one under the cursor."""
        roll = self.query_one(Roll)
        if roll.marked:
            return tuple(roll.marked)
        return (roll.cursor_key,) if roll.cursor_key else ()

    async def takes_at_once(self, event: events.Key) -> bool:
        """Begin the search, so that the very next key is typed into it."""
        searched = event.character == "/" and self.takes_actions
        if not searched or self.why_not("find"):
            return await super().takes_at_once(event)
        self.do_find()
        return True

    def why_not_now(self, action: str) -> str | None:
        """Return why a key for a row does nothing just now: the cursor has slipped."""
        if not isinstance(self.probes().get(action), AttemptCommand | MarkAbsent):
            return None
        roll, kiosk = self.query_one(Roll), self.kiosk
        return kiosk.enter_guard.refuses_row(roll.slipped_s, kiosk.keys.key_s)

    def unless_moved(self, go_on: Callable[[], object]) -> Callable[[], None]:
        """Return what moves the cursor on later, if nobody has moved it by then."""
        roll = self.query_one(Roll)
        steps = roll.steps

        def still() -> None:
            if roll.steps == steps:
                with roll.by_itself():
                    go_on()

        return still

    def do_find(self) -> None:
        """Let the list take what is typed."""
        self.query_one(Roll).start_filter()

    def do_map(self) -> None:
        """Show the room as a grid of seats."""
        self.kiosk.navigator.open(Route.SEATS, self)

    def do_person(self) -> None:
        """Open the card of the person under the cursor."""
        if self.current is not None:
            self.show_card(self.current.participant_id)
