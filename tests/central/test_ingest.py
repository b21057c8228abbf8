"""What a bundle must be to be taken in, and what becomes of one that is not."""

from base64 import b64decode
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.commands.closing import AmendSession
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import BundleKind
from cptkiosk.errors import ExitCode
from cptkiosk.ledger import reading
from cptkiosk.ledger.signing import Signer, public_key_at
from cptkiosk.upload.bundle_check import write_trusted
from cptkiosk.upload.destinations.base import Parcel
from cptkiosk.upload.postgres import put_in_inbox
from support.center import DANA, LEDGER, LEE, LEE_PIN, open_desk, staffed
from support.clock import HandClock
from support.forger import rewrite_past
from support.offices import Tables, answer, ingest, rows, sealed_bundle, send
from support.sessions import a_session

STATES = "SELECT state, count(*) FROM inbox GROUP BY state ORDER BY state"
REASONS = "SELECT reason FROM open_rejections ORDER BY rejected_at"
SESSIONS = "SELECT session_id, revision FROM revisions ORDER BY 1, 2"


@pytest.fixture
def stranger(tmp_path: Path) -> Iterator[Desk]:
    """Another record, with another key, that calls itself the same center."""
    folder = tmp_path / "stranger"
    folder.mkdir()
    desk = staffed(open_desk(folder, HandClock()))
    yield desk
    desk.ledger.close()


def test_accepted_bundle_is_in_the_tables(
    desk: Desk, tmp_path: Path, office: str, tables: Tables
) -> None:
    bundle = sealed_bundle(desk, tmp_path)

    assert ingest(office, bundle) == ExitCode.DONE

    assert rows(
        tables, "SELECT participant_id, raw_min, passed, counts FROM attempts"
    ) == [
        ("P1", 70, True, True),
        ("P2", 70, True, True),
    ]
    (kept,) = rows(tables, "SELECT sha256, kind, revision FROM revisions")
    assert kept[0] == sha256(bundle.read_bytes()).hexdigest()
    assert rows(tables, STATES) == [("accepted", 1)]


def test_same_bundle_again_changes_nothing(
    desk: Desk,
    tmp_path: Path,
    office: str,
    tables: Tables,
    capsys: pytest.CaptureFixture[str],
) -> None:
    bundle = sealed_bundle(desk, tmp_path)
    ingest(office, bundle)
    before = rows(tables, "SELECT * FROM revisions")

    found = answer(capsys, "ingest", "--db", office, str(bundle))

    assert (found["accepted"], found["already"], found["rejected"]) == (0, 1, [])
    assert rows(tables, "SELECT * FROM revisions") == before
    assert rows(tables, STATES) == [("accepted", 1)]


def test_changed_bundle_is_kept_whole_and_never_merged(
    desk: Desk,
    tmp_path: Path,
    office: str,
    tables: Tables,
    capsys: pytest.CaptureFixture[str],
) -> None:
    bundle = sealed_bundle(desk, tmp_path)
    changed = bundle.read_bytes().replace(b",70,70,pass", b",80,80,pass")
    bundle.write_bytes(changed)

    assert ingest(office, bundle) == ExitCode.UNVERIFIED

    assert "was rejected and kept" in capsys.readouterr().err
    assert rows(tables, SESSIONS) == []
    assert rows(tables, "SELECT * FROM centers") == []
    (content,) = rows(tables, "SELECT content FROM inbox WHERE state = 'rejected'")
    assert bytes(content[0]) == changed
    assert len(rows(tables, REASONS)) == 1


def test_bundle_of_a_rehearsal_is_rejected(
    tmp_path: Path, office: str, tables: Tables
) -> None:
    folder = tmp_path / "practice"
    folder.mkdir()
    desk = open_desk(folder, HandClock())
    desk.center_log.init_center(
        "Practice", "TN-014", "America/Chicago", "Dana Ortiz", "482913", rehearsal=True
    )
    desk.ledger.close()
    desk = open_desk(folder, HandClock())
    desk.staff.add_staff("Lee Wong", LEE.role, LEE_PIN, "2026-01-15", DANA)
    bundle = sealed_bundle(desk, tmp_path)
    desk.ledger.close()

    assert ingest(office, bundle) == ExitCode.UNVERIFIED
    assert "is from a rehearsal" in rows(tables, REASONS)[0][0]


def test_bundles_are_accepted_in_any_order(
    desk: Desk, tmp_path: Path, office: str, tables: Tables
) -> None:
    first = sealed_bundle(desk, tmp_path, "a")
    second = sealed_bundle(desk, tmp_path, "b", "quality")
    third = sealed_bundle(desk, tmp_path, "c", "production")

    assert ingest(office, third) == ExitCode.DONE
    assert ingest(office, first, second) == ExitCode.DONE

    assert len(rows(tables, SESSIONS)) == 3
    last = rows(tables, "SELECT delivery_key FROM revisions WHERE session_id = 'c'")
    assert rows(tables, "SELECT delivery_key FROM checkpoints") == last


