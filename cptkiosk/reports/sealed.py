"""The report that goes into a bundle: of a revision as it was sealed; it never changes."""

from collections.abc import Callable
from typing import Protocol

from cptkiosk.domain.modules import Definitions
from cptkiosk.domain.state.center import Center
from cptkiosk.domain.state.session import Session
from cptkiosk.ledger.chain import Head
from cptkiosk.reports.document import Document
from cptkiosk.reports.formats import Report
from cptkiosk.reports.session_report import session_document
from cptkiosk.reports.text import render_text
from cptkiosk.times.format import TimeFormat


class Sealed(Protocol):
    """A session as it was sealed, and what proves it."""

    @property
    def session(self) -> Session:
        """The session up to its seal."""
        ...

    @property
    def center(self) -> Center:
        """Whose session it was."""
        ...

    @property
    def times(self) -> TimeFormat:
        """How the center writes times."""
        ...

    @property
    def head(self) -> Head:
        """Where the ledger's chain ended with the seal."""
        ...

    @property
    def sealed_utc_ms(self) -> int:
        """When it was sealed."""
        ...


def sealed_report(definitions: Definitions) -> Callable[[Sealed], str]:
    """Return what makes report.txt of a bundle."""
    return lambda sealed: render_text(_sealed_document(sealed, definitions))


def _sealed_document(sealed: Sealed, definitions: Definitions) -> Document:
    """Return the report of a sealed revision.

    Credential progress is not in it: other sessions change that, and this must not.
    """
    return session_document(
        sealed.session,
        sealed.center,
        sealed.times,
        definitions,
        head=sealed.head,
        sealed_utc_ms=sealed.sealed_utc_ms,
    )


def make_sealed(sealed: Sealed, definitions: Definitions) -> Report:
    """Return the report of a sealed revision; the same revision gives the same."""
    session = sealed.session
    stem = f"session-report-{session.session_id}-r{session.revision}"
    return Report(_sealed_document(sealed, definitions), stem, sealed.center.name)
