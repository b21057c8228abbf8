"""The command line: answers, exit codes, and never a traceback."""

import hashlib
import os
import sqlite3
from argparse import Namespace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cptkiosk.cli import main as cli
from cptkiosk.cli.output import format_table, guard_text
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import DAY_MS
from cptkiosk.errors import ExitCode
from cptkiosk.host.data_directory import terminal_name
from support.center import open_desk, staffed
from support.clock import HandClock
from support.sessions import a_session
from support.shell import INIT, Shell, init_center

ROSTERS = sorted((Path(__file__).parents[1] / "data" / "rosters").iterdir())
PLAN_ONLY = ("session", "plan", "--modules", "safety,quality", "--room", "204:4x6")
PLAN = (*PLAN_ONLY, "--anyway")
"""A plan at whatever time of whatever day a test runs."""


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path / "data")


@pytest.fixture
def center(shell: Shell) -> Shell:
    """A center made by the command itself."""
    return init_center(shell.folder)


@pytest.fixture
def sealed(shell: Shell) -> Shell:
    """A center with a sealed session, 'a'."""
    desk = staffed(open_desk(shell.folder, HandClock()))
    a_session(desk, 2, Stage.SEALED)
    desk.ledger.close()
    return shell


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_center_is_made_once(center: Shell) -> None:
    staff = center.json("staff", "list")["staff"]

    assert staff == [
        {
            "staff_id": "s1",
            "name": "Ana Ruiz",
            "role": "coordinator",
            "trained_on": "",
            "locked": False,
            "active": True,
        }
    ]
    assert (center.folder / "ledger.db").stat().st_mode & 0o777 == 0o600
    said = center.fails(1, *INIT, stdin="482913\n")
    assert "already belongs to Lakeview CTE" in said


def test_staff_are_added_and_listed(center: Shell) -> None:
    add = ("staff", "add", "--name", "Sam Lee", "--role", "proctor", "--pin-stdin")
    to_come = f"{datetime.now(UTC).date() + timedelta(days=2)}"
    said = center.fails(1, *add, "--trained-on", to_come, stdin="739154\n")
    assert "in the future" in said
    center.ok(*add, "--trained-on", "2024-08-31", stdin="739154\n")

    assert "Sam Lee" in center.ok("staff", "list")
    assert "already on the staff list" in center.fails(1, *add, stdin="739154\n")
    assert "not a date" in center.fails(
        2, *add, "--trained-on", "soon", stdin="739154\n"
    )
    assert "Aug 31, 2024" in center.ok("staff", "list")
    center.ok("staff", "training", "--name", "Sam Lee", "--trained-on", "2025-08-31")
    assert "Aug 31, 2025" in center.ok("staff", "list")


@pytest.mark.parametrize(
    ("change", "stdin", "code", "said"),
    [
        (
            ("--tz", "Texas"),
            "482913\n",
            2,
            "Type a city or a zone, for example Chicago",
        ),
        (("--tz", "../../etc/passwd"), "482913\n", 2, "is not a time zone"),
        (("--site-code", "../x"), "482913\n", 2, "site code"),
        (("--name", "a\x1b[2Jb"), "482913\n", 2, "control character"),
        (("--coordinator", " "), "482913\n", 2, "is empty"),
        ((), "", 2, "has no PIN"),
        ((), "12\n", 1, "6 to 12 digits"),
        ((), "123456\n", 1, "easy to guess"),
    ],
)
def test_a_center_with_a_mistake_is_not_made(
    shell: Shell,
    change: tuple[object, ...] | tuple[str, str],
    stdin: str,
    code: int,
    said: str,
) -> None:
    assert said in shell.fails(code, *INIT, *change, stdin=stdin)
    assert not shell.folder.exists()


def test_without_a_terminal_the_pin_is_not_asked_for(shell: Shell) -> None:
    assert "--pin-stdin" in shell.fails(2, *INIT[:-1])


@pytest.mark.parametrize("path", ROSTERS, ids=lambda path: path.name)
def test_a_roster_imported_twice_appends_nothing(center: Shell, path: Path) -> None:
    first = center.json("roster", "import", path)
    before = center.json("ledger", "info")["entries"]
    second = center.json("roster", "import", path)

    assert list(first)[1:4] == ["people", "registrations", "rejected"]
    assert first["columns"]["participant ID"]
    for counts in (first["people"], first["registrations"]):
        assert list(counts) == ["new", "changed", "same"]
        assert counts["new"] > 0
    for one in first["rejected"]:
        assert list(one) == ["row", "reason", "doubt", "participant_id"]
    for key in ("people", "registrations"):
        assert second[key] == {"new": 0, "changed": 0, "same": first[key]["new"]}
    assert second["rejected"] == first["rejected"]
    assert center.json("ledger", "info")["entries"] == before


