"""A coordinator's PIN in place: it approves one step, or leads out of a locked kiosk."""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from cptkiosk.domain.center import Center
from cptkiosk.domain.values import Actor, NeedsCoordinator, Refused, Role
from cptkiosk.ui.dialogs.form_dialog import ask_question
from cptkiosk.ui.dialogs.question import Question, pin_field, staff_field
from cptkiosk.ui.ports import Kiosk
from cptkiosk.ui.widgets.fields import Values
from cptkiosk.ui.workers import begin

T = TypeVar("T")
TITLE = "A coordinator can enter a PIN here"
NOT_APPROVED = "Nothing was recorded: no coordinator approved it."


async def attempt_as(
    kiosk: Kiosk,
    work: Callable[[Actor], T],
    done: Callable[[T], object],
    refused: Callable[[Refused | None], object] = lambda _: None,
    approver: Actor | None = None,
) -> None:
    """Run something in the name of who is signed in, and go on with its result.

    What only a coordinator may do is done in the name of one who enters a PIN here.

    Args:
        kiosk: the app.
        work: what is done at the desk.
        done: what follows once it is recorded.
        refused: what follows if it was not; by then the reason has been said. Gets
            the refusal, or `None` if it failed for another reason.
        approver: the coordinator who has approved it.
    """
    actor = approver or kiosk.actor
    assert actor is not None, "only somebody signed in asks"
    result, refusal = await _try_at_desk(kiosk, partial(work, actor))
    if result is not None:
        done(result)
        return
    refused(refusal)
    if isinstance(refusal, NeedsCoordinator) and approver is None:

        def try_approved(by: Actor) -> None:
            again = partial(attempt_as, kiosk, work, done, refused, by)
            begin(kiosk, again, "approved")

        _ask_coordinator(kiosk, _question(kiosk.desk.center, refusal), try_approved)


async def _try_at_desk(
    kiosk: Kiosk, work: Callable[[], T]
) -> tuple[T | None, Refused | None]:
    """Run something at the desk; return what it returns, or the refusal."""
    refusals: list[Refused] = []

    def attempt() -> T:
        try:
            return work()
        except Refused as refusal:
            refusals.append(refusal)
            raise

    result = await kiosk.worker.attempt(attempt)
    return result, next(iter(refusals), None)


def _ask_coordinator(
    kiosk: Kiosk, question: Question, then: Callable[[Actor], object]
) -> None:
    """Ask for a coordinator's PIN; once it is right, go on in their name."""
    asker = kiosk.actor
    if asker is None:
        return
    if kiosk.navigator.shows_lock:
        kiosk.status.say(NOT_APPROVED, "warning", on=kiosk.status.work_screen)
        return

    async def check_approver(values: Values) -> None:
        who = values.text("who", min(kiosk.desk.center.coordinators))
        approve = partial(
            kiosk.desk.pins.check_approver, who, values.text("pin"), asker
        )
        approver, refusal = await _try_at_desk(kiosk, approve)
        if approver is not None:
            then(approver)
        elif refusal is not None:
            _ask_coordinator(kiosk, question.again(values, refusal), then)

    def drop_approval() -> None:
        kiosk.status.say(NOT_APPROVED, "warning")

    def take_answer(values: Values) -> None:
        if kiosk.actor == asker:
            begin(kiosk, partial(check_approver, values), "approval")
        else:
            drop_approval()

    ask_question(kiosk, question, take_answer, drop_approval)


def _question(center: Center, needs: NeedsCoordinator) -> Question:
    ids = sorted(center.coordinators)
    if len(ids) > 1:
        who = staff_field("who", "Coordinator", center, ids)
        return Question(TITLE, (needs.why,), (who, pin_field("PIN")))
    signs = f"{center.staff[ids[0]].name} enters the PIN for this one step."
    return Question(TITLE, (needs.why, signs), (pin_field("PIN"),))


def ask_to_leave(kiosk: Kiosk) -> None:
    """Ask for a coordinator's PIN, and end the program if it is right."""
    center = kiosk.desk.center
    ids = [
        one.staff_id for one in center.active_members if one.role is Role.COORDINATOR
    ]

    def take_answer(values: Values) -> None:
        who, pin = values.text("who"), values.text("pin")
        begin(kiosk, partial(_leave, kiosk, who, pin), "leave")

    question = Question(
        "Leave the kiosk",
        ("This terminal is locked down: only the coordinator ends the program.",),
        (staff_field("who", "Coordinator", center, ids), pin_field("PIN")),
    )
    ask_question(kiosk, question, take_answer)


async def _leave(kiosk: Kiosk, who: str, pin: str) -> None:
    member = await kiosk.worker.attempt(lambda: kiosk.desk.check_pin(who, pin))
    if member is not None and member.role is Role.COORDINATOR:
        kiosk.exit()
