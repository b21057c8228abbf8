"""The letter that tells a candidate their score: what is verified and released."""

from collections.abc import Iterable, Iterator

from cptkiosk.domain.state.attempt import Attempt
from cptkiosk.domain.state.center import Center
from cptkiosk.domain.state.official import Official
from cptkiosk.domain.state.score_state import ScoreState, Validity
from cptkiosk.domain.state.scoring import least_passing
from cptkiosk.domain.state.session import Session
from cptkiosk.domain.terms import display_term
from cptkiosk.domain.values import Refused
from cptkiosk.reports.document import (
    Block,
    Column,
    Document,
    Fact,
    Gap,
    Paragraph,
    Row,
    Signature,
    Table,
)
from cptkiosk.times.format import TimeFormat

RELEASED = frozenset({Validity.CLEAN, Validity.FLAGGED})


def score_letter(
    session: Session, participant_id: str, center: Center, times: TimeFormat
) -> Document:
    """Return the letter about everything that a candidate took in a session.

    Raises:
        Refused: if no score of theirs can be told, or they are not in the session.
    """
    theirs = [
        one for one in session.attempts.values() if one.participant_id == participant_id
    ]
    if not theirs:
        raise Refused(
            "letter-not-listed",
            participant_id=participant_id,
            session_id=session.session_id,
        )
    told = [one for one in theirs if can_be_told(one)]
    if not told:
        raise Refused("letter-no-score", person=theirs[0].person.text)
    day_ms = session.start_line_ms or session.starts_at_utc_ms
    return Document(
        "Score letter",
        "SCORE LETTER",
        times.find_date(day_ms),
        (
            *_fact_blocks(session, told[0], center, times, day_ms),
            Gap(),
            _score_table(told),
            Gap(),
            *_meaning_blocks(told),
            Signature("Coordinator"),
        ),
    )


def can_be_told(one: Attempt) -> bool:
    """Return whether a score is verified, undisputed and not withheld or void."""
    return (
        one.score.state is ScoreState.VERIFIED
        and one.validity in RELEASED
        and not one.has_discrepancy
    )


def _fact_blocks(
    session: Session, one: Attempt, center: Center, times: TimeFormat, day_ms: int
) -> Iterator[Block]:
    if center.rehearsal:
        yield Paragraph("REHEARSAL: no one was assessed. Nothing here counts.")
    yield Fact("Center", f"{center.name} ({center.site_code})")
    yield Fact("Name", one.person.text)
    yield Fact("ID", one.participant_id)
    yield Fact("Session", session.session_id)
    yield Fact("Taken", times.format_record(day_ms))


def _score_table(told: Iterable[Attempt]) -> Table:
    columns = (
        Column("Module", 38),
        Column("Items right", 14),
        Column("To pass", 10),
        Column("Result", 15),
    )
    return Table("Scores", columns, tuple(Row(_score_cells(one)) for one in told))


def _score_cells(one: Attempt) -> tuple[str, ...]:
    low, high = one.score.raw_min, one.score.raw_max
    right = f"{low}" if low == high else f"{low} to {high}"
    needed = least_passing(one.module.items, one.module.cut_percent)
    result = "pass" if one.has_passed else display_term("not pass")
    return one.module.name, f"{right} of {one.module.items}", f"{needed}", result


def _meaning_blocks(told: Iterable[Attempt]) -> Iterator[Block]:
    source = (
        "These are the scores that the test screen showed at the end. They are"
        " preliminary until the vendor publishes the official report."
    )
    if all(one.official is Official.OFFICIAL for one in told):
        source = "The vendor's official report has the same scores."
    yield Paragraph(source)
    yield Paragraph(
        "This letter is not a certificate. MSSC issues the certificates. If you"
        " have questions, contact the coordinator."
    )
