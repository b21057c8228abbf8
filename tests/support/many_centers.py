"""Bundles of thousands of centers, as they are once verified: made up, and quickly."""

from collections.abc import Iterator
from datetime import date
from hashlib import sha256
from random import Random

from cptkiosk.central.verified import Verified
from cptkiosk.domain.values import BundleKind

MODULES = (
    ("safety", 83, 69),
    ("quality", 80, 75),
    ("production", 84, 74),
    ("maintenance", 84, 73),
)
DAY = date(2026, 11, 23)


def made_up(center: int, attempts: int) -> Verified:
    """Return what the bundle of one center says, with this many attempts."""
    chance = Random(center)
    site_code = f"S{center:05}"
    digest = sha256(site_code.encode()).digest()
    module, items, cut = MODULES[center % len(MODULES)]
    rows = []
    for number in range(attempts):
        raw = chance.randint(45, items)
        passed = raw * 100 >= cut * items
        person = f"{site_code}-{number:04}"
        verdict = "pass" if passed else "not pass"
        rows.append(
            (
                f"{person}-{module}", person, "Reyes, Ana", module, "2017",
                f"CODE-{person}", items, cut, -(-cut * items // 100), "verified", raw,
                raw, verdict, verdict, "", passed, "valid", passed, "",
                "ENV-NOISE" if center % 10 == 0 and number == 0 else "",
            )
        )  # fmt: skip
    return Verified(
        site_code=site_code,
        session_id=f"{DAY}-1",
        revision=1,
        session_date=DAY,
        kind=BundleKind.RESULTS,
        rehearsal=False,
        time_zone="America/Chicago",
        key=digest,
        changes=(),
        change_notes=(),
        origin=f"cptkiosk/{digest.hex()[:16]}",
        tree_size=1000 + center,
        tree_root="root",
        links={},
        attempts=tuple(rows),
    )


def every_center(centers: int, attempts: int) -> Iterator[Verified]:
    """Yield what thousands of bundles say, one after the other."""
    for center in range(centers):
        yield made_up(center, attempts)
