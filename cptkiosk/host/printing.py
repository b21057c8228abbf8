"""The printers of this machine, as its print system (CUPS) has them: lp and lpstat."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from threading import Event
from typing import Final

from cptkiosk.errors import DestinationError

TIMEOUT_S: Final = 10
LOOKS: Final = 10
LOOK_EACH_S: Final = 0.5
"""How often a job is looked for until it is called waiting."""

PAGE: Final = "media=Letter"


@dataclass(frozen=True, slots=True)
class Printers:
    """The printers that can be chosen."""

    names: tuple[str, ...] = ()
    default: str = ""
    """The one to use if no one chooses; empty if there are several and none is set."""


@dataclass(frozen=True, slots=True)
class PrintJob:
    """What became of a report that was sent to a printer."""

    job: str
    """As the print system calls it, such as 'Office-12'."""

    printer: str
    finished: bool
    """Whether it left the queue. Paper may still be missing: look at the printer."""

    reason: str = ""
    """Why it waits, in the words of the print system."""

    @property
    def text(self) -> str:
        """Say it in one or two sentences."""
        if self.finished:
            return (
                f"Sent to printer {self.printer} (job {self.job}). Check the printer."
            )
        why = f": {self.reason}" if self.reason else ""
        return f"Job {self.job} is waiting at printer {self.printer}{why}."


def list_printers() -> Printers:
    """Return the printers of this machine; none where there is no print system."""
    if shutil.which("lp") is None or shutil.which("lpstat") is None:
        return Printers()
    names = tuple(_ask_cups("lpstat", "-e").split())
    found = re.search(r"default destination: (\S+)", _ask_cups("lpstat", "-d"))
    default = found[1] if found and found[1] in names else ""
    if len(names) == 1:
        default = names[0]
    return Printers(names, default)


def print_bytes(content: bytes, title: str, printer: str) -> PrintJob:
    """Print a PDF or a text, wait a little, and return what became of it.

    Args:
        content: the file.
        title: what the job is called; a person's name does not belong there.
        printer: one of `list_printers`.

    Raises:
        DestinationError: if the print system did not take it.
    """
    command = ("lp", "-d", printer, "-t", title, "-o", PAGE)
    try:
        done = _run_tool(command, content)
    except subprocess.TimeoutExpired as error:
        raise DestinationError(
            f"Printer {printer} did not answer within {TIMEOUT_S} seconds. The report"
            " may have been printed, or not. The record is safe. Check the printer"
            " before you print it again."
        ) from error
    except (OSError, subprocess.SubprocessError) as error:
        raise _not_taken(printer, type(error).__name__) from error
    answer = done.stdout.decode(errors="replace")
    found = re.search(r"request id is (\S+)", answer)
    if done.returncode != 0 or found is None:
        said = done.stderr.decode(errors="replace").strip()
        raise _not_taken(printer, " ".join(said.split()).rstrip(".") or "no job number")
    return _watch_job(found[1], printer)


def _watch_job(job: str, printer: str) -> PrintJob:
    for look in range(LOOKS):
        waiting = _list_waiting(printer)
        if waiting is not None and job not in waiting:
            return PrintJob(job, printer, finished=True)
        reason = _find_reason(printer)
        if reason:
            return PrintJob(job, printer, finished=False, reason=reason)
        if look + 1 < LOOKS:
            Event().wait(LOOK_EACH_S)
    return PrintJob(job, printer, finished=False)


def _list_waiting(printer: str) -> list[str] | None:
    """Return what lpstat says of waiting jobs, word by word; `None` if it does not say."""
    try:
        done = _run_tool(("lpstat", "-W", "not-completed", "-o", printer))
    except (OSError, subprocess.SubprocessError):
        return None
    return None if done.returncode else done.stdout.decode(errors="replace").split()


def _find_reason(printer: str) -> str:
    """Return why a printer is stopped, or an empty string if it is not."""
    first, *more = _ask_cups("lpstat", "-p", printer).splitlines() or [""]
    if " disabled " not in f"{first} ":
        return ""
    return " ".join(more[0].split()) if more else "it is stopped"


def _ask_cups(*command: str) -> str:
    try:
        return _run_tool(command).stdout.decode(errors="replace")
    except (OSError, subprocess.SubprocessError):
        return ""


def _run_tool(
    command: tuple[str, ...], content: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(  # noqa: S603 - the arguments are ours
        command,
        input=content,
        capture_output=True,
        timeout=TIMEOUT_S,
        check=False,
        # Its answers are read here, so they are asked for in one language.
        env={**os.environ, "LC_ALL": "C"},
    )


def _not_taken(printer: str, reason: str) -> DestinationError:
    return DestinationError(
        f"Printer {printer} did not take the report ({reason}). Nothing was printed."
        " The record is safe. Check the printer, or save the report as a file."
    )
