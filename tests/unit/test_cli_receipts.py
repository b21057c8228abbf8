"""`receipt import`: what a script gets back, and what it is refused."""

import json
from pathlib import Path

import pytest

from cptkiosk.cli.main import main
from cptkiosk.desk import Desk
from cptkiosk.domain.rules.receipts import Upload
from cptkiosk.domain.state.session import Stage
from cptkiosk.errors import ExitCode
from cptkiosk.upload.folder import write_bundle
from support.center import LEE, open_desk
from support.sessions import a_session


@pytest.fixture
def receipt(desk: Desk, folder: Path, tmp_path: Path) -> Path:
    """A receipt for the bundle of session a."""
    a_session(desk, 1, Stage.SEALED, "a")
    stick = tmp_path / "stick"
    stick.mkdir()
    digest = write_bundle(desk, "a", stick, LEE, report=lambda _: "r\n")[1]
    path = tmp_path / "receipt-a-r1.json"
    says = {
        "schema": "cptkiosk-receipt",
        "session_id": "a",
        "revision": 1,
        "sha256": digest,
        "received_utc": "2026-09-21T23:15:00+00:00",
        "received_by": "State office",
    }
    path.write_text(json.dumps(says))
    return path


def test_a_receipt_is_imported_once_and_a_script_sees_it(
    desk: Desk, folder: Path, receipt: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--data-dir", str(folder), "receipt", "import", str(receipt)]
    assert main([*arguments, "--json"]) == ExitCode.DONE
    first = json.loads(capsys.readouterr().out)
    assert (first["session_id"], first["revision"], first["already"]) == ("a", 1, False)

    assert main(arguments) == ExitCode.DONE
    assert "is already on record" in capsys.readouterr().out
    again = open_desk(folder, desk.clock, "lab2")
    assert again.uploads.upload_of(Stage.SEALED, ("a", 1), 1) is Upload.RECEIVED
    assert len(again.ledger.read_stream("upload")) == 1


def test_a_receipt_that_does_not_fit_is_refused_with_a_sentence(
    desk: Desk, folder: Path, receipt: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--data-dir", str(folder), "receipt", "import", str(receipt)]
    receipt.write_text(receipt.read_text().replace('"revision": 1', '"revision": 3'))
    assert main(arguments) == ExitCode.REFUSED
    assert "No bundle of revision 3" in capsys.readouterr().err

    receipt.write_text("{}")
    assert main(arguments) == ExitCode.USAGE
    assert "is not a receipt" in capsys.readouterr().err
    assert desk.ledger.read_stream("upload") == ()
