"""What is known of one candidate, line by line: for the screen and as plain text."""

from collections.abc import Iterator
from dataclasses import dataclass

from cptkiosk.domain.modules import Definitions
from cptkiosk.domain.people.credentials import Passed
from cptkiosk.domain.people.fees import Due, format_dollars
from cptkiosk.domain.state.candidate import Registration
from cptkiosk.domain.state.center import Center
from cptkiosk.domain.state.score_state import ScoreState
from cptkiosk.domain.time.calendar import format_date
from cptkiosk.domain.time.timing import UNTIMED, span_text
from cptkiosk.reports.layout import field_lines, heading_lines, one_line
from cptkiosk.services.people import (
    Card,
    Sitting,
    list_caveats,
    official_words,
    result_words,
)
from cptkiosk.words import explain_why


@dataclass(frozen=True, slots=True)
class CardLine:
    """One thing known of a candidate."""

    section: str
    text: str
    tone: str = ""
    """attention for what is open, alert for what stands against, good, or nothing."""


def card_text(card: Card, center: Center, definitions: Definitions) -> str:
    """Return a candidate's card as plain text of 80 columns."""
    who = card.candidate
    lines = [*heading_lines(f"{who.person}  ID {who.participant_id}", "=")]
    before = ""
    for one in card_lines(card, center, definitions):
        lines += field_lines("" if one.section == before else one.section, one.text)
        before = one.section
    return "".join(f"{line.rstrip()}\n" for line in lines)


def card_lines(
    card: Card, center: Center, definitions: Definitions
) -> tuple[CardLine, ...]:
    """Return everything known of a candidate, section by section."""
    return (
        *_person_lines(card),
        *_registration_lines(card, definitions),
        *_attempt_lines(card),
        *_credential_lines(card, definitions),
        *_fee_lines(card),
        *_conflict_lines(card, center),
    )


def _person_lines(card: Card) -> Iterator[CardLine]:
    who = card.candidate
    yield CardLine("Birth date", format_date(who.birth_date.text) or "unknown")
    text = "not on record"
    if who.consent is not None:
        text = f"given by {one_line(who.consent.text)}"
    yield CardLine("Consent", text)
    for one, reason in who.namesakes.items():
        whose = "a staff member" if one.of_staff else f"ID {one.other}"
        if reason is None:
            text = f"same birth date as {whose}: one person or two?"
            yield CardLine("Same name", text, "attention")
        else:
            why = one_line(reason.text)
            yield CardLine("Same name", f"as {whose}; two people: {why}")


def _registration_lines(card: Card, definitions: Definitions) -> Iterator[CardLine]:
    if not card.candidate.registrations:
        yield CardLine("Registered", "for no module")
    for one in card.candidate.registrations.values():
        name = _module_title(definitions, one.module_id)
        said = ", ".join(_registration_parts(one))
        yield CardLine("Registered", f"{name}: {said}" if said else name)


def _registration_parts(one: Registration) -> Iterator[str]:
    yield f"user code {one.user_code}" if one.user_code else "no user code yet"
    if one.code_expires:
        yield f"expires {format_date(one.code_expires)}"
    if one.time_permille == UNTIMED:
        yield "untimed"
    elif one.time_permille != 1000:
        yield f"extra time x{one.time_permille / 1000:g}"
    if one.stop_clock:
        yield "stop-clock breaks"


def _module_title(definitions: Definitions, module_id: str) -> str:
    titles = {module.id: module.name for module in definitions.modules}
    return titles.get(module_id, module_id)


def _attempt_lines(card: Card) -> Iterator[CardLine]:
    if not card.sittings:
        yield CardLine("Attempts", "none")
    for one in card.sittings:
        said = ", ".join(_attempt_parts(one))
        doubts = list_caveats(one.attempt)
        tone = "alert" if doubts else "good" if one.attempt.counts else ""
        yield CardLine(
            "Attempts",
            f"{one.attempt.module.short}, {format_date(one.date)}: {said}",
            tone,
        )


def _attempt_parts(one: Sitting) -> Iterator[str]:
    attempt = one.attempt
    yield one.progress.value
    result, score = result_words(attempt), attempt.score
    if result:
        raw = f"{score.raw_min}"
        if score.raw_max != score.raw_min:
            raw = f"{score.raw_min}-{score.raw_max}"
        yield f"{raw}/{attempt.module.items} {result}"
    elif score.state is not ScoreState.NONE:
        yield f"score {score.state}"
    yield from list_caveats(attempt)
    if official := official_words(attempt):
        yield official
    if attempt.in_spite_of:
        yield f"{attempt.in_spite_of} at check-in"
    if attempt.void_reference:
        yield f"reference {attempt.void_reference}"
    if attempt.continues:
        yield f"continues {attempt.continues}"
    if attempt.carried_ms is not None:
        yield f"with {span_text(attempt.carried_ms)} left"
    yield f"session {one.session_id}"


def _credential_lines(card: Card, definitions: Definitions) -> Iterator[CardLine]:
    way = card.credentials
    for one in way.certificates:
        yield CardLine("Credentials", _pass_text(one, definitions), "good")
    for one in way.withdrawn:
        text = f"withdrawn: {_pass_text(one, definitions)}"
        yield CardLine("Credentials", text, "alert")
    yield CardLine(
        "Credentials", explain_why(way.reason), "good" if way.eligible_on else ""
    )


def _pass_text(one: Passed, definitions: Definitions) -> str:
    return (
        f"{_module_title(definitions, one.module_id)}, passed {format_date(one.date)}"
    )


def _fee_lines(card: Card) -> Iterator[CardLine]:
    for one in card.statement.lines:
        yield CardLine("Fees", _due_text(one), "attention" if one.open_cents else "")
    open_cents = card.statement.open_cents
    text = (
        f"{format_dollars(open_cents)} due of"
        f" {format_dollars(card.statement.due_cents)}"
    )
    yield CardLine("Fees", text, "attention" if open_cents else "")


def _due_text(one: Due) -> str:
    text = f"{one.text} {format_dollars(one.due_cents)}"
    if one.settled:
        text += f": {'; '.join(map(one_line, one.settled))}"
    if one.open_cents:
        text += f", {format_dollars(one.open_cents)} due" if one.settled else " due"
    return text


def _conflict_lines(card: Card, center: Center) -> Iterator[CardLine]:
    found = {
        staff_id: relation
        for staff_id, relation in card.candidate.conflicts.items()
        if relation
    }
    if not found:
        yield CardLine("Conflicts", "no conflicts of interest")
    for staff_id, relation in found.items():
        member = center.staff.get(staff_id)
        name = member.name.text if member else staff_id
        yield CardLine("Conflicts", f"{name} is their {relation}", "attention")
