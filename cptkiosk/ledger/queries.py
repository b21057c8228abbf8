"""What lists and searches show, read from the projected tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cptkiosk.domain.people.eligibility_case import (
    CandidateHistory,
    PastAttempt,
    SameName,
)
from cptkiosk.domain.rules.rule import Booking
from cptkiosk.domain.state.attempt import AttemptProgress
from cptkiosk.domain.state.score_state import ScoreState, Validity
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.time.timing import UNTIMED
from cptkiosk.domain.values import DAY_MS
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


SESSIONS = """
SELECT session_id, title, stage, starts_at_utc_ms, modules, rooms, people, revision,
    bundles,
    (SELECT count(*) FROM attempt WHERE attempt.session_id = session.session_id
        AND score_lacks <> '')
FROM session
"""


def list_sessions(ledger: Ledger) -> tuple[SessionLine, ...]:
    """Return every session, the latest start first."""
    rows = ledger.rows(f"{SESSIONS} ORDER BY starts_at_utc_ms DESC, session_id DESC")
    return tuple(_session_line(row) for row in rows)


def open_sessions(ledger: Ledger, since_utc_ms: int) -> tuple[SessionLine, ...]:
    """Return sessions that still need someone, and all from `since_utc_ms` on."""
    rows = ledger.rows(
        f"{SESSIONS} WHERE starts_at_utc_ms >= ? OR stage NOT IN ('sealed', 'cancelled')"
        " OR (stage = 'sealed' AND bundles = 0) ORDER BY starts_at_utc_ms, session_id",
        (since_utc_ms,),
    )
    return tuple(_session_line(row) for row in rows)


LACKS_REPORT = """
SELECT session_id FROM session WHERE stage = 'sealed' AND starts_at_utc_ms >= ?
    AND (SELECT count(*) FROM attempt WHERE attempt.session_id = session.session_id
        AND score_state = 'verified')
    > (SELECT count(DISTINCT json_extract(body, '$.attempt_id')) FROM entry
        WHERE stream = 'session/' || session.session_id
        AND kind = 'official-reported.v1')
"""


def lack_report(ledger: Ledger, since_utc_ms: int) -> frozenset[str]:
    """Return the sealed sessions since then with fewer official reports than scores."""
    return frozenset(row[0] for row in ledger.rows(LACKS_REPORT, (since_utc_ms,)))


def _session_line(row: Sequence[Any]) -> SessionLine:
    session_id, title, stage, starts, modules, rooms, *counts = row
    return SessionLine(
        *(session_id, title, Stage(stage), starts),
        *(_split_names(modules), _split_names(rooms)),
        *counts,
    )


def _split_names(text: str) -> tuple[str, ...]:
    return tuple(filter(None, text.split(",")))


WHATEVER_THE_CLOCK = (
    "backup-written.v1", "bundle-written.v1", "bundle-not-written.v1",
    "bundle-delivered.v1",
    "sign-in-failed.v1", "signed-out.v1", "network-folder-accepted.v1",
)  # fmt: skip
"""What is recorded without a look at the clock, and so says nothing about it."""


def last_recorded_utc_ms(ledger: Ledger) -> int | None:
    """Return when someone last recorded something; `None` if no one ever did."""
    marks = ", ".join("?" * len(WHATEVER_THE_CLOCK))
    rows = ledger.rows(
        "SELECT at_utc_ms FROM entry WHERE actor <> ''"
        f" AND kind NOT IN ({marks}) ORDER BY seq DESC LIMIT 1",
        WHATEVER_THE_CLOCK,
    )
    return rows[0][0] if rows else None


def list_bookings(ledger: Ledger) -> tuple[Booking, ...]:
    """Return the sessions that are planned or under way, with their rooms."""
    rows = ledger.rows(
        f"{SESSIONS} WHERE stage IN ('planned', 'check-in', 'running', 'halted')"
        " ORDER BY session_id"
    )
    return tuple(
        Booking(one.session_id, one.rooms, one.modules, one.starts_at_utc_ms)
        for one in map(_session_line, rows)
    )


def list_people(ledger: Ledger) -> tuple[PersonLine, ...]:
    """Return every candidate by name."""
    rows = ledger.rows(
        "SELECT participant_id, family_name, given_name, birth_date FROM person"
        " ORDER BY family_name, given_name, participant_id"
    )
    return tuple(PersonLine(*row) for row in rows)


def user_codes(ledger: Ledger) -> dict[tuple[str, str], str]:
    """Return the user codes on record, by participant and module."""
    rows = ledger.rows(
        "SELECT participant_id, module_id, user_code FROM registration"
        " WHERE user_code <> ''"
    )
    return {(who, module_id): code for who, module_id, code in rows}


def list_registered(
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
    """Return who else holds a user code, or once tested with it; or an empty string."""
    rows = ledger.rows(
        "SELECT participant_id FROM registration WHERE user_code = ?1"
        " AND participant_id <> ?2 UNION ALL SELECT participant_id FROM attempt"
        " WHERE user_code = ?1 AND participant_id <> ?2 AND start_utc_ms IS NOT NULL"
        " LIMIT 1",
        (user_code, participant_id),
    )
    return str(rows[0][0]) if rows else ""


TAKEN = """
SELECT session_id, attempt_id, module_id, standing, score_state,
    session.starts_at_utc_ms, attempt.start_utc_ms, attempt.end_utc_ms, allowed_ms,
    left_ms, user_code, passed, counts, validity, continues, factor_permille
