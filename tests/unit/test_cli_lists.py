"""What a script asks for: lists of what there is, and answers with a schema."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from cptkiosk.cli.main import main
from cptkiosk.desk import Desk
from cptkiosk.domain.state.session import Stage
from cptkiosk.errors import ExitCode
from cptkiosk.upload.folder import write_bundle
from support.center import LEE
from support.sessions import a_session


@pytest.fixture
def data(desk: Desk, folder: Path, tmp_path: Path) -> list[str]:
    """A center with one sealed session in a bundle, and one planned."""
    a_session(desk, 1, Stage.SEALED, "a")
    (tmp_path / "stick").mkdir()
    write_bundle(desk, "a", tmp_path / "stick", LEE, report=lambda _: "r")
    a_session(desk, 1, Stage.PLANNED, "b")
    desk.ledger.close()
    return ["--data-dir", str(folder)]


def asked(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert main(arguments) == ExitCode.DONE, capsys.readouterr().err
    return json.loads(capsys.readouterr().out)


def test_people_bundles_and_receipts_are_listed(
    data: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    people = asked(capsys, *data, "person", "list", "--json")
    bundles = asked(capsys, *data, "bundle", "list", "--json")
    receipts = asked(capsys, *data, "receipt", "list", "--json")

    assert [one["participant_id"] for one in people["people"]] == ["P1", "bP1"]
    assert [one["session_id"] for one in bundles["written"]] == ["a"]
    assert receipts == {"schema": 1, "receipts": []}
    for words in (("person", "list"), ("bundle", "list"), ("receipt", "list")):
        assert main([*data, *words]) == ExitCode.DONE
        assert capsys.readouterr().out.strip()


def test_a_bundle_without_a_destination_is_not_guessed(
    data: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*data, "bundle", "a"]) == ExitCode.USAGE
    assert "--to is missing" in capsys.readouterr().err


def test_a_planned_session_is_cancelled_with_its_reason(
    data: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    because = ("--because", "water damage in 204")
    answer = asked(capsys, *data, "session", "cancel", "b", *because, "--json")
    assert answer == {"schema": 1, "session_id": "b", "stage": "cancelled"}
    assert main([*data, "session", "cancel", "a", *because]) == ExitCode.REFUSED


def test_every_answer_that_is_an_object_has_a_schema(
    data: list[str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    new = ("--data-dir", str(tmp_path / "new"))
    init = ("center", "init", "--name", "N", "--site-code", "T", "--tz", "UTC")
    add = ("staff", "add", "--name", "Sam Lee", "--role", "proctor")
    for command in (
        (*new, *init, "--coordinator", "Ana Ruiz", "--pin-stdin"),
        (*data, *add, "--pin-stdin"),
        (*data, "staff", "pin", "--name", "Sam Lee", "--pin-stdin"),
        (*data, "staff", "training", "--name", "Sam Lee", "--trained-on", "2020-01-01"),
        (*data, "ledger", "backup", "--to", str(tmp_path / "one.db")),
        (*data, "ledger", "rebuild"),
        (*data, "ledger", "verify"),
        (*data, "session", "show", "a"),
        (*data, "definitions"),
    ):
        monkeypatch.setattr("sys.stdin", io.StringIO("604817\n"))
        assert asked(capsys, *command, "--json")["schema"] == 1, command
