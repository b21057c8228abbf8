"""Which module stands for which kind of destination."""

from collections.abc import Callable, Mapping
from importlib import import_module

from cptkiosk.domain.destinations import DestinationSettings
from cptkiosk.upload.destinations.base import Destination
from cptkiosk.upload.destinations.secret import read_secret

MODULES: Mapping[str, str] = {
    "folder": "cptkiosk.upload.destinations.folder",
    "https": "cptkiosk.upload.destinations.https",
    "postgres": "cptkiosk.upload.destinations.postgres",
    "sftp": "cptkiosk.upload.destinations.sftp",
}
"""The module of each kind; it has `open_destination(settings, secret)`."""

Open = Callable[[DestinationSettings, str], Destination]


def open_destination(settings: DestinationSettings) -> Destination:
    """Return a destination as the settings describe it; nothing is connected yet.

    Raises:
        DestinationError: if its secret cannot be read, or a library is missing.
    """
    secret = read_secret(settings)
    opener: Open = import_module(MODULES[settings.kind]).open_destination
    return opener(settings, secret)
