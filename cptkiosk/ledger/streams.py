"""The four kinds of streams, and what differs between them.

| stream | state | kept in memory | projected tables |
|---|---|---|---|
| `center` | the center and its staff | always | staff |
| `session/ID` | a session | once it was asked for | session, attempt, irregularity |
| `candidate/ID` | a candidate | never | person, conflict, registration |
| `upload` | bundles on their way | always | none |
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from cptkiosk.domain.events.fact import Entry
from cptkiosk.domain.rules import receipts
from cptkiosk.domain.rules.receipts import Uploads
from cptkiosk.domain.state import candidate_changes, center_changes, session_changes
from cptkiosk.domain.state.candidate import Candidate
from cptkiosk.domain.state.center import Center
from cptkiosk.domain.state.session import Session
from cptkiosk.ledger import projections
from cptkiosk.ledger.projections import Rows


class State(Protocol):
    """What the entries of a stream add up to."""

    @property
    def version(self) -> int:
        """The version of the last entry, 0 if there is none."""


S = TypeVar("S", bound=State)


@dataclass(frozen=True, slots=True)
class Stream(Generic[S]):
    """One stream: how it is read, and what is projected from it."""

    name: str
    replay: Callable[[Iterable[Entry]], S]
    evolve: Callable[[S, Entry], S]
    project: Callable[[S, S | None], Rows]
    """The rows of a state; with the state before, only those that may have changed."""


def center_stream() -> Stream[Center]:
    """Return the stream of the center and its staff."""
    return Stream(
        "center",
        center_changes.replay,
        center_changes.evolve,
        lambda center, _before: projections.center_rows(center),
    )


def session_stream(session_id: str) -> Stream[Session]:
    """Return the stream of a session."""
    return Stream(
        f"session/{session_id}",
        session_changes.replay,
        session_changes.evolve,
        projections.session_rows,
    )


def candidate_stream(participant_id: str) -> Stream[Candidate]:
    """Return the stream of a candidate."""
    return Stream(
        f"candidate/{participant_id}",
        candidate_changes.replay,
        candidate_changes.evolve,
        lambda candidate, _before: projections.candidate_rows(candidate),
    )


def upload_stream() -> Stream[Uploads]:
    """Return the stream of bundles on their way, which nothing is projected from."""
    return Stream("upload", receipts.replay, receipts.evolve, lambda _, _before: {})


def find_stream(name: str) -> Stream[Any]:
    """Return the stream of that name, as entries carry it."""
    kind, _, key = name.partition("/")
    match kind:
        case "center":
            return center_stream()
        case "session":
            return session_stream(key)
        case "candidate":
            return candidate_stream(key)
        case "upload":
            return upload_stream()
    raise ValueError(f"no stream is called {name}")
