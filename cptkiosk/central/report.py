"""What the office asks of its tables: every number comes from a documented view."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from cptkiosk.upload.postgres import Connection


@dataclass(frozen=True, slots=True)
class Totals:
    """How much there is of everything."""

    centers: int
    sessions: int
    attempts: int
    credentials: int
    waiting: int
    rejected: int


@dataclass(frozen=True, slots=True)
class PassRate:
    """How many of some scored attempts passed."""

    name: str
    """A module, or a center."""

    scored: int
    passed: int
    pass_percent: float


@dataclass(frozen=True, slots=True)
class VendorStatus:
    """How many verified scores the vendor has confirmed how far."""

    official: str
    """Empty if the bundle does not say."""

    scores: int


@dataclass(frozen=True, slots=True)
class IrregularityCount:
    """What an irregularity of a code did."""

    code: str
    attempts: int
    """How many scores it flagged or withheld."""

    centers: int


@dataclass(frozen=True, slots=True)
class LateUpload:
    """A revision that came more than three days after its session."""

    site_code: str
    session_id: str
    revision: int
    session_date: date
    received_at: datetime
    days: int


@dataclass(frozen=True, slots=True)
class Rejection:
    """A bundle that did not fit."""

    file_name: str
    site_code: str
    session_id: str
    revision: int
    reason: str
    rejected_at: datetime


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that `central report` prints."""

    totals: Totals
    modules: tuple[PassRate, ...]
    centers: tuple[PassRate, ...]
    """The lowest pass rate first."""

    official: tuple[VendorStatus, ...]
    irregularities: tuple[IrregularityCount, ...]
    late: tuple[LateUpload, ...]
    rejected: tuple[Rejection, ...]
    latest: date | None
    """The day of the latest session."""


TOTALS = """
SELECT
  (SELECT count(*) FROM centers),
  (SELECT count(*) FROM current_revisions),
  (SELECT count(*) FROM current_attempts),
  (SELECT count(*) FROM credentials_earned),
  (SELECT count(*) FROM inbox WHERE state = 'waiting'),
  (SELECT count(*) FROM open_rejections)
"""
OFFICIAL = """
SELECT official, count(*)
FROM current_attempts
WHERE score_state = 'verified'
GROUP BY official
ORDER BY official
"""
IRREGULARITIES = """
SELECT code, CAST(sum(attempts) AS bigint), count(*)
FROM irregularity_counts
GROUP BY code
ORDER BY 2 DESC, code
"""
LATE = """
SELECT site_code, session_id, revision, session_date, received_at, days
FROM late_uploads
ORDER BY days DESC, site_code, session_id, revision
"""
REJECTED = """
SELECT file_name, site_code, session_id, revision, reason, rejected_at
FROM open_rejections
ORDER BY rejected_at, delivery_key
"""


def read_report(connection: Connection) -> Report:
    """Return the figures, all of the same moment."""
    with connection.transaction():
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        rates = connection.execute(
            "SELECT site_code, module_id, scored, passed FROM pass_rates"
        ).fetchall()
        totals = connection.execute(TOTALS).fetchone()
        latest = connection.execute(
            "SELECT max(session_date) FROM current_revisions"
        ).fetchone()
        assert totals is not None, "a row of counts"
        assert latest is not None, "a row with the maximum"
        centers = _sum_rates((site, scored, ok) for site, _, scored, ok in rates)
        return Report(
            totals=Totals(*totals),
            modules=tuple(
                _sum_rates((module, scored, ok) for _, module, scored, ok in rates)
            ),
            centers=tuple(
                sorted(centers, key=lambda one: (one.pass_percent, one.name))
            ),
            official=tuple(VendorStatus(*row) for row in connection.execute(OFFICIAL)),
            irregularities=tuple(
                IrregularityCount(*row) for row in connection.execute(IRREGULARITIES)
            ),
            late=tuple(LateUpload(*row) for row in connection.execute(LATE)),
            rejected=tuple(Rejection(*row) for row in connection.execute(REJECTED)),
            latest=latest[0],
        )


def _sum_rates(rows: Any) -> list[PassRate]:
    sums: dict[str, tuple[int, int]] = {}
    for name, scored, passed in rows:
        before = sums.get(name, (0, 0))
        sums[name] = (before[0] + scored, before[1] + passed)
    return [
        PassRate(name, scored, passed, round(100 * passed / scored, 1))
        for name, (scored, passed) in sorted(sums.items())
    ]
