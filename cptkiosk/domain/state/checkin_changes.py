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
from cptkiosk.domain.events.fact import Entry, Fact
from cptkiosk.domain.state.attempt import (
    ID_CHECKED,
    WAIVED,
    Attempt,
    AttemptProgress,
    Gate,
)
from cptkiosk.domain.state.score_changes import Handler
from cptkiosk.domain.terms import display_term


def _after_gates_passed(
    event: GatesPassed, attempt: Attempt, entry: Entry, timeline_ms: int
) -> Attempt:
    note = event.note.text if event.note else ""
    if event.id_checked:
        note = ", ".join(filter(None, (note, ID_CHECKED)))
    gates = tuple((gate, note) for gate in event.gates)
    step = ", ".join(map(display_term, event.gates))
    sheets = attempt.sheets
    if Gate.SCRATCH in event.gates:
        sheets = (*sheets, event.sheet)
    if event.in_spite_of is not None:
        against = event.in_spite_of.text
    else:
        # An older entry has it in its note, as a waived item has.
        against = "" if note == WAIVED else note
    return attempt.take_step(
        entry, timeline_ms, step, **attempt.with_gates(gates), sheets=sheets,
        known_against=_known_against(attempt, event.gates, against),
    )  # fmt: skip


def _known_against(attempt: Attempt, gates: Collection[str], against: str) -> str:
    """Return what is known against a candidate; the first pass as eligible counts."""
    first = Gate.ELIGIBLE in gates and Gate.ELIGIBLE not in attempt.passed_gates
    return against if first else attempt.known_against


def _after_gate_waived(
    event: GateWaived, attempt: Attempt, entry: Entry, timeline_ms: int
) -> Attempt:
    return attempt.take_step(
        entry, timeline_ms, f"{display_term(event.gate)} waived",
        **attempt.with_gates(((event.gate, WAIVED),)),
        known_against=_known_against(attempt, (event.gate,), ""),
    )  # fmt: skip


def _after_gate_failed(
    event: GateFailed, attempt: Attempt, entry: Entry, timeline_ms: int
) -> Attempt:
    failed = (*attempt.failed_gates, (event.gate, event.reason))
    return attempt.take_step(
        entry, timeline_ms, f"{display_term(event.gate)} failed", failed_gates=failed
    )


def _after_seat_taken(
    event: SeatTaken, attempt: Attempt, entry: Entry, timeline_ms: int
) -> Attempt:
    changes = attempt.with_gates(((Gate.SEAT, ""),))
    return attempt.take_step(
        entry,
        timeline_ms,
        f"seat {event.seat}",
        **changes,
        room=event.room,
        seat=event.seat,
    )


def _after_coordinator_called(
    event: CoordinatorCalled, attempt: Attempt, entry: Entry, timeline_ms: int
) -> Attempt:
    return attempt


def _after_attempt_denied(
    event: AttemptDenied, attempt: Attempt, entry: Entry, timeline_ms: int
) -> Attempt:
    return attempt.take_step(
        entry, timeline_ms, "denied",
        standing=AttemptProgress.DENIED, reason=event.reason, room="", seat="",
    )  # fmt: skip


def _after_attempt_absent(
    event: AttemptAbsent, attempt: Attempt, entry: Entry, timeline_ms: int
) -> Attempt:
    gates = tuple(pair for pair in attempt.gates if pair[0] != Gate.SEAT)
    return attempt.take_step(
        entry, timeline_ms, "absent",
        standing=AttemptProgress.ABSENT, gates=gates, room="", seat="",
    )  # fmt: skip


def _after_attempt_expected_late(
    event: AttemptExpectedLate, attempt: Attempt, entry: Entry, timeline_ms: int
) -> Attempt:
    return attempt.take_step(
        entry,
        timeline_ms,
        "running late",
        standing=AttemptProgress.LATE_EXPECTED,
        late=False,
    )


def _after_late_arrived(
    event: LateArrived, attempt: Attempt, entry: Entry, timeline_ms: int
) -> Attempt:
    standing = AttemptProgress.LATE_EXPECTED if event.late else AttemptProgress.EXPECTED
    step = "arrived late" if event.late else "arrived"
    return attempt.take_step(
        entry, timeline_ms, step, standing=standing, late=event.late
    )


HANDLERS: Mapping[type[Fact], Handler] = {
    GatesPassed: _after_gates_passed,
    GateWaived: _after_gate_waived,
    GateFailed: _after_gate_failed,
    SeatTaken: _after_seat_taken,
    CoordinatorCalled: _after_coordinator_called,
    AttemptDenied: _after_attempt_denied,
    AttemptAbsent: _after_attempt_absent,
    AttemptExpectedLate: _after_attempt_expected_late,
    LateArrived: _after_late_arrived,
}
"""What each event of check-in does."""
