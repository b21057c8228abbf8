"""What a roster says about user codes and accommodations beyond a factor."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.state.candidate import Registration
from cptkiosk.domain.state.session import Stage
from cptkiosk.roster.importer import import_roster
from cptkiosk.services.assignment import build_assignment
from support.center import DANA
from support.sessions import a_session

HEAD = (
    "Participant ID,Last Name,First Name,Assessment,User Code,Code Expiry,Stop Clock,"
    "Extended Time"
)


@pytest.fixture
def roster(desk: Desk, tmp_path: Path) -> Callable[..., Any]:
    """Import rows under the header as a roster file."""

    def imported(*rows: str) -> Any:
        path = tmp_path / "roster.csv"
        path.write_text("\n".join((HEAD, *rows)) + "\n", encoding="utf-8")
        return import_roster(desk, path, DANA)

    return imported


def registration(desk: Desk, participant_id: str = "1") -> Registration:
    return desk.candidate(participant_id).registrations["safety"]


@pytest.mark.parametrize("date", ["2027-01-31", "01/31/2027", "1/31/2027"])
def test_the_last_day_of_a_code_is_kept_as_an_iso_date(
    desk: Desk, roster: Callable[..., Any], date: str
) -> None:
    roster(f"1,Ito,Kim,safety,A1,{date},,")

    assert registration(desk).code_expires == "2027-01-31"


@pytest.mark.parametrize(
    ("cell", "stops"), [("yes", True), ("Y", True), ("no", False), ("", None)]
)
def test_breaks_stop_the_clock_where_the_roster_says_so(
    desk: Desk, roster: Callable[..., Any], cell: str, stops: bool | None
) -> None:
    roster(f"1,Ito,Kim,safety,A1,,{cell},")

    assert registration(desk).stop_clock is stops


@pytest.mark.parametrize("cell", ["untimed", "Untimed", "unlimited time"])
def test_untimed_is_the_factor_nought(
    desk: Desk, roster: Callable[..., Any], cell: str
) -> None:
    roster(f"1,Ito,Kim,safety,A1,,,{cell}")

    assert registration(desk).factor_permille == 0


def test_an_untimed_candidate_is_untimed_on_the_roll(
    desk: Desk, roster: Callable[..., Any]
) -> None:
    a_session(desk, 0, stage=Stage.PLANNED)
    roster("1,Ito,Kim,safety,A1,,,untimed")
    desk.perform(build_assignment(desk, "a", "1", "safety"), DANA)

    assert desk.session("a").attempts["1-safety"].is_untimed


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("2,Fox,Al,safety,A2,next week,,", 'code expiry "next week" is not a date'),
        ("2,Fox,Al,safety,A2,2027-02-30,,", "type 2007-02-28 or 02/28/2007"),
        ("2,Fox,Al,safety,A2,,maybe,", 'stop clock "maybe" is not recognized'),
        ("2,Fox,Al,safety,A2,,,a while", "type 1.5x, 2x, untimed or No"),
        (
            "1,Ito,Kim,safety,A1,2027-03-01,yes,untimed",
            "a code that expires on Jan 31, 2027",
        ),
        ("1,Ito,Kim,safety,A1,2027-01-31,no,untimed", "stop-clock breaks"),
        ("1,Ito,Kim,safety,A1,2027-01-31,yes,2x", "untimed for safety in row 2"),
    ],
)
def test_an_impossible_value_rejects_its_row_with_a_reason(
    desk: Desk, roster: Callable[..., Any], row: str, reason: str
) -> None:
    found = roster("1,Ito,Kim,safety,A1,2027-01-31,yes,untimed", row)

    (rejected,) = found.rejected
    assert rejected.row == 3
    assert reason in rejected.reason
    assert registration(desk).code_expires == "2027-01-31"


def test_a_roster_without_these_columns_takes_nothing_away(
    desk: Desk, roster: Callable[..., Any], tmp_path: Path
) -> None:
    roster("1,Ito,Kim,safety,A1,2027-01-31,yes,")
    path = tmp_path / "short.csv"
    path.write_text(
        "Participant ID,Last Name,First Name,Assessment,User Code\n"
        "1,Ito,Kim,safety,A1\n",
        encoding="utf-8",
    )
    import_roster(desk, path, DANA)

    assert registration(desk).code_expires == "2027-01-31"
    assert registration(desk).stop_clock
