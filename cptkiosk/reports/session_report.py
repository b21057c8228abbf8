"""The report of one session: everything that was settled."""

from collections.abc import Iterable, Iterator, Mapping

from cptkiosk.domain.modules import Definitions
from cptkiosk.domain.people.credentials import CredentialProgress
from cptkiosk.domain.rules.duties import find_records
from cptkiosk.domain.state.attempt import Attempt
from cptkiosk.domain.state.blockers import missing_sheets, to_seal
from cptkiosk.domain.state.center import Center
from cptkiosk.domain.state.official import Official
from cptkiosk.domain.state.score_state import ScoreState, Validity
from cptkiosk.domain.state.session import Session, Stage, disclosed_ms
from cptkiosk.domain.terms import display_term
from cptkiosk.domain.text import fold_text
from cptkiosk.domain.time.calendar import format_date
from cptkiosk.domain.time.timing import span_text, union_ms
from cptkiosk.domain.values import plural
from cptkiosk.ledger.chain import Head
from cptkiosk.reports.decisions import decision_blocks, member_text
from cptkiosk.reports.document import (
    Block,
    Column,
    Document,
    Fact,
    Gap,
    Heading,
    Paragraph,
    Row,
    Table,
)
from cptkiosk.reports.irregularities import irregularity_blocks
from cptkiosk.reports.text import row_lines
from cptkiosk.services.people import PER_VENDOR, official_words
from cptkiosk.times.format import TimeFormat
from cptkiosk.times.zones import describe_zone
from cptkiosk.words import describe_odd_date, explain_why

SECOND_MS = 1000
"""Less than this over the allowed time is printed as nothing."""


def session_document(  # each is a source of its own
    session: Session,
    center: Center,
    times: TimeFormat,
    definitions: Definitions,
    *,
    head: Head | None = None,
    sealed_utc_ms: int = 0,
    progress: Mapping[str, CredentialProgress] | None = None,
) -> Document:
    """Return the report of a session in whatever stage, for text, HTML and PDF.

    Extra time and staff notes are not in it.

    Args:
        session: as it stood when it was sealed, or as it stands.
        center: whose session it was.
        times: how the center writes times.
        definitions: titles of modules and irregularity codes.
        head: where the ledger's chain ended with the seal, or ends now.
        sealed_utc_ms: when it was sealed, if it is known.
        progress: by participant id, the way to the full certificate.
    """
    titles = {module.id: module.name for module in definitions.modules}
    return Document(
        f"Session report {session.session_id}",
        report_title(session.session_id),
        times.find_date(session.starts_at_utc_ms),
        (
            *_fact_blocks(session, center, times, titles),
            *_seal_blocks(session, center, times, head, sealed_utc_ms),
            Gap(),
            *_roll_blocks(session, progress or {}, titles),
            Gap(),
            *irregularity_blocks(session, center, times, definitions),
            *decision_blocks(session, center, times),
        ),
    )


def report_title(session_id: str) -> str:
    """Return the first line of the text."""
    return f"SESSION REPORT  {session_id}"


def _fact_blocks(
    session: Session, center: Center, times: TimeFormat, titles: Mapping[str, str]
) -> Iterator[Block]:
    modules = ", ".join(titles.get(one, one) for one in session.module_ids)
    rooms = ", ".join(
        f"{room.name} ({plural(len(room.seat_labels()), 'seat')})"
        for room in session.rooms
    )
    if center.rehearsal:
        yield Paragraph("REHEARSAL: no one was assessed. Nothing here counts.")
    yield Fact("Center", f"{center.name} ({center.site_code})")
    if session.title:
        yield Fact("Title", session.title)
    yield Fact("Modules", modules)
    yield Fact("Rooms", rooms)
    yield Fact("Time zone", describe_zone(times.zone.key))
    yield Fact("Planned", times.format_record(session.starts_at_utc_ms))
    if session.lead:
        yield Fact("Lead proctor", member_text(center, session.lead))
    if session.start_line_ms is not None:
        script = "; script read aloud" if session.script_read else ""
        started = times.format_record(session.start_line_ms)
        yield Fact("Started", f"{started}{script}")
    if session.ended_utc_ms:
        yield Fact("Ended", times.format_record(session.ended_utc_ms))
    if session.halts:
        yield Fact("Halts", _halts_text(session))
    yield from _duty_blocks(session, times)
    yield from _course_blocks(session, center, times)
    if session.scratch is not None:
        counted = session.scratch
        text = f"{counted.issued} handed out, {counted.returned} returned"
        if named := missing_sheets(session):
            text += f", missing {named}"
        note = f": {counted.note}" if counted.note.text else ""
        yield Fact("Scratch paper", f"{text}{note}")


