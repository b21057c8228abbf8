"""How serious an irregularity is: more than its code says is anybody's to record."""

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.attempt import Validity
from cptkiosk.domain.values import Refused
from support.center import DANA, LEE
from support.exams import irregularity
from support.sessions import a_session, attempt


def test_proctor_does_not_record_a_breach_as_less_than_it_is(desk: Desk) -> None:
    a_session(desk, 1)
    notes = irregularity("MIS-NOTES", 1)

    with pytest.raises(Refused, match="MIS-NOTES as less serious than 3"):
        desk.perform(notes, LEE)
    assert desk.perform(notes, DANA).entries
    assert attempt(desk, "P1").validity is Validity.CLEAN


def test_proctor_records_an_unlisted_matter_as_a_breach(desk: Desk) -> None:
    a_session(desk, 1)

    desk.perform(irregularity("OTH", 3), LEE)
    assert attempt(desk, "P1").validity is Validity.WITHHELD
