"""Which attempts are compared with the vendor's report, drawn so that anyone can redo it."""

import hashlib
from dataclasses import dataclass

from cptkiosk.central.sampling import draw_names
from cptkiosk.upload.postgres import Connection


@dataclass(frozen=True, slots=True)
class DrawnAttempt:
    """One attempt to compare."""

    name: str
    """`SITE/SESSION/ATTEMPT`."""

    participant_id: str
    module_id: str
    user_code: str
    raw_min: int | None
    raw_max: int | None
    items: int | None
    verdict: str


@dataclass(frozen=True, slots=True)
class Audit:
    """A draw: from what, and what."""

    seed: str
    population: int
    population_sha256: str
    """Of all names, sorted, one a line: says later that no one changed the list."""

    drawn: tuple[DrawnAttempt, ...]


NAME = "site_code || '/' || session_id || '/' || attempt_id"
POPULATION = f"SELECT {NAME} FROM current_attempts WHERE score_state = 'verified'"
DETAILS = f"""
SELECT {NAME}, participant_id, module_id, user_code, raw_min, raw_max, items, verdict
FROM current_attempts
WHERE score_state = 'verified' AND {NAME} = ANY(%s)
"""


def draw_audit(connection: Connection, seed: str, count: int) -> Audit:
    """Return the attempts with a verified score that a seed draws, at most `count`."""
    names = sorted(row[0] for row in connection.execute(POPULATION))
    chosen = draw_names(seed, names, count)
    rows = connection.execute(DETAILS, (chosen,)).fetchall()
    details = {row[0]: DrawnAttempt(*row) for row in rows}
    listed = "".join(f"{name}\n" for name in names)
    return Audit(
        seed=seed,
        population=len(names),
        population_sha256=hashlib.sha256(listed.encode()).hexdigest(),
        drawn=tuple(details[name] for name in chosen),
    )
