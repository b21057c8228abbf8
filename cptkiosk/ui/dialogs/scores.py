"""What the coordinator is asked about a score: which verdict holds, does it count."""

from cptkiosk.domain import commands as c
from cptkiosk.domain.attempt import Attempt, Validity
from cptkiosk.domain.closing import DECIDED
from cptkiosk.ui import rolls
from cptkiosk.ui.ports import SessionPort
from cptkiosk.ui.widgets.form import ChoiceField, Field, TextField

UPHOLD = (
    ("score", "the score keyed: our arithmetic"),
    ("vendor", "the vendor's verdict"),
)
WORDS = {
    (Validity.FLAGGED, "clean"): "clear the flag",
    (Validity.WITHHELD, "clean"): "release: the score counts",
    (Validity.WITHHELD, "void"): "void, decided outside",
    (Validity.VOID, "clean"): "no longer void: the score counts",
}


def ask_to_settle(screen: SessionPort, attempt: Attempt) -> None:
    """Ask the coordinator which verdict holds, and why."""
    ours = attempt.verdict
    word = "pass" if ours is not None and ours.passed else "not pass"
    screen.ask_first(
        f"Settle the discrepancy of {screen.person(attempt)}",
        (
            f"{rolls.raw_text(attempt)} is {word} by our arithmetic; the vendor says"
            f" {attempt.score.vendor_verdict}.",
            "Credentials follow from the verdict you uphold.",
        ),
        (
            ChoiceField("uphold", "What holds", UPHOLD, value="score"),
            TextField("reason", "Reason"),
        ),
        lambda values: c.SettleDiscrepancy(
            session_id=screen.session_id,
            attempt_id=attempt.attempt_id,
            uphold=values.text("uphold"),
            reason=values.text("reason"),
        ),
        lambda values: (
            f"{screen.person(attempt)}: discrepancy settled, {values['uphold']} upheld"
        ),
    )


def ask_validity(screen: SessionPort, attempt: Attempt) -> None:
    """Ask the coordinator whether a score counts, and why."""
    possible = sorted(DECIDED.get(attempt.validity, frozenset()))
    options = tuple((one.value, WORDS[attempt.validity, one.value]) for one in possible)
    fields: list[Field] = [
        ChoiceField("validity", "Decision", options, value=options[0][0]),
        TextField("reason", "Reason"),
    ]
    if Validity.VOID in possible:
        fields.append(
            TextField(
                "reference",
                "Outside reference",
                required=False,
                help="to void: the number of MSSC's or the vendor's decision",
            )
        )
    screen.ask_first(
        f"Does the score of {screen.person(attempt)} count?",
        (f"It is {attempt.validity} now. A center never voids a score on its own.",),
        fields,
        lambda values: c.DecideValidity(
            session_id=screen.session_id,
            attempt_id=attempt.attempt_id,
            validity=values.text("validity"),
            reason=values.text("reason"),
            reference=values.text("reference", ""),
        ),
        lambda values: f"{screen.person(attempt)}: score is {values['validity']}",
        draft=f"validity {screen.session_id} {attempt.attempt_id}",
    )
