"""What an eligibility rule finds: what would allow it, and who may override it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

AGE = "age"
"""The rule that tells of a birth date not on record."""

SAME_NAME = "same name"
"""The rule that tells of another person of that name on the same day."""

POINTED_OUT = frozenset({AGE, SAME_NAME})
"""Rules that say something of somebody and keep nobody from going on."""


class Override(StrEnum):
    """Who may let somebody pass in spite of a finding."""

    NOBODY = "nobody"
    COORDINATOR = "the coordinator"
    ANYBODY = "anybody"
    """It is a warning only."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that speaks against it, and what would allow it."""

    rule: str
    text: str
    allow: str
    override: Override
    first_date: str = ""
    """ISO date from which the rule no longer stands against it."""

    brief: str = ""
    """What was found in few words, for a list: 'retake from 2026-12-01'."""

    @property
    def is_blocking(self) -> bool:
        """Whether it is more than a warning."""
        return self.override is not Override.ANYBODY

    @property
    def short(self) -> str:
        """What was found, for a list."""
        return self.brief or self.text.rstrip(".")

    @property
    def sentence(self) -> str:
        """What was found, what would allow it, and who may override it."""
        return f"{self.text} {self.way}"

    @property
    def way(self) -> str:
        """What would allow it, and who may override it."""
        override = ""
        if self.override is Override.COORDINATOR:
            override = "The coordinator may override this with a reason."
        return f"{self.allow} {override}".strip()


def unanswered_findings(
    found: Iterable[Finding], overrules: tuple[str, ...]
) -> tuple[Finding, ...]:
    """Return what still keeps somebody out: what nobody may override, or nobody did."""
    return tuple(
        one
        for one in found
        if one.override is Override.NOBODY
        or (one.is_blocking and one.rule not in overrules)
    )


def to_mind(
    found: Iterable[Finding], overrules: tuple[str, ...]
) -> tuple[Finding, ...]:
    """Return what is looked at by itself: all but what a coordinator has overridden."""
    kept = unanswered_findings(found, overrules)
    return tuple(one for one in found if one in kept or not one.is_blocking)


def passed_in_spite_of(
    found: Iterable[Finding], overrules: tuple[str, ...]
) -> tuple[Finding, ...]:
    """Return what is told again at the close-out: not what is only pointed out.

    Many centers record no birth dates, so that would be told of everybody.
    """
    minded = to_mind(found, overrules)
    return tuple(one for one in minded if one.rule not in POINTED_OUT)
