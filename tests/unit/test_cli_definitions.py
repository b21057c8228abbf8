"""`cptkiosk definitions`: what is in force, and what of it comes from the center."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from cptkiosk.cli import good_definitions
from cptkiosk.cli import main as cli
from cptkiosk.cli.open_record import Notice, kiosk_desk, opening_notice
from cptkiosk.errors import ExitCode
from cptkiosk.host.data_directory import Paths
from support.center import staffed
from support.definitions import ROBOTICS, module_file

CODE = """
[[code]]
id = "ENV-ROBOT"
title = "A robot moved"
severity = 2
scope = "room"
time_effect = "halt"
validity = "flag"
fields = []
"""


class Shell:
    """Asks for the definitions in force in one data directory."""

    def __init__(self, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.own = root / "definitions"
        self._root = root
        self._capsys = capsys

    def write(self, file: str, text: str) -> None:
        self.own.mkdir(parents=True, exist_ok=True)
        (self.own / file).write_text(text, encoding="utf-8")

    def run(self, *arguments: str, code: ExitCode = ExitCode.DONE) -> str:
        """Return what was said, as an answer or as a complaint."""
        done = cli.main(["definitions", "--data-dir", str(self._root), *arguments])
        said = self._capsys.readouterr()
        assert done == code, said.err
        assert not (said.err if code is ExitCode.DONE else said.out)
        return said.out + said.err

    def json(self) -> Any:
        return json.loads(self.run("--json"))

    def row(self, name: str) -> list[str]:
        """Return the words of the one row about `name`."""
        rows = [line.split() for line in self.run().splitlines()]
        (row,) = [row for row in rows if row and row[0] == name]
        return row


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(tmp_path / "data", capsys)


def test_without_a_center_it_says_what_is_shipped_and_makes_nothing(
    shell: Shell,
) -> None:
    said = shell.run()

    assert shell.row("green") == [
        *("green", "Green", "Production", "2017", "94", "90", "78%", "-", "shipped")
    ]
    assert shell.row("late_minutes") == ["late_minutes", "15", "shipped"]
    assert shell.row("lead_seals") == ["lead_seals", "yes", "shipped"]
    assert shell.row("testing_windows") == ["testing_windows", "-", "shipped"]
    assert shell.row("assessment_cents") == ["assessment_cents", "2200", "shipped"]
    assert "47 irregularity codes" in said
    assert said.endswith(f"put the center's own files in {shell.own}.\n")
    assert not shell.own.parent.exists()


def test_a_sixth_module_by_file_is_in_the_answer(shell: Shell) -> None:
    shell.write("module-robotics.toml", ROBOTICS + 'valid_from = "2026-12-01"\n')

    answer = shell.json()

    assert len(answer["modules"]) == 6
    assert answer["modules"][-1] == {
        "id": "robotics",
        "name": "Robotics Assessment",
        "edition": "2026",
        "core": False,
        "items": 70,
        "minutes": 60,
        "cut_percent": 70,
        "valid_from": "2026-12-01",
        "valid_until": "",
    }
    assert answer["overrides"] == {
        "modules": {"robotics": "definitions/module-robotics.toml"}
    }
    assert shell.row("robotics")[-3:] == [
        *("2026-12-01", "to", "definitions/module-robotics.toml")
    ]


def test_a_center_change_is_shown_with_its_file(shell: Shell) -> None:
    windows = ["mon-fri 07:00-21:00", "sat 08:00-16:00"]
    shell.write("policies.toml", f"late_minutes = 20\ntesting_windows = {windows}\n")
    shell.write("fees.toml", "assessment_cents = 2500\n")
    shell.write("irregularities.toml", CODE)
    shell.write("scripts.toml", 'end = "Stop."\n')

    said = shell.run()
    answer = shell.json()

    assert shell.row("late_minutes") == [
        *("late_minutes", "20", "definitions/policies.toml")
    ]
    assert f"{', '.join(windows)}  definitions/policies.toml" in said
    assert shell.row("late_coordinator_minutes")[-1] == "shipped"
    assert shell.row("assessment_cents")[1:] == ["2500", "definitions/fees.toml"]
    assert "48 irregularity codes" in said
    assert "code ENV-ROBOT comes from definitions/irregularities.toml." in said
    assert "end comes from definitions/scripts.toml." in said
    assert "as shipped" not in said
    assert answer["policies"]["late_minutes"] == 20
    assert answer["policies"]["testing_windows"] == windows
    assert answer["policies"]["announce_minutes"] == [30, 10, 5]
    assert answer["fees"]["assessment_cents"] == 2500
    assert answer["codes"] == 48
    assert answer["folder"] == str(shell.own)


def test_a_message_says_what_is_wrong_what_is_safe_and_what_is_next(
    shell: Shell,
) -> None:
    shell.write("policies.toml", "late_minuts = 20\n")
    words = (
        "definitions/policies.toml, late_minuts: unknown key. The record was"
        " not changed. Correct that file or restore its earlier contents, then check it"
        ' with "cptkiosk definitions".'
    )

    assert shell.run(code=ExitCode.USAGE) == f"cptkiosk: {words}\n"
    as_json = json.loads(shell.run("--json", code=ExitCode.USAGE))
    assert as_json["error"]["message"] == words


def test_a_desk_works_by_the_centers_definitions(shell: Shell) -> None:
    shell.write("policies.toml", "late_minutes = 20\n")
    shell.write("module-robotics.toml", ROBOTICS)

    with kiosk_desk(Paths(shell.own.parent)) as desk:
        assert desk.definitions.policies.late_minutes == 20
        assert desk.definitions.module("robotics").items == 70


def test_a_center_is_not_made_on_a_bad_definition(
    shell: Shell, capsys: pytest.CaptureFixture[str]
) -> None:
    shell.write("polices.toml", "late_minutes = 20\n")
    arguments = [
        *("center", "init", "--data-dir", str(shell.own.parent), "--name", "Lakeview"),
        *("--site-code", "TX-0417", "--tz", "America/Chicago"),
        *("--coordinator", "Ana Ruiz", "--pin-stdin"),
    ]

    assert cli.main(arguments) == ExitCode.USAGE
    assert "definitions/polices.toml: not the name" in capsys.readouterr().err
    assert not (shell.own.parent / "ledger.db").exists()


# A file that cannot be used


def staffed_at(root: Path) -> None:
    with kiosk_desk(Paths(root)) as desk:
        staffed(desk)


def test_a_broken_file_leaves_the_last_usable_definitions_in_force(
    shell: Shell, capsys: pytest.CaptureFixture[str]
) -> None:
    root = shell.own.parent
    shell.write("policies.toml", "late_minutes = 20\n")
    staffed_at(root)
    shell.write("policies.toml", "late_minutes = \n")

    with kiosk_desk(Paths(root)) as desk:
        assert desk.definitions.policies.late_minutes == 20
        notice = opening_notice(desk, Paths(root))
    assert "definitions/policies.toml, line 1: not TOML" in notice.text
    assert "The last valid definitions stay in effect." in notice.text
    assert notice.mark == "faulty definitions"
    capsys.readouterr()
    assert cli.main(["--data-dir", str(root), "staff", "list"]) == ExitCode.DONE
    assert "definitions/policies.toml, line 1" in capsys.readouterr().err


def test_a_file_broken_from_the_first_is_left_out_and_the_others_are_in_force(
    shell: Shell,
) -> None:
    root = shell.own.parent
    shell.write("polices.toml", "late_minutes = 20\n")
    shell.write("fees.toml", "assessment_cents = 0.5\n")
    shell.write("policies.toml", "late_minutes = 25\n")

    with kiosk_desk(Paths(root)) as desk:
        assert desk.definitions.policies.late_minutes == 25
        assert desk.definitions.fees.assessment_cents == 2200
        assert "polices.toml" in opening_notice(desk, Paths(root)).text
    assert not (root / "definitions.last-good").exists()


def test_a_file_that_is_gone_once_it_was_read_keeps_no_kiosk_from_opening(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = shell.own.parent
    shell.write("policies.toml", "late_minutes = 20\n")
    monkeypatch.setattr(
        good_definitions, "own_names", lambda _: ("policies.toml", "fees.toml")
    )

    with kiosk_desk(Paths(root)) as desk:
        assert desk.definitions.policies.late_minutes == 20
    assert not list(root.glob("definitions.last-good*"))


def test_a_copy_that_another_terminal_has_just_kept_leaves_nothing_behind(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = shell.own.parent
    shell.write("policies.toml", "late_minutes = 20\n")
    staffed_at(root)
    shell.write("policies.toml", "late_minutes = 25\n")
    monkeypatch.setattr(good_definitions, "rmtree", kept_meanwhile)

    with kiosk_desk(Paths(root)):
        pass
    assert [one.name for one in root.glob("definitions.last-good*")] == [
        "definitions.last-good"
    ]


def kept_meanwhile(folder: Path, *, ignore_errors: bool) -> None:
    """Remove a folder; the copy in force another terminal has written again already."""
    if folder.name != "definitions.last-good":
        shutil.rmtree(folder, ignore_errors=ignore_errors)


def test_a_repaired_file_is_in_force_again_without_a_message(shell: Shell) -> None:
    root = shell.own.parent
    shell.write("policies.toml", "late_minutes = \n")
    staffed_at(root)
    shell.write("policies.toml", "late_minutes = 30\n")

    with kiosk_desk(Paths(root)) as desk:
        assert desk.definitions.policies.late_minutes == 30
        assert opening_notice(desk, Paths(root)) == Notice()


def test_a_copied_module_that_keeps_a_shipped_id_is_refused(shell: Shell) -> None:
    shell.write("module-welding2.toml", module_file("safety"))

    said = shell.run(code=ExitCode.USAGE)
    assert '"safety" is the shipped module' in said
    assert "replaces = true" in said
    with kiosk_desk(Paths(shell.own.parent)) as desk:
        assert desk.definitions.module("safety").items == 83


def test_a_module_that_says_so_replaces_a_shipped_one(shell: Shell) -> None:
    shell.write("module-safety.toml", module_file("safety", replaces=True))

    assert shell.row("safety")[-1] == "definitions/module-safety.toml"
