"""What a row of the scores says, and what the score under the cursor means."""

from collections.abc import Mapping

from cptkiosk.domain.state import blockers
from cptkiosk.domain.state.attempt import Attempt
from cptkiosk.domain.state.center import Member
from cptkiosk.domain.state.score_state import ScoreState
from cptkiosk.domain.terms import display_term
from cptkiosk.domain.text import visible
from cptkiosk.services.people import (
    DISCREPANCY,
    OFFICIAL_DIFFERS,
    list_caveats,
    official_words,
    result_words,
    same_person_keyed_both,
    seen_keyings,
)
from cptkiosk.ui import attempt_rows

OPEN = {DISCREPANCY, OFFICIAL_DIFFERS}
"""Caveats beside which no verdict is shown: which one holds is still to be decided."""


def score_words(attempt: Attempt) -> str:
    """Return the score of a row; a first keying is not shown until the second."""
    state = attempt.score.state
    if state is ScoreState.VERIFIED:
        return attempt_rows.raw_text(attempt)
    return {
        ScoreState.NONE: "to enter",
        ScoreState.ENTERED: "1 entry",
        ScoreState.CORRECTED: "corrected",
        ScoreState.MISMATCH: "! differ",
        ScoreState.NOT_APPLICABLE: "none due",
    }.get(state, state.value)


def tone(attempt: Attempt) -> str:
    """Return how a row is drawn."""
    if attempt.score.state is ScoreState.MISMATCH or attempt.has_discrepancy:
        return "alert"
    return "attention" if blockers.score_lacks(attempt) else ""


def meaning(attempt: Attempt, name: str) -> str:
    """Return what a score means: pass or not, by how much, and what follows.

    Args:
        attempt: whose score.
        name: theirs, as it is told apart on the roll.
    """
    lacks = display_term(blockers.score_lacks(attempt))
    verdict = attempt.verdict
    if attempt.score.state is ScoreState.VERIFIED and verdict is not None:
        word = "pass" if verdict.passed else display_term("not pass")
        distance = (
            f"{verdict.distance} above the passing score"
            if verdict.passed
            else f"{-verdict.distance} below the passing score"
        )
        text = (
            f"{attempt_rows.raw_text(attempt)}{_percent(attempt)}: {word}, {distance}"
        )
        if attempt.settled == "vendor":
            text += f"; settled: {result_words(attempt)}"
        if report := attempt.at_vendor.report:
            text += f"; official report: {report.shown}"
            if report.vendor_verdict:
                text += f", {display_term(report.vendor_verdict)}"
        if attempt.counts:
            text += f"; certificate: {attempt.module.name}"
        if attempt.void_reference:
            text += f"; void by {visible(attempt.void_reference, 40)}"
        return f"{text}. {lacks[:1].upper()}{lacks[1:]}." if lacks else f"{text}."
    if attempt.score.reason is not None:
        return f"No score ({attempt.score.state}): {attempt.score.reason}"
    return f"{name}: {lacks}."


def _percent(attempt: Attempt) -> str:
    """Return what a raw score is in percent, to the hundredth: 63 of 83 are 75.90."""
    score = attempt.score
    if score.raw_min != score.raw_max:
        return ""
    items = attempt.module.items
    hundredths = (score.raw_min * 20_000 + items) // (2 * items)
    return f" ({hundredths // 100}.{hundredths % 100:02}%)"


def result_text(attempt: Attempt) -> str:
    """Return the result of a row, such as 'did not pass, withheld', or a dash.

    A discrepancy stands alone: which verdict holds is still to be decided.
    """
    caveats = list_caveats(attempt)
    verdict = attempt_rows.score_text(attempt).partition(" ")[2]
    said = "" if OPEN & set(caveats) else verdict
    parts = (said, *caveats, official_words(attempt))
    return ", ".join(filter(None, parts)) or "-"


def difference_text(attempt: Attempt) -> str:
    """Return in what two entries differ, but not what they are: both are made again."""
    if not attempt.differing:
        return ""
    first, second = attempt.differing
    if first.shown.rstrip("%") != second.shown.rstrip("%"):
        return "The two entries differ."
    if (first.raw_min, first.raw_max) != (second.raw_min, second.raw_max):
        return "One entry was taken as correct answers, the other as a percent."
    return "The two entries differ in pass or did not pass."


def keyings_text(attempt: Attempt, staff: Mapping[str, Member]) -> str:
    """Return everything ever keyed about an attempt, by whom, or an empty string.

    Entries that differ are hidden: the two that follow are to be made without them.
    """
    if attempt.score.state is ScoreState.MISMATCH:
        return difference_text(attempt)
    if attempt.score.state is ScoreState.ENTERED:
        return "Entered once; hidden until the second entry."
    said = [
        f"{visible(shown, 20)} ({staff[by].name if by in staff else by})"
        for shown, by in seen_keyings(attempt)
    ]
    text = f"Entered: {', '.join(said)}." if said else ""
    if len(said) < len(attempt.keyings):
        text = f"{text} Entered again; hidden until the second entry."
    if same_person_keyed_both(attempt):
        text += " The same person made both entries."
    return text
