"""Centers with destinations in their settings, and what a test sends there."""

import hashlib
from dataclasses import replace
from pathlib import Path

from cptkiosk.desk import Desk
from cptkiosk.domain.destinations import DestinationSettings
from cptkiosk.domain.values import BundleKind
from cptkiosk.host.clock import Clock
from cptkiosk.ledger.ledger import Ledger
from cptkiosk.upload.destinations.base import Parcel
from cptkiosk.upload.outbox import Uploader
from support.center import DANA, LEDGER, definitions


def with_destinations(desk: Desk, *destinations: DestinationSettings) -> Desk:
    """Return a desk on the same ledger whose settings have these destinations."""
    found = replace(definitions(), destinations=destinations)
    return Desk(desk.ledger, desk.clock, found)


def reopen(folder: Path, clock: Clock, *destinations: DestinationSettings) -> Desk:
    """Return a desk on a ledger that is opened again, as after a kill."""
    found = replace(definitions(), destinations=destinations)
    return Desk(Ledger(folder / LEDGER, "t9"), clock, found)


def to_folder(folder: Path, name: str = "usb", **more: str) -> DestinationSettings:
    """Return the settings of a folder."""
    return replace(DestinationSettings(name, "folder", str(folder)), **more)  # type: ignore[arg-type] # texts, which mypy cannot tell from the kinds


def an_uploader(desk: Desk) -> Uploader:
    """Return what sends, with a short report."""
    return Uploader(desk, DANA, lambda sealed: f"report {sealed.file_name}\n")


def a_parcel(
    data: bytes = b"bundle", key: str = "5f0c9c0e-0000-5000-8000-000000000001"
) -> Parcel:
    """Return a file for a destination."""
    digest = hashlib.sha256(data).hexdigest()
    return Parcel(key, "a-r1.zip", data, digest, "TN-014", "a", 1, BundleKind.RESULTS)
