"""What a path that is being typed could become: roster files, and folders."""

import os
from dataclasses import dataclass
from pathlib import Path

from cptkiosk.host.paths import expand_home, is_file, is_folder

IMPORTABLE = frozenset({".csv", ".tsv", ".txt", ".xlsx", ".xls", ".ods"})
"""What the reader reads; it looks at the content, and these are the usual names."""

KINDS = "CSV, TSV, TXT, XLSX, XLS or ODS"


@dataclass(frozen=True, slots=True)
class Offered:
    """What a text could be completed to."""

    head: str
    """The text up to its last slash."""

    paths: tuple[Path, ...]
    nothing: str
    """What is said if there are none."""

    @property
    def names(self) -> tuple[str, ...]:
        """Each of them as it would be typed."""
        return tuple(
            f"{self.head}{one.name}{'/' if is_folder(one) else ''}"
            for one in self.paths
        )

    def longer(self, text: str) -> str:
        """Return what all begin with, if that says more than `text`, or nothing."""
        common = os.path.commonprefix(self.names)  # noqa: RUF071 - as a shell does
        return common if len(common) > len(text) else ""


def offered_for(text: str) -> Offered:
    """Return the roster files, then the folders, that a typed path could mean."""
    text = "~/" if text == "~" else text
    head, _, stem = text.rpartition("/")
    head = f"{head}/" if "/" in text else ""
    folder = expand_home(head or "./")
    try:
        found = [one for one in folder.iterdir() if not one.name.startswith(".")]
    except FileNotFoundError:
        return Offered(head, (), "Folder not found. Press Backspace to go up.")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a valid name"
        return Offered(head, (), f"This folder cannot be listed: {reason}.")
    files = sorted(
        one for one in found if one.suffix.lower() in IMPORTABLE and is_file(one)
    )
    here = (*files, *sorted(one for one in found if is_folder(one)))
    meant = tuple(
        one for one in here if one.name.casefold().startswith(stem.casefold())
    )
    nothing = f"No roster file here ({KINDS}). Type another folder."
    if here:
        nothing = "No matching files here. Press Backspace to see all files."
    return Offered(head, meant, nothing)
