"""The report of one session: plain text, 80 columns, everything that was settled."""

from collections.abc import Iterator, Mapping

from cptkiosk.domain.modules import Definitions
from cptkiosk.domain.people.credentials import CredentialProgress
from cptkiosk.domain.rules.duties import find_records
from cptkiosk.domain.state.attempt import Attempt
from cptkiosk.domain.state.blockers import missing_sheets, to_seal
from cptkiosk.domain.state.center import Center
from cptkiosk.domain.state.score_state import ScoreState, Validity
from cptkiosk.domain.state.session import Session, Stage, disclosed_ms
from cptkiosk.domain.terms import display_term
from cptkiosk.domain.text import fit, fold_text
from cptkiosk.domain.time.calendar import format_date
from cptkiosk.domain.time.timing import span_text, union_ms
from cptkiosk.domain.values import plural
from cptkiosk.ledger.chain import Head
from cptkiosk.reports.decisions import decision_lines, member_text
from cptkiosk.reports.irregularities import irregularity_lines
from cptkiosk.reports.layout import (
    field_lines,
    heading_lines,
    one_line,
    wrap_text,
)
from cptkiosk.services.people import PER_VENDOR
from cptkiosk.times.format import TimeFormat
from cptkiosk.times.zones import describe_zone
from cptkiosk.words import describe_odd_date

SECOND_MS = 1000
"""Less than this over the allowed time is printed as nothing."""


