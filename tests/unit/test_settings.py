"""Where the data lies, and what the errors tell the shell."""

from pathlib import Path

import pytest

from cptkiosk import errors
from cptkiosk.errors import ExitCode, KioskError
from cptkiosk.host.data_directory import Paths, data_dir


def test_the_command_line_wins_over_the_environment(tmp_path: Path) -> None:
    environ = {"CPTKIOSK_DATA_DIR": str(tmp_path / "environment")}

    assert data_dir(str(tmp_path / "given"), environ) == tmp_path / "given"


def test_the_environment_wins_over_the_system(tmp_path: Path) -> None:
    assert data_dir(None, {"CPTKIOSK_DATA_DIR": str(tmp_path)}) == tmp_path


@pytest.mark.parametrize("environ", [{}, {"CPTKIOSK_DATA_DIR": ""}])
def test_else_it_is_where_the_system_keeps_a_users_data(
    environ: dict[str, str],
) -> None:
    found = data_dir(None, environ)

    assert found.is_absolute()
    assert found.name == "cptkiosk"


def test_a_relative_place_is_made_absolute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert data_dir("here", {}) == tmp_path / "here"
    assert not (tmp_path / "here").exists()


def test_a_home_is_meant_by_a_tilde() -> None:
    assert data_dir("~/kiosk", {}) == Path.home() / "kiosk"


def test_everything_lies_inside_the_data_directory(tmp_path: Path) -> None:
    paths = Paths(tmp_path)

    assert paths.ledger == tmp_path / "ledger.db"
    assert paths.key == tmp_path / "installation.key"
    assert {paths.log.parent, paths.backups.parent} == {tmp_path}


def test_the_exit_codes_never_change() -> None:
    assert {code.name: code.value for code in ExitCode} == {
        "DONE": 0,
        "REFUSED": 1,
        "USAGE": 2,
        "STORAGE": 3,
        "UNVERIFIED": 4,
        "DESTINATION": 5,
    }


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.UsageError, 2),
        (errors.StorageError, 3),
        (errors.VerificationError, 4),
        (errors.DestinationError, 5),
    ],
)
def test_each_error_has_its_exit_code(error: type, code: int) -> None:
    assert issubclass(error, KioskError)
    assert error("It is full. Nothing is lost.").exit_code == code
