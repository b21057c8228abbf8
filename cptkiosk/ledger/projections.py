"""The projected tables: what lists and searches read, folded from the entries.

A projection is a pure function of a stream's state, so that it can be thrown away and
folded again, byte for byte the same.
"""

from collections.abc import Iterable
from typing import Any

from cptkiosk.domain.state.attempt import Attempt
from cptkiosk.domain.state.blockers import score_lacks
from cptkiosk.domain.state.candidate import Candidate
from cptkiosk.domain.state.center import Center
from cptkiosk.domain.state.score_state import ScoreState
from cptkiosk.domain.state.session import Irregularity, Session

Row = tuple[Any, ...]
Rows = dict[str, list[Row]]

TABLES = (
    "staff", "person", "conflict", "registration", "session", "attempt", "irregularity",
)  # fmt: skip


def center_rows(center: Center) -> Rows:
    """Return what the center's state projects to."""
    return {
        "staff": [
            (one.staff_id, one.name.text, one.role.value, one.trained_on)
            for one in center.staff.values()
        ]
    }


def candidate_rows(candidate: Candidate) -> Rows:
    """Return what a candidate's state projects to."""
    about = candidate.participant_id
    return {
        "person": [
            (
                about,
                candidate.family_name.text,
                candidate.given_name.text,
                candidate.birth_date.text,
                int(candidate.consent is not None),
            )
        ],
        "conflict": [
            (about, staff_id, relation)
            for staff_id, relation in candidate.conflicts.items()
        ],
        "registration": [
            (
                about,
                one.module_id,
                one.user_code,
                one.time_permille,
                None if one.paid is None else int(one.paid),
                int(bool(one.stop_clock)),
                one.code_expires,
            )
            for one in candidate.registrations.values()
        ],
    }


def session_rows(session: Session, before: Session | None = None) -> Rows:
    """Return what a session's state projects to, leaving out what has not changed."""
    known = before.attempts if before is not None else {}
    if before is not None and before.halts != session.halts:
        # A halt dated back past someone's end changes what they had left.
        known = {}
    irregularities = session.irregularities
    if before is not None:
        irregularities = irregularities[len(before.irregularities) :]
    return {
        "session": [_session_row(session)],
        "attempt": [
            _attempt_row(session, one)
            for one in session.attempts.values()
            if known.get(one.attempt_id) is not one
        ],
        "irregularity": [_irregularity_row(session, one) for one in irregularities],
    }


def _session_row(session: Session) -> Row:
    return (
        session.session_id,
        session.title,
        session.stage.value,
        session.starts_at_utc_ms,
        session.start_line_ms,
        session.ended_utc_ms,
        ",".join(session.module_ids),
        ",".join(room.name for room in session.rooms),
        len(session.attempts),
        session.revision,
        sum(
            one.revision == session.revision and one.has_left for one in session.bundles
        ),
    )


def _attempt_row(session: Session, one: Attempt) -> Row:
    keyed = one.score.state in {
        ScoreState.ENTERED,
        ScoreState.CORRECTED,
        ScoreState.MISMATCH,
        ScoreState.VERIFIED,
    }
    return (
        session.session_id,
        one.attempt_id,
        one.participant_id,
        one.person.text,
        one.module.module_id,
        one.module.edition,
        one.module.items,
        one.module.cut_percent,
        one.factor_permille,
        one.user_code,
        one.room,
        one.seat,
        one.standing.value,
        one.start_line_ms,
        one.end_line_ms,
        one.allowed_ms,
        one.credit_ms,
        one.score.state.value,
        one.score.raw_min if keyed else None,
        one.score.raw_max if keyed else None,
        one.score.vendor_verdict,
        None if one.has_passed is None else int(one.has_passed),
        int(one.counts),
        one.validity.value,
        score_lacks(one),
        0 if one.end_line_ms is None else session.left_ms(one, one.end_line_ms),
        one.continues,
    )


def _irregularity_row(session: Session, one: Irregularity) -> Row:
    event = one.event
    return (
        event.irregularity_id,
        session.session_id,
        event.code,
        event.severity,
        event.scope,
        ",".join(event.attempt_ids),
        event.happened_at_utc_ms,
        event.minutes_lost,
        event.validity,
        event.observed.text,
        event.action_taken.text,
        event.supersedes,
        ",".join(event.missing),
    )


def insert_statement(table: str, width: int) -> str:
    """Return the statement that writes one row of a projected table."""
    assert table in TABLES
    return f"INSERT OR REPLACE INTO {table} VALUES ({', '.join('?' * width)})"


def merge_rows(many: Iterable[Rows]) -> Rows:
    """Return the rows of several states together, each table sorted."""
    together: Rows = {table: [] for table in TABLES}
    for rows in many:
        for table, some in rows.items():
            together[table].extend(some)
    for some in together.values():
        some.sort(key=lambda row: tuple(str(value) for value in row))
    return together
