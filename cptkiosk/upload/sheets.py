"""The tables of a bundle: RFC 4180, codes and not labels, harmless in a spreadsheet."""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import partial
from zoneinfo import ZoneInfo

from cptkiosk.domain.events.results import ResultsStated
from cptkiosk.domain.state.attempt import Attempt
from cptkiosk.domain.state.score_state import ScoreState
from cptkiosk.domain.state.scoring import least_passing
from cptkiosk.domain.state.session import Irregularity, Session, disclosed_ms
from cptkiosk.domain.text import guard_formula, visible
from cptkiosk.domain.time.calendar import utc_text
from cptkiosk.domain.values import MINUTE_MS

LONGEST = 20_000
OVER_TIME_MS = MINUTE_MS
"""What the format calls over time, whatever a center's own limit for a report is: so a
revision makes the same table always."""

BYTE_ORDER_MARK = "\ufeff"

Cell = str | int | None

KEYS = ("site_code", "session_id", "revision")
RESULTS = (
    *KEYS,
    *("session_date", "attempt_id", "participant_id", "person", "module_id"),
    *("edition", "user_code", "items", "cut_percent", "least_passing", "score_state"),
    *("raw_min", "raw_max", "verdict", "vendor_verdict", "official", "passed"),
    *("validity", "counts", "continues", "irregularities"),
)
ATTEMPTS = (
    *KEYS,
    *("attempt_id", "participant_id", "person", "module_id", "edition", "user_code"),
    *("room", "seat", "outcome", "late", "start_utc", "start_local", "end_utc"),
    *("end_local", "elapsed_s", "credit_s", "breaks", "items", "cut_percent"),
    *("least_passing", "score_state", "raw_min", "raw_max", "verdict", "distance"),
    *("vendor_verdict", "discrepancy", "settled", "passed", "validity"),
    *("void_reference", "counts", "continues", "drift_ms", "irregularities"),
    "note",
)
ACCOMMODATIONS = ("allowed_s", "factor_permille", "stop_clock", "pauses")
"""What the table of a record has besides."""

NOTES = (*KEYS, "recorded_utc", "recorded_local", "recorded_by", "attempt_id", "text")
IRREGULARITIES = (
    *KEYS,
    *("irregularity_id", "code", "severity", "scope", "attempt_ids", "happened_utc"),
    *("happened_local", "estimated", "recorded_utc", "recorded_local", "recorded_by"),
    *("lost_s", "validity", "supersedes", "observed", "action_taken"),
)


def format_utc(ms: int | None) -> str:
    """Return an instant as ISO-8601 in UTC, to the second; nothing for none."""
    if ms is None:
        return ""
    return utc_text(ms)


