"""No person is registered twice because a spreadsheet cut the zeros of an ID."""

import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from cptkiosk.cli import main as cli
from cptkiosk.desk import Desk
from cptkiosk.domain.events.candidate import RowAccepted
from cptkiosk.domain.values import Refused
from cptkiosk.errors import ExitCode, UsageError
from cptkiosk.ledger import queries
from cptkiosk.roster.importer import ImportResult, import_roster
from cptkiosk.roster.model import Decisions, Doubt
from support.broken_rosters import roster_with_zeros, roster_with_zeros_cut
from support.center import DANA, LEE
from support.verdicts import refuses

HEAD = "Student ID,Last Name,First Name,Birth Date,Assessment,User Code"
GOOD = (
    "004712,Bell,Ora,2007-02-09,Safety,",
    "014715,Ash,Ina,,Safety,",
    "104716,Fox,Kim,2007-01-01,Safety,",
)
CUT = (
    "4712,Bell,Ora,2007-02-09,Safety,",
    "14715,ASH,Ina,,Safety,",
    "104716,Fox,Kim,2007-01-01,Safety,",
)
BECAUSE = "both showed a photo ID"
SEEDS = 60

Import = Callable[..., ImportResult]


@pytest.fixture
def roster(desk: Desk, tmp_path: Path) -> Import:
    """Import rows under the header as a roster file."""

    def imported(*rows: str, **options: Decisions | bool) -> ImportResult:
        path = tmp_path / "roster.csv"
        path.write_text("\n".join((HEAD, *rows)) + "\n", encoding="utf-8")
        return import_roster(desk, path, DANA, **options)  # type: ignore[arg-type]

    return imported


def ids(desk: Desk) -> list[str]:
    return sorted(one.participant_id for one in queries.list_people(desk.ledger))


def reasons(found: ImportResult) -> dict[str, str]:
    return {one.participant_id: one.reason for one in found.rejected}


def test_a_roster_without_leading_zeros_registers_no_candidate_again(
    desk: Desk, roster: Import
) -> None:
    roster(*GOOD)

    found = roster(*CUT)

    assert ids(desk) == ["004712", "014715", "104716"]
    assert found.people.new == 0
    assert reasons(found) == {
        "4712": "ID 4712 is 004712 on record without its zeros: fix the file, or let a"
        " coordinator decide",
        "14715": "ID 14715 is 014715 on record without its zeros: fix the file, or let a"
        " coordinator decide",
    }
    assert {one.doubt for one in found.rejected} == {Doubt.ZEROS_CUT}


def test_restored_leading_zeros_register_no_candidate_again(
    desk: Desk, roster: Import
) -> None:
    roster(*CUT)
    found = roster(*GOOD)
    assert ids(desk) == ["104716", "14715", "4712"]
    assert "4712 on record with more zeros" in reasons(found)["004712"]


def test_the_same_birth_date_is_enough_to_leave_a_row_out(roster: Import) -> None:
    roster(*GOOD)
    found = roster("4712,Bell-Ames,Orla,2007-02-09,Safety,", GOOD[2])
    assert set(reasons(found)) == {"4712"}


def test_another_name_is_another_person_and_a_note_names_the_zeros(
    desk: Desk, roster: Import
) -> None:
    roster(*GOOD)
    found = roster("4712,Cole,Max,2006-03-03,Safety,")
    assert "4712" in ids(desk)
    assert "except for leading zeros" in "\n".join(one.text for one in found.notes)


def test_within_one_file_the_row_that_lacks_the_zeros_is_left_out(
    desk: Desk, roster: Import
) -> None:
    found = roster("4712,Bell,Ora,,Quality,", "004712,Bell,Ora,,Safety,")
    assert ids(desk) == ["004712"]
    assert "004712 in row 3 without its zeros" in reasons(found)["4712"]


def test_a_coordinator_says_that_they_are_two_people(
    desk: Desk, roster: Import
) -> None:
    roster(*GOOD)
    decided = Decisions().add_decision(Doubt.ZEROS_CUT, "4712", BECAUSE)

    roster(*CUT, decided=decided)

    assert ids(desk) == ["004712", "014715", "104716", "4712"]
    events = [one.event for one in desk.ledger.read_stream("candidate/4712")]
    (accepted,) = [one for one in events if isinstance(one, RowAccepted)]
    assert (accepted.doubt, accepted.reason.text) == ("zeros-cut", BECAUSE)
    assert set(reasons(roster(*CUT))) == {"14715"}, (
        "decided once, it is not asked again"
    )


