"""Commands about what the vendor did with a score after the day."""

from dataclasses import dataclass

from cptkiosk.domain.commands.base import AttemptCommand


@dataclass(frozen=True, kw_only=True)
class ReleaseCode(AttemptCommand):
    """Record that the user code was released at the vendor."""


@dataclass(frozen=True, kw_only=True)
class RecordOfficial(AttemptCommand):
    """Record the score that the vendor's official report has."""

    shown: str
    shown_as: str = ""
    """What a number without a sign is: raw or percent."""

    vendor_verdict: str = ""
    source: str = ""
    """SHA-256 of the report's file, or nothing."""
