"""What the environment may change about a run: how much, how long, and by what seed.

Without any of it a run is the check: few examples and fixed seeds, so that the same
code gives the same answer every time. `tests/soak.py` sets these for the long runs.

| `CPTKIOSK_TEST_`… | how many, how long                                           |
| ----------------- | ------------------------------------------------------------ |
| `SEED`            | of everything random but Hypothesis, which has a profile     |
| `PROFILE`         | of Hypothesis: `check` (always the same) or `soak` (fresh)   |
| `EXAMPLES`        | multiplies what Hypothesis tries                             |
| `DAYS`            | simulated days, from the day `SEED` on                       |
| `RULE_DAYS`       | days of the rule book, from the day `SEED` on                |
| `RULE_STEPS`      | steps of each of them                                        |
| `SESSIONS`        | sessions whose bundles a classifier measures                 |
| `FEWER_BYTES`     | of a long file of a bundle, every so many bytes is changed   |
| `KILLS`           | kills with each journal                                      |
| `CUTS`            | power cuts of a mounted disk                                 |
| `TRACED_CUTS`     | power cuts of a disk that is computed                        |
| `UPLOADS`         | sealed revisions that are uploaded while the client is killed |
| `CENTERS`         | centers whose results an office takes in                     |
| `ROSTERS`         | broken rosters, from the roster `SEED` on                    |
| `RACE_S`          | seconds that 16 terminals write at once                      |
| `WAIT_MS`         | the longest that one of them may wait                        |
"""

import os
import random

USUAL_SEED = 1


def option(name: str, usual: int) -> int:
    """Return a figure of the environment, or the usual one."""
    return int(os.environ.get(f"CPTKIOSK_TEST_{name}", usual))


def profile() -> str:
    """Return which profile of Hypothesis is wanted."""
    return os.environ.get("CPTKIOSK_TEST_PROFILE", "check")


def examples(usual: int) -> int:
    """Return how many examples Hypothesis tries where `usual` are enough for a check."""
    return usual * option("EXAMPLES", 1)


def chance() -> random.Random:
    """Return chance by a seed that is said, so that the run can be had again."""
    seed = option("SEED", USUAL_SEED)
    print(f"CPTKIOSK_TEST_SEED={seed}")
    return random.Random(seed)
