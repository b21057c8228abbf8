"""The center's definitions as they last could be used, kept beside the record."""

import os
from contextlib import suppress
from pathlib import Path
from shutil import rmtree

from cptkiosk.definition_files import own_names
from cptkiosk.paths import is_folder
from cptkiosk.settings import make_folder, open_in_place


def keep_good(own: Path, good: Path) -> None:
    """Keep a copy of definitions that can be used; what cannot be written is left.

    Args:
        own: the center's folder, which has just been used.
        good: where the copy is kept.
    """
    wanted = {name: (own / name).read_bytes() for name in own_names(own)}
    with suppress(OSError):
        kept = {one.name: one.read_bytes() for one in good.iterdir()}
        if kept == wanted:
            return
    if not wanted and not is_folder(good):
        return
    with suppress(OSError):
        new = good.with_name(f"{good.name}.{os.getpid()}")
        make_folder(new)
        for name, data in wanted.items():
            with os.fdopen(
                open_in_place(new / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), "wb"
            ) as file:
                file.write(data)
        rmtree(good, ignore_errors=True)
        new.rename(good)
