"""docs/format.md describes every kind of entry and every field that can be stored."""

import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cptkiosk.domain.events.fact import EVENT_TYPES
from cptkiosk.domain.events.irregularity import Moment
from cptkiosk.domain.events.planning import AssignedModule, OddDate, Room
from cptkiosk.domain.events.results import AttemptResult
from cptkiosk.ledger import codec

PAGE = Path(__file__).parents[2] / "docs" / "format.md"
ROW = re.compile(r"^\| `([a-z-]+)` \| (.*) \|$")
FIELD = re.compile(r"^`(\w+)`(?: \(([^)]*)\))?(: \S.*)?$")
INNER = {
    "room": Room,
    "module": AssignedModule,
    "odd": OddDate,
    "moment": Moment,
    "result": AttemptResult,
}
"""The objects that stand within a body."""

COMMON = {"attempt_id", "participant_id", "staff_id", "session_id"}
"""What is described once, above the catalog."""


def described() -> dict[str, dict[str, tuple[str, str]]]:
    """Return what the catalog says: kind, field, default and meaning."""
    text = PAGE.read_text(encoding="utf-8")
    catalog = text[text.index("## 7.") : text.index("## 8.")]
    rows = filter(None, map(ROW.match, catalog.splitlines()))
    return {row[1]: dict(fields_of(row[2])) for row in rows}


def fields_of(cell: str) -> Iterator[tuple[str, tuple[str, str]]]:
    for part in cell.split("; "):
        if part == "no field":
            continue
        found = FIELD.match(part)
        assert found, f"'{part}' is not written as a field"
        yield found[1], (found[2] or "", (found[3] or "").removeprefix(": "))


def default_words(field: "dataclasses.Field[object]") -> str:
    """Return a default as the page writes it; empty if a body always has the field."""
    if field.default is dataclasses.MISSING:
        return ""
    known = {"": "empty", "None": "null", "()": "none"}
    shown = str(field.default)
    return known.get(shown, shown.lower() if shown in {"True", "False"} else shown)


def stored() -> dict[str, dict[str, str]]:
    """Return what the codec can write: kind, field and default."""
    assert codec, "it reads in every kind there is"
    kinds = {kind.removesuffix(".v1"): fact for kind, fact in EVENT_TYPES.items()}
    return {
        kind: {one.name: default_words(one) for one in dataclasses.fields(fact)}
        for kind, fact in {**kinds, **INNER}.items()
    }


def test_the_page_has_every_kind_and_no_other() -> None:
    assert set(described()) == set(stored())


@pytest.mark.parametrize("kind", sorted(stored()))
def test_the_page_has_every_field_of_a_kind_with_its_default(kind: str) -> None:
    page = {name: default for name, (default, _) in described()[kind].items()}
    assert page == stored()[kind]


def test_every_field_has_a_meaning() -> None:
    silent = {
        f"{kind}.{name}"
        for kind, fields in described().items()
        for name, (_, meaning) in fields.items()
        if not meaning and name not in COMMON
    }
    assert not silent
