"""What the office's commands answer to a script, and how they end."""

import json
from pathlib import Path

import pytest

from cptkiosk.cli.main import main
from cptkiosk.cli.output import JSON_SCHEMA
from cptkiosk.errors import ExitCode
from cptkiosk.ledger.signing import Signer
from cptkiosk.upload.bundle_check import write_trusted
from support.postgres import free_port

ANSWERED: dict[str, tuple[tuple[str, ...], str]] = {
    "init": ((), "applied"),
    "ingest": ((), "accepted"),
    "key": (("TN-014", "KEY"), "fingerprint"),
    "report": ((), "totals"),
    "audit": (("--seed", "dice: 4 2"), "drawn"),
}
"""Words after each command, and a field of its answer."""


@pytest.mark.parametrize("command", ANSWERED)
def test_an_answer_is_one_object_with_its_schema(
    command: str, office: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words, field = ANSWERED[command]
    key = tmp_path / "center.pub"
    signer = Signer(tmp_path / "installation.key")
    key.write_text(write_trusted(signer.public_bytes, ()))
    given = [str(key) if one == "KEY" else one for one in words]
    capsys.readouterr()

    assert main(["central", command, *given, "--db", office, "--json"]) == ExitCode.DONE

    answer = json.loads(capsys.readouterr().out)
    assert answer["schema"] == JSON_SCHEMA
    assert field in answer


@pytest.mark.parametrize("command", ANSWERED)
def test_an_error_is_one_object_where_errors_go(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key = tmp_path / "center.pub"
    key.write_text("no key")
    given = [str(key) if one == "KEY" else one for one in ANSWERED[command][0]]
    nowhere = f"postgresql://office@127.0.0.1:{free_port()}/cpt"

    code = main(["central", command, *given, "--db", nowhere, "--json"])

    said = capsys.readouterr()
    assert said.out == ""
    assert json.loads(said.err)["error"]["exit_code"] == code == ExitCode.DESTINATION


def test_a_file_that_is_missing_or_not_a_key_is_a_mistake_in_the_command(
    office: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = tmp_path / "center.pub"
    wrong.write_text("no key")

    assert main(["central", "ingest", "--db", office, "none.zip"]) == ExitCode.USAGE
    assert "none.zip does not exist" in capsys.readouterr().err
    for file in (wrong, tmp_path / "none.pub"):
        words = ["central", "key", "TN-014", str(file), "--db", office]
        assert main(words) == ExitCode.USAGE
