"""What destinations.toml may say: names, addresses without passwords, secrets by file."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urlsplit

from cptkiosk.definitions.files import BadDefinition, Layer, read_strictly
from cptkiosk.domain.destinations import DestinationSettings
from cptkiosk.domain.time.calendar import is_date

HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|[0-9A-Fa-f:]+")
USER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._@-]*")
PASSWORD = re.compile(r"\bpassword\s*=", re.IGNORECASE)

OWN_KEYS: Mapping[str, frozenset[str]] = {
    "folder": frozenset(),
    "sftp": frozenset({"secret_file", "known_hosts_file", "timeout_s"}),
    "https": frozenset({"secret_file", "secret_env", "ca_file", "timeout_s"}),
    "postgres": frozenset({"secret_file", "secret_env", "ca_file", "timeout_s"}),
}
"""The keys that only some kinds have."""


@dataclass(frozen=True, slots=True)
class _DestinationsFile:
    destination: tuple[DestinationSettings, ...] = ()


FILES = ("secret_file", "known_hosts_file", "ca_file")


def destinations_of(layer: Layer) -> tuple[DestinationSettings, ...]:
    """Return the destinations of a file, in its order.

    Raises:
        BadDefinition: naming the first key that cannot be meant.
    """
    made = read_strictly(layer.label, layer.table, _DestinationsFile).destination
    said = layer.table.get("destination", [])
    names: set[str] = set()
    for place, one in enumerate(made):
        key = f"destination[{place}]"
        if one.name in names:
            reason = f'"{one.name}" appears twice'
            raise BadDefinition(layer.label, f"{key}.name", reason)
        names.add(one.name)
        _check_destination(layer.label, key, one, said[place])
    return made


def _check_destination(
    label: str, key: str, one: DestinationSettings, said: Mapping[str, object]
) -> None:
    """See that a destination has the keys of its kind, and an address of that kind.

    Raises:
        BadDefinition: if not.
    """
    every_kind = frozenset().union(*OWN_KEYS.values())
    for name in sorted((every_kind - OWN_KEYS[one.kind]) & said.keys()):
        raise BadDefinition(label, f"{key}.{name}", f'not a key of kind "{one.kind}"')
    if one.secret_file and one.secret_env:
        reason = "give secret_file or secret_env, not both"
        raise BadDefinition(label, f"{key}.secret_env", reason)
    for name in FILES:
        path = str(getattr(one, name))
        if path and not path.startswith(("/", "~/")):
            reason = f'"{path}" must be a full path, such as /etc/cptkiosk/name'
            raise BadDefinition(label, f"{key}.{name}", reason)
    if one.since and not is_date(one.since):
        reason = f'"{one.since}" is not a date such as 2026-08-31'
        raise BadDefinition(label, f"{key}.since", reason)
    if reason := _find_fault(one):
        raise BadDefinition(label, f"{key}.where", reason)
    for name in ("secret_file", "known_hosts_file") if one.kind == "sftp" else ():
        if not getattr(one, name):
            raise BadDefinition(label, f"{key}.{name}", "missing")


def _find_fault(one: DestinationSettings) -> str:
    """Return what is wrong with an address, or an empty string."""
    if not unquote(one.where).isprintable():
        return "has invisible characters"
    if one.kind == "folder":
        return "" if one.where.startswith(("/", "~/")) else "must be a full path"
    try:
        parts = urlsplit(one.where)
        parts.port  # noqa: B018  # reading it checks it
    except ValueError as error:
        # PostgreSQL takes several hosts, each with a port; its library checks them.
        if one.kind != "postgres":
            return f"is not an address ({error})"
        login, at, _ = one.where.partition("@")
        parts = urlsplit(f"{login}{at}host")
    if parts.password or PASSWORD.search(one.where):
        return "must not hold a password. Put it in a file, and name that: secret_file"
    return ADDRESSES[one.kind](parts, one.where)


def _check_sftp(parts: SplitResult, _where: str) -> str:
    named = parts.hostname and HOST.fullmatch(parts.hostname)
    known = parts.username and USER.fullmatch(parts.username)
    if (
        parts.scheme == "sftp"
        and named
        and known
        and not (parts.query or parts.fragment)
    ):
        return ""
    return "must look like sftp://user@host/folder"


def _check_https(parts: SplitResult, _where: str) -> str:
    named = parts.hostname and HOST.fullmatch(parts.hostname)
    if parts.scheme == "https" and named and not (parts.username or parts.fragment):
        return ""
    return "must look like https://host/path"


def _check_postgres(_parts: SplitResult, where: str) -> str:
    if where.startswith(("postgresql://", "postgres://")) or "=" in where:
        return ""
    return "must look like postgresql://user@host/database"


ADDRESSES: Mapping[str, Callable[[SplitResult, str], str]] = {
    "sftp": _check_sftp,
    "https": _check_https,
    "postgres": _check_postgres,
}
"""What checks the address of each kind."""
