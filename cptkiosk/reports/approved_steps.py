"""What a coordinator approved, in words: whose it is, what exactly, and why."""

from collections.abc import Iterable

from cptkiosk.domain.events.fact import Fact
from cptkiosk.domain.events.mistake import OutcomeReplaced
from cptkiosk.domain.events.score import ScoreFact
from cptkiosk.domain.events.session import named_in
from cptkiosk.domain.rules.mistakes import replacement_text
from cptkiosk.domain.state.score_state import KEYED_ONCE
from cptkiosk.domain.state.session import Session
from cptkiosk.words import describe_event

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


def number_keyed(session: Session, event: ScoreFact) -> str:
    """Return the number keyed; nothing while a keying waits for its blind second."""
    waits = session.attempts[event.attempt_id].score.state in KEYED_ONCE
    return "" if waits else event.shown


def _step_text(session: Session, event: Fact) -> str:
    """Return what a step was exactly, where its kind does not say."""
    if isinstance(event, ScoreFact):
        return number_keyed(session, event)
    if isinstance(event, OutcomeReplaced):
        return replacement_text(event.was, event.outcome)
    return describe_event(event, "what")
