"""What is asked about a score: its digits, which verdict holds, does it count."""

from collections.abc import Callable

from textual import events

from cptkiosk.domain.commands import score as c
from cptkiosk.domain.modules import Policies
from cptkiosk.domain.rules.scores import DECIDED, asks_which
from cptkiosk.domain.state.attempt import Attempt
from cptkiosk.domain.state.score_state import KEYED_ONCE, Validity
from cptkiosk.domain.state.session import Session
from cptkiosk.domain.terms import display_term
from cptkiosk.ui import attempt_rows
from cptkiosk.ui.dialogs.form_dialog import FormDialog
from cptkiosk.ui.dialogs.question import REASON, CommandQuestion, FollowUp, Question
from cptkiosk.ui.widgets.fields import ChoiceField, TextField, Values

NO_SCORE = (
    ("pending", "not shown on the test screen yet"),
    ("not applicable", "there will be no score"),
)
UPHOLD = (
    ("score", "the score entered (our calculation)"),
    ("vendor", "what the test screen says"),
)
REFERENCE = TextField(
    "reference",
    "Reference",
    required=False,
    help="to void: decision number from MSSC or the test vendor",
)
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
SHOWN_AS = (("", "not specified"), ("raw", "correct answers"), ("percent", "percent"))
NUMBERS = {
    "either": "0 to {items}, or a percentage such as 76%.",
    "raw": "0 to {items} correct answers, or a percentage such as 76%.",
    "percent": "A percentage. The % sign is optional.",
}
VERDICTS = (("", "not shown"), ("pass", "pass"), ("not pass", display_term("not pass")))


WHICH = {
    "r": ("shown_as", "raw"),
    "p": ("shown_as", "percent"),
    "y": ("verdict", "pass"),
    "n": ("verdict", "not pass"),
}
"""What a key says of a number that may be correct answers or a percent."""

WHICH_KEYS = "r, p, y, or n: answer    Esc: back to the number"
WHICH_WORDS = (
    "r correct answers  p percent. Or the test screen says: y pass  n did not pass"
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
    about = NUMBERS[policies.score_shown].format(items=attempt.module.items)
    lines = ["Enter the score that the test screen shows.", about]
    if attempt.score.state in KEYED_ONCE:
        lines[0] = "Second entry. Enter again what the test screen shows."
        if attempt.score.keyed_by == staff_id:
            lines[1] += " Someone else should enter it."

    def which(values: Values) -> str:
        unclear = asks_which(score_keyed(session, attempt, values), attempt, policies)
        return f"{values.text('score')} is: {WHICH_WORDS}" if unclear else ""

    return Question(
        f"{session.label(attempt)} - {attempt.module.name}",
        lines,
        (
            TextField("score", "Score", clears=True),
            ChoiceField("verdict", "Test screen says", VERDICTS, required=False),
            ChoiceField("shown_as", "Shown as", SHOWN_AS, required=False),
        ),
        submit_at="score",
        enter="save",
        follow_up=FollowUp(which, WHICH, WHICH_KEYS),
    )


def score_keyed(session: Session, attempt: Attempt, values: Values) -> c.KeyScore:
    """Return the command that a filled-in question makes."""
    return c.KeyScore(
        **session.about(attempt),
        shown=values.text("score"),
        vendor_verdict=values.text("verdict"),
        shown_as=values.text("shown_as"),
        seen_keyings=len(attempt.keyings),
    )


def settle_discrepancy(session: Session, attempt: Attempt) -> CommandQuestion:
    """Ask the coordinator which verdict holds, and why."""
    ours, name = attempt.verdict, session.label(attempt)
    word = "pass" if ours is not None and ours.passed else display_term("not pass")
    vendor = display_term(attempt.score.vendor_verdict)
    return CommandQuestion(
        f"Settle the discrepancy: {name}",
        (
            f"{attempt_rows.raw_text(attempt)}: {word} by our calculation, {vendor} by the"
            " vendor.",
            "Credentials follow the verdict you uphold.",
        ),
        (ChoiceField("uphold", "Uphold", UPHOLD, value="score"), REASON),
        command=lambda values: c.SettleDiscrepancy(
            **session.about(attempt),
            uphold=values.text("uphold"),
            reason=values.text("reason"),
        ),
        words=lambda values: (
            f"{name}: discrepancy settled, {values.text('uphold')} upheld"
        ),
    )


def decide_validity(session: Session, attempt: Attempt) -> CommandQuestion:
    """Ask the coordinator whether a score counts, and why."""
    name = session.label(attempt)
    possible = sorted(DECIDED.get(attempt.validity, frozenset()))
    options = tuple((one.value, WORDS[attempt.validity, one.value]) for one in possible)
    decision = ChoiceField("validity", "Decision", options, value=options[0][0])
    return CommandQuestion(
        f"Does the score of {name} count?",
        (
            f"The score is {display_term(attempt.validity)}. A center never voids a score"
            " on its own.",
        ),
        (
            decision,
            REASON,
            *((REFERENCE,) if Validity.VOID in possible else ()),
        ),
        command=lambda values: c.DecideValidity(
            **session.about(attempt),
            validity=values.text("validity"),
            reason=values.text("reason"),
            reference=values.text("reference", ""),
            seen_validity=attempt.validity.value,
        ),
        words=lambda values: (
            f"{name}: {_DONE[attempt.validity, values.text('validity')]}"
        ),
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
        (ChoiceField("state", "Status", NO_SCORE, value="pending"), REASON),
        command=lambda values: c.ExplainScore(
            **session.about(attempt),
            state=values.text("state"),
            reason=values.text("reason"),
            seen_keyings=len(attempt.keyings),
        ),
        words=lambda values: f"{name}: no score, {values.text('state')}",
        then=then,
        draft=f"no-score {session.session_id} {attempt.attempt_id}",
    )
