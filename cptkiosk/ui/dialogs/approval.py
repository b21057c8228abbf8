"""A coordinator's PIN in place: one step is approved, and nobody signs out for it."""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from cptkiosk.domain.values import Actor, NeedsCoordinator, Refused
from cptkiosk.ui.dialogs.form_dialog import ask
from cptkiosk.ui.dialogs.question import Question
from cptkiosk.ui.ports import Kiosk
from cptkiosk.ui.widgets.form import ChoiceField, Field, TextField, Values
from cptkiosk.ui.work import begin

T = TypeVar("T")
TITLE = "A coordinator can enter a PIN here"
NOT_APPROVED = "Nothing was recorded: no coordinator approved it."


async def attempt_as(
    kiosk: Kiosk,
    work: Callable[[Actor], T],
    done: Callable[[T], object],
    refused: Callable[[], object] = lambda: None,
    approver: Actor | None = None,
) -> None:
    """Run something in the name of who is signed in, and go on with its result.

    What only a coordinator may do is done in the name of one who enters a PIN here.

    Args:
        kiosk: the app.
        work: what is done at the desk.
        done: what follows once it is recorded.
        refused: what follows if it was not; by then the reason has been said.
        approver: the coordinator who has approved it.
    """
    actor = approver or kiosk.actor
    assert actor is not None, "only somebody signed in asks"
    lacking: list[NeedsCoordinator] = []

    def attempt() -> T:
        try:
            return work(actor)
        except NeedsCoordinator as needs:
            lacking.append(needs)
            raise

    result = await kiosk.attempt(attempt)
    if result is not None:
        done(result)
        return
    refused()
    if lacking and approver is None:

        def approved(by: Actor) -> None:
            again = partial(attempt_as, kiosk, work, done, refused, by)
            begin(kiosk, again, "approved")

        _ask(kiosk, lacking[0], approved)


def _ask(
    kiosk: Kiosk,
    needs: NeedsCoordinator,
    then: Callable[[Actor], object],
    refused: str = "",
    chosen: str = "",
) -> None:
    """Ask for a coordinator's PIN; once it is right, go on in their name.

    Args:
        kiosk: the app.
        needs: what only a coordinator may do.
        then: what is done with who approved it.
        refused: why the last PIN was not taken.
        chosen: whose PIN that was.
    """
    asker, staff = kiosk.actor, kiosk.desk.center.staff
    if asker is None:
        return
    if kiosk.shows_lock:
        kiosk.say(NOT_APPROVED, "warning", on=kiosk.work_screen)
        return
    ids = sorted(kiosk.desk.center.coordinators)
    names = tuple((one, staff[one].name.text) for one in ids)
    fields: list[Field] = [TextField("pin", "PIN", secret=True, digits=True)]
    if len(names) > 1:
        fields.insert(
            0, ChoiceField("who", "Coordinator", names, value=chosen or ids[0])
        )
    lines = [needs.why]
    if len(names) == 1:
        lines.append(f"{names[0][1]} enters the PIN for this one step.")

    def left() -> None:
        kiosk.say(NOT_APPROVED, "warning")

    def answered(values: Values) -> None:
        if kiosk.actor != asker:
            left()
            return
        who, pin = values.text("who", ids[0]), values.text("pin")
        begin(kiosk, partial(_check, kiosk, needs, then, who, pin), "approval")

    ask(kiosk, Question(TITLE, lines, fields), answered, left, refused=refused)


async def _check(
    kiosk: Kiosk,
    needs: NeedsCoordinator,
    then: Callable[[Actor], object],
    who: str,
    pin: str,
) -> None:
    """Check the PIN; a wrong one is asked for again in an empty field."""
    asker, refused = kiosk.actor, list[str]()
    if asker is None:
        return

    def check() -> Actor:
        try:
            return kiosk.desk.approver(who, pin, asker)
        except Refused as refusal:
            refused.append(str(refusal))
            raise

    approver = await kiosk.attempt(check)
    if approver is not None:
        then(approver)
    elif refused:
        _ask(kiosk, needs, then, refused[0], who)
