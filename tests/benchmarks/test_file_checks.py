"""What it costs to see, before every step, that the files are still in their places."""

import time

import pytest

from cptkiosk.desk import Desk
from support.sessions import a_session

CHECK_US = 100
"""More than a check of the files may cost on any machine; it takes about 9 here."""

pytestmark = pytest.mark.soak


def test_looking_at_the_files_costs_a_few_microseconds(desk: Desk) -> None:
    a_session(desk, 2)
    place = desk.ledger._identity
    assert place is not None
    best = float("inf")
    for _ in range(5):
        began = time.perf_counter()
        for _ in range(1000):
            place.check_file()
        best = min(best, (time.perf_counter() - began) * 1000)

    print(f"files checked: in {best / 1000:.4f} ms")
    assert best < CHECK_US
