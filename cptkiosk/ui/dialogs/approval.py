"""A coordinator's PIN in place: it approves one step, or leads out of a locked kiosk."""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from cptkiosk.domain.state.center import Center
from cptkiosk.domain.values import Actor, NeedsCoordinator, Refused, Role
from cptkiosk.ui.dialogs.form_dialog import ask_question
from cptkiosk.ui.dialogs.question import Question, pin_field, staff_field
from cptkiosk.ui.ports import Kiosk
from cptkiosk.ui.widgets.fields import Values
from cptkiosk.ui.workers import begin
from cptkiosk.words import explain_why

T = TypeVar("T")
TITLE = "A coordinator can enter a PIN here"
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

        _Approval(kiosk, actor, refusal, try_approved).ask_pin()


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


class _Approval:
    """Asks for a coordinator's PIN until it is right; then goes on in their name."""

    def __init__(
        self,
        kiosk: Kiosk,
        asker: Actor,
        needs: NeedsCoordinator,
        approved: Callable[[Actor], object],
    ) -> None:
        self._kiosk = kiosk
        self._asker = asker
        self._needs = needs
        self._approved = approved

    def ask_pin(
        self, before: Values | None = None, refused: Refused | None = None
    ) -> None:
        """Ask, of the coordinators there are now; again with what was filled in before."""
        kiosk = self._kiosk
        if kiosk.actor != self._asker or kiosk.navigator.shows_lock:
            kiosk.status.say(NOT_APPROVED, "warning", on=kiosk.status.work_screen)
            return
        center = kiosk.desk.center
        # The PIN is checked as that of whom the question names, whoever joins meanwhile.
        named = min(center.coordinators)
        question = _question(center, self._needs)
        if before is not None and refused is not None:
            question = question.again(before, refused)

        def take_answer(values: Values) -> None:
            if kiosk.actor == self._asker:
                given = Values({"who": named} | values)
                begin(kiosk, partial(self._check_pin, given), "approval")
            else:
                self._drop_approval()

        ask_question(kiosk, question, take_answer, self._drop_approval)

    async def _check_pin(self, values: Values) -> None:
        check = self._kiosk.desk.pins.check_approver
        who, pin = values.text("who"), values.text("pin")
        approver, refusal = await _try_at_desk(
            self._kiosk, partial(check, who, pin, self._asker)
        )
        if approver is not None:
            self._approved(approver)
        elif refusal is not None:
            self.ask_pin(values, refusal)

    def _drop_approval(self) -> None:
        self._kiosk.status.say(NOT_APPROVED, "warning")


def _question(center: Center, needs: NeedsCoordinator) -> Question:
    ids = sorted(center.coordinators)
    if len(ids) > 1:
        who = staff_field("who", "Coordinator", center, ids)
        return Question(TITLE, (explain_why(needs),), (who, pin_field("PIN")))
    signs = f"{center.staff[ids[0]].name} enters a PIN for this one step."
    return Question(TITLE, (explain_why(needs), signs), (pin_field("PIN"),))


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
        ("In kiosk mode, leaving requires a coordinator's PIN.",),
        (staff_field("who", "Coordinator", center, ids), pin_field("PIN")),
    )
    ask_question(kiosk, question, take_answer)


async def _leave(kiosk: Kiosk, who: str, pin: str) -> None:
    member = await kiosk.worker.attempt(lambda: kiosk.desk.check_pin(who, pin))
    if member is not None and member.role is Role.COORDINATOR:
        kiosk.exit()
