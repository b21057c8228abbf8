"""What an eligibility rule finds, what would allow it, and who may override it.

The sentences are in the catalog, by the code of the reason: `why` says what was found,
`do` what would allow it, and `brief` the same in a few words for a list.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from cptkiosk.domain.values import Reason

AGE = "age"
"""The rule about a birth date that is not on record."""

SAME_NAME = "same name"
"""The rule about another candidate with the same name on the same day."""

POINTED_OUT = frozenset({AGE, SAME_NAME})
"""Rules that only point something out and never keep a candidate from continuing."""


class Override(StrEnum):
    """Who may override a finding."""

    NOBODY = "nobody"
    COORDINATOR = "the coordinator"
    ANYBODY = "anybody"
    """The finding is only a warning."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule found."""

    rule: str
    reason: Reason
    """What was found, and what would allow it."""

    override: Override
    first_date: str = ""
    """The ISO date from which the rule no longer applies."""

    @property
    def is_blocking(self) -> bool:
        """Whether this is more than a warning."""
        return self.override is not Override.ANYBODY

    @property
    def statement(self) -> Reason:
        """What was found, what would allow it, and that a coordinator may override it."""
        if self.override is Override.COORDINATOR:
            return Reason("can-be-overridden", finding=self.reason)
        return self.reason


def unanswered_findings(
    found: Iterable[Finding], overrules: tuple[str, ...]
) -> tuple[Finding, ...]:
    """Return the findings that still keep a candidate out, because none overrode them."""
    return tuple(
        one
        for one in found
        if one.override is Override.NOBODY
        or (one.is_blocking and one.rule not in overrules)
    )


def to_mind(
    found: Iterable[Finding], overrules: tuple[str, ...]
) -> tuple[Finding, ...]:
    """Return findings that need a look: all but those that a coordinator overrode."""
    kept = unanswered_findings(found, overrules)
    return tuple(one for one in found if one in kept or not one.is_blocking)


def passed_in_spite_of(
    found: Iterable[Finding], overrules: tuple[str, ...]
) -> tuple[Finding, ...]:
    """Return the findings shown again at close-out: all but those in `POINTED_OUT`.

    Many centers record no birth dates, so these would name every candidate.
    """
    minded = to_mind(found, overrules)
    return tuple(one for one in minded if one.rule not in POINTED_OUT)
