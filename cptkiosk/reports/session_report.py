"""The report of one session: plain text, 80 columns, everything that was settled."""

from collections.abc import Iterator, Mapping
from zoneinfo import ZoneInfo

from cptkiosk.domain.attempt import Attempt, ScoreState, Validity
from cptkiosk.domain.blockers import to_seal
from cptkiosk.domain.center import Center
from cptkiosk.domain.credentials import Progress
from cptkiosk.domain.modules import Definitions
from cptkiosk.domain.session import Irregularity, Session, Stage
from cptkiosk.domain.session_events import IrregularityRecorded
from cptkiosk.domain.text import fit
from cptkiosk.domain.timing import span_text, union_ms
from cptkiosk.domain.values import plural
from cptkiosk.ledger.chain import Head
from cptkiosk.reports.layout import field, heading, instant, one_line, wrapped


def session_report(  # each is a source of its own
    session: Session,
    center: Center,
    zone: ZoneInfo,
    definitions: Definitions,
    *,
    head: Head | None = None,
    sealed_utc_ms: int = 0,
    progress: Mapping[str, Progress] | None = None,
) -> str:
    """Return the report of a session in whatever stage.

    Extra time and staff notes are not in it.

    Args:
        session: as it stood when it was sealed, or as it stands.
        center: whose session it was.
        zone: the center's time zone.
        definitions: titles of modules and irregularity codes.
        head: where the ledger's chain ended with the seal, or ends now.
        sealed_utc_ms: when it was sealed, if it is known.
        progress: by participant id, the way to the full certificate.
    """
    lines = [
        *heading(f"SESSION REPORT  {session.session_id}", "="),
        *_facts(session, center, zone, definitions),
        *_seal(session, center, zone, head, sealed_utc_ms),
        "",
        *_roll(session, progress or {}),
        "",
        *_irregularities(session, zone, definitions),
    ]
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _facts(
    session: Session, center: Center, zone: ZoneInfo, definitions: Definitions
) -> Iterator[str]:
    titles = {module.id: module.name for module in definitions.modules}
    modules = ", ".join(titles.get(one, one) for one in session.module_ids)
    rooms = ", ".join(
        f"{room.name} ({plural(len(room.labels()), 'seat')})" for room in session.rooms
    )
    if center.rehearsal:
        yield "REHEARSAL: nobody was assessed, nothing of this counts."
    yield from field("Center", f"{center.name} ({center.site_code})")
    if session.title:
        yield from field("Title", session.title)
    yield from field("Modules", modules)
    yield from field("Rooms", rooms)
    yield from field("Time zone", str(zone))
    yield from field("Planned", instant(session.starts_at_utc_ms, zone))
    if session.start_line_ms is not None:
        yield from field("Started", instant(session.start_line_ms, zone))
    if session.ended_utc_ms:
        yield from field("Ended", instant(session.ended_utc_ms, zone))
    if session.halts:
        yield from field("Halts", _halts(session))
    if session.scratch is not None:
        counted = session.scratch
        text = f"{counted.issued} issued, {counted.returned} counted back"
        note = f": {counted.note}" if counted.note.text else ""
        yield from field("Scratch paper", f"{text}{note}")


def _halts(session: Session) -> str:
    count, start_ms = len(session.halts), session.start_line_ms or 0
    ends = [end for _, end in session.halts if end is not None]
    if len(ends) < count:
        return f"{count}, the last one goes on"
    stood_ms = union_ms(session.halts, start_ms, max(ends))
    return f"{count}, clocks stood for {span_text(stood_ms)}"


def _seal(
    session: Session,
    center: Center,
    zone: ZoneInfo,
    head: Head | None,
    sealed_utc_ms: int,
) -> Iterator[str]:
    if session.stage is Stage.SEALED:
        signer = center.staff.get(session.signed_by)
        name = f"{signer.name} ({signer.staff_id})" if signer else session.signed_by
        when = f", {instant(sealed_utc_ms, zone)}" if sealed_utc_ms else ""
        yield from field("Sealed", f"revision {session.revision}{when}")
        yield from field("Signed by", name)
    else:
        yield from field("Stage", f"{session.stage}; not sealed")
        if session.stage in {Stage.ENDED, Stage.ABANDONED}:
            for blocker in to_seal(session):
                yield from field("Open", blocker.text)
    if head is not None:
        yield from field("Ledger head", f"entry {head.seq}")
        yield from field("", head.hash)


