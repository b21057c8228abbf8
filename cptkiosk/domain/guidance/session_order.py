"""Today's sessions: which is most urgent, and what to do for each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cptkiosk.domain.guidance.step import Step
from cptkiosk.domain.rules.receipts import Upload
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import Reason

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


def find_task(item: Item) -> Reason:
    """Return what a session needs, to say in brief or with its title."""
    due, title = item.scores_open, item.title
    match item.stage:
        case Stage.PLANNED:
            return Reason("task-plan" if item.people else "task-empty", title=title)
        case Stage.CHECK_IN:
            return Reason("task-check-in", title=title)
        case Stage.RUNNING:
            return Reason("task-watch", title=title)
        case Stage.HALTED:
            return Reason("task-resume", title=title)
        case Stage.ENDED | Stage.ABANDONED if due:
            return Reason("task-scores", title=title, due=due)
        case Stage.ENDED | Stage.ABANDONED:
            return Reason("task-close-out", title=title)
        case Stage.SEALED:
            return _find_task_after_seal(item)
        case Stage.CANCELLED:
            return Reason("task-canceled", title=title)


def _find_task_after_seal(item: Item) -> Reason:
    title = item.title
    if item.upload is Upload.WAITING:
        return Reason("task-bundle", title=title)
    if item.vendor:
        release = item.vendor == "release"
        return Reason("task-release" if release else "task-official", title=title)
    queued = item.upload is Upload.QUEUED
    return Reason("task-upload" if queued else "task-sealed", title=title)


def next_step(items: Sequence[Item], here: str, *, anybody: bool) -> Step:
    """Return the next thing to do with the sessions of the day.

    Args:
        items: the sessions in their order, see `sort_items`.
        here: the ID of the session under the cursor, or an empty string.
        anybody: whether any candidate is registered.
    """
    if not items:
        if anybody:
            return Step(Reason("plan-first"), "plan", by="plan")
        return Step(Reason("import-roster"), "roster", by="roster")
    first = items[0]
    chosen = next((one for one in items if one.session_id == here), first)
    task = find_task(chosen)
    if chosen.needs_somebody and chosen is first:
        return Step(task, "next")
    if first.needs_somebody:
        urgent = find_task(first)
        what = Reason("more-urgent", task=task, urgent=urgent, title=first.title)
        return Step(what, "next")
    unproved = sum(one.upload is Upload.WRITTEN for one in items)
    queued = sum(one.upload is Upload.QUEUED for one in items)
    if queued:
        what = Reason("plan-next-queued", queued=queued)
    elif unproved:
        what = Reason("plan-next-unproved", unproved=unproved)
    else:
        what = Reason("plan-next")
    return Step(what, "plan", by="plan")
