"""A destination as the center's settings describe it; nothing here is secret."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from cptkiosk.domain.values import BundleKind

Kind = Literal["folder", "sftp", "https", "postgres"]

TIMEOUT_S = 30


@dataclass(frozen=True, slots=True)
class DestinationSettings:
    """One entry of destinations.toml."""

    name: str
    """What the record and every command call it. Another place gets another name."""
    kind: Kind
    where: str
    """A folder, or an address: 'sftp://user@host/folder', 'https://host/path',
    'postgresql://user@host/database'. It never holds a password."""
    bundle: BundleKind = BundleKind.RESULTS
    """Which bundle goes there: results alone, or the center's whole record."""
    since: str = ""
    """Sessions planned for an earlier day (ISO) do not go there; empty for no limit."""
    age_recipient: str = ""
    """Encrypt to this age public key; empty to send the bundle as it is."""
    secret_file: str = ""
    """The file that holds the token, the password or, for SFTP, the private key."""
    secret_env: str = ""
    """The environment variable that holds it instead."""
    known_hosts_file: str = ""
    """SFTP: the host keys that are trusted, in OpenSSH's format."""
    ca_file: str = ""
    """HTTPS, PostgreSQL: the certificate authority to trust instead of the system's."""
    timeout_s: int = TIMEOUT_S
    """How long to wait for a server that does not answer."""

    def takes_sessions_of(self, starts_on: str) -> bool:
        """Return whether sessions that are planned for a day (ISO) go there."""
        return self.since <= starts_on


def choose_destinations(
    every: Iterable[DestinationSettings], *, rehearsal: bool
) -> tuple[DestinationSettings, ...]:
    """Return where sessions go by themselves; from a rehearsal's center, nowhere."""
    return () if rehearsal else tuple(every)
