"""What the manifest of a bundle has to say, by kind."""

import msgspec

from cptkiosk.domain.values import BundleKind
from cptkiosk.upload.bundle_files import ONE_KIND, day_ms


class Said(msgspec.Struct):
    """What the manifest says of one file."""

    bytes: int
    sha256: str
    rows: int | None = None


class SaidCheckpoint(msgspec.Struct):
    """The checkpoint, as the manifest has it."""

    origin: str
    size: int
    root: str


class SaidKeys(msgspec.Struct):
    """The key that signed, and how keys followed each other."""

    public_key: str
    changes: list[str]


class SaidHead(msgspec.Struct):
    """The head of the chain with the seal, signed."""

    seq: int
    hash: str
    signature: str
    public_key: str


class Manifest(msgspec.Struct, kw_only=True):
    """What has to be in the manifest of every bundle."""

    schema: str
    schema_version: int
    kind: str = ONE_KIND
    site_code: str
    rehearsal: bool
    time_zone: str
    session_id: str
    revision: int
    modules: list[str]
    files: dict[str, Said]
    checkpoint: SaidCheckpoint
    keys: SaidKeys

    @property
    def dated_utc_ms(self) -> int:
        """The date of the files in the zip (UTC, milliseconds)."""
        raise NotImplementedError


class ResultsManifest(Manifest, kw_only=True):
    """What has to be in the manifest of a results bundle."""

    session_date: str

    @property
    def dated_utc_ms(self) -> int:
        """The date of the files in the zip, which tells no time of the day."""
        return day_ms(self.session_date)


class RecordManifest(Manifest, kw_only=True):
    """What has to be in the manifest of a record, and of a bundle of version 2."""

    sealed_utc_ms: int
    sealed_utc: str
    sealed_local: str
    signed_by: str
    head: SaidHead

    @property
    def dated_utc_ms(self) -> int:
        """The date of the files in the zip."""
        return self.sealed_utc_ms


KNOWN = frozenset(
    {
        (2, ONE_KIND),
        (3, BundleKind.RESULTS.value),
        (3, BundleKind.RECORD.value),
    }
)
"""The version and kind of every bundle that can be read."""
