"""What every command's options are made of."""

import argparse
from typing import Any

Commands = Any
"""What argparse gives back for adding subcommands; it has no public name."""


def add_parser(
    make: Any, name: str, sentence: str, example: str
) -> argparse.ArgumentParser:
    """Make a parser by `make`, with a sentence above its options and an example below."""
    parser: argparse.ArgumentParser = make(
        name,
        description=sentence,
        epilog=f"example:\n  {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    return parser


def add_data_dir(parser: argparse.ArgumentParser, *, shown: bool = True) -> None:
    """Let a command be told where the record lies; in its help unless not `shown`."""
    what = "data directory (default: $CPTKIOSK_DATA_DIR, or the user's data folder)"
    parser.add_argument(
        "--data-dir",
        metavar="DIR",
        # Not given here must not undo what was given before the subcommand.
        default=argparse.SUPPRESS,
        help=what if shown else argparse.SUPPRESS,
    )
    parser.add_argument(
        "--network-folder-is-safe",
        action="store_true",
        default=argparse.SUPPRESS,
        help=(
            "open a data directory on a network drive that only this machine uses"
            " (noted in the record)"
        )
        if shown
        else argparse.SUPPRESS,
    )


def add_group(
    commands: Commands, name: str, what: str, *, data_dir: bool = True
) -> Commands:
    """Add a group of commands, such as `center`; `what` is its sentence, as below."""

    def make(name: str, **options: Any) -> Any:
        return commands.add_parser(name, help=what, **options)

    group = add_parser(
        make, name, f"{what[:1].upper()}{what[1:]}.", f"cptkiosk {name} --help"
    )
    add_data_dir(group, shown=data_dir)
    return group.add_subparsers(title="commands", metavar="COMMAND", required=True)


def add_command(
    commands: Commands,
    path: str,
    what: str,
    example: str,
    *,
    json: bool = False,
    data_dir: bool = True,
    records: bool = False,
) -> argparse.ArgumentParser:
    """Add a command; `what` is its sentence, in lowercase and without a period.

    Without `data_dir` it takes none, and the check of the options says so. One that
    `records` something new looks at the clock first.
    """

    def make(name: str, **options: Any) -> Any:
        return commands.add_parser(name, help=what, **options)

    name = path.rpartition(" ")[2]
    sentence = f"{what[:1].upper()}{what[1:]}."
    parser = add_parser(make, name, sentence, f"cptkiosk {path} {example}".rstrip())
    parser.set_defaults(command=path)
    add_data_dir(parser, shown=data_dir)
    if json:
        parser.add_argument(
            "--json", action="store_true", help="print JSON, for scripts"
        )
    if records:
        parser.add_argument(
            "--clock-is-right",
            action="store_true",
            default=False,
            help=(
                "record even if this machine's clock looks wrong (noted in the record)"
            ),
        )
    return parser


def add_pin_option(parser: argparse.ArgumentParser) -> None:
    """Let a command take a PIN from standard input."""
    parser.add_argument(
        "--pin-stdin",
        action="store_true",
        help="read the PIN from the first line of standard input",
    )


def add_file_options(parser: argparse.ArgumentParser, example: str) -> None:
    """Let a command be told how a file of rows is read; `example` names a column."""
    parser.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="'MEANING=HEADER'",
        help=f'what a column means, such as "{example}"; "-=HEADER" ignores one',
    )
    parser.add_argument(
        "--encoding",
        default="",
        metavar="NAME",
        help="text encoding, such as cp1252 or mac-roman",
    )
