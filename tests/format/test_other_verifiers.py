"""Programs that share no code with this one agree about a bundle: Go, minisign, sha256sum."""

import os
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from cptkiosk.desk import Desk
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import BundleKind
from cptkiosk.ledger.signing import Signer
from cptkiosk.reports.sealed import sealed_report
from cptkiosk.upload.bundle_files import DESCRIBED, SIGNING
from cptkiosk.upload.folder import write_bundle
from support.center import DANA, LEDGER, definitions, open_desk
from support.forger import rewrite_past
from support.sessions import a_session

HERE = Path(__file__).parent
GO_PATH = Path("/usr/share/gocode")
NOTES = GO_PATH / "src/golang.org/x/mod/sumdb/note"

needs_go = pytest.mark.skipif(
    not (shutil.which("go") and NOTES.is_dir()),
    reason="needs golang-go and golang-golang-x-mod-dev",
)
needs_minisign = pytest.mark.skipif(
    not shutil.which("minisign"), reason="needs minisign"
)
needs_sha256sum = pytest.mark.skipif(
    not shutil.which("sha256sum"), reason="needs sha256sum"
)

Answer = tuple[int, str]


def run(*words: str | Path, cwd: Path | None = None) -> Answer:
    done = subprocess.run(
        list(map(str, words)), cwd=cwd, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def verify(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Answer]:
    """The verifier in Go, built once."""
    folder = tmp_path_factory.mktemp("go")
    program = folder / "verify_bundle"
    environ = {
        **os.environ,
        "GO111MODULE": "off",
        "GOPATH": str(GO_PATH),
        "GOCACHE": str(folder / "cache"),
    }
    build = ["go", "build", "-o", str(program), str(HERE / "verify_bundle.go")]
    subprocess.run(build, check=True, env=environ)
    return lambda *paths: run(program, *paths)


def send(
    desk: Desk, folder: Path, session_id: str, kind: BundleKind = BundleKind.RESULTS
) -> Path:
    report = sealed_report(definitions())
    return write_bundle(desk, session_id, folder, DANA, kind=kind, report=report)[0]


def changed(path: Path, name: str, old: bytes, new: bytes) -> Path:
    """Return a copy of a bundle with other bytes in one of its files."""
    other = path.with_name(f"changed-{path.name}")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(other, "w") as target:
        for one in source.namelist():
            data = source.read(one)
            assert one != name or old in data
            target.writestr(one, data.replace(old, new) if one == name else data)
    return other


@pytest.fixture(params=BundleKind)
def kind(request: pytest.FixtureRequest) -> BundleKind:
    assert isinstance(request.param, BundleKind)
    return request.param


@pytest.fixture
def written(desk: Desk, tmp_path: Path, kind: BundleKind) -> Path:
    a_session(desk, 2, Stage.SEALED)
    return send(desk, tmp_path, "a", kind)


@pytest.fixture
def folder_of(written: Path, tmp_path: Path) -> Path:
    """The bundle, unpacked."""
    with zipfile.ZipFile(written) as archive:
        archive.extractall(tmp_path / "unpacked")
    return tmp_path / "unpacked"


@needs_go
@pytest.mark.slow
def test_go_agrees_about_signature_inclusion_and_consistency(
    desk: Desk,
    tmp_path: Path,
    written: Path,
    kind: BundleKind,
    verify: Callable[..., Answer],
) -> None:
    a_session(desk, 1, Stage.SEALED, session_id="b", module="quality")
    second = send(desk, tmp_path, "b", kind)

    assert verify(written) == (0, "fits\n")
    assert verify(second, written) == (0, "fits\n")
    for name, old, new in (
        ("checkpoint.txt", b"\n\n", b"0\n\n"),
        ("events.jsonl", b"P1-quality", b"P2-quality"),
        ("events.jsonl", b'"proof":["', b'"proof":["AAAA'),
        ("consistency.json", b'"size": ', b'"size": 1'),
    ):
        code, said = verify(changed(second, name, old, new))
        assert (code, said.partition(":")[0]) == (1, name)


@needs_go
@pytest.mark.slow
def test_go_finds_a_past_rewritten_between_two_bundles(
    desk: Desk,
    folder: Path,
    tmp_path: Path,
    written: Path,
    kind: BundleKind,
    verify: Callable[..., Answer],
) -> None:
    desk.ledger.close()
    rewrite_past(folder / LEDGER, Signer(folder / "installation.key"))
    again = open_desk(folder, desk.clock)
    a_session(again, 1, Stage.SEALED, session_id="b", module="quality")
    second = send(again, tmp_path, "b", kind)
    again.ledger.close()

    assert verify(second) == (0, "fits\n")
    code, said = verify(second, written)
    assert code == 1
    assert "entries are others" in said


@needs_minisign
@pytest.mark.parametrize("rotated", [False, True])
def test_minisign_agrees_about_the_manifest(
    desk: Desk, tmp_path: Path, folder: Path, *, rotated: bool
) -> None:
    from cptkiosk.cli.main import main

    a_session(desk, 1, Stage.SEALED)
    if rotated:
        desk.key_ring.rotate(DANA)
    with zipfile.ZipFile(send(desk, tmp_path, "a")) as archive:
        archive.extractall(tmp_path)
    key = tmp_path / "known.pub"
    assert main(["--data-dir", str(folder), "key", "export", str(key)]) == 0
    manifest = tmp_path / "manifest.json"
    check = ("minisign", "-V", "-p", key, "-m", manifest)

    code, said = run(*check)
    assert code == 0
    assert "Trusted comment: cptkiosk center TN-014 session a revision 1" in said
    data = manifest.read_bytes()
    manifest.write_bytes(data.replace(b'"revision": 1', b'"revision": 2'))
    assert run(*check)[0] != 0
    manifest.write_bytes(data)
    signature = tmp_path / "manifest.json.minisig"
    signature.write_text(signature.read_text().replace("revision 1", "revision 2"))
    assert run(*check)[0] != 0


@needs_sha256sum
def test_sha256sum_agrees_about_the_files(folder_of: Path, kind: BundleKind) -> None:
    check = ("sha256sum", "--strict", "-c", "SHA256SUMS")

    code, said = run(*check, cwd=folder_of)
    assert code == 0
    assert said.count(": OK") == len(DESCRIBED[kind] | SIGNING) - 1
    table = folder_of / "attempts.csv"
    table.write_bytes(table.read_bytes().replace(b"pass", b"fail"))
    assert run(*check, cwd=folder_of)[0] == 1


def test_the_page_in_a_bundle_says_how_in_ten_lines(
    folder_of: Path, kind: BundleKind
) -> None:
    names = DESCRIBED[kind] | SIGNING
    text = (folder_of / "README.txt").read_text()

    assert len(text.splitlines()) == 10
    assert all(name in text for name in names - {"README.txt", "manifest.json.minisig"})
    assert "sha256sum -c SHA256SUMS" in text
    assert "minisign -V -p KEY -m manifest.json" in text
