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
        help="run without a screen and play the proctor too",
    )
    drill.add_argument(
        "--people",
        type=_read_people,
        default=24,
        metavar="N",
        help="number of candidates (default: 24)",
    )
    drill.add_argument(
        "--seed",
        type=int,
        default=1,
        metavar="S",
        help="seed of the day: the same seed gives the same day (default: 1)",
    )
    drill.add_argument("--keep", metavar="DIR", help="keep the record in this folder")
    drill.add_argument(
        "--speed",
        type=int,
        choices=(1, 20, 60),
        default=20,
        help="how many times faster than real time the clock runs (default: 20)",
    )
    drill.add_argument(
        "--no-scenes",
        dest="scenes",
        action="store_false",
        help="a quiet day: no alarm, no late arrivals, no frozen screens",
    )
    drill.add_argument(
        "--until",
        type=_read_stage,
        metavar="STAGE",
        help=(
            "with --unattended and --keep: stop at this stage, reached within the last"
            " 5 minutes by this machine's clock, and leave a record to continue with:"
            f" {_list_words(Until)}"
        ),
    )
    drill.add_argument(
        "--now",
        action="store_true",
        help=(
            "with --until: the stage was reached within the last minute; the planned"
            " start is then any whole minute, not a multiple of five"
        ),
    )


def check_drill(options: argparse.Namespace) -> None:
    """Refuse options that a rehearsal would have to ignore.

    Raises:
        UsageError: naming the first.
    """
    if options.data_dir is not None:
        raise UsageError(
            "A rehearsal has its own record. Nothing was done. Use --keep instead"
            " of --data-dir to choose its folder."
        )
    for one, other in NEEDS:
        if getattr(options, one) and not getattr(options, other):
            raise UsageError(
                f'--{one} requires --{other}. Nothing was done. See "cptkiosk'
                ' drill --help".'
            )


def _read_stage(text: str) -> Until:
    try:
        return Until(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f'"{text}" is not a stage. Stages: {_list_words(Until)}'
        ) from None


def _list_words(words: Iterable[str]) -> str:
    *some, last = words
    return f"{', '.join(some)} or {last}"


def _read_people(text: str) -> int:
    people = int(text) if text.isascii() and text.isdigit() else 0
    if not 1 <= people <= PEOPLE_MAX:
        raise argparse.ArgumentTypeError(
            f'"{text}" is not a number from 1 to {PEOPLE_MAX}'
        )
    return people