def _course_blocks(
    session: Session, center: Center, times: TimeFormat
) -> Iterator[Block]:
    """Yield who took over when, and when it was halted, reopened or amended, and why."""
    for at, before, after in session.hand_overs:
        names = f"{member_text(center, before)} to {member_text(center, after)}"
        yield Fact("Handed over", f"{times.format_record(at.utc_ms)}: {names}")
    for at, what, why in session.reasons:
        when = times.format_record(at.utc_ms)
        yield Fact(display_term(what).capitalize(), f"{when}: {why}")
    for utc_ms, text in _find_swaps(session):
        yield Fact("Seats swapped", f"{times.format_record(utc_ms)}: {text}")
    for at, odd in session.odd_dates:
        text = describe_odd_date(odd, center.name_of)
        when = times.format_record(at.utc_ms)
        yield Fact("Unusual date", f"{when}: {text}")


def _find_swaps(session: Session) -> list[tuple[int, str]]:
    """Return when two people changed seats, and who had which before."""
    found = []
    for one in session.attempts.values():
        for swap in one.swaps:
            other = session.attempts[swap.other]
            theirs = [back.before for back in other.swaps if back.utc_ms == swap.utc_ms]
            if theirs and one.attempt_id < other.attempt_id:
                first = f"{session.label(one)} ({swap.before})"
                found.append(
                    (swap.utc_ms, f"{first} and {session.label(other)} ({theirs[0]})")
                )
    return sorted(found)


def _halts_text(session: Session) -> str:
    count, start_ms = len(session.halts), session.start_line_ms or 0
    ends = [end for _, end in session.halts if end is not None]
    if len(ends) < count:
        return f"{count}, the last one still active"
    stood_ms = union_ms(session.halts, start_ms, max(ends))
    return f"{count}, clocks stopped for {span_text(stood_ms)}"


def _duty_blocks(session: Session, times: TimeFormat) -> Iterator[Block]:
    """Yield how often each duty was done, and when it was missed, as far as recorded."""
    until_ms = (
        session.timeline_ms(session.last_at) if session.last_at is not None else 0
    )
    for duty, record in find_records(session, until_ms):
        asked = plural(record.every_minutes, "minute")
        longest = span_text(record.longest.ran_ms)
        text = f"{record.count}, longest interval {longest}; required every {asked}"
        yield Fact(duty.title, text)
        for one in record.missed:
            begin = times.format_record(one.from_line_ms)
            yield Fact("  missed", f"{span_text(one.ran_ms)} from {begin}")


def _seal_blocks(
    session: Session,
    center: Center,
    times: TimeFormat,
    head: Head | None,
    sealed_utc_ms: int,
) -> Iterator[Block]:
    if session.stage is Stage.SEALED:
        when = f", {times.format_record(sealed_utc_ms)}" if sealed_utc_ms else ""
        yield Fact("Sealed", f"revision {session.revision}{when}")
        yield Fact("Signed by", member_text(center, session.signed_by))
        if session.changed_since_seal:
            text = (
                "Something was recorded after the seal. A coordinator must amend the"
                " session."
            )
            yield Fact("Open", text)
    else:
        yield Fact("Stage", f"{display_term(session.stage)}; not sealed")
        if session.stage in {Stage.ENDED, Stage.ABANDONED}:
            for blocker in to_seal(session):
                yield Fact("Open", explain_why(blocker.reason))
    if head is not None:
        yield Fact("Ledger head", f"entry {head.seq}")
        yield Fact("", head.hash)


def _roll_blocks(
    session: Session,
    progress: Mapping[str, CredentialProgress],
    titles: Mapping[str, str],
) -> Iterator[Block]:
    yield Heading(f"Attendance list: {plural(len(session.attempts), 'attempt')}")
    if session.attempts:
        rows = (
            Row(_attempt_cells(one), tuple(_attempt_notes(session, one, way, titles)))
            for one in _sort_people(session)
            for way in (progress.get(one.participant_id),)
        )
        yield _roll_table(rows)


