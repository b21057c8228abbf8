"""A stranger recomputes the record from docs/format.md, and finds what was changed."""

import ast
import importlib.util
import json
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import ModuleType

import pytest

from cptkiosk.cli.main import main
from cptkiosk.definitions.load import load_definitions
from simulation.world.day import SimDay
from simulation.world.faults import copied
from simulation.world.simulate import simulation
from support.raw import tamper

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PAGE = ROOT / "docs" / "format.md"
SAMPLES = sorted((ROOT / "tests" / "data" / "ledgers").glob("*.db"))
DAYS = (2, 5, 12, 14, 24, 35)
ALLOWED = {
    "base64", "collections", "csv", "contextlib", "copy", "cryptography", "hashlib", "json",
    "pathlib", "session_fold", "sqlite3", "sys", "typing", "zipfile",
}  # fmt: skip


@pytest.fixture(scope="module")
def stranger() -> Iterator[ModuleType]:
    spec = importlib.util.spec_from_file_location("recompute", HERE / "recompute.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(HERE)
        spec.loader.exec_module(module)
        yield module


@pytest.fixture(scope="module")
def folding(stranger: ModuleType) -> ModuleType:
    return sys.modules["session_fold"]


@pytest.fixture(scope="module")
def drilled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a rehearsed day."""
    folder = tmp_path_factory.mktemp("drill") / "kept"
    assert main(["drill", "--unattended", "--people", "8", "--keep", str(folder)]) == 0
    return folder


@pytest.mark.parametrize("name", ["recompute.py", "session_fold.py"])
def test_the_stranger_uses_nothing_of_this_program(name: str) -> None:
    tree = ast.parse((HERE / name).read_text(encoding="utf-8"))
    names = {
        name
        for node in ast.walk(tree)
        for name in (
            [one.name for one in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }

    assert {name.partition(".")[0] for name in names} <= ALLOWED


def test_a_rehearsed_day_and_its_bundle_fit(
    stranger: ModuleType, drilled: Path
) -> None:
    found = stranger.recompute_ledger(drilled / "ledger.db")
    (bundle,) = (drilled / "bundles").glob("*.zip")
    sealed = stranger.recompute_bundle(bundle)

    assert found["entries"] > 50
    assert found["texts"] > 20
    assert found["heads"] == 1
    assert found["attempts"] == 8
    assert sealed == {"entries": 2, "withheld": 3}


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda one: one.stem)
def test_every_sample_ledger_fits(
    stranger: ModuleType, sample: Path, tmp_path: Path
) -> None:
    shutil.copyfile(sample, tmp_path / "ledger.db")

    assert stranger.recompute_ledger(tmp_path / "ledger.db")["attempts"] > 5


def test_days_with_reboots_undone_steps_and_compared_clocks_fit(
    stranger: ModuleType,
) -> None:
    kinds: set[str] = set()
    with simulation() as made:
        for seed in DAYS:
            folder = made.folder / str(seed)
            copied(made.folder / "empty", folder)
            day = SimDay(seed, folder, load_definitions())
            try:
                day.run()
            finally:
                day.terminals.close()
            found = stranger.recompute_ledger(folder / "ledger.db")
            assert found["attempts"] > 0, seed
            with closing(sqlite3.connect(folder / "ledger.db")) as db:
                kinds |= {row[0] for row in db.execute("SELECT kind FROM entry")}

    assert kinds >= {
        "boot-bridged.v1", "room-clock-confirmed.v1", "step-undone.v1",
        "session-halted.v1", "start-undone.v1", "late-start.v1", "credit-given.v1",
        "outcome-replaced.v1",
    }  # fmt: skip


def test_a_start_names_who_began(drilled: Path) -> None:
    with closing(sqlite3.connect(drilled / "ledger.db")) as db:
        kind = "kind = 'session-started.v1'"
        (body,) = db.execute(f"SELECT body FROM entry WHERE {kind}").fetchone()
        began = db.execute("SELECT attempt_id FROM attempt WHERE start_utc_ms > 0")
        late = db.execute("SELECT body FROM entry WHERE kind = 'late-start.v1'")
        late_ids = {json.loads(row[0])["attempt_id"] for row in late}

        named = set(json.loads(body)["attempt_ids"])
        assert named == {row[0] for row in began} - late_ids


@pytest.mark.parametrize(
    ("change", "finds"),
    [
        ("UPDATE entry SET at_boot_ms = at_boot_ms + 1 WHERE seq = 60", "entry 60"),
        ("UPDATE entry SET actor = 's9' WHERE seq = 50", "entry 50"),
        ("UPDATE entry SET seq = seq + 1 WHERE seq >= (SELECT max(seq) FROM entry)",
         "missing"),
        ("UPDATE attempt SET end_utc_ms = end_utc_ms + 1", "end_utc_ms"),
        ("UPDATE attempt SET passed = 1 - passed", "passed"),
        ("UPDATE attempt SET person = 'Someone Else'", "name on the roll"),
        ("UPDATE personal SET text = text || ' '", "the text about"),
        ("UPDATE personal SET about = 'X'", "the text about X"),
        ("UPDATE head SET hash = substr(hash, 2) || substr(hash, 1, 1)", "signed head"),
        ("UPDATE head SET signature = (SELECT public_key FROM head)", "signature"),
        ("UPDATE tree SET hash = zeroblob(32) WHERE place = 0", "the leaf of entry 1"),
        ("UPDATE tree_secret SET secret = randomblob(32)", "the leaf of entry 1"),
        ("UPDATE checkpoint SET note = 'x' || note", "the checkpoint"),
        ("DELETE FROM head", "a seal without its signature"),
        ("DELETE FROM attempt WHERE seat = 'A1'", "the roll"),
        ("UPDATE session SET stage = 'ended'", "session"),
    ],
)  # fmt: skip
def test_one_changed_value_is_found(
    stranger: ModuleType, drilled: Path, tmp_path: Path, change: str, finds: str
) -> None:
    ledger = tmp_path / "ledger.db"
    shutil.copyfile(drilled / "ledger.db", ledger)

    tamper(ledger, change)

    with pytest.raises(stranger.Misfit, match=finds):
        stranger.recompute_ledger(ledger)


def test_a_recomputed_chain_no_longer_matches_its_signature(
    stranger: ModuleType, drilled: Path, tmp_path: Path
) -> None:
    ledger = tmp_path / "ledger.db"
    shutil.copyfile(drilled / "ledger.db", ledger)

    tamper(ledger, *forged(stranger, ledger))

    with pytest.raises(stranger.Misfit, match="signature"):
        stranger.recompute_ledger(ledger)


def forged(stranger: ModuleType, ledger: Path) -> list[str]:
    """Return what somebody would run who changes a time and every hash after it."""
    previous, changes = stranger.GENESIS, []
    with closing(sqlite3.connect(ledger)) as db:
        for row in db.execute(f"SELECT {stranger.COLUMNS} FROM entry ORDER BY seq"):
            columns = list(row)
            columns[4] += row[0] == 60
            previous = stranger.linked(previous, columns)
            changes.append(
                f"UPDATE entry SET at_boot_ms = {columns[4]}, hash = '{previous}'"
                f" WHERE seq = {row[0]}"
            )
            changes.append("DELETE FROM checkpoint")
            changes.append(f"UPDATE head SET hash = '{previous}' WHERE seq = {row[0]}")
    return changes


def test_the_examples_on_the_page_are_of_a_real_ledger(
    stranger: ModuleType, tmp_path: Path
) -> None:
    page = PAGE.read_text(encoding="utf-8")
    shutil.copyfile(SAMPLES[0], tmp_path / "ledger.db")
    with closing(sqlite3.connect(tmp_path / "ledger.db")) as db:
        first = db.execute(f"SELECT {stranger.COLUMNS},hash FROM entry").fetchone()
        name = db.execute(
            "SELECT commitment, salt FROM personal WHERE text = 'Dana Ortiz'"
        ).fetchone()
        head = db.execute("SELECT hash, signature, public_key FROM head").fetchone()

    canonical = json.dumps(first[:10], ensure_ascii=False, separators=(",", ":"))
    for shown in (canonical, first[10], *name, *head):
        assert f"{shown}\n" in page or f"{shown} " in page, shown


def test_the_page_names_every_kind_that_is_folded(folding: ModuleType) -> None:
    page = PAGE.read_text(encoding="utf-8")

    for table in (folding.STEPS, folding.OTHERS, folding.WHOLE, folding.STAGES):
        for kind in table:
            assert f"`{kind}`" in page, kind