def test_a_proctor_does_not_decide_it(
    desk: Desk, roster: Import, tmp_path: Path
) -> None:
    roster(*GOOD)
    (tmp_path / "cut.csv").write_text(f"{HEAD}\n{CUT[0]}\n")
    decided = Decisions().add_decision(Doubt.ZEROS_CUT, "4712", BECAUSE)
    with refuses("Only a coordinator can"):
        import_roster(desk, tmp_path / "cut.csv", LEE, decided=decided)


def test_the_command_line_decides_with_two_people(
    desk: Desk, folder: Path, roster: Import, tmp_path: Path
) -> None:
    roster(*GOOD)
    roster(*CUT, dry_run=True)
    desk.ledger.close()
    command = ["--data-dir", str(folder), "roster", "import"]
    command += [str(tmp_path / "roster.csv"), "--two-people", "4712"]
    assert cli.main(command) == ExitCode.USAGE
    assert cli.main([*command, "--because", BECAUSE]) == ExitCode.DONE


@pytest.mark.parametrize("rows", [CUT, tuple(reversed(CUT))])
def test_a_first_roster_of_ids_of_different_lengths_gets_one_note(
    roster: Import, rows: tuple[str, ...]
) -> None:
    (note,) = roster(*rows, dry_run=True).notes
    assert note.row == 0
    assert note.text == (
        "IDs have 4 to 6 digits, such as 4712: were leading zeros lost?"
        " Ask a coordinator before you record this"
    )
    roster(*rows)
    assert not roster(*rows).notes, "they are on record: nothing to ask any more"


def test_ids_of_one_length_get_no_note_about_zeros(roster: Import) -> None:
    assert not roster(*GOOD, dry_run=True).notes


def test_a_user_code_whose_zeros_were_cut_replaces_nothing(
    desk: Desk, roster: Import
) -> None:
    roster("1,Bell,Ora,,Safety,004471", "2,Ash,Ina,,Safety,104472")
    found = roster("1,Bell,Ora,,Safety,4471", "2,Ash,Ina,,Safety,104472")
    assert "4471 is 004471 on record without its zeros" in found.rejected[0].reason
    assert desk.candidate("1").registrations["safety"].user_code == "004471"


def test_user_codes_of_different_lengths_get_one_note(roster: Import) -> None:
    (note,) = roster("1,Bell,Ora,,Safety,71", "2,Ash,Ina,,Safety,104472").notes
    assert note.text.startswith("User codes have 2 to 6 digits, such as 71")


def test_a_user_code_that_lacks_the_zeros_of_others_is_named(roster: Import) -> None:
    found = roster("1,Bell,Ora,,Safety,004471", "2,Ash,Ina,,Safety,4472")
    assert "user code 4472 lacks the leading zeros" in found.notes[0].text


def people_twice(desk: Desk) -> list[object]:
    """Return who is on record under two IDs."""
    found = Counter(
        (one.family_name, one.given_name, one.birth_date)
        for one in queries.list_people(desk.ledger)
    )
    return [who for who, count in found.items() if count > 1]


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_second_roster_without_zeros_duplicates_no_candidate(
    desk: Desk, tmp_path: Path, seed: int
) -> None:
    rng = random.Random(seed)
    good = roster_with_zeros(rng)
    path = tmp_path / good.name
    path.write_bytes(good.data)
    import_roster(desk, path, DANA)
    before = ids(desk)

    second = roster_with_zeros_cut(good)
    path = tmp_path / second.name
    path.write_bytes(second.data)
    told = ""
    try:
        found = import_roster(desk, path, DANA)
        told = "\n".join(note.text for note in found.notes)
    except (UsageError, Refused):
        pass  # One sentence about the whole file doubles no person.

    doubled = people_twice(desk)
    assert not doubled, f"seed {seed}, {second.done}: {doubled}"
    silent = [one for one in ids(desk) if one not in before and one not in told]
    assert not silent, f"seed {seed}, {second.done}: {silent} are new without a note"