def _attempt_notes(
    session: Session,
    one: Attempt,
    way: CredentialProgress | None,
    titles: Mapping[str, str],
) -> Iterator[str]:
    yield ", ".join(_detail_lines(session, one))
    if way is not None and (way.certificates or way.withdrawn):
        yield f"credentials: {explain_why(way.reason)}"
        for lost in way.withdrawn:
            name = titles.get(lost.module_id, lost.module_id)
            yield f"withdrawn: {name}, passed {format_date(lost.date)}"


def _roll_table(rows: Iterable[Row]) -> Table:
    columns = (
        Column("Seat", 8),
        Column("Name", 23),
        Column("Module", 10),
        Column("Outcome", 11),
        Column("Score", 7),
        Column("Result", 16),
    )
    return Table("Attendance list", columns, tuple(rows), note_indent=9)


def roll_rows(session: Session) -> list[str]:
    """Return the line of each attempt as the report has it: seat, name, result."""
    return row_lines(
        _roll_table(Row(_attempt_cells(one)) for one in _sort_people(session))
    )


def _sort_people(session: Session) -> list[Attempt]:
    return sorted(
        session.attempts.values(),
        key=lambda one: (fold_text(one.person.text), one.attempt_id),
    )


def _attempt_cells(one: Attempt) -> tuple[str, ...]:
    return (
        f"{one.room} {one.seat}".strip() or "-",
        one.person.text,
        one.module.short,
        one.standing.value,
        *_score_texts(one),
    )


def _score_texts(one: Attempt) -> tuple[str, str]:
    """Return score and result; none before the second keying agreed."""
    if one.score.state is not ScoreState.VERIFIED:
        state = one.score.state
        return "-", "-" if state is ScoreState.NONE else state.value
    low, high = one.score.raw_min, one.score.raw_max
    raw = f"{low}/{one.module.items}" if low == high else f"{low}-{high}"
    verdict = one.verdict
    assert verdict is not None, "a verified score has a verdict"
    word = "pass" if one.has_passed else display_term("not pass")
    return raw, f"{word} {verdict.distance:+}"


def _detail_lines(session: Session, one: Attempt) -> Iterator[str]:
    yield f"ID {one.participant_id}"
    if one.walk_in:
        yield "walk-in"
    if one.continues:
        yield f"continues {one.continues}"
    yield from _time_lines(session, one)
    yield from _doubt_lines(one)
    if one.irregularities:
        yield plural(one.irregularities, "irregularity", "irregularities")
    for reason in (one.reason, one.score.reason):
        if reason is not None and reason.text:
            yield f"reason: {reason}"
    if one.override is not None:
        yield f"assigned despite a rule: {one.override}"
    if one.in_spite_of:
        yield f"at check-in: {one.in_spite_of}"


def _time_lines(session: Session, one: Attempt) -> Iterator[str]:
    if one.start_line_ms is not None and one.end_line_ms is not None:
        took = f"took {span_text(disclosed_ms(session, one, one.end_line_ms))}"
        over_ms = -session.left_ms(one, one.end_line_ms)
        yield f"{took}, +{span_text(over_ms)} over" if over_ms >= SECOND_MS else took
    if one.late:
        yield "late"
    if one.credit_ms:
        sign = "+" if one.credit_ms > 0 else ""
        yield f"credit {sign}{span_text(one.credit_ms)}"
    if one.breaks:
        yield plural(len(one.breaks), "break")
    if one.sheet_numbers:
        yield f"scratch paper {one.sheet_numbers}"
    if one.drift_ms is not None:
        yield _drift_text(one.drift_ms)


def _drift_text(drift_ms: int) -> str:
    """Return how far the vendor's clock is from ours."""
    if not drift_ms:
        return "vendor's clock agrees"
    more = "more" if drift_ms > 0 else "less"
    return f"vendor's clock showed {span_text(abs(drift_ms))} {more}"


def _doubt_lines(one: Attempt) -> Iterator[str]:
    """Yield what stands against a result, and what was decided about it."""
    if one.validity is not Validity.CLEAN:
        outside = f" (reference {one.void_reference})" if one.void_reference else ""
        yield f"{one.validity.value}{outside}"
    report = one.at_vendor.report
    if one.official is Official.DIFFERS and report is not None:
        yield f"official score differs: {report.shown}"
    elif one.has_discrepancy:
        yield f"discrepancy: the vendor says {one.score.vendor_verdict}"
    if official := official_words(one):
        yield official
    if one.settled == "vendor":
        yield f"discrepancy settled: {'pass' if one.has_passed else display_term('not pass')}{PER_VENDOR}"
    elif one.settled:
        yield "discrepancy settled: the score stands"
