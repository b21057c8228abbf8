"""What the record knows of the candidates: one answer for screens, reports and scripts."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cptkiosk.desk import Desk
from cptkiosk.domain.modules import Definitions
from cptkiosk.domain.people.credentials import CredentialProgress, Passed
from cptkiosk.domain.people.fees import Statement
from cptkiosk.domain.state import attempt as attempts
from cptkiosk.domain.state.attempt import Attempt
from cptkiosk.domain.state.candidate import Candidate, roll_name
from cptkiosk.domain.state.official import AtVendor, Official
from cptkiosk.domain.state.score_state import KEYED_ONCE, ScoreState, Validity
from cptkiosk.domain.terms import display_term
from cptkiosk.domain.time.calendar import is_school_year, school_year
from cptkiosk.domain.values import Refused
from cptkiosk.ledger import queries
from cptkiosk.services.credentials import progress_of

DISCREPANCY = "discrepancy"
OFFICIAL_DIFFERS = "official differs"
"""Said of a result that the vendor's official report contradicts."""

PER_VENDOR = " per vendor"
"""Said of a result that the vendor's verdict decides, not our arithmetic."""


@dataclass(frozen=True, slots=True)
class Sitting:
    """One attempt of a candidate, and when it was or will be."""

    session_id: str
    date: str
    """ISO date at the center."""

    attempt: Attempt
    progress: attempts.AttemptProgress


@dataclass(frozen=True, slots=True)
class Card:
    """Everything about one candidate."""

    candidate: Candidate
    sittings: tuple[Sitting, ...]
    credentials: CredentialProgress
    statement: Statement


