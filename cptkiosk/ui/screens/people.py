"""Who takes the session: the registered people, on its roll or not."""

from collections.abc import Iterator
from typing import ClassVar

from textual.widget import Widget

from cptkiosk.assigning import everyone
from cptkiosk.domain.attempt import Progress
from cptkiosk.domain.candidate import roll_name
from cptkiosk.domain.commands import CancelSession, OpenCheckIn, SessionCommand
from cptkiosk.domain.guide import Step
from cptkiosk.domain.planning import ROOM_CHECKS
from cptkiosk.domain.text import fold
from cptkiosk.domain.values import plural
from cptkiosk.lists import people, registered
from cptkiosk.ui.screens.assign_questions import put_on_roll
from cptkiosk.ui.screens.base import Key
from cptkiosk.ui.screens.session import SessionScreen
from cptkiosk.ui.widgets.form import MultiChoiceField, TextField, ToggleField, Values
from cptkiosk.ui.widgets.roll import Column, Roll, Row
from cptkiosk.ui.work import begin


class PeopleScreen(SessionScreen):
    """Puts registered people on the roll of a planned session."""

    PLACE = "people"
    KEYS: ClassVar[tuple[Key, ...]] = (
        Key("enter", "next", "next", "Do what the Next line says"),
        Key("space", "mark", "mark", "Mark the person under the cursor"),
        Key("a", "assign", "add", "Put the marked people on the roll (or this one)"),
        Key("A", "assign_all", "add all", "Put everyone registered on the roll"),
        Key("o", "open", "open check-in", "Open the doors"),
        Key("C", "cancel", "cancel", "Call the session off"),
        Key("slash", "find", "find", "Find a person by typing"),
        Key("P", "person", "card", "Open the card of this person"),
    )

    def __init__(self, session_id: str) -> None:
        super().__init__(session_id)
        self._people: tuple[tuple[str, str, str], ...] = ()

    def body(self) -> Iterator[Widget]:
        """Lay out the list."""
        yield Roll(
            empty="Nobody is registered for these modules. Esc, then r imports a roster.",
            markable=True,
        )

    def prepare(self) -> None:
        """Name the columns, then read who is registered."""
        roll = self.query_one(Roll)
        roll.set_columns(
            [
                Column("Person", 30, grow=True),
                Column("ID", 10),
                Column("Module", 12),
                Column("On the roll", 16),
            ]
        )

    def opened(self) -> None:
        """Go on once everything is drawn."""
        begin(self, self._read, "people")

    async def _read(self) -> None:
        desk, module_ids = self.kiosk.desk, self.session.module_ids

        def read() -> tuple[tuple[str, str, str], ...]:
            names = {
                one.participant_id: roll_name(one.family_name, one.given_name)
                for one in people(desk.ledger)
            }
            pairs = registered(desk.ledger, module_ids)
            found = [(about, module_id, names[about]) for about, module_id in pairs]
            return tuple(sorted(found, key=lambda one: (fold(one[2]), *one[:2])))

        found = await self.kiosk.quietly(read)
        if found is not None:
            self._people = found
            self.redraw()

    def draw(self) -> None:
        """Draw who is registered, and who is on the roll."""
        rows = []
        for about, module_id, name in self._people:
            attempt = self.session.attempts.get(f"{about}-{module_id}")
            on_roll = attempt is not None and attempt.standing is not Progress.CANCELLED
            rows.append(
                Row(
                    f"{about}|{module_id}",
                    (
                        name,
                        about,
                        self.definitions.module(module_id).short,
                        "yes" if on_roll else "-",
                    ),
                    "good" if on_roll else "",
                )
            )
        self.query_one(Roll).set_rows(rows)

    def probes(self) -> dict[str, SessionCommand]:
        """Name the wishes behind the keys."""
        return {
            "open": OpenCheckIn(
                session_id=self.session_id,
                room_checks=ROOM_CHECKS,
                no_conflicts_declared=True,
            ),
            "cancel": CancelSession(session_id=self.session_id, reason="?"),
        }

    async def take(self, step: Step) -> None:
        """Add people first, then open."""
        if step.action == "plan":
            await self.do_assign_all()

    async def do_next(self) -> None:
        """Add people first; once somebody is on the roll, open the doors."""
        if self.next_step().action == "open":
            await self.action_press("open")
        else:
            await super().do_next()

    def do_mark(self) -> None:
        """The list marks by itself."""

    def do_person(self) -> None:
        """Open the card of the person under the cursor."""
        key = self.query_one(Roll).cursor_key
        if key:
            self.show_card(key.split("|")[0])

    def do_find(self) -> None:
        """Let the list take what is typed."""
        self.query_one(Roll).start_filter()

    async def do_assign(self) -> None:
        """Put the marked people on the roll, or the one under the cursor."""
        roll = self.query_one(Roll)
        keys = roll.marked or ((roll.cursor_key,) if roll.cursor_key else ())
        pairs = tuple((key.split("|")[0], key.split("|")[1]) for key in keys)
        await put_on_roll(self, lambda: pairs, again=True)

    async def do_assign_all(self) -> None:
        """Put everyone registered on the roll who has not passed yet."""
        desk, module_ids = self.kiosk.desk, self.session.module_ids
        await put_on_roll(self, lambda: everyone(desk, module_ids), again=False)

    def do_open(self) -> None:
        """Ask for the room checklist and the declaration, then open."""
        count = plural(len(self.session.attempts), "person", "people")

        def make(values: Values) -> OpenCheckIn:
            checks = values["checks"]
            return OpenCheckIn(
                session_id=self.session_id,
                room_checks=checks if isinstance(checks, tuple) else (),
                no_conflicts_declared=bool(values["free"]),
            )

        self.ask_first(
            "Open check-in",
            (
                f"{count} can be checked in from then on. Who teaches, supervises or is"
                " close to one of them may not run this session.",
            ),
            (
                MultiChoiceField(
                    "checks",
                    "The room",
                    tuple((check, check) for check in ROOM_CHECKS),
                    value=ROOM_CHECKS,
                ),
                ToggleField("free", "No conflict", value=True),
            ),
            make,
            lambda _: "check-in opened",
            then=self._go_on,
        )

    def _go_on(self) -> object:
        from cptkiosk.ui.walk import screen_for

        return self.app.switch_screen(screen_for("check-in", self.session_id))

    def do_cancel(self) -> None:
        """Ask for the reason, then call the session off."""
        self.ask_first(
            f"Cancel {self.session.title}",
            ("Every attempt of it will be cancelled.",),
            (TextField("reason", "Reason"),),
            lambda values: CancelSession(
                session_id=self.session_id, reason=str(values["reason"])
            ),
            lambda _: "session cancelled",
        )
