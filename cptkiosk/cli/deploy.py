"""`deploy`: the files that lock a kiosk down, and whether this machine has them so."""

import os
import re
import sys
from argparse import Namespace
from dataclasses import asdict
from pathlib import Path

from cptkiosk.cli.deploy_checks import MISFIT, points
from cptkiosk.cli.deploy_machine import Machine
from cptkiosk.cli.deploy_texts import SHELL, SSHD, UNIT, Place
from cptkiosk.cli.deploy_upload import SERVICE, TIMER, upload_service, upload_timer
from cptkiosk.cli.output import quote_value, say, say_json
from cptkiosk.errors import ExitCode, UsageError
from cptkiosk.host.data_directory import DATA_DIR_VARIABLE, data_dir

USUAL_DATA = Path("/srv/cptkiosk")
"""Where the data of an account of its own lies, unless another place is named."""

ACCOUNT = re.compile(r"[a-z_][a-z0-9_-]{0,31}")


def run(options: Namespace) -> int:
    """Print one of the files, or look at the machine; nothing is written."""
    place = _place_of(options)
    if options.check:
        return _check_place(options, place)
    path, text = {
        "deploy login-shell": (SHELL, place.wrapper_script),
        "deploy sshd": (SSHD, place.sshd_settings),
        "deploy console": (UNIT, place.systemd_unit),
        "deploy upload": (SERVICE, lambda: upload_service(place)),
        "deploy upload-timer": (TIMER, lambda: upload_timer(place)),
    }[options.command]
    if options.json:
        mode = "0755" if path == SHELL else "0644"
        say_json({"path": str(path), "owner": "root", "mode": mode, "text": text()})
    else:
        say(text().removesuffix("\n"))
    return ExitCode.DONE


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
    found = points(options.command.removeprefix("deploy "), place, Machine())
    fits = all(one.verdict != MISFIT for one in found)
    if options.json:
        say_json({"fits": fits, "points": [asdict(one) for one in found]})
    else:
        for one in found:
            say(f"{one.verdict:<13}{one.about}: {quote_value(one.found)}")
            if one.todo:
                say(f"{'':<13}{quote_value(one.todo)}")
        say(
            "Everything that could be checked is OK."
            if fits
            else "Some settings are wrong."
        )
    return ExitCode.DONE if fits else ExitCode.REFUSED
