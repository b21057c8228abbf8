"""Figures over the whole record: pass rates, time used, irregularities per code."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from cptkiosk.desk import Desk
from cptkiosk.ledger import queries
from cptkiosk.ledger.queries import Scored


@dataclass(frozen=True, slots=True)
class Rate:
    """How many passed of those scored."""

    label: str
    passed: int
    scored: int

    @property
    def percent(self) -> int:
        """The rate in whole percent, rounded down: a rate is never flattered."""
        return self.passed * 100 // self.scored if self.scored else 0


@dataclass(frozen=True, slots=True)
class Figures:
    """What the records show as charts."""

    by_module: tuple[Rate, ...]
    by_month: tuple[Rate, ...]
    """Every month with a score, the latest last; labelled '2026-11 Safety'."""

    minutes_used: tuple[tuple[str, int], ...]
    """How many attempts took how long, in steps of ten minutes."""

    irregularities: tuple[tuple[str, int], ...]
    """Count per code, the commonest first."""

    scored: tuple[Scored, ...]


STEP_MINUTES = 10


def figures_of(desk: Desk, module_id: str = "") -> Figures:
    """Add up the verified scores on record, of one module or of all."""
    scored = tuple(
        one
        for one in queries.list_scored(desk.ledger)
        if not module_id or one.module_id == module_id
    )
    titles = {one.id: one.short for one in desk.definitions.modules}
    codes = Counter(dict(queries.irregularity_counts(desk.ledger)))
    months: dict[tuple[str, str], list[Scored]] = {}
    for one in scored:
        month = desk.local_date(one.start_utc_ms)[:7]
        months.setdefault((month, one.module_id), []).append(one)
    return Figures(
        by_module=tuple(
            _compute_rate(one.short, (x for x in scored if x.module_id == one.id))
            for one in desk.definitions.modules
            if any(x.module_id == one.id for x in scored)
        ),
        by_month=tuple(
            _compute_rate(f"{month} {titles.get(module, module)}", some)
            for (month, module), some in sorted(months.items())
        ),
        minutes_used=_time_used(scored),
        irregularities=tuple(codes.most_common()),
        scored=scored,
    )


def _compute_rate(label: str, some: Iterable[Scored]) -> Rate:
    results = [one.passed for one in some]
    return Rate(label, sum(results), len(results))


def _time_used(scored: Iterable[Scored]) -> tuple[tuple[str, int], ...]:
    steps = Counter(one.used_ms // 60_000 // STEP_MINUTES for one in scored)
    if not steps:
        return ()
    return tuple(
        (
            f"{step * STEP_MINUTES:>3} to {(step + 1) * STEP_MINUTES} min",
            steps.get(step, 0),
        )
        for step in range(min(steps), max(steps) + 1)
    )