def test_a_dry_run_writes_nothing(center: Shell) -> None:
    before = center.json("ledger", "info")["entries"]
    said = center.ok("roster", "import", ROSTERS[0], "--dry-run")

    assert "nothing was recorded" in said
    assert center.json("ledger", "info")["entries"] == before


@pytest.mark.parametrize("text", ["", "Participant ID,Last Name,Assessment\n"])
def test_an_empty_roster_is_a_sentence(
    center: Shell, tmp_path: Path, text: str
) -> None:
    path = tmp_path / "empty.csv"
    path.write_text(text)

    assert "Nothing was changed." in center.fails(2, "roster", "import", path)


def test_a_session_is_planned_filled_and_shown(center: Shell) -> None:
    center.ok("roster", "import", ROSTERS[0])
    planned = center.json(
        *PLAN, "--start", "2026-11-23 14:00", "--title", "Fall [b]", "--everyone"
    )
    session_id = planned["session_id"]
    (listed,) = center.json("session", "list")["sessions"]
    shown = center.json("session", "show", session_id)

    assert list(planned) == [
        *("schema", "session_id", "starts_at_utc", "assigned", "not_assigned")
    ]
    assert planned["starts_at_utc"] == "2026-11-23T20:00:00Z"
    assert planned["assigned"] == listed["people"] == len(shown["attempts"]) > 0
    assert listed["rooms"] == ["204"]
    assert "Nov 23, 2026, 2:00 PM CST" in center.ok("session", "list")
    assert "Fall [b]" in center.ok("session", "show", session_id)
    other = center.json("roster", "import", ROSTERS[1], "--session", session_id)
    assert {"assigned", "not_assigned", "notes"} <= set(other)


def test_a_plan_with_a_mistake_is_not_recorded(center: Shell) -> None:
    for change, code, said in (
        (("--start", "tomorrow"), 2, "is not a time"),
        (("--start", "2026-03-08 02:30"), 2, "clocks go forward"),
        (("--modules", "safety,welding"), 2, '"welding" is not a module'),
        (("--room", "205"), 2, "is not a room"),
        (("--room", "205:99x99"), 1, "rows"),
        (("--room", "204:1x1"), 1, "needs its own name"),
    ):
        assert said in center.fails(code, *PLAN, "--start", "14:00", *change)
    assert center.json("session", "list")["sessions"] == []


