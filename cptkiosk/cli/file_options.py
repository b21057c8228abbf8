"""How a file of rows is to be read: options of a roster and of the vendor's report."""

from argparse import Namespace

from cptkiosk.errors import UsageError
from cptkiosk.roster.model import ReadOptions


def read_file_options(options: Namespace) -> ReadOptions:
    """Return how the file is to be read.

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
