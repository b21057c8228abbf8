"""Taking bundles in beside others, and what no center would have written."""

from dataclasses import replace
from hashlib import sha256
from uuid import uuid4

from cptkiosk.central.acceptance import Answer, settle_bundle
from cptkiosk.central.verified import Verified
from cptkiosk.upload.destinations.base import Parcel
from cptkiosk.upload.postgres import put_in_inbox
from support.many_centers import made_up
from support.offices import Tables, rows


def in_inbox(tables: Tables, found: Verified, content: bytes = b"bundle") -> Parcel:
    """Put a file into the inbox that stands for what was found in it."""
    keys = (found.site_code, found.session_id, found.revision)
    digest = sha256(content).hexdigest()
    one = Parcel(str(uuid4()), "bundle.zip", content, digest, *keys)
    put_in_inbox(tables, one)
    return one


def no_link(_found: Verified, _size: int) -> str | None:
    return None


def test_bundle_that_was_settled_beside_us_is_left_alone(tables: Tables) -> None:
    found = made_up(1, 3)
    one = in_inbox(tables, found)

    first = settle_bundle(tables, one, found, no_link)
    again = settle_bundle(tables, one, found, no_link)

    assert first is not None
    assert first.answer is Answer.ACCEPTED
    assert again is None
    assert rows(tables, "SELECT count(*) FROM attempts") == [(3,)]


def test_same_revision_with_another_result_is_rejected(tables: Tables) -> None:
    found = made_up(1, 3)
    settle_bundle(tables, in_inbox(tables, found), found, no_link)
    raised = tuple((*one[:10], 83, 83, *one[12:]) for one in found.attempts)
    other = replace(found, attempts=raised)

    outcome = settle_bundle(tables, in_inbox(tables, other, b"other"), other, no_link)

    assert outcome is not None
    assert outcome.answer is Answer.REJECTED
    assert "was accepted before, with other contents" in outcome.reason
    stored = rows(tables, "SELECT raw_max FROM attempts ORDER BY attempt_id")
    assert [raw for (raw,) in stored] == [one[11] for one in found.attempts]


def test_value_that_no_column_can_hold_is_rejected_and_stops_no_other(
    tables: Tables,
) -> None:
    found = made_up(1, 1)
    attempt = (*found.attempts[0][:2], "Reyes\x00", *found.attempts[0][3:])
    forged = replace(found, attempts=(attempt,))

    outcome = settle_bundle(tables, in_inbox(tables, forged), forged, no_link)

    assert outcome is not None
    assert outcome.answer is Answer.REJECTED
    assert rows(tables, "SELECT count(*) FROM attempts") == [(0,)]
    assert rows(tables, "SELECT count(*) FROM centers") == [(0,)]
    assert len(rows(tables, "SELECT reason FROM open_rejections")) == 1


def test_first_contact_of_one_center_leaves_the_others_alone(tables: Tables) -> None:
    for number in (1, 2):
        found = made_up(number, 2)
        outcome = settle_bundle(tables, in_inbox(tables, found), found, no_link)
        assert outcome is not None
        assert outcome.first_key

    found = replace(made_up(1, 2), site_code=made_up(2, 2).site_code)
    stolen = in_inbox(tables, found, b"stolen")

    outcome = settle_bundle(tables, stolen, found, no_link)

    assert outcome is not None
    assert "has not used before" in outcome.reason
