"""Every code that a rule can say has its sentences, and each names what it is given."""

import ast
import tomllib
from collections.abc import Iterator
from functools import cache
from inspect import signature
from pathlib import Path
from string import Formatter

import pytest

import cptkiosk
from cptkiosk.domain.events.fact import EVENT_TYPES
from cptkiosk.domain.rules.decide import RULES
from cptkiosk.domain.rules.duties import DUTIES
from cptkiosk.domain.state.attempt import Gate
from cptkiosk.domain.state.session import Stage
from cptkiosk.domain.time.timing import clock_text
from cptkiosk.domain.values import Reason, Refused
from cptkiosk.words import (
    CODED,
    FOLDER,
    JOINED,
    MEASURES,
    TEXTS,
    Audience,
    explain,
    explain_remedy,
    explain_why,
    load_events,
    load_sentences,
    load_terms,
)

ROOT = Path(cptkiosk.__file__).parent
TABLE = "a sentence by its code in cptkiosk/words/sentences.toml"
COORDINATOR = "must_be_coordinator"
SAYS = {
    "Refused", "NeedsCoordinator", "Overtaken", "RefusedRoster", "Stopped",
    "StaffNamesake", "Reason", "type", COORDINATOR,
}  # fmt: skip
BY_DATA = {
    *(f"odd-{one}" for one in ("start-past", "room-taken", "off-plan", "untrained")),
    *(f"clock-{one}" for one in ("before-last", "long-after-last", "before-release")),
    "odd-training-to-come", "lead-untrained", "lead-training-to-come",
}  # fmt: skip
"""Codes put together from what is recorded."""


def literals(node: ast.expr) -> set[str]:
    """Return the strings that an argument can be, as far as they stand there."""
    if isinstance(node, ast.IfExp):
        return literals(node.body) | literals(node.orelse)
    constant = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return {node.value} if constant else set()  # type: ignore[attr-defined] # it is one


def read_source() -> Iterator[tuple[str, str, set[str], set[str]]]:
    """Yield place, code, remedies and names of details of every reason in the code."""
    for path in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            func = node.func.func if isinstance(node.func, ast.Call) else node.func
            name = getattr(func, "id", getattr(func, "attr", ""))
            named = {one.arg: one.value for one in node.keywords if one.arg}
            if name == "rule" and "coordinator" in named:
                for code in literals(named["coordinator"]):
                    yield f"{path.name}:{node.lineno}", code, set(), set()
            if name not in SAYS:
                continue
            remedies = literals(named.pop("remedy", ast.Constant(None)))
            for code in literals(node.args[0]):
                yield f"{path.name}:{node.lineno}", code, remedies, set(named)


@cache
def said() -> list[tuple[str, str, set[str], set[str]]]:
    """Return them; the source is read once, and not by whoever only collects tests."""
    return list(read_source())


