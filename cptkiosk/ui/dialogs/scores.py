"""What is asked about a score: its digits, which verdict holds, does it count."""

from collections.abc import Callable
from functools import partial

from textual import events

from cptkiosk.domain.commands import score as c
from cptkiosk.domain.modules import Policies
from cptkiosk.domain.rules.scores import DECIDED, asks_which
from cptkiosk.domain.state.attempt import Attempt
from cptkiosk.domain.state.score_state import KEYED_ONCE, Validity
from cptkiosk.domain.state.session import Session
from cptkiosk.ui import attempt_rows
from cptkiosk.ui.dialogs.form_dialog import FormDialog
from cptkiosk.ui.dialogs.question import (
    CommandQuestion,
    FollowUp,
    Question,
    build_question,
)
from cptkiosk.ui.widgets.fields import Values

WORDS = {
    (Validity.FLAGGED, "clean"): "clear the flag",
    (Validity.WITHHELD, "clean"): "release: the score counts",
    (Validity.WITHHELD, "void"): "void (decided by MSSC or vendor)",
    (Validity.VOID, "clean"): "undo void: the score counts",
}
_DONE = {
    (Validity.FLAGGED, "clean"): "flag cleared",
    (Validity.WITHHELD, "clean"): "score released",
    (Validity.WITHHELD, "void"): "score void",
    (Validity.VOID, "clean"): "score no longer void",
}
CORRECT = "0 to {items} correct answers, or a percent such as 76%"
NUMBERS = {
    "either": CORRECT,
    "raw": CORRECT,
    "percent": "percent; the % sign is optional",
}
WHICH = {"c": ("shown_as", "raw"), "p": ("shown_as", "percent")}
"""What a key says of a number that may be correct answers or a percent."""

WHICH_KEYS = "c: correct answers    p: percent    Esc: back to the number"
SECOND = "Second entry, to catch typing errors: the first is hidden until you save."
SAME_PERSON = (
    "You made the first one. If a colleague is here, let them make this one; if not, go"
    " on. The report will say that you made both."
)


def type_first(dialog: FormDialog, digit: str) -> None:
    """Type the first digit, which opened the question."""
    if dialog.focused is not None:
        dialog.focused.post_message(events.Key(digit, digit))


def key_score(
    session: Session, attempt: Attempt, policies: Policies, staff_id: str
) -> Question:
    """Return the question for what the test screen shows.

    Args:
        session: the session.
        attempt: whose score it is.
        policies: how vendors show scores, and what follows from one.
        staff_id: who keys it.
    """
    twice = attempt.score.state in KEYED_ONCE
    same = twice and attempt.score.keyed_by == staff_id

    def which(values: Values) -> str:
        unclear = asks_which(score_keyed(session, attempt, values), attempt, policies)
        score = values.text("score")
        return (
            f"Is {score} the number of correct answers, or a percent?"
            if unclear
            else ""
        )

    return Question.from_catalog(
        "key-score",
        {
            "name": session.label(attempt),
            "module": attempt.module.name,
            "numbers": NUMBERS[policies.score_shown].format(items=attempt.module.items),
            "second": f"{SECOND} {SAME_PERSON}" if same else SECOND if twice else "",
        },
        follow_up=FollowUp(which, WHICH, WHICH_KEYS),
    )


def score_keyed(session: Session, attempt: Attempt, values: Values) -> c.KeyScore:
    """Return the command that a filled-in question makes."""
    return c.KeyScore(
        **session.about(attempt),
        shown=values.text("score"),
        vendor_verdict=values.text("verdict"),
        shown_as=values.text("shown_as", ""),
        seen_keyings=len(attempt.keyings),
    )


def settle_discrepancy(session: Session, attempt: Attempt) -> CommandQuestion:
    """Ask the coordinator which verdict holds, and why."""
    ours = attempt.verdict
    details = {
        "raw": attempt_rows.raw_text(attempt),
        "ours": "pass" if ours is not None and ours.passed else "not pass",
        "vendor": attempt.score.vendor_verdict,
    }
    return build_question(
        "settle-discrepancy", session, attempt, c.SettleDiscrepancy, details
    )


def decide_validity(session: Session, attempt: Attempt) -> CommandQuestion:
    """Ask the coordinator whether a score counts, and why."""
    name, before = session.label(attempt), attempt.validity
    possible = sorted(DECIDED.get(before, frozenset()))
    fields: dict[str, dict[str, object] | None] = {
        "validity": {"options": [(one.value, WORDS[before, one]) for one in possible]}
    }
    if Validity.VOID not in possible:
        fields["reference"] = None
    return build_question(
        "decide-validity",
        session,
        attempt,
        partial(c.DecideValidity, seen_validity=before.value),
        {"before": before},
        fields,
        words=lambda values: f"{name}: {_DONE[before, values.text('validity')]}",
        draft=f"validity {session.session_id} {attempt.attempt_id}",
    )


def explain_score(
    session: Session, attempt: Attempt, then: Callable[[], object]
) -> CommandQuestion:
    """Ask why there is no score."""
    return build_question(
        "explain-score",
        session,
        attempt,
        partial(c.ExplainScore, seen_keyings=len(attempt.keyings)),
        then=then,
        draft=f"no-score {session.session_id} {attempt.attempt_id}",
    )
