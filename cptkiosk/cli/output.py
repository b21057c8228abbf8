"""What the command line prints: always text, whatever a name has inside."""

import io
import json
import os
import sys
import unicodedata
from argparse import Namespace
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TextIO

from cptkiosk.domain.text import ZWJ, ZWNJ, cells, fit, visible
from cptkiosk.errors import DestinationError, ExitCode

REPLACEMENT = "\ufffd"
LONGEST = 4_000
JSON_SCHEMA = 1
_FOR_SCRIPTS: ContextVar[bool] = ContextVar("for_scripts", default=False)
STEERING = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


def guard_text(text: str) -> str:
    """Return text in which nothing but a line feed steers a terminal."""
    if text.isascii() and text.replace("\n", "").isprintable():
        return text
    return "".join(REPLACEMENT if _is_control(char) else char for char in text)


def _is_control(char: str) -> bool:
    if char in {"\n", ZWJ, ZWNJ}:
        return False
    return unicodedata.category(char) in STEERING


def say(text: str = "") -> None:
    """Print an answer.

    Raises:
        BrokenPipeError: if no one reads it any more.
        DestinationError: if it cannot be written.
    """
    with _translate_write_errors():
        print(guard_text(text))


def say_json(answer: Mapping[str, object]) -> None:
    """Print an answer for a script: ASCII, one object.

    It says by `schema` which form of the answers it has; that number grows when a field
    is renamed or taken away, not when one is added.

    Raises:
        BrokenPipeError: if no one reads it any more.
        DestinationError: if it cannot be written.
    """
    with _translate_write_errors():
        print(json.dumps({"schema": JSON_SCHEMA, **answer}, indent=2))


def print_answer(
    options: Namespace, facts: Mapping[str, object], *lines: str
) -> ExitCode:
    """Print what a command did or found, for the person or the script that asked.

    Args:
        options: what was asked.
        facts: the answer for a script.
        lines: the answer for a person.

    Raises:
        BrokenPipeError: if no one reads it any more.
        DestinationError: if it cannot be written.
    """
    if options.json:
        say_json(facts)
    elif lines:
        say("\n".join(lines))
    return ExitCode.DONE


def pick_fields(one: object, *names: str) -> dict[str, object]:
    """Return some attributes of an object for a script, under their own names."""
    return {name: getattr(one, name) for name in names}


def hand_over() -> None:
    """Let everything that was printed arrive.

    Raises:
        BrokenPipeError: if no one reads it any more.
        DestinationError: if it cannot be written.
    """
    if sys.stdout is not None:
        with _translate_write_errors():
            sys.stdout.flush()


@contextmanager
def _translate_write_errors() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        silence_stream(sys.stdout)
        raise DestinationError(
            f"The output could not be written ({error.strerror}). The command"
            " itself is done and recorded. Send the output to another place."
        ) from error


@contextmanager
def complaints_as_json(*, wanted: bool) -> Iterator[None]:
    """Write what goes wrong meanwhile as JSON, if a script wants it."""
    token = _FOR_SCRIPTS.set(wanted)
    try:
        yield
    finally:
        _FOR_SCRIPTS.reset(token)


def print_error(sentence: str, exit_code: int | None = None) -> None:
    """Print what went wrong, where answers do not go.

    Args:
        sentence: what happened, what is safe, and what to do.
        exit_code: with which the command ends; None for a warning, after which it
            goes on.
    """
    words = " ".join(sentence.split())
    line = f"cptkiosk: {guard_text(words)}"
    if _FOR_SCRIPTS.get():
        line = json.dumps({"schema": JSON_SCHEMA, **_complaint_json(words, exit_code)})
    try:
        print(line, file=sys.stderr)
    except OSError:
        # No one hears it; the exit code still says it.
        silence_stream(sys.stderr)


def _complaint_json(words: str, exit_code: int | None) -> dict[str, object]:
    if exit_code is None:
        return {"warning": {"message": words}}
    codes = {int(one): one.name.lower() for one in ExitCode}
    code = codes.get(exit_code, "interrupted")
    return {"error": {"code": code, "exit_code": int(exit_code), "message": words}}


def quote_value(text: str) -> str:
    """Return a value from outside for the middle of a sentence."""
    return visible(text, LONGEST)


def format_table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return rows under a header, each column as wide as it needs."""
    shown = [
        tuple(header),
        *(tuple(quote_value(str(cell)) for cell in row) for row in rows),
    ]
    widths = [max(map(cells, column)) for column in zip(*shown, strict=True)]
    lines = (
        "  ".join(fit(cell, width) for cell, width in zip(row, widths, strict=True))
        for row in shown
    )
    return "\n".join(line.rstrip() for line in lines)


def tolerate_encoding() -> None:
    """Let an answer through a terminal that cannot show all of it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def silence_stream(stream: TextIO) -> None:
    """Drop what no one reads any more, so that leaving says nothing either."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)