FROM attempt JOIN session USING (session_id)
WHERE participant_id = ?
ORDER BY coalesce(attempt.start_utc_ms, session.starts_at_utc_ms), session_id,
    module_id
"""


def past_attempts(ledger: Ledger, participant_id: str) -> tuple[PastAttempt, ...]:
    """Return every attempt of a candidate, oldest first."""
    return tuple(
        PastAttempt(
            session_id=row[0],
            attempt_id=row[1],
            module_id=row[2],
            standing=AttemptProgress(row[3]),
            score_state=ScoreState(row[4]),
            planned_utc_ms=row[5],
            start_utc_ms=row[6],
            end_utc_ms=row[7],
            allowed_ms=row[8],
            left_ms=row[9],
            user_code=row[10],
            passed=None if row[11] is None else bool(row[11]),
            counts=bool(row[12]),
            void=row[13] == Validity.VOID,
            withheld=row[13] == Validity.WITHHELD,
            continues=row[14],
            untimed=row[15] == UNTIMED,
        )
        for row in ledger.rows(TAKEN, (participant_id,))
    )


@dataclass(frozen=True, slots=True)
class TakenLine:
    """An attempt that has begun, and whose it is."""

    session_id: str
    attempt_id: str
    participant_id: str
    person: str
    module_id: str
    user_code: str


def list_taken(ledger: Ledger) -> tuple[TakenLine, ...]:
    """Return every attempt whose clock has begun, oldest first."""
    rows = ledger.rows(
        "SELECT session_id, attempt_id, participant_id, person, module_id, user_code"
        " FROM attempt WHERE start_utc_ms IS NOT NULL"
        " ORDER BY start_utc_ms, session_id, attempt_id"
    )
    return tuple(TakenLine(*row) for row in rows)


SAME_NAMES = """
SELECT DISTINCT other.participant_id, other.session_id, day.starts_at_utc_ms
FROM session AS here
CROSS JOIN attempt AS mine
    ON mine.session_id = here.session_id AND mine.participant_id = ?1
CROSS JOIN session AS day
    ON abs(day.starts_at_utc_ms - here.starts_at_utc_ms) < ?3
    AND day.session_id <> here.session_id
CROSS JOIN attempt AS other
    ON other.session_id = day.session_id AND other.person = mine.person
    AND other.participant_id <> ?1
WHERE here.session_id = ?2
ORDER BY 2, 1
"""


def same_names(
    ledger: Ledger, participant_id: str, session_id: str
) -> tuple[SameName, ...]:
    """Return who has someone's name in other sessions within a day of one."""
    rows = ledger.rows(SAME_NAMES, (participant_id, session_id, DAY_MS))
    return tuple(SameName(*row) for row in rows)


