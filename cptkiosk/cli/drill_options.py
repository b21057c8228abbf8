"""What a rehearsal can be asked for; imports nothing that costs time."""

import argparse
from collections.abc import Iterable

from cptkiosk.drill.until import Until
from cptkiosk.errors import UsageError

PEOPLE_MAX = 500
NEEDS = (
    ("until", "unattended"),
    ("until", "keep"),
    ("now", "until"),
    ("json", "unattended"),
)
"""Options that mean nothing without another."""


def add_drill_options(drill: argparse.ArgumentParser) -> None:
    """Add the options of `drill` to its parser."""
    drill.add_argument(
        "--unattended",
        action="store_true",
        help="play the proctor too, without a screen",
    )
    drill.add_argument(
        "--people", type=_read_people, default=24, metavar="N", help="candidates (24)"
    )
    drill.add_argument(
        "--seed", type=int, default=1, metavar="S", help="another seed, another day (1)"
    )
    drill.add_argument("--keep", metavar="DIR", help="keep the record in this folder")
    drill.add_argument(
        "--speed", type=int, choices=(1, 20, 60), default=20, help="of the clock (20)"
    )
    drill.add_argument(
        "--no-scenes",
        dest="scenes",
        action="store_false",
        help="a quiet day: no alarm, nobody late, no screen that freezes",
    )
    drill.add_argument(
        "--until",
        type=_read_stage,
        metavar="STAGE",
        help="with --unattended and --keep: leave a record to go on with, which reached"
        f" this stage within the last 5 minutes by this machine's clocks: {_list_words(Until)}",
    )
    drill.add_argument(
        "--now",
        action="store_true",
        help="with --until: within the last minute; the start is then planned for any"
        " whole minute, not for a multiple of five",
    )


def check_drill(options: argparse.Namespace) -> None:
    """Refuse options that a rehearsal would have to ignore.

    Raises:
        UsageError: naming the first.
    """
    if options.data_dir is not None:
        raise UsageError(
            "A rehearsal has a record of its own. Nothing was done. Name a folder for it"
            " with --keep instead of --data-dir."
        )
    for one, other in NEEDS:
        if getattr(options, one) and not getattr(options, other):
            raise UsageError(
                f"--{one} needs --{other}. Nothing was done. See 'cptkiosk drill --help'."
            )


def _read_stage(text: str) -> Until:
    try:
        return Until(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not {_list_words(Until)}"
        ) from None


def _list_words(words: Iterable[str]) -> str:
    *some, last = words
    return f"{', '.join(some)} or {last}"


def _read_people(text: str) -> int:
    people = int(text) if text.isascii() and text.isdigit() else 0
    if not 1 <= people <= PEOPLE_MAX:
        raise argparse.ArgumentTypeError(f"{text!r} is not from 1 to {PEOPLE_MAX}")
    return people
