"""What the environment may change about a run: how much, how long, and by what seed."""

import os
import random


def option(name: str, usual: int) -> int:
    """Return a figure of the environment, or the usual one."""
    return int(os.environ.get(f"CPTKIOSK_TEST_{name}", usual))


def chance() -> random.Random:
    """Return chance by a seed that is said, so that the run can be had again."""
    seed = option("SEED", random.SystemRandom().randrange(10**9))
    print(f"CPTKIOSK_TEST_SEED={seed}")
    return random.Random(seed)
