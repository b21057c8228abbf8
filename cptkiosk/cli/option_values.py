"""What the values of options mean that several commands have."""

from argparse import Namespace

from cptkiosk.cli.output import quote_value
from cptkiosk.domain.text import BadText, clean_text
from cptkiosk.errors import UsageError
from cptkiosk.roster.model import ReadOptions


def clean_option(option: str, text: str, *, needed: bool = False) -> str:
    """Return the text of an option, which may be shown.

    Raises:
        UsageError: if it has something harmful, or is `needed` and empty.
    """
    try:
        found = clean_text(text)
    except BadText as error:
        raise UsageError(
            f'{option} "{quote_value(text)}" has {error}. Nothing was changed.'
            " Type it again."
        ) from None
    if needed and not found:
        raise UsageError(f"{option} is empty. Nothing was changed. Type a name.")
    return found


def read_file_options(options: Namespace) -> ReadOptions:
    """Return how a file of rows, a roster or the vendor's report, is to be read.

    Raises:
        UsageError: if there is no such encoding, or a column is not 'MEANING=HEADER'.
    """
    if options.encoding:
        try:
            b"ID".decode(options.encoding)
        except (LookupError, ValueError) as error:
            raise UsageError(
                f'"{options.encoding}" is not an encoding. Nothing was changed.'
                " Use a name such as cp1252 or mac-roman."
            ) from error
    pairs = [one.partition("=") for one in options.column]
    if any(not (sign and header.strip()) for _, sign, header in pairs):
        raise UsageError(
            "--column requires MEANING=HEADER. Nothing was changed. For example:"
            " --column 'Participant ID=Local ID'."
        )
    named = tuple((header, meaning) for meaning, _, header in pairs)
    return ReadOptions(encoding=options.encoding, named=named)
