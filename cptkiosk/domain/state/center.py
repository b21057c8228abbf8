"""The center and its staff: who works here, in which role, and who may sign in.

The stream `center` holds two machines. The center itself is opened once, together with
its first coordinator, and never closed:

    no center --CenterInitialised--> ready

Each member of staff has three switches that do not depend on each other:

    StaffAdded --> active ----StaffDeactivated---> inactive
                      ^                               |
                      +-------StaffReactivated--------+

    StaffAdded --> proctor <--StaffRoleChanged--> coordinator

    PinSet --> may try --SignInFailed, 10 in a row--> locked
                  ^                                      |
                  +----------------- PinSet -------------+

SignedIn starts the count again. After 4 wrong PINs in a row each further try costs a
wait, which doubles (`may_try_pin`). One active coordinator always remains, or no one
could approve, amend or let anyone back in. Roles are kept with the entry from which
they held, so that an old approval is judged by the role of its day. `center_changes`
says what each event does to a center.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from cptkiosk.domain.events import center as e
from cptkiosk.domain.events.fact import Fact
from cptkiosk.domain.text import may_be_one_name, name_words
from cptkiosk.domain.time.calendar import is_date
from cptkiosk.domain.time.instants import Instant
from cptkiosk.domain.values import Personal, Refused, Role, plural

FREE_TRIES = 4
"""Wrong PINs in a row that cost nothing but the try."""

LOCK_TRIES = 10
"""Wrong PINs in a row after which only the coordinator can unlock."""

WAIT_FIRST_MS = 30_000
"""The wait after the try that follows the free ones; it doubles with each more."""


@dataclass(frozen=True, slots=True)
class Member:
    """A staff member."""

    staff_id: str
    name: Personal
    role: Role
    trained_on: str = ""
    pin_hash: Personal | None = None
    failed: int = 0
    failed_at: Instant | None = None
    locked: bool = False
    active: bool = True
    """Whether they may sign in; False once they were deactivated."""

    roles: tuple[tuple[int, Role], ...] = ()
    """From which entry of the ledger on they have had which role."""

    @property
    def role_changed(self) -> bool:
        """Whether they were given another role than they were added with."""
        return len(self.roles) > 1


@dataclass(frozen=True, slots=True)
class Center:
    """What the entries of the stream `center` add up to."""

    name: str = ""
    site_code: str = ""
    time_zone: str = ""
    rehearsal: bool = False
    staff: Mapping[str, Member] = field(default_factory=lambda: MappingProxyType({}))
    asleep_ms: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """How long the machine is known to have slept, by boot."""

    network_folder: tuple[str, str] = ("", "")
    """Type and source of the network folder that was last accepted."""

    clock_accepted_utc_ms: int | None = None
    """What an odd wall clock showed when it was last confirmed as right."""

    key_changes: tuple[str, ...] = ()
    """By which notes the installation's keys followed each other, the first first."""

    public_key: str = ""
    """The last key that took another's place, base64; empty before the first change."""

    version: int = 0

    @property
    def is_set_up(self) -> bool:
        """Whether the first run has been done."""
        return bool(self.site_code)

    def name_of(self, staff_id: str) -> str:
        """Return the name of a staff member, or the ID if it is unknown."""
        member = self.staff.get(staff_id)
        return member.name.text if member is not None else staff_id

    @property
    def active_members(self) -> tuple[Member, ...]:
        """The staff who may sign in."""
        return tuple(one for one in self.staff.values() if one.active)

    @property
    def coordinators(self) -> frozenset[str]:
        """The staff ids of everyone who may approve what a proctor may not do."""
        people = self.active_members
        return frozenset(one.staff_id for one in people if one.role is Role.COORDINATOR)

    @property
    def coordinator_names(self) -> str:
        """The coordinators to call, at most two: 'Dana Ortiz or Robin Hale'."""
        return " or ".join(sorted(map(self.name_of, self.coordinators))[:2])

    def was_coordinator(self, staff_id: str, seq: int) -> bool:
        """Return whether a staff member was a coordinator when an entry was recorded.

        Args:
            staff_id: who recorded it, deactivated since or not.
            seq: the number of the entry.
        """
        member = self.staff.get(staff_id)
        if member is None:
            return False
        roles = [role for since, role in member.roles if since <= seq]
        return bool(roles) and roles[-1] is Role.COORDINATOR


@dataclass(frozen=True, kw_only=True)
class InitCenter:
    """Open the ledger for one center."""

    name: str
    site_code: str
    time_zone: str
    coordinator: str
    pin_hash: str
    rehearsal: bool = False
    trained_on: str = ""


@dataclass(frozen=True, kw_only=True)
class AddStaff:
    """Add a person to the staff list."""

    name: str
    role: Role
    pin_hash: str
    trained_on: str = ""


def decide_init(center: Center, command: InitCenter, today: str) -> tuple[Fact, ...]:
    """Return what the first run makes happen; `today` is the date at the center.

    Raises:
        Refused: if it was done before, or something is missing.
    """
    if center.is_set_up:
        raise Refused("already-initialized", center=center.name)
    given = (command.name, command.site_code, command.time_zone, command.coordinator)
    if not all(text.strip() for text in given):
        raise Refused("center-incomplete")
    first = AddStaff(
        name=command.coordinator,
        role=Role.COORDINATOR,
        pin_hash=command.pin_hash,
        trained_on=command.trained_on,
    )
    return (
        e.CenterInitialised(
            name=command.name,
            site_code=command.site_code,
            time_zone=command.time_zone,
            rehearsal=command.rehearsal,
        ),
        *decide_add(center, first, today),
    )


