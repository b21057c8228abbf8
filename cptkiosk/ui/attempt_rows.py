"""The roll of a session as rows: one way to draw it on every screen."""

from collections import Counter

from rich.cells import cell_len

from cptkiosk.domain.state.attempt import Attempt, AttemptProgress, Gate
from cptkiosk.domain.state.score_state import Validity
from cptkiosk.domain.state.session import Session
from cptkiosk.domain.terms import display_term
from cptkiosk.domain.text import fold_text
from cptkiosk.domain.time import timing
from cptkiosk.domain.values import HOUR_MS, MINUTE_MS
from cptkiosk.services.people import result_words
from cptkiosk.times.format import TimeFormat
from cptkiosk.ui.terminal.glyphs import Glyphs

GATE_WORDS = {
    Gate.PHOTO_ID: "photo ID",
    Gate.NAME: "name on ID matches the roster and the user code's name",
    Gate.ELIGIBLE: "eligible, fee paid",
    Gate.AGREEMENT: "candidate agreement accepted",
    Gate.BELONGINGS: "phone, watch, bag stowed",
    Gate.ACCOMMODATIONS: "accommodations read back",
    Gate.SCRATCH: "scratch paper handed out",
    Gate.SEAT: "seat",
    Gate.USER_CODE: "gave user code",
}
"""The line of each check-in item in the panel."""

GATE_NAMES = {gate: display_term(gate) for gate in Gate}
"""Each check-in item as a noun, for titles and messages."""

NAMESAKE = " ID "
"""What stands between a name that two people share and the ID, which is never cut."""

DRIFT_MS = 1000
"""A vendor's clock that is further off than this is worth a word."""

BREAK = "on break"
ARRIVED_LATE = "arrived late"
"""States that are no progress of their own."""

STATES = {
    AttemptProgress.EXPECTED: ("·", ".", ""),
    AttemptProgress.LATE_EXPECTED: ("»", ",", "attention"),
    AttemptProgress.CHECKED_IN: ("◇", "/", ""),
    AttemptProgress.SEATED: ("◆", "+", ""),
    AttemptProgress.TESTING: ("●", "*", ""),
    AttemptProgress.PAUSED: ("‖", "=", "attention"),
    AttemptProgress.HALTED: ("■", "#", ""),
    AttemptProgress.TIME_UP: ("!", "!", "alert"),
    AttemptProgress.FINISHED: ("✔", "v", "quiet"),
    AttemptProgress.ABSENT: ("○", "o", "quiet"),
    AttemptProgress.DENIED: ("⊘", "X", "quiet"),
    AttemptProgress.CANCELLED: ("-", "-", "quiet"),
    AttemptProgress.INTERRUPTED: ("¦", "|", "quiet"),
    AttemptProgress.WITHDRAWN: ("←", "<", "quiet"),
    AttemptProgress.DISMISSED: ("×", "x", "quiet"),  # noqa: RUF001 - the sign itself
}
"""The sign of each state, the same in ASCII, and how its row is drawn."""

STATE_WORDS = {one: display_term(one) for one in AttemptProgress}
"""What each state is called; drawn for every row, so it is looked up without a call."""


def sorted_roll(session: Session) -> tuple[Attempt, ...]:
    """Return the attempts by name, those of one name by ID."""
    return tuple(
        sorted(
            session.attempts.values(),
            key=lambda one: (fold_text(one.person.text), one.attempt_id),
        )
    )


def names(session: Session) -> dict[str, str]:
    """Return each attempt's name, with the whole ID where two people share it."""
    count = Counter(one.person.text for one in session.attempts.values())
    return {
        one.attempt_id: one.person.text
        if count[one.person.text] == 1
        else f"{one.person.text}{NAMESAKE}{one.participant_id}"
        for one in session.attempts.values()
    }


def state_words(attempt: Attempt, progress: AttemptProgress, glyphs: Glyphs) -> str:
    """Return glyph and words of where an attempt stands."""
    words = state_name(attempt, progress)
    if words == BREAK:
        return f"{glyphs.on_break} {words}"
    sign, plain_sign, _ = STATES[progress]  # drawn for every row: no call more
    return f"{plain_sign if glyphs.plain else sign} {words}"


def state_name(attempt: Attempt, progress: AttemptProgress) -> str:
    """Return the words of where an attempt stands: no one who has come is expected."""
    if progress is AttemptProgress.TESTING and attempt.on_break:
        return BREAK
    if progress is AttemptProgress.LATE_EXPECTED and attempt.late:
        return ARRIVED_LATE
    return STATE_WORDS[progress]


