"""Who plays what on the day."""

from dataclasses import dataclass
from random import Random

from cptkiosk.domain.state.session import Session


@dataclass(frozen=True, slots=True)
class Roles:
    """Who plays what; with few people some play twice and some parts are left out."""

    seated: tuple[str, ...]
    """Those who are there at the start."""

    late: str
    """Absent at the start, there soon after."""

    missing: str
    """Expected late, and never comes; no one if there are only two."""

    breaking: str
    frozen: str
    """Whose workstation freezes."""

    @classmethod
    def choose_parts(cls, session: Session, rng: Random) -> "Roles":
        """Choose the parts; those who miss the day leave Safety enough people."""
        roll = list(session.attempts.values())
        others = [one for one in roll if one.module.module_id != "safety"]
        missing = rng.choice(others).attempt_id if len(roll) > 2 else ""
        there = [one.attempt_id for one in roll if one.attempt_id != missing]
        late = rng.choice(there)
        seated = tuple(one for one in there if one != late)
        breaking = rng.choice(seated)
        frozen = rng.choice([one for one in seated if one != breaking] or seated)
        return cls(seated, late, missing, breaking, frozen)