def test_a_bundle_is_written_once(sealed: Shell, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    first = sealed.json("bundle", "a", "--to", stick)
    before = sealed.json("ledger", "info")["entries"]
    again = sealed.json("bundle", "a", "--to", stick)

    assert digest(Path(first["path"])) == first["sha256"] == again["sha256"]
    assert (first["already"], again["already"]) == (False, True)
    assert sealed.json("ledger", "info")["entries"] == before
    said = sealed.fails(5, "bundle", "a", "--to", tmp_path / "none")
    assert "The record is safe." in said


def test_an_odd_start_is_planned_only_if_that_is_said(center: Shell) -> None:
    weeks_ago = f"{datetime.now(UTC).date() - timedelta(days=20)} 09:00"

    said = center.fails(1, *PLAN_ONLY, "--start", weeks_ago)
    assert "The planned start was" in said
    assert "--anyway" in said
    assert center.json("session", "list")["sessions"] == []
    told = center.ok(*PLAN_ONLY, "--start", weeks_ago, "--anyway")
    assert "Noted with the plan: The planned start was" in told
    (session,) = center.json("session", "list")["sessions"]
    (odd,) = center.json("session", "show", session["session_id"])["odd_dates"]
    assert odd["code"] == "start-past"


def test_an_open_session_gives_no_bundle(center: Shell, tmp_path: Path) -> None:
    session_id = center.json(*PLAN, "--start", "14:00")["session_id"]

    said = center.fails(1, "bundle", session_id, "--to", tmp_path)
    assert "is planned, not sealed" in said
    assert "no session z" in center.fails(1, "bundle", "z", "--to", tmp_path)


def test_a_whole_ledger_verifies_and_a_changed_one_does_not(sealed: Shell) -> None:
    assert sealed.ok("ledger", "verify").startswith("Verified: ")
    assert sealed.json("ledger", "verify")["signed_heads"] == 1
    ledger = sqlite3.connect(sealed.folder / "ledger.db")
    ledger.execute("DROP TRIGGER entry_is_never_updated")
    ledger.execute("UPDATE entry SET actor = 's9' WHERE seq = 5")
    ledger.commit()
    ledger.close()

    assert "Entry #5" in sealed.fails(4, "ledger", "verify")


def test_tables_are_folded_again_and_copies_verified(
    sealed: Shell, tmp_path: Path
) -> None:
    ledger = sqlite3.connect(sealed.folder / "ledger.db")
    ledger.execute("DELETE FROM attempt")
    ledger.commit()
    ledger.close()

    assert "rebuild" in sealed.fails(4, "ledger", "verify")
    assert sealed.ok("ledger", "rebuild").startswith("Rebuilt ")
    assert sealed.ok("ledger", "verify")
    copy = tmp_path / "copy.db"
    assert "verified" in sealed.ok("ledger", "backup", "--to", copy)
    assert "already exists" in sealed.fails(5, "ledger", "backup", "--to", copy)
    assert sealed.ok("ledger", "backup")
    assert len(list((sealed.folder / "backups").iterdir())) == 1


def test_a_ledger_of_a_newer_release_is_left_alone(center: Shell) -> None:
    path = center.folder / "ledger.db"
    ledger = sqlite3.connect(path)
    ledger.execute("PRAGMA user_version = 99")
    ledger.close()
    before = digest(path)

    for command in (("staff", "list"), ("ledger", "rebuild"), INIT):
        assert "newer release" in center.fails(3, *command, stdin="482913\n")
    assert digest(path) == before


def test_a_file_that_is_no_ledger_is_left_alone(shell: Shell) -> None:
    shell.folder.mkdir()
    path = shell.folder / "ledger.db"
    path.write_text("my shopping list\n" * 400)
    before = digest(path)

    for command in (("staff", "list"), ("roster", "import", ROSTERS[0]), INIT):
        assert "not a ledger" in shell.fails(3, *command, stdin="482913\n")
    assert digest(path) == before


def test_without_a_ledger_a_command_makes_none(shell: Shell) -> None:
    for command in (("staff", "list"), ("roster", "import", ROSTERS[0])):
        assert "center init" in shell.fails(3, *command)
    assert not shell.folder.exists()


def test_a_ledger_without_a_center_says_what_to_do(shell: Shell) -> None:
    open_desk(shell.folder, HandClock()).ledger.close()

    said = shell.fails(1, "staff", "list")
    assert 'Run "cptkiosk center init", or just "cptkiosk".' in said


def test_a_directory_that_cannot_be_made_is_said(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    below = tmp_path / "file" / "below"

    said = shell.fails(3, *INIT, "--data-dir", below, stdin="482913\n")
    assert "Nothing was changed." in said
    assert shell.fails(3, "staff", "list", "--data-dir", below)


def test_the_data_directory_is_taken_before_and_after_the_command(
    center: Shell, tmp_path: Path
) -> None:
    there, nowhere = str(center.folder), str(tmp_path / "nowhere")
    del center.environ["CPTKIOSK_DATA_DIR"]

    for words in (
        ("--data-dir", there, "staff", "list"),
        ("staff", "list", "--data-dir", there),
        ("--data-dir", nowhere, "staff", "list", "--data-dir", there),
    ):
        assert center.json(*words)["staff"], words


@pytest.mark.parametrize(
    "arguments",
    [
        ("-c", "id"),
        ("--nothing",),
        ("fly",),
        ("session",),
        ("bundle",),
        ("--data", "x"),
    ],
)
def test_an_unknown_argument_is_a_usage_error(
    shell: Shell, arguments: tuple[str, ...] | tuple[str, str]
) -> None:
    assert "--help" in shell.fails(2, *arguments)


def test_the_version_is_printed(shell: Shell) -> None:
    from cptkiosk import __version__

    assert shell.ok("--version") == f"cptkiosk {__version__}\n"


def test_every_command_has_a_sentence_and_an_example(
    capsys: pytest.CaptureFixture[str],
) -> None:
    commands = """center init|staff add|staff list|roster import|session plan|session list
    |session show|bundle|ledger verify|ledger rebuild|ledger info|ledger backup|drill"""
    for command in ["", *map(str.strip, commands.split("|"))]:
        assert cli.main([*command.split(), "--help"]) == 0
        said = capsys.readouterr().out
        assert f"example:\n  cptkiosk {command}".rstrip() in said
        assert ".\n" in said


def test_a_bug_is_a_sentence_and_its_traceback_a_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_: Namespace) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr(cli, "_run", fail)
    code = cli.main(["--data-dir", str(tmp_path / "data"), "staff", "list"])
    said = capsys.readouterr().err
    log = tmp_path / "data" / "kiosk.log"

    assert code == ExitCode.STORAGE
    assert "Traceback" not in said
    assert str(log) in said
    assert "RuntimeError: boom" in log.read_text()
    assert log.stat().st_mode & 0o777 == 0o600


def test_a_bug_without_a_log_is_still_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr(cli, "_run", lambda options: 1 / 0)

    code = cli.main(["--data-dir", str(tmp_path / "file" / "x"), "staff", "list"])
    assert code == 3
    assert "unexpected error" in capsys.readouterr().err


def test_an_interrupt_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stop(_: Namespace) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "_run", stop)
    assert cli.main(["staff", "list"]) == 130
    assert "safe" in capsys.readouterr().err


