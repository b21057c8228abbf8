"""The installation's key: shown, handed out, and changed without losing trust."""

import base64
import json
from pathlib import Path

import pytest

from cptkiosk.cli.main import main
from cptkiosk.desk import Desk
from cptkiosk.domain.events.center import KeyRotated
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import Refused
from cptkiosk.errors import ExitCode, StorageError, VerificationError
from cptkiosk.ledger.maintenance.verify import verify_ledger
from cptkiosk.ledger.signing import Signer
from cptkiosk.proof import keys, minisign
from cptkiosk.reports.report_check import find_report_fault
from cptkiosk.reports.sealed import sealed_report
from cptkiosk.upload.bundle_check import (
    check_after,
    check_bundle,
    check_key,
    read_trusted,
)
from cptkiosk.upload.bundle_reader import Bundle
from cptkiosk.upload.folder import write_bundle
from support.center import DANA, LEE, definitions
from support.sessions import a_session


def bundle(desk: Desk, folder: Path, session_id: str) -> Bundle:
    report = sealed_report(definitions())
    path = write_bundle(desk, session_id, folder, LEE, report=report)[0]
    return check_bundle(path.read_bytes(), find_report_fault)


def exported(folder: Path, target: Path) -> str:
    words = ["--data-dir", str(folder), "key", "export", str(target)]
    assert main(words) == ExitCode.DONE
    return target.read_text()


def test_bundles_verify_by_the_key_before_and_after_a_change(
    desk: Desk, folder: Path, tmp_path: Path
) -> None:
    a_session(desk, 1, Stage.SEALED)
    first = bundle(desk, tmp_path, "a")
    before = read_trusted(exported(folder, tmp_path / "before.pub"))
    for _ in range(2):
        desk.key_ring.rotate(DANA)
    a_session(desk, 1, Stage.SEALED, session_id="b", module="quality")
    second = bundle(desk, tmp_path, "b")
    after = read_trusted(exported(folder, tmp_path / "after.pub"))

    assert first.key == before.key != after.key == second.key
    for trusted in (before, after):
        check_key(second, trusted)
    check_key(first, after)
    check_after(second, first)
    found = verify_ledger(desk.ledger)
    assert (found.signed_heads, found.signed_by_another_key) == (2, 0)
    assert sorted(one.name for one in folder.glob("*.key*")) == ["installation.key"]


def test_a_key_that_nobody_signed_is_another_key(
    desk: Desk, folder: Path, tmp_path: Path
) -> None:
    a_session(desk, 1, Stage.SEALED)
    known = read_trusted(exported(folder, tmp_path / "known.pub"))
    (folder / "installation.key").unlink()

    found = bundle(desk, tmp_path, "a")

    with pytest.raises(VerificationError, match="not the key that you gave"):
        check_key(found, known)


def test_a_change_of_keys_needs_both_signatures(tmp_path: Path) -> None:
    old, new, evil = (Signer(tmp_path / name) for name in ("old", "new", "evil"))
    pairs = [(one.public_bytes, one.sign) for one in (old, new, evil)]
    good = keys.write_key_change("cptkiosk/1", pairs[0], pairs[1])

    assert keys.read_key_change(good) == (old.public_bytes, new.public_bytes)
    stolen = (new.public_bytes, evil.sign)
    for signed in ((pairs[2], stolen), (stolen, pairs[2])):
        with pytest.raises(ValueError, match="did not sign"):
            keys.read_key_change(keys.write_key_change("cptkiosk/1", *signed))
    for broken in ("", "x\n\n", good.replace("change", "chance"), good[:-9]):
        with pytest.raises(ValueError, match=r"no|did not|unpack|[Ii]ncorrect"):
            keys.read_key_change(broken)


def test_links_lead_from_key_to_key_and_no_further() -> None:
    a, b, c, d, e = (bytes([one]) for one in range(5))
    changes = [(b, c), (a, b), (d, e)]

    assert keys.linked_keys(c, changes) == {a, b, c}
    assert keys.linked_keys(d, changes) == {d, e}
    assert keys.linked_keys(a, []) == {a}


@pytest.mark.parametrize("role", ["proctor", "none yet"])
def test_a_change_that_may_not_be_is_refused(desk: Desk, role: str) -> None:
    if role == "proctor":
        a_session(desk, 1, Stage.SEALED)
    actor = LEE if role == "proctor" else DANA

    with pytest.raises(Refused):
        desk.key_ring.rotate(actor)


def test_a_change_that_was_interrupted_is_finished_before_the_next_signature(
    desk: Desk, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_session(desk, 1, Stage.SEALED)

    def fail(_self: Path, _target: Path) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", fail)
        with pytest.raises(StorageError, match="could not be put in place"):
            desk.key_ring.rotate(DANA)
    announced = Signer(folder / "installation.key.next").public_key
    assert Signer(folder / "installation.key").public_key != announced

    a_session(desk, 1, Stage.SEALED, session_id="b", module="quality")

    assert Signer(folder / "installation.key").public_key == announced
    assert not (folder / "installation.key.next").exists()
    assert verify_ledger(desk.ledger).signed_by_another_key == 0


def test_a_recorded_change_that_is_not_signed_by_both_is_found(
    desk: Desk, folder: Path
) -> None:
    a_session(desk, 1, Stage.SEALED)
    evil = Signer(folder / "evil")
    old = (Signer(folder / "installation.key").public_bytes, evil.sign)
    forged = keys.write_key_change("cptkiosk/1", old, (evil.public_bytes, evil.sign))
    with desk.ledger.writing("s1") as transaction:
        event = KeyRotated(public_key=evil.public_key, note=forged)
        after = desk.center.version
        (entry,) = transaction.append("center", after, [event], desk.now())

    with pytest.raises(VerificationError, match=f"#{entry.seq}: the change of keys"):
        verify_ledger(desk.ledger)


def test_the_key_is_shown_with_what_is_read_out(
    desk: Desk, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--data-dir", str(folder), "key"]
    assert main([*words, "show"]) == ExitCode.REFUSED
    a_session(desk, 1, Stage.SEALED)
    desk.ledger.close()
    capsys.readouterr()

    assert main([*words, "show", "--json"]) == ExitCode.DONE
    found = json.loads(capsys.readouterr().out)
    key = base64.b64decode(found["public_key"])
    assert found["fingerprint"] == keys.fingerprint(key)
    assert [len(one) for one in found["fingerprint"].split(" ")] == [4] * 8
    assert main([*words, "show"]) == ExitCode.DONE
    assert f"Fingerprint  {found['fingerprint']}" in capsys.readouterr().out
    assert main([*words, "rotate", "--clock-is-right"]) == ExitCode.DONE
    assert "A new key signs from now on." in capsys.readouterr().out
    assert main([*words, "show", "--json"]) == ExitCode.DONE
    assert json.loads(capsys.readouterr().out) != found


def test_an_exported_key_is_never_written_over_another_file(
    desk: Desk, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    a_session(desk, 1, Stage.SEALED)
    target = tmp_path / "key.pub"
    text = exported(folder, target)
    assert exported(folder, target) == text
    assert (
        minisign.read_public_key(text)
        == Signer(folder / "installation.key").public_bytes
    )
    target.write_text("something else")

    words = ["--data-dir", str(folder), "key", "export", str(target)]
    assert main(words) == ExitCode.DESTINATION
    assert main([*words[:-1], str(tmp_path / "no" / "k")]) == ExitCode.DESTINATION
    assert target.read_text() == "something else"
