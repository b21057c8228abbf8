"""PINs: hashed slowly with argon2, never kept as they are."""

from itertools import pairwise

from cptkiosk.domain.modules import PIN_DIGITS_MAX
from cptkiosk.domain.values import Refused


def pin_rule(digits_min: int) -> str:
    """Return how long a PIN may be, in words: '6 to 12 digits'."""
    return f"{digits_min} to {PIN_DIGITS_MAX} digits"


def check_new_pin(pin: str, digits_min: int) -> None:
    """Check that a PIN may be set.

    Raises:
        Refused: if it is too short or long, is not digits, or is easy to guess.
    """
    if not pin.isascii() or not pin.isdigit():
        raise Refused("A PIN is made of digits only.", "Choose another.")
    if not digits_min <= len(pin) <= PIN_DIGITS_MAX:
        raise Refused(f"A PIN has {pin_rule(digits_min)}.", "Choose another.")
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(pin)}
    if len(steps) == 1 and steps <= {0, 1, 9}:
        raise Refused(
            "That PIN is easy to guess: one digit again and again, or digits in a row.",
            "Choose another.",
        )


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
