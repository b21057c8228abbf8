"""What the check-in asks about one person: what was shown, and why they are denied."""

from collections.abc import Callable
from functools import partial

from cptkiosk.domain.commands.checkin import DenyAttempt, FailGate, PassGates, WaiveGate
from cptkiosk.domain.commands.planning import CancelAttempt
from cptkiosk.domain.rules.photo_id import ID_KINDS, OTHER_ID, pass_photo_id
from cptkiosk.domain.state.attempt import Attempt, Gate
from cptkiosk.domain.state.session import Session
from cptkiosk.domain.terms import display_id
from cptkiosk.domain.text import visible
from cptkiosk.reports.slip import write_slip
from cptkiosk.ui.attempt_rows import GATE_NAMES
from cptkiosk.ui.dialogs.question import (
    CommandQuestion,
    Details,
    build_question,
)
from cptkiosk.ui.ports import SessionPort
from cptkiosk.ui.widgets.fields import Values


def _kind_and_shown(values: Values) -> str:
    kind, shown = values.text("kind", ""), values.text("reason").strip()
    return f"{kind}: {shown}" if kind and shown else shown


def choose_id_kind(session: Session, attempt: Attempt) -> CommandQuestion:
    """Ask for the kind of ID that was shown."""
    return _ask_photo_id("choose-id-kind", session, attempt, ID_KINDS[1], {})


def _ask_photo_id(
    dialog: str,
    session: Session,
    attempt: Attempt,
    proposed: str,
    details: Details,
) -> CommandQuestion:
    """Ask for the kind of ID, and what it is where the kind does not say that."""
    kinds = tuple((kind, display_id(kind)) for kind in ID_KINDS)
    return CommandQuestion.from_catalog(
        dialog,
        {"name": session.label(attempt), **details},
        {
            "kind": {"options": kinds, "value": proposed},
            "note": {"help": f"describe it if you chose {OTHER_ID}"},
        },
        command=lambda values: pass_photo_id(
            session.about(attempt), values.text("kind"), values.text("note")
        ),
    )


def pass_other_name(session: Session, attempt: Attempt) -> CommandQuestion:
    """Ask how the name on the ID differs, and pass it."""
    return CommandQuestion.from_catalog(
        "pass-other-name",
        {"name": session.label(attempt)},
        command=lambda values: PassGates(
            **session.about(attempt), gates=(Gate.NAME,), note=_kind_and_shown(values)
        ),
    )


def fail_gate(
    session: Session, attempt: Attempt, gate: Gate, *, may_waive: bool
) -> CommandQuestion:
    """Ask what was shown at a gate that is not passed."""
    waive = "waive it (w)" if may_waive else "have a coordinator waive it"
    return CommandQuestion.from_catalog(
        "fail-gate",
        {"name": session.label(attempt), "gate": GATE_NAMES[gate], "waive": waive},
        {} if gate is Gate.NAME else {"kind": None},
        command=lambda values: FailGate(
            **session.about(attempt), gate=gate, reason=_kind_and_shown(values)
        ),
    )


def pass_gate_after_all(
    session: Session, attempt: Attempt, gate: Gate
) -> CommandQuestion:
    """Ask what was shown this time at a gate that was not passed before."""
    details = {"gate": GATE_NAMES[gate], "failed": attempt.failed_at(gate)}
    if gate is Gate.PHOTO_ID:
        return _ask_photo_id("pass-failed-id", session, attempt, "", details)
    make = partial(PassGates, gates=(gate,))
    return build_question("pass-failed-gate", session, attempt, make, details)


def waive_gate(
    session: Session, attempt: Attempt, gate: Gate, then: Callable[[], object]
) -> CommandQuestion:
    """Ask why the open gate is waived."""
    make, details = partial(WaiveGate, gate=gate), {"gate": GATE_NAMES[gate]}
    return build_question("waive-gate", session, attempt, make, details, then=then)


def deny_entry(
    session: Session,
    attempt: Attempt,
    then: Callable[[], object],
    slip: Callable[[], object],
    *,
    known: str,
    call: str,
) -> CommandQuestion:
    """Ask why someone is turned away, the last gate not passed as a first answer.

    Args:
        session: the session.
        attempt: whose.
        then: what follows once it is recorded.
        slip: the same, whatever is in front by then.
        known: the reason that is known, if they failed no gate.
        call: the coordinators of whom one must be called first, or an empty string.
    """
    failed = attempt.failed_gates
    last = f"{GATE_NAMES[Gate(failed[-1][0])]}: {failed[-1][1]}" if failed else known
    return build_question(
        "deny-entry",
        session,
        attempt,
        partial(DenyAttempt, coordinator_called=False),
        fields={
            "reason": {"value": last},
            "coordinator_called": {"help": f"call {call} first"} if call else None,
        },
        then=then,
        always=slip,
    )


async def write_denial_slip(screen: SessionPort, attempt_id: str) -> None:
    """Write the slip of someone denied, and say where it is."""
    desk, session_id = screen.kiosk.desk, screen.session_id
    folder = screen.kiosk.paths.reports
    written = await screen.kiosk.worker.quietly(
        lambda: write_slip(desk, session_id, attempt_id, folder)
    )
    if written is None:
        return
    path, denied = written
    at = desk.times.format_seconds(denied.at.utc_ms)
    person = screen.person(screen.session.attempts[attempt_id])
    words = (
        f"{at}  #{denied.seq}: {person}: denied. Denial slip saved as {path.name} in"
    )
    words += f" {visible(str(path.parent), 160)}"
    screen.kiosk.status.say(words, "ok", synced=True)


def take_off_roll(
    session: Session, attempt: Attempt, then: Callable[[], object]
) -> CommandQuestion:
    """Ask why someone is taken off the roll."""
    return build_question("take-off-roll", session, attempt, CancelAttempt, then=then)
