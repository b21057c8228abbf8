"""Every dialog of the catalog is asked, and is written in ways that are known."""

import ast
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest

import cptkiosk
from cptkiosk.domain.values import Refused
from cptkiosk.roster.model import Doubt
from cptkiosk.ui.dialogs.question import Question, build_fields, line_text
from cptkiosk.ui.widgets.fields import ChoiceField, TextField, Values
from cptkiosk.words import JOINED, MEASURES, TEXTS, explain, load_dialogs

UI = Path(cptkiosk.__file__).parent / "ui"
ASKED = sorted(load_dialogs().keys() - {"fields"})


def texts_in(value: object) -> Iterator[str]:
    """Yield every text of a dialog, but for its fields."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        yield from value
    elif isinstance(value, dict):
        for name, one in value.items():
            yield from texts_in(one) if name != "fields" else ()


def test_every_dialog_of_the_catalog_is_named_in_the_code() -> None:
    named = {
        node.value
        for path in UI.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    by_data = {f"roster-{one}" for one in Doubt}

    assert set(ASKED) - by_data <= named
    assert by_data <= set(ASKED)


def test_the_dialogs_are_in_alphabetical_order() -> None:
    assert [one for one in load_dialogs() if one != "fields"] == ASKED


def test_every_style_of_a_detail_is_known() -> None:
    texts = [text for one in ASKED for text in texts_in(load_dialogs()[one])]
    used = {spec for text in texts for _, _, spec, _ in Formatter().parse(text) if spec}

    assert {one for one in used if "|" not in one} <= {
        *JOINED,
        *MEASURES,
        *TEXTS,
        "why",
    }


@pytest.mark.parametrize("dialog", ASKED)
def test_the_fields_of_every_dialog_can_be_built(dialog: str) -> None:
    said = load_dialogs()[dialog].get("fields", {})
    # What is known only now, such as who is here.
    known = {
        name: {"label": name, "options": ["one"]}
        for name, one in said.items()
        if one.get("kind") in {"choice", "checks"}
    }

    assert [one.name for one in build_fields(dialog, known)] == list(said)


def test_every_pin_is_a_secret_which_no_screen_and_no_draft_shows() -> None:
    shared = load_dialogs()["fields"]
    shown = [
        (dialog, name)
        for dialog in ASKED
        for name, said in load_dialogs()[dialog].get("fields", {}).items()
        if "PIN" in {**shared.get(name, {}), **said}.get("label", "")
        and not {**shared.get(name, {}), **said}.get("secret")
    ]
    assert shown == []


def test_a_line_that_comes_out_empty_is_left_out_and_a_detail_is_as_it_is_now() -> None:
    drives = ["/media/usb"]
    question = Question.from_catalog(
        "ask-folder", {"title": "Write", "notice": "", "drives": lambda: drives}
    )

    assert line_text(question.title) == "Write"
    before = question.consequences
    assert before.startswith("A bundle is the sealed session")
    drives.append("/media/key")
    assert question.consequences != before


def test_what_is_known_only_now_comes_before_the_catalog_and_a_field_may_be_left_out() -> (
    None
):
    alone, several = (
        tuple(build_fields("approve", {"who": who}))
        for who in (None, {"options": [("s1", "Dana"), ("s2", "Lee")]})
    )

    assert [one.name for one in alone] == ["pin"]
    assert several[0] == ChoiceField(
        "who", "Coordinator", (("s1", "Dana"), ("s2", "Lee")), "s1"
    )
    assert several[1] == TextField("pin", "PIN", secret=True, digits=True)


def test_why_an_answer_was_refused_stands_below_the_lines_if_there_are_any() -> None:
    refusal = Refused("nothing-typed")
    plain, told = (
        Question.from_catalog(
            one,
            {"needs": refusal, "alone": ""},
            {"module": None, "time": None, "who": None},
        )
        for one in ("walk-in", "approve")
    )

    assert plain.again(Values(), refusal).consequences == f"! {explain(refusal)}"
    assert told.again(Values(), refusal).consequences.count("\n") == 1