def names(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def styles(text: str) -> set[str]:
    specs = (spec for _, name, spec, _ in Formatter().parse(text) if name and spec)
    return {style for spec in specs for style in spec.split(".")}


@pytest.mark.parametrize("audience", Audience)
def test_each_code_has_sentences_that_name_only_what_they_are_given(
    audience: Audience,
) -> None:
    sentences, remedies = load_sentences(audience), load_terms()["remedy"]
    lacking = []
    for place, code, ways, details in said():
        if code not in sentences:
            in_cli = audience == Audience.SCREEN and code in load_sentences(
                Audience.CLI
            )
            lacking += [] if in_cli else [f"{place}: {code} needs {TABLE}"]
            continue
        texts = [*sentences[code].values(), *(remedies[one] for one in ways)]
        unknown = {name for text in texts for name in names(text)} - details
        lacking += [f"{place}: {code} has no {one}" for one in sorted(unknown)]

    assert lacking == []


def test_no_sentence_stands_in_the_catalog_that_nothing_says() -> None:
    known = {code for one in Audience for code in load_sentences(one)}

    assert known - BY_DATA == {code for _, code, _, _ in said()}


def test_no_code_stands_in_two_tables() -> None:
    tables = tomllib.loads((FOLDER / "sentences.toml").read_text(encoding="utf-8"))
    codes = [code for table in CODED for code in tables[table]]
    assert sorted(codes) == sorted(set(codes))


def test_the_domain_and_the_desk_say_no_step_in_words_of_their_own() -> None:
    own_words = [
        f"{path.name}:{node.lineno}"
        for layer in ("domain", "desk")
        for path in (ROOT / layer).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Step"
        if isinstance(node.args[0], ast.Constant | ast.JoinedStr)
    ]
    assert own_words == []


def test_every_remedy_is_named_in_the_code_and_every_named_one_is_there() -> None:
    code = {
        node.value
        for path in ROOT.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    remedies = load_terms()["remedy"]

    assert set(remedies) <= code
    assert {way for _, _, ways, _ in said() for way in ways} <= set(remedies)
    assert {way for one in RULES.values() for way in one.otherwise.values()} <= set(
        remedies
    )
    assert {one.instead for one in EVENT_TYPES.values()} - {""} <= set(remedies)


def test_every_style_of_a_detail_is_known() -> None:
    texts = [
        text
        for audience in Audience
        for sentence in load_sentences(audience).values()
        for text in sentence.values()
    ]
    known = {*JOINED, *MEASURES, *TEXTS, *load_terms(), "date", "do", "brief", "g"}
    used = {style for text in texts for style in styles(text)}

    assert {one for one in used if "|" not in one} <= known


def test_every_command_and_every_stage_can_be_named_in_a_refusal() -> None:
    duties = {one.rule.command for one in DUTIES}
    own = {one.__name__ for one in RULES.keys() - duties}
    assert set(load_terms()["cannot"]) == {*own, "other"}
    assert set(load_terms()["stage"]) == {one.value for one in Stage}


def test_what_is_said_of_an_event_names_only_its_fields() -> None:
    for kind, parts in load_events().items():
        fields = signature(EVENT_TYPES[kind]).parameters.keys()
        named = {name for text in parts.values() for name in names(text)}
        assert {one.partition(".")[0] for one in named} <= fields, kind
        assert parts.keys() <= {"approved", "what", "undone"}, kind


def test_a_sentence_fills_in_measures_numbers_lists_words_and_other_reasons() -> None:
    credit = Refused("credit-too-much", person="Doe, Ann", left_ms=61_000)
    early = Refused(
        "wrong-stage",
        remedy="once-at-stage",
        command="BeginBreak",
        stage=Stage.CHECK_IN,
        stages=[Stage.RUNNING, Stage.HALTED],
    )
    whole = Refused(
        "batch-refused", cause=Refused("of-person", who="Doe", cause=credit)
    )

    assert clock_text(61_000) in explain_why(credit)
    assert load_terms()["cannot"]["BeginBreak"] in explain_why(early)
    assert "running or halted" in explain_remedy(early)
    assert explain_why(whole).endswith(f"Doe: {explain_why(credit)}")
    assert explain_remedy(whole) == explain_remedy(credit)


@pytest.mark.parametrize("choices", [Gate, dict.fromkeys(Gate), tuple(Gate)])
def test_the_choices_of_a_sentence_may_be_any_collection(choices: object) -> None:
    refused = Refused("no-such-gate", name="door", choices=choices)

    assert f"Use one of {', '.join(Gate)}." in explain(refused)


def test_braces_in_the_text_of_a_person_stay_text() -> None:
    reason = Reason("not-on-roll", attempt_id="{0.__class__}[b]")

    assert "{0.__class__}[b]" in explain(reason)


def test_nothing_refused_says_nothing() -> None:
    assert explain(None) == ""


def test_a_date_in_a_sentence_is_written_as_people_read_it() -> None:
    reason = Reason("retention-not-over", keep_until="2031-11-23", choices=())
    assert "is kept until Nov 23, 2031." in explain_why(reason)


def test_no_refusal_leaves_open_what_would_allow_it() -> None:
    sentences = {**load_sentences(Audience.CLI), **load_sentences(Audience.SCREEN)}
    silent = [
        f"{path.name}:{node.lineno}"
        for path in ROOT.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Refused"
        if not {"remedy", "cause"} & {one.arg for one in node.keywords}
        if not all("do" in sentences[code] for code in literals(node.args[0]))
    ]
    assert silent == []
