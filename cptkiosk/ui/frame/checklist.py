"""A roll that is ticked off after an alarm; the ticks outlive the screen."""

from functools import partial
from typing import ClassVar

from cptkiosk.domain.attempt import Attempt
from cptkiosk.domain.session import Stage
from cptkiosk.domain.values import plural
from cptkiosk.ui.attempt_rows import sorted_roll
from cptkiosk.ui.dialogs.form_dialog import ask_question
from cptkiosk.ui.dialogs.question import Question
from cptkiosk.ui.drafts import Draft
from cptkiosk.ui.frame.session_screen import SessionScreen
from cptkiosk.ui.naming import names_in_lines
from cptkiosk.ui.navigator import Route
from cptkiosk.ui.widgets.fields import Values
from cptkiosk.ui.widgets.filterable_table import FilterableTable
from cptkiosk.ui.workers import begin

ROLLS = (Route.MUSTER, Route.ROLL_CALL)
"""The screens with the rolls that belong to one halt."""


class TickScreen(SessionScreen):
    """A roll of everybody who was testing, ticked off one by one.

    The ticks are kept for whoever takes the roll and for this halt: they are there
    again after Esc, after a restart, and on another terminal of the same person.
    """

    TICKED: ClassVar[str]
    """What is said of somebody who is ticked off."""

    def __init__(self, session_id: str, *, starts_on: str = "") -> None:
        super().__init__(session_id, starts_on=starts_on)
        self.ticked: set[str] = set()
        self._owner = ""
        self._keeping = 0

    def opened(self) -> None:
        """Bring back who is ticked off already."""
        # Whoever unlocks the terminal meanwhile goes on with the same roll.
        self._owner = self.actor.staff_id
        begin(self, self._bring_back, "ticks")

    def tick(self) -> None:
        """Take in what was ticked on another terminal, too."""
        super().tick()
        self._take_over()

    def on_screen_resume(self) -> None:
        """Take in what was ticked while another screen was in front."""
        self._take_over()

    def _take_over(self) -> None:
        if self.drawable and self._owner and self.session.stage is Stage.HALTED:
            begin(self, self._bring_back, "ticks")

    def people(self) -> list[Attempt]:
        """Return whose clock was running, in the order of every roll."""
        live = {one.attempt_id for one in self.session.live}
        return [one for one in sorted_roll(self.session) if one.attempt_id in live]

    def missing(self) -> list[Attempt]:
        """Return who is not ticked off."""
        return [one for one in self.people() if one.attempt_id not in self.ticked]

    def lacks_people(self) -> str:
        """Return that nobody is on the list, if so."""
        return "" if self.people() else "Nobody was testing."

    async def toggle_mark(self) -> None:
        """Tick somebody off, or take the tick back."""
        table = self.query_one(FilterableTable)
        here = table.cursor_key
        if not here:
            return
        keys = table.shown_keys
        table.move_to(keys[min(keys.index(here) + 1, len(keys) - 1)])
        await self._keep({here}, ticked=here not in self.ticked)

    def mark_all(self) -> None:
        """Name who is not ticked off, then tick them; once all are, take that back."""
        missing = self.missing()
        people = missing or self.people()
        keys = {one.attempt_id for one in people}

        def answered(_: Values) -> None:
            begin(self, partial(self._keep, keys, ticked=bool(missing)), "tick-all")

        count = plural(len(people), "person", "people")
        title, after = (
            (f"Mark {count} as {self.TICKED}", "Press A again to take that back.")
            if missing
            else (f"Take the marks off {count}", "Nobody is marked then.")
        )
        lines = (names_in_lines(self.session, people), after)
        ask_question(self.kiosk, Question(title, lines), answered)

    # What is kept

    def _draft(self, route: Route) -> Draft:
        """Return where the ticks of this halt are kept; nothing is outside one."""
        halts = self.session.halts
        name = f"{route} {self.session_id} {halts[-1][0]}" if halts else ""
        return Draft(self.kiosk, name, self._owner)

    async def _bring_back(self) -> None:
        draft = self._draft(self.ROUTE)
        kept = await self.kiosk.worker.quietly(lambda: set(draft.read() or ()))
        if kept is not None and not self._keeping:
            self._show(kept)

    def _show(self, ticked: set[str]) -> None:
        if ticked != self.ticked and self.drawable:
            self.ticked = ticked
            self.redraw()

    async def _keep(self, people: set[str], *, ticked: bool) -> None:
        """Show and keep that people are ticked off, or are not."""
        draft = self._draft(self.ROUTE)

        def changed(before: set[str]) -> set[str]:
            return before | people if ticked else before - people

        def work() -> set[str]:
            after = changed(set(draft.read() or ()))
            draft.write(sorted(after))
            return after

        self.say("", "ok")
        self._show(changed(self.ticked))
        self._keeping += 1
        kept = await self.kiosk.worker.quietly(work)
        self._keeping -= 1
        if kept is not None and not self._keeping:
            self._show(kept)

    def forget_ticks(self) -> None:
        """Forget the ticks of both rolls: the halt is over."""
        drafts = [self._draft(route) for route in ROLLS]

        def work() -> None:
            for one in drafts:
                one.write(None)

        # This screen is on its way out.
        begin(self.kiosk, partial(self.kiosk.worker.run, work), "forget-ticks")
