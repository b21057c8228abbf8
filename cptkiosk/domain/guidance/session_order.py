"""Today's sessions: which is most urgent, and what to do for each."""

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
"""The stages, the most urgent first."""

SENDING = tuple(Upload)
"""The states of a bundle, the most urgent first; decides between sealed sessions."""


VENDOR = {
    "release": ("release codes", "release the user codes of"),
    "vendor": ("import scores", "import the official scores of"),
}
"""What the vendor's results ask for, by the action of the step: in brief, and in words."""


@dataclass(frozen=True, slots=True)
class Item:
    """What Today shows of a session."""

    session_id: str
    title: str
    stage: Stage
    starts_at_utc_ms: int
    people: int
    scores_open: int
    upload: Upload
    vendor: str = ""
    """What the vendor's results ask for after the seal: the action of a step, or nothing."""

    @property
    def needs_somebody(self) -> bool:
        """Whether there is something to do for it now."""
        if self.stage is Stage.SEALED:
            return self.upload is Upload.WAITING or bool(self.vendor)
        return self.stage is not Stage.CANCELLED


def sort_items(items: Iterable[Item]) -> tuple[Item, ...]:
    """Return sessions with the most urgent first; on a tie, the earlier start."""

    def rank(one: Item) -> tuple[int, bool, int, int, str]:
        need, sending = NEED.index(one.stage), SENDING.index(one.upload)
        waits = not one.needs_somebody
        return need, waits, sending, one.starts_at_utc_ms, one.session_id

    return tuple(sorted(items, key=rank))


def to_do(item: Item) -> str:
    """Return what a session needs, in two or three words."""
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
        case Stage.SEALED if item.vendor:
            return VENDOR[item.vendor][0]
        case Stage.SEALED if item.upload is Upload.QUEUED:
            return "upload"
        case _:
            return "-"


def opens(item: Item) -> str:
    """Return what to do next in a session, with its title."""
    match item.stage:
        case Stage.PLANNED:
            lead = "open check-in for" if item.people else "add people to"
        case Stage.CHECK_IN:
            lead = "continue check-in for"
        case Stage.RUNNING:
            lead = "watch"
        case Stage.HALTED:
            lead = "take roll call, then resume"
        case Stage.ENDED | Stage.ABANDONED:
            due = item.scores_open
            lead = f"enter {plural(due, 'score')} for" if due else "close out"
        case Stage.SEALED if item.upload is Upload.WAITING:
            lead = "write the bundle for"
        case Stage.SEALED if item.vendor:
            lead = VENDOR[item.vendor][1]
        case Stage.SEALED:
            lead = "review sealed"
        case Stage.CANCELLED:
            lead = "review canceled"
    return f"{lead} {item.title}"


def next_step(items: Sequence[Item], here: str, *, anybody: bool) -> Step:
    """Return the next thing to do with the sessions of the day.

    Args:
        items: the sessions in their order, see `sort_items`.
        here: the ID of the session under the cursor, or an empty string.
        anyone: whether any candidate is registered.
    """
    if not items:
        if anybody:
            return Step("plan a session for the people registered", "plan", by="plan")
        return Step("import a roster, then plan a session", "roster", by="roster")
    first = items[0]
    chosen = next((one for one in items if one.session_id == here), first)
    if chosen.needs_somebody and chosen is first:
        return Step(opens(chosen), "next")
    if first.needs_somebody:
        return Step(
            f"{opens(chosen)} - more urgent: {to_do(first)}, {first.title}", "next"
        )
    unproved = sum(one.upload is Upload.WRITTEN for one in items)
    queued = sum(one.upload is Upload.QUEUED for one in items)
    more = f"; {plural(unproved, 'bundle')} awaiting a receipt" if unproved else ""
    if queued:
        more = f"; {plural(queued, 'session')} to upload"
    return Step(f"plan the next session{more}", "plan", by="plan")
