"""Every command answers a script in one form: an object with its schema, errors too."""

import argparse
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cptkiosk.cli.main import main
from cptkiosk.cli.output import JSON_SCHEMA
from cptkiosk.cli.parser import make_parser
from cptkiosk.desk import Desk
from cptkiosk.domain.state.session import Stage
from cptkiosk.errors import ExitCode
from cptkiosk.host.data_directory import Paths
from cptkiosk.ledger.maintenance.backup import back_up
from cptkiosk.reports.sealed import sealed_report
from cptkiosk.roster.importer import import_roster
from cptkiosk.upload.folder import write_bundle
from support.center import LEE
from support.sessions import a_session

SCREENS = {"wall"}
"""What a command shows on a screen of its own is no answer to a script."""

OFFICE = {f"central {one}" for one in ("init", "ingest", "key", "report", "audit")}
"""These need a database, so `tests/central/test_answers.py` asks them."""

PIN = "--pin-stdin"
NEW_CENTER = (
    *("--data-dir", "NEW", "--name", "Lakeview", "--site-code", "T", "--tz", "UTC"),
    *("--coordinator", "Ana Ruiz", PIN),
)
ANSWERED: dict[str, tuple[tuple[str, ...], str]] = {
    "center init": (NEW_CENTER, "record"),
    "staff add": (("--name", "Jo Poe", "--role", "proctor", PIN), "staff_id"),
    "staff pin": (("--name", "Lee Wong", PIN), "staff_id"),
    "staff training": (
        ("--name", "Lee Wong", "--trained-on", "2026-08-31"),
        "staff_id",
    ),
    "staff change": (("--name", "Lee Wong", "--deactivate"), "staff_id"),
    "staff list": ((), "staff"),
    "roster import": (("ROSTER",), "people"),
    "roster columns": ((), "columns"),
    "vendor import": (("REPORT",), "rows"),
    "session plan": (
        ("--modules", "safety", "--start", "2026-12-01 14:00", "--room", "9:2x2"),
        "session_id",
    ),
    "session list": ((), "sessions"),
    "session show": (("a",), "session_id"),
    "session cancel": (("b", "--because", "water damage"), "stage"),
    "person list": ((), "people"),
    "person show": (("P1",), "registrations"),
    "person forget": (("P1", "--because", "own request"), "texts"),
    "person two-people": (("N1", "N2", "--because", "photo IDs"), "other"),
    "fees": ((), "people"),
    "credentials": ((), "credentials"),
    "report": (("session", "a", "--to", "FOLDER"), "path"),
    "export": (("--profile", "results", "--to", "FOLDER"), "rows"),
    "bundle": (("a", "--to", "FOLDER"), "sha256"),
    "receipt import": (("RECEIPT",), "already"),
    "receipt list": ((), "receipts"),
    "upload": ((), "delivered"),
    "key show": ((), "fingerprint"),
    "key export": (("FOLDER/key.pub",), "path"),
    "key rotate": ((), "fingerprint"),
    "ledger verify": ((), "entries"),
    "ledger rebuild": ((), "rows"),
    "ledger info": ((), "terminals"),
    "ledger backup": ((), "path"),
    "ledger restore": (("BACKUP",), "entries"),
    "ledger salvage": (("--to", "FOLDER/s.db"), "ledger"),
    "definitions": ((), "modules"),
    "deploy login-shell": ((), "text"),
    "deploy sshd": ((), "text"),
    "deploy console": ((), "text"),
    "deploy upload": ((), "text"),
    "deploy upload-timer": ((), "text"),
    "drill": (("--unattended", "--people", "6"), "passed"),
}
"""Words after each command that it can answer, and a field of the answer."""


def commands(parser: argparse.ArgumentParser) -> Iterator[str]:
    """Yield every command of the command line, each by all of its words."""
    groups = [
        one for one in parser._actions if isinstance(one, argparse._SubParsersAction)
    ]
    if not groups:
        yield str(parser.get_default("command"))
    for one in groups:
        for child in one.choices.values():
            yield from commands(child)


