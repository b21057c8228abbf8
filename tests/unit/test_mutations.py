"""The list of faults fits the program: each is there to be put in, once."""

import pytest

from mutations import run
from mutations.run import Fault


def test_there_are_enough_of_them() -> None:
    names = [one.name for one in run.faults()]
    assert len(set(names)) == len(names) >= 20


@pytest.mark.parametrize("fault", run.faults(), ids=lambda one: one.name)
def test_a_fault_can_be_put_in_at_one_place(fault: Fault) -> None:
    source = (run.ROOT / "cptkiosk" / fault.file).read_text(encoding="utf-8")

    assert source.count(fault.sound) == 1
    assert fault.faulty not in source or fault.faulty in fault.sound
    for one in fault.tests:
        assert (run.ROOT / one).is_file()
