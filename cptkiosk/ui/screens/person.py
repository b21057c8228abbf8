"""A person's card: who they are, what they took and earned, what they owe."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import ClassVar

from textual import on
from textual.widget import Widget

from cptkiosk.desk import Desk, Recorded
from cptkiosk.domain.fees import dollars
from cptkiosk.domain.guide import Step
from cptkiosk.domain.personal_record import CandidateCommand
from cptkiosk.domain.text import visible
from cptkiosk.persons import Card, card_of
from cptkiosk.ui.actions import Action
from cptkiosk.ui.dialogs import person as notes
from cptkiosk.ui.dialogs.approval import attempt_as
from cptkiosk.ui.dialogs.form_dialog import ask
from cptkiosk.ui.frame.kiosk_screen import FIND, KioskScreen
from cptkiosk.ui.navigator import Route
from cptkiosk.ui.widgets.form import Values
from cptkiosk.ui.widgets.plain_text import PlainText
from cptkiosk.ui.widgets.roll import Column, Roll, Row
from cptkiosk.ui.work import begin

READING = "Their record is still being read."


def _note(
    id_: str,
    key: str,
    label: str,
    words: str,
    question: Callable[[Card, Desk], notes.CardQuestion],
    command: Callable[[Card, Desk], CandidateCommand | str],
) -> Action["PersonScreen"]:
    """Return the action that asks a question about the candidate, and keeps a note."""
    return Action(
        id_,
        key,
        label,
        words,
        lambda screen: screen._ask(question),
        lacks=lambda screen: screen._against(command),
    )


class PersonScreen(KioskScreen):
    """Shows everything about one candidate, and keeps their own record."""

    ROUTE = Route.PERSON

    def __init__(self, participant_id: str) -> None:
        super().__init__()
        self.participant_id = participant_id
        self._card: Card | None = None

    def body(self) -> Iterator[Widget]:
        """Lay out the name, the card, and the whole of the line under the cursor."""
        yield PlainText("", id="who")
        yield Roll(empty=READING)
        yield PlainText("", id="whole")

    def prepare(self) -> None:
        """Name the columns."""
        columns = [Column("", 12), Column("Card", 40, grow=True)]
        self.query_one(Roll).set_columns(columns)

    def redraw(self) -> None:
        """Read the record again; drawing follows."""
        begin(self, self._read, "person")

    async def _read(self) -> None:
        desk, about = self.kiosk.desk, self.participant_id
        card = await self.kiosk.quietly(lambda: card_of(desk, about))
        if card is not None:
            self._card = card
            super().redraw()

    def draw(self) -> None:
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
        self.query_one(Roll).set_rows(rows)
        self._show_whole()

    @on(Roll.Moved)
    def _show_whole(self) -> None:
        # Start-up time: reports are loaded when one is asked for.
        from cptkiosk.reports.person_card import card_lines

        key = self.query_one(Roll).cursor_key
        if self._card is not None and key:
            lines = card_lines(self._card, self.kiosk.desk.center, self.definitions)
            one = lines[int(key)]
            self.query_one("#whole", PlainText).update(f"{one.section}: {one.text}")

    def next_step(self) -> Step:
        """Point at what is open."""
        open_cents = self._card.statement.open_cents if self._card else 0
        if open_cents:
            return Step(f"{dollars(open_cents)} is open - settle a fee", "fee")
        return Step("everything is settled - go back", "back")

    async def take_next_step(self) -> None:
        """Settle what is open; if nothing is, go back."""
        if self.next_step().action == "fee":
            await self.action_run("settle_fee")
        else:
            self.dismiss_to_previous()

    def _against(self, command: Callable[[Card, Desk], CandidateCommand | str]) -> str:
        """Return why a note cannot be kept on the card now, or nothing if it can."""
        if self._card is None:
            return READING
        return self._refusal(command(self._card, self.kiosk.desk))

    def _refusal(self, command: CandidateCommand | str) -> str:
        if isinstance(command, str):
            return command
        assert self._card is not None, "asked only once it was read"
        return self.kiosk.desk.why_not_note(command, self.actor, approvable=True)

    # Asking

    def _ask(self, made: Callable[[Card, Desk], notes.CardQuestion]) -> None:
        assert self._card is not None, "its key is dimmed until it was read"
        asked = made(self._card, self.kiosk.desk)

        def answered(values: Values) -> None:
            begin(self, partial(self._record, asked, values), "note")

        question = replace(
            asked,
            title=f"{asked.title}: {self._card.candidate.person}",
            refusal=lambda values: self._refusal(asked.command(values)),
        )
        ask(self.kiosk, question, answered)

    async def _record(self, asked: notes.CardQuestion, values: Values) -> None:
        desk, command = self.kiosk.desk, asked.command(values)
        assert self._card is not None, "it was read before this was asked"
        person = self._card.candidate.person

        def done(recorded: Recorded) -> None:
            self.kiosk.say_recorded(recorded, f"{person}: {asked.words(values)}")

        await attempt_as(self.kiosk, lambda actor: desk.note(command, actor), done)

    async def write_statement(self) -> None:
        """Write the statement of fees, and say where it is."""
        # Start-up time: reports are loaded when one is asked for.
        from cptkiosk.reports.statement import write_statement

        desk, about = self.kiosk.desk, self.participant_id
        folder = self.kiosk.paths.reports
        path = await self.kiosk.attempt(lambda: write_statement(desk, about, folder))
        if path is not None:
            self.say(f"statement written: {visible(str(path), 200)}", "ok")

    ACTIONS: ClassVar[tuple[Action["PersonScreen"], ...]] = (
        Action("next", "enter", "next", "Settle what is open; if nothing is, go back",
               take_next_step),
        _note("settle_fee", "f", "fee", "Settle something due: paid, waived, invoiced",
              notes.ask_fee, notes.fee_command),
        _note("order", "o", "supplement", "Order the supplement of a course",
              notes.ask_order, notes.order_command),
        _note("consent", "c", "consent", "Record the consent of a parent or guardian",
              notes.ask_consent, notes.consent_command),
        _note("link", "l", "link", "Declare a staff member's connection to them",
              notes.ask_link, notes.link_command),
        _note("unlink", "w", "withdraw", "Withdraw a declared link (coordinator)",
              notes.ask_unlink, notes.unlink_command),
        Action("statement", "p", "statement", "Write the statement of fees as text",
               write_statement),
        replace(FIND, help="Find a line by typing"),
    )  # fmt: skip
