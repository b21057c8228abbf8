"""A destination's secret: a token or password, from a file or the environment.

It goes from here to the destination and nowhere else: never into the record, a log, a
message or a command line.
"""

import os

from cptkiosk.domain.destinations import DestinationSettings
from cptkiosk.errors import DestinationError
from cptkiosk.host.paths import expand_home, show_path
from cptkiosk.upload.destinations.base import SAFE

LONGEST = 4096


def read_secret(settings: DestinationSettings) -> str:
    """Return the secret of a destination, or an empty string if it needs none.

    That of SFTP is a private key, which `sftp` reads by itself.

    Raises:
        DestinationError: if it is not where the settings say.
    """
    if settings.kind == "sftp":
        return ""
    if settings.secret_env:
        found = os.environ.get(settings.secret_env, "").strip()
        if not found:
            raise _no_secret(settings, f"the variable {settings.secret_env} is not set")
        return _check_line(settings, found, f"the variable {settings.secret_env}")
    if not settings.secret_file:
        return ""
    path = expand_home(settings.secret_file)
    try:
        with path.open(encoding="utf-8") as file:
            found = file.read(LONGEST).strip()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raise _no_secret(settings, f"{show_path(path)}: {reason}") from error
    return _check_line(settings, found, show_path(path))


def _check_line(settings: DestinationSettings, found: str, where: str) -> str:
    """Return a secret that can be sent.

    A library that is given another one quotes it when it complains.

    Raises:
        DestinationError: if it is empty, or has characters that cannot be sent.
    """
    if not found or not found.isprintable():
        raise _no_secret(settings, f"{where} must hold one line of visible characters")
    if settings.kind == "https" and not found.isascii():
        raise _no_secret(settings, f"{where} must hold letters and digits of ASCII")
    return found


def _no_secret(settings: DestinationSettings, why: str) -> DestinationError:
    return DestinationError(
        f"The password or token for {settings.name} cannot be read ({why}). {SAFE}"
        " Ask the administrator to correct destinations.toml or that file."
    )
