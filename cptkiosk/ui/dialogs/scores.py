"""What the coordinator is asked about a score: which verdict holds, does it count."""

from collections.abc import Callable

from cptkiosk.domain import commands as c
from cptkiosk.domain.attempt import Attempt, Validity
from cptkiosk.domain.closing import DECIDED
from cptkiosk.domain.session import Session
from cptkiosk.ui import attempt_rows
from cptkiosk.ui.dialogs.question import (
    REASON,
    CommandQuestion,
    from_fields,
)
from cptkiosk.ui.widgets.fields import ChoiceField, TextField

NO_SCORE = (
    ("pending", "the vendor shows none yet"),
    ("not applicable", "there will be none"),
)
UPHOLD = (
    ("score", "the score keyed: our arithmetic"),
    ("vendor", "the vendor's verdict"),
)
REFERENCE = TextField(
    "reference",
    "Outside reference",
    required=False,
    help="to void: the number of MSSC's or the vendor's decision",
)
WORDS = {
    (Validity.FLAGGED, "clean"): "clear the flag",
    (Validity.WITHHELD, "clean"): "release: the score counts",
    (Validity.WITHHELD, "void"): "void, decided outside",
    (Validity.VOID, "clean"): "no longer void: the score counts",
}


def settle_discrepancy(session: Session, attempt: Attempt) -> CommandQuestion:
    """Ask the coordinator which verdict holds, and why."""
    ours, name = attempt.verdict, session.label(attempt)
    word = "pass" if ours is not None and ours.passed else "not pass"
    return CommandQuestion(
        f"Settle the discrepancy of {name}",
        (
            f"{attempt_rows.raw_text(attempt)} is {word} by our arithmetic; the vendor says"
            f" {attempt.score.vendor_verdict}.",
            "Credentials follow from the verdict you uphold.",
        ),
        (ChoiceField("uphold", "What holds", UPHOLD, value="score"), REASON),
        command=from_fields(c.SettleDiscrepancy, **session.about(attempt)),
        words=lambda values: f"{name}: discrepancy settled, {values['uphold']} upheld",
    )


def decide_validity(session: Session, attempt: Attempt) -> CommandQuestion:
    """Ask the coordinator whether a score counts, and why."""
    name = session.label(attempt)
    possible = sorted(DECIDED.get(attempt.validity, frozenset()))
    options = tuple((one.value, WORDS[attempt.validity, one.value]) for one in possible)
    decision = ChoiceField("validity", "Decision", options, value=options[0][0])
    return CommandQuestion(
        f"Does the score of {name} count?",
        (f"The score is {attempt.validity}. A center never voids a score on its own.",),
        (
            decision,
            REASON,
            *((REFERENCE,) if Validity.VOID in possible else ()),
        ),
        command=from_fields(
            c.DecideValidity,
            **session.about(attempt),
            seen_validity=attempt.validity.value,
        ),
        words=lambda values: f"{name}: score is {values['validity']}",
        draft=f"validity {session.session_id} {attempt.attempt_id}",
    )


def explain_score(
    session: Session, attempt: Attempt, then: Callable[[], object]
) -> CommandQuestion:
    """Ask why there is no score."""
    name = session.label(attempt)
    return CommandQuestion(
        f"No score for {name}",
        (),
        (ChoiceField("state", "No score", NO_SCORE, value="pending"), REASON),
        command=from_fields(
            c.ExplainScore,
            **session.about(attempt),
            seen_keyings=len(attempt.keyings),
        ),
        words=lambda values: f"{name}: no score, {values['state']}",
        then=then,
        draft=f"no-score {session.session_id} {attempt.attempt_id}",
    )
