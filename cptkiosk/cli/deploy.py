"""`deploy`: the files that lock a kiosk down, and whether this machine has them so."""

import os
import re
import sys
from argparse import Namespace
from dataclasses import asdict
from pathlib import Path

from cptkiosk.cli.deploy_checks import MISFIT, list_points
from cptkiosk.cli.deploy_machine import Machine
from cptkiosk.cli.deploy_texts import FILES, SHELL, Place
from cptkiosk.cli.output import print_answer, quote_value
from cptkiosk.errors import ExitCode, UsageError
from cptkiosk.host.data_directory import DATA_DIR_VARIABLE, data_dir

USUAL_DATA = Path("/srv/cptkiosk")
"""Where the data of an account of its own lies, unless another place is named."""

ACCOUNT = re.compile(r"[a-z_][a-z0-9_-]{0,31}")


def print_file(options: Namespace) -> int:
    """Print one of the files, or look at the machine; nothing is written."""
    place = _place_of(options)
    if options.check:
        return _check_place(options, place)
    kind = options.command.removeprefix("deploy ")
    path, text = FILES[kind], place.write_file(kind)
    mode = "0755" if path == SHELL else "0644"
    facts = {"path": str(path), "owner": "root", "mode": mode, "text": text}
    return print_answer(options, facts, text.removesuffix("\n"))


def _place_of(options: Namespace) -> Place:
    if not ACCOUNT.fullmatch(options.user):
        raise UsageError(
            f'"{quote_value(options.user)}" is not an account name. Nothing was'
            " done. Use lowercase letters, digits, - and _."
        )
    named = options.data_dir or os.environ.get(DATA_DIR_VARIABLE)
    data = data_dir(named, {}) if named else USUAL_DATA
    python = Path(sys.executable)
    for path in (data, python):
        if not str(path).isprintable():
            raise UsageError(
                f'"{quote_value(str(path))}" has invisible characters, so it'
                " cannot be written to a file safely. Nothing was done. Choose"
                " another path."
            )
    return Place(options.user, data, python)


def _check_place(options: Namespace, place: Place) -> int:
    found = list_points(options.command.removeprefix("deploy "), place, Machine())
    fits = all(one.verdict != MISFIT for one in found)
    lines = []
    for one in found:
        lines.append(f"{one.verdict:<13}{one.about}: {quote_value(one.found)}")
        if one.todo:
            lines.append(f"{'':<13}{quote_value(one.todo)}")
    good = "Everything that could be checked is OK."
    lines.append(good if fits else "Some settings are wrong.")
    print_answer(
        options, {"fits": fits, "points": [asdict(one) for one in found]}, *lines
    )
    return ExitCode.DONE if fits else ExitCode.REFUSED
