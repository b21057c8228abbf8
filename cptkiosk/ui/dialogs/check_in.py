"""What the check-in asks about one person: what was shown, and why they are denied."""

from collections.abc import Callable

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
    ask_why,
    choice_field,
    reason_field,
)
from cptkiosk.ui.ports import SessionPort
from cptkiosk.ui.widgets.fields import ChoiceField, TextField, ToggleField, Values

NAME_KIND = choice_field(
    "kind",
    "Difference",
    (
        "nickname",
        "marriage",
        "typo on the roster",
        "order of names",
        "accents",
        "other",
    ),
)
ID_CONFIRMS = (
    "Confirm that it is unexpired and shows this person. Only the type of ID is"
    " recorded, never the number."
)


def _kind_and_shown(values: Values) -> str:
    kind, shown = values.text("kind", ""), values.text("reason").strip()
    return f"{kind}: {shown}" if kind and shown else shown


def choose_id_kind(session: Session, attempt: Attempt) -> CommandQuestion:
    """Ask for the kind of ID that was shown."""
    title = f"Photo ID of {session.label(attempt)}"
    return _photo_id(session, attempt, title, (ID_CONFIRMS,), ID_KINDS[1])


def _photo_id(
    session: Session,
    attempt: Attempt,
    title: str,
    lines: tuple[str, ...],
    proposed: str,
) -> CommandQuestion:
    """Ask for the kind of ID, and what it is where the kind does not say that."""
    kinds = tuple((kind, display_id(kind)) for kind in ID_KINDS)
    help_ = f"describe it if you chose {OTHER_ID}"
    return CommandQuestion(
        title,
        lines,
        (
            ChoiceField("kind", "Type", kinds, value=proposed),
            TextField("note", "Note", required=False, help=help_),
        ),
        command=lambda values: pass_photo_id(
            session.about(attempt), values.text("kind"), values.text("note")
        ),
        words=lambda values: (
            f"{session.label(attempt)}: photo ID checked, {display_id(values.text('kind'))}"
        ),
    )


def pass_other_name(session: Session, attempt: Attempt) -> CommandQuestion:
    """Ask how the name on the ID differs, and pass it."""
    name = session.label(attempt)
    return CommandQuestion(
        f"Name on ID differs: {name}",
        (
            "This checks off the item and records how the name differs. To fail it"
            " instead, press Esc, then x.",
        ),
        (NAME_KIND, TextField("reason", "What was shown")),
        command=lambda values: PassGates(
            **session.about(attempt),
            gates=(Gate.NAME,),
            note=_kind_and_shown(values),
        ),
        words=lambda values: f"{name}: name checked, {values.text('kind')}",
    )


def fail_gate(
    session: Session, attempt: Attempt, gate: Gate, *, may_waive: bool
) -> CommandQuestion:
    """Ask what was shown at a gate that is not passed."""
    name, words = session.label(attempt), GATE_NAMES[gate]
    shown = TextField("reason", "What was shown")
    waive = "waive it (w)" if may_waive else "have a coordinator waive it"
    return CommandQuestion(
        f"Failed item: {words}",
        (
            f"{name}: this item stays open. You can check it later, {waive}, or deny"
            " entry (d).",
        ),
        (NAME_KIND, shown) if gate is Gate.NAME else (shown,),
        command=lambda values: FailGate(
            **session.about(attempt), gate=gate, reason=_kind_and_shown(values)
        ),
        words=f"{name}: {words} failed",
        enter="record",
    )


def pass_gate_after_all(
    session: Session, attempt: Attempt, gate: Gate
) -> CommandQuestion:
    """Ask what was shown this time at a gate that was not passed before."""
    name, words = session.label(attempt), GATE_NAMES[gate]
    title = f"Check off a failed item: {words}"
    lines = (
        f"{name} failed this item: {attempt.failed_at(gate)}.",
        "If it still fails, press Esc. To deny entry, press Esc, then d.",
    )
    if gate is Gate.PHOTO_ID:
        return _photo_id(session, attempt, title, (*lines, ID_CONFIRMS), "")
    return CommandQuestion(
        title,
        lines,
        (TextField("note", "Shown now"),),
        command=lambda values: PassGates(
            **session.about(attempt), gates=(gate,), note=values.text("note")
        ),
        words=f"{name}: {words} checked after a failure",
    )


def waive_gate(
    session: Session, attempt: Attempt, gate: Gate, then: Callable[[], object]
) -> CommandQuestion:
    """Ask why the open gate is waived."""
    name = session.label(attempt)
    return ask_why(
        f"Waive {GATE_NAMES[gate]} for {name}",
        "The record shows who waived it and why.",
        lambda why: WaiveGate(**session.about(attempt), gate=gate, reason=why),
        f"{name}: {GATE_NAMES[gate]} waived",
        then=then,
    )


def deny_entry(
    session: Session,
    attempt: Attempt,
    then: Callable[[], object],
    slip: Callable[[], object],
    *,
    known: str,
    asks_for_call: bool,
) -> CommandQuestion:
    """Ask why someone is turned away, the last gate not passed as a first answer.

    Args:
        session: the session.
        attempt: whose.
        then: what follows once it is recorded.
        slip: the same, whatever is in front by then.
        known: the reason that is known, if they failed no gate.
        asks_for_call: whether a coordinator must be called first.
    """
    name, failed = session.label(attempt), attempt.failed_gates
    last = f"{GATE_NAMES[Gate(failed[-1][0])]}: {failed[-1][1]}" if failed else known
    called = ToggleField("coordinator_called", "Coordinator called")
    return CommandQuestion(
        f"Deny {name}",
        ("They will not test today. A denial slip is saved. Press u to undo.",),
        (reason_field(last), called) if asks_for_call else (reason_field(last),),
        command=lambda values: DenyAttempt(
            **session.about(attempt),
            reason=values.text("reason"),
            coordinator_called=values.flag("coordinator_called", default=False),
        ),
        words=f"{name}: denied",
        enter="deny",
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
        f"{at}  #{denied.seq}  {person}: denied. Denial slip saved as {path.name} in"
    )
    words += f" {visible(str(path.parent), 160)}"
    screen.kiosk.status.say(words, "ok", synced=True)


def take_off_roll(
    session: Session, attempt: Attempt, then: Callable[[], object]
) -> CommandQuestion:
    """Ask why someone is taken off the roll."""
    name = session.label(attempt)
    return ask_why(
        f"Remove {name} from the attendance list",
        "Use this for someone listed by mistake. For a no-show, mark absent (a).",
        lambda why: CancelAttempt(**session.about(attempt), reason=why),
        f"{name}: removed from the attendance list",
        then=then,
    )
