"""Every path that a person types is answered with a sentence, whatever it leads to."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import cptkiosk
from cptkiosk.cli.main import main
from cptkiosk.desk import Desk
from cptkiosk.domain.state.session import Stage
from cptkiosk.errors import DestinationError, ExitCode, KioskError
from cptkiosk.host import paths
from support.paths import NOT_A_NAME, hostile_paths
from support.sessions import a_session

ROOT = Path(cptkiosk.__file__).parent
QUESTIONS = frozenset({"is_file", "is_dir", "resolve", "expanduser", "cwd"})
MAY_ASK = {
    "host/paths.py",
    "host/resources.py",
    "cli/deploy_code.py",
    "reports/files.py",  # lists what it cannot look into
}
EXITS = {
    ExitCode.REFUSED,
    ExitCode.USAGE,
    ExitCode.STORAGE,
    ExitCode.UNVERIFIED,
    ExitCode.DESTINATION,
}
COMMANDS = {
    "roster": ("roster", "import", "PATH"),
    "receipt": ("receipt", "import", "PATH"),
    "bundle": ("bundle", "a", "--to", "PATH"),
    "backup": ("ledger", "backup", "--to", "PATH/ledger.db"),
    "backup as": ("ledger", "backup", "--to", "PATH"),
    "salvage to": ("ledger", "salvage", "--to", "PATH/ledger.db"),
    "salvage as": ("ledger", "salvage", "--to", "PATH"),
    "salvage": ("ledger", "salvage", "PATH"),
    "restore": ("ledger", "restore", "PATH"),
    "drill": ("drill", "--unattended", "--until", "planned", "--keep", "PATH"),
}
NEW_PLACES = {"a folder that may not be searched", "an account that is not there"}
"""For root these are only places where something new can be made."""

MAKES_A_NEW_NAME = {"drill", "backup as", "salvage as"}

DATA_DIR = {
    "list": ("session", "list"),
    "verify": ("ledger", "verify"),
    "definitions": ("definitions",),
    "init": (
        *("center", "init", "--name", "N", "--site-code", "T", "--tz", "UTC"),
        *("--coordinator", "Ana Ruiz", "--pin-stdin"),
    ),
}


@pytest.fixture
def hostile(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Hostile paths; the folder that may not be searched is opened again at the end."""
    place = tmp_path / "hostile"
    place.mkdir()
    yield hostile_paths(place)
    (place / "locked").chmod(0o700)


def is_answered(code: int, said: str) -> bool:
    return (
        code in EXITS
        and "Traceback" not in said
        and "Something failed" not in said
        and "fault of its own" not in said
    )


def test_questions_about_a_path_never_raise(hostile: dict[str, str]) -> None:
    for text in (*hostile.values(), *NOT_A_NAME, ""):
        path = paths.make_absolute(paths.expand_home(text))
        paths.resolve_links(path)
        paths.show_path(path)
        assert not paths.is_file(path), text
        paths.is_folder(path)
        paths.is_there(path)
        with pytest.raises(KioskError):
            paths.need_folder(path / "none")


def test_a_destination_in_an_unreadable_folder_is_refused(
    hostile: dict[str, str],
) -> None:
    for text in (*hostile.values(), *NOT_A_NAME):
        with pytest.raises(DestinationError):
            paths.need_folder(Path(text))


@pytest.mark.parametrize("named", COMMANDS)
def test_a_command_answers_every_hostile_path(
    named: str,
    desk: Desk,
    folder: Path,
    hostile: dict[str, str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    a_session(desk, 1, Stage.SEALED, "a")
    desk.ledger.close()
    for what, path in hostile.items():
        if named in MAKES_A_NEW_NAME and what in NEW_PLACES:
            continue
        words = [one.replace("PATH", path) for one in COMMANDS[named]]
        data = [] if named == "drill" else ["--data-dir", str(folder)]
        code = main([*data, *words])
        said = capsys.readouterr().err
        assert is_answered(code, said), (what, code, said)


@pytest.mark.parametrize("named", DATA_DIR)
def test_a_hostile_data_directory_is_answered(
    named: str,
    hostile: dict[str, str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import io

    for what, path in hostile.items():
        if what in NEW_PLACES:
            continue
        monkeypatch.setattr("sys.stdin", io.StringIO("482913\n"))
        code = main(["--data-dir", path, *DATA_DIR[named]])
        said = capsys.readouterr()
        if named == "definitions" and code == ExitCode.DONE:
            continue  # without a folder the shipped ones are in force
        assert is_answered(code, said.err), (what, code, said)


def test_paths_are_asked_in_one_place() -> None:
    """A question put to the system directly lets its error through."""
    asked = [
        f"{file.relative_to(ROOT)}:{node.lineno} {node.func.attr}"
        for file in sorted(ROOT.rglob("*.py"))
        if file.relative_to(ROOT).as_posix() not in MAY_ASK
        and file.parent != ROOT / "ledger"  # asks about its own files only
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if node.func.attr in QUESTIONS
    ]
    assert not asked
