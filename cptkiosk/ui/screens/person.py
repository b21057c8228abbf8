"""A person's card: who they are, what they took and earned, what they owe."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import ClassVar

from textual import on
from textual.widget import Widget

from cptkiosk.desk import Recorded
from cptkiosk.domain.fees import dollars
from cptkiosk.domain.guide import Step
from cptkiosk.domain.personal_record import CandidateCommand
from cptkiosk.domain.text import visible
from cptkiosk.persons import Card, card_of
from cptkiosk.ui.dialogs.approval import attempt_as
from cptkiosk.ui.dialogs.form_dialog import ask
from cptkiosk.ui.dialogs.person import PROBES, QUESTIONS, CardQuestion
from cptkiosk.ui.frame.kiosk_screen import Key, KioskScreen
from cptkiosk.ui.navigator import Route
from cptkiosk.ui.widgets.form import Values
from cptkiosk.ui.widgets.plain_text import PlainText
from cptkiosk.ui.widgets.roll import Column, Roll, Row
from cptkiosk.ui.work import begin

READING = "Their record is still being read."


class PersonScreen(KioskScreen):
    """Shows everything about one candidate, and keeps their own record."""

    ROUTE = Route.PERSON
    KEYS: ClassVar[tuple[Key, ...]] = (
        Key("enter", "next", "next", "Settle what is open; if nothing is, go back"),
        Key("f", "settle_fee", "fee", "Settle something due: paid, waived, invoiced"),
        Key("o", "order", "supplement", "Order the supplement of a course"),
        Key("c", "consent", "consent", "Record the consent of a parent or guardian"),
        Key("l", "link", "link", "Declare a staff member's connection to them"),
        Key("w", "unlink", "withdraw", "Withdraw a declared link (coordinator)"),
        Key("p", "statement", "statement", "Write the statement of fees as text"),
        Key("slash", "find", "find", "Find a line by typing"),
    )

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

    async def do_next(self) -> None:
        """Settle what is open; if nothing is, go back."""
        if self.next_step().action == "fee":
            await self.action_press("settle_fee")
        else:
            self.dismiss_to_previous()

    def why_not(self, action: str) -> str:
        """Return why an action is not possible now, or nothing if it is."""
        probe = PROBES.get(action)
        if probe is None:
            return ""
        if self._card is None:
            return READING
        return self._refusal(probe(self._card, self.kiosk.desk))

    def _refusal(self, command: CandidateCommand | str) -> str:
        if isinstance(command, str):
            return command
        assert self._card is not None, "asked only once it was read"
        return self.kiosk.desk.why_not_note(command, self.actor, approvable=True)

    def do_find(self) -> None:
        """Let the list take what is typed."""
        self.query_one(Roll).start_filter()

    # Asking

    def do_settle_fee(self) -> None:
        """Ask what is settled of what is due, and how."""
        self._ask("settle_fee")

    def do_order(self) -> None:
        """Ask for the course whose supplement is ordered."""
        self._ask("order")

    def do_consent(self) -> None:
        """Ask who consented."""
        self._ask("consent")

    def do_link(self) -> None:
        """Ask who of the staff is linked with them, and how."""
        self._ask("link")

    def do_unlink(self) -> None:
        """Ask which link is withdrawn, and why."""
        self._ask("unlink")

    def _ask(self, action: str) -> None:
        assert self._card is not None, "its key is dimmed until it was read"
        asked = QUESTIONS[action](self._card, self.kiosk.desk)

        def answered(values: Values) -> None:
            begin(self, partial(self._record, asked, values), "note")

        question = replace(
            asked,
            title=f"{asked.title}: {self._card.candidate.person}",
            refusal=lambda values: self._refusal(asked.command(values)),
        )
        ask(self.kiosk, question, answered)

    async def _record(self, asked: CardQuestion, values: Values) -> None:
        desk, command = self.kiosk.desk, asked.command(values)
        assert self._card is not None, "it was read before this was asked"
        person = self._card.candidate.person

        def done(recorded: Recorded) -> None:
            self.kiosk.say_recorded(recorded, f"{person}: {asked.words(values)}")

        await attempt_as(self.kiosk, lambda actor: desk.note(command, actor), done)

    async def do_statement(self) -> None:
        """Write the statement of fees, and say where it is."""
        # Start-up time: reports are loaded when one is asked for.
        from cptkiosk.reports.statement import write_statement

        desk, about = self.kiosk.desk, self.participant_id
        folder = self.kiosk.paths.reports
        path = await self.kiosk.attempt(lambda: write_statement(desk, about, folder))
        if path is not None:
            self.say(f"statement written: {visible(str(path), 200)}", "ok")
