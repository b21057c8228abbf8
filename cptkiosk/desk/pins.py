"""PINs: hashed slowly with argon2, never kept as they are; and who signs with them."""

from contextlib import suppress
from itertools import pairwise

from cptkiosk.desk.clock_check import ClockCheck
from cptkiosk.desk.pipeline import Events, Pipeline
from cptkiosk.desk.record import Record
from cptkiosk.domain.events.center import SignedIn, SignedOut, SignInFailed
from cptkiosk.domain.events.fact import Fact
from cptkiosk.domain.modules import PIN_DIGITS_MAX
from cptkiosk.domain.state.center import Center, Member, may_try_pin
from cptkiosk.domain.values import Actor, Refused, Role
from cptkiosk.ledger.streams import center_stream


def pin_rule(digits_min: int) -> str:
    """Return how long a PIN may be, in words: '6 to 12 digits'."""
    return f"{digits_min} to {PIN_DIGITS_MAX} digits"


def check_new_pin(pin: str, digits_min: int) -> None:
    """Check that a PIN may be set.

    Raises:
        Refused: if it is too short or long, is not digits, or is easy to guess.
    """
    if not pin.isascii() or not pin.isdigit():
        raise Refused("pin-not-digits")
    if not digits_min <= len(pin) <= PIN_DIGITS_MAX:
        raise Refused("pin-length", rule=pin_rule(digits_min))
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(pin)}
    if len(steps) == 1 and steps <= {0, 1, 9}:
        raise Refused("pin-easy")


def hash_new_pin(pin: str, digits_min: int) -> str:
    """Return the hash of a PIN that may be set.

    Raises:
        Refused: as `check_new_pin`.
    """
    check_new_pin(pin, digits_min)
    return hash_pin(pin)


def hash_pin(pin: str) -> str:
    """Return a salted argon2 hash that carries its own parameters."""
    # Start-up time: argon2 is loaded with the first PIN.
    from argon2 import PasswordHasher
    from argon2.profiles import RFC_9106_LOW_MEMORY

    return PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY).hash(pin)


def pin_fits(pin: str, pin_hash: str) -> bool:
    """Return whether a PIN is the one that was hashed."""
    # Start-up time: argon2 is loaded with the first PIN.
    from argon2 import PasswordHasher
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return PasswordHasher().verify(pin_hash, pin)
    except (VerificationError, InvalidHashError):
        return False


class Pins:
    """Signs staff in and out and checks PINs; wrong PINs are recorded and lock."""

    def __init__(
        self, record: Record, pipeline: Pipeline, clock_check: ClockCheck
    ) -> None:
        self._record = record
        self._pipeline = pipeline
        self._clock_check = clock_check

    def sign_in(
        self, staff_id: str, pin: str, *, clock_is_right: bool = False
    ) -> Actor:
        """Sign a staff member in by PIN; a wrong one is recorded.

        Raises:
            Refused: if the PIN is wrong, they may not try now, or the wall clock is
                odd and is not confirmed by a person who may.
        """
        member = self.check_pin(staff_id, pin)
        actor = Actor(staff_id, member.role)

        def decide(center: Center) -> Events:
            clock = self._clock_check.decide(actor, is_right=clock_is_right)
            signed_in = SignedIn(staff_id=staff_id)
            return (*clock, *self._decide_try(center, staff_id, signed_in))

        self._pipeline.ask(actor, center_stream(), decide)
        return actor

    def check_pin(self, staff_id: str, pin: str) -> Member:
        """Check a PIN, for a sign-in or a signature; a wrong one is recorded.

        Raises:
            Refused: if the PIN is wrong, or they may not try now.
        """
        self._record.catch_up()
        member = self._record.center.staff.get(staff_id)
        if member is None:
            raise Refused("not-on-staff-list")
        may_try_pin(member, self._record.now())
        stored = member.pin_hash.text if member.pin_hash else ""
        if not pin_fits(pin, stored):
            failed = SignInFailed(staff_id=staff_id)
            self._pipeline.ask(
                Actor(staff_id, member.role),
                center_stream(),
                lambda center: self._decide_try(center, staff_id, failed),
            )
            raise Refused("wrong-pin")
        return member

    def _decide_try(self, center: Center, staff_id: str, event: Fact) -> Events:
        """Return what a try led to, if tries at other terminals left it one."""
        may_try_pin(center.staff[staff_id], self._record.now())
        return (event,)

    def check_approver(self, staff_id: str, pin: str, asker: Actor) -> Actor:
        """Check a coordinator's PIN; return the actor for a step of another person.

        Raises:
            Refused: if the PIN is wrong, or not a coordinator's.
        """
        if self.check_pin(staff_id, pin).role is not Role.COORDINATOR:
            raise Refused("approver-not-coordinator")
        return Actor(staff_id, Role.COORDINATOR, asked_by=asker.staff_id)

    def sign_out(self, actor: Actor) -> None:
        """Record that a staff member left a terminal, or locked it.

        They may leave whatever their role is by now. For a deactivated person nothing
        is recorded any more.
        """
        out = SignedOut(staff_id=actor.staff_id)
        with suppress(Refused):
            self._pipeline.ask(
                Actor(actor.staff_id, Role.PROCTOR), center_stream(), lambda _: (out,)
            )