def _roll(session: Session, progress: Mapping[str, Progress]) -> Iterator[str]:
    people = sorted(
        session.attempts.values(),
        key=lambda one: (one.person.text.casefold(), one.attempt_id),
    )
    yield from heading(f"Roll: {plural(len(people), 'attempt')}")
    if people:
        yield _row("Seat", "Name", "Module", "Outcome", "Score", "Result")
    for one in people:
        yield _row(
            f"{one.room} {one.seat}".strip() or "-",
            one.person.text,
            one.module.short,
            one.standing.value,
            *_score(one),
        )
        details = ", ".join(_details(session, one))
        yield from wrapped(details, indent=9)
        way = progress.get(one.participant_id)
        if way is not None and way.certificates:
            yield from wrapped(f"credentials: {way.text}", indent=9)


def _row(*cells: str) -> str:
    widths = (8, 25, 10, 11, 7, 13)
    pairs = zip(cells, widths, strict=True)
    return " ".join(fit(one_line(text), width) for text, width in pairs)


def _score(one: Attempt) -> tuple[str, str]:
    """Return score and result; none before the second keying agreed."""
    if one.score.state is not ScoreState.VERIFIED:
        state = one.score.state
        return "-", "-" if state is ScoreState.NONE else state.value
    low, high = one.score.raw_min, one.score.raw_max
    raw = f"{low}/{one.module.items}" if low == high else f"{low}-{high}"
    verdict = one.verdict
    assert verdict is not None, "a verified score has a verdict"
    word = "pass" if verdict.passed else "not pass"
    return raw, f"{word} {verdict.distance:+}"


def _details(session: Session, one: Attempt) -> Iterator[str]:
    yield f"ID {one.participant_id}"
    if one.start_line_ms is not None and one.end_line_ms is not None:
        yield f"took {span_text(session.elapsed_ms(one, one.end_line_ms))}"
    if one.late:
        yield "late"
    if one.credit_ms:
        sign = "+" if one.credit_ms > 0 else ""
        yield f"credit {sign}{span_text(one.credit_ms)}"
    if one.breaks:
        yield plural(len(one.breaks), "break")
    if one.validity is not Validity.CLEAN:
        yield one.validity.value
    if one.discrepancy:
        yield f"discrepancy: the vendor says {one.score.vendor_verdict}"
    if one.irregularities:
        yield plural(one.irregularities, "irregularity", "irregularities")
    for reason in (one.reason, one.score.reason):
        if reason is not None and reason.text:
            yield f"reason: {reason}"


def _irregularities(
    session: Session, zone: ZoneInfo, definitions: Definitions
) -> Iterator[str]:
    found = session.irregularities
    count = plural(len(found), "irregularity", "irregularities") if found else "none"
    yield from heading(f"Irregularities: {count}")
    titles = {code.id: code.title for code in definitions.irregularities}
    for one in found:
        yield from _irregularity(session, one, zone, titles)


def _irregularity(
    session: Session, one: Irregularity, zone: ZoneInfo, titles: Mapping[str, str]
) -> Iterator[str]:
    event = one.event
    title = titles.get(event.code, "")
    yield from wrapped(f"{event.irregularity_id}  {event.code}  {title}")
    about = "about" if event.estimated else "at"
    yield from wrapped(
        f"{about} {instant(event.happened_at_utc_ms, zone)}, severity"
        f" {event.severity}, {_whom(session, event)}",
        indent=2,
    )
    for label, text in (("Seen", event.observed), ("Done", event.action_taken)):
        if text.text:
            yield from wrapped(f"{label}: {text}", indent=2)
    yield from wrapped(
        f"{plural(event.minutes_lost, 'minute')} lost; validity: {event.validity};"
        f" recorded by {one.recorded_by}, {instant(one.recorded_at.utc_ms, zone)}",
        indent=2,
    )


def _whom(session: Session, event: IrregularityRecorded) -> str:
    names = [
        session.attempts[one].person.text if one in session.attempts else one
        for one in event.attempt_ids
    ]
    return f"{event.scope}: {'; '.join(names)}" if names else event.scope
