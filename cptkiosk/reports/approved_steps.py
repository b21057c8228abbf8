"""What a coordinator approved, in words: whose it is, what exactly, and why."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from cptkiosk.domain.events.fact import Fact
from cptkiosk.domain.events.score import ScoreCorrected, ScoreKeyed
from cptkiosk.domain.events.session import named_in
from cptkiosk.domain.rules.mistakes import replacement_text
from cptkiosk.domain.state.score_state import KEYED_ONCE
from cptkiosk.domain.state.session import Session
from cptkiosk.domain.time import timing

WHY = ("reason", "override", "granted", "beyond_window", "observed", "note", "text")
"""Fields that say why a step was taken, or what was seen; the first said one is it."""


def approved_text(session: Session, events: Iterable[Fact]) -> str:
    """Return what steps were about: 'Family, Kim, photo ID waived: known for years'.

    Steps of the same kind for the same reason name everyone together.
    """
    told: dict[tuple[str, str], list[str]] = {}
    for event in events:
        whom = (session.attempts.get(one) for one in named_in(event))
        step = (_step_text(session, event), _reason_of(event))
        names = told.setdefault(step, [])
        names += [session.label(one) for one in whom if one is not None]
    return ". ".join(
        ": ".join(
            part
            for part in (", ".join(filter(None, ("; ".join(names), what))), why)
            if part
        )
        for (what, why), names in told.items()
    )


def _reason_of(event: Fact) -> str:
    """Return the reason that was given for a step, or an empty string."""
    said = (getattr(event, name, None) for name in WHY)
    return next((text for one in said if one is not None and (text := str(one))), "")


def number_keyed(session: Session, event: ScoreKeyed | ScoreCorrected) -> str:
    """Return the number keyed; nothing while a keying waits for its blind second."""
    waits = session.attempts[event.attempt_id].score.state in KEYED_ONCE
    return "" if waits else event.shown


def _step_text(session: Session, event: Fact) -> str:
    """Return what a step was exactly, where its kind does not say."""
    if isinstance(event, ScoreKeyed | ScoreCorrected):
        return number_keyed(session, event)
    tell = WHAT.get(event.kind)
    return "" if tell is None else tell(event)


def _gates_text(*gates: str) -> str:
    return ", ".join(one.replace("-id", " ID").replace("-", " ") for one in gates)


def _numbers_text(irregularity_ids: Iterable[str]) -> str:
    return ", ".join(one.rpartition("-")[2] for one in irregularity_ids)


# Each is asked only about events of its own kind.
WHAT: Mapping[str, Callable[[Any], str]] = {
    "attempt-assigned.v1": lambda event: event.module.name,
    "attempt-ended-early.v1": lambda event: event.outcome,
    "credit-given.v1": lambda event: timing.span_text(event.credit_ms),
    "discrepancy-settled.v1": lambda event: f"the {event.uphold} stands",
    "gate-failed.v1": lambda event: _gates_text(event.gate),
    "gate-waived.v1": lambda event: _gates_text(event.gate),
    "gates-passed.v1": lambda event: _gates_text(*event.gates),
    "irregularities-seen.v1": lambda event: _numbers_text(event.irregularity_ids),
    "irregularity-recorded.v1": lambda event: (
        f"{event.code}, severity {event.severity}"
    ),
    "official-reported.v1": lambda event: event.shown,
    "outcome-corrected.v1": lambda event: event.outcome,
    "outcome-replaced.v1": lambda event: replacement_text(event.was, event.outcome),
    "room-clock-confirmed.v1": lambda event: timing.span_text(event.correction_ms),
    "score-explained.v1": lambda event: event.state,
    "session-sealed.v1": lambda event: f"revision {event.revision}",
    "step-undone.v1": lambda event: event.step,
    "validity-decided.v1": lambda event: event.validity,
}
"""What a step was exactly, by the kind of its event."""
