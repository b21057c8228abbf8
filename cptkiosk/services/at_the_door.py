"""People at the door who are not on the roll, or are on it for another module."""

from dataclasses import replace

from cptkiosk.desk import Desk, Recorded
from cptkiosk.domain.commands.planning import CorrectModule
from cptkiosk.domain.state.attempt import Attempt, AttemptProgress, attempt_id_of
from cptkiosk.domain.state.candidate import RegisterPerson, Registration, roll_name
from cptkiosk.domain.text import name_words
from cptkiosk.domain.values import Actor, Refused
from cptkiosk.services.assignment import build_assignment


def walk_in(
    desk: Desk,
    session_id: str,
    person: RegisterPerson,
    actor: Actor,
    *,
    override: str = "",
) -> Recorded:
    """Register a walk-in and assign them to the session.

    Names left empty are taken from the record. What is registered stays so even if
    the roll does not take them, so that the coordinator can settle what is missing.

    Raises:
        Refused: if the ID is another person's, or a rule speaks against it.
    """
    assert person.registration is not None, "a walk-in comes for a module"
    module_id = person.registration.module_id
    person = _known_names(desk, person)
    known = desk.session(session_id).attempts.get(
        attempt_id_of(person.participant_id, module_id)
    )
    if known is not None and known.standing is not AttemptProgress.CANCELLED:
        raise Refused("on-roll-already", person=known.person)
    _register_person(desk, person, actor)
    command = build_assignment(
        desk, session_id, person.participant_id, module_id, override=override
    )
    return desk.perform(replace(command, walk_in=True), actor)


def _known_names(desk: Desk, person: RegisterPerson) -> RegisterPerson:
    """Return who is meant, named as the record has it.

    Raises:
        Refused: if the record has that ID with another name, or no name.
    """
    known = desk.candidate(person.participant_id)
    typed = roll_name(person.family_name, person.given_name)
    if not known.participant_id:
        if not person.family_name:
            raise Refused("name-needed", participant_id=person.participant_id)
        return person
    if typed and name_words(typed) != name_words(known.person):
        raise Refused(
            "id-of-another", participant_id=person.participant_id, person=known.person
        )
    return replace(
        person, family_name=known.family_name.text, given_name=known.given_name.text
    )


def _register_person(desk: Desk, person: RegisterPerson, actor: Actor) -> None:
    (outcome,) = desk.registrar.register([person], actor)
    if isinstance(outcome, Refused):
        raise outcome


def correct_module(
    desk: Desk,
    session_id: str,
    attempt: Attempt,
    module_id: str,
    user_code: str,
    reason: str,
    actor: Actor,
) -> Recorded:
    """Assign a candidate to the module they came for; register them if needed.

    Raises:
        Refused: if they are not registered for it and no user code is given, or a
            rule speaks against it.
    """
    about = attempt.participant_id
    candidate = desk.candidate(about)
    if module_id not in candidate.registrations or user_code:
        if not user_code:
            raise Refused(
                "not-registered-module", person=desk.session(session_id).label(attempt)
            )
        known = candidate.registrations.get(module_id)
        wanted = known or Registration(
            module_id,
            factor_permille=attempt.factor_permille,
            stop_clock=attempt.stop_clock,
        )
        person = RegisterPerson(
            participant_id=about,
            family_name=candidate.family_name.text,
            given_name=candidate.given_name.text,
            registration=replace(wanted, user_code=user_code),
        )
        _register_person(desk, person, actor)
    command = CorrectModule(
        session_id=session_id,
        attempt_id=attempt.attempt_id,
        instead=build_assignment(desk, session_id, about, module_id),
        reason=reason,
    )
    return desk.perform(command, actor)
