"""What the signatures of a ledger prove, and what verifying says where they do not."""

from contextlib import closing
from pathlib import Path

import pytest

from cptkiosk.cli.main import main
from cptkiosk.desk import Desk
from cptkiosk.domain.events.center import SignInFailed
from cptkiosk.domain.state.session import Stage
from cptkiosk.errors import ExitCode, VerificationError
from cptkiosk.ledger.ledger import Ledger
from cptkiosk.ledger.maintenance.backup import back_up
from cptkiosk.ledger.maintenance.restore import restore_backup
from cptkiosk.ledger.maintenance.salvage import look_for
from cptkiosk.ledger.maintenance.salvage_writer import write_salvaged
from cptkiosk.ledger.maintenance.verify import Verified, verify_ledger
from cptkiosk.ledger.signing import Signer
from support.center import LEDGER
from support.forger import rewrite_past
from support.raw import tamper
from support.sessions import a_session


@pytest.fixture
def sealed(desk: Desk, folder: Path) -> Path:
    """A closed ledger with one sealed session, its key beside it."""
    a_session(desk, 1, stage=Stage.SEALED)
    desk.ledger.close()
    return Path(folder / LEDGER)


def checked(path: Path) -> Verified:
    with closing(Ledger(path, "", read_only=True)) as ledger:
        return verify_ledger(ledger)


def test_a_whole_ledger_has_no_remark(sealed: Path) -> None:
    found = checked(sealed)

    assert (found.signed_heads, found.signed_by_another_key) == (1, 0)
    assert found.remarks == ()


def test_a_seal_without_its_signature_is_named(
    sealed: Path, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    last = checked(sealed).entries
    tamper(sealed, "DELETE FROM head")

    assert main(["--data-dir", str(folder), "ledger", "verify"]) == ExitCode.UNVERIFIED
    said = capsys.readouterr().err
    assert f"Entry #{last}: the signature of the seal is missing" in said


def test_a_past_signed_with_another_key_is_said(
    sealed: Path, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rewrite_past(sealed, Signer(tmp_path / "evil.key"))

    assert main(["--data-dir", str(folder), "ledger", "verify"]) == ExitCode.DONE
    assert "1 signature by another key" in capsys.readouterr().out
    assert checked(sealed).signed_by_another_key == 1


def test_without_the_key_the_owner_is_reported_as_unknown(
    sealed: Path, folder: Path
) -> None:
    (folder / "installation.key").unlink()

    found = checked(sealed)

    assert found.signed_by_another_key is None
    (remark,) = found.remarks
    assert "no installation.key" in remark


def test_the_signer_sees_that_the_previous_signing_key_is_gone(
    desk: Desk, folder: Path
) -> None:
    a_session(desk, 1)
    assert desk.seal_notice() == ""
    a_session(desk, 1, stage=Stage.SEALED, session_id="b")
    assert desk.seal_notice() == ""

    (folder / "installation.key").unlink()

    assert "will use a new key" in desk.seal_notice()


def test_a_salvage_that_lost_a_signature_can_be_gone_on_with(
    sealed: Path, tmp_path: Path
) -> None:
    tamper(sealed, "PRAGMA secure_delete = ON", "DELETE FROM head")
    found = look_for(sealed, tmp_path)
    assert len(found.unsigned) == 1
    write_salvaged(found, tmp_path / "salvaged.db")

    restore_backup(sealed, tmp_path / "salvaged.db", "20261123-140000Z")

    with closing(Ledger(sealed, "t")) as ledger:
        back_up(ledger, tmp_path / "backup.db")
        verified = verify_ledger(ledger)
        assert ledger.signature_at(verified.entries) is None
    assert (verified.signed_heads, verified.signatures_lost) == (0, 1)
    assert any("lost the signature in a salvage" in one for one in verified.remarks)


def test_an_entry_that_fits_the_chain_and_follows_from_nothing_is_named(
    desk: Desk, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    version = desk.ledger.read_stream("center")[-1].version
    with desk.ledger.writing("x") as transaction:
        (entry,) = transaction.append(
            "center", version, [SignInFailed(staff_id="s99")], desk.now()
        )

    with pytest.raises(VerificationError) as error:
        verify_ledger(desk.ledger)

    assert f"Entry #{entry.seq}: sign-in-failed.v1 cannot follow" in str(error.value)
    desk.ledger.close()
    assert main(["--data-dir", str(folder), "ledger", "verify"]) == ExitCode.UNVERIFIED
