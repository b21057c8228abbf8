"""A folder, a USB drive or a mounted share: written, synced, read back, then named."""

import os
import shutil
from pathlib import Path

from cptkiosk.domain.destinations import DestinationSettings
from cptkiosk.host.paths import expand_home, show_path
from cptkiosk.host.work_progress import ProgressCallback
from cptkiosk.upload.destinations.base import Delivered, Destination, Parcel
from cptkiosk.upload.folder import deliver_file

TRIAL = b"cptkiosk wrote this file to test the folder. It can be deleted.\n"


class Folder:
    """A folder that must be there; it is never made."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def deliver(self, parcel: Parcel, told: ProgressCallback) -> Delivered:
        """Write the file; see `Destination`."""
        size = len(parcel.data)
        told(0, size)
        target, _, already = deliver_file(self._folder, parcel.name, parcel.data)
        how = "was there already, the same" if already else "written and read back"
        return Delivered(f"{target}: {how}", already)

    def test(self) -> str:
        """Write a small file, read it back and remove it; see `Destination`."""
        name = f"cptkiosk-test-{os.getpid()}.txt"
        target, _, _ = deliver_file(self._folder, name, TRIAL)
        target.unlink()
        free_mb = shutil.disk_usage(self._folder).free // 1_000_000
        return (
            f"A test file was written to {show_path(self._folder)}, read back and"
            f" removed. {free_mb:,} MB are free."
        )


def open_destination(settings: DestinationSettings, _secret: str) -> Destination:
    """Return a folder as the settings describe it."""
    return Folder(expand_home(settings.where))
