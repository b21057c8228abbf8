"""What every screen shows, line by line; `pytest tests/golden --update` writes it again."""

import difflib
from pathlib import Path

import pytest

from cptkiosk.host import fonts
from cptkiosk.ui.screens import first_run
from golden.scenes import GROUPS, shots_of

FRAMES = Path(__file__).parent / "frames"
PICTURES = Path(__file__).parent / "pictures"
ROSTER = """\
Participant ID,Last Name,First Name,Module,User Code
200101,Hansen,Ole,safety,NF-1
200102,Ibarra,Rosa,quality,NF-2
200103,,Nobody,safety,NF-3
200104,Jones,Pat,welding,NF-4
"""


@pytest.fixture
def update(request: pytest.FixtureRequest) -> bool:
    """Whether to write the frames again."""
    return bool(request.config.getoption("--update", default=False))


@pytest.fixture
def fixed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Let nothing on a frame come from the machine it is taken on."""
    (tmp_path / "rosters").mkdir()
    (tmp_path / "rosters" / "northfield.csv").write_text(ROSTER, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Path, "cwd", lambda: Path("rosters"))
    monkeypatch.setattr(first_run, "system_zone", lambda: "America/Chicago")
    monkeypatch.setattr(fonts, "ALWAYS", ((0, 0x10FFFF),))
    for name in ("NO_COLOR", "LC_ALL", "LC_CTYPE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setenv("TERM", "xterm-256color")
    return tmp_path


@pytest.mark.parametrize("group", GROUPS)
async def test_every_screen_looks_as_it_was_agreed(
    group: str, fixed: Path, update: bool
) -> None:
    shots = await shots_of(GROUPS[group], fixed)
    kept = {}
    for shot in shots:
        kept[FRAMES / shot.size / f"{shot.name}.txt"] = shot.text
        if shot.svg:
            kept[PICTURES / f"{shot.name}.svg"] = shot.svg
    faults = [f"{one.size} {one.name}: {it}" for one in shots for it in one.faults]
    if update:
        for path, text in kept.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    else:
        changes = "".join(_change(path, text) for path, text in kept.items())
        assert not changes, f"\n{changes}\npytest tests/golden --update keeps this."
    assert not faults, "\n".join(faults)


def _change(path: Path, text: str) -> str:
    """Return how a frame differs from the one that is kept, line by line."""
    before = path.read_text(encoding="utf-8") if path.is_file() else ""
    if before == text:
        return ""
    name = f"{path.parent.name}/{path.name}"
    if path.suffix == ".svg":
        return f"{name}: the colors, or where they are, have changed\n"
    lines = difflib.unified_diff(
        before.split("\n"), text.split("\n"), f"kept {name}", f"now {name}", lineterm=""
    )
    return "\n".join(lines) + "\n"
