"""The gates of one person at check-in: passed, waived, not passed, or still open."""

from collections.abc import Iterator

from cptkiosk.domain.people.eligibility_findings import (
    Finding,
    to_mind,
    unanswered_findings,
)
from cptkiosk.domain.rules import seating
from cptkiosk.domain.rules.photo_id import ID_KINDS
from cptkiosk.domain.state.attempt import ID_CHECKED, WAITING, WAIVED, Attempt, Gate
from cptkiosk.domain.state.blockers import next_sheet
from cptkiosk.domain.state.session import Session, Stage
from cptkiosk.domain.terms import display_id, display_term
from cptkiosk.domain.text import cells, fit
from cptkiosk.domain.time import timing
from cptkiosk.domain.values import MINUTE_MS, Refused
from cptkiosk.services.assignment import finding_words
from cptkiosk.ui.attempt_rows import GATE_NAMES, GATE_WORDS
from cptkiosk.ui.terminal.screen_buffer import harmless
from cptkiosk.ui.widgets.drawing import broken
from cptkiosk.words import explain, explain_why

FEE_WORDS = {True: ", fee paid", False: ", fee not paid", None: "; no fee to check"}
WIDTH = 34
LINES_MAX = 4
"""How many lines one gate takes at most, so that the last one stays in sight."""

Findings = tuple[Finding, ...]


def gates_text(
    session: Session, attempt: Attempt | None, found: Findings | None
) -> str:
    """Return who is under the cursor and how far they have come.

    Args:
        session: where they check in.
        attempt: whose gates are shown; `None` if the cursor is on no one.
        found: what the rules say against them, if that is known.
    """
    lines = () if attempt is None else _gate_lines(session, attempt, found)
    return "\n".join(harmless(line) for line in lines)


def _gate_lines(
    session: Session, attempt: Attempt, found: Findings | None
) -> Iterator[str]:
    """Yield the lines about someone at check-in, none wider than `WIDTH`."""
    yield from _who(attempt)
    waiting = attempt.standing in WAITING
    open_gates = attempt.open_gates
    for gate in Gate:
        here = waiting and bool(open_gates) and gate is open_gates[0]
        box = "[x]" if gate in attempt.passed_gates else "[ ]"
        lead = f"{'>' if here else ' '}{box} "
        yield from _gate_line(lead, _words(session, attempt, gate, found, here))
    if waiting and session.stage is Stage.HALTED:
        yield from wrap_text(explain(Refused("closed-by-halt")), WIDTH)
    if not waiting:
        why = f": {attempt.reason}" if attempt.reason else ""
        yield from wrap_text(f"{display_term(attempt.standing)}{why}", WIDTH)


def wrap_text(text: str, width: int) -> list[str]:
    """Return text as lines of at most `width` cells; a longer word is cut."""
    text = harmless(" ".join(text.split()))
    if cells(text) <= width:
        return [text]
    lines = broken(text, width)
    return [fit(line, width).rstrip() for line in lines]


def _who(attempt: Attempt) -> Iterator[str]:
    yield fit(attempt.person.text, WIDTH).rstrip()
    yield fit(f"ID {attempt.participant_id}", WIDTH).rstrip()
    module, time = attempt.module, f"{attempt.allowed_ms // MINUTE_MS} min"
    if attempt.is_untimed:
        time = "no time limit"
    elif attempt.carried_ms is not None:
        time = f"continues with {timing.span_text(attempt.carried_ms)} left"
    yield from wrap_text(f"{module.short}, {time}", WIDTH)


def _gate_line(lead: str, words: str) -> Iterator[str]:
    lines = wrap_text(words, WIDTH - len(lead))
    for at, line in enumerate(lines[:LINES_MAX]):
        yield f"{lead if not at else ' ' * len(lead)}{line}"


def _words(
    session: Session,
    attempt: Attempt,
    gate: Gate,
    found: Findings | None,
    here: bool,
) -> str:
    """Return what one gate asks for, or what was shown at it."""
    notes = dict(attempt.gates)
    note = notes.get(gate, "")
    if why := note if note == WAIVED else attempt.failed_at(gate):
        return f"{GATE_NAMES[gate]}: {why}"
    match gate:
        case Gate.PHOTO_ID:
            shown = (
                note if gate in notes else f"{ID_KINDS[0]}, {ID_CHECKED} (k: other ID)"
            )
            return f"photo ID: {display_id(shown)}" if shown else GATE_WORDS[gate]
        case Gate.NAME if note:
            return f"name on ID: {note}"
        case Gate.ELIGIBLE:
            return _eligible(attempt, found if gate not in notes else None)
        case Gate.ACCOMMODATIONS if attempt.accommodations:
            return f"{GATE_WORDS[gate]}: {attempt.accommodations}"
        case Gate.ACCOMMODATIONS:
            return "accommodations: none"
        case Gate.SCRATCH:
            return _scratch(session, attempt, here)
        case Gate.SEAT:
            return _seat(session, attempt, here)
        case Gate.USER_CODE:
            code = attempt.user_code
            return f"gave user code {code}" if code else "user code: none on record"
    return GATE_WORDS[gate]


def _eligible(attempt: Attempt, found: Findings | None) -> str:
    """Return what the rules found, what blocks first."""
    if attempt.in_spite_of:
        return f"eligible, but {attempt.in_spite_of}"
    if not found:
        return f"eligible{FEE_WORDS[attempt.paid]}"
    minded = to_mind(found, attempt.overrules)
    telling = sorted(found, key=lambda one: one not in minded)
    if not any(one.is_blocking for one in found):
        warnings = " ".join(explain_why(one.reason) for one in telling)
        return f"eligible, with a warning: {warnings}"
    said = "; ".join(finding_words(one) for one in telling)
    if not unanswered_findings(found, attempt.overrules):
        return f"eligible by coordinator override ({attempt.override}): {said}"
    return f"not eligible - {said}"


def _scratch(session: Session, attempt: Attempt, here: bool) -> str:
    if here:
        return f"scratch paper: sheet {next_sheet(session)} is next"
    numbers = attempt.sheet_numbers
    return f"scratch paper: sheet {numbers}" if numbers else GATE_WORDS[Gate.SCRATCH]


def _seat(session: Session, attempt: Attempt, here: bool) -> str:
    if attempt.seat:
        return f"seat {attempt.seat}"
    free = session.free_seats()
    if not here or not free:
        return "seat" if free else "seat: all seats are taken"
    minded = map(explain_why, seating.seat_hints(session, attempt, *free[0]))
    words = "; ".join((f"seat {free[0][1]} is next", *minded))
    offered = seating.next_free_seat(session, attempt)
    return f"{words} (z: {offered[1]})" if offered and offered != free[0] else words
