"""A person's names go, and what they were assessed with stays and verifies."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cptkiosk.cli.main import main
from cptkiosk.desk import Desk
from cptkiosk.desk.pipeline import UnitOfWork
from cptkiosk.domain.commands import irregularity as c
from cptkiosk.domain.rules.candidate_rules import ForgetPerson
from cptkiosk.domain.state.candidate import RegisterPerson, Registration
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import DAY_MS, FORGOTTEN, Actor
from cptkiosk.errors import StorageError
from cptkiosk.ledger.maintenance.backup import back_up
from cptkiosk.ledger.maintenance.verify import rebuild_projections, verify_ledger
from cptkiosk.ledger.streams import candidate_stream
from cptkiosk.services.credentials import progress_of
from support.center import DANA, LEDGER, LEE, open_desk
from support.clock import HandClock
from support.sessions import a_session, advance
from support.verdicts import refuses

NAME, GIVEN, BORN = "Vandersloot", "Quintessa", "1990-05-17"
ASKED = ForgetPerson(participant_id="P1", reason="own request")


def test_a_transaction_continues_from_a_fresh_read(assessed: Desk) -> None:
    person, names = candidate_stream("P1"), []

    def forget_name(unit: UnitOfWork) -> None:
        names.append(unit.state(person).family_name.text)
        unit.transaction.forget_stream(person.name, person.name)
        unit.project_again(person)
        names.append(unit.state(person).family_name.text)

    assessed._pipeline.perform(DANA, forget_name)

    assert names == [NAME, FORGOTTEN]


@pytest.fixture
def assessed(desk: Desk) -> Desk:
    """P1 by an unusual name, in a sealed session in which much was said of them."""
    person = RegisterPerson(
        participant_id="P1", family_name=NAME, given_name=GIVEN, birth_date=BORN,
        registration=Registration("safety", "CODE-1"),
    )  # fmt: skip
    a_session(desk, 2, stage=Stage.RUNNING)
    desk.registrar.register([person], DANA)
    about: dict[str, Any] = {
        "session_id": "a",
        "severity": 1,
        "validity": "none",
        "action_taken": "",
    }
    desk.perform(
        c.RecordIrregularity(
            **about, code="EXM-COMPL", scope="attempt", attempt_ids=("P1-safety",),
            observed=f"{GIVEN} complained.",
        ),
        LEE,
    )  # fmt: skip
    desk.perform(
        c.RecordIrregularity(
            **about, code="TEC-PRINT", scope="session",
            attempt_ids=("P1-safety", "P2-safety"), observed=f"{NAME} and another.",
        ),
        LEE,
    )  # fmt: skip
    desk.perform(c.TakeNote(session_id="a", text=f"{NAME} coughs"), LEE)
    from support.center import LEE_PIN
    from support.sessions import ended, scored

    ended(desk, "a")
    scored(desk, "a")
    desk.seal("a", LEE, LEE_PIN)
    desk.ledger.keep_draft("s2", "note", json.dumps({"text": f"{NAME} again"}))
    return desk


def files(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.glob(f"{LEDGER}*"))


def test_no_page_of_the_file_names_them_any_more(assessed: Desk, folder: Path) -> None:
    assert NAME.encode() in files(folder)
    assessed.candidates.forget(ASKED, DANA)

    for text in (NAME, GIVEN, BORN):
        assert text.encode() not in files(folder)


def test_results_counts_and_chain_stay(assessed: Desk) -> None:
    before = progress_of(assessed, "P1")
    entries = verify_ledger(assessed.ledger).entries
    assessed.candidates.forget(ASKED, DANA)

    assert progress_of(assessed, "P1") == before
    assert len(before.certificates) == 1
    assert verify_ledger(assessed.ledger).entries == entries + 1
    rebuild_projections(assessed.ledger, "s1")
    assert verify_ledger(assessed.ledger).forgotten > 0


def test_others_keep_their_names(assessed: Desk) -> None:
    assessed.candidates.forget(ASKED, DANA)

    people = assessed.session("a").attempts
    assert people["P1-safety"].person.text == FORGOTTEN
    assert people["P2-safety"].person.text == "FamilyP2, Kim"


def test_a_terminal_that_is_open_forgets_them_too(
    assessed: Desk, folder: Path, clock: HandClock
) -> None:
    other = open_desk(folder, clock, "t2")
    assert other.session("a").notes[0][2].text.text.startswith(NAME)
    assessed.candidates.forget(ASKED, DANA)
    other.catch_up()

    assert other.session("a").notes[0][2].text.text == FORGOTTEN
    other.ledger.close()


def test_before_the_retention_date_only_for_a_reason(assessed: Desk) -> None:
    years = assessed.definitions.policies.retention_years
    command = ForgetPerson(participant_id="P1")
    with refuses("is kept until"):
        assessed.candidates.forget(command, DANA)
    advance(assessed, years * 366 * DAY_MS)
    assert assessed.candidates.forget(command, DANA) > 4


def test_asked_for_again_it_only_cleans_the_files_again(
    assessed: Desk, folder: Path
) -> None:
    other = open_desk(folder, assessed.clock, "t2")
    other.ledger.rows("BEGIN")
    other.ledger.rows("SELECT count(*) FROM entry")
    with pytest.raises(
        StorageError, match=r"traces .* remain .* run the same command again"
    ):
        assessed.candidates.forget(ASKED, DANA)
    assert assessed.candidate("P1").forgotten
    other.ledger.close()
    head = assessed.ledger.head()

    assert assessed.candidates.forget(ASKED, DANA) == 0
    assert NAME.encode() not in files(folder)
    assert assessed.ledger.head() == head


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Nu\u00f1ez came without ID", False),
        ("NUNEZ again", False),
        ("about P1 only", False),
        ("Zo\u00eb waved", True),
        ("an alarm in the next room", True),
        ("Nu\u00f1ezia waved", True),
    ],
)
def test_half_filled_forms_go_if_they_name_them_and_stay_if_not(
    desk: Desk, text: str, kept: bool
) -> None:
    named = RegisterPerson(
        participant_id="P1", family_name="Nu\u00f1ez", given_name="Zo\u00eb"
    )
    desk.registrar.register([named], DANA)
    desk.ledger.keep_draft("s2", "note", json.dumps({"text": text, "who": ["A1"]}))
    desk.candidates.forget(ASKED, DANA)
    assert bool(desk.ledger.read_draft("s2", "note")) is kept


@pytest.mark.parametrize(
    ("form", "kept"),
    [
        ("note a P1-safety", False),
        ("note a P2-safety,P1-safety", False),
        ("note a P2-safety", True),
        ("walk-in P1", True),
        ("paper P1", True),
    ],
)
def test_a_form_is_theirs_by_their_attempt_not_by_an_id_of_another_kind(
    assessed: Desk, form: str, kept: bool
) -> None:
    assessed.ledger.keep_draft("s2", form, json.dumps({"text": "left early"}))
    assessed.candidates.forget(ASKED, DANA)
    assert bool(assessed.ledger.read_draft("s2", form)) is kept


def test_a_center_may_keep_names_for_as_long_as_it_must(assessed: Desk) -> None:
    policies = replace(assessed.definitions.policies, retention_years=0)
    assessed.record.definitions = replace(assessed.definitions, policies=policies)

    assert assessed.candidates.forget(ForgetPerson(participant_id="P1"), DANA) > 4


@pytest.mark.parametrize(
    ("actor", "command", "says"),
    [
        (LEE, ASKED, "Only a coordinator can"),
        (DANA, ForgetPerson(participant_id="P9"), "No candidate has participant ID"),
        (DANA, replace(ASKED, reason="because"), "is not a reason"),
    ],
)
def test_a_person_without_permission_to_forget_changes_nothing(
    assessed: Desk, actor: Actor, command: ForgetPerson, says: str
) -> None:
    head = assessed.ledger.head()
    with refuses(says):
        assessed.candidates.forget(command, actor)

    assert assessed.ledger.head() == head


def test_no_person_is_forgotten_while_a_session_is_open(desk: Desk) -> None:
    a_session(desk, 1)
    with refuses("is not closed"):
        desk.candidates.forget(ASKED, DANA)


def test_the_command_says_which_files_still_name_them(
    assessed: Desk, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    back_up(assessed.ledger, folder / "backups" / "old.db")
    assessed.ledger.close()
    words = ["--data-dir", str(folder), "person", "forget", "P1"]
    assert main(words) == 1
    assert main([*words, "--because", "own request", "--json"]) == 0

    said = json.loads(capsys.readouterr().out)
    assert said["texts"] > 4
    assert [path.rpartition("/")[2] for path in said["files"]] == ["old.db"]
