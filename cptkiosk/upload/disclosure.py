"""What of a session's entries a bundle shows, and what it keeps back.

Each entry is shown with a commitment to each field that is kept back, so that it still
proves itself. Kept back is what tells of extra time, of what somebody had left, of
granted breaks, and what earlier names and user codes were.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from cptkiosk.domain.state.session import Session
from cptkiosk.ledger.codec import Kept
from cptkiosk.proof.fields import AT, BODY, ENTRY, Shown, split_entry

ASSIGNED, UPDATED = "attempt-assigned.v1", "attempt-updated.v1"
ONLY: dict[str, frozenset[str]] = {
    ASSIGNED: frozenset(
        {"attempt_id", "participant_id", "module", "continues", "person", "user_code"}
    ),
    UPDATED: frozenset({"attempt_id", "person", "user_code"}),
    "irregularity-recorded.v1": frozenset(
        {
            *("irregularity_id", "code", "severity", "scope", "attempt_ids"),
            *("happened_at_utc_ms", "estimated", "observed", "action_taken"),
            *("minutes_lost", "validity", "supersedes", "spared"),
        }
    ),
    "pause-began.v1": frozenset({"attempt_id"}),
    "vendor-clock-noted.v1": frozenset({"attempt_id", "drift_ms"}),
}
"""The kinds of which a bundle shows no more than these fields; others it shows whole."""

TEXTS = ("person", "observed", "action_taken")
"""The fields about people whose text is in the tables of a bundle."""


@dataclass(frozen=True, slots=True)
class Disclosed:
    """An entry as a bundle shows it."""

    seq: int
    fields: tuple[tuple[Shown, bool], ...]
    """All of them in order, and whether each is shown."""

    texts: tuple[Kept, ...]
    """The texts about people that its shown fields stand for."""


class Disclosure:
    """Chooses what is shown of a session, entry by entry in their order."""

    def __init__(self, final: Session, secret: bytes, kept: dict[str, Kept]) -> None:
        """Take in what is needed to choose.

        Args:
            final: the session as it was sealed.
            secret: what the salts are made of.
            kept: the texts about people that were not forgotten, by commitment.
        """
        self._final = final
        self._secret = secret
        self._kept = kept
        self._known: dict[str, tuple[str, str]] = {}
        """Name and user code of each attempt so far."""

    def show_entries(self, rows: Sequence[tuple[Any, ...]]) -> Iterator[Disclosed]:
        """Yield each entry of the session, and what of it is shown."""
        for row in rows:
            kind, body = row[8], json.loads(row[9])
            shown = self._shown_fields(kind, body)
            fields = tuple(
                (one, _is_shown(one.name, shown))
                for one in split_entry(row, self._secret)
            )
            texts = (
                self._kept.get(body[name]["sha256"])
                for name in TEXTS
                if name in body and kind in ONLY and name in shown
            )
            yield Disclosed(row[0], fields, tuple(one for one in texts if one))

    def _shown_fields(self, kind: str, body: dict[str, Any]) -> frozenset[str]:
        if kind in {ASSIGNED, UPDATED}:
            return self._shown_of_attempt(kind, body)
        return ONLY.get(kind, frozenset(body))

    def _shown_of_attempt(self, kind: str, body: dict[str, Any]) -> frozenset[str]:
        """Show who it is where that is what the tables say; of a change, only if new."""
        attempt_id: str = body["attempt_id"]
        kept = self._kept.get(body["person"]["sha256"])
        now = (kept.text if kept else "", body["user_code"])
        before = self._known.get(attempt_id)
        self._known[attempt_id] = now
        final = self._final.attempts[attempt_id]
        holds = {
            "person": kept is None or now[0] == final.person.text,
            "user_code": now[1] == final.user_code,
        }
        hidden = {name for name, is_final in holds.items() if not is_final}
        if kind == UPDATED and (now == before or len(hidden) == len(holds)):
            return frozenset()
        return ONLY[kind] - hidden


def _is_shown(name: str, shown: frozenset[str]) -> bool:
    return name in {ENTRY, AT} or name.removeprefix(BODY) in shown
