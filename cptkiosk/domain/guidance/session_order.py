"""Today's sessions: which one needs somebody first, and what to do for each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cptkiosk.domain.guidance.next_step import Step
from cptkiosk.domain.rules.receipts import Upload
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import plural

NEED = (
    Stage.HALTED,
    Stage.RUNNING,
    Stage.CHECK_IN,
    Stage.PLANNED,
    Stage.ENDED,
    Stage.ABANDONED,
    Stage.SEALED,
    Stage.CANCELLED,
)
"""Who needs somebody first."""

SENDING = tuple(Upload)
"""Of the sealed ones likewise."""


@dataclass(frozen=True, slots=True)
class Item:
    """A session as Today knows it."""

    session_id: str
    title: str
    stage: Stage
    starts_at_utc_ms: int
    people: int
    scores_open: int
    upload: Upload

    @property
    def needs_somebody(self) -> bool:
        """Whether there is something to do for it here and now."""
        if self.stage is Stage.SEALED:
            return self.upload is Upload.WAITING
        return self.stage is not Stage.CANCELLED


def sort_items(items: Iterable[Item]) -> tuple[Item, ...]:
    """Return sessions in the order of their need, of equal ones the earlier first."""

    def rank(one: Item) -> tuple[int, int, int, str]:
        sending = SENDING.index(one.upload)
        return NEED.index(one.stage), sending, one.starts_at_utc_ms, one.session_id

    return tuple(sorted(items, key=rank))


def to_do(item: Item) -> str:
    """Return in a word or two what a session needs."""
    match item.stage:
        case Stage.PLANNED:
            return "open check-in" if item.people else "add people"
        case Stage.CHECK_IN:
            return "check in"
        case Stage.RUNNING:
            return "watch"
        case Stage.HALTED:
            return "resume"
        case Stage.ENDED | Stage.ABANDONED:
            due = item.scores_open
            return f"{plural(due, 'score')} due" if due else "close out"
        case Stage.SEALED if item.upload is Upload.WAITING:
            return "write bundle"
        case _:
            return "-"


def opens(item: Item) -> str:
    """Return what is done next in a session, and its title."""
    match item.stage:
        case Stage.PLANNED:
            lead = "open check-in for" if item.people else "put people on the roll of"
        case Stage.CHECK_IN:
            lead = "go on with the check-in of"
        case Stage.RUNNING:
            lead = "watch"
        case Stage.HALTED:
            lead = "roll call, then resume"
        case Stage.ENDED | Stage.ABANDONED:
            due = item.scores_open
            lead = f"key {plural(due, 'score')} of" if due else "close out"
        case Stage.SEALED if item.upload is Upload.WAITING:
            lead = "write the bundle of"
        case Stage.SEALED:
            lead = "look at sealed"
        case Stage.CANCELLED:
            lead = "look at cancelled"
    return f"{lead} {item.title}"


def next_step(items: Sequence[Item], here: str, *, anybody: bool) -> Step:
    """Return the next thing to do with the sessions of the day.

    Args:
        items: the sessions in their order, see `sort_items`.
        here: the session under the cursor, or an empty string.
        anybody: whether somebody is registered.
    """
    if not items:
        if anybody:
            return Step("people are registered - plan a session", "plan", by="plan")
        return Step("import a roster, then plan a session", "roster", by="roster")
    first = items[0]
    chosen = next((one for one in items if one.session_id == here), first)
    if chosen.needs_somebody and chosen is first:
        return Step(opens(chosen), "next")
    if first.needs_somebody:
        return Step(f"{opens(chosen)} - on top: {to_do(first)}, {first.title}", "next")
    unproved = sum(one.upload is Upload.WRITTEN for one in items)
    more = f"; {plural(unproved, 'bundle')} without a receipt" if unproved else ""
    return Step(f"plan the next session{more}", "plan", by="plan")
