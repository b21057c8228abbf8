"""A state: thousands of centers, taken in and reported."""

import time
from hashlib import sha256
from uuid import uuid4

import pytest

from cptkiosk.central.acceptance import settle_bundle
from cptkiosk.central.audit import draw_audit
from cptkiosk.central.report import read_report
from cptkiosk.upload.destinations.base import Parcel
from cptkiosk.upload.postgres import put_in_inbox
from support.many_centers import made_up
from support.offices import Tables, rows
from support.options import option


@pytest.mark.soak
@pytest.mark.slow
def test_a_state_is_taken_in_and_reported_in_seconds(tables: Tables) -> None:
    centers, attempts = option("CENTERS", 5000), 200
    began_s = time.monotonic()
    for center in range(centers):
        found = made_up(center, attempts)
        content = found.site_code.encode()
        one = Parcel(
            str(uuid4()), "b.zip", content, sha256(content).hexdigest(),
            found.site_code, found.session_id, 1,
        )  # fmt: skip
        put_in_inbox(tables, one)
        settle_bundle(tables, one, found, lambda _site, _size: None)
    loaded_s = time.monotonic()
    report = read_report(tables)
    reported_s = time.monotonic()
    audit = draw_audit(tables, "dice: 4 2", 59)
    print(
        f"{centers} centers x {attempts} attempts: loaded in"
        f" {(loaded_s - began_s) * 1000:.0f} ms, reported in"
        f" {(reported_s - loaded_s) * 1000:.0f} ms, audit drawn in"
        f" {(time.monotonic() - reported_s) * 1000:.0f} ms"
    )
    assert report.totals.centers == centers
    assert report.totals.attempts == audit.population == centers * attempts
    assert len(audit.drawn) == 59
    size = rows(tables, "SELECT pg_database_size(current_database())")[0][0]
    print(f"{size / 1e6:.0f} MB")
