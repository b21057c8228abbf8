"""What is on record of irregularities: one line each, whole on Enter, corrected by c."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

from cptkiosk.domain.commands import closing as c
from cptkiosk.domain.events.irregularity import IrregularityRecorded
from cptkiosk.domain.guidance.step import Step
from cptkiosk.domain.modules import field_label
from cptkiosk.domain.rules.irregularities import find_irregularity, replaced_by
from cptkiosk.domain.state import blockers
from cptkiosk.domain.state.blockers import missing_words
from cptkiosk.domain.state.session import Irregularity
from cptkiosk.domain.time import timing
from cptkiosk.domain.values import plural
from cptkiosk.ui.actions import Action, Actions, Commands
from cptkiosk.ui.dialogs import irregularity_fields as asked
from cptkiosk.ui.dialogs.asking import ask_command
from cptkiosk.ui.dialogs.key_help import PageScreen
from cptkiosk.ui.dialogs.question import CommandQuestion
from cptkiosk.ui.frame.body import ListBody
from cptkiosk.ui.frame.session_screen import REPORTS, UNDO, SessionScreen
from cptkiosk.ui.naming import DIALOG_CELLS, LINES_OF_NAMES, fit_names
from cptkiosk.ui.navigator import Route
from cptkiosk.ui.widgets.filterable_table import Column, Row
from cptkiosk.ui.widgets.plain_text import PlainText
from cptkiosk.words import name_severity

LABEL_WIDTH = 20
NOTHING = "No irregularities on record. Press i to record one."
SCOPE_WORDS = {
    "attempt": "this attempt",
    "room": "the room",
    "session": "the session",
    "center": "the center",
}
EFFECT_WORDS = {"flag": "flagged", "withhold": "withheld"}


class IrregularitiesScreen(SessionScreen):
    """What stands in the order recorded; what was superseded comes last, dimmed."""

    ROUTE = Route.IRREGULARITIES
    BODY = ListBody(
        Column("No.", 3),
        Column("When", 12),
        Column("Code", 13),
        Column("Severity", 8),
        Column("Who", 16),
        Column("State", 23, grow=True),
        empty=NOTHING,
    )
    COMMON: ClassVar[Actions] = tuple(
        one for one in SessionScreen.COMMON if one not in {REPORTS, UNDO}
    )

    def finish_opening(self) -> None:
        """Go to the entry this is about, else to what is to be completed."""
        self.table.move_to(self.starts_on or next(iter(self._lacking()), ""))

    def draw_body(self) -> None:
        """Draw one line for each entry."""
        standing = self.session.in_force
        entries = sorted(
            self.session.irregularities, key=lambda one: one not in standing
        )
        self.table.set_rows(map(self._make_row, entries))

    def _make_row(self, one: Irregularity) -> Row:
        event = one.event
        by = self._superseded_by(event)
        state, tone = "complete", ""
        if by:
            state, tone = f"superseded by {number(by)}", "quiet"
        elif one in self._find_unseen():
            state, tone = "awaiting review", "attention"
        elif event.missing:
            state, tone = f"missing: {missing_words(event)}", "attention"
        desk, happened_ms = self.kiosk.desk, event.happened_at_utc_ms
        when = desk.times.format_near(happened_ms, desk.now().utc_ms)
        cells = (
            number(event.irregularity_id),
            f"~{when}" if event.estimated else when,
            event.code,
            name_severity(event.severity),
            self._who(event),
            state,
        )
        return Row(event.irregularity_id, cells, tone)

    def _who(self, event: IrregularityRecorded) -> str:
        named = [self.person(self.session.attempts[one]) for one in event.attempt_ids]
        if not named:
            return f"the {event.scope}"
        more = f" +{len(named) - 1}" if len(named) > 1 else ""
        return f"{named[0]}{more}"

    def _superseded_by(self, event: IrregularityRecorded) -> str:
        entries = (one.event for one in self.session.irregularities)
        later = (one for one in entries if one.supersedes == event.irregularity_id)
        return next((one.irregularity_id for one in later), "")

    def _lacking(self) -> list[str]:
        found = [one.event for one in self.session.in_force]
        return [event.irregularity_id for event in found if event.missing]

    @property
    def _selected_entry(self) -> IrregularityRecorded | None:
        """The entry under the cursor."""
        key = self.table.cursor_key
        entries = (one.event for one in self.session.irregularities)
        return next((one for one in entries if one.irregularity_id == key), None)

    @property
    def _to_correct(self) -> IrregularityRecorded | None:
        """The entry under the cursor, or the one that took its place."""
        event = self._selected_entry
        if event is None:
            return None
        later = replaced_by(self.session, event.irregularity_id)
        found = None if later is None else find_irregularity(self.session, later)
        return event if found is None else found.event

    def stand_on(self, about: str) -> None:
        """Put the cursor on an entry that was recorded just now."""
        self.draw_body()
        self.table.move_to(about)

    def next_step(self) -> Step:
        """Count what must be completed before the seal."""
        lacking = self._lacking()
        if lacking:
            entries = plural(len(lacking), "irregularity", "irregularities")
            return Step(f"complete {entries} before the seal", "correct", by="correct")
        if self.session.irregularities:
            return Step("everything here is complete - go back", "back")
        return Step("go back, or press i to record an irregularity", "back")

    async def take_step(self, step: Step) -> None:
        """Go to the entry that a step of the guide is about."""
        self.table.move_to(step.attempt_id)

    def _lacks_entry(self) -> str:
        return "" if self._selected_entry is not None else NOTHING

    def _correction(self) -> Commands:
        event = self._to_correct
        if event is None:
            return ()
        code = self.definitions.irregularity(event.code)
        values, when_ms = asked.values_of(event), event.happened_at_utc_ms
        return (asked.build_command(self.session_id, code, values, when_ms, event),)

    def _find_unseen(self) -> tuple[Irregularity, ...]:
        """Return what a coordinator has still to look at."""
        return blockers.unseen_irregularities(
            self.session, self.kiosk.desk.center.was_coordinator
        )

    def _build_seen(self, shown: Sequence[Irregularity]) -> c.SeeIrregularities:
        saw = tuple(one.event.irregularity_id for one in shown)
        return c.SeeIrregularities(session_id=self.session_id, saw=saw)

    def mark_seen(self) -> None:
        """Name what a coordinator has to see, then record that they have."""
        unseen = self._find_unseen()
        names = [
            f"{number(one.event.irregularity_id)} {one.event.code}" for one in unseen
        ]
        question = CommandQuestion.from_catalog(
            "mark-seen",
            {
                "count": len(unseen),
                "names": fit_names(names, DIALOG_CELLS, LINES_OF_NAMES),
            },
            command=lambda _: self._build_seen(unseen),
        )
        ask_command(self, question)

    def show_whole(self) -> None:
        """Show the entry whole."""
        event = self._selected_entry
        if event is None:
            return
        code = self.definitions.irregularity(event.code)
        title = f"{number(event.irregularity_id)}  {code.id}  {code.title}"
        said = [(name, text) for name, text in self.facts(event) if text]
        lines = [PlainText(f"{name:{LABEL_WIDTH}}{text}") for name, text in said]
        self.kiosk.navigator.open_dialog(PageScreen(title, lines))

    def correct_entry(self) -> None:
        """Open the form, filled with what the entry in force says."""
        event, here = self._to_correct, self._selected_entry
        if event is None or here is None:
            return
        if event is not here:
            old, new = number(here.irregularity_id), number(event.irregularity_id)
            self.table.move_to(event.irregularity_id)
            self.say(
                f"{old} was replaced by {new}. Press c to correct {new}.", "warning"
            )
            return
        form = asked.correction(event)
        self.kiosk.navigator.open(
            Route.IRREGULARITY, self.session_id, event.attempt_ids, form
        )

    def facts(self, event: IrregularityRecorded) -> Iterator[tuple[str, str]]:
        """Yield everything an entry says, by the names of the fields."""
        desk = self.kiosk.desk
        one = next(one for one in self.session.irregularities if one.event is event)
        happened = desk.times.format_clock(event.happened_at_utc_ms)
        yield "Happened", f"{happened}{', estimated' if event.estimated else ''}"
        member = desk.center.staff.get(one.recorded_by)
        recorded = desk.times.format_clock(one.recorded_at.utc_ms)
        yield "Recorded", f"{recorded} by {member.name if member else 'unknown'}"
        yield "Severity", _severity_text(event)
        for moment in event.moments:
            attempt = self.session.attempts[moment.attempt_id]
            left = "not started"
            if moment.left_ms is not None:
                left = f"{timing.clock_text(moment.left_ms)} left"
            yield "Affected", f"{self.person(attempt)}, {moment.seat}, {left}"
        yield "Seen or heard", event.observed.text
        for name, text in event.details:
            yield field_label(name).capitalize(), text.text
        yield "Action taken", event.action_taken.text
        yield "Minutes lost", f"{event.minutes_lost or ''}"
        yield "Reported to", event.told.text if event.told else ""
        yield "Observer", event.observer.text if event.observer else ""
        yield "Witnesses", event.witnesses.text if event.witnesses else ""
        yield "Vendor case no.", event.vendor_case
        yield "Test completed", event.completed
        yield "Void recommended", "yes" if event.void_recommended else ""
        yield "Corrects", number(event.supersedes) if event.supersedes else ""
        yield "Superseded by", number(self._superseded_by(event))
        yield "Still required", missing_words(event)

    ACTIONS: ClassVar[tuple[Action["IrregularitiesScreen"], ...]] = (
        Action("show", "enter", show_whole, lacks=_lacks_entry),
        Action("correct", "c", correct_entry, _correction, _lacks_entry),
        Action("seen", "v", mark_seen,
               lambda screen: (screen._build_seen(screen._find_unseen()),)),
    )  # fmt: skip


def _severity_text(event: IrregularityRecorded) -> str:
    """Return severity, scope and effect of an entry: 'review, this attempt, flagged'."""
    scope = SCOPE_WORDS.get(event.scope, event.scope)
    effect = EFFECT_WORDS.get(event.validity, "")
    return ", ".join(filter(None, (name_severity(event.severity), scope, effect)))


def number(irregularity_id: str) -> str:
    """Return the number of an entry within its session: 'i3'."""
    return irregularity_id.rpartition("-")[2]
