"""What the record says for a profile: one row for each result, or each credential."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta

from cptkiosk.definitions.profiles import Profile
from cptkiosk.desk import Desk
from cptkiosk.domain.state.attempt import Attempt
from cptkiosk.domain.state.session import Session
from cptkiosk.domain.time.calendar import school_year
from cptkiosk.ledger import queries
from cptkiosk.reports.score_letter import can_be_told
from cptkiosk.services.people import list_standings

Value = str | int | date
Row = Mapping[str, Value]


def list_rows(
    desk: Desk, profile: Profile, *, session_id: str = "", year: str = ""
) -> Iterator[Row]:
    """Yield what a profile's rows can say.

    A result has a verified score that is not withheld, void or disputed.

    Args:
        desk: the record.
        profile: of results or of credentials.
        session_id: only what was taken in this session.
        year: only what was taken or earned in this school year, as '2026-2027'.

    Raises:
        Refused: if there is no such session or school year.
    """
    if profile.rows == "credentials":
        rows = _list_credentials(desk, year)
        yield from (one for one in rows if not session_id)
        return
    known = [one.session_id for one in queries.list_sessions(desk.ledger)]
    for one in [session_id] if session_id else sorted(known):
        for row in _list_results(desk, desk.session(one)):
            if not year or row["school_year"] == year:
                yield row


def _list_results(desk: Desk, session: Session) -> Iterator[Row]:
    told = (one for one in session.attempts.values() if can_be_told(one))
    for one in sorted(told, key=lambda one: one.attempt_id):
        day = desk.local_date(one.start_line_ms or session.starts_at_utc_ms)
        changed_ms = session.last_at.utc_ms if session.last_at is not None else 0
        yield {
            **_person_values(desk, one.participant_id),
            **_day_values(desk, day),
            "module": one.module.module_id,
            "module_name": one.module.name,
            "edition": one.module.edition,
            "session_id": session.session_id,
            "attempt_id": one.attempt_id,
            **_score_values(one),
            "changed_utc": datetime.fromtimestamp(changed_ms // 1000, UTC),
        }


def _score_values(one: Attempt) -> Row:
    low, high = one.score.raw_min, one.score.raw_max
    assert low is not None, "a verified score has a number"
    return {
        "score": low,
        "score_max": high if high is not None else low,
        "items": one.module.items,
        "cut_percent": one.module.cut_percent,
        # Cut, never rounded up: 75.9 must not read as a pass at 76.
        "percent": f"{1000 * low // one.module.items / 10:.1f}",
        "result": "pass" if one.has_passed else "not pass",
        "validity": one.validity.value,
        "counts": "true" if one.counts else "false",
    }


def _list_credentials(desk: Desk, year: str) -> Iterator[Row]:
    names = {one.id: one.name for one in desk.definitions.modules}
    for standing in list_standings(desk, year=year):
        for passed in standing.certificates:
            yield {
                **_person_values(desk, standing.participant_id),
                **_day_values(desk, passed.date),
                "module": passed.module_id,
                "module_name": names.get(passed.module_id, passed.module_id),
            }


def _person_values(desk: Desk, participant_id: str) -> Row:
    who = desk.candidate(participant_id)
    return {
        "center": desk.center.name,
        "site_code": desk.center.site_code,
        "participant_id": participant_id,
        "family_name": who.family_name.text,
        "given_name": who.given_name.text,
        "birth_date": who.birth_date.text,
    }


def _day_values(desk: Desk, day: str) -> Row:
    starts = desk.definitions.policies.school_year_starts
    year = school_year(day, starts)
    next_begins = date.fromisoformat(f"{year.partition('-')[2]}-{starts}")
    return {
        "date": date.fromisoformat(day),
        "school_year": year,
        "school_year_end": next_begins - timedelta(days=1),
    }