def test_past_rewritten_between_two_bundles_is_rejected(
    desk: Desk, tmp_path: Path, folder: Path, office: str, tables: Tables
) -> None:
    assert ingest(office, sealed_bundle(desk, tmp_path)) == ExitCode.DONE
    desk.ledger.close()
    rewrite_past(folder / LEDGER, Signer(folder / "installation.key"))
    again = open_desk(folder, desk.clock)
    second = sealed_bundle(again, tmp_path, "b", "quality")
    again.ledger.close()

    assert ingest(office, second) == ExitCode.UNVERIFIED

    assert "contradicts the earlier bundles" in rows(tables, REASONS)[0][0]
    assert rows(tables, SESSIONS) == [("a", 1)]


def test_bundle_without_a_link_to_the_last_one_waits_for_those_between(
    desk: Desk,
    tmp_path: Path,
    office: str,
    tables: Tables,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = sealed_bundle(desk, tmp_path / "..", "a")
    monkeypatch.setattr(reading, "SEALS_KNOWN", 1)
    monkeypatch.setattr(reading, "SENT", f"{reading.SENT} LIMIT 0")
    second = sealed_bundle(desk, tmp_path, "b", "quality")
    third = sealed_bundle(desk, tmp_path, "c", "production")
    assert ingest(office, first) == ExitCode.DONE

    assert ingest(office, third) == ExitCode.UNVERIFIED
    assert "Ask the center for the bundles" in rows(tables, REASONS)[0][0]

    assert ingest(office, second, third) == ExitCode.DONE
    assert rows(tables, REASONS) == []
    assert len(rows(tables, SESSIONS)) == 3


def test_rotated_key_is_followed_and_a_strange_one_is_not(
    desk: Desk, stranger: Desk, tmp_path: Path, office: str, tables: Tables
) -> None:
    first = sealed_bundle(desk, tmp_path)
    desk.key_ring.rotate(DANA)
    second = sealed_bundle(desk, tmp_path, "b", "quality")
    other = sealed_bundle(stranger, tmp_path, "c", "production")

    assert ingest(office, first) == ExitCode.DONE
    assert ingest(office, second) == ExitCode.DONE
    assert ingest(office, other) == ExitCode.UNVERIFIED

    assert "has not used before" in rows(tables, REASONS)[0][0]
    assert rows(tables, SESSIONS) == [("a", 1), ("b", 1)]


def test_first_bundle_after_a_rotation_also_vouches_for_the_older_key(
    desk: Desk, tmp_path: Path, office: str
) -> None:
    first = sealed_bundle(desk, tmp_path)
    desk.key_ring.rotate(DANA)
    second = sealed_bundle(desk, tmp_path, "b", "quality")

    assert ingest(office, second) == ExitCode.DONE
    assert ingest(office, first) == ExitCode.DONE


def test_center_that_lost_key_and_record_continues_when_a_person_says_so(
    desk: Desk,
    stranger: Desk,
    tmp_path: Path,
    office: str,
    tables: Tables,
    capsys: pytest.CaptureFixture[str],
) -> None:
    ingest(office, sealed_bundle(desk, tmp_path))
    ingest(office, sealed_bundle(stranger, tmp_path, "b"))
    exported = tmp_path / "TN-014.pub"
    public_key = b64decode(public_key_at(tmp_path / "stranger/installation.key"))
    exported.write_text(write_trusted(public_key, ()))
    given = ("key", "TN-014", str(exported), "--db", office)

    answer(capsys, *given)
    assert ingest(office, "--again") == ExitCode.UNVERIFIED
    assert "is from a different record" in rows(tables, REASONS)[0][0]

    answer(capsys, *given, "--new-record")
    assert ingest(office, "--again") == ExitCode.DONE
    assert rows(tables, SESSIONS) == [("a", 1), ("b", 1)]
    assert rows(tables, REASONS) == []


def test_key_given_before_the_first_bundle_is_the_only_one_that_counts(
    desk: Desk,
    stranger: Desk,
    folder: Path,
    tmp_path: Path,
    office: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    bundle = sealed_bundle(desk, tmp_path)
    other = sealed_bundle(stranger, tmp_path, "b")
    exported = tmp_path / "TN-014.pub"
    exported.write_text(
        write_trusted(b64decode(public_key_at(folder / "installation.key")), ())
    )

    answer(capsys, "key", "TN-014", str(exported), "--db", office)

    assert ingest(office, other) == ExitCode.UNVERIFIED
    assert ingest(office, bundle) == ExitCode.DONE


def test_amended_session_counts_once(
    desk: Desk, tmp_path: Path, office: str, tables: Tables
) -> None:
    first = sealed_bundle(desk, tmp_path)
    desk.perform(AmendSession(session_id="a", reason="A name."), DANA)
    desk.seal("a", LEE, LEE_PIN)
    second = send(desk, tmp_path)

    assert ingest(office, second, first) == ExitCode.DONE

    assert rows(tables, SESSIONS) == [("a", 1), ("a", 2)]
    assert rows(tables, "SELECT DISTINCT revision FROM current_attempts") == [(2,)]
    assert rows(tables, "SELECT scored, passed FROM pass_rates") == [(2, 2)]


@pytest.mark.parametrize("first", BundleKind)
def test_both_kinds_of_bundle_of_a_revision_count_once(
    desk: Desk, tmp_path: Path, office: str, tables: Tables, first: BundleKind
) -> None:
    a_session(desk, 2, Stage.SEALED)
    bundles = {kind: send(desk, tmp_path, kind=kind) for kind in BundleKind}
    other = next(kind for kind in BundleKind if kind is not first)

    assert ingest(office, bundles[first]) == ExitCode.DONE
    before = rows(tables, "SELECT * FROM attempts")
    assert ingest(office, bundles[other]) == ExitCode.DONE

    assert rows(tables, "SELECT kind FROM revisions") == [(first.value,)]
    assert rows(tables, "SELECT * FROM attempts") == before
    assert rows(tables, "SELECT tree FROM checkpoints ORDER BY 1") == [
        ("record",),
        ("results",),
    ]
    assert rows(tables, STATES) == [("accepted", 2)]


def test_record_of_another_past_does_not_follow_results(
    desk: Desk, stranger: Desk, tmp_path: Path, office: str, tables: Tables
) -> None:
    """With the same key: one that was copied to a second record."""
    ingest(office, sealed_bundle(desk, tmp_path))
    key = Path(desk.ledger.path).parent / "installation.key"
    (Path(stranger.ledger.path).parent / "installation.key").write_bytes(
        key.read_bytes()
    )
    again = open_desk(Path(stranger.ledger.path).parent, HandClock())
    a_session(again, 1, Stage.SEALED, "b")
    other = send(again, tmp_path, "b", BundleKind.RECORD)
    again.ledger.close()

    assert ingest(office, other) == ExitCode.UNVERIFIED
    assert "is from a different record" in rows(tables, REASONS)[0][0]


def delivery(bundle: Path, key: int = 1, session_id: str = "a") -> Parcel:
    data = bundle.read_bytes()
    return Parcel(
        key=f"00000000-0000-4000-8000-{key:012}",
        name=bundle.name,
        data=data,
        sha256=sha256(data).hexdigest(),
        site_code="TN-014",
        session_id=session_id,
        revision=1,
    )


def test_delivered_bundle_waits_in_the_inbox_until_it_is_ingested(
    desk: Desk, tmp_path: Path, office: str, tables: Tables
) -> None:
    one = delivery(sealed_bundle(desk, tmp_path))

    first, again = put_in_inbox(tables, one), put_in_inbox(tables, one)

    assert (first.already, again.already) == (False, True)
    assert first.received_at == again.received_at
    assert rows(tables, STATES) == [("waiting", 1)]
    assert ingest(office) == ExitCode.DONE
    assert rows(tables, STATES) == [("accepted", 1)]


def test_key_with_another_bundle_is_left_alone(
    desk: Desk, tmp_path: Path, tables: Tables
) -> None:
    first = delivery(sealed_bundle(desk, tmp_path))
    other = delivery(sealed_bundle(desk, tmp_path, "b", "quality"))
    put_in_inbox(tables, first)

    assert put_in_inbox(tables, other).sha256 == first.sha256
    assert rows(tables, "SELECT sha256 FROM inbox") == [(first.sha256,)]


def test_bundle_under_the_label_of_another_session_is_rejected(
    desk: Desk, tmp_path: Path, office: str, tables: Tables
) -> None:
    put_in_inbox(tables, delivery(sealed_bundle(desk, tmp_path), session_id="b"))

    assert ingest(office) == ExitCode.UNVERIFIED
    assert "was delivered as revision 1 of session b" in rows(tables, REASONS)[0][0]


def test_many_bundles_are_verified_in_other_processes(
    desk: Desk,
    tmp_path: Path,
    office: str,
    tables: Tables,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("cptkiosk.central.ingest.FEW", 1)
    sealed_bundle(desk, tmp_path)
    (tmp_path / "junk.zip").write_bytes(b"PK")

    assert ingest(office, tmp_path) == ExitCode.UNVERIFIED

    assert rows(tables, STATES) == [("accepted", 1), ("rejected", 1)]
