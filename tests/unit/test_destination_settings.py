"""destinations.toml: what it may say, and that no secret can stand in it."""

from pathlib import Path

import pytest

from cptkiosk.definitions.files import BadDefinition
from cptkiosk.definitions.load import load_definitions
from cptkiosk.domain.destinations import DestinationSettings
from cptkiosk.errors import DestinationError
from cptkiosk.upload.destinations.secret import read_secret

OFFICE = """
[[destination]]
name = "office"
kind = "https"
where = "https://scores.example.gov/bundles"
secret_file = "/etc/cptkiosk/office-token"
"""
NAMED = OFFICE.replace("secret_file", "secret_env").replace(
    "/etc/cptkiosk/office-token", "OFFICE_TOKEN"
)
DROP = """
[[destination]]
name = "drop"
kind = "sftp"
where = "sftp://kiosk@sftp.example.gov:2222/incoming"
secret_file = "/etc/cptkiosk/id_ed25519"
known_hosts_file = "/etc/cptkiosk/known_hosts"
"""


def load(folder: Path, text: str) -> tuple[DestinationSettings, ...]:
    (folder / "destinations.toml").write_text(text, encoding="utf-8")
    return load_definitions(own=folder).destinations


def test_no_destination_is_shipped() -> None:
    assert load_definitions().destinations == ()


def test_destinations_keep_the_order_of_the_file(tmp_path: Path) -> None:
    found = load(tmp_path, OFFICE + DROP)

    assert [one.name for one in found] == ["office", "drop"]
    assert found[0].bundle == "results"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (OFFICE + OFFICE, 'destination[1].name: "office" appears twice'),
        (OFFICE.replace("https://", "http://"), "destination[0].where: must look like"),
        (
            OFFICE.replace("//scores", "//kiosk:hunter2@scores"),
            "destination[0].where: must not hold a password",
        ),
        (
            OFFICE + 'secret_env = "TOKEN"',
            "destination[0].secret_env: give secret_file or secret_env",
        ),
        (OFFICE + 'known_hosts_file = "/x"', "destination[0].known_hosts_file: not a"),
        (OFFICE + 'bundle = "all"', "destination[0].bundle"),
        (OFFICE + 'since = "yesterday"', "destination[0].since"),
        (OFFICE + 'password = "hunter2"', "destination[0].password: unknown key"),
        (OFFICE.replace('"office"', '"The Office"'), "destination[0].name"),
        (
            OFFICE.replace("/etc/cptkiosk/office", "office"),
            "destination[0].secret_file",
        ),
        (DROP.replace("kiosk@", ""), "destination[0].where: must look like sftp://"),
        (DROP.replace("/incoming", "/a%0Arm"), "destination[0].where: has invisible"),
        (DROP.replace("kiosk@", "-oProxyCommand=x@"), "destination[0].where"),
        (
            DROP.replace("known_hosts_file", "#"),
            "destination[0].known_hosts_file: miss",
        ),
        (
            '[[destination]]\nname="db"\nkind="postgres"\n'
            'where="host=a password=hunter2"',
            "destination[0].where: must not hold a password",
        ),
        (
            '[[destination]]\nname="db"\nkind="postgres"\n'
            'where="postgresql://kiosk:hunter2@db1:5432,db2:5433/cpt"',
            "destination[0].where: must not hold a password",
        ),
        ('[[destination]]\nname="usb"\nkind="folder"\nwhere="usb"', "a full path"),
    ],
)
def test_a_setting_that_cannot_be_meant_is_named(
    tmp_path: Path, text: str, fault: str
) -> None:
    with pytest.raises(BadDefinition) as caught:
        load(tmp_path, text)
    assert caught.value.fault.startswith(f"{tmp_path.name}/destinations.toml, ")
    assert fault in caught.value.fault
    assert "hunter2" not in caught.value.fault


def test_several_hosts_of_a_database_are_accepted(tmp_path: Path) -> None:
    where = "postgresql://kiosk@db1:5432,db2:5433/cpt?target_session_attrs=read-write"
    text = f'[[destination]]\nname="db"\nkind="postgres"\nwhere="{where}"'

    assert load(tmp_path, text)[0].where == where


def test_a_secret_comes_from_its_file_or_its_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / ".token"
    file.write_text("hunter2\n")
    monkeypatch.setenv("OFFICE_TOKEN", "hunter3")
    by_file, by_name = load(
        tmp_path,
        OFFICE.replace("/etc/cptkiosk/office-token", str(file))
        + NAMED.replace("office", "state"),
    )

    assert read_secret(by_file) == "hunter2"
    assert read_secret(by_name) == "hunter3"
    assert read_secret(DestinationSettings("o", "folder", "/x")) == ""


def test_a_secret_that_is_not_there_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OFFICE_TOKEN", raising=False)
    by_file = OFFICE.replace("/etc/cptkiosk", str(tmp_path))
    for text in (by_file, NAMED):
        (settings,) = load(tmp_path, text)
        with pytest.raises(DestinationError, match="token for office cannot be read"):
            read_secret(settings)
