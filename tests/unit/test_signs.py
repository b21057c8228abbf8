"""The signs on screen follow what the terminal can show."""

import pytest
from rich.cells import cell_len

from cptkiosk.ui.glyphs import ASCII, UNICODE, Glyphs, glyphs_for


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
