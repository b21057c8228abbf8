"""What can be said on the command line: `commands.toml`, as argparse reads it.

It imports nothing that costs time: every command waits for it.
"""

import argparse
import sys
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any, NoReturn

from cptkiosk import __version__
from cptkiosk.drill.until import Until
from cptkiosk.errors import UsageError

Table = dict[str, Any]

SHARED = "shared"
ABOUT = frozenset({"what", "example", "run", "records", "json", "data_dir", "needs"})
"""What a table says of the command itself; all else in it are arguments."""

PLACE = ("--data-dir", "--network-folder-is-safe")
"""The options that every command takes, before and after its name."""


class Parser(argparse.ArgumentParser):
    """A parser that says what is wrong in one sentence."""

    def error(self, message: str) -> NoReturn:
        """Refuse the command line.

        Raises:
            UsageError: always.
        """
        raise UsageError(
            f"{message[:1].upper()}{message[1:]}. Nothing was done. See"
            f' "{self.prog} --help".'
        )


def parse_arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """Return what was asked, its command as 'center init', or '' for the kiosk.

    Raises:
        UsageError: if it cannot be understood.
        SystemExit: after --help and --version.
    """
    parser = make_parser()
    given = sys.argv[1:] if argv is None else argv
    _check_texts(parser, given)
    options = parser.parse_args(given)
    _check_needs(options)
    return options


@cache
def load_commands() -> Mapping[str, Table]:
    """Return the table of every command, and the arguments that several share."""
    path = Path(__file__).with_name("commands.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line, every command included."""
    parser = _make_parser(
        Parser,
        "cptkiosk",
        "Proctor Certified Production Technician assessments. With no command,"
        " the kiosk opens.",
        "cptkiosk --data-dir /srv/cptkiosk",
    )
    parser.add_argument(
        "--version", action="version", version=f"%(prog)s {__version__}"
    )
    parser.set_defaults(
        command="", run="main.open_kiosk", data_dir=None, json=False,
        network_folder_is_safe=False, clock_is_right=None,
    )  # fmt: skip
    parser.add_argument(
        "--kiosk",
        action="store_true",
        help="kiosk mode: leaving requires a coordinator's PIN",
    )
    _add_place(parser, shown=True)
    groups = {"": parser.add_subparsers(title="commands", metavar="COMMAND")}
    for path, table in load_commands().items():
        if path != SHARED:
            _add_command(groups, path, table)
    return parser


def _make_parser(
    make: Callable[..., argparse.ArgumentParser],
    name: str,
    sentence: str,
    example: str,
    **more: str,
) -> argparse.ArgumentParser:
    """Make a parser with a sentence above its options and an example below."""
    return make(
        name,
        description=sentence,
        epilog=f"example:\n  {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
        **more,
    )


def _add_command(groups: dict[str, Any], path: str, table: Table) -> None:
    """Add a command, or a group of commands, to the group that it belongs to."""
    group, _, name = path.rpartition(" ")
    what = table["what"]
    runs = "run" in table
    example = table.get("example", "") if runs else "--help"
    parser = _make_parser(
        groups[group].add_parser,
        name,
        f"{what[:1].upper()}{what[1:]}.",
        f"cptkiosk {path} {example}".rstrip(),
        help=what,
    )
    above = load_commands().get(group, {})
    _add_place(parser, shown=bool(table.get("data_dir", above.get("data_dir", True))))
    if not runs:
        groups[path] = parser.add_subparsers(
            title="commands", metavar="COMMAND", required=True
        )
        return
    parser.set_defaults(command=path, run=table["run"])
    if table.get("json", True):
        _add_argument(parser, "--json")
    if table.get("records", False):
        _add_argument(parser, "--clock-is-right")
    exclusive: dict[str, Any] = {}
    for argument, settings in table.items():
        if argument not in ABOUT:
            one = settings.get("either")
            if one and one not in exclusive:
                exclusive[one] = parser.add_mutually_exclusive_group()
            _add_argument(exclusive.get(one, parser), argument, **settings)


def _add_place(parser: argparse.ArgumentParser, *, shown: bool) -> None:
    """Let a command be told where the record lies; in its help if it is `shown`."""
    for name in PLACE:
        # Not given here must not undo what was given before the subcommand.
        unseen = {} if shown else {"help": argparse.SUPPRESS}
        _add_argument(parser, name, default=argparse.SUPPRESS, **unseen)


def _add_argument(parser: Any, name: str, **own: Any) -> None:
    """Add an argument: what its table says, else what commands share."""
    settings = {**load_commands()[SHARED].get(name, {}), **own}
    settings.pop("either", None)
    if "type" in settings:
        settings["type"] = TYPES[settings["type"]]
    if "between" in settings:
        settings["type"] = partial(_read_number, *settings.pop("between"))
    parser.add_argument(name, **settings)


def _check_texts(parser: argparse.ArgumentParser, given: Sequence[str]) -> None:
    """Refuse what would be taken for an option left out, or for no text at all.

    Raises:
        UsageError: naming the first.
    """
    for before, text in zip(("", *given), given, strict=False):
        if any("\ud800" <= char <= "\udfff" for char in text):
            parser.error(f'"{text}" is not valid UTF-8')
        name, equals, value = text.partition("=")
        if equals and not value and name.startswith("--"):
            parser.error(f"{name} is empty")
        if not text:
            what = before if before.startswith("--") else "an argument"
            parser.error(f"{what} is empty")


def _check_needs(options: argparse.Namespace) -> None:
    """Refuse an option that means nothing without another.

    Raises:
        UsageError: naming the first.
    """
    table = load_commands().get(options.command, {})
    for one, other in table.get("needs", ()):
        if getattr(options, one) and not getattr(options, other):
            raise UsageError(
                f"--{one} requires --{other}. Nothing was done. See"
                f' "cptkiosk {options.command} --help".'
            )


def _read_number(lowest: int, highest: int, text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 8 else -1
    if not lowest <= number <= highest:
        raise argparse.ArgumentTypeError(
            f'"{text}" is not a number from {lowest} to {highest}'
        )
    return number


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


TYPES: Mapping[str, Callable[[str], object]] = {"int": int, "stage": _read_stage}
"""What `type` names in a table."""
