"""Which certificates a candidate has earned, and what is still to go."""

from collections.abc import Iterable
from dataclasses import dataclass

from cptkiosk.domain.modules import Module
from cptkiosk.domain.time.calendar import format_date, years_later


@dataclass(frozen=True, slots=True)
class Passed:
    """A verified, valid pass of one module."""

    module_id: str
    date: str
    """ISO date at the center, on which it was passed."""


@dataclass(frozen=True, slots=True)
class CredentialProgress:
    """Where a candidate stands on the way to the full certificate."""

    certificates: tuple[Passed, ...]
    core_passed: int
    core_count: int
    to_go: tuple[str, ...]
    """Names of the core modules not yet passed."""

    eligible_on: str
    """ISO date of the last core pass once all are passed, else empty. MSSC issues."""

    renew_by: str = ""
    """ISO date until which the full certificate holds, once it is earned."""

    withdrawn: tuple[Passed, ...] = ()
    """Passes that count no more: void, withheld or contradicted since."""

    @property
    def text(self) -> str:
        """The progress in words, such as '3 of 4, Maintenance Awareness to go'."""
        if self.eligible_on:
            renew = f", to be renewed by {format_date(self.renew_by)}"
            since = format_date(self.eligible_on)
            return (
                f"eligible for full CPT since {since}{renew if self.renew_by else ''}"
            )
        count = f"{self.core_passed} of {self.core_count}"
        return f"{count}, {' and '.join(self.to_go)} to go"


def sum_passes(
    passed: Iterable[Passed],
    modules: Iterable[Module],
    *,
    renewal_years: int = 0,
    withdrawn: Iterable[Passed] = (),
) -> CredentialProgress:
    """Add up verified passes; optional modules never count toward the core.

    Args:
        passed: every pass that counts.
        modules: the program, in its order.
        renewal_years: after how many years the full certificate is renewed.
        withdrawn: passes that count no more.
    """
    first: dict[str, Passed] = {}
    for one in sorted(passed, key=lambda one: one.date):
        first.setdefault(one.module_id, one)
    core = [module for module in modules if module.core]
    to_go = tuple(module.name for module in core if module.id not in first)
    dates = [first[module.id].date for module in core if module.id in first]
    eligible_on = "" if to_go or not dates else max(dates)
    return CredentialProgress(
        certificates=tuple(first.values()),
        core_passed=len(core) - len(to_go),
        core_count=len(core),
        to_go=to_go,
        eligible_on=eligible_on,
        renew_by=years_later(eligible_on, renewal_years)
        if eligible_on and renewal_years
        else "",
        withdrawn=tuple(one for one in withdrawn if one.module_id not in first),
    )
