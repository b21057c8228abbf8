"""Whether a verified bundle fits what is known of its center, and taking it in.

One transaction a revision, under a lock on the row of its center: either all of it is in
the tables and the center's checkpoint has moved, or it is in `rejected` with the reason.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from cptkiosk.central import tables
from cptkiosk.central.tables import Center, Waiting
from cptkiosk.central.verified import Unfit, Verified
from cptkiosk.domain.text import visible
from cptkiosk.proof.keys import fingerprint
from cptkiosk.upload.postgres import Connection, import_driver, run_transaction

LONGEST = 1000


class Answer(StrEnum):
    """What became of a bundle."""

    ACCEPTED = "accepted"
    ALREADY = "already"
    """Its revision was accepted before, and says the same."""
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A bundle, what became of it, and why."""

    file_name: str
    answer: Answer
    reason: str = ""
    """Empty unless it was rejected."""

    first_key: str = ""
    """The fingerprint of a key that was taken at first contact."""

    site_code: str = ""


LinkOfLast = Callable[[str, int], str | None]
"""Returns the root in base64 of a tree of some size, by the last bundle of a center."""


def settle_bundle(
    connection: Connection,
    one: Waiting,
    found: Verified | Unfit,
    link_of_last: LinkOfLast,
) -> Outcome | None:
    """Accept a bundle or reject it; None if that was done beside us meanwhile.

    Args:
        connection: in autocommit mode.
        one: the bundle in the inbox.
        found: what it says.
        link_of_last: is asked for a bundle that comes after later ones.
    """
    psycopg = import_driver()

    def settle(connection: Connection) -> Outcome | None:
        if not tables.is_waiting(connection, one.delivery_key):
            return None
        if isinstance(found, Unfit):
            return _reject(connection, one, None, found.reason)
        return _judge(connection, one, found, link_of_last)

    try:
        return run_transaction(connection, settle)
    except psycopg.DataError as error:
        # Signed, and by hand: no center writes what a column cannot hold.
        reason = f"The bundle holds a value that no center writes ({error})."
        return run_transaction(
            connection, lambda used: _reject(used, one, None, reason)
        )


def _reject(
    connection: Connection,
    one: Waiting,
    found: Verified | None,
    reason: str,
) -> Outcome:
    claimed = (one.site_code, one.session_id, one.revision)
    labels = claimed if found is None else tables.keys_of(found)
    text = visible(reason, LONGEST)
    tables.mark_rejected(connection, one.delivery_key, labels, text)
    return Outcome(one.file_name, Answer.REJECTED, text, site_code=str(labels[0]))


def _judge(
    connection: Connection,
    one: Waiting,
    found: Verified,
    link_of_last: LinkOfLast,
) -> Outcome:
    center = tables.lock_center(connection, found.site_code)
    if center is not None and not found.is_signed_for(center.trust):
        return _reject(connection, one, found, _other_key(found))
    known = tables.find_revision(connection, found)
    if known is not None:
        if known == one.sha256 or tables.says_the_same(connection, found):
            tables.mark_accepted(connection, one.delivery_key)
            return Outcome(one.file_name, Answer.ALREADY, site_code=found.site_code)
        return _reject(
            connection,
            one,
            found,
            f"{_begin(found.name)} was accepted before, with other contents.",
        )
    reason = _find_misfit(one, found, center, link_of_last)
    if reason:
        return _reject(connection, one, found, reason)
    tables.store_center(connection, one, found, center)
    tables.store_revision(connection, one, found)
    tables.mark_accepted(connection, one.delivery_key)
    first_key = fingerprint(found.key) if center is None else ""
    return Outcome(
        one.file_name, Answer.ACCEPTED, first_key=first_key, site_code=found.site_code
    )


def _other_key(found: Verified) -> str:
    return (
        f"{_begin(found.name)} is signed with a key that this center has not used"
        f" before ({fingerprint(found.key)}). Call the center; if the key is theirs,"
        ' run "cptkiosk central key" and then "cptkiosk central ingest --again".'
    )


def _find_misfit(
    one: Waiting, found: Verified, center: Center | None, link_of_last: LinkOfLast
) -> str:
    """Return why a bundle does not fit what is known, or an empty string."""
    if found.rehearsal:
        return f"{_begin(found.name)} is from a rehearsal: no one was assessed."
    if one.site_code:
        labels = (one.site_code, one.session_id, one.revision)
        if labels != (found.site_code, found.session_id, found.revision):
            return (
                f"It was delivered as revision {one.revision} of session"
                f" {one.session_id} from center {one.site_code}, but is {found.name}."
            )
    if center is None or not center.origin:
        return ""
    return _compare_trees(found, center, link_of_last)


def _compare_trees(found: Verified, center: Center, link_of_last: LinkOfLast) -> str:
    """Return how a bundle contradicts the last checkpoint of its center, or ''."""
    if found.origin != center.origin:
        return (
            f"{_begin(found.name)} is from a different record than the earlier bundles"
            " of this center. Call the center; if it had to begin a new record, run"
            ' "cptkiosk central key --new-record" and then "cptkiosk central ingest'
            ' --again".'
        )
    size, earlier = found.tree_size, center.tree_size
    if size == earlier:
        root, expected = found.tree_root, center.tree_root
    elif size > earlier:
        linked, expected = found.links.get(earlier), center.tree_root
        if linked is None:
            return _no_link(found, earlier)
        root = linked
    else:
        linked, expected = link_of_last(found.site_code, size), found.tree_root
        if linked is None:
            return _no_link(found, earlier)
        root = linked
    if root == expected:
        return ""
    return (
        f"{_begin(found.name)} contradicts the earlier bundles of this center: the"
        f" first {min(size, earlier)} entries of the record are not what they were."
    )


def _no_link(found: Verified, earlier: int) -> str:
    return (
        f"{_begin(found.name)} says nothing of the last bundle accepted from this"
        f" center ({earlier} entries). Ask the center for the bundles that were sealed"
        " between the two, ingest them, then this one again."
    )


def _begin(name: str) -> str:
    return f"{name[:1].upper()}{name[1:]}"
