"""Scores: keyed once, then again blind; pass or fail shows at once."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import ClassVar

from textual import events
from textual.widget import Widget

from cptkiosk.domain.commands import score as c
from cptkiosk.domain.commands.base import STAND_IN
from cptkiosk.domain.guidance.next_step import settle_step
from cptkiosk.domain.guidance.step import Step
from cptkiosk.domain.state import blockers
from cptkiosk.domain.state.attempt import Attempt
from cptkiosk.domain.state.score_state import KEYED_ONCE, ScoreState, Validity
from cptkiosk.domain.state.scoring import least_passing
from cptkiosk.ui import attempt_rows, enter_guard
from cptkiosk.ui.actions import Action
from cptkiosk.ui.dialogs import scores as ask_about
from cptkiosk.ui.dialogs.asking import ask_command, question_action
from cptkiosk.ui.dialogs.form_dialog import FormDialog
from cptkiosk.ui.dialogs.scores import (
    decide_validity,
    explain_score,
    settle_discrepancy,
)
from cptkiosk.ui.frame.body import ListBody
from cptkiosk.ui.frame.current_person import about_current, for_current, of_current
from cptkiosk.ui.frame.kiosk_screen import NEXT
from cptkiosk.ui.frame.session_screen import HAND_OVER, PEOPLE_COMMON, SessionScreen
from cptkiosk.ui.navigator import Route
from cptkiosk.ui.screens.scores.chart import TALL, ScoreChart
from cptkiosk.ui.screens.scores.words import (
    difference_text,
    keyings_text,
    meaning,
    result_text,
    score_words,
    tone,
)
from cptkiosk.ui.view import SessionView
from cptkiosk.ui.widgets.fields import Values
from cptkiosk.ui.widgets.filterable_table import Column, Row
from cptkiosk.ui.workers import begin
from cptkiosk.words import explain_why

DIGITS = frozenset("0123456789")
Question = tuple[FormDialog, Callable[[Values | None], None]]


FLAGGED = "Flagged by an irregularity: the score counts; a coordinator reviews it."


def _is_in_doubt(screen: "ScoresScreen") -> bool:
    """Whether there is anything to decide about the score under the cursor."""
    return screen.current is None or screen.current.validity is not Validity.CLEAN


class ScoresScreen(SessionScreen):
    """One row an attempt that is over, the cursor on the first that lacks a score."""

    ROUTE = Route.SCORES
    BODY = ListBody(
        Column("Person", 16, grow=True, keeps=attempt_rows.NAMESAKE),
        Column("Module", 8),
        Column("Outcome", 11),
        Column("Needs", 5),
        Column("Score", 9),
        Column("Result", 22),
        empty="No attempt is over yet. Press Esc to go back.",
        below=("meaning",),
    )
    VERTICAL_BREAKPOINTS = TALL
    ENTER_RULE = enter_guard.CAREFUL_LIST
    LISTS_PEOPLE = True
    COMMON = PEOPLE_COMMON

    def __init__(self, session_id: str, *, starts_on: str = "") -> None:
        super().__init__(session_id, starts_on=starts_on)
        self._progress: dict[str, str] = {}

    def compose_body(self) -> Iterator[Widget]:
        """Lay out the list and what the row under the cursor means."""
        yield from super().compose_body()
        yield ScoreChart(id="chart")

    def finish_opening(self) -> None:
        """Go to whom this is about, else to the first open score."""
        if not self.table.move_to(self.starts_on):
            self._go_to_next()

    def _rows(self) -> list[Attempt]:
        return [one for one in self.view.by_name if one.owes_score]

    def _go_to_next(self) -> None:
        for one in self._rows():
            if blockers.score_lacks(one):
                self.table.move_to(one.attempt_id)
                return

    def draw_body(self) -> None:
        """Draw one row an attempt; a first keying is not shown until the second."""
        people = self._rows()
        keys = tuple(one.attempt_id for one in people)
        self.table.set_listing(keys, partial(_make_row, self.view))
        self.query_one(ScoreChart).show_scores(people)

    def draw_current(self) -> None:
        """Explain the score under the cursor."""
        attempt = self.current
        if attempt is None:
            self.show_text("meaning", "")
            return
        lines = [meaning(attempt, self.person(attempt))]
        if attempt.validity is Validity.FLAGGED:
            lines.append(FLAGGED)
        lines.append(keyings_text(attempt, self.kiosk.desk.center.staff))
        lines.append(self._progress.get(attempt.attempt_id, ""))
        self.show_text("meaning", "\n".join(filter(None, lines)))
        if attempt.score.state is ScoreState.VERIFIED:
            begin(self, partial(self._read_progress, attempt), "progress")

    async def _read_progress(self, attempt: Attempt) -> None:
        # Start-up time: credentials are read with the first scores.
        from cptkiosk.services.credentials import progress_of

        desk, about = self.kiosk.desk, attempt.participant_id
        progress = await self.kiosk.worker.quietly(lambda: progress_of(desk, about))
        if progress is None:
            return
        text = f"Credentials: {explain_why(progress.reason)}"
        if self._progress.get(attempt.attempt_id) != text:
            self._progress[attempt.attempt_id] = text
            self.draw_current()

    def next_step(self) -> Step:
        """Name the row under the cursor, on which Enter acts, if its score lacks something."""
        attempt = self.current
        if attempt is None or not blockers.score_lacks(attempt):
            lacking = (one for one in self._rows() if blockers.score_lacks(one))
            attempt = next(lacking, None)
        if attempt is not None:
            reader = self.kiosk.desk.needs.name_reader(self.session, self.actor)
            policies = self.definitions.policies
            return settle_step(self.session, policies, reader, attempt.attempt_id)
        if self.session.running:
            return Step("no score to enter yet - go back to the clocks", "back")
        return super().next_step()

    async def take_step(self, step: Step) -> None:
        """Enter or settle the score that the step is about."""
        attempt = self.session.attempts[step.attempt_id]
        self.table.move_to(step.attempt_id)
        verified = attempt.score.state is ScoreState.VERIFIED
        disputed = verified and attempt.has_discrepancy
        await self.action_run("settle" if disputed else "key_score")

    def key_score(self, attempt: Attempt) -> None:
        """Ask for what the test screen shows."""
        self.kiosk.navigator.open_dialog(*self._question(attempt))

    async def takes_at_once(self, event: events.Key) -> bool:
        """Open the question with the first digit of a score, the others follow."""
        digit = event.character or ""
        attempt = self.current if digit in DIGITS and self.takes_actions else None
        keying = self.action_table.by_id("key_score")
        if attempt is None or not keying.is_possible(self, self.possible_now()):
            return await super().takes_at_once(event)
        if reason := self.why_not_now(keying):
            self.say(reason, "warning")
            return True
        if not self._lacks_keying(attempt):
            self.say(
                "This row needs no entry. Press s to enter a score anyway.", "warning"
            )
            return True
        dialog, answered = self._question(attempt)
        await self.kiosk.navigator.open_dialog(dialog, answered)
        ask_about.type_first(dialog, digit)
        return True

    def _question(self, attempt: Attempt) -> Question:
        session, policies = self.session, self.definitions.policies

        def refusal(values: Values) -> str:
            return self.why_refused(ask_about.score_keyed(session, attempt, values))

        def take_answer(values: Values | None) -> None:
            if values is None:
                return
            self.post_command(
                ask_about.score_keyed(session, attempt, values),
                f"{self.person(attempt)}: score entered",
                lambda: self._after(attempt.attempt_id),
            )
            # At once: the next digits are someone else's.
            self._go_on_from(attempt)

        begin(self, partial(self._look_up, attempt), "look-up")
        question = ask_about.key_score(session, attempt, policies, self.actor.staff_id)
        return FormDialog(replace(question, refusal=refusal)), take_answer

    async def _look_up(self, attempt: Attempt) -> None:
        """Let the desk read what the rules ask of someone, before Enter asks it."""
        desk, actor = self.kiosk.desk, self.actor
        command = c.KeyScore(**self.about(attempt), shown="0")
        await self.kiosk.worker.quietly(lambda: desk.preview.refusal(command, actor))

    @staticmethod
    def _lacks_keying(attempt: Attempt) -> bool:
        verified = attempt.score.state is ScoreState.VERIFIED
        return bool(blockers.score_lacks(attempt)) and not verified

    def _go_on_from(self, attempt: Attempt) -> None:
        """Go to the next row to be keyed, first keyings before second ones."""
        rows = self._rows()
        at = next(
            at for at, one in enumerate(rows) if one.attempt_id == attempt.attempt_id
        )
        others = [one for one in rows[at + 1 :] + rows[:at] if self._lacks_keying(one)]
        # The second keying is blind: it comes once all have had the first.
        first = [one for one in others if one.score.state not in KEYED_ONCE]
        if attempt.score.state in KEYED_ONCE:
            first = [one for one in others if one.score.state in KEYED_ONCE]
        following = next(iter(first or others), None)
        if following is not None:
            self.table.move_to(following.attempt_id)

    def _after(self, attempt_id: str) -> None:
        attempt = self.session.attempts[attempt_id]
        if attempt.score.state is ScoreState.MISMATCH:
            self.say(
                f"{difference_text(attempt)} Enter both again for"
                f" {self.person(attempt)}, when Next says so.",
                "warning",
            )

    ACTIONS: ClassVar[tuple[Action["ScoresScreen"], ...]] = (
        NEXT,
        Action("key_score", "s", for_current(key_score),
               of_current(lambda screen, one: c.KeyScore(
                   **screen.about(one), shown="0"))),
        question_action("explain", "x",
                        about_current(lambda screen, one: explain_score(
                screen.session, one, screen.unless_moved(screen._go_to_next)))),
        question_action("settle", "t",
                        about_current(lambda screen, one: settle_discrepancy(
                screen.session, one))),
        Action("validity", "V",
               for_current(lambda screen, one: ask_command(
                   screen, decide_validity(screen.session, one))),
               of_current(lambda screen, one: c.DecideValidity(
                   **screen.about(one), validity="clean", reason=STAND_IN)),
               needs=_is_in_doubt),
        Action("close_out", "o", lambda screen: screen.go_to(Route.CLOSE_OUT),
               needs=lambda screen: not screen.session.running),
        HAND_OVER,
    )  # fmt: skip


def _make_row(view: SessionView, key: str) -> Row:
    one = view.session.attempts[key]
    least = least_passing(one.module.items, one.module.cut_percent)
    cells = (
        view.names[key],
        one.module.short,
        attempt_rows.STATE_WORDS[one.standing],
        f"{least}/{one.module.items}",
        score_words(one),
        result_text(one),
    )
    return Row(key, cells, tone(one), one.participant_id)
