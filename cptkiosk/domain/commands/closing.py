"""Commands of the close-out: paper counted back, the seal, what goes out."""

from dataclasses import dataclass

from cptkiosk.domain.commands.base import SessionCommand
from cptkiosk.domain.values import BundleKind


@dataclass(frozen=True, kw_only=True)
class ReopenSession(SessionCommand):
    """Reopen a session that was ended by mistake."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class ReconcileScratch(SessionCommand):
    """Record the count of scratch paper collected."""

    returned: int
    note: str = ""
    missing: tuple[int, ...] = ()
    """The numbers of the sheets that did not come back, as far as known."""


@dataclass(frozen=True, kw_only=True)
class SeeIrregularities(SessionCommand):
    """Record that a coordinator reviewed what they must see before the seal."""

    saw: tuple[str, ...]
    """The IDs of the reports that were named to the coordinator."""


@dataclass(frozen=True, kw_only=True)
class SealSession(SessionCommand):
    """Sign the close-out."""

    saw: tuple[str, ...] | None = None
    """The IDs of the reports the signer was shown; all of them if not given."""


@dataclass(frozen=True, kw_only=True)
class AmendSession(SessionCommand):
    """Amend a sealed session."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class RecordBundle(SessionCommand):
    """Record that a bundle was written and read back."""

    destination: str
    file_name: str
    sha256: str
    kind: BundleKind = BundleKind.RESULTS
