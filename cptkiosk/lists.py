"""What lists and searches show, read from the projected tables."""

from dataclasses import dataclass

from cptkiosk.domain.session import Stage
from cptkiosk.ledger.ledger import Ledger


@dataclass(frozen=True, slots=True)
class SessionLine:
    """A session as a list shows it."""

    session_id: str
    title: str
    stage: Stage
    starts_at_utc_ms: int
    modules: tuple[str, ...]
    rooms: tuple[str, ...]
    people: int
    revision: int
    bundles: int
    scores_open: int


@dataclass(frozen=True, slots=True)
class PersonLine:
    """A candidate as a list shows them."""

    participant_id: str
    family_name: str
    given_name: str
    birth_date: str


@dataclass(frozen=True, slots=True)
class PastAttempt:
    """An attempt of one candidate, in whatever session."""

    session_id: str
    module_id: str
    standing: str
    score_state: str
    passed: bool | None
    counts: bool
    start_utc_ms: int | None


SESSIONS = """
SELECT session_id, title, stage, starts_at_utc_ms, modules, rooms, people, revision,
    bundles,
    (SELECT count(*) FROM attempt WHERE attempt.session_id = session.session_id
        AND score_lacks <> '')
FROM session
"""


def sessions(ledger: Ledger) -> tuple[SessionLine, ...]:
    """Return every session, the latest start first."""
    rows = ledger.rows(f"{SESSIONS} ORDER BY starts_at_utc_ms DESC, session_id DESC")
    return tuple(_session_line(row) for row in rows)


def open_sessions(ledger: Ledger, since_utc_ms: int) -> tuple[SessionLine, ...]:
    """Return sessions that still need somebody, and all from `since_utc_ms` on."""
    rows = ledger.rows(
        f"{SESSIONS} WHERE starts_at_utc_ms >= ? OR stage NOT IN ('sealed', 'cancelled')"
        " OR (stage = 'sealed' AND bundles = 0) ORDER BY starts_at_utc_ms, session_id",
        (since_utc_ms,),
    )
    return tuple(_session_line(row) for row in rows)


def _session_line(row: tuple[object, ...]) -> SessionLine:
    session_id, title, stage, starts, modules, rooms, people, revision, bundles, due = (
        row
    )
    return SessionLine(
        session_id=str(session_id),
        title=str(title),
        stage=Stage(str(stage)),
        starts_at_utc_ms=int(str(starts)),
        modules=tuple(filter(None, str(modules).split(","))),
        rooms=tuple(filter(None, str(rooms).split(","))),
        people=int(str(people)),
        revision=int(str(revision)),
        bundles=int(str(bundles)),
        scores_open=int(str(due)),
    )


def people(ledger: Ledger) -> tuple[PersonLine, ...]:
    """Return every candidate by name."""
    rows = ledger.rows(
        "SELECT participant_id, family_name, given_name, birth_date FROM person"
        " ORDER BY family_name, given_name, participant_id"
    )
    return tuple(PersonLine(*row) for row in rows)


def registered(
    ledger: Ledger, module_ids: tuple[str, ...]
) -> tuple[tuple[str, str], ...]:
    """Return who is registered for these modules: participant and module ids."""
    marks = ", ".join("?" * len(module_ids))
    rows = ledger.rows(
        "SELECT participant_id, module_id FROM registration"
        f" JOIN person USING (participant_id) WHERE module_id IN ({marks})"
        " ORDER BY family_name, given_name, participant_id, module_id",
        module_ids,
    )
    return tuple((row[0], row[1]) for row in rows)


def code_holder(ledger: Ledger, user_code: str, participant_id: str) -> str:
    """Return who else holds a user code, or nothing."""
    rows = ledger.rows(
        "SELECT participant_id FROM registration WHERE user_code = ?"
        " AND participant_id <> ?",
        (user_code, participant_id),
    )
    return str(rows[0][0]) if rows else ""


def history(ledger: Ledger, participant_id: str) -> tuple[PastAttempt, ...]:
    """Return every attempt of a candidate, oldest first."""
    rows = ledger.rows(
        "SELECT session_id, module_id, standing, score_state, passed, counts,"
        " start_utc_ms FROM attempt WHERE participant_id = ?"
        " ORDER BY start_utc_ms, session_id",
        (participant_id,),
    )
    return tuple(
        PastAttempt(
            session_id=row[0],
            module_id=row[1],
            standing=row[2],
            score_state=row[3],
            passed=None if row[4] is None else bool(row[4]),
            counts=bool(row[5]),
            start_utc_ms=row[6],
        )
        for row in rows
    )
