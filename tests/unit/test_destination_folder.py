"""A folder as a destination: the same file again is success, another one a conflict."""

from pathlib import Path

import pytest

from cptkiosk.domain.destinations import DestinationSettings
from cptkiosk.errors import DestinationError
from cptkiosk.host.work_progress import ignore_progress
from cptkiosk.upload.destinations.base import Conflict, Destination
from cptkiosk.upload.destinations.kinds import open_destination
from support.destinations import a_parcel


def a_folder(folder: Path) -> Destination:
    return open_destination(DestinationSettings("usb", "folder", str(folder)))


def test_the_same_file_again_is_success(tmp_path: Path) -> None:
    first = a_folder(tmp_path).deliver(a_parcel(), ignore_progress)
    second = a_folder(tmp_path).deliver(a_parcel(), ignore_progress)

    assert (first.already, second.already) == (False, True)
    assert "written and read back" in first.receipt
    assert (tmp_path / "a-r1.zip").read_bytes() == b"bundle"


def test_another_file_of_that_name_is_a_conflict_and_stays(tmp_path: Path) -> None:
    a_folder(tmp_path).deliver(a_parcel(), ignore_progress)

    with pytest.raises(Conflict, match="It was not changed"):
        a_folder(tmp_path).deliver(a_parcel(b"other"), ignore_progress)
    assert (tmp_path / "a-r1.zip").read_bytes() == b"bundle"


def test_a_test_leaves_nothing_behind(tmp_path: Path) -> None:
    assert "read back and removed" in a_folder(tmp_path).test()
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(DestinationError, match="There is no folder"):
        a_folder(tmp_path / "missing").test()