def state_sign(progress: AttemptProgress, glyphs: Glyphs) -> str:
    """Return the sign of a state, one cell wide."""
    sign, plain_sign, _ = STATES[progress]
    return plain_sign if glyphs.plain else sign


def tone(attempt: Attempt, progress: AttemptProgress) -> str:
    """Return how a row is drawn."""
    drawn = STATES[progress][2]
    return "attention" if attempt.on_break and drawn != "alert" else drawn


def badges(attempt: Attempt, line_ms: int) -> str:
    """Return what is out of the ordinary about a row, in a few signs."""
    return "  ".join(_marks(attempt, line_ms))


def badges_in(width: int, attempt: Attempt, line_ms: int, glyphs: Glyphs) -> str:
    """Return as many of these signs as fit into `width` cells, and that there are more.

    How many more is not said: beside a time, "+1" reads like a credit. Where not even
    one sign fits, its word is only a letter.
    """
    marks = _marks(attempt, line_ms)
    more = f" {glyphs.ellipsis}"
    for count in range(len(marks), 0, -1):
        text = "  ".join(marks[:count]) + (more if count < len(marks) else "")
        if cell_len(text) <= width:
            return text
    if len(marks) < 2:
        return "".join(marks)
    word, _, figure = marks[0].partition(" ")
    return f"{word[0]} {figure}{more}"


def _marks(attempt: Attempt, line_ms: int) -> list[str]:
    """Return what is out of the ordinary, what matters most first."""
    marks = _clock_marks(attempt, line_ms)
    if attempt.validity in {Validity.WITHHELD, Validity.VOID}:
        marks.append(display_term(attempt.validity))
    if attempt.irregularities:
        marks.append(f"{attempt.irregularities} irreg.")
    if attempt.continues:
        marks.append("cont.")
    if attempt.late:
        marks.append("late")
    if score := score_text(attempt):
        marks.append(score)
    return marks


def _clock_marks(attempt: Attempt, line_ms: int) -> list[str]:
    """Return what is out of the ordinary about a clock, what goes on now first."""
    marks = []
    if attempt.on_break:
        marks.append(f"break {timing.span_text(line_ms - attempt.breaks[-1][0])}")
    if attempt.is_paused:
        marks.append(f"pause {timing.span_text(line_ms - attempt.stops[-1][0])}")
    if attempt.drift_ms is not None and abs(attempt.drift_ms) >= DRIFT_MS:
        sign = "+" if attempt.drift_ms > 0 else ""
        marks.append(f"screen {sign}{timing.span_text(attempt.drift_ms)}")
    if attempt.credit_ms:
        sign = "+" if attempt.credit_ms > 0 else ""
        marks.append(f"{sign}{timing.span_text(attempt.credit_ms)}")
    if attempt.factor_permille != 1000 and not attempt.is_untimed:
        marks.append(f"x{attempt.factor_permille / 1000:g} time")
    return marks


def score_text(attempt: Attempt) -> str:
    """Return a verified score and its verdict, such as '64/83 pass'."""
    result = result_words(attempt)
    return f"{raw_text(attempt)} {result}" if result else ""


def raw_text(attempt: Attempt) -> str:
    """Return the raw score of the items, or its range."""
    score = attempt.score
    raw = f"{score.raw_min}"
    if score.raw_max != score.raw_min:
        raw = f"{score.raw_min}-{score.raw_max}"
    return f"{raw}/{attempt.module.items}"


def left_text(session: Session, attempt: Attempt, line_ms: int, dash: str) -> str:
    """Return the time left, or a dash where no clock runs."""
    if attempt.start_line_ms is None or attempt.end_line_ms is not None:
        return dash
    if attempt.is_untimed:
        return "untimed"
    left_ms = session.left_ms(attempt, max(line_ms, attempt.start_line_ms))
    if left_ms <= -HOUR_MS:
        # Seconds matter no more, and a name is not cut for them.
        hours, minutes = divmod(-left_ms // MINUTE_MS, 60)
        return f"+{hours}h{minutes:02}m"
    return timing.clock_text(left_ms)


def ends_text(
    session: Session, attempt: Attempt, line_ms: int, times: TimeFormat, dash: str
) -> str:
    """Return when an attempt ends or ended, or a dash while it is stopped.

    Of someone untimed it is the time used so far.
    """
    if attempt.is_untimed and attempt.end_line_ms is None and attempt.start_line_ms:
        return timing.clock_text(session.elapsed_ms(attempt, line_ms))
    end_ms = session.end_ms(attempt, line_ms)
    if end_ms is None:
        return dash
    # Names would be cut for the seconds beside AM and PM; the time left has them.
    in_row = times.format_time if times.twelve_hour else times.format_seconds
    return in_row(end_ms)