def candidate_history(
    ledger: Ledger, participant_id: str, session_id: str
) -> CandidateHistory:
    """Return what the record knows of a candidate outside one session."""
    rows = ledger.rows(
        "SELECT birth_date, consent FROM person WHERE participant_id = ?",
        (participant_id,),
    )
    expires = ledger.rows(
        "SELECT module_id, code_expires FROM registration"
        " WHERE participant_id = ? AND code_expires <> ''",
        (participant_id,),
    )
    return CandidateHistory(
        birth_date=str(rows[0][0]) if rows else "",
        consent=bool(rows and rows[0][1]),
        code_expires=dict(expires),
        same_names=same_names(ledger, participant_id, session_id),
        taken=tuple(
            one
            for one in past_attempts(ledger, participant_id)
            if one.session_id != session_id
        ),
    )


def linked_to(ledger: Ledger, staff_id: str) -> dict[str, str]:
    """Return the participants a member of staff is linked with, and how."""
    rows = ledger.rows(
        "SELECT participant_id, relation FROM conflict"
        " WHERE staff_id = ? AND relation <> ''",
        (staff_id,),
    )
    return dict(rows)


OPEN = "('check-in', 'running', 'halted')"


def is_running(ledger: Ledger) -> bool:
    """Return whether the clocks of some session run, or are halted."""
    running = "SELECT 1 FROM session WHERE stage IN ('running', 'halted') LIMIT 1"
    return bool(ledger.rows(running))


OPENED = f"""
SELECT modules,
    (SELECT min(seq) FROM entry WHERE stream = 'session/' || session_id
        AND kind = 'check-in-opened.v1') AS opened_seq
FROM session WHERE stage IN {OPEN}
ORDER BY opened_seq DESC
"""


def open_modules(ledger: Ledger) -> dict[str, int]:
    """Return the modules of sessions whose check-in has opened and that go on.

    Each with the entry that opened the first of these sessions.
    """
    rows = ledger.rows(OPENED)
    return {one: row[1] for row in rows for one in row[0].split(",") if one}


def at_the_door(ledger: Ledger, participant_id: str) -> bool:
    """Return whether someone is on the roll of a session whose check-in has opened."""
    rows = ledger.rows(
        "SELECT 1 FROM attempt JOIN session USING (session_id)"
        f" WHERE participant_id = ? AND stage IN {OPEN} LIMIT 1",
        (participant_id,),
    )
    return bool(rows)


def open_sessions_of(ledger: Ledger, participant_id: str) -> tuple[str, ...]:
    """Return the sessions with a candidate that are neither sealed nor cancelled."""
    rows = ledger.rows(
        "SELECT session_id FROM attempt JOIN session USING (session_id)"
        " WHERE participant_id = ? AND stage NOT IN ('sealed', 'cancelled')"
        " ORDER BY session_id",
        (participant_id,),
    )
    return tuple(row[0] for row in rows)


@dataclass(frozen=True, slots=True)
class Scored:
    """A verified score on record."""

    session_id: str
    module_id: str
    start_utc_ms: int
    used_ms: int
    """Wall time from start to end, stops included; never more than was allowed."""

    raw: int
    """The least raw score it can be."""

    items: int
    cut_percent: int
    passed: bool


def list_scored(ledger: Ledger) -> tuple[Scored, ...]:
    """Return every verified score that counts now, oldest first."""
    # Someone may be seen to have finished long after the test screen was closed.
    rows = ledger.rows(
        "SELECT session_id, module_id, start_utc_ms,"
        " min(end_utc_ms - start_utc_ms, allowed_ms),"
        " raw_min, items, cut_percent, passed FROM attempt"
        " WHERE score_state = 'verified' AND validity NOT IN ('void', 'withheld')"
        " AND start_utc_ms IS NOT NULL AND end_utc_ms IS NOT NULL"
        " ORDER BY start_utc_ms, session_id, attempt_id"
    )
    return tuple(Scored(*row) for row in rows)


def irregularity_counts(ledger: Ledger) -> tuple[tuple[str, int], ...]:
    """Return how often each code was recorded, superseded entries left out."""
    rows = ledger.rows(
        "SELECT code, count(*) FROM irregularity WHERE irregularity_id NOT IN"
        " (SELECT supersedes FROM irregularity) GROUP BY code ORDER BY 2 DESC, 1"
    )
    return tuple((row[0], row[1]) for row in rows)
