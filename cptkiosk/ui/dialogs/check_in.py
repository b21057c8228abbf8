"""What the check-in asks about one person: what was shown, why, and where they sit."""

from collections.abc import Callable

from cptkiosk.domain import commands as c
from cptkiosk.domain.attempt import Attempt, Gate
from cptkiosk.domain.photo_id import ID_KINDS, OTHER_ID, pass_photo_id
from cptkiosk.domain.values import Role
from cptkiosk.ui.ports import CheckInPort
from cptkiosk.ui.widgets.form import ChoiceField, TextField, ToggleField, Values
from cptkiosk.ui.widgets.gates import GATE_WORDS

NAME_KINDS = (
    "nickname",
    "marriage",
    "typo on the roster",
    "order of names",
    "accents",
    "other",
)
ID_CONFIRMS = "It is unexpired and shows them. The kind is kept, never the number."


def _kind_field() -> ChoiceField:
    kinds = tuple((kind, kind) for kind in NAME_KINDS)
    return ChoiceField("kind", "Kind", kinds, value=NAME_KINDS[0])


def _kind_and_shown(values: Values) -> str:
    kind, shown = values.text("kind", ""), values.text("reason").strip()
    return f"{kind}: {shown}" if kind and shown else shown


def id_kind(screen: CheckInPort, attempt: Attempt) -> None:
    """Ask for the kind of ID that was shown."""
    name = screen.person(attempt)
    _ask_for_id(screen, attempt, f"Photo ID of {name}", (ID_CONFIRMS,), ID_KINDS[1])


def _ask_for_id(
    screen: CheckInPort,
    attempt: Attempt,
    title: str,
    lines: tuple[str, ...],
    proposed: str,
) -> None:
    """Ask for the kind of ID, and what it is where the kind does not say that."""
    kinds = tuple((kind, kind) for kind in ID_KINDS)
    what = TextField(
        "note", "Note", required=False, help=f"What it is, if '{OTHER_ID}'."
    )
    name = screen.person(attempt)
    screen.ask_first(
        title,
        lines,
        (ChoiceField("kind", "Kind", kinds, value=proposed), what),
        lambda values: pass_photo_id(
            screen.about(attempt), values.text("kind"), values.text("note")
        ),
        lambda values: f"{name}: photo ID passed, {values['kind']}",
    )


def name_kind(screen: CheckInPort, attempt: Attempt) -> None:
    """Ask how the name on the ID differs, and pass it."""
    name = screen.person(attempt)
    screen.ask_first(
        f"The name on the ID of {name} differs",
        (
            "It passes, and the record says how it differs. If it may not pass, leave"
            " with Esc and press x.",
        ),
        (_kind_field(), TextField("reason", "What was shown")),
        lambda values: c.PassGates(
            **screen.about(attempt), gates=(Gate.NAME,), note=_kind_and_shown(values)
        ),
        lambda values: f"{name}: name passed, {values['kind']}",
    )


def fail(screen: CheckInPort, attempt: Attempt, gate: Gate) -> None:
    """Ask what was shown at a gate that is not passed."""
    name, words = screen.person(attempt), GATE_WORDS[gate]
    fields = (TextField("reason", "What was shown"),)
    waive = c.WaiveGate(**screen.about(attempt), gate=gate, reason="?")
    refused = screen.why_refused(waive)
    waived = "waived by the coordinator" if refused else "waived (w)"
    screen.ask_first(
        f"Not passed: {words}",
        (
            f"{name} stays at this gate: it can be passed later, {waived}, or they"
            " are denied (d).",
        ),
        (_kind_field(), *fields) if gate is Gate.NAME else fields,
        lambda values: c.FailGate(
            **screen.about(attempt), gate=gate, reason=_kind_and_shown(values)
        ),
        lambda _: f"{name}: {words} not passed",
    )


def pass_after_all(screen: CheckInPort, attempt: Attempt, gate: Gate) -> None:
    """Ask what was shown this time at a gate that was not passed before."""
    name, words = screen.person(attempt), GATE_WORDS[gate]
    title = f"Passed after all: {words}?"
    lines = (
        f"{name} did not pass it: {attempt.failed_at(gate)}.",
        "If it still may not pass, leave with Esc; d denies them.",
    )
    if gate is Gate.PHOTO_ID:
        _ask_for_id(screen, attempt, title, (*lines, ID_CONFIRMS), "")
        return
    screen.ask_first(
        title,
        lines,
        (TextField("shown", "What is shown now"),),
        lambda values: c.PassGates(
            **screen.about(attempt), gates=(gate,), note=values.text("shown")
        ),
        lambda _: f"{name}: {words} passed after all",
    )


def waive(
    screen: CheckInPort, attempt: Attempt, gate: Gate, then: Callable[[], object]
) -> None:
    """Ask why the open gate is let go."""
    name = screen.person(attempt)
    screen.ask_first(
        f"Waive '{GATE_WORDS[gate]}' for {name}",
        ("The record says who waived it, and why.",),
        (TextField("reason", "Reason"),),
        lambda values: c.WaiveGate(
            **screen.about(attempt), gate=gate, reason=values.text("reason")
        ),
        lambda _: f"{name}: {GATE_WORDS[gate]} waived",
        then=then,
    )


def deny(screen: CheckInPort, attempt: Attempt, then: Callable[[], object]) -> None:
    """Ask why somebody is turned away, the last gate not passed as a first answer."""
    name, failed = screen.person(attempt), attempt.failed_gates
    last = f"{GATE_WORDS[Gate(failed[-1][0])]}: {failed[-1][1]}" if failed else ""
    last = last or screen.kept_out_by(attempt)
    # Nobody calls themselves.
    asks = screen.actor.role is not Role.COORDINATOR
    called = (ToggleField("called", "Coordinator called"),) if asks else ()
    screen.ask_first(
        f"Deny {name}",
        ("They will not be tested today and get a slip; u takes it back.",),
        (
            TextField("reason", "Reason", value=last),
            *called,
        ),
        lambda values: c.DenyAttempt(
            **screen.about(attempt),
            reason=values.text("reason"),
            coordinator_called=values.flag("called", default=True),
        ),
        lambda _: f"{name}: denied",
        then=then,
    )


def off_roll(screen: CheckInPort, attempt: Attempt, then: Callable[[], object]) -> None:
    """Ask why somebody is taken off the roll."""
    name = screen.person(attempt)
    screen.ask_first(
        f"Take {name} off the roll",
        ("For who should not be on it; who does not come is absent (a).",),
        (TextField("reason", "Reason"),),
        lambda values: c.CancelAttempt(
            **screen.about(attempt), reason=values.text("reason")
        ),
        lambda _: f"{name}: taken off the roll",
        then=then,
    )