@dataclass(frozen=True, slots=True)
class Account:
    """What one candidate owes, cut as it was asked for."""

    participant_id: str
    person: str
    statement: Statement


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one candidate stands, cut to some modules as it was asked for."""

    participant_id: str
    person: str
    progress: CredentialProgress
    """On the whole way to the full certificate, never cut."""

    certificates: tuple[Passed, ...]
    to_go: tuple[str, ...]
    withdrawn: tuple[Passed, ...]


def card_of(desk: Desk, participant_id: str) -> Card:
    """Return everything about one candidate.

    Raises:
        Refused: if no one has that ID.
    """
    return Card(
        _find_candidate(desk, participant_id),
        tuple(_sittings(desk, participant_id)),
        progress_of(desk, participant_id),
        desk.lookups.statement(participant_id),
    )


def _find_candidate(desk: Desk, participant_id: str) -> Candidate:
    candidate = desk.candidate(participant_id)
    if not candidate.participant_id:
        raise Refused("no-such-candidate", participant_id=participant_id)
    return candidate


def _sittings(desk: Desk, participant_id: str) -> Iterator[Sitting]:
    for one in queries.past_attempts(desk.ledger, participant_id):
        session = desk.session(one.session_id)
        attempt = session.attempts[one.attempt_id]
        yield Sitting(
            one.session_id,
            desk.local_date(one.start_utc_ms or one.planned_utc_ms),
            attempt,
            session.progress(attempt, session.timeline_ms(desk.now())),
        )


def list_accounts(
    desk: Desk, *, participant_id: str = "", session_id: str = "", course: str = ""
) -> tuple[Account, ...]:
    """Return what candidates owe: one of them, those of a session, or everyone.

    Args:
        desk: where it is read.
        participant_id: only this one.
        session_id: only who is on its roll, and only what they took there.
        course: only what belongs to this aligned course.

    Raises:
        Refused: if there is no such person, session or course.
    """
    _check_course(desk.definitions, course)
    found = []
    for about, person in _find_people(desk, participant_id, session_id):
        statement = desk.lookups.statement(about)
        if session_id:
            statement = statement.of_session(session_id)
        if course:
            statement = statement.of_course(course)
        if statement.lines or participant_id:
            found.append(Account(about, person, statement))
    return tuple(found)


def list_standings(
    desk: Desk, *, participant_id: str = "", course: str = "", year: str = ""
) -> tuple[Standing, ...]:
    """Return where candidates stand on the way to their certificates.

    Args:
        desk: where it is read.
        participant_id: only this one.
        course: only the modules of this aligned course.
        year: only what was passed in this school year, as '2026-2027'.

    Raises:
        Refused: if there is no such person, course or school year.
    """
    _check_course(desk.definitions, course)
    if year and not is_school_year(year):
        raise Refused("school-year", year=year)
    starts = desk.definitions.policies.school_year_starts

    def asked_for(one: Passed) -> bool:
        within = not year or school_year(one.date, starts) == year
        return within and one.module_id in ids

    modules = [
        one for one in desk.definitions.modules if not course or course in one.courses
    ]
    ids, names = {one.id for one in modules}, {one.name for one in modules}
    concerned = dict(queries.list_registered(desk.ledger, tuple(ids))) if course else {}
    found = []
    for about, person in _find_people(desk, participant_id, ""):
        progress = progress_of(desk, about)
        standing = Standing(
            about,
            person,
            progress,
            tuple(filter(asked_for, progress.certificates)),
            tuple(name for name in progress.to_go if name in names),
            tuple(filter(asked_for, progress.withdrawn)),
        )
        earned = standing.certificates or standing.withdrawn
        took = earned or (about in concerned and not year)
        if took or participant_id or not (course or year):
            found.append(standing)
    return tuple(found)


def _find_people(
    desk: Desk, participant_id: str, session_id: str
) -> Iterable[tuple[str, str]]:
    """Return id and name of whom it is about, by name."""
    if participant_id:
        return ((participant_id, _find_candidate(desk, participant_id).person),)
    on_roll = None
    if session_id:
        roll = desk.session(session_id).attempts.values()
        on_roll = {one.participant_id for one in roll}
    return (
        (one.participant_id, roll_name(one.family_name, one.given_name))
        for one in queries.list_people(desk.ledger)
        if on_roll is None or one.participant_id in on_roll
    )


def list_courses(definitions: Definitions) -> tuple[str, ...]:
    """Return the codes of all courses that a module is aligned with."""
    return tuple(
        sorted({course for one in definitions.modules for course in one.courses})
    )


def _check_course(definitions: Definitions, course: str) -> None:
    known = list_courses(definitions)
    if course and course not in known:
        raise Refused("no-such-course", course=course, choices=known)


def result_words(attempt: Attempt) -> str:
    """Return the result of a verified score by the verdict that holds, or nothing."""
    if attempt.score.state is not ScoreState.VERIFIED or attempt.has_passed is None:
        return ""
    word = "pass" if attempt.has_passed else display_term("not pass")
    return f"{word}{PER_VENDOR}" if attempt.settled == "vendor" else word


def list_caveats(attempt: Attempt) -> tuple[str, ...]:
    """Return what else is to be known of a result: void, discrepancy, settled."""
    found = []
    if attempt.validity is not Validity.CLEAN:
        found.append(attempt.validity.value)
    reported = attempt.at_vendor.report is not None
    if reported and attempt.official is Official.DIFFERS:
        found.append(OFFICIAL_DIFFERS)
    elif attempt.has_discrepancy:
        found.append(DISCREPANCY)
    if attempt.settled == "score":
        found.append("settled")
    return tuple(found)


def official_words(attempt: Attempt) -> str:
    """Return that a score is released or official, or an empty string.

    Preliminary goes without saying, and a difference is a caveat.
    """
    if attempt.at_vendor == AtVendor():
        return ""
    official = attempt.official
    return "" if official is Official.DIFFERS else official.value


def seen_keyings(attempt: Attempt) -> tuple[tuple[str, str], ...]:
    """Return everything ever keyed, but for one that waits for its blind second."""
    waits = attempt.score.state in KEYED_ONCE
    return attempt.keyings[:-1] if waits else attempt.keyings


def same_person_keyed_both(attempt: Attempt) -> bool:
    """Tell whether the second keying came from the person who made the first."""
    score = attempt.score
    verified = score.state is ScoreState.VERIFIED
    return verified and score.keyed_by == score.verified_by
