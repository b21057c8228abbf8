"""The signs on screen follow what the terminal can show."""

from dataclasses import replace

import pytest
from rich.cells import cell_len

from cptkiosk.desk import Desk
from cptkiosk.domain.state.attempt import AttemptProgress
from cptkiosk.domain.state.session import Stage
from cptkiosk.ui.attempt_rows import state_words
from cptkiosk.ui.screens.testing.rows import columns
from cptkiosk.ui.terminal.glyphs import ASCII, UNICODE, Glyphs, glyphs_for
from cptkiosk.ui.widgets.fields import HELP_CELLS, ChoiceField, TextField
from cptkiosk.ui.widgets.form import Form
from support.sessions import a_session


@pytest.mark.parametrize(
    ("environ", "glyphs"),
    [
        ({"TERM": "linux", "LANG": "en_US.UTF-8"}, ASCII),
        ({"TERM": "xterm", "LANG": "en_US.UTF-8"}, UNICODE),
        ({"TERM": "xterm", "LANG": "C"}, UNICODE),
        ({"TERM": "xterm"}, UNICODE),
        ({"TERM": "xterm", "LANG": "en_US.UTF-8", "LC_ALL": "de_DE.ISO-8859-1"}, ASCII),
        ({"TERM": "xterm", "LC_CTYPE": "C.utf8", "LANG": "fr_FR"}, UNICODE),
        ({"TERM": "xterm", "LANG": "fr_FR"}, ASCII),
    ],
)
def test_the_signs_follow_terminal_and_locale(
    environ: dict[str, str], glyphs: Glyphs
) -> None:
    assert glyphs_for(environ) is glyphs


def test_every_sign_is_one_cell_wide_and_the_plain_ones_are_ascii() -> None:
    for glyphs in (UNICODE, ASCII):
        signs = {getattr(glyphs, name) for name in glyphs.__slots__} - {True, False}
        assert {cell_len(sign) for sign in signs} == {1}
    assert "".join(signs).isascii()


def test_no_state_is_cut_in_the_roll_of_those_who_test(desk: Desk) -> None:
    session = a_session(desk, 1, Stage.CHECK_IN)
    for state in AttemptProgress:
        one = replace(session.attempts["P1-safety"], standing=state)
        titled = {found.title: found for found in columns(session.with_attempt(one))}
        words = state_words(one, state, UNICODE)
        assert cell_len(words) <= titled["State"].width, state


def test_every_column_of_that_roll_says_what_is_in_it(desk: Desk) -> None:
    assert all(one.title for one in columns(a_session(desk, 1)))


@pytest.mark.parametrize("act", ["confirm", "stop the clocks"])
def test_the_help_of_a_form_names_what_enter_does(act: str) -> None:
    reason = ChoiceField("reason", "Reason", (("alarm", "alarm"),))
    form = Form(reason, TextField("words", "Details"), save_at="reason", act=act)

    said = form.help_on(reason)
    assert f"Enter: {act}" in said
    assert len(said) <= HELP_CELLS
