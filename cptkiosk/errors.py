"""What can go wrong outside the rules, and the exit code each thing has."""

from enum import IntEnum
from typing import ClassVar


class ExitCode(IntEnum):
    """How a command ended, for the shell and for scripts."""

    DONE = 0
    """Everything that was asked is done and recorded."""

    REFUSED = 1
    """A rule does not allow it; nothing was recorded."""

    USAGE = 2
    """The command or one of the files it was given cannot be understood."""

    STORAGE = 3
    """The ledger cannot be opened, read or written."""

    UNVERIFIED = 4
    """The record was read, and something in it does not fit."""

    DESTINATION = 5
    """A destination could not be written, or gave no receipt."""


class KioskError(Exception):
    """Something outside the rules went wrong.

    The message is one or two plain sentences for a proctor: what happened, what is
    safe, and what to do next.
    """

    exit_code: ClassVar[ExitCode] = ExitCode.REFUSED


class UsageError(KioskError):
    """The command or a file it was given cannot be understood."""

    exit_code = ExitCode.USAGE


class StorageError(KioskError):
    """The ledger cannot be opened, read or written."""

    exit_code = ExitCode.STORAGE


class VerificationError(KioskError):
    """The record was read, and something in it does not fit."""

    exit_code = ExitCode.UNVERIFIED


class DestinationError(KioskError):
    """A destination could not be written, or gave no receipt."""

    exit_code = ExitCode.DESTINATION
