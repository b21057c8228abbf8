"""What the check-in makes of an attempt: gates, a seat, who comes late or not at all."""

from collections.abc import Collection, Mapping

from cptkiosk.domain.events.checkin import (
    AttemptAbsent,
    AttemptDenied,
    AttemptExpectedLate,
    CoordinatorCalled,
    GateFailed,
    GatesPassed,
    GateWaived,
    LateArrived,
    SeatTaken,
)
from cptkiosk.domain.events.fact import Fact
from cptkiosk.domain.state.attempt import (
    ID_CHECKED,
    WAIVED,
    Attempt,
    AttemptProgress,
    Gate,
)
from cptkiosk.domain.state.score_changes import Changes, Handler, make_undoable


def _pass_gates(event: GatesPassed, attempt: Attempt, at_ms: int) -> Changes:
    note = event.note.text if event.note else ""
    if event.id_checked:
        note = ", ".join(filter(None, (note, ID_CHECKED)))
    gates = tuple((gate, note) for gate in event.gates)
    sheets = attempt.sheets
    if Gate.SCRATCH in event.gates:
        sheets = (*sheets, event.sheet)
    if event.in_spite_of is not None:
        against = event.in_spite_of.text
    else:
        # An older entry has it in its note, as a waived item has.
        against = "" if note == WAIVED else note
    known = _known_against(attempt, event.gates, against)
    return {**attempt.with_gates(gates), "sheets": sheets, "known_against": known}


def _known_against(attempt: Attempt, gates: Collection[str], against: str) -> str:
    """Return what is known against a candidate; the first pass as eligible counts."""
    first = Gate.ELIGIBLE in gates and Gate.ELIGIBLE not in attempt.passed_gates
    return against if first else attempt.known_against


def _waive_gate(event: GateWaived, attempt: Attempt, at_ms: int) -> Changes:
    known = _known_against(attempt, (event.gate,), "")
    waived = attempt.with_gates(((event.gate, WAIVED),))
    return {**waived, "known_against": known}


NO_SEAT: Changes = {"room": "", "seat": ""}
"""What a candidate who is not here has of a room."""

HANDLERS: Mapping[type[Fact], Handler] = {
    GatesPassed: make_undoable(_pass_gates),
    GateWaived: make_undoable(_waive_gate),
    GateFailed: make_undoable(
        lambda event, attempt, at_ms: {
            "failed_gates": (*attempt.failed_gates, (event.gate, event.reason))
        }
    ),
    SeatTaken: make_undoable(
        lambda event, attempt, at_ms: {
            **attempt.with_gates(((Gate.SEAT, ""),)),
            "room": event.room,
            "seat": event.seat,
        }
    ),
    CoordinatorCalled: lambda event, attempt, entry, at_ms: attempt,
    AttemptDenied: make_undoable(
        lambda event, attempt, at_ms: {
            "standing": AttemptProgress.DENIED,
            "reason": event.reason,
            **NO_SEAT,
        }
    ),
    AttemptAbsent: make_undoable(
        lambda event, attempt, at_ms: {
            "standing": AttemptProgress.ABSENT,
            "gates": tuple(pair for pair in attempt.gates if pair[0] != Gate.SEAT),
            **NO_SEAT,
        }
    ),
    AttemptExpectedLate: make_undoable(
        lambda event, attempt, at_ms: {
            "standing": AttemptProgress.LATE_EXPECTED,
            "late": False,
        }
    ),
    LateArrived: make_undoable(
        lambda event, attempt, at_ms: {
            "standing": AttemptProgress.LATE_EXPECTED
            if event.late
            else AttemptProgress.EXPECTED,
            "late": event.late,
        }
    ),
}
"""What each event of check-in does."""
