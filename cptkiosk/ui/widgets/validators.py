"""What a line of text must be for its field to take it."""

from collections.abc import Callable

from textual.validation import ValidationResult, Validator


class Readable(Validator):
    """Takes what a function can read, which is any line it raises no error at."""

    def __init__(self, read: Callable[[str], object], otherwise: str = "") -> None:
        """Read a line by `read`.

        Args:
            read: gets the line; returns `None`, or raises a `ValueError`, for one that
                it cannot read.
            otherwise: what is said of such a line, if not what the error says.
        """
        super().__init__(otherwise or None)
        self._read = read

    def validate(self, value: str) -> ValidationResult:
        """Take the line, or say why not."""
        try:
            read = self._read(value.strip())
        except ValueError as error:
            return self.failure(self.failure_description or str(error))
        return self.failure() if read is None else self.success()
