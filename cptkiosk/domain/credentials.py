"""Which certificates a candidate has earned, and what is still to go."""

from collections.abc import Iterable
from dataclasses import dataclass

from cptkiosk.domain.modules import Module


@dataclass(frozen=True, slots=True)
class Passed:
    """A verified, valid pass of one module."""

    module_id: str
    date: str
    """ISO date at the center, on which it was passed."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a candidate stands on the way to the full certificate."""

    certificates: tuple[Passed, ...]
    core_passed: int
    core_count: int
    to_go: tuple[str, ...]
    """Names of the core modules not yet passed."""

    eligible_on: str
    """ISO date of the last core pass once all are passed, else empty. MSSC issues."""

    @property
    def text(self) -> str:
        """The progress in words, such as '3 of 4, Maintenance Awareness to go'."""
        if self.eligible_on:
            return f"eligible for full CPT since {self.eligible_on}"
        count = f"{self.core_passed} of {self.core_count}"
        return f"{count}, {' and '.join(self.to_go)} to go"


def progress(passed: Iterable[Passed], modules: Iterable[Module]) -> Progress:
    """Add up verified passes; optional modules never count towards the core."""
    first: dict[str, Passed] = {}
    for one in sorted(passed, key=lambda one: one.date):
        first.setdefault(one.module_id, one)
    core = [module for module in modules if module.core]
    to_go = tuple(module.name for module in core if module.id not in first)
    dates = [first[module.id].date for module in core if module.id in first]
    return Progress(
        certificates=tuple(first.values()),
        core_passed=len(core) - len(to_go),
        core_count=len(core),
        to_go=to_go,
        eligible_on="" if to_go or not dates else max(dates),
    )
