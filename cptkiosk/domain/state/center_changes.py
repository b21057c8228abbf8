"""What an event makes of the center and its staff."""

from collections.abc import Iterable
from dataclasses import replace
from functools import reduce
from types import MappingProxyType

from cptkiosk.domain.events import center as e
from cptkiosk.domain.events.fact import Entry
from cptkiosk.domain.state.center import LOCK_TRIES, Center, Member
from cptkiosk.domain.values import Role


def evolve(center: Center, entry: Entry) -> Center:
    """Return `center` after `entry`."""
    event = entry.event
    match event:
        case e.CenterInitialised():
            center = replace(
                center,
                name=event.name,
                site_code=event.site_code,
                time_zone=event.time_zone,
                rehearsal=event.rehearsal,
            )
        case e.NetworkFolderAccepted():
            center = replace(center, network_folder=(event.file_system, event.source))
        case e.KeyRotated():
            notes = (*center.key_changes, event.note)
            center = replace(center, key_changes=notes, public_key=event.public_key)
        case e.ClockAccepted():
            center = replace(center, clock_accepted_utc_ms=entry.at.utc_ms)
        case e.SuspendNoticed():
            asleep_ms = {**center.asleep_ms, event.boot_id: event.asleep_ms}
            center = replace(center, asleep_ms=MappingProxyType(asleep_ms))
        case _:
            center = _apply_to_staff(center, entry)
    return replace(center, version=entry.version)


def _apply_to_staff(center: Center, entry: Entry) -> Center:
    event = entry.event
    match event:
        case e.StaffAdded():
            member = Member(
                event.staff_id, event.name, Role(event.role), event.trained_on,
                roles=((entry.seq, Role(event.role)),),
            )  # fmt: skip
            center = _put_member(center, member)
        case e.StaffTrained():
            center = _change_member(center, event.staff_id, trained_on=event.trained_on)
        case e.StaffRoleChanged():
            role, before = Role(event.role), center.staff[event.staff_id].roles
            roles = (*before, (entry.seq, role))
            center = _change_member(center, event.staff_id, role=role, roles=roles)
        case e.StaffDeactivated() | e.StaffReactivated():
            active = isinstance(event, e.StaffReactivated)
            center = _change_member(center, event.staff_id, active=active)
        case e.PinSet():
            center = _change_member(
                center, event.staff_id, pin_hash=event.pin_hash, failed=0, locked=False
            )
        case e.SignedIn():
            center = _change_member(center, event.staff_id, failed=0, locked=False)
        case e.SignInFailed():
            failed = center.staff[event.staff_id].failed + 1
            center = _change_member(
                center,
                event.staff_id,
                failed=failed,
                failed_at=entry.at,
                locked=failed >= LOCK_TRIES,
            )
        case _:
            pass
    return center


def _put_member(center: Center, member: Member) -> Center:
    staff = {**center.staff, member.staff_id: member}
    return replace(center, staff=MappingProxyType(staff))


def _change_member(center: Center, staff_id: str, **changes: object) -> Center:
    member = replace(center.staff[staff_id], **changes)  # type: ignore[arg-type]
    return _put_member(center, member)


def replay(entries: Iterable[Entry]) -> Center:
    """Fold a whole stream into the center it leaves."""
    return reduce(evolve, entries, Center())
