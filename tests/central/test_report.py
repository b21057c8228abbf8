"""What the office reads from its tables, and draws from them."""

import re
import subprocess
from pathlib import Path

import pytest

from cptkiosk.cli.main import main
from cptkiosk.desk import Desk
from cptkiosk.domain.commands.irregularity import RecordIrregularity
from cptkiosk.errors import ExitCode
from support.center import LEE, LEE_PIN
from support.offices import Tables, answer, ingest, rows, sealed_bundle, send
from support.sessions import a_session, attempt_id, ended, explained, scored

ROOT = Path(__file__).resolve().parents[2]
VIEW = re.compile(r"^### `(\w+)`\n(.*?)(?=^#|\Z)", re.DOTALL | re.MULTILINE)
COLUMN = re.compile(r"^\| (`[^|]+`) \|", re.MULTILINE)


def noisy_bundle(desk: Desk, folder: Path) -> Path:
    """Seal a session with one score below the cut and one irregularity."""
    a_session(desk, 2)
    noise = RecordIrregularity(
        session_id="a", code="ENV-NOISE", severity=1, scope="session", validity="flag",
        attempt_ids=(attempt_id("P1"),), observed="A mower.", action_taken="Waited.",
        details=(("noise-source", "a mower"), ("minutes", "2")),
    )  # fmt: skip
    desk.perform(noise, LEE)
    ended(desk, "a")
    scored(desk, "a", raw=40)
    explained(desk, "a")
    desk.seal("a", LEE, LEE_PIN)
    return send(desk, folder)


def test_report_has_rates_irregularities_late_uploads_and_rejected_bundles(
    desk: Desk, tmp_path: Path, office: str, capsys: pytest.CaptureFixture[str]
) -> None:
    junk = tmp_path / "junk.zip"
    junk.write_bytes(b"PK")
    ingest(office, noisy_bundle(desk, tmp_path), junk)
    ingest(office, sealed_bundle(desk, tmp_path, "b", "quality"))
    capsys.readouterr()

    assert main(["central", "report", "--db", office]) == ExitCode.DONE

    text = capsys.readouterr().out
    assert "1 center, 2 sessions" in text
    assert re.search(r"^safety +2 +0 +0\.0% +\.{20}$", text, re.MULTILINE)
    assert re.search(r"^quality +2 +2 +100\.0% +#{20}$", text, re.MULTILINE)
    assert re.search(r"^TN-014 +4 +2 +50\.0% +#{10}\.{10}$", text, re.MULTILINE)
    assert re.search(r"^preliminary +4$", text, re.MULTILINE)
    assert re.search(r"^ENV-NOISE +1 +1$", text, re.MULTILINE)
    # The sessions of tests are held long before the server's own date.
    assert re.search(r"^TN-014 +a +r1 ", text, re.MULTILINE)
    assert "junk.zip\n  The zip file cannot be read" in text


def test_report_for_scripts_has_the_same_numbers(
    desk: Desk, tmp_path: Path, office: str, capsys: pytest.CaptureFixture[str]
) -> None:
    ingest(office, noisy_bundle(desk, tmp_path))

    found = answer(capsys, "report", "--db", office)

    assert found["totals"]["attempts"] == 2
    assert found["modules"] == [
        {"name": "safety", "scored": 2, "passed": 0, "pass_percent": 0.0}
    ]
    assert [one["session_id"] for one in found["late"]] == ["a"]


def test_full_certificate_takes_all_four_core_modules(
    desk: Desk, tmp_path: Path, office: str, tables: Tables
) -> None:
    query = "SELECT participant_id, earned_on FROM credentials_earned"
    modules = ("safety", "quality", "production", "maintenance")
    ingest(office, sealed_bundle(desk, tmp_path, "a", "safety"))
    assert rows(tables, query) == []

    tables.execute(
        "UPDATE attempts SET session_date = '2026-09-21' WHERE module_id = 'safety'"
    )
    for day, module in enumerate(modules[1:], 22):
        tables.execute(
            "INSERT INTO attempts SELECT site_code, session_id, revision, %s,"
            " %s, participant_id, person, %s, edition, user_code, items, cut_percent,"
            " least_passing, score_state, raw_min, raw_max, verdict, vendor_verdict,"
            " official, passed, validity, counts, continues, irregularities"
            " FROM attempts WHERE attempt_id = 'P1-safety'",
            (f"P1-{module}", f"2026-09-{day}", module),
        )

    assert [(one, f"{day}") for one, day in rows(tables, query)] == [
        ("P1", "2026-09-24")
    ]


def test_audit_draws_the_same_for_the_same_seed_and_sha256sum_agrees(
    desk: Desk, tmp_path: Path, office: str, capsys: pytest.CaptureFixture[str]
) -> None:
    ingest(office, sealed_bundle(desk, tmp_path, people=6))
    drawing = ("audit", "--db", office, "--seed", "dice: 4 2", "--draw", "3")

    found = answer(capsys, *drawing)

    assert found == answer(capsys, *drawing)
    names = [one["name"] for one in found["drawn"]]
    assert (found["population"], len(names), found["most_wrong"]) == (6, 3, 3)
    everyone = answer(capsys, *drawing[:-1], "6")["drawn"]
    script = (
        'while read -r name; do printf "%s\\n%s\\n" "dice: 4 2" "$name" | sha256sum'
    )
    listed = "".join(f"{one['name']}\n" for one in everyone)
    done = subprocess.run(
        ["sh", "-c", f"{script}; done"],
        input=listed, capture_output=True, text=True, check=True,
    )  # fmt: skip
    numbers = dict(zip(listed.split(), done.stdout.split()[::2], strict=True))
    assert names == sorted(numbers, key=lambda name: numbers[name])[:3]


def test_audit_states_the_bound_for_the_differences_found(
    desk: Desk, tmp_path: Path, office: str, capsys: pytest.CaptureFixture[str]
) -> None:
    ingest(office, sealed_bundle(desk, tmp_path, people=6))
    capsys.readouterr()
    words = ["central", "audit", "--db", office, "--seed", "x", "--draw", "3"]

    assert main([*words, "--differences", "1"]) == ExitCode.DONE
    assert "With 1 difference, fewer than 5 of the 6" in capsys.readouterr().out
    assert main([*words, "--differences", "4"]) == ExitCode.USAGE


def test_every_view_and_column_is_documented(tables: Tables) -> None:
    page = (ROOT / "docs/central.md").read_text(encoding="utf-8")
    written = {
        name: [
            column
            for cell in COLUMN.findall(text)
            for column in cell.strip("`").split("`, `")
        ]
        for name, text in VIEW.findall(page)
    }
    found: dict[str, list[str]] = {}
    for view, column in rows(
        tables,
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_name"
        " IN (SELECT table_name FROM information_schema.views WHERE table_schema ="
        " 'public') ORDER BY table_name, ordinal_position",
    ):
        found.setdefault(view, []).append(column)

    assert written == found
