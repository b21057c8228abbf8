"""Facts about the close-out: paper counted back, the seal, what went out."""

from cptkiosk.domain.events.fact import Fact, fact
from cptkiosk.domain.values import BundleKind, Personal


@fact("session-reopened.v1", step="the reopening of the session", instead="end-again")
class SessionReopened(Fact):
    """The session was ended by mistake."""

    reason: Personal


@fact("scratch-reconciled.v1", step="the scratch paper count", instead="count-again")
class ScratchReconciled(Fact):
    """The collected scratch paper was counted."""

    issued: int
    returned: int
    note: Personal
    missing: tuple[int, ...] = ()
    """The numbers of the sheets that did not come back, as far as is known."""


@fact(
    "irregularities-seen.v1",
    step="the review of irregularities",
    instead="correct-a-report-instead",
)
class IrregularitiesSeen(Fact):
    """A coordinator reviewed irregularities of severity 2 or more."""

    irregularity_ids: tuple[str, ...]


@fact("session-sealed.v1")
class SessionSealed(Fact):
    """The lead proctor signed the close-out."""

    revision: int
    signed_by: str


@fact("session-amended.v1")
class SessionAmended(Fact):
    """The coordinator amended a sealed session."""

    reason: Personal


@fact("bundle-written.v1")
class BundleWritten(Fact):
    """A sealed revision was written to a destination and read back."""

    revision: int
    destination: str
    file_name: str
    sha256: str
    bundle_kind: str = ""
    """What it tells, see `BundleKind`; empty in older entries, which had one kind."""

    @property
    def has_left(self) -> bool:
        """Whether results went out with it; a record is for the archive."""
        return self.bundle_kind != BundleKind.RECORD
