"""What a roster leaves out and a coordinator lets in, with the reason on record."""

import json
from pathlib import Path

import pytest

from cptkiosk.cli import main as cli
from cptkiosk.desk import Desk
from cptkiosk.domain.events.candidate import RowAccepted, TwoPeopleDecided
from cptkiosk.errors import ExitCode
from cptkiosk.roster.importer import ImportResult, import_roster
from cptkiosk.roster.model import Decisions, Doubt
from support.center import DANA, LEE
from support.verdicts import refuses
from support.workbooks import Page, workbook

HEADER = "Participant ID,Last Name,First Name,Birth Date,Assessment,Status\n"
DECISIONS = (RowAccepted, TwoPeopleDecided)
BECAUSE = "came back on Monday"

DOUBTED = {
    Doubt.NAMESAKE: "C1,Wong,Lee,2007-01-01,Safety,active",
    Doubt.OTHER_PERSON: "P1,Stone,Kim,2008-08-08,Safety,active",
    Doubt.NOT_COMING: "W1,Ash,Ina,2007-02-08,Safety,withdrawn",
}
"""A row that is left out for each doubt; P1 is on record as somebody else."""


def roster(folder: Path, *rows: str) -> Path:
    path = folder / "roster.csv"
    path.write_text(HEADER + "\n".join(rows))
    return path


def decided(doubt: Doubt, who: str, because: str = BECAUSE) -> Decisions:
    return Decisions().add_decision(doubt, who, because)


@pytest.fixture
def known(desk: Desk, tmp_path: Path) -> Desk:
    """A center that knows P1."""
    import_roster(desk, roster(tmp_path, "P1,Reyes,Ana,2007-03-03,Quality,"), LEE)
    return desk


def doubts(found: ImportResult) -> list[tuple[Doubt | None, str]]:
    return [(one.doubt, one.participant_id) for one in found.rejected]


@pytest.mark.parametrize("doubt", DOUBTED)
def test_a_row_left_out_names_the_decision_it_needs(
    known: Desk, tmp_path: Path, doubt: Doubt
) -> None:
    path = roster(tmp_path, DOUBTED[doubt], "O1,Other,Ole,,Safety,")
    who = DOUBTED[doubt].split(",")[0]

    assert doubts(import_roster(known, path, DANA, dry_run=True)) == [(doubt, who)]


@pytest.mark.parametrize("doubt", DOUBTED)
def test_a_coordinator_admits_a_candidate_with_a_reason(
    known: Desk, tmp_path: Path, doubt: Doubt
) -> None:
    path = roster(tmp_path, DOUBTED[doubt])
    who, family = DOUBTED[doubt].split(",")[:2]

    found = import_roster(known, path, DANA, decided=decided(doubt, who))

    assert not found.rejected
    after = known.candidate(who)
    assert after.family_name.text == family
    assert "safety" in after.registrations
    events = [one.event for one in known.ledger.read_stream(f"candidate/{who}")]
    (decision,) = [one for one in events if isinstance(one, DECISIONS)]
    assert decision.reason.text == BECAUSE


@pytest.mark.parametrize("doubt", DOUBTED)
def test_a_proctor_does_not_decide_it(
    known: Desk, tmp_path: Path, doubt: Doubt
) -> None:
    who = DOUBTED[doubt].split(",")[0]
    head = known.ledger.head().seq

    with refuses("Only a coordinator can"):
        import_roster(
            known, roster(tmp_path, DOUBTED[doubt]), LEE, decided=decided(doubt, who)
        )

    assert known.ledger.head().seq == head


def test_a_decision_about_one_person_admits_no_other(
    known: Desk, tmp_path: Path
) -> None:
    path = roster(tmp_path, *DOUBTED.values(), "W2,Bell,Ora,,Safety,withdrawn")

    found = import_roster(known, path, DANA, decided=decided(Doubt.NOT_COMING, "W1"))

    assert [who for _, who in doubts(found)] == ["C1", "P1", "W2"]


def test_the_same_roster_again_with_its_decisions_changes_nothing(
    known: Desk, tmp_path: Path
) -> None:
    path = roster(tmp_path, DOUBTED[Doubt.NOT_COMING])
    decisions = decided(Doubt.NOT_COMING, "W1")
    import_roster(known, path, DANA, decided=decisions)
    entries = known.ledger.read_stream("candidate/W1")

    again = import_roster(known, path, DANA, decided=decisions)

    assert again.people.same == 1
    assert known.ledger.read_stream("candidate/W1") == entries
    (accepted,) = [one.event for one in entries if isinstance(one.event, RowAccepted)]
    assert (accepted.doubt, accepted.reason.text) == ("not-coming", BECAUSE)


def test_a_hidden_row_is_let_in_too(desk: Desk, tmp_path: Path) -> None:
    rows = (
        ("Participant ID", "Last Name", "First Name", "Assessment"),
        ("1", "Ash", "Ina", "Safety"),
        ("2", "Quill", "Wes", "Safety"),
    )
    path = tmp_path / "roster.xlsx"
    path.write_bytes(workbook(Page(rows, hidden=frozenset({3}))))
    assert doubts(import_roster(desk, path, DANA, dry_run=True)) == [
        (Doubt.NOT_COMING, "2")
    ]

    found = import_roster(desk, path, DANA, decided=decided(Doubt.NOT_COMING, "2"))

    assert not found.rejected
    assert desk.candidate("2").family_name.text == "Quill"


@pytest.mark.parametrize(
    ("option", "doubt"),
    [
        ("--two-people", Doubt.NAMESAKE),
        ("--same-id", Doubt.OTHER_PERSON),
        ("--coming", Doubt.NOT_COMING),
    ],
)
def test_the_command_line_decides_with_a_reason_only(
    known: Desk,
    folder: Path,
    tmp_path: Path,
    option: str,
    doubt: Doubt,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path, who = roster(tmp_path, DOUBTED[doubt]), DOUBTED[doubt].split(",")[0]
    known.ledger.close()
    command = ["--data-dir", str(folder), "roster", "import", str(path), option, who]

    assert cli.main(command) == ExitCode.USAGE
    assert "Add --because REASON" in capsys.readouterr().err
    assert cli.main([*command, "--because", BECAUSE, "--json"]) == ExitCode.DONE
    assert json.loads(capsys.readouterr().out)["rejected"] == []
