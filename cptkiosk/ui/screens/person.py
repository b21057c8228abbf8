"""A person's card: who they are, what they took and earned, what they owe."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import ClassVar

from textual import on
from textual.widget import Widget

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
from cptkiosk.ui.frame.kiosk_screen import FIND, NEXT, KioskScreen
from cptkiosk.ui.navigator import Route
from cptkiosk.ui.widgets.filterable_table import Column, FilterableTable, Row
from cptkiosk.ui.widgets.plain_text import PlainText
from cptkiosk.ui.workers import begin
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


COLUMNS = (
    Column("", 12),
    Column("Card", 40, grow=True),
)


class PersonScreen(KioskScreen):
    """Shows everything about one candidate, and keeps their own record."""

    ROUTE = Route.PERSON

    def __init__(self, participant_id: str) -> None:
        super().__init__()
        self.participant_id = participant_id
        self._card: Card | None = None

    def compose_body(self) -> Iterator[Widget]:
        """Lay out the name, the card, and the whole of the line under the cursor."""
        yield PlainText("", id="who")
        yield FilterableTable(*COLUMNS, empty=READING)
        yield PlainText("", id="whole")

    def redraw_record(self) -> None:
        """Read the record again; drawing follows."""
        begin(self, self._read_card, "person")

    async def _read_card(self) -> None:
        desk, about = self.kiosk.desk, self.participant_id
        card = await self.kiosk.worker.quietly(lambda: card_of(desk, about))
        if card is not None:
            self._card = card
            super().redraw_record()

    def draw_body(self) -> None:
        """Draw the card, a section named once."""
        # Start-up time: reports are loaded when one is asked for.
        from cptkiosk.reports.person_card import card_lines

        if self._card is None:
            return
        who = self._card.candidate
        self.query_one("#who", PlainText).update(
            f"{who.person}   ID {who.participant_id}"
        )
        lines = card_lines(self._card, self.kiosk.desk.center, self.definitions)
        rows, before = [], ""
        for n, one in enumerate(lines):
            section = "" if one.section == before else one.section
            before = one.section
            rows.append(Row(f"{n}", (section, one.text), one.tone))
        self.table.set_rows(rows)
        self._show_whole()

    @on(FilterableTable.Moved)
    def _show_whole(self) -> None:
        # Start-up time: reports are loaded when one is asked for.
        from cptkiosk.reports.person_card import card_lines

        key = self.table.cursor_key
        if self._card is not None and key:
            lines = card_lines(self._card, self.kiosk.desk.center, self.definitions)
            one = lines[int(key)]
            self.query_one("#whole", PlainText).update(f"{one.section}: {one.text}")

    def next_step(self) -> Step:
        """Point at what is open."""
        open_cents = self._card.statement.open_cents if self._card else 0
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
        if self._card is None:
            return READING
        asked = question(self._card, self.kiosk.desk)
        return self._refusal(notes.proposed_command(asked))

    def _refusal(self, command: CandidateCommand | str) -> str:
        if isinstance(command, str):
            return command
        assert self._card is not None, "asked only once it was read"
        return explain(
            self.kiosk.desk.preview.refusal(command, self.actor, approvable=True)
        )

    # Asking

    def _ask_note(self, made: NoteQuestion) -> None:
        assert self._card is not None, "its key is dimmed until it was read"
        asked = made(self._card, self.kiosk.desk)
        assert not isinstance(asked, str), "its key is dimmed where nothing is asked"
        question = replace(
            asked, refusal=lambda values: self._refusal(asked.command(values))
        )
        ask_at_desk(self, question)

    def print_papers(self) -> None:
        """Ask what of this person is printed or saved: fees, or a score letter."""
        assert self._card is not None, "its key is dimmed until it was read"
        about = self.participant_id
        reports = {"fees": report_maker(self, "fees", participant_id=about)}
        for one in reversed(self._card.sittings):
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
               lacks=lambda screen: "" if screen._card else READING),
        FIND,
    )  # fmt: skip
