"""A roll that is checked off after an alarm; the marks outlive the screen."""

from functools import partial

from cptkiosk.domain.state.attempt import Attempt
from cptkiosk.domain.state.session import Stage
from cptkiosk.ui.dialogs.form_dialog import ask_question
from cptkiosk.ui.dialogs.question import Question
from cptkiosk.ui.drafts import Draft
from cptkiosk.ui.frame.session_screen import SessionScreen
from cptkiosk.ui.naming import names_in_lines
from cptkiosk.ui.navigator import Route
from cptkiosk.ui.widgets.fields import Values
from cptkiosk.ui.widgets.filterable_table import Row
from cptkiosk.ui.workers import begin

ROLLS = (Route.MUSTER, Route.ROLL_CALL)
"""The screens with the rolls that belong to one halt."""


class Checklist:
    """Everyone who was testing, checked off one by one on a screen.

    The marks are kept for the person taking the roll, for this halt: they are there
    again after Esc, after a restart, and on another terminal of the same person.
    """

    def __init__(self, screen: SessionScreen, done: str) -> None:
        """Take the roll of a session.

        Args:
            screen: what shows it in its list.
            done: what is said of someone who is checked off: 'back'.
        """
        self._screen, self._done = screen, done
        self.checked: frozenset[str] = frozenset()
        """The attempts that are checked off."""

        self._owner = ""
        self._keeping = 0

    def open(self) -> None:
        """Bring back who is checked off already."""
        # The person who unlocks the terminal meanwhile goes on with the same roll.
        self._owner = self._screen.actor.staff_id
        begin(self._screen, self._bring_back, "checklist")

    def take_over(self) -> None:
        """Take in what was checked off elsewhere, such as on another terminal."""
        screen = self._screen
        if screen.drawable and self._owner and screen.session.stage is Stage.HALTED:
            begin(screen, self._bring_back, "checklist")

    @property
    def people(self) -> list[Attempt]:
        """Whose clock was running, in the order of every roll."""
        view = self._screen.view
        live = {one.attempt_id for one in view.session.live_attempts}
        return [one for one in view.by_name if one.attempt_id in live]

    @property
    def missing(self) -> list[Attempt]:
        """Who is not checked off."""
        return [one for one in self.people if one.attempt_id not in self.checked]

    @property
    def present(self) -> list[Attempt]:
        """Who is checked off."""
        return [one for one in self.people if one.attempt_id in self.checked]

    def row(self, one: Attempt, *shown: str, done: str) -> Row:
        """Return the row of someone: seat, name, what else is shown, and the mark."""
        checked = one.attempt_id in self.checked
        mark, tone = (f"[x] {done}", "good") if checked else ("[ ]", "attention")
        cells = (one.seat, self._screen.person(one), *shown, mark)
        return Row(one.attempt_id, cells, tone, one.participant_id)

    def lacks_people(self) -> str:
        """Return why no one can be checked off, if so."""
        if self._screen.session.stage is not Stage.HALTED:
            return "The clocks are running. There is no one left to check off."
        return "" if self.people else "No one was testing."

    async def toggle(self) -> None:
        """Check someone off, or take that back; then go to the next."""
        table = self._screen.table
        here = table.cursor_key
        if not here:
            return
        keys = table.shown_keys
        table.move_to(keys[min(keys.index(here) + 1, len(keys) - 1)])
        await self._keep({here}, checked=here not in self.checked)

    def check_all(self) -> None:
        """Name who is missing, then check them off; once all are, take that back."""
        missing = self.missing
        people = missing or self.people
        keys = {one.attempt_id for one in people}

        def take_answer(_: Values) -> None:
            keep = partial(self._keep, keys, checked=bool(missing))
            begin(self._screen, keep, "check-all")

        question = Question.from_catalog(
            "check-all" if missing else "uncheck-all",
            {
                "count": len(people),
                "done": self._done,
                "names": names_in_lines(self._screen.session, people),
            },
        )
        ask_question(self._screen.kiosk, question, take_answer)

    # What is kept

    def _draft(self, route: Route) -> Draft:
        """Return where the marks of this halt are kept; nothing is outside one."""
        session = self._screen.session
        halts = session.halts
        name = f"{route} {session.session_id} {halts[-1][0]}" if halts else ""
        return Draft(self._screen.kiosk, name, self._owner)

    async def _bring_back(self) -> None:
        draft = self._draft(self._screen.ROUTE)
        kept = await self._screen.kiosk.worker.quietly(
            lambda: frozenset(draft.read_draft() or ())
        )
        if kept is not None and not self._keeping:
            self._show(kept)

    def _show(self, checked: frozenset[str]) -> None:
        if checked != self.checked and self._screen.drawable:
            self.checked = checked
            self._screen.redraw_record()

    async def _keep(self, people: set[str], *, checked: bool) -> None:
        """Show and keep that people are checked off, or are not."""
        draft = self._draft(self._screen.ROUTE)

        def change_marks(before: frozenset[str]) -> frozenset[str]:
            return before | people if checked else before - people

        def work() -> frozenset[str]:
            after = change_marks(frozenset(draft.read_draft() or ()))
            draft.write(sorted(after))
            return after

        self._screen.say("", "ok")
        self._show(change_marks(self.checked))
        self._keeping += 1
        kept = await self._screen.kiosk.worker.quietly(work)
        self._keeping -= 1
        if kept is not None and not self._keeping:
            self._show(kept)

    def forget_marks(self) -> None:
        """Forget the marks of both rolls: the halt is over."""
        drafts = [self._draft(route) for route in ROLLS]

        def work() -> None:
            for one in drafts:
                one.write(None)

        # The screen is on its way out.
        kiosk = self._screen.kiosk
        begin(kiosk, partial(kiosk.worker.run_work, work), "forget-checklist")