@pytest.fixture
def places(
    desk: Desk, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> dict[str, Path]:
    """A center with a sealed and a planned session, and the files that commands need."""
    a_session(desk, 1, Stage.SEALED, "a")
    a_session(desk, 1, Stage.PLANNED, "b")
    made = {"DATA": folder, "NEW": tmp_path / "new", "FOLDER": tmp_path / "stick"}
    made["FOLDER"].mkdir()
    report = sealed_report(desk.definitions)
    digest = write_bundle(desk, "a", made["FOLDER"], LEE, report=report)[1]
    made["RECEIPT"] = tmp_path / "receipt.json"
    receipt = {
        "schema": "cptkiosk-receipt", "session_id": "a", "revision": 1,
        "sha256": digest, "received_utc": "2026-09-21T23:15:00+00:00",
        "received_by": "State office",
    }  # fmt: skip
    made["RECEIPT"].write_text(json.dumps(receipt))
    made["FOLDER"] = tmp_path / "another stick"
    made["FOLDER"].mkdir()
    made["ROSTER"] = tmp_path / "roster.csv"
    made["ROSTER"].write_text(
        "Participant ID,Last Name,First Name,Birth Date,Assessment\n"
        "N1,Brown,Al,2007-02-28,Safety\nN2,Brown,Al,2007-02-28,Safety\n"
    )
    import_roster(desk, made["ROSTER"], LEE)
    made["REPORT"] = tmp_path / "report.csv"
    made["REPORT"].write_text("User Code,Percent\nX-1,90\n")
    made["BACKUP"] = tmp_path / "backup.db"
    back_up(desk.ledger, made["BACKUP"])
    desk.ledger.close()
    settings = folder / "definitions" / "destinations.toml"
    settings.parent.mkdir()
    settings.write_text(
        f'[[destination]]\nname="usb"\nkind="folder"\nwhere="{made["FOLDER"]}"\n'
    )
    monkeypatch.setattr("sys.stdin", io.StringIO("571394\n"))
    return made


def test_every_command_but_the_screens_answers_as_json() -> None:
    assert {*commands(make_parser())} == {*ANSWERED} | SCREENS | OFFICE


@pytest.mark.parametrize("command", ANSWERED)
def test_an_answer_is_one_object_with_its_schema(
    command: str, places: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    words, field = ANSWERED[command]
    arguments = [_placed(one, places) for one in words]
    where = [] if command == "drill" else ["--data-dir", str(places["DATA"])]

    code = main([*where, *command.split(), *arguments, "--json"])

    said = capsys.readouterr()
    assert code == ExitCode.DONE, said.err
    answer = json.loads(said.out)
    assert answer["schema"] == JSON_SCHEMA
    assert field in answer
    assert said.err == ""


@pytest.mark.parametrize("command", ANSWERED)
def test_an_error_is_one_object_where_errors_go(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main([*command.split(), "--json", "--no-such-option"])

    said = capsys.readouterr()
    assert said.out == ""
    assert code == ExitCode.USAGE
    error = _complaint(said.err)["error"]
    assert error["code"] == "usage"
    assert error["exit_code"] == code
    assert error["message"]


@pytest.mark.parametrize(
    ("words", "code", "named"),
    [
        (("session", "cancel", "a", "--because", "fire"), ExitCode.REFUSED, "refused"),
        (("bundle", "a", "--to", "/no/folder"), ExitCode.DESTINATION, "destination"),
        (("--data-dir", "/dev/null", "fees"), ExitCode.STORAGE, "storage"),
    ],
)
def test_an_error_names_its_kind_and_its_exit_code(
    words: tuple[str, ...],
    code: ExitCode,
    named: str,
    places: dict[str, Path],
    capsys: pytest.CaptureFixture[str],
) -> None:
    where = () if "--data-dir" in words else ("--data-dir", str(places["DATA"]))

    assert main([*where, *words, "--json"]) == code

    error = _complaint(capsys.readouterr().err)["error"]
    assert (error["code"], error["exit_code"]) == (named, code)


def test_a_warning_leaves_the_answer_as_it_is(
    places: dict[str, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    own = Paths(places["DATA"]).definitions
    own.mkdir(exist_ok=True)
    (own / "policies.toml").write_text("no_such_policy = true\n")

    code = main(["--data-dir", str(places["DATA"]), "session", "list", "--json"])

    said = capsys.readouterr()
    assert code == ExitCode.DONE
    assert json.loads(said.out)["sessions"]
    assert "policies.toml" in _complaint(said.err)["warning"]["message"]


def test_without_json_an_error_stays_a_sentence(
    capsys: pytest.CaptureFixture[str],
) -> None:
    main(["session", "list", "--json", "--no-such-option"])
    capsys.readouterr()

    main(["session", "list", "--no-such-option"])

    assert capsys.readouterr().err.startswith("cptkiosk: Unrecognized")


def _placed(word: str, places: dict[str, Path]) -> str:
    first, slash, rest = word.partition("/")
    return f"{places[first]}{slash}{rest}" if first in places else word


def _complaint(said: str) -> dict[str, Any]:
    (line,) = said.splitlines()
    complaint: dict[str, Any] = json.loads(line)
    assert complaint["schema"] == JSON_SCHEMA
    return complaint
