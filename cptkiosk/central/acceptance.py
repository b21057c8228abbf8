"""Whether a verified bundle fits what is known of its center, and taking it in.

One transaction a revision, under a lock on the row of its center: either all of it is in
the tables and the center's checkpoint has moved, or it is in `rejected` with the reason.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from cptkiosk.central import tables
from cptkiosk.central.tables import Checkpoint, name_record
from cptkiosk.central.verified import Unfit, Verified
from cptkiosk.domain.text import visible
from cptkiosk.proof.keys import fingerprint
from cptkiosk.upload.bundle_check import Trust
from cptkiosk.upload.destinations.base import Parcel
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


LinkOfLast = Callable[[Verified, int], str | None]
"""Returns the root in base64 of a tree of some size, by the last bundle of that tree."""


def settle_bundle(
    connection: Connection,
    one: Parcel,
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
        if not tables.is_waiting(connection, one.key):
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
    one: Parcel,
    found: Verified | None,
    reason: str,
) -> Outcome:
    claimed = (one.site_code, one.session_id, one.revision)
    labels = claimed if found is None else tables.keys_of(found)
    text = visible(reason, LONGEST)
    tables.mark_rejected(connection, one.key, labels, text)
    return Outcome(one.name, Answer.REJECTED, text, site_code=str(labels[0]))


def _judge(
    connection: Connection,
    one: Parcel,
    found: Verified,
    link_of_last: LinkOfLast,
) -> Outcome:
    trust = tables.lock_center(connection, found.site_code)
    known = tables.find_revision(connection, found)
    if known == one.sha256:
        tables.mark_accepted(connection, one.key)
        return Outcome(one.name, Answer.ALREADY, site_code=found.site_code)
    checkpoints = tables.find_checkpoints(connection, found.site_code)
    reason = _find_misfit(one, found, trust, checkpoints, link_of_last)
    if not reason and known and not tables.says_the_same(connection, found):
        reason = f"{_begin(found.name)} was accepted before, with other contents."
    if reason:
        return _reject(connection, one, found, reason)
    tables.store_center(connection, one, found, trust)
    if not known:
        tables.store_revision(connection, one, found)
    tables.mark_accepted(connection, one.key)
    return Outcome(
        one.name,
        Answer.ALREADY if known else Answer.ACCEPTED,
        first_key="" if trust else fingerprint(found.key),
        site_code=found.site_code,
    )


def _other_key(found: Verified) -> str:
    return (
        f"{_begin(found.name)} is signed with a key that this center has not used"
        f" before ({fingerprint(found.key)}). Call the center; if the key is theirs,"
        ' run "cptkiosk central key" and then "cptkiosk central ingest --again".'
    )


def _find_misfit(
    one: Parcel,
    found: Verified,
    trust: Trust | None,
    checkpoints: Mapping[str, Checkpoint],
    link_of_last: LinkOfLast,
) -> str:
    """Return why a bundle does not fit what is known, or an empty string."""
    if trust is not None and not found.is_signed_for(trust):
        return _other_key(found)
    if found.rehearsal:
        return f"{_begin(found.name)} is from a rehearsal: no one was assessed."
    if one.site_code:
        labels = (one.site_code, one.session_id, one.revision)
        if labels != (found.site_code, found.session_id, found.revision):
            return (
                f"It was delivered as revision {one.revision} of session"
                f" {one.session_id} from center {one.site_code}, but is {found.name}."
            )
    if any(one.record != name_record(found.origin) for one in checkpoints.values()):
        return (
            f"{_begin(found.name)} is from a different record than the earlier bundles"
            " of this center. Call the center; if it had to begin a new record, run"
            ' "cptkiosk central key --new-record" and then "cptkiosk central ingest'
            ' --again".'
        )
    last = checkpoints.get(found.kind.value)
    return "" if last is None else _compare_trees(found, last, link_of_last)


def _compare_trees(found: Verified, last: Checkpoint, link_of_last: LinkOfLast) -> str:
    """Return how a bundle contradicts the last checkpoint of its tree, or ''."""
    size, earlier = found.tree_size, last.size
    if size == earlier:
        root, expected = found.tree_root, last.root
    elif size > earlier:
        linked, expected = found.links.get(earlier), last.root
        if linked is None:
            return _no_link(found, earlier)
        root = linked
    else:
        linked, expected = link_of_last(found, size), found.tree_root
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
