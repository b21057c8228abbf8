"""A destination as the center's settings describe it; nothing here is secret."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Literal

from cptkiosk.domain.values import BundleKind, Limits

Kind = Literal["folder", "sftp", "https", "postgres"]

TIMEOUT_S = 30


@dataclass(frozen=True, slots=True)
class DestinationSettings:
    """One entry of destinations.toml."""

    name: Annotated[str, Limits(pattern="^[a-z0-9][a-z0-9-]*$", max_length=30)]
    """What the record and every command call it. Another place gets another name."""
    kind: Kind
    where: Annotated[str, Limits(min_length=1, max_length=1000)]
    """A folder, or an address: 'sftp://user@host/folder', 'https://host/path',
    'postgresql://user@host/database'. It never holds a password."""
    bundle: BundleKind = BundleKind.RESULTS
    """Which bundle goes there: results alone, or the center's whole record."""
    since: str = ""
    """Sessions planned for an earlier day (ISO) do not go there; empty for no limit."""
    age_recipient: Annotated[str, Limits(pattern="^(age1[a-z0-9]{20,})?$")] = ""
    """Encrypt to this age public key; empty to send the bundle as it is."""
    secret_file: str = ""
    """The file that holds the token, the password or, for SFTP, the private key."""
    secret_env: Annotated[str, Limits(pattern="^[A-Za-z0-9_]*$")] = ""
    """The environment variable that holds it instead."""
    known_hosts_file: str = ""
    """SFTP: the host keys that are trusted, in OpenSSH's format."""
    ca_file: str = ""
    """HTTPS, PostgreSQL: the certificate authority to trust instead of the system's."""
    timeout_s: Annotated[int, Limits(ge=1, le=600)] = TIMEOUT_S
    """How long to wait for a server that does not answer."""

    def takes_sessions_of(self, starts_on: str) -> bool:
        """Return whether sessions that are planned for a day (ISO) go there."""
        return self.since <= starts_on


def choose_destinations(
    every: Iterable[DestinationSettings], *, rehearsal: bool
) -> tuple[DestinationSettings, ...]:
    """Return where sessions go by themselves; from a rehearsal's center, nowhere."""
    return () if rehearsal else tuple(every)