def session_report(  # each is a source of its own
    session: Session,
    center: Center,
    times: TimeFormat,
    definitions: Definitions,
    *,
    head: Head | None = None,
    sealed_utc_ms: int = 0,
    progress: Mapping[str, CredentialProgress] | None = None,
) -> str:
    """Return the report of a session in whatever stage.

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
    lines = [
        *heading_lines(f"SESSION REPORT  {session.session_id}", "="),
        *_fact_lines(session, center, times, titles),
        *_seal_lines(session, center, times, head, sealed_utc_ms),
        "",
        *_roll_lines(session, progress or {}, titles),
        "",
        *irregularity_lines(session, center, times, definitions),
        *decision_lines(session, center, times),
    ]
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _fact_lines(
    session: Session, center: Center, times: TimeFormat, titles: Mapping[str, str]
) -> Iterator[str]:
    modules = ", ".join(titles.get(one, one) for one in session.module_ids)
    rooms = ", ".join(
        f"{room.name} ({plural(len(room.seat_labels()), 'seat')})"
        for room in session.rooms
    )
    if center.rehearsal:
        yield "REHEARSAL: no one was assessed. Nothing here counts."
    yield from field_lines("Center", f"{center.name} ({center.site_code})")
    if session.title:
        yield from field_lines("Title", session.title)
    yield from field_lines("Modules", modules)
    yield from field_lines("Rooms", rooms)
    yield from field_lines("Time zone", describe_zone(times.zone.key))
    yield from field_lines("Planned", times.format_record(session.starts_at_utc_ms))
    if session.lead:
        yield from field_lines("Lead proctor", member_text(center, session.lead))
    if session.start_line_ms is not None:
        script = "; script read aloud" if session.script_read else ""
        started = times.format_record(session.start_line_ms)
        yield from field_lines("Started", f"{started}{script}")
    if session.ended_utc_ms:
        yield from field_lines("Ended", times.format_record(session.ended_utc_ms))
    if session.halts:
        yield from field_lines("Halts", _halts_text(session))
    yield from _duty_lines(session, times)
    yield from _course_lines(session, center, times)
    if session.scratch is not None:
        counted = session.scratch
        text = f"{counted.issued} handed out, {counted.returned} returned"
        if named := missing_sheets(session):
            text += f", missing {named}"
        note = f": {counted.note}" if counted.note.text else ""
        yield from field_lines("Scratch paper", f"{text}{note}")


def _course_lines(session: Session, center: Center, times: TimeFormat) -> Iterator[str]:
    """Yield who took over when, and when it was halted, reopened or amended, and why."""
    for at, before, after in session.hand_overs:
        names = f"{member_text(center, before)} to {member_text(center, after)}"
        yield from field_lines(
            "Handed over", f"{times.format_record(at.utc_ms)}: {names}"
        )
    for at, what, why in session.reasons:
        when = times.format_record(at.utc_ms)
        yield from field_lines(display_term(what).capitalize(), f"{when}: {why}")
    for utc_ms, text in _find_swaps(session):
        yield from field_lines(
            "Seats swapped", f"{times.format_record(utc_ms)}: {text}"
        )
    for at, odd in session.odd_dates:
        text = describe_odd_date(odd, center.name_of)
        when = times.format_record(at.utc_ms)
        yield from field_lines("Unusual date", f"{when}: {text}")


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


def _duty_lines(session: Session, times: TimeFormat) -> Iterator[str]:
    """Yield how often each duty was done, and when it was missed, as far as recorded."""
    until_ms = (
        session.timeline_ms(session.last_at) if session.last_at is not None else 0
    )
    for duty, record in find_records(session, until_ms):
        asked = plural(record.every_minutes, "minute")
        longest = span_text(record.longest.ran_ms)
        text = f"{record.count}, longest interval {longest}; required every {asked}"
        yield from field_lines(duty.title, text)
        for one in record.missed:
            begin = times.format_record(one.from_line_ms)
            yield from field_lines("  missed", f"{span_text(one.ran_ms)} from {begin}")


def _seal_lines(
    session: Session,
    center: Center,
    times: TimeFormat,
    head: Head | None,
    sealed_utc_ms: int,
) -> Iterator[str]:
    if session.stage is Stage.SEALED:
        when = f", {times.format_record(sealed_utc_ms)}" if sealed_utc_ms else ""
        yield from field_lines("Sealed", f"revision {session.revision}{when}")
        yield from field_lines("Signed by", member_text(center, session.signed_by))
        if session.changed_since_seal:
            text = (
                "Something was recorded after the seal. A coordinator must amend the"
                " session."
            )
            yield from field_lines("Open", text)
    else:
        yield from field_lines("Stage", f"{display_term(session.stage)}; not sealed")
        if session.stage in {Stage.ENDED, Stage.ABANDONED}:
            for blocker in to_seal(session):
                yield from field_lines("Open", blocker.text)
    if head is not None:
        yield from field_lines("Ledger head", f"entry {head.seq}")
        yield from field_lines("", head.hash)


def _roll_lines(
    session: Session,
    progress: Mapping[str, CredentialProgress],
    titles: Mapping[str, str],
) -> Iterator[str]:
    people = sorted(
        session.attempts.values(),
        key=lambda one: (fold_text(one.person.text), one.attempt_id),
    )
    yield from heading_lines(f"Attendance list: {plural(len(people), 'attempt')}")
    if people:
        yield _row_text("Seat", "Name", "Module", "Outcome", "Score", "Result")
    for one in people:
        yield _row_text(
            f"{one.room} {one.seat}".strip() or "-",
            one.person.text,
            one.module.short,
            one.standing.value,
            *_score_texts(one),
        )
        details = ", ".join(_detail_lines(session, one))
        yield from wrap_text(details, indent=9)
        way = progress.get(one.participant_id)
        if way is not None and (way.certificates or way.withdrawn):
            yield from wrap_text(f"credentials: {way.text}", indent=9)
            for lost in way.withdrawn:
                name = titles.get(lost.module_id, lost.module_id)
                yield from wrap_text(
                    f"withdrawn: {name}, passed {format_date(lost.date)}", indent=9
                )


def roll_rows(session: Session) -> list[str]:
    """Return the line of each attempt as the report has it: seat, name, result."""
    return [_attempt_row(one).rstrip() for one in _sort_people(session)]


def _sort_people(session: Session) -> list[Attempt]:
    return sorted(
        session.attempts.values(),
        key=lambda one: (fold_text(one.person.text), one.attempt_id),
    )


def _attempt_row(one: Attempt) -> str:
    return _row_text(
        f"{one.room} {one.seat}".strip() or "-",
        one.person.text,
        one.module.short,
        one.standing.value,
        *_score_texts(one),
    )


def _row_text(*cells: str) -> str:
    widths = (8, 23, 10, 11, 7, 16)
    pairs = zip(cells, widths, strict=True)
    return " ".join(fit(one_line(text), width) for text, width in pairs)


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
    if one.has_discrepancy:
        yield f"discrepancy: the vendor says {one.score.vendor_verdict}"
    if one.settled == "vendor":
        yield f"discrepancy settled: {'pass' if one.has_passed else display_term('not pass')}{PER_VENDOR}"
    elif one.settled:
        yield "discrepancy settled: the score stands"
