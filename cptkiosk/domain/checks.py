"""Checks that several rules share, and what they say when they refuse."""

from collections.abc import Collection

from cptkiosk.domain.attempt import NEVER_STARTED, Attempt
from cptkiosk.domain.command_types import AttemptCommand
from cptkiosk.domain.rule import Context
from cptkiosk.domain.session import Session, Stage
from cptkiosk.domain.text import BadText, clean
from cptkiosk.domain.values import Personal, Refused

NARRATIVE_CELLS_MAX = 50_000
"""Far more than anybody types: what is longer came from elsewhere."""

PUT_RIGHT: dict[Stage, str] = {
    Stage.CHECK_IN: "Put them back instead.",
    Stage.RUNNING: "Put them back instead.",
    Stage.HALTED: "Put them back instead.",
    Stage.ENDED: "Replace the outcome instead.",
    Stage.ABANDONED: "Replace the outcome instead.",
    Stage.SEALED: "Amend the session, then replace the outcome.",
}
"""How an outcome recorded by mistake is put right at each stage."""

CLOSED_BY_A_HALT = ("The session is halted.", "Check-in continues after it resumes.")
"""Why nobody passes a gate during a halt, and what allows it."""


def not_linked(participant_id: str, person: str, context: Context) -> None:
    """Check that nobody who takes a step is linked with somebody (ISO/IEC 17024).

    That is whoever asks for it, and a coordinator who approved it.

    Raises:
        Refused: if they are; nobody may override that.
    """
    for staff_id in dict.fromkeys((context.actor.asker, context.actor.staff_id)):
        links = context.linked_to(staff_id)
        if participant_id in links:
            you = "You are" if staff_id == context.actor.asker else "The coordinator is"
            raise Refused(
                f"{you} linked with {person} ({links[participant_id]}).",
                "Let somebody else of the staff do this.",
            )


def attempt_of(session: Session, command: AttemptCommand) -> Attempt:
    """Return the attempt a command is about.

    Raises:
        Refused: if it is not on the roll.
    """
    attempt = session.attempts.get(command.attempt_id)
    if attempt is None:
        raise Refused(
            f"{command.attempt_id} is not on the roll of this session.",
            "Choose somebody from the roll.",
        )
    return attempt


def reason_given(text: str, about: str) -> Personal:
    """Return a reason for the record.

    Raises:
        Refused: if it is empty, or holds what is no text.
    """
    if not text.strip():
        raise Refused("A reason is needed.", "Say in a few words what happened.")
    return make_personal(text, about)


def make_personal(text: str, about: str) -> Personal:
    """Return what somebody typed for the record, as it was typed.

    Raises:
        Refused: if it holds control, bidi or invisible characters, or is endless.
    """
    try:
        return Personal(clean(text, cells_max=NARRATIVE_CELLS_MAX), about)
    except BadText as bad:
        raise Refused(
            f"That text cannot be recorded: {bad}.", "Type it again."
        ) from bad


def no_conflict(session: Session, staff_id: str, context: Context) -> None:
    """Check that a member of staff is linked with nobody on the roll (ISO/IEC 17024).

    Raises:
        Refused: if they are; nobody may override that, only reassign.
    """
    links = context.linked_to(staff_id)
    one = linked_on_roll(session, links)
    if one is not None:
        raise Refused(
            f"Staff linked with a candidate ({links[one.participant_id]} of"
            f" {session.label(one)}) may not run their session.",
            "Hand over to somebody else, or assign the candidate to another session.",
        )


def linked_on_roll(session: Session, links: Collection[str]) -> Attempt | None:
    """Return the first on the roll with whom somebody with these links is linked."""
    attempts = session.attempts.values()
    linked = (one for one in attempts if one.participant_id in links)
    return next((one for one in linked if one.standing not in NEVER_STARTED), None)
