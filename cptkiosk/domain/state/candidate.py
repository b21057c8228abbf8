"""Who a candidate is, and what they are registered for.

A candidate has no stages of their own: the stream `candidate/<participant id>` collects
facts, and several small machines run side by side in it.

The person. Once forgotten, the texts that name them are gone from the file; results
and the chain stay, and what is recorded afterward is kept like anyone's:

    unknown --PersonRegistered--> known --PersonForgotten--> forgotten
                                  |   ^
                                  +---+ PersonChanged

Each module they are registered for. An empty cell of a roster erases nothing, and more
time, once a check-in has opened, takes a coordinator and a reason (`granted`):

    none --ModuleRegistered--> registered
                               |   ^
                               +---+ RegistrationChanged

Each other person of the same name. The kiosk points them out; only a coordinator says
that they are two people. If the other is on the staff, nothing is registered before:

    none --NamesakeNoticed--> noticed --TwoPeopleDecided--> decided
      |                                                        ^
      +------------------- TwoPeopleDecided -------------------+

Each member of staff who teaches, supervises or is close to them (ISO/IEC 17024):

    none --ConflictDeclared--> linked --ConflictWithdrawn--> withdrawn
                                 ^                               |
                                 +------- ConflictDeclared ------+

Consent, supplements and settled fees only add up. `candidate_changes` says what each
event does; `candidate_rules` has the rules besides the registration below.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from cptkiosk.domain.events import candidate as e
from cptkiosk.domain.events.fact import Fact
from cptkiosk.domain.time.timing import UNTIMED
from cptkiosk.domain.values import Actor, Personal, Refused

NOBODY = Personal("", "")
STANDARD = 1000


@dataclass(frozen=True, slots=True)
class Registration:
    """A person and a module."""

    module_id: str
    user_code: str = ""
    factor_permille: int | None = None
    """Thousandths of the standard time, 0 is untimed; None: not said."""

    paid: bool | None = None
    stop_clock: bool | None = None
    code_expires: str = ""
    """ISO date, the last on which the user code opens the assessment."""

    @property
    def time_permille(self) -> int:
        """The time that holds: where nothing was said, the standard one."""
        return STANDARD if self.factor_permille is None else self.factor_permille


@dataclass(frozen=True, slots=True)
class Settlement:
    """What was paid, waived or invoiced of one thing due."""

    item: str
    amount_cents: int
    how: str
    reference: Personal


@dataclass(frozen=True, slots=True)
class Namesake:
    """A person of the same name: a staff member, or born on the same day."""

    other: str
    """Their ID."""

    of_staff: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """What the entries about one person add up to."""

    participant_id: str = ""
    family_name: Personal = NOBODY
    given_name: Personal = NOBODY
    birth_date: Personal = NOBODY
    registrations: Mapping[str, Registration] = field(
        default_factory=lambda: MappingProxyType({})
    )
    raised_seq: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """By module, the entry that gave the time or the breaks that are granted now."""

    consent: Personal | None = None
    conflicts: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Who of the staff is linked with this candidate, and how; withdrawn: nothing."""

    namesakes: Mapping[Namesake, Personal | None] = field(
        default_factory=lambda: MappingProxyType({})
    )
    """Who else has the same name, and why they are two people, once decided."""

    supplements: tuple[str, ...] = ()
    settlements: tuple[Settlement, ...] = ()
    forgotten: bool = False
    version: int = 0

    @property
    def person(self) -> str:
        """The name as a roll shows it: 'Brown, DeShawn'."""
        return roll_name(self.family_name.text, self.given_name.text)


def roll_name(family_name: str, given_name: str) -> str:
    """Return a name as a roll shows it."""
    return f"{family_name}, {given_name}" if given_name else family_name


@dataclass(frozen=True, kw_only=True)
class RegisterPerson:
    """Make the record say who this is and what they are registered for."""

    participant_id: str
    family_name: str
    given_name: str
    birth_date: str = ""
    registration: Registration | None = None
    reason: str = ""
    """Why more time or stop-clock breaks are given after a check-in has opened."""

    two_people: str = ""
    """Why this is not the other person of that name on record, if there is one."""

    doubt: str = ""
    """What speaks against it, as in `RowAccepted`; empty if nothing does."""

    accepted: str = ""
    """Why it is right all the same."""


@dataclass(frozen=True, slots=True)
class Door:
    """Whether the doors are open already, and who asks."""

    open_modules: Mapping[str, int] = field(
        default_factory=lambda: MappingProxyType({})
    )
    """Modules of sessions that are open and not over; the entry that opened the first."""

    actor: Actor | None = None
    signed_in: Actor | None = None
    """Who asks for more time, where the actor approved only what was decided."""

    namesakes: tuple[Namesake, ...] = ()
    """Who on record has the name of the person who is registered."""


SHUT = Door()


class StaffNamesake(Refused):
    """A candidate has the name of a staff member, and it is not decided yet."""


