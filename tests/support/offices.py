"""Bundles for an office, and the commands that it runs."""

import json
from pathlib import Path
from typing import Any, TypeAlias

import psycopg
import pytest

from cptkiosk.cli.main import main
from cptkiosk.desk import Desk
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.values import BundleKind
from cptkiosk.reports.sealed import sealed_report
from cptkiosk.upload.folder import write_bundle
from support.center import DANA, definitions
from support.sessions import a_session

Tables: TypeAlias = psycopg.Connection[tuple[Any, ...]]


def send(
    desk: Desk,
    folder: Path,
    session_id: str = "a",
    kind: BundleKind = BundleKind.RESULTS,
) -> Path:
    """Write a bundle of a sealed session."""
    report = sealed_report(definitions())
    return write_bundle(desk, session_id, folder, DANA, kind=kind, report=report)[0]


def sealed_bundle(
    desk: Desk,
    folder: Path,
    session_id: str = "a",
    module: str = "safety",
    people: int = 2,
) -> Path:
    """Seal a session in which everybody passed, and write its bundle."""
    a_session(desk, people, Stage.SEALED, session_id, module)
    return send(desk, folder, session_id)


def ingest(office: str, *paths: Path | str) -> int:
    """Run `central ingest` and return its exit code."""
    return main(["central", "ingest", "--db", office, *map(str, paths)])


def answer(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    """Run a command of the office with --json and return what it prints."""
    capsys.readouterr()
    main(["central", *words, "--json"])
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def rows(tables: Tables, query: str) -> list[tuple[Any, ...]]:
    """Return the rows of a query."""
    found: list[tuple[Any, ...]] = tables.execute(query.encode()).fetchall()
    return found
