"""Which certificates a candidate has earned, and what remains."""

from collections.abc import Iterable
from dataclasses import dataclass

from cptkiosk.domain.modules import Module
from cptkiosk.domain.time.calendar import years_later
from cptkiosk.domain.values import Reason


@dataclass(frozen=True, slots=True)
class Passed:
    """A verified, valid pass of one module."""

    module_id: str
    date: str
    """The ISO date at the center on which it was passed."""


@dataclass(frozen=True, slots=True)
class CredentialProgress:
    """A candidate's progress toward the full certificate."""

    certificates: tuple[Passed, ...]
    core_passed: int
    core_count: int
    to_go: tuple[str, ...]
    """Names of the core modules not yet passed."""

    eligible_on: str
    """ISO date of the last core pass once all are passed, else empty.

    Eligibility only: MSSC issues the certificate.
    """

    renew_by: str = ""
    """ISO date until which the full certificate is valid, once it is earned."""

    withdrawn: tuple[Passed, ...] = ()
    """Passes that no longer count: void, withheld or contradicted since."""

    @property
    def reason(self) -> Reason:
        """How far it is, by a code."""
        if self.eligible_on:
            return Reason(
                "full-renewable" if self.renew_by else "full-credential",
                since=self.eligible_on,
                until=self.renew_by,
            )
        passed, count = self.core_passed, self.core_count
        return Reason("core-progress", passed=passed, count=count, to_go=self.to_go)


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
        renewal_years: how many years the full certificate is valid; 0 for no limit.
        withdrawn: passes that no longer count.
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