def decide_add(
    center: Center,
    command: AddStaff,
    today: str,
    candidate_names: Collection[frozenset[str]] = (),
) -> tuple[Fact, ...]:
    """Return what adding a member of staff makes happen.

    Raises:
        Refused: if that name is taken already, on the staff list or among the
            candidates (ISO/IEC 17024), or their training is to come.
    """
    _not_to_come(command.trained_on, today)
    if not command.name.strip():
        raise Refused("name-required")
    if known := _find_alike(center, command.name):
        raise Refused("staff-exists", name=known[0].name)
    words = name_words(command.name)
    if any(may_be_one_name(words, one) for one in candidate_names):
        raise Refused("staff-is-candidate", name=command.name)
    staff_id = f"s{len(center.staff) + 1}"
    return (
        e.StaffAdded(
            staff_id=staff_id,
            name=Personal(command.name, staff_id),
            role=command.role.value,
            trained_on=command.trained_on,
        ),
        e.PinSet(staff_id=staff_id, pin_hash=Personal(command.pin_hash, staff_id)),
    )


def _find_alike(center: Center, name: str) -> list[Member]:
    """Return who has a name of the same words; the one with that very name alone."""
    staff = center.staff.values()
    words = name_words(name)
    exact = [one for one in staff if one.name.text == name]
    return exact or [
        one for one in staff if words and name_words(one.name.text) == words
    ]


def find_member(center: Center, name: str) -> Member:
    """Return the member of the staff of a name, whatever its accents and capitals.

    Raises:
        Refused: if no one has that name, or more than one.
    """
    found = _find_alike(center, name)
    if not found:
        raise Refused("staff-name-unknown", name=name)
    if len(found) > 1:
        names = ", ".join(one.name.text for one in found)
        raise Refused("staff-name-ambiguous", name=name, names=names)
    return found[0]


def decide_training(
    center: Center, staff_id: str, trained_on: str, today: str
) -> tuple[Fact, ...]:
    """Return the events that record a staff member's training date.

    Raises:
        Refused: if the ID is not on the staff list, or the date is in the future.
    """
    if staff_id not in center.staff:
        raise Refused("not-on-staff-list")
    _not_to_come(trained_on, today)
    if trained_on == center.staff[staff_id].trained_on:
        return ()
    return (e.StaffTrained(staff_id=staff_id, trained_on=trained_on),)


def _not_to_come(trained_on: str, today: str) -> None:
    if trained_on and not is_date(trained_on):
        raise Refused("not-a-date", trained_on=trained_on)
    if trained_on > today:
        raise Refused("training-to-come", trained_on=trained_on, today=today)


def decide_pin(center: Center, staff_id: str, pin_hash: str) -> tuple[Fact, ...]:
    """Return the events of setting a PIN, which also unlocks the person.

    Raises:
        Refused: if the ID is not on the staff list.
    """
    if staff_id not in center.staff:
        raise Refused("not-on-staff-list")
    return (e.PinSet(staff_id=staff_id, pin_hash=Personal(pin_hash, staff_id)),)


def decide_role(center: Center, staff_id: str, role: Role) -> tuple[Fact, ...]:
    """Return the events of changing a role.

    Raises:
        Refused: if the ID is not on the staff list, or no coordinator is left.
    """
    member = _get_member(center, staff_id)
    if role is member.role:
        return ()
    if role is not Role.COORDINATOR:
        _another_coordinator(center, member)
    return (e.StaffRoleChanged(staff_id=staff_id, role=role.value),)


def decide_active(center: Center, staff_id: str, *, active: bool) -> tuple[Fact, ...]:
    """Return the events that deactivate or reactivate a staff member.

    Raises:
        Refused: if the ID is not on the staff list, or no coordinator is left.
    """
    member = _get_member(center, staff_id)
    if active is member.active:
        return ()
    if active:
        return (e.StaffReactivated(staff_id=staff_id),)
    _another_coordinator(center, member)
    return (e.StaffDeactivated(staff_id=staff_id),)


def _get_member(center: Center, staff_id: str) -> Member:
    if staff_id not in center.staff:
        raise Refused("not-on-staff-list")
    return center.staff[staff_id]


def _another_coordinator(center: Center, member: Member) -> None:
    if center.coordinators == {member.staff_id}:
        raise Refused("only-coordinator", name=member.name)


def may_act(center: Center, staff_id: str, role: Role) -> None:
    """Check that who signed in some time ago may still act, and in that role.

    Raises:
        Refused: if they were deactivated since, or are no coordinator any more.
    """
    member = center.staff.get(staff_id)
    if member is None:
        return
    if not member.active:
        raise Refused("deactivated", name=member.name)
    if member.role_changed and role is Role.COORDINATOR is not member.role:
        raise Refused("no-longer-coordinator", name=member.name)


def may_try_pin(member: Member, now: Instant) -> None:
    """Check that a person may try a PIN now.

    Raises:
        Refused: if they are deactivated or locked, or must wait after wrong tries.
    """
    if not member.active:
        raise Refused("deactivated-sign-in", name=member.name)
    if member.locked:
        raise Refused("locked", name=member.name, tries=LOCK_TRIES)
    waits = member.failed - FREE_TRIES
    if waits > 0 and member.failed_at is not None:
        wait_ms = WAIT_FIRST_MS * 2 ** (waits - 1)
        passed_ms = now.utc_ms - member.failed_at.utc_ms
        if now.boot_id == member.failed_at.boot_id:
            # Setting the wall clock does not shorten the wait.
            passed_ms = now.boot_ms - member.failed_at.boot_ms
        left_s = -(-min(wait_ms, wait_ms - passed_ms) // 1000)
        if left_s > 0:
            wait = plural(left_s, "second")
            raise Refused("wrong-pins-wait", wait=wait)
