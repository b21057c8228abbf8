"""Putting a session on the calendar."""

from dataclasses import replace

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.planning import PlanSession
from cptkiosk.domain.events.planning import SessionPlanned
from cptkiosk.domain.values import Actor


def plan_session(desk: Desk, command: PlanSession, actor: Actor) -> str:
    """Put a session on the calendar and return its ID.

    The ID carries the day of the exam, and is the next one free when it is written,
    whatever other terminals plan meanwhile. Without a title it is called after its
    modules.

    Args:
        desk: where it is recorded.
        command: the plan; its own ID is not used.
        actor: who asks.

    Raises:
        Refused: if the rules do not allow it; nothing is written.
        StorageError: if it could not be written; nothing is planned.
    """
    names = {one.id: one.short for one in desk.definitions.modules}
    modules = " + ".join(names.get(one, one) for one in command.module_ids)
    named = replace(command, session_id="", title=command.title or modules)
    recorded = desk.perform(named, actor)
    return next(
        one.event.session_id
        for one in recorded.entries
        if isinstance(one.event, SessionPlanned)
    )
