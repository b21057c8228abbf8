"""A later bundle continues an earlier one, and the command says so."""

import base64
import json
from pathlib import Path

import pytest

from cptkiosk.cli.main import main
from cptkiosk.desk import Desk
from cptkiosk.domain.commands.closing import AmendSession
from cptkiosk.domain.state.session import Stage
from cptkiosk.errors import ExitCode, VerificationError
from cptkiosk.ledger import reading
from cptkiosk.ledger.maintenance.verify import verify_ledger
from cptkiosk.ledger.signing import Signer
from cptkiosk.proof import minisign
from cptkiosk.upload.bundle_check import check_after
from cptkiosk.upload.evidence import json_text
from support.bundles import check, fault, forged, send, unpacked
from support.center import DANA, LEDGER, LEE, LEE_PIN, open_desk
from support.forger import rewrite_past
from support.sessions import (
    a_session,
    ended,
    explained,
    opened,
    planned,
    scored,
    seated,
    started,
)


def test_the_next_bundle_goes_on_from_every_earlier_one(
    desk: Desk, tmp_path: Path, of_each_kind: Path
) -> None:
    first = check(of_each_kind.read_bytes())
    desk.perform(AmendSession(session_id="a", reason="typing error"), DANA)
    desk.seal("a", LEE, LEE_PIN)
    second = check(send(desk, tmp_path, kind=first.kind).read_bytes())
    a_session(desk, 1, Stage.SEALED, session_id="b", module="quality")
    third = check(send(desk, tmp_path, "b", kind=first.kind).read_bytes())

    for newer, older in ((second, first), (third, first), (third, second)):
        check_after(newer, older)
        check_after(older, newer)
    check_after(first, first)


def test_a_record_and_results_are_not_compared(
    written: Path, results: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["bundle", "verify", str(written), "--after", str(results)]

    assert main(words) == ExitCode.USAGE
    assert "--after names a results bundle" in capsys.readouterr().err


def test_two_bundles_show_a_past_rewritten_between_them_with_the_key_in_hand(
    desk: Desk, tmp_path: Path, folder: Path, of_each_kind: Path
) -> None:
    first = check(of_each_kind.read_bytes())
    desk.ledger.close()
    signer = Signer(folder / "installation.key")
    rewrite_past(folder / LEDGER, signer)
    again = open_desk(folder, desk.clock)
    assert verify_ledger(again.ledger).remarks == ()
    a_session(again, 1, Stage.SEALED, session_id="b", module="quality")
    path = send(again, tmp_path, "b", kind=first.kind)
    again.ledger.close()

    second = check(path.read_bytes())
    with pytest.raises(VerificationError, match="are not what they were"):
        check_after(second, first)
    links = json.loads(second.files["consistency.json"])
    links[0]["root"] = base64.b64encode(first.checkpoint.root).decode()
    data = forged(path, signer, consistency_json=json_text(links).encode())
    assert fault(data).startswith("consistency.json does not prove")


def test_a_bundle_that_says_nothing_of_the_earlier_one_proves_nothing(
    desk: Desk, tmp_path: Path, folder: Path, written: Path
) -> None:
    first = check(written.read_bytes())
    a_session(desk, 1, Stage.SEALED, session_id="b", module="quality")
    signer = Signer(folder / "installation.key")
    path = send(desk, tmp_path, "b")

    second = check(forged(path, signer, consistency_json=b"[]"))

    with pytest.raises(VerificationError, match="says nothing of the earlier bundle"):
        check_after(second, first)


def test_what_a_destination_got_last_is_proved_however_long_ago(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "SEALS_KNOWN", 1)
    sent = {}
    for session_id, where in (("a", "far"), ("b", "near"), ("c", "near"), ("d", "far")):
        (tmp_path / where).mkdir(exist_ok=True)
        module = ("safety", "quality")[session_id > "b"]
        people = ("A", "C")[session_id in "bd"]
        _sealed(desk, session_id, module, people)
        path = send(desk, tmp_path / where, session_id)
        sent[session_id] = check(path.read_bytes())

    check_after(sent["d"], sent["a"])
    check_after(sent["d"], sent["c"])
    with pytest.raises(VerificationError, match="says nothing of the earlier"):
        check_after(sent["d"], sent["b"])


def _sealed(desk: Desk, session_id: str, module: str, person: str) -> None:
    planned(desk, (person,), session_id, module)
    opened(desk, session_id)
    seated(desk, session_id, f"{person}-{module}")
    started(desk, session_id)
    ended(desk, session_id)
    scored(desk, session_id)
    explained(desk, session_id)
    desk.seal(session_id, LEE, LEE_PIN)


def test_the_command_verifies_and_says_what_it_took_the_key_from(
    written: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key = tmp_path / "key.pub"
    key.write_bytes(unpacked(written.read_bytes())["center.pub"])

    assert main(["bundle", "verify", str(written)]) == ExitCode.DONE
    said = capsys.readouterr().out
    assert "verified: record bundle, center TN-014, session a, revision 1" in said
    assert "The key comes from the bundle itself." in said
    assert main(["bundle", "verify", str(written), "--key", str(key)]) == ExitCode.DONE
    assert "itself" not in capsys.readouterr().out
    assert main(["bundle", "verify", str(written), "--json"]) == ExitCode.DONE
    (found,) = json.loads(capsys.readouterr().out)["bundles"]
    assert (found["session_id"], found["key_known"]) == ("a", False)


def test_the_command_names_what_does_not_fit(
    written: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    damaged = tmp_path / "damaged.zip"
    damaged.write_bytes(written.read_bytes().replace(b"FamilyP1", b"FamilyP2"))
    key = tmp_path / "key.pub"
    key.write_text(minisign.write_public_key(Signer(tmp_path / "k").public_bytes))

    code = main(["bundle", "verify", str(written), str(damaged)])
    assert code == ExitCode.UNVERIFIED
    assert "damaged.zip failed verification: attempts.csv" in capsys.readouterr().err
    code = main(["bundle", "verify", str(written), "--key", str(key)])
    assert code == ExitCode.UNVERIFIED
    assert "center.pub is not the key that you gave" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        ["verify"],
        ["verify", "no such file"],
        ["verify", "{bundle}", "--key", "{bundle}"],
        ["verify", "{bundle}", "--to", "x"],
        ["a", "{bundle}", "--to", "x"],
        ["a", "--to", "x", "--key", "x"],
    ],
)
def test_words_that_do_not_go_together_are_a_sentence(
    written: Path, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    asked = [word.format(bundle=written) for word in words]

    assert main(["bundle", *asked]) == ExitCode.USAGE
    assert "Nothing was" in capsys.readouterr().err
