"""The center's definitions as they last could be used, kept beside the record."""

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from shutil import rmtree

from cptkiosk.definitions.files import BadDefinition, own_names
from cptkiosk.host.data_directory import make_folder, open_in_place
from cptkiosk.host.paths import is_folder


def keep_good(own: Path, good: Path) -> None:
    """Keep a copy of definitions that can be used; what cannot be written is left.

    Args:
        own: the center's folder, which has just been used.
        good: where the copy is kept.
    """
    with suppress(OSError, BadDefinition):
        wanted = {name: (own / name).read_bytes() for name in own_names(own)}
        if wanted == _files_in(good) or not (wanted or is_folder(good)):
            return
        new = good.with_name(f"{good.name}.{os.getpid()}")
        try:
            _write_files(new, wanted)
            rmtree(good, ignore_errors=True)
            new.rename(good)
        finally:
            # Another terminal may have kept its copy at the same moment.
            rmtree(new, ignore_errors=True)


def _files_in(folder: Path) -> dict[str, bytes] | None:
    """Return the files in a folder by their names; `None` if they cannot be read."""
    try:
        return {one.name: one.read_bytes() for one in folder.iterdir()}
    except OSError:
        return None


def _write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    rmtree(folder, ignore_errors=True)
    make_folder(folder)
    for name, data in files.items():
        handle = open_in_place(folder / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
