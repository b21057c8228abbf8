"""Facts about the center and its staff (stream `center`)."""

from cptkiosk.domain.events.fact import Fact, fact
from cptkiosk.domain.values import Personal


@fact("center-initialised.v1")
class CenterInitialised(Fact):
    """The ledger was opened for one center."""

    name: str
    site_code: str
    time_zone: str
    rehearsal: bool = False


@fact("staff-added.v1")
class StaffAdded(Fact):
    """A person was added to the staff list."""

    staff_id: str
    name: Personal
    role: str
    trained_on: str = ""


@fact("staff-trained.v1")
class StaffTrained(Fact):
    """The date of a staff member's training was recorded or corrected."""

    staff_id: str
    trained_on: str


@fact("staff-role-changed.v1")
class StaffRoleChanged(Fact):
    """A staff member got another role."""

    staff_id: str
    role: str


@fact("staff-deactivated.v1")
class StaffDeactivated(Fact):
    """A staff member can no longer sign in; their past steps keep their name."""

    staff_id: str


@fact("staff-reactivated.v1")
class StaffReactivated(Fact):
    """A deactivated staff member can sign in again."""

    staff_id: str


@fact("pin-set.v1")
class PinSet(Fact):
    """A PIN was set; its hash stays outside the chain."""

    staff_id: str
    pin_hash: Personal


@fact("signed-in.v1")
class SignedIn(Fact):
    """A staff member signed in at a terminal."""

    staff_id: str


@fact("signed-out.v1")
class SignedOut(Fact):
    """A staff member signed out of a terminal, or locked it."""

    staff_id: str


@fact("sign-in-failed.v1")
class SignInFailed(Fact):
    """A wrong PIN was entered."""

    staff_id: str


@fact("clock-step-noticed.v1")
class ClockStepNoticed(Fact):
    """Wall clock and boot clock moved apart; no remaining time changed."""

    step_ms: int


@fact("clock-accepted.v1")
class ClockAccepted(Fact):
    """The wall clock looked wrong, and a staff member confirmed it."""

    code: str
    shown: str
    """The date at the center that it showed."""

    last: str = ""
    """The date of the last entry before; empty if there was none."""


@fact("suspend-noticed.v1")
class SuspendNoticed(Fact):
    """The machine slept, and every clock here counted on."""

    slept_ms: int
    boot_id: str
    asleep_ms: int
    """How long it has slept in all since it booted."""


@fact("boot-noticed.v1")
class BootNoticed(Fact):
    """A terminal first saw a new boot of the machine, or another machine."""

    boot_id: str
    away_ms: int


@fact("network-folder-accepted.v1")
class NetworkFolderAccepted(Fact):
    """The administrator said that only one machine opens this record's network folder."""

    file_system: str
    source: str


@fact("record-begun-anew.v1")
class RecordBegunAnew(Fact):
    """A new record was begun where an earlier one was missing, by explicit command."""

    found: str
    """What the earlier record left, as it was said then."""


@fact("backup-written.v1")
class BackupWritten(Fact):
    """A verified copy of the ledger was written."""

    name: str
    entries: int


@fact("key-rotated.v1")
class KeyRotated(Fact):
    """The installation signs with a new key from here on."""

    public_key: str
    """The new key, base64."""

    note: str
    """That it follows the old one, signed by both; see `cptkiosk.proof.keys`."""
