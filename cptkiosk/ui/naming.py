"""People by name, as many of them as there is room for."""

from collections.abc import Mapping, Sequence

from rich.cells import cell_len

from cptkiosk.domain.events.checkin import AttemptAbsent
from cptkiosk.domain.events.fact import Entry
from cptkiosk.domain.events.session import StepUndone
from cptkiosk.domain.state.attempt import LIVE, Attempt
from cptkiosk.domain.state.session import Session
from cptkiosk.domain.state.session_log import LogEntryUndone
from cptkiosk.domain.time import timing
from cptkiosk.domain.values import plural

STATUS_CELLS, STATUS_LINES = 70, 2
"""What names may take of the status line at 80 columns."""

DIALOG_CELLS, LINES_OF_NAMES = 68, 10
"""What names may take of a dialog that asks for nothing else."""


def fit_names(names: Sequence[str], width: int, lines: int) -> tuple[str, ...]:
    """Return names in at most `lines` lines of `width` cells, '; ' between them.

    Ends with '+ 3 more' only if not all of them fit; at least one name is there.
    """
    whole = _broken(names, width)
    for shown in range(len(names) - 1, 0, -1):
        if len(whole) <= lines:
            break
        whole = _broken([*names[:shown], f"+ {len(names) - shown} more"], width)
    return whole


def end_sentence(text: str) -> str:
    """Return a sentence with its period, unless it ends with one: 'Not seen: Lee, J.'."""
    return text if text.endswith(".") else f"{text}."


def cut_names(names: Sequence[str], most: int, more: str = "{} more") -> Sequence[str]:
    """Return at most so many names, and how many more there are."""
    left = len(names) - most
    return names if left <= 0 else [*names[:most], more.format(left)]


def names_in_lines(
    session: Session, people: Sequence[Attempt], lines: int = LINES_OF_NAMES
) -> str:
    """Return the names of people as they stand in a dialog, at most so many lines."""
    names = [session.label(one) for one in people]
    return "\n".join(fit_names(names, DIALOG_CELLS, lines))


def persons(session: Session, people: Sequence[Attempt]) -> str:
    """Return someone's name, or how many they are."""
    if len(people) == 1:
        return session.label(people[0])
    return plural(len(people), "person", "people")


def _broken(names: Sequence[str], width: int) -> tuple[str, ...]:
    """Return names in lines; none is broken."""
    found: list[str] = []
    for name in names:
        longer = f"{found[-1]}; {name}" if found else name
        if found and cell_len(longer) + 1 > width:
            found[-1] += ";"
            found.append(name)
        else:
            found[-1:] = [longer]
    return tuple(found)


def who_text(session: Session, people: Sequence[Attempt]) -> str:
    """Return the names of people for a status line, with how many they are."""
    names = [session.label(one) for one in people]
    text = " ".join(fit_names(names, STATUS_CELLS, STATUS_LINES))
    return text if len(names) == 1 else f"{len(names)} people: {text}"


def recorded_words(
    sessions: Mapping[str, Session], entries: Sequence[Entry], words: str
) -> str:
    """Return what was undone, or who is absent if no words say so, as recorded."""
    events = [one.event for one in entries]
    undone = [one for one in events if isinstance(one, StepUndone)]
    for one in events:
        if isinstance(one, LogEntryUndone):
            return f"undone: {one.step}"
    absent = [one for one in events if isinstance(one, AttemptAbsent) and not words]
    if not undone and not absent:
        return words
    session = sessions[entries[-1].stream.partition("/")[2]]
    people = [session.attempts[one.attempt_id] for one in undone or absent]
    who = who_text(session, people)
    return f"undone: {undone[0].step} for {who}" if undone else f"absent - {who}"


def with_time_left(
    session: Session, people: Sequence[Attempt], line_ms: int
) -> dict[str, str]:
    """Return who still has time, by attempt: 'O'Brien, Siobhán 0:35 left'."""
    return {
        one.attempt_id: f"{session.label(one)} {_time_text(session, one, line_ms)}"
        for one in people
        if session.progress(one, line_ms) in LIVE
        and (one.is_untimed or session.left_ms(one, line_ms) > 0)
    }


def _time_text(session: Session, one: Attempt, line_ms: int) -> str:
    """Return how much time someone has left in words."""
    if one.is_untimed:
        return "untimed"
    return f"{timing.clock_text(session.left_ms(one, line_ms))} left"
