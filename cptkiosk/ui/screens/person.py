"""A person's card: who they are, what they took and earned, what they owe."""

from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar

from cptkiosk.desk import Desk
from cptkiosk.domain.guidance.step import Step
from cptkiosk.domain.people.fees import format_dollars
from cptkiosk.domain.rules.candidate_rules import CandidateCommand
from cptkiosk.domain.state.score_state import ScoreState
from cptkiosk.services.people import Card, card_of
from cptkiosk.ui.actions import Action
from cptkiosk.ui.dialogs import person as notes
from cptkiosk.ui.dialogs.asking import ask_at_desk
from cptkiosk.ui.dialogs.reports import offer_reports, report_maker
from cptkiosk.ui.frame.body import ListBody
from cptkiosk.ui.frame.kiosk_screen import FIND, NEXT
from cptkiosk.ui.frame.reading_screen import ReadingScreen
from cptkiosk.ui.navigator import Route
from cptkiosk.ui.widgets.filterable_table import Column, Row
from cptkiosk.words import explain

NoteQuestion = Callable[[Card, Desk], notes.CardQuestion | str]
"""Makes the question of a note, or says why there is nothing to ask."""

READING = "This record is still loading."


def _note(id_: str, key: str, question: NoteQuestion) -> Action["PersonScreen"]:
    """Return the action that asks a question about the candidate, and keeps a note."""
    return Action(
        id_,
        key,
        lambda screen: screen._ask_note(question),
        lacks=lambda screen: screen._against(question),
    )


class PersonScreen(ReadingScreen[Card]):
    """Shows everything about one candidate, and keeps their own record."""

    ROUTE = Route.PERSON
    BODY = ListBody(
        Column("", 12),
        Column("Card", 40, grow=True),
        empty=READING,
        above=("who",),
        below=("whole",),
    )

    def __init__(self, participant_id: str) -> None:
        super().__init__()
        self.participant_id = participant_id
        self._lines: list[str] = []

    def read_record(self, desk: Desk) -> Card:
        """Return everything about the candidate."""
        return card_of(desk, self.participant_id)

    def draw_body(self) -> None:
        """Draw the card, a section named once."""
        # Start-up time: reports are loaded when one is asked for.
        from cptkiosk.reports.person_card import card_lines

        if self.found is None:
            return
        who = self.found.candidate
        self.show_text("who", f"{who.person}   ID {who.participant_id}")
        lines = card_lines(self.found, self.kiosk.desk.center, self.definitions)
        self._lines = [f"{one.section}: {one.text}" for one in lines]
        rows, before = [], ""
        for n, one in enumerate(lines):
            section = "" if one.section == before else one.section
            before = one.section
            rows.append(Row(f"{n}", (section, one.text), one.tone))
        self.table.set_rows(rows)

    def draw_current(self) -> None:
        """Show the whole of the line under the cursor."""
        key = self.table.cursor_key
        if key:
            self.show_text("whole", self._lines[int(key)])

    def next_step(self) -> Step:
        """Point at what is open."""
        open_cents = self.found.statement.open_cents if self.found else 0
        if open_cents:
            return Step(f"{format_dollars(open_cents)} due - record a payment", "fee")
        return Step("nothing is due - go back", "leave")

    async def follow(self, step: Step) -> None:
        """Settle what is open; if nothing is, go back."""
        if step.action == "fee":
            await self.action_run("settle_fee")
        else:
            self.dismiss_to_previous()

    def _against(self, question: NoteQuestion) -> str:
        """Return why a note cannot be kept on the card, or an empty string."""
        if self.found is None:
            return READING
        asked = question(self.found, self.kiosk.desk)
        return self._refusal(notes.proposed_command(asked))

    def _refusal(self, command: CandidateCommand | str) -> str:
        if isinstance(command, str):
            return command
        assert self.found is not None, "asked only once it was read"
        return explain(
            self.kiosk.desk.preview.refusal(command, self.actor, approvable=True)
        )

    # Asking

    def _ask_note(self, made: NoteQuestion) -> None:
        assert self.found is not None, "its key is dimmed until it was read"
        asked = made(self.found, self.kiosk.desk)
        assert not isinstance(asked, str), "its key is dimmed where nothing is asked"
        question = replace(
            asked, refusal=lambda values: self._refusal(asked.command(values))
        )
        ask_at_desk(self, question)

    def print_papers(self) -> None:
        """Ask what of this person is printed or saved: fees, or a score letter."""
        assert self.found is not None, "its key is dimmed until it was read"
        about = self.participant_id
        reports = {"fees": report_maker(self, "fees", participant_id=about)}
        for one in reversed(self.found.sittings):
            if one.attempt.score.state is ScoreState.VERIFIED:
                name = f"score letter {one.session_id}"
                reports[name] = report_maker(
                    self, "score-letter", one.session_id, about
                )
        offer_reports(self, reports)

    ACTIONS: ClassVar[tuple[Action["PersonScreen"], ...]] = (
        NEXT,
        _note("settle_fee", "f", notes.ask_fee),
        _note("order", "o", notes.ask_order),
        _note("consent", "c", notes.ask_consent),
        _note("link", "l", notes.ask_link),
        _note("unlink", "w", notes.ask_unlink),
        Action("papers", "p", print_papers,
               lacks=lambda screen: "" if screen.found else READING),
        FIND,
    )  # fmt: skip
