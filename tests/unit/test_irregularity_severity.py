"""How serious an irregularity is: any staff member can record more than its code says."""

from dataclasses import replace

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.events import irregularity as e
from cptkiosk.domain.state.score_state import Validity
from cptkiosk.ui.dialogs.irregularity_fields import scope_options
from cptkiosk.words import explain
from support.center import DANA, LEE
from support.exams import irregularity
from support.sessions import a_session, attempt
from support.verdicts import refuses


def test_proctor_does_not_record_a_breach_as_less_than_it_is(desk: Desk) -> None:
    a_session(desk, 1)
    notes = irregularity("MIS-NOTES", 1)

    with refuses("MIS-NOTES as less serious than 3"):
        desk.perform(notes, LEE)
    assert desk.perform(notes, DANA).entries
    assert attempt(desk, "P1").validity is Validity.CLEAN


def test_proctor_records_an_unlisted_matter_as_a_breach(desk: Desk) -> None:
    a_session(desk, 1)

    desk.perform(irregularity("OTH", 3), LEE)
    assert attempt(desk, "P1").validity is Validity.WITHHELD


def test_more_than_the_range_of_a_code_is_the_coordinators(desk: Desk) -> None:
    a_session(desk, 1)
    assert desk.preview.refusal(irregularity("TEC-STATION", 2), LEE) is None
    breach = irregularity("TEC-STATION", 3)
    assert "TEC-STATION as more serious than 2" in explain(
        desk.preview.refusal(breach, LEE)
    )
    assert desk.perform(breach, DANA).entries


@pytest.mark.parametrize("scope", ["room", "session", "center"])
def test_an_entry_about_the_session_names_no_one(desk: Desk, scope: str) -> None:
    a_session(desk, 1)
    about_all = replace(irregularity("OTH", 2), scope=scope, attempt_ids=())
    (entry,) = desk.perform(about_all, LEE).entries
    assert isinstance(entry.event, e.IrregularityRecorded)
    assert (entry.event.scope, entry.event.attempt_ids) == (scope, ())


def test_a_code_concerns_only_whom_it_can(desk: Desk) -> None:
    a_session(desk, 1)
    notes = replace(irregularity("MIS-NOTES", 3), scope="room")
    why = "MIS-NOTES does not apply to the room. It applies to the attempt."
    assert explain(desk.preview.refusal(notes, DANA)) == why
    assert not explain(desk.preview.refusal(replace(notes, scope="attempt"), LEE))

    absent = replace(irregularity("STF-ABSENT", 3), scope="attempt")
    why = "It applies to the room or session."
    assert explain(desk.preview.refusal(absent, DANA)).endswith(why)
    assert not explain(desk.preview.refusal(replace(absent, scope="session"), LEE))


def test_the_form_offers_only_whom_a_code_can_concern(desk: Desk) -> None:
    for code in desk.definitions.irregularities:
        offered = [value for value, _ in scope_options(code)]
        assert offered == ["", *code.allowed_scopes]
        assert code.scope in offered