def test_the_drill_gets_what_was_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    import cptkiosk.drill.run as drill

    got: dict[str, Any] = {}
    monkeypatch.setattr(drill, "run_drill", lambda **options: got.update(options) or 0)
    asked = "drill --unattended --people 60 --seed 7 --keep k --speed 60"

    assert cli.main(asked.split()) == 0
    assert callable(got.pop("say"))
    assert got == {
        "unattended": True,
        "people": 60,
        "seed": 7,
        "keep": Path("k"),
        "scenes": True,
        "speed": 60,
        "until": None,
        "now": False,
    }


def test_nothing_printed_steers_a_terminal() -> None:
    assert guard_text("a\x1b[2J\rb\u202e\n\u4f50") == "a\ufffd[2J\ufffdb\ufffd\n\u4f50"
    assert format_table(("id", "name"), [("1", "\x1b[31mred\n"), ("22", "\u4f50")]) == (
        "id  name\n1   [31mred\n22  \u4f50"
    )


def test_a_terminal_is_called_by_host_and_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_terminal(_: int) -> None:
        raise OSError(25, "Not a tty")

    monkeypatch.setattr("platform.node", lambda: "lab1")
    monkeypatch.setattr(os, "ttyname", no_terminal)
    assert terminal_name({"SSH_TTY": "/dev/pts/3"}) == "lab1:pts/3"
    assert terminal_name({}) == "lab1:none"
    monkeypatch.setattr(os, "ttyname", lambda descriptor: "/dev/pts/7")
    assert terminal_name({"SSH_TTY": "/dev/pts/3"}) == "lab1:pts/7"


def test_a_roster_says_which_columns_it_used_and_what_to_look_at(
    center: Shell, tmp_path: Path
) -> None:
    path = tmp_path / "class.csv"
    path.write_text(
        "Local ID,State ID,Last Name,Assessment,User Code,Extended Time,IEP Minutes\n"
        "7,99,Orr,Safety,K-17,1.5x,135\n8,98,Orr,Safety,K-18,,\n"
    )
    said = center.ok("roster", "import", path, "--dry-run")

    assert "participant ID = Local ID" in said
    assert "Columns ignored  State ID, IEP Minutes" in said
    assert "x1.5, code K-17" in said
    assert "one person under two IDs?" in said

    wanted = ("--column", "Participant ID=State ID")
    given = center.json("roster", "import", path, "--dry-run", *wanted)
    assert given["columns"]["participant ID"] == "State ID"
    assert given["not_used"] == ["Local ID", "IEP Minutes"]
    for wrong, why in (
        (("--column", "State ID"), "--column requires MEANING=HEADER"),
        (("--column", "Hat size=State ID"), "is not a column meaning"),
        (("--column", "Participant ID=Hat size"), "There is no column"),
        (("--encoding", "klingon"), "is not an encoding"),
    ):
        assert why in center.fails(2, "roster", "import", path, *wrong)


@pytest.fixture
def ahead(tmp_path: Path) -> Shell:
    """A sealed record that goes on to a day which this machine has not reached."""
    folder = tmp_path / "ahead"
    folder.mkdir()
    clock = HandClock()
    clock.step_wall(int(datetime.now(UTC).timestamp() * 1000) - clock.now().utc_ms)
    clock.step_wall(30 * DAY_MS)
    desk = staffed(open_desk(folder, clock))
    a_session(desk, 1, Stage.SEALED)
    desk.ledger.close()
    return Shell(folder)


def test_nothing_is_recorded_by_a_clock_that_cannot_be_right(ahead: Shell) -> None:
    reset = ("staff", "pin", "--name", "Lee Wong", "--pin-stdin")

    said = ahead.fails(1, *reset, stdin="593817\n")
    assert "the record already goes up to" in said
    assert "--clock-is-right" in said
    apart = ("person", "two-people", "P1", "P2", "--because", "photo IDs")
    assert "--clock-is-right" in ahead.fails(1, *apart)
    ahead.ok(*reset, "--clock-is-right", stdin="593817\n")
    ahead.ok(*reset, stdin="739154\n")


def test_a_sealed_record_leaves_under_any_clock(ahead: Shell, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()

    ahead.ok("ledger", "verify")
    ahead.ok("ledger", "backup", "--to", stick / "ledger.db")
    ahead.ok("bundle", "a", "--to", stick)