def decide(
    candidate: Candidate,
    command: RegisterPerson,
    door: Door = SHUT,
) -> tuple[Fact, ...]:
    """Return what a roster row makes happen; nothing if it says nothing new.

    What a roster leaves empty (birth date, code, time, payment, stop-clock) never
    erases what is known.

    Raises:
        Refused: if this may be one of the center's own staff (ISO/IEC 17024), or
            gives more time after a check-in opened, or is against a doubt, without
            coordinator or reason.
    """
    namesakes = tuple(_point_out_namesakes(candidate, command, door))
    accepted = _accept_doubt(command, door)
    events: list[Fact] = []
    about = command.participant_id
    birth_date = command.birth_date or candidate.birth_date.text
    family_name = Personal(command.family_name, about)
    given_name = Personal(command.given_name, about)
    born = Personal(birth_date, about)
    known = (candidate.family_name, candidate.given_name, candidate.birth_date)
    if not candidate.participant_id or known != (family_name, given_name, born):
        kind = e.PersonChanged if candidate.participant_id else e.PersonRegistered
        events.append(
            kind(
                participant_id=about,
                family_name=family_name,
                given_name=given_name,
                birth_date=born,
            )
        )
    events.extend(namesakes)
    if command.registration is not None:
        granted = _late_time_reason(candidate, command, door)
        events.extend(_register_person(candidate, command.registration, about, granted))
    return (*events, *accepted) if events else ()


def _accept_doubt(command: RegisterPerson, door: Door) -> tuple[Fact, ...]:
    """Return the coordinator's reason to register a person despite a doubt.

    Raises:
        Refused: if there is a doubt, and no coordinator or no reason.
    """
    if not command.doubt:
        return ()
    if door.actor is not None:
        door.actor.must_be_coordinator("accept-doubt")
    if not command.accepted.strip():
        raise Refused("accepting-needs-reason")
    about = command.participant_id
    reason = Personal(command.accepted.strip(), about)
    return (e.RowAccepted(participant_id=about, doubt=command.doubt, reason=reason),)


def _point_out_namesakes(
    candidate: Candidate, command: RegisterPerson, door: Door
) -> Iterator[Fact]:
    """Point out who else has this name, or record that they are two people.

    Raises:
        Refused: if it is a staff member and that is not decided.
    """
    about = command.participant_id
    for one in door.namesakes:
        if candidate.namesakes.get(one) is not None:
            continue
        if reason := command.two_people.strip():
            if door.actor is not None:
                door.actor.must_be_coordinator("two-people")
            yield e.TwoPeopleDecided(
                participant_id=about,
                other=one.other,
                of_staff=one.of_staff,
                reason=Personal(reason, about),
            )
        elif one.of_staff:
            name = roll_name(command.family_name, command.given_name)
            raise StaffNamesake("staff-namesake", person=name)
        elif one not in candidate.namesakes:
            yield e.NamesakeNoticed(participant_id=about, other=one.other)


def _late_time_reason(
    candidate: Candidate, command: RegisterPerson, door: Door
) -> Personal | None:
    """Return why more time is given although a check-in has opened, if it is.

    Raises:
        Refused: if it is not the coordinator who gives it, or no reason is given.
    """
    wanted = command.registration
    assert wanted is not None, "there is a registration to look at"
    opened_seq = door.open_modules.get(wanted.module_id)
    if opened_seq is None:
        return None
    known = candidate.registrations.get(wanted.module_id)
    if not gives_more(known or _largest_grant(candidate, opened_seq), wanted):
        return None
    granting = door.signed_in or door.actor
    if granting is not None:
        granting.must_be_coordinator("more-time")
    if not command.reason.strip():
        raise Refused("more-time-reason")
    return Personal(command.reason.strip(), command.participant_id)


def _largest_grant(candidate: Candidate, before_seq: int) -> Registration:
    """Return the most time granted for any module before an entry.

    It is theirs, for other modules too; what was given since is not a way around.
    """
    granted = [
        one
        for module_id, one in candidate.registrations.items()
        if candidate.raised_seq.get(module_id, 0) < before_seq
    ]
    times = {one.time_permille for one in granted} or {STANDARD}
    most = UNTIMED if UNTIMED in times else max(times)
    return Registration("", "", most, stop_clock=any(one.stop_clock for one in granted))


def gives_more(known: Registration, wanted: Registration) -> bool:
    """Return whether a registration gives more time or breaks than the known one."""
    if wanted.stop_clock and not known.stop_clock:
        return True
    if wanted.factor_permille is None or known.time_permille == UNTIMED:
        return False
    return wanted.factor_permille == UNTIMED or (
        wanted.factor_permille > known.time_permille
    )


def _register_person(
    candidate: Candidate,
    wanted: Registration,
    participant_id: str,
    granted: Personal | None,
) -> tuple[Fact, ...]:
    known = candidate.registrations.get(wanted.module_id)
    kind: type[e.RegistrationFact] = e.ModuleRegistered
    if known is not None:
        kind = e.RegistrationChanged
        wanted = replace(
            wanted,
            user_code=wanted.user_code or known.user_code,
            factor_permille=known.factor_permille
            if wanted.factor_permille is None
            else wanted.factor_permille,
            paid=known.paid if wanted.paid is None else wanted.paid,
            stop_clock=known.stop_clock
            if wanted.stop_clock is None
            else wanted.stop_clock,
            code_expires=wanted.code_expires
            or (
                known.code_expires if wanted.user_code in {"", known.user_code} else ""
            ),
        )
        if wanted == known:
            return ()
    return (
        kind(
            participant_id=participant_id,
            module_id=wanted.module_id,
            user_code=wanted.user_code,
            factor_permille=wanted.time_permille,
            paid=wanted.paid,
            stop_clock=wanted.stop_clock,
            code_expires=wanted.code_expires,
            granted=granted,
        ),
    )
