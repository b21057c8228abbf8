"""A roll that is ticked off after an alarm; the ticks outlive the screen."""

import json
from functools import partial
from typing import ClassVar

from cptkiosk.domain.attempt import Attempt
from cptkiosk.domain.session import Stage
from cptkiosk.domain.values import plural
from cptkiosk.ui.dialogs.dialog import AskDialog
from cptkiosk.ui.frame.session_screen import SessionScreen
from cptkiosk.ui.naming import DIALOG_CELLS, LINES_OF_NAMES, fit_names
from cptkiosk.ui.navigator import Route
from cptkiosk.ui.rolls import sorted_roll
from cptkiosk.ui.widgets.form import Values
from cptkiosk.ui.widgets.roll import Roll
from cptkiosk.ui.work import begin

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
        if self.drawable and self._owner and self.session.stage is Stage.HALTED:
            begin(self, self._bring_back, "ticks")

    def people(self) -> list[Attempt]:
        """Return whose clock was running, in the order of every roll."""
        live = {one.attempt_id for one in self.session.live(self.line_ms)}
        return [one for one in sorted_roll(self.session) if one.attempt_id in live]

    def missing(self) -> list[Attempt]:
        """Return who is not ticked off."""
        return [one for one in self.people() if one.attempt_id not in self.ticked]

    def why_not(self, action: str) -> str:
        """Return why an action is not possible; Enter goes back once the clocks run."""
        if action == "next" and self.session.stage is not Stage.HALTED:
            return ""
        return super().why_not(action)

    async def do_mark(self) -> None:
        """Tick somebody off, or take the tick back."""
        roll = self.query_one(Roll)
        here = roll.cursor_key
        if not here:
            return
        keys = roll.shown_keys
        roll.move_to(keys[min(keys.index(here) + 1, len(keys) - 1)])
        await self._keep({here}, ticked=here not in self.ticked)

    def do_all(self) -> None:
        """Name who is not ticked off, then tick them; once all are, take that back."""
        missing = self.missing()
        people = missing or self.people()
        keys = {one.attempt_id for one in people}

        def answered(values: Values | None) -> None:
            if values is not None:
                begin(self, partial(self._keep, keys, ticked=bool(missing)), "tick-all")

        count = plural(len(people), "person", "people")
        names = fit_names(list(map(self.person, people)), DIALOG_CELLS, LINES_OF_NAMES)
        title, after = (
            (f"Mark {count} as {self.TICKED}", "Press A again to take that back.")
            if missing
            else (f"Take the marks off {count}", "Nobody is marked then.")
        )
        dialog = AskDialog(title, ("\n".join(names), after))
        self.kiosk.navigator.ask(dialog, answered)

    # What is kept

    def _ticks_of(self, route: Route) -> str:
        """Return under which name the ticks of this halt are kept; none outside one."""
        halts = self.session.halts
        return f"{route} {self.session_id} {halts[-1][0]}" if halts else ""

    def _kept(self) -> set[str]:
        body = self.kiosk.desk.ledger.draft(self._owner, self._ticks_of(self.ROUTE))
        return set(json.loads(body)) if body else set()

    async def _bring_back(self) -> None:
        kept = await self.kiosk.quietly(self._kept)
        if kept is not None and not self._keeping:
            self._show(kept)

    def _show(self, ticked: set[str]) -> None:
        if ticked != self.ticked and self.drawable:
            self.ticked = ticked
            self.redraw()

    async def _keep(self, people: set[str], *, ticked: bool) -> None:
        """Show and keep that people are ticked off, or are not."""
        ledger, owner, name = (
            self.kiosk.desk.ledger,
            self._owner,
            self._ticks_of(self.ROUTE),
        )

        def changed(before: set[str]) -> set[str]:
            return before | people if ticked else before - people

        def work() -> set[str]:
            after = changed(self._kept())
            ledger.keep_draft(owner, name, json.dumps(sorted(after)) if after else "")
            return after

        self.say("", "ok")
        self._show(changed(self.ticked))
        self._keeping += 1
        kept = await self.kiosk.quietly(work)
        self._keeping -= 1
        if kept is not None and not self._keeping:
            self._show(kept)

    def forget_ticks(self) -> None:
        """Forget the ticks of both rolls: the halt is over."""
        ledger, owner = self.kiosk.desk.ledger, self._owner
        names = [self._ticks_of(route) for route in ROLLS]

        def work() -> None:
            for one in names:
                ledger.keep_draft(owner, one, "")

        # This screen is on its way out.
        begin(self.kiosk, partial(self.kiosk.on_desk, work), "forget-ticks")
