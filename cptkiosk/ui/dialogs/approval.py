"""A coordinator's PIN in place: it approves one step, or leads out of a locked kiosk."""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from cptkiosk.domain.state.center import Center
from cptkiosk.domain.values import Actor, NeedsCoordinator, Refused, Role
from cptkiosk.ui.dialogs.form_dialog import ask_question
from cptkiosk.ui.dialogs.question import Question, name_staff
from cptkiosk.ui.ports import Kiosk
from cptkiosk.ui.widgets.fields import Values
from cptkiosk.ui.workers import begin

T = TypeVar("T")
NOT_APPROVED = "Nothing was recorded: no coordinator approved it."


async def attempt_as(
    kiosk: Kiosk,
    actor: Actor,
    work: Callable[[Actor], T],
    done: Callable[[T], object],
    refused: Callable[[Refused | None], object] = lambda _: None,
) -> None:
    """Run something in someone's name, and go on with its result.

    What only a coordinator may do is done in the name of one who enters a PIN here.

    Args:
        kiosk: the app.
        actor: who asked for it, by now perhaps not signed in; or the coordinator who
            has approved it.
        work: what is done at the desk.
        done: what follows once it is recorded.
        refused: what follows if it was not; by then the reason has been said. Gets
            the refusal, or `None` if it failed for another reason.
    """
    result, refusal = await _try_at_desk(kiosk, partial(work, actor))
    if result is not None:
        done(result)
        return
    refused(refusal)
    if isinstance(refusal, NeedsCoordinator) and not actor.asked_by:

        def try_approved(by: Actor) -> None:
            again = partial(attempt_as, kiosk, by, work, done, refused)
            begin(kiosk, again, "approved")

        _ask_approval(kiosk, actor, refusal, try_approved)


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


def _ask_approval(
    kiosk: Kiosk,
    asker: Actor,
    needs: NeedsCoordinator,
    approved: Callable[[Actor], object],
    filled: Values | None = None,
    refused: Refused | None = None,
) -> None:
    """Ask a coordinator for a PIN until it is right; then go on in their name.

    Asks of the coordinators there are now; again with what was `filled` in before.
    """
    if kiosk.actor != asker or kiosk.navigator.shows_lock:
        kiosk.status.say(NOT_APPROVED, "warning", on=kiosk.status.work_screen)
        return
    center = kiosk.desk.center
    # The PIN is checked as that of whom the question names, whoever joins meanwhile.
    named = min(center.coordinators)
    question = _question(center, needs)
    if filled is not None and refused is not None:
        question = question.again(filled, refused)

    def drop_approval() -> None:
        kiosk.status.say(NOT_APPROVED, "warning")

    async def check_pin(values: Values) -> None:
        check, who = kiosk.desk.pins.check_approver, values.text("who")
        work = partial(check, who, values.text("pin"), asker)
        approver, refusal = await _try_at_desk(kiosk, work)
        if approver is not None:
            approved(approver)
        elif refusal is not None:
            _ask_approval(kiosk, asker, needs, approved, values, refusal)

    def take_answer(values: Values) -> None:
        if kiosk.actor == asker:
            given = Values({"who": named} | values)
            begin(kiosk, partial(check_pin, given), "approval")
        else:
            drop_approval()

    ask_question(kiosk, question, take_answer, drop_approval)


def _question(center: Center, needs: NeedsCoordinator) -> Question:
    ids = sorted(center.coordinators)
    alone = f"{center.staff[ids[0]].name} enters a PIN for this one step."
    several = len(ids) > 1
    return Question.from_catalog(
        "approve",
        {"needs": needs, "alone": "" if several else alone},
        {"who": {"options": name_staff(center, ids)} if several else None},
    )


def ask_to_leave(kiosk: Kiosk) -> None:
    """Ask for a coordinator's PIN, and end the program if it is right."""
    center = kiosk.desk.center
    ids = [
        one.staff_id for one in center.active_members if one.role is Role.COORDINATOR
    ]

    def take_answer(values: Values) -> None:
        who, pin = values.text("who"), values.text("pin")
        begin(kiosk, partial(_leave, kiosk, who, pin), "leave")

    question = Question.from_catalog(
        "leave-kiosk", fields={"who": {"options": name_staff(center, ids)}}
    )
    ask_question(kiosk, question, take_answer)


async def _leave(kiosk: Kiosk, who: str, pin: str) -> None:
    member = await kiosk.worker.attempt(lambda: kiosk.desk.pins.check_pin(who, pin))
    if member is not None and member.role is Role.COORDINATOR:
        kiosk.exit()