def format_local(ms: int | None, zone: ZoneInfo) -> str:
    """Return an instant as ISO-8601 at the center, with its offset."""
    if ms is None:
        return ""
    return datetime.fromtimestamp(ms // 1000, UTC).astimezone(zone).isoformat()


def results_sheet(stated: ResultsStated, site_code: str) -> str:
    """Return one row for each attempt, with results alone."""
    keys = (site_code, stated.session_id, stated.revision, stated.session_date)
    rows = [
        (
            *keys,
            *(one.attempt_id, one.participant_id, one.person.text),
            *(one.module_id, one.edition, one.user_code, one.items, one.cut_percent),
            *(least_passing(one.items, one.cut_percent), one.score_state),
            *(one.raw_min, one.raw_max, one.verdict, one.vendor_verdict),
            *(one.official, None if one.passed is None else int(one.passed)),
            *(one.validity, int(one.counts), one.continues),
            " ".join(one.irregularities),
        )
        for one in stated.results
    ]
    return format_table(RESULTS, rows)


def record_sheet(session: Session, site_code: str, zone: ZoneInfo) -> str:
    """Return one row for each attempt, with everything: times and accommodations too."""
    keys = (site_code, session.session_id, session.revision)
    rows = [
        (
            *keys,
            *_attempt_cells(session, one, zone, session.elapsed_ms),
            *(one.allowed_ms // 1000, one.factor_permille, int(one.stop_clock)),
            len(one.stops),
        )
        for one in _sort_attempts(session)
    ]
    return format_table((*ATTEMPTS, *ACCOMMODATIONS), rows)


def attempt_sheet(session: Session, site_code: str, zone: ZoneInfo) -> str:
    """Return the table of a bundle of `schema_version` 2; without extra time and notes."""
    keys = (site_code, session.session_id, session.revision)
    rows = [
        (*keys, *_attempt_cells(session, one, zone, partial(disclosed_ms, session)))
        for one in _sort_attempts(session)
    ]
    return format_table(ATTEMPTS, rows)


def _sort_attempts(session: Session) -> list[Attempt]:
    return sorted(session.attempts.values(), key=lambda one: one.attempt_id)


def _attempt_cells(
    session: Session,
    one: Attempt,
    zone: ZoneInfo,
    count_used_ms: Callable[[Attempt, int], int],
) -> tuple[Cell, ...]:
    ended_ms = one.end_line_ms
    timed = one.start_line_ms is not None and ended_ms is not None
    used_ms = count_used_ms(one, ended_ms or 0) if timed else 0
    verified = one.score.state is ScoreState.VERIFIED
    verdict = one.verdict if verified else None
    return (
        *(one.attempt_id, one.participant_id, one.person.text),
        *(one.module.module_id, one.module.edition, one.user_code),
        *(one.room, one.seat, one.standing.value, int(one.late)),
        *(format_utc(one.start_line_ms), format_local(one.start_line_ms, zone)),
        *(format_utc(ended_ms), format_local(ended_ms, zone)),
        used_ms // 1000 if timed else None,
        one.credit_ms // 1000,
        len(one.breaks),
        *(one.module.items, one.module.cut_percent),
        least_passing(one.module.items, one.module.cut_percent),
        one.score.state.value,
        *((one.score.raw_min, one.score.raw_max) if verified else (None, None)),
        "" if verdict is None else "pass" if verdict.passed else "not pass",
        None if verdict is None else verdict.distance,
        one.score.vendor_verdict,
        *(int(one.has_discrepancy), one.settled, _pass_cell(one) if verified else None),
        *(one.validity.value, one.void_reference, int(one.counts)),
        *(one.continues, one.drift_ms, one.irregularities),
        "over time" if _over_time(session, one) else "",
    )


def _over_time(session: Session, one: Attempt) -> bool:
    """Return whether an end was recorded too long after time was up."""
    if one.end_line_ms is None or one.is_untimed:
        return False
    return session.left_ms(one, one.end_line_ms) < -OVER_TIME_MS


def _pass_cell(one: Attempt) -> Cell:
    """Return 1 or 0 by the verdict that holds, ours or the vendor's."""
    return None if one.has_passed is None else int(one.has_passed)


def note_sheet(session: Session, site_code: str, zone: ZoneInfo) -> str:
    """Return one row for each staff note, in the order they were taken."""
    keys = (site_code, session.session_id, session.revision)
    rows = [
        (
            *keys,
            *(format_utc(at.utc_ms), format_local(at.utc_ms, zone), by),
            *(note.attempt_id, note.text.text),
        )
        for at, by, note in session.notes
    ]
    return format_table(NOTES, rows)


def irregularity_sheet(session: Session, site_code: str, zone: ZoneInfo) -> str:
    """Return one row for each irregularity, in the order they were recorded."""
    keys = (site_code, session.session_id, session.revision)
    return format_table(
        IRREGULARITIES,
        [(*keys, *_irregularity_cells(one, zone)) for one in session.irregularities],
    )


def _irregularity_cells(one: Irregularity, zone: ZoneInfo) -> tuple[Cell, ...]:
    event, recorded_ms = one.event, one.recorded_at.utc_ms
    return (
        *(event.irregularity_id, event.code, event.severity, event.scope),
        " ".join(event.attempt_ids),
        format_utc(event.happened_at_utc_ms),
        format_local(event.happened_at_utc_ms, zone),
        int(event.estimated),
        *(format_utc(recorded_ms), format_local(recorded_ms, zone), one.recorded_by),
        *(event.minutes_lost * 60, event.validity, event.supersedes),
        *(event.observed.text, event.action_taken.text),
    )


def format_table(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """Return a header and rows as CSV, each text harmless.

    A byte order mark comes first: without it Excel takes UTF-8 for Windows-1252 and
    shows 'Pe\u00f1a' as 'Pe\u00c3\u00b1a'.
    """
    made = io.StringIO()
    made.write(BYTE_ORDER_MARK)
    writer = csv.writer(made, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([_safe_cell(cell) for cell in row] for row in rows)
    return made.getvalue()


def _safe_cell(cell: Cell) -> Cell:
    """Return a cell without control characters, guarded if it looks like a formula.

    A name that was let in is the same afterward, but for the guard.
    """
    if not isinstance(cell, str):
        return cell
    return guard_formula(visible(cell, LONGEST))
