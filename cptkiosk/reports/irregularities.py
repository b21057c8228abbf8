"""The irregularities of a session, with everything an entry says."""

from collections.abc import Iterator, Mapping

from cptkiosk.domain.events.irregularity import IrregularityRecorded
from cptkiosk.domain.modules import Definitions, field_label
from cptkiosk.domain.state.blockers import missing_words
from cptkiosk.domain.state.center import Center
from cptkiosk.domain.state.session import Irregularity, Session
from cptkiosk.domain.values import plural
from cptkiosk.reports.decisions import member_text
from cptkiosk.reports.document import (
    Block,
    Document,
    Fact,
    Gap,
    Heading,
    Paragraph,
    Signature,
)
from cptkiosk.times.format import TimeFormat
from cptkiosk.words import name_severity


def irregularity_report(
    session: Session, center: Center, times: TimeFormat, definitions: Definitions
) -> Document:
    """Return the irregularities of a session as a report of their own."""
    blocks: list[Block] = []
    if center.rehearsal:
        blocks.append(Paragraph("REHEARSAL: nothing here happened."))
    blocks += [
        Fact("Center", f"{center.name} ({center.site_code})"),
        Fact("Planned", times.format_record(session.starts_at_utc_ms)),
        Gap(),
        *irregularity_blocks(session, center, times, definitions),
    ]
    return Document(
        f"Irregularities {session.session_id}",
        f"IRREGULARITIES  {session.session_id}",
        times.find_date(session.starts_at_utc_ms),
        (*blocks, Signature("Coordinator")),
    )


def irregularity_blocks(
    session: Session, center: Center, times: TimeFormat, definitions: Definitions
) -> Iterator[Block]:
    """Yield every irregularity in the order recorded, superseded ones marked."""
    found = session.irregularities
    yield Heading(irregularities_heading(session))
    titles = {code.id: code.title for code in definitions.irregularities}
    gone = {
        one.event.supersedes: one.event.irregularity_id
        for one in found
        if one.event.supersedes
    }
    for one in found:
        yield from _entry_blocks(session, center, one, times, titles)
        later = gone.get(one.event.irregularity_id)
        if later is not None:
            yield Paragraph(f"SUPERSEDED by {later}", indent=2)
        elif one.event.missing:
            missing = missing_words(one.event)
            yield Paragraph(f"STILL MISSING: {missing}", indent=2)


def irregularities_heading(session: Session) -> str:
    """Return the heading, which says how many there are."""
    return f"Irregularities: {len(session.irregularities) or 'none'}"


def _entry_blocks(
    session: Session,
    center: Center,
    one: Irregularity,
    times: TimeFormat,
    titles: Mapping[str, str],
) -> Iterator[Block]:
    event = one.event
    title = titles.get(event.code, "")
    text = f"{event.irregularity_id}  {event.code}  {title}"
    yield Heading(text, level=3, rule="")
    about = "about" if event.estimated else "at"
    yield Paragraph(
        f"{about} {times.format_record(event.happened_at_utc_ms)}, severity:"
        f" {name_severity(event.severity)}, {_whom_text(session, event)}",
        indent=2,
    )
    for label, text in _labeled_texts(event):
        yield Paragraph(f"{label}: {text}", indent=2)
    by = f"recorded by {member_text(center, one.recorded_by)}"
    if event.drafted:
        by = "drafted by the kiosk"
    yield Paragraph(
        f"{plural(event.minutes_lost, 'minute')} lost; effect on score:"
        f" {event.validity}; {by}, {times.format_record(one.recorded_at.utc_ms)}",
        indent=2,
    )


def _whom_text(session: Session, event: IrregularityRecorded) -> str:
    seats = {one.attempt_id: one.seat for one in event.moments if one.seat}
    names = []
    for one in event.attempt_ids:
        known = session.attempts.get(one)
        name = known.person.text if known is not None else one
        names.append(f"{name} (seat {seats[one]})" if one in seats else name)
    return f"{event.scope}: {'; '.join(names)}" if names else event.scope


def _labeled_texts(event: IrregularityRecorded) -> Iterator[tuple[str, str]]:
    """Yield what an entry says, each with its label; what is empty is left out.

    Time left is not in it: with it extra time could be told.
    """
    details = [(field_label(name), text) for name, text in event.details]
    texts = (
        ("Seen or heard", event.observed),
        ("Action taken", event.action_taken),
        *((f"{label[:1].upper()}{label[1:]}", text) for label, text in details),
        ("Observer", event.observer),
        ("Witnesses", event.witnesses),
        ("Told", event.told),
    )
    for label, text in texts:
        if text is not None and text.text:
            yield label, text.text
    if event.vendor_case:
        yield "Vendor case", event.vendor_case
    if event.completed:
        yield "Test completed", event.completed
    if event.void_recommended:
        yield "Recommended", "Void the score (MSSC or the vendor decides)"
    if event.supersedes:
        yield "Supersedes", event.supersedes
