"""Who takes the session: the registered people, on its roll or not."""

from functools import partial
from typing import ClassVar

from cptkiosk.domain.commands.checkin import OpenCheckIn
from cptkiosk.domain.guidance.step import Step
from cptkiosk.domain.rules.checkin import ROOM_CHECKS
from cptkiosk.domain.state.attempt import (
    NEVER_STARTED,
    Attempt,
    AttemptProgress,
    attempt_id_of,
)
from cptkiosk.services.assignment import brief_words, list_candidates
from cptkiosk.services.listings import (
    RegisteredPerson,
    list_links,
    list_registered,
)
from cptkiosk.ui.actions import Action, Commands
from cptkiosk.ui.dialogs import session_steps as ask_about
from cptkiosk.ui.dialogs.asking import ask_command, question_action
from cptkiosk.ui.dialogs.assignment import assignment, put_on_roll
from cptkiosk.ui.frame.body import ListBody
from cptkiosk.ui.frame.kiosk_screen import FIND, NEXT
from cptkiosk.ui.frame.session_screen import OPENS, SessionScreen
from cptkiosk.ui.navigator import Route
from cptkiosk.ui.widgets.filterable_table import Column, Row
from cptkiosk.ui.workers import begin
from cptkiosk.words import explain


class SessionRosterScreen(SessionScreen):
    """Puts registered people on the roll of a planned session."""

    ROUTE = Route.PEOPLE
    BODY = ListBody(
        Column("Person", 24, grow=True),
        Column("ID", 10),
        Column("Module", 12),
        Column("On the list", 22),
        empty="No one is registered for these modules. Press Esc, then r to import a roster.",
        markable=True,
        below=("against", "conflicts"),
    )

    def __init__(self, session_id: str, *, starts_on: str = "") -> None:
        super().__init__(session_id, starts_on=starts_on)
        self._people: tuple[RegisteredPerson, ...] = ()
        self._links: dict[str, dict[str, str]] = {}

    def finish_opening(self) -> None:
        """Go on once everything is drawn."""
        begin(self, self._read_people, "people")

    async def _read_people(self) -> None:
        desk, session_id = self.kiosk.desk, self.session_id
        found = await self.kiosk.worker.quietly(
            lambda: (list_registered(desk, session_id), list_links(desk))
        )
        if found is not None:
            self._people, self._links = found
            self.redraw_record()
        if self.starts_on == OPENS:
            self.starts_on = ""
            await self.action_run("open")

    def on_screen_resume(self) -> None:
        """Read again: what was noted on a card may have made someone eligible."""
        if self._people:
            begin(self, self._read_people, "people")

    def draw_body(self) -> None:
        """Draw who is registered, who is on the roll, and what keeps others off it."""
        self.table.set_rows(map(self._make_row, self._people))
        self.show_text("conflicts", self._conflicts())

    def _make_row(self, one: RegisteredPerson) -> Row:
        on_roll = self._attempt(one) is not None
        shown = "yes" if on_roll else brief_words(one.against) or "-"
        module = self.definitions.module(one.module_id).short
        cells = (one.name, one.participant_id, module, shown)
        key = f"{one.participant_id}|{one.module_id}"
        return Row(key, cells, _tone(one, on_roll), one.participant_id)

    def _attempt(self, one: RegisteredPerson) -> Attempt | None:
        """Return someone's attempt if they are on the roll."""
        named = attempt_id_of(one.participant_id, one.module_id)
        attempt = self.session.attempts.get(named)
        off = attempt is None or attempt.standing is AttemptProgress.CANCELLED
        return None if off else attempt

    def draw_current(self) -> None:
        """Say in full what speaks against the person who is under the cursor."""
        about, _, module_id = (self.table.cursor_key or "").partition("|")
        chosen = (about, module_id)
        text = " ".join(
            explain(found.statement)
            for one in self._people
            if (one.participant_id, one.module_id) == chosen and not self._attempt(one)
            for found in one.against
        )
        self.show_text("against", text)

    def _conflicts(self) -> str:
        """Name the person who of the staff may not run this session, and why."""
        desk = self.kiosk.desk
        found = [
            f"{desk.center.staff[staff_id].name} ({relation} of {one.person})"
            for staff_id, links in self._links.items()
            for one in self.session.attempts.values()
            if one.standing not in NEVER_STARTED
            and (relation := links.get(one.participant_id, ""))
        ]
        return f"Declared staff conflicts: {', '.join(found) or 'none'}"

    def _assignment(self) -> Commands:
        """Return the command to put anyone on the roll."""
        return (assignment(self, self.session.module_ids[0]),)

    def _opening(self) -> OpenCheckIn:
        return OpenCheckIn(
            session_id=self.session_id,
            room_checks=ROOM_CHECKS,
            no_conflicts_declared=True,
        )

    async def take_step(self, step: Step) -> None:
        """Add people first, then open."""
        if step.action == "plan":
            await self.add_everyone()
        else:
            await self.action_run(step.action)

    def open_card(self) -> None:
        """Open the card of the person under the cursor."""
        key = self.table.cursor_key
        if key:
            self.show_card(key.split("|")[0])

    async def add_to_roll(self) -> None:
        """Put the marked people on the roll, or the one under the cursor."""
        table = self.table
        keys = table.marked_keys or ((table.cursor_key,) if table.cursor_key else ())
        pairs = tuple((key.split("|")[0], key.split("|")[1]) for key in keys)
        await put_on_roll(self, lambda: pairs, again=True)

    async def add_everyone(self) -> None:
        """Put everyone registered on the roll who has not passed yet."""
        desk, module_ids = self.kiosk.desk, self.session.module_ids
        await put_on_roll(self, lambda: list_candidates(desk, module_ids), again=False)

    def open_check_in(self) -> None:
        """Ask for the room checklist and the declaration, then open."""
        odd = self.kiosk.desk.preview.odd_dates(self._opening(), self.actor)
        sign = self.kiosk.glyphs.attention
        said = [f"{sign} {one} This will be recorded." for one in odd]
        ask_command(
            self,
            ask_about.open_check_in(
                self.session, said, partial(self.go_to, Route.CHECK_IN)
            ),
        )

    ACTIONS: ClassVar[tuple[Action["SessionRosterScreen"], ...]] = (
        NEXT,
        Action("mark", "space", lambda _: None),  # the list marks by itself
        Action("assign", "a", add_to_roll, _assignment),
        Action("assign_all", "A", add_everyone, _assignment),
        Action("open", "o", open_check_in, lambda screen: (screen._opening(),)),
        question_action("cancel", "C",
                        lambda screen: ask_about.cancel_session(screen.session)),
        FIND,
        Action("person", "P", open_card),
    )  # fmt: skip


def _tone(one: RegisteredPerson, on_roll: bool) -> str:
    if on_roll:
        return "good"
    return "quiet" if brief_words(one.against) else ""
