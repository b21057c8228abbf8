"""Every report that can be asked for, by its name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from cptkiosk.desk import Desk
from cptkiosk.domain.state.session import Session, Stage
from cptkiosk.domain.values import Refused
from cptkiosk.ledger.chain import Head
from cptkiosk.reports.document import Document
from cptkiosk.reports.files import safe_name
from cptkiosk.reports.formats import Report
from cptkiosk.reports.irregularities import irregularity_report
from cptkiosk.reports.room_lists import evacuation_list, sign_in_sheet
from cptkiosk.reports.score_letter import score_letter
from cptkiosk.reports.session_report import session_document
from cptkiosk.reports.slip import find_slip
from cptkiosk.reports.statement import make_session_statement, make_statement
from cptkiosk.services.credentials import progress_of


@dataclass(frozen=True, slots=True)
class Subject:
    """What a report is about."""

    session_id: str = ""
    participant_id: str = ""


Make = Callable[[Desk, Subject], Report]


def make_report(desk: Desk, kind: str, about: Subject) -> Report:
    """Return a report.

    Args:
        desk: the record.
        kind: a key of `KINDS`.
        about: the session, the person, or both.

    Raises:
        Refused: if there is no such session or person, or nothing to report.
    """
    return KINDS[kind](desk, about)


def _make_session(desk: Desk, about: Subject) -> Report:
    session = desk.session(about.session_id)
    head, sealed_utc_ms = find_head(desk, session)
    people = {one.participant_id for one in session.attempts.values()}
    document = session_document(
        session,
        desk.center,
        desk.times,
        desk.definitions,
        head=head,
        sealed_utc_ms=sealed_utc_ms,
        progress={one: progress_of(desk, one) for one in people},
    )
    return _name_report(desk, document, "session-report", about)


def find_head(desk: Desk, session: Session) -> tuple[Head, int]:
    """Return the head that was signed with the seal, or the one now; and when."""
    if session.stage is not Stage.SEALED:
        return desk.ledger.head(), 0
    return desk.ledger.written_at(session.sealed_seq)


def _make_irregularities(desk: Desk, about: Subject) -> Report:
    document = irregularity_report(
        desk.session(about.session_id), desk.center, desk.times, desk.definitions
    )
    return _name_report(desk, document, "irregularities", about)


def _make_score_letter(desk: Desk, about: Subject) -> Report:
    session = desk.session(about.session_id)
    document = score_letter(session, about.participant_id, desk.center, desk.times)
    return _name_report(desk, document, "score-letter", about)


def _make_fees(desk: Desk, about: Subject) -> Report:
    if about.session_id and about.participant_id:
        raise Refused("report-one-subject")
    if about.session_id:
        return make_session_statement(desk, about.session_id)
    return make_statement(desk, about.participant_id)


def _make_denial_slip(desk: Desk, about: Subject) -> Report:
    session = desk.session(about.session_id)
    theirs = [
        one.attempt_id
        for one in session.attempts.values()
        if one.participant_id == about.participant_id
    ]
    for attempt_id in theirs:
        if session.attempts[attempt_id].standing.value == "denied":
            return find_slip(desk, about.session_id, attempt_id)[0]
    raise Refused("slip-not-denied")


def _make_evacuation(desk: Desk, about: Subject) -> Report:
    session = desk.session(about.session_id)
    document = evacuation_list(session, desk.center, desk.times, desk.now())
    return _name_report(desk, document, "evacuation", about)


def _make_sign_in(desk: Desk, about: Subject) -> Report:
    session = desk.session(about.session_id)
    document = sign_in_sheet(session, desk.center, desk.times)
    return _name_report(desk, document, "sign-in", about)


def _name_report(desk: Desk, document: Document, kind: str, about: Subject) -> Report:
    parts = (kind, about.session_id, about.participant_id)
    stem = "-".join(safe_name(part) for part in parts if part)
    return Report(document, stem, desk.center.name)


KINDS: Final[Mapping[str, Make]] = {
    "session": _make_session,
    "irregularities": _make_irregularities,
    "score-letter": _make_score_letter,
    "fees": _make_fees,
    "denial-slip": _make_denial_slip,
    "evacuation": _make_evacuation,
    "sign-in": _make_sign_in,
}
"""How each report is made."""
