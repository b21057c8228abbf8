"""A simple classifier of our own: naive Bayes over figures in four steps.

It looks at each figure by itself and adds up what they say, so a single figure that
tells is enough, and none has to be known beforehand.
"""

from array import array
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from math import log, sqrt

Columns = Mapping[str, Sequence[float]]
"""By the name of a figure, that of each person."""

STEPS = 4
FOLDS = 5
SURENESS = (0.0, 2.0, 3.5)
"""A figure is used if it tells the two groups apart by so many standard errors. A low
number finds many weak signs, a high one few strong ones; the better of them counts."""

MISSING = -1.0


class Figures:
    """The figures of many people, one column for each."""

    def __init__(self) -> None:
        self.columns: dict[str, array[float]] = {}
        self.count = 0

    def append(self, one: Mapping[str, float]) -> None:
        """Add somebody; what was not measured of a person is `MISSING`."""
        for name in one.keys() - self.columns.keys():
            self.columns[name] = array("d", [MISSING]) * self.count
        for name, column in self.columns.items():
            column.append(one.get(name, MISSING))
        self.count += 1


def _cuts(values: Sequence[float]) -> list[float]:
    """Return where the figures are cut, so that the steps are about equally full."""
    ordered = sorted(values)
    chosen = {ordered[len(ordered) * step // STEPS] for step in range(1, STEPS)}
    return sorted(chosen - {ordered[0]} or ({ordered[-1]} - {ordered[0]}))


def _weigh(
    values: Sequence[float], groups: Sequence[bool], cuts: list[float]
) -> tuple[list[float], float]:
    """Return what each step says for the group, and how sure that is."""
    inside = [1.0] * (len(cuts) + 1)
    outside = [1.0] * (len(cuts) + 1)
    for value, group in zip(values, groups, strict=True):
        (inside if group else outside)[bisect_right(cuts, value)] += 1
    total_in, total_out = sum(inside), sum(outside)
    surest = max(
        abs(one / total_in - other / total_out)
        / sqrt((one + other) / (total_in + total_out) * (1 / total_in + 1 / total_out))
        for one, other in zip(inside, outside, strict=True)
    )
    weights = [
        log(one / total_in) - log(other / total_out)
        for one, other in zip(inside, outside, strict=True)
    ]
    return weights, surest


def find_auc(columns: Columns, groups: Sequence[bool]) -> float:
    """Return how often somebody of the group is put before somebody who is not.

    Each is scored by what was learned from the others: 0.5 is chance, 1 is certainty.
    """
    scores = [[0.0] * len(groups) for _ in SURENESS]
    # Sessions are in order, so nobody is asked about whose session was learned from.
    block = -(-len(groups) // FOLDS)
    for begin in range(0, len(groups), block):
        end = min(begin + block, len(groups))
        learned = [*groups[:begin], *groups[end:]]
        for column in columns.values():
            _add_scores(column, learned, begin, end, scores)
    return max(_rank(one, groups) for one in scores)


def _add_scores(
    column: Sequence[float],
    learned: Sequence[bool],
    begin: int,
    end: int,
    scores: list[list[float]],
) -> None:
    """Learn one figure from everybody outside a block, and score those in it."""
    known = [*column[:begin], *column[end:]]
    if not (cuts := _cuts(known)):
        return
    weights, surest = _weigh(known, learned, cuts)
    for wanted, made in zip(SURENESS, scores, strict=True):
        if surest >= wanted:
            for at in range(begin, end):
                made[at] += weights[bisect_right(cuts, column[at])]


def _rank(scores: Sequence[float], groups: Sequence[bool]) -> float:
    inside = [one for one, group in zip(scores, groups, strict=True) if group]
    outside = sorted(
        one for one, group in zip(scores, groups, strict=True) if not group
    )
    wins = 0.0
    for one in inside:
        above = bisect_right(outside, one)
        equal = above - bisect_right(outside, one - 1e-12)
        wins += above - equal / 2
    return wins / (len(inside) * len(outside))


def chance_error(groups: Sequence[bool]) -> float:
    """Return the standard error of the AUC of a classifier that guesses."""
    inside = sum(groups)
    outside = len(groups) - inside
    return sqrt((inside + outside + 1) / (12 * inside * outside))
