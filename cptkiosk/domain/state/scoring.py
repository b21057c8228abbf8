"""What a score means: whole numbers only, since a rounded percent may lie.

Two traps: 63 of 83 prints as 76 % and fails Safety; 73 of 94 prints as 78 % and fails
Green Production.
"""

import re
from dataclasses import dataclass
from fractions import Fraction

from cptkiosk.domain.events.planning import AssignedModule
from cptkiosk.domain.values import Refused

SHOWN = re.compile(r"(\d{1,3})(?:[.,](\d{1,2}))?\s*(%?)")


def reaches_cut(raw: int, items: int, cut_percent: int) -> bool:
    """Return whether `raw` of `items` reaches the cut, exactly."""
    return raw * 100 >= cut_percent * items


def least_passing(items: int, cut_percent: int) -> int:
    """Return the least raw score that passes."""
    return -(-cut_percent * items // 100)


@dataclass(frozen=True, slots=True)
class Reading:
    """What was keyed: one raw score, or the range a percent can mean."""

    raw_min: int
    raw_max: int
    shown: str


def read_score(
    text: str, module: AssignedModule, percent_shown: str = "unknown"
) -> Reading:
    """Read what a proctor keyed: a raw score, or a percent with its sign.

    Args:
        text: what was keyed, such as '64' or '77%'.
        module: what was taken.
        percent_shown: how the vendor makes a percent: rounded, cut-off, or unknown.

    Raises:
        Refused: if it is no number, out of range, or a percent that could mean both a
            pass and a fail.
    """
    reading = read_range(text, module, percent_shown)
    low, high = reading.raw_min, reading.raw_max
    if splits_verdict(reading, module):
        raise Refused(
            "percent-ambiguous", shown=reading.shown, low=low, high=high,
            items=module.items,
        )  # fmt: skip
    return reading


def splits_verdict(reading: Reading, module: AssignedModule) -> bool:
    """Return whether what was read could be both a pass and a fail."""
    ends = (reading.raw_min, reading.raw_max)
    return len({reaches_cut(one, module.items, module.cut_percent) for one in ends}) > 1


def read_range(
    text: str, module: AssignedModule, percent_shown: str = "unknown"
) -> Reading:
    """Read a score like `read_score`, even a percent that could be a pass and a fail.

    Raises:
        Refused: if it is no number, or out of range.
    """
    match = SHOWN.fullmatch(text.strip())
    if match is None:
        raise Refused("score-unreadable", text=text.strip(), items=module.items)
    whole, decimals, percent = match.groups()
    if percent:
        return _read_percent(match, module, percent_shown)
    if decimals is not None:
        raise Refused("score-not-whole", text=text.strip())
    raw = int(whole)
    if raw > module.items:
        raise Refused(
            "score-above-items", raw=raw, items=module.items, module=module.name
        )
    return Reading(raw, raw, f"{raw}")


def sign_decides(text: str, module: AssignedModule, percent_shown: str) -> bool:
    """Return whether a number keyed without a sign would mean the other as a percent.

    From 64 to 76 a number passes Safety as correct answers and fails it as a percent.
    """
    if not text.strip().isdecimal():
        return False
    raw = int(text)
    meant = _possible_scores(Fraction(raw), Fraction(1), module, percent_shown)
    verdicts = {reaches_cut(one, module.items, module.cut_percent) for one in meant}
    return bool(verdicts - {reaches_cut(raw, module.items, module.cut_percent)})


def _possible_scores(
    percent: Fraction, step: Fraction, module: AssignedModule, percent_shown: str
) -> list[int]:
    """Return every raw score that may show as `percent`, given to a `step`."""
    found = []
    for raw in range(module.items + 1):
        over = Fraction(100 * raw, module.items) - percent
        rounded = percent_shown != "cut-off" and abs(over) <= step / 2
        cut_off = percent_shown != "rounded" and 0 <= over < step
        if rounded or cut_off:
            found.append(raw)
    return found


def _read_percent(
    match: re.Match[str], module: AssignedModule, percent_shown: str
) -> Reading:
    shown = match[0]
    decimals = match[2] or ""
    percent = Fraction(f"{match[1]}.{decimals or 0}")
    if percent > 100:
        raise Refused("percent-above-100", percent=float(percent))
    step = Fraction(1, 10 ** len(decimals))
    meant = _possible_scores(percent, step, module, percent_shown)
    if not meant:
        raise Refused("percent-impossible", items=module.items, shown=shown)
    return Reading(meant[0], meant[-1], shown)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Our own arithmetic about a score."""

    passed: bool
    distance: int
    """Raw points from the least passing score: 0 just passes, -1 just fails."""


def verdict(raw_min: int, raw_max: int, module: AssignedModule) -> Verdict:
    """Return the verdict; for a range, the distance of the end nearest the cut."""
    least = least_passing(module.items, module.cut_percent)
    passed = reaches_cut(raw_min, module.items, module.cut_percent)
    return Verdict(passed, (raw_min if passed else raw_max) - least)
