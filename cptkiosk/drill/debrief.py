"""What is said at the end of a rehearsal: what was handled, what missed, how fast."""

from collections.abc import Iterator
from pathlib import Path

from cptkiosk.domain.state.session import Session
from cptkiosk.domain.time.timing import span_text
from cptkiosk.domain.values import plural
from cptkiosk.drill.director import Director
from cptkiosk.drill.scenario_run import ANSWERED, Outcome, ScenarioRun
from cptkiosk.errors import StorageError

FILE_NAME = "rehearsal.txt"
OUTCOME_WIDTH, TOOK_WIDTH = 13, 8
INDENT = " " * 6


def write_verdict(director: Director) -> list[str]:
    """Return the lines that say how the day went; the last one counts."""
    if not director.plays:
        return []
    session = director.session
    lines = ["", "Rehearsal results", _clock_text(director.speed), ""]
    for one in director.plays:
        lines += _scene_lines(one, session)
    return [*lines, "", _count_text(director)]


def _clock_text(speed: int) -> str:
    if speed == 1:
        return "Times are exam time."
    seconds = (
        plural(60 // speed, "second") if 60 % speed == 0 else f"{60 / speed:.1f} s"
    )
    return (
        f"Times are exam time (1:00 = {seconds} of real time; real speed while an event"
        " is new)."
    )


def _scene_lines(one: ScenarioRun, session: Session) -> Iterator[str]:
    answered = one.outcome in ANSWERED
    took = span_text(one.took_ms) if answered else "-"
    who = f": {one.who}" if one.who else ""
    yield f"  {one.outcome or '':<{OUTCOME_WIDTH}}{took:<{TOOK_WIDTH}}{one.scene.title}{who}"
    yield f"{INDENT}{one.scene.asked}"
    if answered and not _is_reported(one, session):
        yield f"{INDENT}Not reported: {' or '.join(one.scene.codes)} (i)."


def _is_reported(one: ScenarioRun, session: Session) -> bool:
    """Tell whether the record has the irregularity that belongs to a scene."""
    who = one.part.attempt_id
    return not one.scene.codes or any(
        entry.event.code in one.scene.codes
        and (not who or who in entry.event.attempt_ids)
        for entry in session.in_force
    )


def _count_text(director: Director) -> str:
    plays = director.plays
    handled = sum(one.outcome in ANSWERED for one in plays)
    late = sum(one.outcome is Outcome.LATE for one in plays)
    waiting = sum(one.outcome is Outcome.NOT_REACHED for one in plays)
    words = f"handled {handled} of {len(plays) - waiting}"
    if late:
        words += f", {late} of them late"
    return f"{words}; {waiting} not reached" if waiting else words


def keep_lines(lines: list[str], folder: Path) -> None:
    """Write the lines into a folder.

    Raises:
        StorageError: if they cannot be written there.
    """
    try:
        text = "\n".join(lines).strip() + "\n"
        (folder / FILE_NAME).write_text(text, encoding="utf-8")
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise StorageError(
            f"The results could not be saved to {folder} ({reason}). They are shown on the"
            " screen. The record is kept."
        ) from error
