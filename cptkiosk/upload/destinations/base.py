"""What every destination promises, whatever its kind.

A destination takes one file at a time and answers with a receipt. Sending a file again
is always safe: the key names session, revision and destination, so the same key with
the same SHA-256 is success, and with another SHA-256 a `Conflict`, which overwrites
nothing and is shown to a person.
"""

from dataclasses import dataclass
from typing import Protocol

from cptkiosk.domain.values import BundleKind
from cptkiosk.errors import DestinationError
from cptkiosk.host.work_progress import ProgressCallback

SAFE = "The record is safe, and the bundle stays in the queue."


class Conflict(DestinationError):
    """The destination holds another file under this key; it was not changed.

    Any other `DestinationError` says that the destination itself cannot be used now.
    """


@dataclass(frozen=True, slots=True)
class Parcel:
    """One file for one destination, or for the inbox of an office."""

    key: str
    """A UUID in lower case. The same key again is the same delivery."""

    name: str
    """The file's name: letters, digits, dots, hyphens and underscores."""

    data: bytes
    sha256: str
    """The digest of `data`, in hexadecimal."""

    site_code: str = ""
    session_id: str = ""
    revision: int = 0
    """Center, session and revision, as the sender says; empty and 0 if it does not."""

    bundle: BundleKind = BundleKind.RESULTS


@dataclass(frozen=True, slots=True)
class Delivered:
    """The destination has the whole file."""

    receipt: str
    """What proves it, as text: a server's answer, or what was checked."""

    already: bool = False
    """Whether it had the same file before."""


class Destination(Protocol):
    """One place that bundles go to."""

    def deliver(self, parcel: Parcel, told: ProgressCallback) -> Delivered:
        """Hand over a file, and return what proves that it arrived.

        Args:
            parcel: the file. The same parcel again changes nothing there.
            told: is told how many bytes are done, of how many. What it raises ends the
                work, and nothing half-done is kept under the file's name.

        Raises:
            Conflict: if it has another file under this key.
            DestinationError: if it cannot take the file now; the message says what
                happened, what is safe, and what to do.
        """
        ...

    def test(self) -> str:
        """Try everything but a delivery; return what was found, as a sentence.

        It leaves nothing behind.

        Raises:
            DestinationError: if a delivery would fail.
        """
        ...


def missing_extra(purpose: str, extra: str) -> DestinationError:
    """Return what is said where the library of an extra is not installed."""
    return DestinationError(
        f"{purpose} needs a library that is not installed. {SAFE} Ask the administrator"
        f" to run: pip install 'cptkiosk[{extra}]'."
    )
