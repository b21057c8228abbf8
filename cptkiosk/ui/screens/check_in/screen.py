"""Check-in: left the roll, right the gates of the person under the cursor."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import ClassVar

from textual.containers import Horizontal
from textual.widget import Widget

from cptkiosk.domain.commands.checkin import FailGate, WaiveGate
from cptkiosk.domain.commands.testing import StartSession
from cptkiosk.domain.guidance.next_step import (
    STAGES,
    barred_step,
    next_item,
    stage_index,
)
from cptkiosk.domain.guidance.step import Step
from cptkiosk.domain.state.attempt import (
    NOT_HERE,
    WAITING,
    Attempt,
    AttemptProgress,
    Gate,
)
from cptkiosk.domain.state.session import Stage
from cptkiosk.ui import attempt_rows, enter_guard
from cptkiosk.ui.actions import Action
from cptkiosk.ui.dialogs import check_in as ask_about
from cptkiosk.ui.dialogs import seats as seat_questions
from cptkiosk.ui.dialogs import walk_in as comers
from cptkiosk.ui.dialogs.asking import question_action
from cptkiosk.ui.dialogs.assignment import assignment
from cptkiosk.ui.dialogs.beyond_window import start_late
from cptkiosk.ui.dialogs.hand_over import lead_words
from cptkiosk.ui.frame.action_table import GO_TO
from cptkiosk.ui.frame.body import ListBody
from cptkiosk.ui.frame.current_person import about_current, for_current, of_current
from cptkiosk.ui.frame.kiosk_screen import NEXT
from cptkiosk.ui.frame.session_screen import (
    HAND_OVER,
    PEOPLE_COMMON,
    SEAT_MAP,
    SessionScreen,
)
from cptkiosk.ui.naming import end_sentence
from cptkiosk.ui.navigator import Route
from cptkiosk.ui.screens.check_in import acts
from cptkiosk.ui.screens.check_in.gates import gates_text
from cptkiosk.ui.screens.check_in.obstacles import Obstacles, deny_command
from cptkiosk.ui.view import SessionView
from cptkiosk.ui.widgets.bars import Stages
from cptkiosk.ui.widgets.filterable_table import Column, Row
from cptkiosk.ui.workers import begin
from cptkiosk.words import explain_why


def _open_gates(screen: SessionScreen) -> Sequence[Gate]:
    return screen.current.open_gates if screen.current else ()


def _other_modules(screen: SessionScreen) -> Sequence[str]:
    return comers.other_modules(screen, screen.current) if screen.current else ()


def _was_denied(screen: SessionScreen) -> bool:
    one = screen.current
    return one is not None and one.standing is AttemptProgress.DENIED


class CheckInScreen(SessionScreen):
    """Brings everyone on the roll to a seat, or says why not."""

    ROUTE = Route.CHECK_IN
    BODY = ListBody(
        Column("Person", 20, grow=True, keeps=attempt_rows.NAMESAKE),
        Column("Module", 8, min_screen=100),
        Column("State", 15),
        Column("Seat", 4),
        empty="No one yet. Press Enter to add people.",
        below=("gates",),
    )
    ENTER_RULE = enter_guard.CHECK_IN
    LISTS_PEOPLE = True
    COMMON = PEOPLE_COMMON

    def __init__(self, session_id: str, *, starts_on: str = "") -> None:
        super().__init__(session_id, starts_on=starts_on)
        self.obstacles = Obstacles(self)
        self._first = ""
        """What the first Enter says, as it is true now."""

    def compose_body(self) -> Iterator[Widget]:
        """Lay out roll and gates."""
        with Horizontal():
            yield from super().compose_body()

    def finish_opening(self) -> None:
        """Put the cursor on who was asked for, or where the Next line points."""
        if not self.table.move_to(self.starts_on):
            self.go_to_next()

    def show_person(self, attempt_id: str) -> None:
        """Put the cursor on someone."""
        self.table.move_to(attempt_id)

    def go_to_next(self) -> None:
        """Put the cursor on who is next."""
        step = super().next_step()
        if step.attempt_id:
            self.show_person(step.attempt_id)

    # Drawing

    def draw_body(self) -> None:
        """Draw the roll and the gates."""
        view = self.view
        self.table.set_listing(view.keys, partial(self._make_row, view))

    def _make_row(self, view: SessionView, key: str) -> Row:
        one = view.session.attempts[key]
        progress = view.progress(one)
        state = attempt_rows.state_words(one, progress, self.kiosk.glyphs)
        cells = (view.names[key], one.module.short, state, one.seat)
        return Row(key, cells, attempt_rows.tone(one, progress), one.participant_id)

    def draw_stage(self) -> None:
        """Draw who runs it; once it has started, also how many are still to come.

        Before, the Next line says how many are left.
        """
        words = lead_words(self)
        if self.session.running:
            left = self.view.unresolved_count
            here, arrived = len(self.view.seated_attempts), self._count_arrived()
            parts = {
                "to arrive": left - here - arrived,
                "arrived": arrived,
                "to start": here,
            }
            said = [f"{count} {what}" for what, count in parts.items() if count]
            words = ", ".join(said) or "0 to arrive"
        self.stages.said = Stages(STAGES, stage_index(self.session), words)

    def _count_arrived(self) -> int:
        """Return how many have come late and are being checked in."""
        people = self.session.attempts.values()
        return sum(one.late and one.standing in WAITING for one in people)

    def draw_current(self) -> None:
        """Draw the gates; what speaks against this person follows from the desk."""
        self._show_gates()
        attempt = self.current
        if attempt is not None and self._asks_for_findings(attempt):
            begin(self, self._look_up, "findings")

    def _show_gates(self) -> None:
        attempt = self.current
        found = self.obstacles.findings(attempt)
        self.show_text("gates", gates_text(self.session, attempt, found))

    @staticmethod
    def _asks_for_findings(attempt: Attempt) -> bool:
        return attempt.standing in WAITING and Gate.ELIGIBLE in attempt.open_gates

    async def _look_up(self) -> None:
        attempt = self.current
        if attempt is None or not await self.obstacles.look_up(attempt):
            return
        if self.drawable:
            self._show_gates()
            self.show_step(self.next_step())

    def next_step(self) -> Step:
        """Name the person under the cursor, on whom Enter acts."""
        step = super().next_step()
        attempt = self.current
        checks_in = self.session.stage in {Stage.CHECK_IN, Stage.RUNNING}
        if step.action == "hand-over" or not checks_in:
            return step
        return self._step_here(step, attempt) or self._step_elsewhere(step, attempt)

    def _step_here(self, step: Step, attempt: Attempt | None) -> Step | None:
        """Return what Enter does for the person under the cursor, if it does anything."""
        if attempt is not None and self.obstacles.too_late(attempt):
            name = self.person(attempt)
            if attempt.standing in NOT_HERE:
                words = f"{name} did not arrive - mark absent"
                return Step(words, "absent", attempt_id=attempt.attempt_id)
            words = f"{name} cannot start - deny entry"
            return Step(words, "deny", attempt_id=attempt.attempt_id)
        if attempt is None or attempt.standing not in WAITING or not attempt.open_gates:
            return None
        arrives = acts.is_to_arrive(self.session, attempt)
        if arrives and step.action not in {"gate", "deny", "waive", "late"}:
            return None  # no one waits for someone who comes late
        finding = self.obstacles.find_unanswered(attempt)
        if finding is not None and attempt.open_gates[0] is Gate.ELIGIBLE:
            reader = self.kiosk.desk.needs.name_reader(self.session, self.actor)
            return barred_step(self.session, attempt, finding, reader)
        what = "record the arrival" if arrives else explain_why(next_item(attempt))
        text = f"{self._count_left()}{self.person(attempt)} - {what}"
        return Step(text, "gate", attempt_id=attempt.attempt_id)

    def _step_elsewhere(self, step: Step, attempt: Attempt | None) -> Step:
        """Return the step; about another person than this one, it is to go there."""
        other = self.session.attempts.get(step.attempt_id)
        if other is None or other is attempt or self._starts_late(step):
            return step
        text = f"{self._count_left()}go to {self.person(other)}"
        return Step(text, GO_TO, attempt_id=step.attempt_id)

    def _count_left(self) -> str:
        left = self.view.unresolved_count
        return f"{left} left to check in; " if left else ""

    def identify_step(self, step: Step) -> str:
        """Name who is next, and who is under the cursor.

        That the gates of one person follow each other changes nothing.
        """
        attempt = self.current
        return f"{step.attempt_id} {attempt.attempt_id if attempt else ''}"

    def said_first(self, step: Step) -> str:
        """Name what Enter would do; what was said is taken back once it is not so."""
        before, self._first = self._first, self._first_words(step)
        if before and before != self._first:
            self.kiosk.status.take_back(before, self)
        return self._first

    def _first_words(self, step: Step) -> str:
        """Name whose identity or arrival Enter would record: none by an Enter too many."""
        attempt = self.current
        if attempt is None or step.action != "gate" or not attempt.open_gates:
            return ""
        if attempt.attempt_id != step.attempt_id:
            return ""
        if acts.is_to_arrive(self.session, attempt):
            if self.session.running:
                return ""  # the person was chosen on the Testing screen
            does = "record the arrival"
        elif attempt.open_gates[0] in {Gate.PHOTO_ID, Gate.NAME}:
            gate = attempt.open_gates[0]
            what = "recheck" if attempt.failed_at(gate) else "check off"
            does = f"{what} the {attempt_rows.GATE_NAMES[gate]}"
        else:
            return ""
        said = end_sentence(f"Next: {self.person(attempt)}")
        return f"{said} Enter again to {does}."

    # Acting

    def _starts_late(self, step: Step) -> bool:
        """Return whether a step starts someone's own clock, wherever the cursor is."""
        one = self.session.attempts.get(step.attempt_id)
        seated = one is not None and one.standing is AttemptProgress.SEATED
        return step.action == "late" and seated

    async def follow(self, step: Step) -> None:
        """Take a step; who was seated late starts from here, and is found at Testing."""
        if self._starts_late(step):
            attempt = self.session.attempts[step.attempt_id]
            lead = self.kiosk.navigator.lead
            testing = partial(lead, Route.TESTING, self.session_id, attempt.attempt_id)
            start_late(self, attempt, testing)
        else:
            await super().follow(step)

    async def take_step(self, step: Step) -> None:
        """Check off the open item of this person, or go to the one who is next."""
        attempt = self.current
        if step.action == GO_TO:
            self.show_person(step.attempt_id)
        elif step.action == "gate" and attempt is not None:
            acts.pass_open_gate(self, attempt)
        else:
            await self.action_run(step.action)

    ACTIONS: ClassVar[tuple[Action["CheckInScreen"], ...]] = (
        NEXT,
        Action("rest", "space", for_current(acts.pass_rest), acts.rest_commands,
               acts.lacks_rest),
        Action("fail", "x", for_current(acts.fail_gate), acts.about_gate(FailGate),
               needs=_open_gates),
        Action("deny", "d", for_current(acts.deny_person),
               of_current(deny_command)),
        Action("waive", "w", for_current(acts.waive_gate), acts.about_gate(WaiveGate),
               needs=_open_gates),
        Action("seat", "z",
               for_current(lambda screen, one: seat_questions.ask_seat(
                   screen, one, acts.when_done(screen, one))),
               of_current(lambda screen, one: seat_questions.command(screen.session, one))),
        question_action("id_kind", "k",
                        about_current(lambda screen, one: ask_about.choose_id_kind(
                screen.session, one))),
        question_action("name_kind", "K",
                        about_current(lambda screen, one: ask_about.pass_other_name(
                screen.session, one))),
        Action("walk_in", "n", comers.ask_walk_in,
               lambda screen: (assignment(screen, screen.session.module_ids[0]),)),
        SEAT_MAP,
        Action("module", "M", for_current(comers.ask_module),
               of_current(acts.module_command), needs=_other_modules),
        Action("late", "l", for_current(acts.handle_late),
               of_current(acts.late_command), verbs=("late", "arrived")),
        Action("absent", "a", for_current(acts.mark_person_absent),
               of_current(lambda screen, one: acts.mark_absent(screen.session, (one,)))),
        Action("all_absent", "A", acts.mark_rest_absent, acts.rest_absent_commands,
               acts.lacks_missing),
        question_action("off_roll", "o",
                        about_current(lambda screen, one: ask_about.take_off_roll(
                screen.session, one, screen.unless_moved(screen.go_to_next)))),
        Action("slip", "p", for_current(acts.print_slip), needs=_was_denied),
        HAND_OVER,
        Action("start", "s", lambda screen: screen.go_to(Route.START),
               lambda screen: (StartSession(session_id=screen.session_id),)),
    )  # fmt: skip
